//! What a query's cursor gave so far: rows are made one by one while Python iterates, and
//! kept, so that a second look runs nothing.

use std::sync::Arc;

use pyo3::exceptions::{PyStopIteration, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

use super::Cells;
use super::plan::{Maker, RowPlan, tuple};
use crate::attached::AttachedCell;
use crate::cursor::Cursor;

/// The rows of a cursor as a list that fills itself.
#[pyclass(subclass, dict, frozen, module = "redstart._native")]
pub struct CursorWrapper {
    maker: Arc<Maker>,
    state: AttachedCell<Progress>,
}

struct Progress {
    cursor: Option<Py<PyAny>>,
    cache: Option<Py<PyList>>,
    count: usize,
    populated: bool,
}

#[pymethods]
impl CursorWrapper {
    #[new]
    #[pyo3(signature = (cursor, plan))]
    pub(crate) fn new(py: Python<'_>, cursor: Py<PyAny>, plan: &Bound<'_, RowPlan>) -> Self {
        Self {
            maker: plan.get().maker(),
            state: AttachedCell::new(Progress {
                cursor: Some(cursor),
                cache: Some(PyList::empty(py).unbind()),
                count: 0,
                populated: false,
            }),
        }
    }

    /// The cursor.
    #[getter]
    fn cursor(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.state.with(py, |state| {
            state.cursor.as_ref().map(|cursor| cursor.clone_ref(py))
        })
    }

    /// The rows that were made and kept so far.
    #[getter]
    fn row_cache<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        let cache = self.state.with(py, |state| {
            state.cache.as_ref().map(|cache| cache.bind(py).clone())
        });
        cache.unwrap_or_else(|| PyList::empty(py))
    }

    #[setter]
    fn set_row_cache(&self, py: Python<'_>, rows: Bound<'_, PyList>) {
        let old = self
            .state
            .with(py, |state| state.cache.replace(rows.unbind()));
        drop(old);
    }

    /// The number of rows that were made so far.
    #[getter]
    fn count(&self, py: Python<'_>) -> usize {
        self.state.with(py, |state| state.count)
    }

    /// Whether the cursor has given its last row.
    #[getter]
    fn populated(&self, py: Python<'_>) -> bool {
        self.state.with(py, |state| state.populated)
    }

    /// Makes the next row, and keeps it unless told otherwise.
    ///
    /// Raises:
    ///     StopIteration: The cursor has no more rows; it is closed.
    #[pyo3(signature = (cache=true))]
    fn iterate<'py>(&self, py: Python<'py>, cache: bool) -> PyResult<Bound<'py, PyAny>> {
        self.next_row(py, cache)?
            .ok_or_else(|| PyStopIteration::new_err(()))
    }

    /// Iterates over the rows that are left, without keeping them.
    fn iterator(slf: Py<Self>) -> CursorIterator {
        CursorIterator::new(slf, false)
    }

    /// Makes rows until `n` are kept, or all with 0.
    #[pyo3(signature = (n=0))]
    fn fill_cache(&self, py: Python<'_>, n: isize) -> PyResult<()> {
        let wanted = match usize::try_from(n) {
            Ok(0) => usize::MAX,
            Ok(wanted) => wanted,
            Err(_) => return Err(PyValueError::new_err("Negative values are not supported.")),
        };
        if self.populated(py) {
            return Ok(());
        }
        let cursor = self.bound_cursor(py)?;
        while self.count(py) < wanted && !self.populated(py) {
            match self.pull(py, &cursor)? {
                Some(row) => self.keep(py, &row)?,
                None => break,
            }
        }
        Ok(())
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if slf.get().populated(py) {
            return Ok(slf.get().row_cache(py).try_iter()?.into_any());
        }
        let iterator = CursorIterator::new(slf.clone().unbind(), true);
        Ok(Bound::new(py, iterator)?.into_any())
    }

    fn __getitem__<'py>(&self, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = item.py();
        if item.is_instance_of::<PySlice>() {
            let stop = item.getattr(intern!(py, "stop"))?;
            let stop: isize = if stop.is_none() { -1 } else { stop.extract()? };
            let start: Option<isize> = item.getattr(intern!(py, "start"))?.extract()?;
            let all = stop < 0 || start.is_some_and(|start| start < 0);
            self.fill_cache(py, if all { 0 } else { stop })?;
        } else {
            let index: isize = item.extract().map_err(|_| {
                PyValueError::new_err("CursorWrapper only supports integer and slice indexes.")
            })?;
            self.fill_cache(
                py,
                if index < 0 {
                    0
                } else {
                    index.saturating_add(1)
                },
            )?;
        }
        self.row_cache(py).as_any().get_item(item)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.fill_cache(py, 0)?;
        Ok(self.count(py))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.state.with_collector(|state| {
            visit.call(state.cursor.as_ref())?;
            visit.call(state.cache.as_ref())
        })
    }

    fn __clear__(&self) {
        let old = self
            .state
            .with_collector(|state| (state.cursor.take(), state.cache.take()));
        drop(old);
    }
}

impl CursorWrapper {
    /// Makes the next row; `None` after the last one.
    fn next_row<'py>(&self, py: Python<'py>, cache: bool) -> PyResult<Option<Bound<'py, PyAny>>> {
        let cursor = self.bound_cursor(py)?;
        let row = self.pull(py, &cursor)?;
        match &row {
            Some(row) if cache => self.keep(py, row)?,
            Some(_) => self.state.with(py, |state| state.count += 1),
            None => {}
        }
        Ok(row)
    }

    /// Makes the next row of the cursor, which is closed after the last one.
    #[inline]
    fn pull<'py>(
        &self,
        py: Python<'py>,
        cursor: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Ok(native) = cursor.cast_exact::<Cursor>() {
            if let Some((batch, row)) = native.get().next_cells(py)? {
                return self.maker.make(py, Cells::Native(&batch, row)).map(Some);
            }
        } else {
            let row = cursor.call_method0(intern!(py, "fetchone"))?;
            if !row.is_none() {
                return self.maker.make(py, Cells::Objects(&tuple(&row)?)).map(Some);
            }
        }
        self.state.with(py, |state| state.populated = true);
        cursor.call_method0(intern!(py, "close"))?;
        Ok(None)
    }

    /// Keeps a row that was made.
    #[inline]
    fn keep(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<()> {
        let cache = self.state.with(py, |state| {
            state.count += 1;
            state.cache.as_ref().map(|cache| cache.bind(py).clone())
        });
        cache.map_or(Ok(()), |cache| cache.append(row))
    }

    fn bound_cursor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let cursor = self.state.with(py, |state| {
            state.cursor.as_ref().map(|cursor| cursor.bind(py).clone())
        });
        cursor.ok_or_else(|| PyTypeError::new_err("the cursor is gone"))
    }
}

/// Iterates over the rows of a wrapper, from the kept ones on.
#[pyclass(frozen, module = "redstart._native")]
pub struct CursorIterator {
    wrapper: Py<CursorWrapper>,
    index: AttachedCell<usize>,
    cache: bool,
}

impl CursorIterator {
    fn new(wrapper: Py<CursorWrapper>, cache: bool) -> Self {
        Self {
            wrapper,
            index: AttachedCell::new(0),
            cache,
        }
    }
}

#[pymethods]
impl CursorIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let wrapper = self.wrapper.get();
        if !self.cache {
            // A finished iterator stays finished; a fresh one on a closed cursor raises.
            let done = self.index.with(py, |index| *index == usize::MAX);
            if done {
                return Ok(None);
            }
            let row = wrapper.next_row(py, false)?;
            if row.is_none() {
                self.index.with(py, |index| *index = usize::MAX);
            }
            return Ok(row);
        }
        let index = self.index.with(py, |index| *index);
        let (count, populated) = wrapper
            .state
            .with(py, |state| (state.count, state.populated));
        let row = if index < count {
            Some(wrapper.row_cache(py).get_item(index)?)
        } else if populated {
            None
        } else {
            wrapper.next_row(py, true)?
        };
        if row.is_some() {
            self.index
                .with(py, |index| *index = index.saturating_add(1));
        }
        Ok(row)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.wrapper)
    }
}

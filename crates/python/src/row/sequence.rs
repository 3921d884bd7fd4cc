//! Rows as tuples, named tuples, or whatever a constructor makes of positional values.

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use redstart_core::Batch;

use super::Cells;
use super::decode::{Reader, raw};

/// Makes tuples.
pub(crate) struct Sequence {
    readers: Box<[Reader]>,
    form: Form,
}

enum Form {
    Tuple,
    /// A subclass of tuple that adds no state: a named tuple.
    NamedTuple(Py<PyType>),
    Constructor(Py<PyAny>),
}

impl Sequence {
    /// Makes a plan for tuples, or for what the constructor makes of the values.
    pub(crate) fn new(
        readers: Vec<Reader>,
        constructor: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let form = match constructor {
            None => Form::Tuple,
            Some(class) if is_tuple(class) => Form::Tuple,
            Some(class) => match named_tuple(class, readers.len())? {
                Some(class) => Form::NamedTuple(class.clone().unbind()),
                None => Form::Constructor(class.clone().unbind()),
            },
        };
        Ok(Self {
            readers: readers.into(),
            form,
        })
    }

    /// Makes the object of a row.
    pub(crate) fn make<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match &self.form {
            Form::Tuple => Ok(self.tuple(py, cells, None)?.into_any()),
            Form::NamedTuple(class) => Ok(self.tuple(py, cells, Some(class.bind(py)))?.into_any()),
            Form::Constructor(constructor) => {
                constructor.bind(py).call1(self.tuple(py, cells, None)?)
            }
        }
    }

    fn tuple<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
        class: Option<&Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        if cells.width() != self.readers.len() {
            return Err(PyValueError::new_err("the row is not as wide as its plan"));
        }
        let width = self.readers.len();
        let size = ffi::Py_ssize_t::try_from(width)?;
        // SAFETY: a new tuple of `size` empty places, or null with an exception set. The class, where
        // there is one, is a subclass of tuple with tuple's own layout and allocator.
        let tuple = unsafe {
            let tuple = match class.map(PyTypeMethods::as_type_ptr) {
                None => ffi::PyTuple_New(size),
                Some(class) => ffi::PyType_GenericAlloc(class, size),
            };
            Bound::from_owned_ptr_or_err(py, tuple)?.cast_into_unchecked::<PyTuple>()
        };
        let row = cells.native();
        for (column, reader) in self.readers.iter().enumerate() {
            let value = match row.and_then(|(batch, row)| Some((batch, *row.get(column)?))) {
                Some((batch, cell)) => reader.read(py, batch, cell)?,
                None => cells.read(py, column, reader)?,
            };
            // SAFETY: the place is within the tuple's size and still empty; the reference is given away.
            unsafe {
                ffi::PyTuple_SET_ITEM(
                    tuple.as_ptr(),
                    ffi::Py_ssize_t::try_from(column)?,
                    value.into_ptr(),
                );
            }
        }
        Ok(tuple)
    }

    /// Gives the readers for the collector.
    pub(crate) fn readers(&self) -> &[Reader] {
        &self.readers
    }
}

fn is_tuple(class: &Bound<'_, PyAny>) -> bool {
    class.is(PyType::new::<PyTuple>(class.py()))
}

/// Recognises the classes that `collections.namedtuple` makes.
fn named_tuple<'a, 'py>(
    class: &'a Bound<'py, PyAny>,
    width: usize,
) -> PyResult<Option<&'a Bound<'py, PyType>>> {
    let py = class.py();
    let Ok(class) = class.cast::<PyType>() else {
        return Ok(None);
    };
    let tuple = PyType::new::<PyTuple>(py);
    let bases = class.bases();
    if bases.len() != 1 || !bases.get_item(0)?.is(&tuple) {
        return Ok(None);
    }
    let Some(fields) = class.getattr_opt(intern!(py, "_fields"))? else {
        return Ok(None);
    };
    let same_size = |name| -> PyResult<bool> { class.getattr(name)?.eq(tuple.getattr(name)?) };
    let plain = same_size("__basicsize__")? && same_size("__itemsize__")?;
    Ok((plain && fields.len()? == width).then_some(class))
}

/// Makes the tuple of raw values that a cursor gives.
pub(crate) fn raw_tuple<'py, 'a>(
    py: Python<'py>,
    batch: &Batch,
    row: u32,
    label: impl Fn(usize) -> &'a str,
) -> PyResult<Bound<'py, PyTuple>> {
    let cells = batch.row(row as usize);
    // SAFETY: a new tuple of as many empty places as there are cells, or null with an exception set.
    let tuple = unsafe {
        let tuple = ffi::PyTuple_New(ffi::Py_ssize_t::try_from(cells.len())?);
        Bound::from_owned_ptr_or_err(py, tuple)?.cast_into_unchecked::<PyTuple>()
    };
    for (column, cell) in cells.iter().enumerate() {
        let value = raw(py, batch, *cell, || label(column))?;
        // SAFETY: the place is within the tuple's size and still empty; the reference is given away.
        unsafe {
            ffi::PyTuple_SET_ITEM(
                tuple.as_ptr(),
                ffi::Py_ssize_t::try_from(column)?,
                value.into_ptr(),
            );
        }
    }
    Ok(tuple)
}

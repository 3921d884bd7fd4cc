//! The plan of a query's rows, made once and used for every row. Which of the four forms
//! rows take is decided here; the making is in `sequence`, `mapping` and `graph`.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::Cells;
use super::decode::Reader;
use super::graph::Graph;
use super::mapping::Mapping;
use super::sequence::Sequence;
use crate::instance::interned;

/// How the rows of a query become Python objects.
#[pyclass(frozen, module = "redstart._native")]
pub struct RowPlan {
    maker: Arc<Maker>,
}

/// Makes the object of a row.
pub(crate) enum Maker {
    Sequence(Sequence),
    Mapping(Mapping),
    Graph(Graph),
}

#[pymethods]
impl RowPlan {
    /// Plans tuples, or what a constructor makes of positional values.
    ///
    /// Args:
    ///     converters: One for each column: None, a field or a callable.
    ///     constructor: Called with the values of a row; a named tuple class is filled directly.
    #[staticmethod]
    #[pyo3(signature = (converters, constructor=None))]
    fn tuples(
        converters: &Bound<'_, PyAny>,
        constructor: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let readers = readers(converters, None)?;
        Ok(Self::from(Maker::Sequence(Sequence::new(
            readers,
            constructor,
        )?)))
    }

    /// Plans dictionaries.
    ///
    /// Args:
    ///     names: The key of each column.
    ///     converters: One for each column: None, a field or a callable.
    #[staticmethod]
    #[pyo3(signature = (names, converters))]
    fn dicts(names: &Bound<'_, PyAny>, converters: &Bound<'_, PyAny>) -> PyResult<Self> {
        mapping(names, converters, None)
    }

    /// Plans what a constructor makes of keyword arguments.
    ///
    /// Args:
    ///     names: The keyword of each column.
    ///     converters: One for each column: None, a field or a callable.
    ///     constructor: Called with the values of a row.
    #[staticmethod]
    #[pyo3(signature = (names, converters, constructor))]
    fn objects(
        names: &Bound<'_, PyAny>,
        converters: &Bound<'_, PyAny>,
        constructor: Py<PyAny>,
    ) -> PyResult<Self> {
        mapping(names, converters, Some(constructor))
    }

    /// Plans model instances, with the instances of joined sources attached.
    ///
    /// Args:
    ///     model: The model class of the root.
    ///     columns: Tuples (name, converter, source index, field or None).
    ///     sources: Model classes or dict, the root first; None for the root alone.
    ///     joins: Tuples (source index, attribute, destination index, is left), outermost first.
    #[staticmethod]
    #[pyo3(signature = (model, columns, sources=None, joins=None))]
    fn model(
        model: &Bound<'_, PyAny>,
        columns: &Bound<'_, PyAny>,
        sources: Option<&Bound<'_, PyAny>>,
        joins: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let graph = Graph::new(model, columns, sources, joins)?;
        Ok(Self::from(Maker::Graph(graph)))
    }

    /// Makes the object of one row that a driver of PEP 249 gave.
    #[pyo3(signature = (row))]
    fn make<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let row = tuple(row)?;
        self.maker.make(row.py(), Cells::Objects(&row))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // Shared with instances and wrappers, the maker's references belong to none of them alone.
        if Arc::strong_count(&self.maker) > 1 {
            return Ok(());
        }
        match &*self.maker {
            Maker::Sequence(sequence) => traverse(sequence.readers(), visit),
            Maker::Mapping(mapping) => {
                visit.call(mapping.constructor())?;
                traverse(mapping.readers(), visit)
            }
            Maker::Graph(graph) => graph.traverse(visit),
        }
    }
}

impl RowPlan {
    /// Makes the object of one row.
    pub(crate) fn row<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.maker.make(py, cells)
    }

    /// Gives the maker of the rows.
    pub(crate) fn maker(&self) -> Arc<Maker> {
        Arc::clone(&self.maker)
    }
}

impl From<Maker> for RowPlan {
    fn from(maker: Maker) -> Self {
        Self {
            maker: Arc::new(maker),
        }
    }
}

impl Maker {
    /// Makes the object of a row.
    #[inline]
    pub(crate) fn make<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Sequence(sequence) => sequence.make(py, cells),
            Self::Mapping(mapping) => mapping.make(py, cells),
            Self::Graph(graph) => graph.make(py, cells),
        }
    }
}

/// Gives a row of a driver of PEP 249 as a tuple.
pub(crate) fn tuple<'py>(row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
    match row.cast::<pyo3::types::PyTuple>() {
        Ok(row) => Ok(row.clone()),
        Err(_) => Ok(row.cast::<PyList>()?.to_tuple()),
    }
}

fn mapping(
    names: &Bound<'_, PyAny>,
    converters: &Bound<'_, PyAny>,
    constructor: Option<Py<PyAny>>,
) -> PyResult<RowPlan> {
    let py = names.py();
    let mut keys = Vec::new();
    for name in names.try_iter()? {
        keys.push(interned(&name?.cast_into::<PyString>()?));
    }
    let readers = readers(converters, Some(&keys))?;
    if readers.len() != keys.len() {
        return Err(PyValueError::new_err(
            "a plan needs as many names as converters",
        ));
    }
    let mapping = Mapping::new(py, keys, readers, constructor)?;
    Ok(RowPlan::from(Maker::Mapping(mapping)))
}

fn readers(converters: &Bound<'_, PyAny>, names: Option<&[Py<PyString>]>) -> PyResult<Vec<Reader>> {
    let py = converters.py();
    let mut readers = Vec::new();
    for (place, converter) in converters.try_iter()?.enumerate() {
        let name = names.and_then(|names| names.get(place));
        let label = match name {
            Some(name) => name.to_str(py)?.to_owned(),
            None => place.to_string(),
        };
        readers.push(Reader::new(&converter?, &label)?);
    }
    Ok(readers)
}

fn traverse(readers: &[Reader], visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
    readers.iter().try_for_each(|reader| reader.traverse(visit))
}

//! Rows as dictionaries, or whatever a constructor makes of keyword arguments.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::Cells;
use super::decode::Reader;

/// Makes dictionaries.
pub(crate) struct Mapping {
    names: Box<[Py<PyString>]>,
    readers: Box<[Reader]>,
    /// All names, ready to be copied: a copied dictionary has its keys in place.
    template: Py<PyDict>,
    constructor: Option<Py<PyAny>>,
}

impl Mapping {
    /// Makes a plan for dictionaries, or for what the constructor makes of them.
    pub(crate) fn new(
        py: Python<'_>,
        names: Vec<Py<PyString>>,
        readers: Vec<Reader>,
        constructor: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let template = PyDict::new(py);
        // As peewee's rows: what is taken as it is comes before what is converted.
        for plain in [true, false] {
            for (name, _) in names
                .iter()
                .zip(&readers)
                .filter(|(_, reader)| reader.is_plain() == plain)
            {
                template.set_item(name, py.None())?;
            }
        }
        Ok(Self {
            names: names.into(),
            readers: readers.into(),
            template: template.unbind(),
            constructor,
        })
    }

    /// Makes the object of a row.
    pub(crate) fn make<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let dict = self.dict(py, cells)?;
        match &self.constructor {
            None => Ok(dict.into_any()),
            Some(constructor) => constructor.bind(py).call((), Some(&dict)),
        }
    }

    fn dict<'py>(&self, py: Python<'py>, cells: Cells<'_, 'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = self.template.bind(py).copy()?;
        let row = cells.native();
        for (column, (name, reader)) in self.names.iter().zip(&self.readers).enumerate() {
            let value = match row.and_then(|(batch, row)| Some((batch, *row.get(column)?))) {
                Some((batch, cell)) => reader.read(py, batch, cell)?,
                None => cells.read(py, column, reader)?,
            };
            if value.is_none() {
                continue;
            }
            // SAFETY: all three are live objects and the first is a dictionary; the outcome is 0, or -1
            // with an exception set.
            let outcome =
                unsafe { ffi::PyDict_SetItem(dict.as_ptr(), name.as_ptr(), value.as_ptr()) };
            if outcome != 0 {
                return Err(PyErr::fetch(py));
            }
        }
        Ok(dict)
    }

    /// Gives the readers for the collector.
    pub(crate) fn readers(&self) -> &[Reader] {
        &self.readers
    }

    /// Gives the constructor for the collector.
    pub(crate) fn constructor(&self) -> Option<&Py<PyAny>> {
        self.constructor.as_ref()
    }
}

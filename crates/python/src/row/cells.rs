//! One row as a plan sees it: raw cells of a batch, or objects that a foreign driver made.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use redstart_core::{Batch, Cell};

use super::decode::Reader;

/// The cells of one row.
#[derive(Clone, Copy)]
pub(crate) enum Cells<'a, 'py> {
    /// A row of a native batch.
    Native(&'a Arc<Batch>, u32),
    /// A row of a driver of PEP 249.
    Objects(&'a Bound<'py, PyTuple>),
}

impl<'py> Cells<'_, 'py> {
    /// Gives the number of cells.
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Native(batch, _) => batch.width(),
            Self::Objects(row) => row.len(),
        }
    }

    /// Tells whether a cell is null.
    pub(crate) fn is_null(&self, column: usize) -> bool {
        match self {
            Self::Native(batch, row) => batch.cell(*row as usize, column) == Cell::Null,
            Self::Objects(row) => row.get_item(column).map_or(true, |value| value.is_none()),
        }
    }

    /// Gives all cells at once, where the row is one of a native batch.
    #[inline]
    pub(crate) fn native(&self) -> Option<(&Batch, &[Cell])> {
        match self {
            Self::Native(batch, row) => Some((batch, batch.row(*row as usize))),
            Self::Objects(_) => None,
        }
    }

    /// Makes the Python object of a cell.
    #[inline]
    pub(crate) fn read(
        &self,
        py: Python<'py>,
        column: usize,
        reader: &Reader,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Native(batch, row) => reader.read(py, batch, batch.cell(*row as usize, column)),
            Self::Objects(row) => reader.read_object(row.get_item(column)?),
        }
    }
}

//! Which column of a row fills which slot of an instance. Shared by all instances of a
//! result; decodes a slot when it is touched.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::Batch;

use super::decode::Reader;
use crate::instance::{Layout, RowSource};

/// The columns of a row that fill the slots of one model.
pub(crate) struct RowShape {
    layout: Py<Layout>,
    width: usize,
    columns: Box<[SlotColumn]>,
    by_slot: Box<[Option<u16>]>,
    pending: u32,
}

/// A column that fills a slot.
pub(crate) struct SlotColumn {
    pub(crate) cell: usize,
    pub(crate) slot: usize,
    pub(crate) reader: Reader,
}

impl RowShape {
    /// Makes the shape of a model's part of a row; a slot that is selected twice takes the last column.
    pub(crate) fn new(py: Python<'_>, layout: Py<Layout>, columns: Vec<SlotColumn>) -> Self {
        let width = layout.get().width(py);
        let mut by_slot = vec![None; width];
        for (place, column) in columns.iter().enumerate() {
            if let Some(entry) = by_slot.get_mut(column.slot) {
                *entry = u16::try_from(place).ok();
            }
        }
        let filled = by_slot.iter().flatten().count();
        Self {
            layout,
            width,
            columns: columns.into(),
            by_slot: by_slot.into(),
            pending: u32::try_from(filled).unwrap_or(u32::MAX),
        }
    }

    /// Gives the number of slots of the model.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Gives the layout of the model.
    #[inline]
    pub(crate) fn layout(&self, py: Python<'_>) -> Py<Layout> {
        self.layout.clone_ref(py)
    }

    /// Gives all columns, in the order of the row.
    pub(crate) fn columns(&self) -> &[SlotColumn] {
        &self.columns
    }

    /// Gives the slots that are filled, in the order of the row.
    pub(crate) fn slots(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|column| column.slot)
    }

    /// Gives the column that fills a slot.
    #[inline]
    pub(crate) fn column(&self, slot: usize) -> Option<&SlotColumn> {
        let place = (*self.by_slot.get(slot)?)?;
        self.columns.get(usize::from(place))
    }

    /// Decodes the value of a slot.
    #[inline]
    pub(crate) fn decode<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        row: u32,
        slot: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.column(slot) {
            Some(column) => {
                let cell = batch.cell(row as usize, column.cell);
                column.reader.read(py, batch, cell)
            }
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// Tells whether every value of a row can be decoded later without failing.
    #[inline]
    pub(crate) fn is_sound(&self, batch: &Batch, row: u32) -> bool {
        let cells = batch.row(row as usize);
        self.columns
            .iter()
            .all(|column| match cells.get(column.cell) {
                Some(cell) => column.reader.is_sound(batch, *cell),
                None => true,
            })
    }

    /// Gives what an instance needs to decode from a row later.
    #[inline]
    pub(crate) fn source(self: &Arc<Self>, batch: &Arc<Batch>, row: u32) -> RowSource {
        RowSource {
            batch: Arc::clone(batch),
            shape: Arc::clone(self),
            row,
            pending: self.pending,
        }
    }
}

//! What an instance holds: its slots, the row it may still decode from, and the Python
//! containers once they were asked for. Plain data: nothing here runs Python code.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyString};
use redstart_core::Batch;

use super::Layout;
use crate::row::RowShape;

/// The inside of an instance.
///
/// While `data` is empty, values live in `slots` and, until they are touched, in `row`. After
/// `__data__` was asked for once, they live in that dictionary for good.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) layout: Option<Py<Layout>>,
    pub(crate) slots: Box<[Option<Py<PyAny>>]>,
    pub(crate) row: Option<RowSource>,
    pub(crate) data: Option<Py<PyDict>>,
    pub(crate) rel: Rel,
    pub(crate) dirty: Dirty,
}

/// The row that an instance decodes its values from.
pub(crate) struct RowSource {
    pub(crate) batch: Arc<Batch>,
    pub(crate) shape: Arc<RowShape>,
    pub(crate) row: u32,
    /// The number of slots that were not decoded yet; at zero the batch is let go.
    pub(crate) pending: u32,
}

/// The related instances: a dictionary only once there are two or Python code has seen it.
#[derive(Default)]
pub(crate) enum Rel {
    #[default]
    Nothing,
    /// One related instance, by its interned name.
    One(Py<PyString>, Py<PyAny>),
    Dict(Py<PyDict>),
}

/// The fields that were assigned since the instance was loaded or saved.
pub(crate) enum Dirty {
    /// One bit for each of the first 64 slots.
    Slots(u64),
    /// The set that Python code has seen, or that holds higher slots.
    Names(Py<PySet>),
}

impl Default for Dirty {
    fn default() -> Self {
        Self::Slots(0)
    }
}

impl State {
    /// Stores a value into a slot, and gives what was there and must be dropped by the caller.
    #[inline]
    pub(crate) fn put(&mut self, slot: usize, width: usize, value: Py<PyAny>) -> Displaced {
        if slot >= self.slots.len() {
            self.widen(width.max(slot + 1));
        }
        let old = match self.slots.get_mut(slot) {
            Some(place) => place.replace(value),
            None => None,
        };
        if old.is_none() {
            self.decoded(slot);
        }
        Displaced(old)
    }

    /// Gives the row if no slot needs it any more.
    #[inline]
    pub(crate) fn finished_row(&mut self) -> Option<RowSource> {
        self.row.take_if(|row| row.pending == 0)
    }

    #[cold]
    fn widen(&mut self, width: usize) {
        let mut slots = std::mem::take(&mut self.slots).into_vec();
        slots.reserve_exact(width - slots.len());
        slots.resize_with(width, || None);
        self.slots = slots.into_boxed_slice();
    }

    /// Notes that a slot needs its row no more.
    #[inline]
    fn decoded(&mut self, slot: usize) {
        if let Some(row) = &mut self.row
            && row.shape.column(slot).is_some()
        {
            row.pending = row.pending.saturating_sub(1);
        }
    }

    /// Forgets which fields were assigned.
    pub(crate) fn clean(&mut self) -> Dirty {
        std::mem::take(&mut self.dirty)
    }
}

/// What a changed slot gives up: dropped only after the state is let go.
#[must_use]
pub(crate) struct Displaced(
    #[expect(dead_code, reason = "held only to be dropped")] Option<Py<PyAny>>,
);

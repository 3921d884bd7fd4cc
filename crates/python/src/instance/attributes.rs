//! Reading and writing an instance's values, relations and dirty names from Rust, in
//! whichever form the instance lives at the time.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyString};

use super::{Dirty, Instance, Layout, Rel, RowSource, State};
use crate::row::RowShape;

/// What a first look at a slot finds.
enum Found {
    Value(Py<PyAny>),
    /// A value that was decoded on the spot; the row may have no pending slot left.
    Decoded(Py<PyAny>),
    Absent,
    Dict(Py<PyDict>),
    Pending(Arc<redstart_core::Batch>, Arc<RowShape>, u32),
}

impl Instance {
    /// Gives the layout of the instance's class.
    pub(crate) fn layout(slf: &Bound<'_, Self>) -> PyResult<Py<Layout>> {
        let py = slf.py();
        let known = slf.get().state.with(py, |state| {
            state.layout.as_ref().map(|layout| layout.clone_ref(py))
        });
        if let Some(layout) = known {
            return Ok(layout);
        }
        let layout = Layout::of(&slf.get_type())?.unbind();
        let kept = layout.clone_ref(py);
        let old = slf.get().state.with(py, |state| state.layout.replace(kept));
        drop(old);
        Ok(layout)
    }

    /// Gives the value in a slot, decoding it on first touch; `None` if there is none.
    #[inline]
    pub(crate) fn slot_value<'py>(
        &self,
        py: Python<'py>,
        slot: usize,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.state.with(py, |state| state.find(py, slot)) {
            Found::Value(value) => Ok(Some(value.into_bound(py))),
            Found::Decoded(value) => {
                self.release_row(py);
                Ok(Some(value.into_bound(py)))
            }
            Found::Absent => Ok(None),
            Found::Dict(data) => data.bind(py).get_item(name),
            Found::Pending(batch, shape, row) => {
                let value = shape.decode(py, &batch, row, slot)?;
                let kept = value.clone().unbind();
                let width = shape.width();
                let displaced = self.state.with(py, |state| state.put(slot, width, kept));
                drop(displaced);
                self.release_row(py);
                Ok(Some(value))
            }
        }
    }

    /// Stores a value into a slot.
    pub(crate) fn put_slot(
        slf: &Bound<'_, Self>,
        slot: usize,
        name: &Bound<'_, PyString>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = slf.py();
        let this = slf.get();
        if let Some(data) = this.data_dict(py) {
            return data.set_item(name, value);
        }
        let width = Self::layout(slf)?.get().width(py);
        let value = value.clone().unbind();
        let displaced = this.state.with(py, |state| state.put(slot, width, value));
        drop(displaced);
        this.release_row(py);
        Ok(())
    }

    /// Lets the row go once every slot was decoded.
    #[inline]
    fn release_row(&self, py: Python<'_>) {
        let row = self.state.with(py, State::finished_row);
        drop(row);
    }

    /// Stores a value that a row gave into a slot of a new instance.
    pub(crate) fn fill_slot(
        &self,
        py: Python<'_>,
        shape: &RowShape,
        slot: usize,
        value: Py<PyAny>,
    ) {
        let known = shape.layout(py);
        let width = shape.width();
        let old = self.state.with(py, |state| {
            let layout = state.layout.replace(known);
            (layout, state.put(slot, width, value))
        });
        drop(old);
    }

    /// Marks a field as assigned.
    pub(crate) fn mark_dirty(
        &self,
        py: Python<'_>,
        slot: usize,
        name: &Bound<'_, PyString>,
    ) -> PyResult<()> {
        let set = self.state.with(py, |state| match &mut state.dirty {
            Dirty::Slots(bits) if slot < 64 => {
                *bits |= 1 << slot;
                None
            }
            Dirty::Slots(_) => Some(None),
            Dirty::Names(names) => Some(Some(names.clone_ref(py))),
        });
        match set {
            None => Ok(()),
            Some(Some(names)) => names.bind(py).add(name),
            Some(None) => self.dirty_set(py)?.add(name),
        }
    }

    /// Notes that fields are written: they are not dirty any more.
    pub(crate) fn settle<'a, 'py: 'a>(
        &self,
        py: Python<'py>,
        fields: impl Iterator<Item = (usize, &'a Bound<'py, PyString>)>,
    ) -> PyResult<()> {
        for (slot, name) in fields {
            let set = self.state.with(py, |state| match &mut state.dirty {
                Dirty::Slots(bits) => {
                    *bits &= !1_u64
                        .checked_shl(u32::try_from(slot).unwrap_or(64))
                        .unwrap_or(0);
                    None
                }
                Dirty::Names(names) => Some(names.clone_ref(py)),
            });
            if let Some(names) = set {
                names.bind(py).discard(name)?;
            }
        }
        Ok(())
    }

    /// Gives the dictionary of values if the instance lives in one already.
    pub(crate) fn data_dict<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        self.state.with(py, |state| {
            state.data.as_ref().map(|data| data.bind(py).clone())
        })
    }

    /// Gives `__data__`; from now on the instance lives in this dictionary.
    pub(crate) fn data<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        if let Some(data) = slf.get().data_dict(py) {
            return Ok(data);
        }
        let layout = Self::layout(slf)?;
        let data = slf.get().collect(py, layout.get())?;
        // Decoding may have run Python code that asked for `__data__` itself: the first one stays.
        if let Some(first) = slf.get().data_dict(py) {
            return Ok(first);
        }
        let kept = data.clone().unbind();
        let old = slf.get().state.with(py, |state| {
            state.data = Some(kept);
            (std::mem::take(&mut state.slots), state.row.take())
        });
        drop(old);
        Ok(data)
    }

    /// Puts a dictionary in the place of `__data__`.
    pub(crate) fn replace_data(&self, py: Python<'_>, data: Py<PyDict>) {
        let old = self.state.with(py, |state| {
            let data = state.data.replace(data);
            (data, std::mem::take(&mut state.slots), state.row.take())
        });
        drop(old);
    }

    /// Gives `__rel__`.
    pub(crate) fn rel<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        if let Some(rel) = self.known_rel(py)? {
            return Ok(rel);
        }
        let rel = PyDict::new(py);
        self.replace_rel(py, rel.clone().unbind());
        Ok(rel)
    }

    /// Gives `__rel__` if anything is or was related.
    pub(crate) fn known_rel<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let (name, related) = match self.state.with(py, |state| state.rel.clone_ref(py)) {
            Rel::Nothing => return Ok(None),
            Rel::Dict(rel) => return Ok(Some(rel.into_bound(py))),
            Rel::One(name, related) => (name, related),
        };
        let rel = PyDict::new(py);
        rel.set_item(name, related)?;
        self.replace_rel(py, rel.clone().unbind());
        Ok(Some(rel))
    }

    /// Gives a related instance by its interned name, None included; `None` if there is none.
    #[inline]
    pub(crate) fn related<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.state.with(py, |state| state.rel.clone_ref(py)) {
            Rel::Nothing => Ok(None),
            Rel::One(known, related) => Ok(known.is(name).then(|| related.into_bound(py))),
            Rel::Dict(rel) => rel.bind(py).get_item(name),
        }
    }

    /// Relates an instance under an interned name.
    pub(crate) fn relate<'py>(
        &self,
        name: &Bound<'py, PyString>,
        related: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let py = name.py();
        let one = Rel::One(name.clone().unbind(), related.clone().unbind());
        let placed = self.state.with(py, |state| match &state.rel {
            Rel::Nothing => Ok(std::mem::replace(&mut state.rel, one)),
            Rel::One(known, _) if known.is(name) => Ok(std::mem::replace(&mut state.rel, one)),
            Rel::One(..) | Rel::Dict(_) => Err(one),
        });
        match placed {
            Ok(_) => Ok(()),
            Err(_) => self.rel(py)?.set_item(name, related),
        }
    }

    /// Puts a dictionary in the place of `__rel__`.
    pub(crate) fn replace_rel(&self, py: Python<'_>, rel: Py<PyDict>) {
        let old = self.state.with(py, |state| {
            std::mem::replace(&mut state.rel, Rel::Dict(rel))
        });
        drop(old);
    }

    /// Gives `_dirty`; from now on this set is the truth.
    pub(crate) fn dirty_set<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        let names = PySet::empty(py)?;
        for name in self.dirty_names(py)? {
            names.add(name)?;
        }
        let known = self.state.with(py, |state| match &state.dirty {
            Dirty::Names(known) => Some(known.bind(py).clone()),
            Dirty::Slots(_) => {
                state.dirty = Dirty::Names(names.clone().unbind());
                None
            }
        });
        Ok(known.unwrap_or(names))
    }

    /// Gives the names of the fields that were assigned.
    pub(crate) fn dirty_names<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let (bits, layout) = match self.state.with(py, |state| state.dirty_view(py)) {
            View::Names(names) => return names.bind(py).iter().map(Ok).collect(),
            View::Slots(bits, layout) => (bits, layout),
        };
        let Some(layout) = layout else {
            return Ok(Vec::new());
        };
        let slots = (0..64).filter(|slot| bits >> slot & 1 == 1);
        let names = slots.filter_map(|slot| layout.get().name(py, slot));
        Ok(names.map(Bound::into_any).collect())
    }

    /// Forgets which fields were assigned.
    pub(crate) fn clean(&self, py: Python<'_>) {
        let old = self.state.with(py, State::clean);
        drop(old);
    }

    /// Makes the instance decode its values from a row.
    pub(crate) fn point_at(&self, py: Python<'_>, row: RowSource) {
        let layout = row.shape.layout(py);
        let row = (row.pending > 0).then_some(row);
        let old = self.state.with(py, |state| {
            let old = state.layout.replace(layout);
            (old, std::mem::replace(&mut state.row, row))
        });
        drop(old);
    }

    /// Puts the values of all slots into a new dictionary: columns of the row first, in their order.
    fn collect<'py>(&self, py: Python<'py>, layout: &Layout) -> PyResult<Bound<'py, PyDict>> {
        let data = PyDict::new(py);
        let shape = self
            .state
            .with(py, |state| state.row.as_ref().map(|row| row.shape.clone()));
        let selected = shape.iter().flat_map(|shape| shape.slots());
        for slot in selected.chain(0..layout.width(py)) {
            let Some(name) = layout.name(py, slot) else {
                continue;
            };
            if data.contains(&name)? {
                continue;
            }
            if let Some(value) = self.slot_value(py, slot, &name)? {
                data.set_item(name, value)?;
            }
        }
        Ok(data)
    }

    /// Gives the value of a field by its name; `None` if there is none.
    pub(crate) fn value<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        if let Some(data) = slf.get().data_dict(py) {
            return data.get_item(name);
        }
        let layout = Self::layout(slf)?;
        match layout.get().slot(py, name.to_str()?) {
            Some(slot) => slf.get().slot_value(py, slot, name),
            None => Ok(None),
        }
    }
}

impl Rel {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::One(name, related) => Self::One(name.clone_ref(py), related.clone_ref(py)),
            Self::Dict(rel) => Self::Dict(rel.clone_ref(py)),
        }
    }
}

enum View {
    Names(Py<PySet>),
    Slots(u64, Option<Py<Layout>>),
}

impl State {
    /// Looks at a slot; what needs no Python code to decode is decoded at once.
    #[inline]
    fn find(&mut self, py: Python<'_>, slot: usize) -> Found {
        if let Some(Some(value)) = self.slots.get(slot) {
            return Found::Value(value.clone_ref(py));
        }
        let Some(row) = &self.row else {
            return match &self.data {
                Some(data) => Found::Dict(data.clone_ref(py)),
                None => Found::Absent,
            };
        };
        let Some(column) = row.shape.column(slot) else {
            return Found::Absent;
        };
        let cell = row.batch.cell(row.row as usize, column.cell);
        let width = row.shape.width();
        match column.reader.plain(py, &row.batch, cell) {
            Some(value) => {
                // The slot was empty, so that nothing is displaced.
                let _ = self.put(slot, width, value.clone_ref(py));
                Found::Decoded(value)
            }
            None => Found::Pending(row.batch.clone(), row.shape.clone(), row.row),
        }
    }

    fn dirty_view(&self, py: Python<'_>) -> View {
        match &self.dirty {
            Dirty::Names(names) => View::Names(names.clone_ref(py)),
            Dirty::Slots(bits) => {
                let layout = self.layout.as_ref().map(|layout| layout.clone_ref(py));
                View::Slots(*bits, layout)
            }
        }
    }
}

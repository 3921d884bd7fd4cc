//! The native base class of every model: construction, the containers that Python code
//! may touch, pickling. What a field's value means stays with the descriptors.

use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple};

use super::{Dirty, Rel, State};
use crate::attached::AttachedCell;
use crate::node::PyNode;

/// The native part of a model instance.
///
/// Values of fields live in native slots, or still undecoded in the row they were loaded
/// from, until `__data__` is asked for.
#[pyclass(extends = PyNode, subclass, frozen, module = "redstart._native")]
pub struct Instance {
    pub(crate) state: AttachedCell<State>,
}

#[pymethods]
impl Instance {
    #[new]
    #[pyo3(signature = (*args, **kwargs))]
    fn new(
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        // Arguments belong to `__init__`; a subclass may take any.
        let _ = (args, kwargs);
        let state = AttachedCell::new(State::default());
        PyClassInitializer::from(PyNode::default()).add_subclass(Self { state })
    }

    /// Starts with the model's defaults and assigns every keyword argument as an attribute.
    ///
    /// Positional arguments are ignored. With `__no_default__` set, no default is applied.
    #[pyo3(signature = (*args, **kwargs))]
    fn __init__(
        slf: &Bound<'_, Self>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let _ = args;
        let py = slf.py();
        let no_default = intern!(py, "__no_default__");
        let bare = match kwargs {
            Some(kwargs) => kwargs
                .get_item(no_default)?
                .map_or(Ok(false), |flag| flag.is_truthy())?,
            None => false,
        };
        slf.get().reset(py);
        if !bare {
            Self::apply_defaults(slf)?;
        }
        for (name, value) in kwargs.into_iter().flatten() {
            let name = name.cast_into::<PyString>()?;
            if !name.as_any().eq(no_default)? {
                slf.setattr(name, value)?;
            }
        }
        Ok(())
    }

    /// The values of the fields, by name.
    #[getter(__data__)]
    fn data_attribute<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        Self::data(slf)
    }

    #[setter(__data__)]
    fn set_data_attribute(slf: &Bound<'_, Self>, data: Bound<'_, PyDict>) {
        slf.get().replace_data(slf.py(), data.unbind());
    }

    /// The related instances, by the name of the foreign key.
    #[getter(__rel__)]
    fn rel_attribute<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.rel(py)
    }

    #[setter(__rel__)]
    fn set_rel_attribute(&self, py: Python<'_>, rel: Bound<'_, PyDict>) {
        self.replace_rel(py, rel.unbind());
    }

    /// The names of the fields that were assigned since the instance was loaded or saved.
    #[getter(_dirty)]
    fn dirty_attribute<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        self.dirty_set(py)
    }

    #[setter(_dirty)]
    fn set_dirty_attribute(&self, py: Python<'_>, names: Bound<'_, PySet>) {
        let old = self.state.with(py, |state| {
            std::mem::replace(&mut state.dirty, Dirty::Names(names.unbind()))
        });
        drop(old);
    }

    /// Tells whether any field was assigned since the instance was loaded or saved.
    fn is_dirty(&self, py: Python<'_>) -> bool {
        let names = self.state.with(py, |state| match &state.dirty {
            Dirty::Slots(bits) => Err(*bits != 0),
            Dirty::Names(names) => Ok(names.clone_ref(py)),
        });
        names.map_or_else(|dirty| dirty, |names| !names.bind(py).is_empty())
    }

    /// Gives the names of the assigned fields as a list, without making `_dirty`.
    #[pyo3(name = "_dirty_names")]
    fn dirty_name_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.dirty_names(py)?)
    }

    /// Forgets that fields were assigned: all of them, or those of the given names.
    #[pyo3(name = "_clear_dirty", signature = (names=None))]
    fn clear_dirty(&self, py: Python<'_>, names: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(names) = names else {
            // A set that Python code holds is emptied, not replaced.
            let set = self.state.with(py, |state| match &mut state.dirty {
                Dirty::Slots(bits) => {
                    *bits = 0;
                    None
                }
                Dirty::Names(names) => Some(names.clone_ref(py)),
            });
            if let Some(set) = set {
                set.bind(py).clear();
            }
            return Ok(());
        };
        for name in names.try_iter()? {
            self.forget(py, &name?.cast_into::<PyString>()?)?;
        }
        Ok(())
    }

    /// Tells whether a related instance is held, without making `__rel__`.
    #[pyo3(name = "_has_relations")]
    fn has_relations(&self, py: Python<'_>) -> bool {
        self.state.with(py, |state| match &state.rel {
            Rel::Nothing => false,
            Rel::One(..) => true,
            Rel::Dict(rel) => !rel.bind(py).is_empty(),
        })
    }

    /// Tells whether a field has a value, None included.
    #[pyo3(name = "_has", signature = (name))]
    fn has(slf: &Bound<'_, Self>, name: &Bound<'_, PyString>) -> PyResult<bool> {
        if let Some(data) = slf.get().data_dict(slf.py()) {
            return data.contains(name);
        }
        let py = slf.py();
        let layout = Self::layout(slf)?;
        Ok(layout.get().slot(py, name.to_str()?).is_some_and(|slot| {
            slf.get().state.with(py, |state| {
                let decoded = matches!(state.slots.get(slot), Some(Some(_)));
                decoded
                    || state
                        .row
                        .as_ref()
                        .is_some_and(|row| row.shape.column(slot).is_some())
            })
        }))
    }

    /// Gives the value of a field by its name, or None if it has none.
    #[pyo3(name = "_get", signature = (name))]
    fn get_value<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Self::value(slf, name)
    }

    /// Gives a copy that shares `__data__`, `__rel__` and `_dirty`.
    fn clone<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let class = slf.get_type();
        let copy = class.call_method1(intern!(slf.py(), "__new__"), (&class,))?;
        Self::__setstate__(copy.cast::<Self>()?, &Self::__getstate__(slf)?)?;
        Ok(copy)
    }

    /// Gives what pickling and copying keep: `__data__`, `__rel__`, `_dirty` and plain attributes.
    fn __getstate__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let plain = slf
            .getattr(intern!(py, "__dict__"))?
            .cast_into::<PyDict>()?;
        let state = plain.copy()?;
        state.set_item(intern!(py, "__data__"), Self::data(slf)?)?;
        state.set_item(intern!(py, "__rel__"), slf.get().rel(py)?)?;
        state.set_item(intern!(py, "_dirty"), slf.get().dirty_set(py)?)?;
        Ok(state)
    }

    /// Restores what `__getstate__` gave.
    #[pyo3(signature = (state))]
    fn __setstate__(slf: &Bound<'_, Self>, state: &Bound<'_, PyDict>) -> PyResult<()> {
        let py = slf.py();
        let plain = slf.getattr(intern!(py, "__dict__"))?;
        for (name, value) in state {
            match name.cast::<PyString>()?.to_str()? {
                "__data__" | "__rel__" | "_dirty" => {
                    slf.setattr(name.cast_into::<PyString>()?, value)?;
                }
                _ => plain.set_item(name, value)?,
            }
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.state.with_collector(|state| {
            visit.call(state.layout.as_ref())?;
            for value in state.slots.iter().flatten() {
                visit.call(value)?;
            }
            visit.call(state.data.as_ref())?;
            match &state.rel {
                Rel::Nothing => {}
                Rel::One(_, related) => visit.call(related)?,
                Rel::Dict(rel) => visit.call(rel)?,
            }
            match &state.dirty {
                Dirty::Names(names) => visit.call(names),
                Dirty::Slots(_) => Ok(()),
            }
        })
    }

    fn __clear__(&self) {
        let old = self.state.with_collector(std::mem::take);
        drop(old);
    }
}

impl Instance {
    /// Forgets everything, as a second call of `__init__` must.
    fn reset(&self, py: Python<'_>) {
        let old = self.state.with(py, |state| {
            let layout = state.layout.take();
            let old = std::mem::take(state);
            state.layout = layout;
            old
        });
        drop(old);
    }

    fn apply_defaults(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let layout = Self::layout(slf)?;
        let layout = layout.get();
        for (slot, value) in layout.starts(py)? {
            let name = layout
                .name(py, slot)
                .ok_or_else(|| PyTypeError::new_err("the layout lost a field"))?;
            Self::put_slot(slf, slot, &name, value.bind(py))?;
            slf.get().mark_dirty(py, slot, &name)?;
        }
        Ok(())
    }

    fn forget(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<()> {
        let (set, layout) = self.state.with(py, |state| match &state.dirty {
            Dirty::Names(names) => (Some(names.clone_ref(py)), None),
            Dirty::Slots(_) => (
                None,
                state.layout.as_ref().map(|layout| layout.clone_ref(py)),
            ),
        });
        if let Some(set) = set {
            set.bind(py).discard(name)?;
            return Ok(());
        }
        let text = name.to_str()?;
        let slot = layout.and_then(|layout| layout.get().slot(py, text));
        if let Some(slot) = slot.filter(|slot| *slot < 64) {
            self.state.with(py, |state| {
                if let Dirty::Slots(bits) = &mut state.dirty {
                    *bits &= !(1 << slot);
                }
            });
        }
        Ok(())
    }
}

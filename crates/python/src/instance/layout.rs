//! The layout of a model: which field has which slot, and what new instances start with.
//! Slots are never given to another field, so that instances outlive a changed model.

use std::collections::HashMap;

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::attached::AttachedCell;

/// The slots of a model's instances: one for each field, by name.
#[pyclass(frozen, module = "redstart._native")]
pub struct Layout {
    model: AttachedCell<Option<Py<PyAny>>>,
    fields: AttachedCell<Fields>,
}

#[derive(Default)]
struct Fields {
    names: Vec<Py<PyString>>,
    slots: HashMap<String, usize>,
    live: Vec<bool>,
    defaults: Vec<(usize, Start)>,
}

/// What a field of a new instance starts with.
enum Start {
    Value(Py<PyAny>),
    Call(Py<PyAny>),
}

#[pymethods]
impl Layout {
    /// Makes the layout of a model, without fields.
    #[new]
    #[pyo3(signature = (model))]
    fn new(model: Py<PyAny>) -> Self {
        Self {
            model: AttachedCell::new(Some(model)),
            fields: AttachedCell::default(),
        }
    }

    /// The model class.
    #[getter]
    fn model(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.model
            .with(py, |model| model.as_ref().map(|model| model.clone_ref(py)))
    }

    /// Gives a field its slot, by the field's name, and takes over its default.
    ///
    /// A name that was in the layout before keeps its slot.
    ///
    /// Returns:
    ///     The number of the slot.
    #[pyo3(signature = (field))]
    fn add(&self, py: Python<'_>, field: &Bound<'_, PyAny>) -> PyResult<usize> {
        let name = field.getattr(intern!(py, "name"))?;
        let name = name
            .cast_into::<PyString>()
            .map_err(|_| PyTypeError::new_err("a field's name must be a string"))?;
        let start = Start::of(field)?;
        let key = name.to_str()?.to_owned();
        let name = interned(&name);
        let (slot, dropped) = self.fields.with(py, |fields| fields.add(key, name, start));
        drop(dropped);
        Ok(slot)
    }

    /// Takes a field's default and name away; its slot stays unused.
    #[pyo3(signature = (name))]
    fn remove(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        let removed = self.fields.with(py, |fields| fields.remove(name));
        removed
            .map(drop)
            .ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }

    /// Gives the slot of a field by its name, or None.
    #[pyo3(signature = (name))]
    fn index(&self, py: Python<'_>, name: &str) -> Option<usize> {
        self.slot(py, name)
    }

    /// The names of the fields, in the order of their slots.
    #[getter]
    fn names(&self, py: Python<'_>) -> Vec<Py<PyString>> {
        self.fields.with(py, |fields| {
            let live = fields.names.iter().zip(&fields.live);
            live.filter(|(_, live)| **live)
                .map(|(name, _)| name.clone_ref(py))
                .collect()
        })
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.fields.with(py, |fields| fields.slots.len())
    }

    fn __contains__(&self, py: Python<'_>, name: &str) -> bool {
        self.slot(py, name).is_some()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.model
            .with_collector(|model| visit.call(model.as_ref()))?;
        self.fields.with_collector(|fields| {
            fields
                .defaults
                .iter()
                .try_for_each(|(_, start)| match start {
                    Start::Value(object) | Start::Call(object) => visit.call(object),
                })
        })
    }

    fn __clear__(&self) {
        let model = self.model.with_collector(Option::take);
        let starts = self
            .fields
            .with_collector(|fields| std::mem::take(&mut fields.defaults));
        drop((model, starts));
    }
}

impl Layout {
    /// Gives the slot of a field by its name.
    pub(crate) fn slot(&self, py: Python<'_>, name: &str) -> Option<usize> {
        self.fields
            .with(py, |fields| fields.slots.get(name).copied())
    }

    /// Gives the number of slots, unused ones included.
    pub(crate) fn width(&self, py: Python<'_>) -> usize {
        self.fields.with(py, |fields| fields.names.len())
    }

    /// Gives the name of the field in a slot.
    pub(crate) fn name<'py>(&self, py: Python<'py>, slot: usize) -> Option<Bound<'py, PyString>> {
        self.fields.with(py, |fields| {
            fields.names.get(slot).map(|name| name.bind(py).clone())
        })
    }

    /// Gives the values that a new instance starts with, by slot; callables are called.
    pub(crate) fn starts(&self, py: Python<'_>) -> PyResult<Vec<(usize, Py<PyAny>)>> {
        let starts: Vec<_> = self.fields.with(py, |fields| {
            let starts = fields.defaults.iter();
            starts
                .map(|(slot, start)| (*slot, start.clone_ref(py)))
                .collect()
        });
        let mut values = Vec::with_capacity(starts.len());
        for (slot, start) in starts {
            let value = match start {
                Start::Value(value) => value,
                Start::Call(function) => function.call0(py)?,
            };
            values.push((slot, value));
        }
        Ok(values)
    }

    /// Finds the layout of a model class.
    pub(crate) fn of<'py>(model: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        let py = model.py();
        let meta = model.getattr(intern!(py, "_meta"))?;
        let layout = meta.getattr(intern!(py, "_layout"))?;
        layout
            .cast_into::<Self>()
            .map_err(|_| PyTypeError::new_err("the model class has no layout"))
    }
}

impl Fields {
    fn add(
        &mut self,
        key: String,
        name: Py<PyString>,
        start: Option<Start>,
    ) -> (usize, impl Sized + use<>) {
        let known = self.names.len();
        let slot = *self.slots.entry(key).or_insert(known);
        if slot == known {
            self.names.push(name);
            self.live.push(true);
            let rest = self.start(slot, start);
            return (slot, (None, rest));
        }
        let rest = self.start(slot, start);
        (slot, (Some(name), rest))
    }

    fn start(&mut self, slot: usize, start: Option<Start>) -> Option<(usize, Start)> {
        let place = self.defaults.iter().position(|(known, _)| *known == slot);
        let old = place.map(|place| self.defaults.remove(place));
        if let Some(start) = start {
            self.defaults.push((slot, start));
        }
        old
    }

    fn remove(&mut self, name: &str) -> Option<impl Sized + use<>> {
        let slot = self.slots.remove(name)?;
        if let Some(live) = self.live.get_mut(slot) {
            *live = false;
        }
        Some(self.start(slot, None))
    }
}

impl Start {
    fn of(field: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let default = field.getattr_opt(intern!(field.py(), "default"))?;
        Ok(default.filter(|default| !default.is_none()).map(|default| {
            if default.is_callable() {
                Self::Call(default.unbind())
            } else {
                Self::Value(default.unbind())
            }
        }))
    }

    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Value(value) => Self::Value(value.clone_ref(py)),
            Self::Call(function) => Self::Call(function.clone_ref(py)),
        }
    }
}

impl<T: Default> Default for AttachedCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// Gives the interned twin of a string, so that dictionaries compare keys by address.
pub(crate) fn interned(name: &Bound<'_, PyString>) -> Py<PyString> {
    match name.to_str() {
        Ok(text) => PyString::intern(name.py(), text).unbind(),
        Err(_) => name.clone().unbind(),
    }
}

/// Gives what a class's own namespace, or that of a base, holds under a name, without binding it.
pub(crate) fn class_attribute<'py>(
    class: &Bound<'py, PyType>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    for base in class.mro() {
        let namespace = base.getattr(intern!(class.py(), "__dict__"))?;
        if namespace.contains(name)? {
            return namespace.get_item(name).map(Some);
        }
    }
    Ok(None)
}

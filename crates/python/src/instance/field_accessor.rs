//! The descriptor of a plain field: reads a slot, stores a value and marks it dirty.

use pyo3::exceptions::PyAttributeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::layout::interned;
use super::{ForeignKeyAccessor, Instance, Layout};
use crate::attached::AttachedCell;

/// Gives a model class its field, and an instance the field's value.
#[pyclass(subclass, dict, frozen, module = "redstart._native")]
pub struct FieldAccessor {
    held: AttachedCell<Option<(Py<PyAny>, Py<PyAny>)>>,
    name: Py<PyString>,
    place: AttachedCell<Option<Place>>,
}

/// The slot that the name has in a layout.
struct Place {
    layout: Py<Layout>,
    slot: usize,
}

#[pymethods]
impl FieldAccessor {
    #[new]
    #[pyo3(signature = (model, field, name))]
    pub(super) fn new(model: Py<PyAny>, field: Py<PyAny>, name: &Bound<'_, PyString>) -> Self {
        Self {
            held: AttachedCell::new(Some((model, field))),
            name: interned(name),
            place: AttachedCell::new(None),
        }
    }

    /// The model class.
    #[getter]
    fn model(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.held.with(py, |held| {
            held.as_ref().map(|(model, _)| model.clone_ref(py))
        })
    }

    /// The field.
    #[getter]
    pub(super) fn field(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.held.with(py, |held| {
            held.as_ref().map(|(_, field)| field.clone_ref(py))
        })
    }

    /// The field's name.
    #[getter]
    fn name(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    fn __get__<'py>(
        &self,
        py: Python<'py>,
        instance: &Bound<'py, PyAny>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        if let Ok(instance) = instance.cast::<Instance>() {
            let value = self.read(instance)?;
            return Ok(value.unwrap_or_else(|| py.None().into_bound(py)));
        }
        if instance.is_none() {
            return Ok(self.field(py).unwrap_or_else(|| py.None()).into_bound(py));
        }
        foreign_get(instance, self.name.bind(py))
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        let _ = instance;
        Err(PyAttributeError::new_err("__delete__"))
    }

    fn __set__(&self, instance: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.write(instance.cast::<Instance>()?, value)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.with_collector(|held| {
            let Some((model, field)) = held else {
                return Ok(());
            };
            visit.call(&*model)?;
            visit.call(&*field)
        })?;
        self.place
            .with_collector(|place| visit.call(place.as_ref().map(|place| &place.layout)))
    }

    fn __clear__(&self) {
        let held = self.held.with_collector(Option::take);
        let place = self.place.with_collector(Option::take);
        drop((held, place));
    }
}

impl FieldAccessor {
    /// Gives the field's name.
    pub(super) fn bound_name<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        self.name.bind(py)
    }

    /// Gives the field, or None once the collector took it.
    pub(super) fn bound_field<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        let field = self.field(py);
        field.unwrap_or_else(|| py.None()).into_bound(py)
    }

    /// Tells whether a class attribute stores values natively, whatever else it overrides.
    pub(crate) fn stores_natively(attribute: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = attribute.py();
        if !attribute.is_instance_of::<Self>() {
            return Ok(false);
        }
        let set = attribute.get_type().getattr(intern!(py, "__set__"))?;
        for native in [
            PyType::new::<Self>(py),
            PyType::new::<ForeignKeyAccessor>(py),
        ] {
            if set.is(native.getattr(intern!(py, "__set__"))?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives the field's value in an instance; `None` if it has none.
    #[inline]
    pub(super) fn read<'py>(
        &self,
        instance: &Bound<'py, Instance>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = instance.py();
        let name = self.name.bind(py);
        match self.slot(instance)? {
            Some(slot) => instance.get().slot_value(py, slot, name),
            None => Instance::value(instance, name),
        }
    }

    /// Stores a value and marks the field as assigned.
    pub(super) fn write(
        &self,
        instance: &Bound<'_, Instance>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = instance.py();
        self.store(instance, value)?;
        let name = self.name.bind(py);
        match self.slot(instance)? {
            Some(slot) => instance.get().mark_dirty(py, slot, name),
            None => instance.get().dirty_set(py)?.add(name),
        }
    }

    /// Stores a value and leaves the field as clean as it is.
    pub(super) fn store(
        &self,
        instance: &Bound<'_, Instance>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let name = self.name.bind(instance.py());
        match self.slot(instance)? {
            Some(slot) => Instance::put_slot(instance, slot, name, value),
            None => Instance::data(instance)?.set_item(name, value),
        }
    }

    /// Gives the field's slot in an instance's layout, remembering the last layout seen.
    #[inline]
    fn slot(&self, instance: &Bound<'_, Instance>) -> PyResult<Option<usize>> {
        let py = instance.py();
        let known = instance.get().state.with(py, |state| {
            let layout = state.layout.as_ref()?;
            self.place.with(py, |place| {
                let place = place.as_ref()?;
                place.layout.is(layout).then_some(place.slot)
            })
        });
        if known.is_some() {
            return Ok(known);
        }
        self.find_slot(instance)
    }

    #[cold]
    fn find_slot(&self, instance: &Bound<'_, Instance>) -> PyResult<Option<usize>> {
        let py = instance.py();
        let layout = Instance::layout(instance)?;
        let Some(slot) = layout.get().slot(py, self.name.to_str(py)?) else {
            return Ok(None);
        };
        let old = self
            .place
            .with(py, |place| place.replace(Place { layout, slot }));
        drop(old);
        Ok(Some(slot))
    }
}

/// Reads the value from an object that only looks like an instance.
#[cold]
fn foreign_get<'py>(
    instance: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    let data = instance.getattr("__data__")?;
    data.call_method1("get", (name,))
}

//! The descriptor of a foreign key's raw value: never queries.

use pyo3::exceptions::PyAttributeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::Instance;
use super::foreign_key_accessor::key_of;
use crate::attached::AttachedCell;

/// Gives a model class the foreign key, and an instance the key's raw value.
#[pyclass(subclass, dict, frozen, module = "redstart._native")]
pub struct ObjectIdAccessor {
    field: AttachedCell<Option<Py<PyAny>>>,
}

#[pymethods]
impl ObjectIdAccessor {
    #[new]
    #[pyo3(signature = (field))]
    fn new(field: Py<PyAny>) -> Self {
        Self {
            field: AttachedCell::new(Some(field)),
        }
    }

    /// The foreign key.
    #[getter]
    fn field<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        let field = self
            .field
            .with(py, |field| field.as_ref().map(|field| field.clone_ref(py)));
        field.unwrap_or_else(|| py.None()).into_bound(py)
    }

    fn __get__<'py>(
        &self,
        py: Python<'py>,
        instance: &Bound<'py, PyAny>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        let field = self.field(py);
        if instance.is_none() {
            return Ok(field);
        }
        let name = field
            .getattr(intern!(py, "name"))?
            .cast_into::<PyString>()?;
        let instance = instance.cast::<Instance>()?;
        if let Some(value) = Instance::value(instance, &name)?
            && !value.is_none()
        {
            return Ok(value);
        }
        // An instance that was assigned before it was saved may have got its key meanwhile.
        match known_related(instance, &name)? {
            Some(related) if !related.is_none() => key_of(&field, &related),
            _ => Ok(py.None().into_bound(py)),
        }
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        let _ = instance;
        Err(PyAttributeError::new_err("__delete__"))
    }

    fn __set__(&self, instance: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = instance.py();
        let name = self.field(py).getattr(intern!(py, "name"))?;
        instance.setattr(name.cast_into::<PyString>()?, value)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.field
            .with_collector(|field| visit.call(field.as_ref()))
    }

    fn __clear__(&self) {
        let field = self.field.with_collector(Option::take);
        drop(field);
    }
}

/// Gives the related instance if there is one; the name need not be interned.
fn known_related<'py>(
    instance: &Bound<'py, Instance>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match instance.get().known_rel(instance.py())? {
        Some(rel) => rel.get_item(name),
        None => Ok(None),
    }
}

//! The descriptor of a foreign key: gives the related instance, loading it on first use,
//! and takes an instance or a raw key.

use pyo3::exceptions::{PyAttributeError, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::{FieldAccessor, Instance};
use crate::attached::AttachedCell;

/// Gives a model class its foreign key, and an instance the related instance.
#[pyclass(extends = FieldAccessor, subclass, frozen, module = "redstart._native")]
pub struct ForeignKeyAccessor {
    rel_model: AttachedCell<Option<Py<PyAny>>>,
}

#[pymethods]
impl ForeignKeyAccessor {
    #[new]
    #[pyo3(signature = (model, field, name))]
    fn new(
        model: Py<PyAny>,
        field: &Bound<'_, PyAny>,
        name: &Bound<'_, PyString>,
    ) -> PyResult<PyClassInitializer<Self>> {
        let rel_model = field.getattr_opt(intern!(field.py(), "rel_model"))?;
        let accessor = Self {
            rel_model: AttachedCell::new(rel_model.map(Bound::unbind)),
        };
        let base = FieldAccessor::new(model, field.clone().unbind(), name);
        Ok(PyClassInitializer::from(base).add_subclass(accessor))
    }

    /// The model class that the key refers to.
    #[getter]
    fn rel_model(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.rel_model
            .with(py, |model| model.as_ref().map(|model| model.clone_ref(py)))
    }

    #[setter]
    fn set_rel_model(&self, py: Python<'_>, model: Py<PyAny>) {
        let old = self.rel_model.with(py, |place| place.replace(model));
        drop(old);
    }

    /// Gives the related instance: the cached one, else the one that a query finds.
    ///
    /// A foreign key that does not load lazily gives the raw key. Without a key, the outcome is
    /// None, or `DoesNotExist` of the related model if the column must not be null.
    #[pyo3(signature = (instance))]
    fn get_rel_instance<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, Instance>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let plain = slf.as_super().get();
        let name = plain.bound_name(py);
        if let Some(related) = instance.get().related(py, name)? {
            return Ok(related);
        }
        let none = || py.None().into_bound(py);
        let field = plain.bound_field(py);
        let value = plain.read(instance)?.filter(|value| !value.is_none());
        if !field.getattr(intern!(py, "lazy_load"))?.is_truthy()? {
            return Ok(value.unwrap_or_else(none));
        }
        let rel_model = slf
            .get()
            .rel_model(py)
            .map_or_else(none, |model| model.into_bound(py));
        let Some(value) = value else {
            if field.getattr(intern!(py, "null"))?.is_truthy()? {
                return Ok(none());
            }
            let missing = rel_model.getattr(intern!(py, "DoesNotExist"))?;
            return Err(PyErr::from_value(missing.call0()?));
        };
        let key = field.getattr(intern!(py, "rel_field"))?;
        let related = rel_model
            .call_method1(intern!(py, "__row_by__"), (key, value))
            .map_err(|error| explained(&slf.as_super().get().bound_field(py), error))?;
        instance.get().relate(name, &related)?;
        Ok(related)
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, PyAny>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        let py = slf.py();
        let plain = slf.as_super().get();
        if instance.is_none() {
            return Ok(plain.field(py).unwrap_or_else(|| py.None()).into_bound(py));
        }
        let instance = instance.cast::<Instance>()?;
        if slf.is_exact_instance_of::<Self>() {
            return Self::get_rel_instance(slf, instance);
        }
        if let Some(related) = instance.get().related(py, plain.bound_name(py))? {
            return Ok(related);
        }
        slf.call_method1(intern!(py, "get_rel_instance"), (instance,))
    }

    fn __delete__(&self, instance: &Bound<'_, PyAny>) -> PyResult<()> {
        let _ = instance;
        Err(PyAttributeError::new_err("__delete__"))
    }

    fn __set__(
        slf: &Bound<'_, Self>,
        instance: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = slf.py();
        let plain = slf.as_super().get();
        let instance = instance.cast::<Instance>()?;
        let name = plain.bound_name(py);
        if slf.get().is_related(value)? {
            let key = key_of(&plain.bound_field(py), value)?;
            plain.write(instance, &key)?;
            return instance.get().relate(name, value);
        }
        let Some(rel) = instance.get().known_rel(py)? else {
            return plain.write(instance, value);
        };
        let old = plain.read(instance)?;
        plain.write(instance, value)?;
        let kept = match old {
            Some(old) => !value.is_none() && !value.ne(&old)?,
            None => false,
        };
        if !kept && rel.contains(name)? {
            rel.del_item(name)?;
        }
        Ok(())
    }
}

impl ForeignKeyAccessor {
    fn is_related(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        match self.rel_model(value.py()) {
            Some(model) => value.is_instance(model.bind(value.py())),
            None => Ok(false),
        }
    }

    /// Gives the name of the related model's field that the key refers to, if instances of a class
    /// are related ones.
    pub(crate) fn key_name<'py>(
        slf: &Bound<'py, Self>,
        class: &Bound<'py, PyType>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let py = slf.py();
        let Some(model) = slf.get().rel_model(py) else {
            return Ok(None);
        };
        if !class.is_subclass(model.bind(py))? {
            return Ok(None);
        }
        let field = slf.as_super().get().bound_field(py);
        let name = field
            .getattr(intern!(py, "rel_field"))?
            .getattr(intern!(py, "name"))?;
        Ok(name.cast_into::<PyString>().ok())
    }

    /// Attaches the instance of a joined row: takes over its key without marking the field dirty.
    pub(crate) fn attach(
        slf: &Bound<'_, Self>,
        instance: &Bound<'_, Instance>,
        related: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = slf.py();
        let plain = slf.as_super().get();
        if slf.get().is_related(related)? {
            plain.store(instance, &key_of(&plain.bound_field(py), related)?)?;
        }
        instance.get().relate(plain.bound_name(py), related)
    }
}

/// Lets the field name itself where its query may not run.
#[cold]
fn explained(field: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = field.py();
    if !error.is_instance_of::<PyRuntimeError>(py) {
        return error;
    }
    match field.call_method1(intern!(py, "_lazy_load_error"), (error.value(py),)) {
        Ok(explained) => PyErr::from_value(explained),
        Err(_) => error,
    }
}

/// Gives the value of a related instance's key field.
pub(super) fn key_of<'py>(
    field: &Bound<'py, PyAny>,
    related: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = related.py();
    let key = field.getattr(intern!(py, "rel_field"))?;
    let name = key.getattr(intern!(py, "name"))?;
    related.getattr(name.cast_into::<PyString>()?)
}

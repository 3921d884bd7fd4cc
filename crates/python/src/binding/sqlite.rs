//! Values for SQLite: what is no value of one of its storage classes becomes one by the
//! adapters that the program registered with the standard driver.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyInt, PyString, PyTime};
use redstart_core::{Error, ErrorKind, Value};

use super::stored;
use crate::convert::from_python;
use crate::errors;

/// Converts what a user function returned; nothing is adapted, as with the standard driver.
pub(crate) fn outcome(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    match from_python::value(object)? {
        value @ (Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Blob(_)) => Ok(value),
        _ => match stored(object)? {
            Some(value) => Ok(value),
            None => Err(PyTypeError::new_err(
                "a user-defined function gave a value of an unsupported type",
            )),
        },
    }
}

/// Gives the value of an object without a native form.
pub(super) fn adapt(object: &Bound<'_, PyAny>, label: &str) -> PyResult<Value> {
    let plain = object.is_exact_instance_of::<PyInt>() || object.is_exact_instance_of::<PyString>();
    let adapted = if plain { None } else { adapted(object)? };
    if let Some(adapted) = adapted {
        if let value @ (Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Blob(_)) = from_python::value(&adapted)?
        {
            return Ok(value);
        }
        if let Some(value) = stored(&adapted)? {
            return Ok(value);
        }
    } else if let Some(value) = stored(object)? {
        return Ok(value);
    }
    let class = object.get_type().qualified()?;
    let message = format!("Error binding parameter {label}: type '{class}' is not supported");
    Err(errors::to_py(
        object.py(),
        &Error::new(ErrorKind::Programming, message),
    ))
}

/// Asks the adapters that the program registered with the standard driver, then the object itself.
fn adapted<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let modules = py.import("sys")?.getattr(intern!(py, "modules"))?;
    let driver = modules.call_method1(intern!(py, "get"), (intern!(py, "sqlite3"),))?;
    let protocol = driver.getattr_opt(intern!(py, "PrepareProtocol"))?;
    let class = object.get_type();
    if let (Some(protocol), Some(adapters)) =
        (&protocol, driver.getattr_opt(intern!(py, "adapters"))?)
    {
        let adapter = adapters.call_method1(intern!(py, "get"), ((&class, protocol),))?;
        if !adapter.is_none() {
            return adapter.call1((object,)).map(Some);
        }
    }
    if let Some(conform) = class.getattr_opt(intern!(py, "__conform__"))? {
        let protocol = protocol.unwrap_or_else(|| py.None().into_bound(py));
        let conformed = conform.call1((object, protocol))?;
        return Ok(Some(conformed).filter(|conformed| !conformed.is_none()));
    }
    if class.is(pyo3::types::PyType::new::<PyDateTime>(py)) {
        return object
            .call_method1(intern!(py, "isoformat"), (" ",))
            .map(Some);
    }
    if class.is(pyo3::types::PyType::new::<PyDate>(py))
        || class.is(pyo3::types::PyType::new::<PyTime>(py))
    {
        return object.call_method0(intern!(py, "isoformat")).map(Some);
    }
    Ok(None)
}

/// The name that the standard driver gives a class in its messages.
trait Qualified {
    fn qualified(&self) -> PyResult<String>;
}

impl Qualified for Bound<'_, pyo3::types::PyType> {
    fn qualified(&self) -> PyResult<String> {
        let name = self.name()?.to_string();
        let module: String = self.module()?.extract()?;
        // Static classes of other modules than builtins carry the module in their C name.
        let is_heap = self
            .getattr(intern!(self.py(), "__flags__"))?
            .extract::<u64>()?
            & (1 << 9)
            != 0;
        if is_heap || module == "builtins" {
            Ok(name)
        } else {
            Ok(format!("{module}.{name}"))
        }
    }
}

//! Parameters on their way to a driver: what the tree carried opaquely becomes a value of
//! one of the storage classes, or the exception that users of the standard driver know.

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyString, PyTime, PyTuple};
use redstart_core::{Error, ErrorKind, Value};

use crate::convert::from_python::{self, PythonValue};
use crate::errors;

/// The parameters of one execution.
pub(crate) enum Parameters {
    /// For placeholders in order.
    Positional(Vec<Value>),
    /// For named placeholders.
    Named(Vec<(String, Value)>),
}

impl Parameters {
    /// Gives them as the engine takes them.
    pub(crate) fn for_engine(&self) -> redstart_engine::Parameters<'_> {
        match self {
            Self::Positional(values) => redstart_engine::Parameters::Positional(values),
            Self::Named(values) => redstart_engine::Parameters::Named(values),
        }
    }
}

/// Reads the parameters that Python code gave: a list, a tuple or another sequence, or a dictionary.
pub(crate) fn parameters(given: &Bound<'_, PyAny>) -> PyResult<Parameters> {
    let py = given.py();
    if let Ok(named) = given.cast::<PyDict>() {
        let mut values = Vec::with_capacity(named.len());
        for (name, value) in named {
            let name: String = name.extract()?;
            let value = convert(&value, &name)?;
            values.push((name, value));
        }
        return Ok(Parameters::Named(values));
    }
    if let Ok(tuple) = given.cast_exact::<PyTuple>() {
        return positional(tuple.iter());
    }
    if let Ok(list) = given.cast_exact::<PyList>() {
        return positional(list.iter());
    }
    if !given.hasattr(intern!(py, "__getitem__"))? || !given.hasattr(intern!(py, "__len__"))? {
        let message = "parameters are of unsupported type";
        return Err(errors::to_py(
            py,
            &Error::new(ErrorKind::Programming, message),
        ));
    }
    let items: Vec<_> = given.try_iter()?.collect::<PyResult<_>>()?;
    positional(items.into_iter())
}

/// Makes every value of a rendered statement one that a driver can bind.
pub(crate) fn bindable(py: Python<'_>, values: &mut [Value]) -> PyResult<()> {
    for (place, value) in values.iter_mut().enumerate() {
        if let Value::Opaque(opaque) = value
            && let Some(object) = opaque.as_any().downcast_ref::<PythonValue>()
        {
            *value = adapt(object.0.bind(py), &(place + 1).to_string())?;
        }
    }
    Ok(())
}

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

fn positional<'py>(
    items: impl ExactSizeIterator<Item = Bound<'py, PyAny>>,
) -> PyResult<Parameters> {
    let mut values = Vec::with_capacity(items.len());
    for (place, item) in items.enumerate() {
        let value = match from_python::value(&item)? {
            Value::Opaque(_) | Value::Uuid(_) => adapt(&item, &(place + 1).to_string())?,
            value => value,
        };
        values.push(value);
    }
    Ok(Parameters::Positional(values))
}

fn convert(object: &Bound<'_, PyAny>, label: &str) -> PyResult<Value> {
    match from_python::value(object)? {
        Value::Opaque(_) | Value::Uuid(_) => adapt(object, label),
        value => Ok(value),
    }
}

/// Gives the value of an object without a native form.
fn adapt(object: &Bound<'_, PyAny>, label: &str) -> PyResult<Value> {
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

/// Gives the value of an instance of a subclass of a stored class, or of a buffer.
fn stored(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if object.is_instance_of::<PyInt>() {
        let number = object
            .extract::<i64>()
            .map_err(|_| errors::integer_overflow())?;
        return Ok(Some(Value::Int(number)));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        return Ok(Some(Value::Float(number.value())));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Some(Value::text(text.to_str()?)));
    }
    match PyBuffer::<u8>::get(object) {
        Ok(buffer) => Ok(Some(Value::blob(buffer.to_vec(object.py())?))),
        Err(error) if error.is_instance_of::<PyException>(object.py()) => Ok(None),
        Err(error) => Err(error),
    }
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

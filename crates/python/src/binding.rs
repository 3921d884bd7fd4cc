//! Parameters on their way to a driver: what the tree carried opaquely becomes a value that
//! the driver can bind, or the exception that its users know.

mod postgres;
mod sqlite;

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use redstart_core::{Error, ErrorKind, Value};
use redstart_engine::{Connection, Values};

use crate::convert::from_python;
use crate::errors;

pub(crate) use sqlite::outcome;

/// Reads the parameters that Python code gave: a list, a tuple or another sequence, or a dictionary.
pub(crate) fn parameters(connection: &Connection, given: &Bound<'_, PyAny>) -> PyResult<Values> {
    let py = given.py();
    if let Ok(named) = given.cast::<PyDict>() {
        let mut values = Vec::with_capacity(named.len());
        for (name, value) in named {
            let name: String = name.extract()?;
            let value = convert(connection, &value, &name)?;
            values.push((name, value));
        }
        return Ok(Values::Named(values));
    }
    if let Ok(tuple) = given.cast_exact::<PyTuple>() {
        return positional(connection, tuple.iter());
    }
    if let Ok(list) = given.cast_exact::<PyList>() {
        return positional(connection, list.iter());
    }
    if !given.hasattr(intern!(py, "__getitem__"))? || !given.hasattr(intern!(py, "__len__"))? {
        let message = "parameters are of unsupported type";
        return Err(errors::to_py(
            py,
            &Error::new(ErrorKind::Programming, message),
        ));
    }
    let items: Vec<_> = given.try_iter()?.collect::<PyResult<_>>()?;
    positional(connection, items.into_iter())
}

/// Makes every value of a rendered statement one that a connection's driver can bind.
pub(crate) fn bindable(
    py: Python<'_>,
    connection: &Connection,
    values: &mut [Value],
) -> PyResult<()> {
    for (place, value) in values.iter_mut().enumerate() {
        if let Value::Opaque(opaque) = value
            && let Some(object) = opaque.as_any().downcast_ref::<from_python::PythonValue>()
        {
            *value = adapt(connection, object.0.bind(py), &(place + 1).to_string())?;
        }
    }
    Ok(())
}

fn positional<'py>(
    connection: &Connection,
    items: impl ExactSizeIterator<Item = Bound<'py, PyAny>>,
) -> PyResult<Values> {
    let values = items.enumerate().map(|(place, item)| {
        let value = from_python::value(&item)?;
        if is_native(connection, &value) {
            return Ok(value);
        }
        adapt(connection, &item, &(place + 1).to_string())
    });
    Ok(Values::Positional(values.collect::<PyResult<_>>()?))
}

fn convert(connection: &Connection, object: &Bound<'_, PyAny>, label: &str) -> PyResult<Value> {
    let value = from_python::value(object)?;
    if is_native(connection, &value) {
        return Ok(value);
    }
    adapt(connection, object, label)
}

/// Tells whether a driver binds a value as it is.
fn is_native(connection: &Connection, value: &Value) -> bool {
    match value {
        Value::Opaque(_) => false,
        // SQLite has no such type, so that the program says what becomes of it.
        Value::Uuid(_) => connection.as_postgres().is_some(),
        _ => true,
    }
}

fn adapt(connection: &Connection, object: &Bound<'_, PyAny>, label: &str) -> PyResult<Value> {
    match connection {
        Connection::Postgres(_) => postgres::adapt(object),
        _ => sqlite::adapt(object, label),
    }
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

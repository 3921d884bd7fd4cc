//! Values for PostgreSQL, as its usual drivers take them: lists are arrays, tuples stand behind
//! `IN`, and an object may say itself of which type it is.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDate, PyDateTime, PyDelta, PyDeltaAccess, PyInt, PyList, PyString, PyTime, PyTuple,
};
use redstart_core::{Error, ErrorKind, Value, moment};
use redstart_engine::postgres::oid;

use super::stored;
use crate::convert::from_python::{self, decimal_class, uuid_class};
use crate::errors;

/// Gives the value of an object without a native form.
pub(super) fn adapt(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    if let Some(typed) = object.getattr_opt(intern!(py, "__pg_value__"))? {
        let (number, text): (u32, String) = typed.call0()?.extract()?;
        return Ok(Value::Typed(number, text.into()));
    }
    if let Ok(items) = object.cast::<PyList>() {
        return Ok(Value::List(all(items.iter())?));
    }
    if let Ok(items) = object.cast::<PyTuple>() {
        return Ok(Value::Row(all(items.iter())?));
    }
    if let Ok(delta) = object.cast::<PyDelta>() {
        let (days, seconds) = (delta.get_days(), delta.get_seconds());
        let text = format!(
            "{days} days {seconds}.{:06} seconds",
            delta.get_microseconds()
        );
        return Ok(Value::Typed(oid::INTERVAL, text.into()));
    }
    if let Some(value) = moment(object)? {
        return Ok(value);
    }
    if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() {
        return match object.extract::<i64>() {
            Ok(number) => Ok(Value::Int(number)),
            // No integer type holds it; `numeric` does.
            Err(_) => Ok(Value::Decimal(
                py.get_type::<PyInt>()
                    .call_method1("__repr__", (object,))?
                    .cast::<PyString>()?
                    .to_str()?
                    .into(),
            )),
        };
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::text(text.to_str()?));
    }
    if object.is_instance(decimal_class(py)?)? {
        return Ok(Value::Decimal(object.str()?.to_str()?.into()));
    }
    if object.is_instance(uuid_class(py)?)? {
        let bytes: [u8; 16] = object.getattr(intern!(py, "bytes"))?.extract()?;
        return Ok(Value::Uuid(bytes));
    }
    if let Some(value) = stored(object)? {
        return Ok(value);
    }
    let message = format!("can't adapt type '{}'", object.get_type().name()?);
    Err(errors::to_py(
        py,
        &Error::new(ErrorKind::Programming, message),
    ))
}

fn all<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<std::sync::Arc<[Value]>> {
    let values = items.map(|item| match from_python::value(&item)? {
        Value::Opaque(_) => adapt(&item),
        value => Ok(value),
    });
    values.collect()
}

/// Reads dates and times with a zone, and those of subclasses.
fn moment(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    let py = object.py();
    let text = if object.is_instance_of::<PyDateTime>() {
        object.call_method1(intern!(py, "isoformat"), (" ",))?
    } else if object.is_instance_of::<PyDate>() || object.is_instance_of::<PyTime>() {
        object.call_method0(intern!(py, "isoformat"))?
    } else {
        return Ok(None);
    };
    let text = text.cast::<PyString>()?.to_str()?.as_bytes().to_vec();
    let value = if object.is_instance_of::<PyDateTime>() {
        moment::datetime(&text).map(Value::DateTime)
    } else if object.is_instance_of::<PyDate>() {
        moment::date(&text).map(Value::Date)
    } else {
        moment::time(&text).map(Value::Time)
    };
    Ok(Some(value.unwrap_or_else(|| {
        Value::text(String::from_utf8_lossy(&text))
    })))
}

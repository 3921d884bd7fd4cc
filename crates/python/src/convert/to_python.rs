//! Values become Python objects.

use pyo3::prelude::*;
use pyo3::types::{
    PyBytes, PyDate, PyDateTime, PyDelta, PyList, PyString, PyTime, PyTuple, PyTzInfo,
};
use redstart_core::Value;
use redstart_core::value::{Date, DateTime, Time};

use super::from_python::{PythonValue, decimal_class, uuid_class};

/// Converts a value to the Python object it came from or stands for.
pub fn value<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(flag) => Ok(flag.into_pyobject(py)?.to_owned().into_any()),
        Value::Int(number) => Ok(number.into_pyobject(py)?.into_any()),
        Value::Float(number) => Ok(number.into_pyobject(py)?.into_any()),
        Value::Text(text) | Value::Typed(_, text) => Ok(PyString::new(py, text).into_any()),
        Value::Blob(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
        Value::Date(date) => date_object(py, *date),
        Value::Time(time) => time_object(py, *time),
        Value::DateTime(moment) => datetime_object(py, *moment),
        Value::Decimal(digits) => decimal_class(py)?.call1((&**digits,)),
        Value::Uuid(bytes) => {
            let none = py.None();
            uuid_class(py)?.call1((&none, PyBytes::new(py, bytes)))
        }
        Value::List(items) => {
            let list = PyList::empty(py);
            for item in items.iter() {
                list.append(self::value(py, item)?)?;
            }
            Ok(list.into_any())
        }
        Value::Row(items) => {
            let items = items.iter().map(|item| self::value(py, item));
            Ok(PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
        }
        Value::Opaque(opaque) => match opaque.as_any().downcast_ref::<PythonValue>() {
            Some(object) => Ok(object.0.bind(py).clone()),
            None => Ok(PyString::new(py, &opaque.type_name()).into_any()),
        },
    }
}

/// Converts values to a list of Python objects.
pub fn list<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyList>> {
    let objects = values.iter().map(|item| value(py, item));
    PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
}

/// Makes a `datetime.date`.
pub fn date_object(py: Python<'_>, date: Date) -> PyResult<Bound<'_, PyAny>> {
    Ok(PyDate::new(py, i32::from(date.year), date.month, date.day)?.into_any())
}

/// Makes a `datetime.time`.
pub fn time_object(py: Python<'_>, time: Time) -> PyResult<Bound<'_, PyAny>> {
    let zone = zone(py, time.offset)?;
    let (h, m, s, us) = (time.hour, time.minute, time.second, time.microsecond);
    Ok(PyTime::new(py, h, m, s, us, zone.as_ref())?.into_any())
}

/// Makes a `datetime.datetime`.
pub fn datetime_object(py: Python<'_>, moment: DateTime) -> PyResult<Bound<'_, PyAny>> {
    let DateTime { date, time } = moment;
    let zone = zone(py, time.offset)?;
    let object = PyDateTime::new(
        py,
        i32::from(date.year),
        date.month,
        date.day,
        time.hour,
        time.minute,
        time.second,
        time.microsecond,
        zone.as_ref(),
    )?;
    Ok(object.into_any())
}

fn zone(py: Python<'_>, offset: Option<i32>) -> PyResult<Option<Bound<'_, PyTzInfo>>> {
    match offset {
        None => Ok(None),
        Some(0) => Ok(Some(PyTzInfo::utc(py)?.to_owned())),
        Some(seconds) => {
            let delta = PyDelta::new(py, 0, seconds, 0, true)?;
            Ok(Some(PyTzInfo::fixed_offset(py, delta)?))
        }
    }
}

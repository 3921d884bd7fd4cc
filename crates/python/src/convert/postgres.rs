//! Values of PostgreSQL's own types become Python objects.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    IntoPyDict, PyBytes, PyDate, PyDateTime, PyDelta, PyDict, PyList, PyString, PyType, PyTzInfo,
};
use redstart_core::{Error, ErrorKind, Value};
use redstart_engine::postgres::decode::{self, Decoded, Interval, Item, Undecodable};
use redstart_engine::postgres::oid;

use super::from_python::decimal_class;
use super::to_python;
use crate::errors;

/// Makes the object of a raw cell.
///
/// Raises `DataError`, which names the column, for a value that Python cannot hold.
pub fn raw<'py>(
    py: Python<'py>,
    number: u32,
    bytes: &[u8],
    label: &str,
) -> PyResult<Bound<'py, PyAny>> {
    match decode::raw(number, bytes) {
        Ok(decoded) => object(py, decoded, label),
        Err(reason) => Err(undecodable(py, &reason, label)),
    }
}

/// Makes a `datetime` of the bytes of a `timestamp` if that can neither fail nor run Python code.
pub fn plain_timestamp(py: Python<'_>, bytes: &[u8]) -> Option<Py<PyAny>> {
    match decode::raw(oid::TIMESTAMP, bytes) {
        Ok(Decoded::DateTime(moment)) => to_python::datetime_object(py, moment)
            .ok()
            .map(Bound::unbind),
        _ => None,
    }
}

fn object<'py>(py: Python<'py>, decoded: Decoded<'_>, label: &str) -> PyResult<Bound<'py, PyAny>> {
    match decoded {
        Decoded::Int(number) => Ok(number.into_pyobject(py)?.into_any()),
        Decoded::Float(number) => Ok(number.into_pyobject(py)?.into_any()),
        Decoded::Bool(flag) => Ok(flag.into_pyobject(py)?.to_owned().into_any()),
        Decoded::Text(text) => Ok(PyString::new(py, &text).into_any()),
        Decoded::Bytes(bytes) => Ok(PyBytes::new(py, &bytes).into_any()),
        Decoded::DateTime(moment) => to_python::datetime_object(py, moment),
        Decoded::Date(date) => to_python::date_object(py, date),
        Decoded::Time(time) => to_python::time_object(py, time),
        Decoded::Infinity {
            is_negative,
            number,
        } => infinity(py, is_negative, number),
        Decoded::Interval(interval) => timedelta(py, &interval, label),
        Decoded::Uuid(bytes) => to_python::value(py, &Value::Uuid(bytes)),
        Decoded::Decimal(digits) => decimal_class(py)?.call1((&*digits,)),
        Decoded::Json(text) => loads(py)?.call1((&*text,)),
        Decoded::Hstore(pairs) => {
            let dict = PyDict::new(py);
            for (key, value) in pairs {
                dict.set_item(key, value)?;
            }
            Ok(dict.into_any())
        }
        Decoded::Array(array) => list(py, array.element, array.items, label),
    }
}

fn list<'py>(
    py: Python<'py>,
    element: u32,
    items: Vec<Item<'_>>,
    label: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    for item in items {
        list.append(match item {
            Item::Null => py.None().into_bound(py),
            Item::List(items) => self::list(py, element, items, label)?,
            Item::Value(text) => match decode::text(element, text) {
                Ok(decoded) => object(py, decoded, label)?,
                Err(reason) => return Err(undecodable(py, &reason, label)),
            },
        })?;
    }
    Ok(list.into_any())
}

/// Gives the first or the last moment that Python knows.
fn infinity(py: Python<'_>, is_negative: bool, number: u32) -> PyResult<Bound<'_, PyAny>> {
    let class: Bound<'_, PyType> = if number == oid::DATE {
        PyType::new::<PyDate>(py)
    } else {
        PyType::new::<PyDateTime>(py)
    };
    let name = if is_negative {
        intern!(py, "min")
    } else {
        intern!(py, "max")
    };
    let moment = class.getattr(name)?;
    if number != oid::TIMESTAMPTZ {
        return Ok(moment);
    }
    let zone = [(intern!(py, "tzinfo"), PyTzInfo::utc(py)?)].into_py_dict(py)?;
    moment.call_method(intern!(py, "replace"), (), Some(&zone))
}

fn timedelta<'py>(
    py: Python<'py>,
    interval: &Interval,
    label: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let seconds = interval.micros.div_euclid(1_000_000);
    let days = interval.total_days() + seconds.div_euclid(86_400);
    let beyond = || {
        let reason = Undecodable("its interval is longer than Python's timedelta can be".into());
        undecodable(py, &reason, label)
    };
    let days = i32::try_from(days).map_err(|_| beyond())?;
    let seconds = i32::try_from(seconds.rem_euclid(86_400)).map_err(|_| beyond())?;
    let micros = i32::try_from(interval.micros.rem_euclid(1_000_000)).map_err(|_| beyond())?;
    match PyDelta::new(py, days, seconds, micros, false) {
        Ok(delta) => Ok(delta.into_any()),
        Err(_) => Err(beyond()),
    }
}

fn loads(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let loads = LOADS.get_or_try_init(py, || -> PyResult<Py<PyAny>> {
        Ok(py.import("json")?.getattr("loads")?.unbind())
    })?;
    Ok(loads.bind(py))
}

fn undecodable(py: Python<'_>, reason: &Undecodable, label: &str) -> PyErr {
    let message = format!(
        "The value of column '{label}' cannot be read: {}.",
        reason.0
    );
    errors::to_py(py, &Error::new(ErrorKind::Data, message))
}

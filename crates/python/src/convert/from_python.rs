//! Python objects become values and nodes. Exact types are converted at once, everything else
//! is carried as it is until a driver or a field asks for it.

use std::any::Any;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyBytes, PyDate, PyDateAccess, PyDateTime, PyFloat, PyFrozenSet, PyInt, PyList,
    PyRange, PySet, PyString, PyTime, PyTimeAccess, PyTuple, PyType, PyTzInfoAccess,
};
use redstart_core::value::{Date, DateTime, Time};
use redstart_core::{Node, OpaqueValue, Value};

use crate::instance::Instance;
use crate::node::{self, PyNode};
use crate::recursion;
use crate::tree::Tree;

/// A Python object carried through the tree as a value.
pub struct PythonValue(pub Py<PyAny>);

impl OpaqueValue for PythonValue {
    fn type_name(&self) -> String {
        Python::attach(|py| {
            let name = self.0.bind(py).get_type().name();
            name.map_or_else(|_| "object".to_owned(), |name| name.to_string())
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Converts a Python object to a value; what has no native form is carried opaquely.
#[expect(
    clippy::unnecessary_wraps,
    reason = "callers chain it with conversions that fail"
)]
pub fn value(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let native = plain(object).or_else(|| rich(object));
    Ok(native.unwrap_or_else(|| opaque(object)))
}

/// Converts an object of one of the language's own types, without asking anything but its type.
fn plain(object: &Bound<'_, PyAny>) -> Option<Value> {
    if let Ok(text) = object.cast_exact::<PyString>() {
        return match text.to_str() {
            Ok(text) => Some(Value::Text(text.into())),
            // A lone surrogate: text for Python alone.
            Err(_) => Some(opaque(object)),
        };
    }
    if let Ok(number) = object.cast_exact::<PyInt>() {
        return Some(number.extract().map_or_else(|_| opaque(object), Value::Int));
    }
    if object.is_none() {
        return Some(Value::Null);
    }
    if let Ok(flag) = object.cast_exact::<PyBool>() {
        return Some(Value::Bool(flag.is_true()));
    }
    if let Ok(number) = object.cast_exact::<PyFloat>() {
        return Some(Value::Float(number.value()));
    }
    let bytes = object.cast_exact::<PyBytes>().ok()?;
    Some(Value::Blob(bytes.as_bytes().into()))
}

/// Converts an object of one of the library's types that have a native form.
fn rich(object: &Bound<'_, PyAny>) -> Option<Value> {
    moment(object).or_else(|| numeric_or_uuid(object.py(), object))
}

/// Carries a Python object as it is.
pub fn opaque(object: &Bound<'_, PyAny>) -> Value {
    Value::Opaque(Arc::new(PythonValue(object.clone().unbind())))
}

/// Converts an operand: nodes give their tree, lists become lists of operands, the rest are values.
pub fn operand(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    if let Some(value) = plain(object) {
        return Ok(Node::Value(value));
    }
    if let Ok(node) = object.cast::<PyNode>() {
        return node::tree_of(node);
    }
    if list_like(object) {
        return list_items(object);
    }
    foreign_or_value(object)
}

/// Converts an operand that may also be a native tree.
pub fn operand_or_tree(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    match object.cast::<Tree>() {
        Ok(tree) => Ok(tree.get().node().clone()),
        Err(_) => operand(object),
    }
}

/// Converts an assigned value: nodes give their tree, everything else is one value.
///
/// An instance is a value: which of its fields is meant, the column's own conversion knows.
pub fn assigned(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    if let Some(value) = plain(object) {
        return Ok(Node::Value(value));
    }
    if object.is_instance_of::<Instance>() {
        return Ok(Node::Value(opaque(object)));
    }
    if let Ok(node) = object.cast::<PyNode>() {
        return node::tree_of(node);
    }
    foreign_or_value(object)
}

fn foreign_or_value(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    if let Some(value) = rich(object) {
        return Ok(Node::Value(value));
    }
    let node = node::foreign(object)?;
    Ok(node.unwrap_or_else(|| Node::Value(opaque(object))))
}

fn list_like(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyList>()
        || (object.is_instance_of::<PyTuple>())
        || object.is_instance_of::<PySet>()
        || object.is_instance_of::<PyFrozenSet>()
        || object.is_instance_of::<PyRange>()
        || is_generator(object)
}

/// Tells whether an object is a generator, which is consumed where it is met.
pub fn is_generator(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the pointer comes from a live bound reference; the check only reads its type.
    unsafe { ffi::PyGen_Check(object.as_ptr()) != 0 }
}

fn list_items(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    recursion::guarded(object.py(), || {
        let mut nodes = Vec::new();
        for item in object.try_iter()? {
            nodes.push(operand(&item?)?);
        }
        Ok(Node::List(nodes.into()))
    })
}

/// Converts naive dates and times; what carries a zone or a fold stays with Python.
fn moment(object: &Bound<'_, PyAny>) -> Option<Value> {
    if let Ok(moment) = object.cast_exact::<PyDateTime>() {
        let naive = moment.get_tzinfo().is_none() && !moment.get_fold();
        let date = date(moment)?;
        return naive.then(|| {
            Value::DateTime(DateTime {
                date,
                time: time(moment),
            })
        });
    }
    if let Ok(day) = object.cast_exact::<PyDate>() {
        return date(day).map(Value::Date);
    }
    let clock = object.cast_exact::<PyTime>().ok()?;
    let naive = clock.get_tzinfo().is_none() && !clock.get_fold();
    naive.then(|| Value::Time(time(clock)))
}

fn date(day: &impl PyDateAccess) -> Option<Date> {
    let year = i16::try_from(day.get_year()).ok()?;
    Some(Date {
        year,
        month: day.get_month(),
        day: day.get_day(),
    })
}

fn time(clock: &impl PyTimeAccess) -> Time {
    Time {
        hour: clock.get_hour(),
        minute: clock.get_minute(),
        second: clock.get_second(),
        microsecond: clock.get_microsecond(),
        offset: None,
    }
}

fn numeric_or_uuid(py: Python<'_>, object: &Bound<'_, PyAny>) -> Option<Value> {
    let class = object.get_type();
    if class.is(decimal_class(py).ok()?) {
        let text = object.str().ok()?;
        return Some(Value::Decimal(text.to_str().ok()?.into()));
    }
    if class.is(uuid_class(py).ok()?) {
        let bytes = object.getattr("bytes").ok()?;
        let bytes = bytes.cast_exact::<PyBytes>().ok()?.as_bytes();
        return Some(Value::Uuid(bytes.try_into().ok()?));
    }
    None
}

/// Gives the class `decimal.Decimal`.
pub fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "decimal", "Decimal")
}

/// Gives the class `uuid.UUID`.
pub fn uuid_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "uuid", "UUID")
}

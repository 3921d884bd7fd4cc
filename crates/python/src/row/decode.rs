//! A cell becomes a Python object, by the read kind of its field. What a kind cannot take
//! natively goes to the field's own `python_value`; nothing here knows rows or instances.

use std::ffi::{c_char, c_int};

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDateTime, PyFloat, PyInt, PyString, PyType};
use redstart_core::value::DateTime;
use redstart_core::{Batch, Cell, Error, ErrorKind, FieldKind, moment};
use redstart_engine::postgres::{decode, oid};

use crate::convert::from_python::{decimal_class, uuid_class};
use crate::convert::{postgres, to_python};
use crate::errors;
use crate::node::PyFieldBase;

/// How the cells of one column are read.
pub(crate) struct Reader {
    kind: FieldKind,
    host: Option<Py<PyAny>>,
    label: String,
}

impl Reader {
    /// Makes the reader of a column from a converter: None, a field or a callable.
    pub(crate) fn new(converter: &Bound<'_, PyAny>, label: &str) -> PyResult<Self> {
        let py = converter.py();
        let label = label.to_owned();
        if converter.is_none() {
            return Ok(Self {
                kind: FieldKind::Raw,
                host: None,
                label,
            });
        }
        let Some(kind) = read_kind(converter) else {
            let host = Some(converter.clone().unbind());
            return Ok(Self {
                kind: FieldKind::Host,
                host,
                label,
            });
        };
        if kind == FieldKind::DateTime {
            // The first use of the datetime module imports it: not in the middle of a row.
            PyDateTime::new(py, 1, 1, 1, 0, 0, 0, 0, None)?;
        }
        let host = converter.getattr_opt(intern!(py, "python_value"))?;
        Ok(Self {
            kind,
            host: host.map(Bound::unbind),
            label,
        })
    }

    /// Tells whether every value goes through Python code.
    pub(crate) fn is_host(&self) -> bool {
        self.kind == FieldKind::Host
    }

    /// Decodes a cell if that can neither fail nor run Python code, not even the collector's.
    #[inline]
    pub(crate) fn plain(&self, py: Python<'_>, batch: &Batch, cell: Cell) -> Option<Py<PyAny>> {
        match (self.kind, cell) {
            (FieldKind::Host, _) => None,
            (_, Cell::Null) => Some(py.None()),
            (FieldKind::Raw | FieldKind::Text, Cell::Text(span)) => {
                let bytes = batch.bytes(span);
                if !bytes.is_ascii() && str::from_utf8(bytes).is_err() {
                    return None;
                }
                raw(py, batch, cell, || "").ok().map(Bound::unbind)
            }
            (FieldKind::Raw | FieldKind::Int, Cell::Int(_))
            | (FieldKind::Raw | FieldKind::Float, Cell::Float(_))
            | (FieldKind::Raw | FieldKind::Bool, Cell::Bool(_)) => {
                raw(py, batch, cell, || "").ok().map(Bound::unbind)
            }
            (FieldKind::Raw | FieldKind::DateTime, Cell::Raw(oid::TIMESTAMP, span)) => {
                postgres::plain_timestamp(py, batch.bytes(span))
            }
            (FieldKind::Bool, Cell::Int(number)) => {
                Some(PyBool::new(py, number != 0).to_owned().into_any().unbind())
            }
            (FieldKind::DateTime, Cell::Text(span)) => {
                let moment = moment::datetime(batch.bytes(span))
                    .filter(|moment| moment.time.offset.is_none())?;
                to_python::datetime_object(py, moment)
                    .ok()
                    .map(Bound::unbind)
            }
            _ => None,
        }
    }

    /// Tells whether decoding a cell later cannot fail for what is stored in it: text that is no
    /// UTF-8, a UUID that is none. Looks only, makes nothing.
    #[inline]
    pub(crate) fn is_sound(&self, batch: &Batch, cell: Cell) -> bool {
        match (self.kind, cell) {
            (FieldKind::Uuid, Cell::Text(span)) => {
                let digits = batch.bytes(span);
                digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit)
            }
            (FieldKind::Uuid, Cell::Null) => true,
            (_, Cell::Raw(number, span)) => decode::is_sound(number, batch.bytes(span)),
            (FieldKind::Uuid, _) => false,
            (_, Cell::Text(span)) => {
                let text = batch.bytes(span);
                text.is_ascii() || str::from_utf8(text).is_ok()
            }
            _ => true,
        }
    }

    /// Tells whether nobody converts the values.
    pub(crate) fn is_plain(&self) -> bool {
        self.kind == FieldKind::Raw && self.host.is_none()
    }

    /// Decodes one cell.
    #[inline]
    pub(crate) fn read<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        cell: Cell,
    ) -> PyResult<Bound<'py, PyAny>> {
        match (self.kind, cell) {
            (FieldKind::Host, _) => self.host(py, raw(py, batch, cell, || &self.label)?),
            (_, Cell::Null) => Ok(py.None().into_bound(py)),
            (FieldKind::Raw | FieldKind::Blob, _)
            | (FieldKind::Int, Cell::Int(_))
            | (FieldKind::Float, Cell::Float(_))
            | (FieldKind::Bool, Cell::Bool(_))
            | (FieldKind::Text, Cell::Text(_))
            | (FieldKind::DateTime, Cell::Raw(oid::TIMESTAMP | oid::TIMESTAMPTZ, _))
            | (FieldKind::Date, Cell::Raw(oid::DATE, _))
            | (FieldKind::Time, Cell::Raw(oid::TIME | oid::TIMETZ, _))
            | (FieldKind::Decimal, Cell::Raw(oid::NUMERIC, _))
            | (FieldKind::Uuid, Cell::Raw(oid::UUID, _)) => raw(py, batch, cell, || &self.label),
            _ => self.convert(py, batch, cell),
        }
    }

    /// Converts a value that a foreign driver has made.
    pub(crate) fn read_object<'py>(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match self.kind {
            FieldKind::Raw => Ok(value),
            FieldKind::Host => self.host(value.py(), value),
            _ if value.is_none() => Ok(value),
            FieldKind::Int if value.is_exact_instance_of::<PyInt>() => Ok(value),
            FieldKind::Float if value.is_exact_instance_of::<PyFloat>() => Ok(value),
            FieldKind::Bool if value.is_exact_instance_of::<PyBool>() => Ok(value),
            FieldKind::Text if value.is_exact_instance_of::<PyString>() => Ok(value),
            FieldKind::Blob if value.is_exact_instance_of::<PyBytes>() => Ok(value),
            _ => self.host(value.py(), value),
        }
    }

    /// Visits the Python objects of the reader for the collector.
    pub(crate) fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.host.as_ref())
    }

    #[inline(never)]
    fn convert<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        cell: Cell,
    ) -> PyResult<Bound<'py, PyAny>> {
        let native = match (self.kind, cell) {
            (FieldKind::Int, Cell::Bool(flag)) => {
                Some(i64::from(flag).into_pyobject(py)?.into_any())
            }
            (FieldKind::Int, Cell::Float(number)) => whole(py, number)?,
            (FieldKind::Float, Cell::Int(_)) => {
                Some(raw(py, batch, cell, || &self.label)?.call_method0(intern!(py, "__float__"))?)
            }
            (FieldKind::Bool, _) => Some(PyBool::new(py, truth(batch, cell)).to_owned().into_any()),
            (FieldKind::Text, Cell::Int(number)) => {
                Some(PyString::new(py, &number.to_string()).into_any())
            }
            (FieldKind::Text, Cell::Float(_)) => {
                Some(raw(py, batch, cell, || &self.label)?.str()?.into_any())
            }
            (FieldKind::Decimal, _) => self.decimal(py, batch, cell)?,
            (FieldKind::DateTime | FieldKind::Date | FieldKind::Time, Cell::Text(span)) => {
                self.moment(py, batch.bytes(span))?
            }
            (FieldKind::Uuid, Cell::Text(span)) => match hex(batch.bytes(span)) {
                Some(number) => Some(uuid_object(py, number)?),
                None => None,
            },
            _ => None,
        };
        match native {
            Some(value) => Ok(value),
            None => self.host(py, raw(py, batch, cell, || &self.label)?),
        }
    }

    fn moment<'py>(&self, py: Python<'py>, text: &[u8]) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = match self.kind {
            FieldKind::DateTime => match moment::datetime(text) {
                Some(DateTime { date, time }) => {
                    to_python::datetime_object(py, DateTime { date, time })?
                }
                None => return Ok(None),
            },
            FieldKind::Date => match moment::date(text) {
                Some(date) => to_python::date_object(py, date)?,
                None => return Ok(None),
            },
            _ => match moment::time(text) {
                Some(time) => to_python::time_object(py, time)?,
                None => return Ok(None),
            },
        };
        Ok(Some(value))
    }

    fn decimal<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        cell: Cell,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let number = raw(py, batch, cell, || &self.label)?;
        match cell {
            Cell::Int(_) | Cell::Text(_) => decimal_class(py)?.call1((number,)).map(Some),
            Cell::Float(_) => decimal_class(py)?.call1((number.str()?,)).map(Some),
            _ => Ok(None),
        }
    }

    #[cold]
    fn host<'py>(&self, py: Python<'py>, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match &self.host {
            Some(host) => host.bind(py).call1((value,)),
            None => Ok(value),
        }
    }
}

/// Decodes a cell as a driver of PEP 249 would give it.
#[inline]
pub(crate) fn raw<'py, 'a>(
    py: Python<'py>,
    batch: &Batch,
    cell: Cell,
    label: impl FnOnce() -> &'a str,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: each of the functions gives a new reference, or null with an exception set, and the
    // buffers are valid for the length that is given with them.
    let object = unsafe {
        match cell {
            Cell::Null => return Ok(py.None().into_bound(py)),
            Cell::Int(number) => ffi::PyLong_FromLongLong(number),
            Cell::Float(number) => ffi::PyFloat_FromDouble(number),
            Cell::Bool(flag) => ffi::PyBool_FromLong(flag.into()),
            Cell::Text(span) => {
                let bytes = batch.bytes(span);
                let text = text(bytes);
                if text.is_null() {
                    return Err(undecodable(py, bytes, label()));
                }
                text
            }
            Cell::Raw(number, span) => {
                return postgres::raw(py, number, batch.bytes(span), label());
            }
            Cell::Blob(span) => {
                let bytes = batch.bytes(span);
                ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast::<c_char>(), length(bytes))
            }
        }
    };
    // SAFETY: `object` is a new reference or null, which becomes the exception that is set.
    unsafe { Bound::from_owned_ptr_or_err(py, object) }
}

/// Makes a string; null with an exception set for bytes that are not UTF-8.
///
/// # Safety
/// The thread is attached to the interpreter.
#[inline]
unsafe fn text(bytes: &[u8]) -> *mut ffi::PyObject {
    // SAFETY: the caller's duty. A string of ASCII is made without a decoder: a new compact string has
    // room for its length, and nobody else knows it yet. Shorter ones are shared by the interpreter.
    unsafe {
        if bytes.len() < 2 || !bytes.is_ascii() {
            return ffi::PyUnicode_DecodeUTF8(
                bytes.as_ptr().cast::<c_char>(),
                length(bytes),
                std::ptr::null(),
            );
        }
        let text = ffi::PyUnicode_New(length(bytes), 127);
        if !text.is_null() {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                ffi::PyUnicode_1BYTE_DATA(text),
                bytes.len(),
            );
        }
        text
    }
}

/// Gives the read kind of a field, or None for an object that is no field.
fn read_kind(converter: &Bound<'_, PyAny>) -> Option<FieldKind> {
    let field = converter.cast::<PyFieldBase>().ok()?;
    Some(field.borrow().read)
}

/// Gives the error that the standard library's driver raises for text that is not UTF-8.
#[cold]
fn undecodable(py: Python<'_>, bytes: &[u8], label: &str) -> PyErr {
    let decoding = PyErr::take(py);
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let shown: String = bytes[..end]
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect();
    drop(decoding);
    let message = format!("Could not decode to UTF-8 column '{label}' with text '{shown}'");
    let message: String = message.chars().take(LONGEST_MESSAGE).collect();
    errors::to_py(py, &Error::new(ErrorKind::Operational, message))
}

/// The standard library's driver formats the message into a buffer of this many bytes.
const LONGEST_MESSAGE: usize = 198;

/// Gives the integer part of a number, as `int()` does; `None` for what `int()` refuses.
fn whole(py: Python<'_>, number: f64) -> PyResult<Option<Bound<'_, PyAny>>> {
    if !number.is_finite() {
        return Ok(None);
    }
    // SAFETY: the function gives a new reference, or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyLong_FromDouble(number)) }.map(Some)
}

/// Tells what `bool()` says about the value of a cell.
fn truth(batch: &Batch, cell: Cell) -> bool {
    match cell {
        Cell::Null => false,
        Cell::Int(number) => number != 0,
        Cell::Float(number) => number != 0.0,
        Cell::Bool(flag) => flag,
        Cell::Text(span) | Cell::Blob(span) | Cell::Raw(_, span) => !batch.bytes(span).is_empty(),
    }
}

/// Reads 32 hexadecimal digits.
fn hex(text: &[u8]) -> Option<u128> {
    if text.len() != 32 {
        return None;
    }
    text.iter().try_fold(0u128, |number, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some(number << 4 | u128::from(digit))
    })
}

/// Makes a `uuid.UUID` without its constructor's checks.
fn uuid_object(py: Python<'_>, number: u128) -> PyResult<Bound<'_, PyAny>> {
    static UNKNOWN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class: &Bound<'_, PyType> = uuid_class(py)?;
    let unknown = UNKNOWN.get_or_try_init(py, || -> PyResult<Py<PyAny>> {
        let safe = py.import("uuid")?.getattr("SafeUUID")?;
        Ok(safe.getattr("unknown")?.unbind())
    })?;
    // SAFETY: `uuid.UUID` is a plain Python class, for which the generic allocator makes a valid,
    // empty object; it gives a new reference, or null with an exception set.
    let uuid = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyType_GenericAlloc(class.as_type_ptr(), 0))?
    };
    set_slot(
        &uuid,
        intern!(py, "int"),
        number.into_pyobject(py)?.as_any(),
    )?;
    set_slot(&uuid, intern!(py, "is_safe"), unknown.bind(py))?;
    Ok(uuid)
}

/// Sets an attribute past a class's own `__setattr__`, as `object.__setattr__` does.
fn set_slot(
    object: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    // SAFETY: all three are live objects; the outcome is 0, or -1 with an exception set.
    let outcome: c_int =
        unsafe { ffi::PyObject_GenericSetAttr(object.as_ptr(), name.as_ptr(), value.as_ptr()) };
    if outcome == 0 {
        Ok(())
    } else {
        Err(PyErr::fetch(object.py()))
    }
}

fn length(bytes: &[u8]) -> ffi::Py_ssize_t {
    // A batch holds less than 4 GiB, so that the length always fits where pointers have 64 bits.
    ffi::Py_ssize_t::try_from(bytes.len()).unwrap_or(ffi::Py_ssize_t::MAX)
}

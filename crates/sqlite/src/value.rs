//! Values on their way into `SQLite` (parameters, function results) and out of it
//! (cells of a batch, function arguments). `SQLite` knows five storage classes.

use std::ffi::{c_int, c_uchar};
use std::slice;

use redstart_core::{Batch, Cell, Error, Result, Value};
use rusqlite::ffi;

use crate::error;

/// Why a value could not be bound.
pub(crate) enum BindFailure {
    /// `SQLite` has no storage class for it.
    Unsupported,
    /// `SQLite` refused with this code.
    Code(c_int),
}

/// Binds a value to a parameter. Long values are not copied: they are added to
/// `held`, which must outlive the binding.
///
/// # Safety
/// `statement` is alive and the caller holds its connection's mutex.
pub(crate) unsafe fn bind(
    statement: *mut ffi::sqlite3_stmt,
    index: c_int,
    value: &Value,
    held: &mut Vec<Value>,
) -> std::result::Result<(), BindFailure> {
    // SAFETY: the caller's duty; `held` keeps the memory of texts and bytes, and
    // short texts are copied by SQLite.
    let code = unsafe {
        match value {
            Value::Null => ffi::sqlite3_bind_null(statement, index),
            Value::Bool(value) => ffi::sqlite3_bind_int64(statement, index, i64::from(*value)),
            Value::Int(value) => ffi::sqlite3_bind_int64(statement, index, *value),
            Value::Float(value) => ffi::sqlite3_bind_double(statement, index, *value),
            Value::Text(text) | Value::Decimal(text) => {
                held.push(value.clone());
                bind_text(statement, index, text, ffi::SQLITE_STATIC())
            }
            Value::Blob(bytes) => {
                held.push(value.clone());
                ffi::sqlite3_bind_blob64(
                    statement,
                    index,
                    bytes.as_ptr().cast(),
                    bytes.len() as u64,
                    ffi::SQLITE_STATIC(),
                )
            }
            other => match as_text(other) {
                Some(text) => bind_text(statement, index, &text, ffi::SQLITE_TRANSIENT()),
                None => return Err(BindFailure::Unsupported),
            },
        }
    };
    if code == ffi::SQLITE_OK {
        Ok(())
    } else {
        Err(BindFailure::Code(code))
    }
}

/// Appends the current row of a statement to a batch.
///
/// # Safety
/// `statement` stands on a row of `width` columns and the caller holds its
/// connection's mutex.
pub(crate) unsafe fn read_row(
    statement: *mut ffi::sqlite3_stmt,
    width: c_int,
    batch: &mut Batch,
) -> Result<()> {
    for column in 0..width {
        // SAFETY: the caller's duty. The value is unprotected, which the mutex allows.
        unsafe { read_value(ffi::sqlite3_column_value(statement, column), batch)? };
    }
    Ok(())
}

/// Where a statement's results stand while it goes from row to row.
///
/// `SQLite` keeps the results of a row in one array, so where the first one stands as it did on the
/// row before, all others do. Asking for each one on each row would take the connection's mutex
/// as often, which costs as much as reading the value.
#[derive(Default)]
pub(crate) struct Places(Vec<*mut ffi::sqlite3_value>);

impl Places {
    /// Appends the current row of a statement to a batch, as [`read_row`] does.
    ///
    /// # Safety
    /// `statement` is the one of the calls before, stands on a row of `width` columns, and the caller
    /// has held its connection's mutex since the first of these calls.
    pub(crate) unsafe fn read_row(
        &mut self,
        statement: *mut ffi::sqlite3_stmt,
        width: c_int,
        batch: &mut Batch,
    ) -> Result<()> {
        // SAFETY: the caller's duty. A row that is not null has at least one column.
        unsafe {
            let first = ffi::sqlite3_column_value(statement, 0);
            if self.0.first() != Some(&first) {
                let values = (0..width).map(|column| ffi::sqlite3_column_value(statement, column));
                self.0 = values.collect();
            }
            self.0
                .iter()
                .try_for_each(|value| read_value(*value, batch))
        }
    }
}

/// Appends a value to a batch.
///
/// # Safety
/// `value` is a result of the current row of a statement whose connection's mutex the caller holds.
#[inline]
unsafe fn read_value(value: *mut ffi::sqlite3_value, batch: &mut Batch) -> Result<()> {
    // SAFETY: the caller's duty.
    unsafe {
        match ffi::sqlite3_value_type(value) {
            ffi::SQLITE_INTEGER => batch.push(Cell::Int(ffi::sqlite3_value_int64(value))),
            ffi::SQLITE_FLOAT => batch.push(Cell::Float(ffi::sqlite3_value_double(value))),
            ffi::SQLITE_TEXT => fits(batch.push_text(text(value)?))?,
            ffi::SQLITE_BLOB => fits(batch.push_blob(blob(value)?))?,
            _ => batch.push(Cell::Null),
        }
    }
    Ok(())
}

/// Reads an argument of a user function.
///
/// # Safety
/// `value` is an argument that `SQLite` passed to the running function.
pub(crate) unsafe fn argument(value: *mut ffi::sqlite3_value) -> Result<Value> {
    // SAFETY: the caller's duty.
    unsafe {
        Ok(match ffi::sqlite3_value_type(value) {
            ffi::SQLITE_INTEGER => Value::Int(ffi::sqlite3_value_int64(value)),
            ffi::SQLITE_FLOAT => Value::Float(ffi::sqlite3_value_double(value)),
            ffi::SQLITE_TEXT => match str::from_utf8(text(value)?) {
                Ok(text) => Value::text(text),
                Err(_) => return Err(error::programming("An argument is not valid UTF-8.")),
            },
            ffi::SQLITE_BLOB => Value::blob(blob(value)?),
            _ => Value::Null,
        })
    }
}

/// Gives the result of a user function to `SQLite`.
///
/// # Safety
/// `context` is the context of the running function.
pub(crate) unsafe fn set_result(context: *mut ffi::sqlite3_context, value: &Value) -> Result<()> {
    // SAFETY: the caller's duty; SQLite copies texts and bytes.
    unsafe {
        match value {
            Value::Null => ffi::sqlite3_result_null(context),
            Value::Bool(value) => ffi::sqlite3_result_int64(context, i64::from(*value)),
            Value::Int(value) => ffi::sqlite3_result_int64(context, *value),
            Value::Float(value) => ffi::sqlite3_result_double(context, *value),
            Value::Text(text) | Value::Decimal(text) => result_text(context, text),
            Value::Blob(bytes) => ffi::sqlite3_result_blob64(
                context,
                bytes.as_ptr().cast(),
                bytes.len() as u64,
                ffi::SQLITE_TRANSIENT(),
            ),
            other => {
                let Some(text) = as_text(other) else {
                    let kind = other.kind_name();
                    let message = format!("A function cannot return a value of type '{kind}'.");
                    return Err(error::programming(message));
                };
                result_text(context, &text);
            }
        }
    }
    Ok(())
}

/// Writes a value that `SQLite` keeps as text: dates and times in ISO 8601 with a
/// space between both, a UUID as 32 hexadecimal digits.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Date(date) => Some(date.to_string()),
        Value::Time(time) => Some(time.to_string()),
        Value::DateTime(moment) => Some(moment.to_string()),
        Value::Uuid(bytes) => Some(hexadecimal(bytes)),
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

unsafe fn bind_text(
    statement: *mut ffi::sqlite3_stmt,
    index: c_int,
    text: &str,
    destructor: ffi::sqlite3_destructor_type,
) -> c_int {
    // SAFETY: the duties of `bind`, which chose the destructor.
    unsafe {
        ffi::sqlite3_bind_text64(
            statement,
            index,
            text.as_ptr().cast(),
            text.len() as u64,
            destructor,
            UTF8,
        )
    }
}

unsafe fn result_text(context: *mut ffi::sqlite3_context, text: &str) {
    // SAFETY: the duties of `set_result`.
    unsafe {
        ffi::sqlite3_result_text64(
            context,
            text.as_ptr().cast(),
            text.len() as u64,
            ffi::SQLITE_TRANSIENT(),
            UTF8,
        );
    }
}

unsafe fn text<'a>(value: *mut ffi::sqlite3_value) -> Result<&'a [u8]> {
    // SAFETY: the caller's value is text; the pointer comes before the length,
    // because asking for it may convert the text to UTF-8.
    unsafe {
        let start = ffi::sqlite3_value_text(value);
        bytes(start, ffi::sqlite3_value_bytes(value))
    }
}

unsafe fn blob<'a>(value: *mut ffi::sqlite3_value) -> Result<&'a [u8]> {
    // SAFETY: the caller's value is a blob.
    unsafe {
        let start = ffi::sqlite3_value_blob(value).cast();
        bytes(start, ffi::sqlite3_value_bytes(value))
    }
}

unsafe fn bytes<'a>(start: *const u8, len: c_int) -> Result<&'a [u8]> {
    match usize::try_from(len) {
        Ok(0) | Err(_) => Ok(&[]),
        Ok(_) if start.is_null() => Err(error::without_connection(ffi::SQLITE_NOMEM)),
        // SAFETY: SQLite keeps `len` bytes at `start` until the next step or the end of
        // the function call, and the callers copy them before.
        Ok(len) => Ok(unsafe { slice::from_raw_parts(start, len) }),
    }
}

fn fits(pushed: bool) -> std::result::Result<(), Error> {
    if pushed {
        Ok(())
    } else {
        Err(error::without_connection(ffi::SQLITE_TOOBIG))
    }
}

/// The encoding of all text that is passed to `SQLite`.
#[expect(clippy::cast_possible_truncation, reason = "the constant is 1")]
const UTF8: c_uchar = ffi::SQLITE_UTF8 as c_uchar;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_written_as_its_digits() {
        let text = as_text(&Value::Uuid([0xab; 16]));
        assert_eq!(text.as_deref(), Some("abababababababababababababababab"));
    }
}

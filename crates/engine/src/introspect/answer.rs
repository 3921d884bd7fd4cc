//! The cells of a database's answer as plain values.

use redstart_core::Value;

/// Reads a text; one that is missing is empty.
pub(super) fn text(row: &[Value], column: usize) -> String {
    optional(row, column).unwrap_or_default()
}

/// Reads a text that may be missing.
pub(super) fn optional(row: &[Value], column: usize) -> Option<String> {
    match row.get(column) {
        Some(Value::Text(text)) => Some(text.as_ref().into()),
        _ => None,
    }
}

/// Reads a number; one that is missing is zero.
pub(super) fn number(row: &[Value], column: usize) -> i64 {
    match row.get(column) {
        Some(Value::Int(number)) => *number,
        _ => 0,
    }
}

/// Reads a truth value, which some databases write as a number.
pub(super) fn is_set(row: &[Value], column: usize) -> bool {
    matches!(row.get(column), Some(Value::Bool(true))) || number(row, column) != 0
}

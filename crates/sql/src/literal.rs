//! Values as SQL literals, for the places where a database takes no parameters.

use std::fmt::Write;

use redstart_core::{Error, Result, Value};

/// Writes a value as a literal: text in single quotes, which are doubled inside.
pub(crate) fn write(sql: &mut String, value: &Value) -> Result<()> {
    match value {
        Value::Null => sql.push_str("NULL"),
        Value::Bool(flag) => sql.push(if *flag { '1' } else { '0' }),
        Value::Int(number) => append(sql, format_args!("{number}")),
        Value::Float(number) => append(sql, format_args!("{number:?}")),
        Value::Decimal(digits) => sql.push_str(digits),
        Value::Text(text) | Value::Typed(_, text) => quoted(sql, text),
        Value::Blob(bytes) => blob(sql, bytes),
        Value::Date(date) => append(sql, format_args!("'{date}'")),
        Value::Time(time) => append(sql, format_args!("'{time}'")),
        Value::DateTime(moment) => append(sql, format_args!("'{moment}'")),
        Value::Uuid(bytes) => uuid(sql, bytes),
        Value::List(values) | Value::Row(values) => {
            sql.push('(');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    sql.push_str(", ");
                }
                write(sql, value)?;
            }
            sql.push(')');
        }
        Value::Opaque(value) => {
            return Err(Error::value(format!(
                "a value of type {} cannot be written as a literal.",
                value.type_name()
            )));
        }
    }
    Ok(())
}

fn quoted(sql: &mut String, text: &str) {
    sql.push('\'');
    for (place, part) in text.split('\'').enumerate() {
        if place > 0 {
            sql.push_str("''");
        }
        sql.push_str(part);
    }
    sql.push('\'');
}

/// Bytes that are text are written as text, others in hexadecimal.
fn blob(sql: &mut String, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return quoted(sql, text);
    }
    sql.push_str("x'");
    for byte in bytes {
        append(sql, format_args!("{byte:02x}"));
    }
    sql.push('\'');
}

fn uuid(sql: &mut String, bytes: &[u8; 16]) {
    sql.push('\'');
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            sql.push('-');
        }
        append(sql, format_args!("{byte:02x}"));
    }
    sql.push('\'');
}

/// Appends formatted text.
pub(crate) fn append(sql: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a `String` never fails.
    let _ = sql.write_fmt(text);
}

/// Appends a number: the hot path of aliases, without the formatting machinery.
pub(crate) fn number(sql: &mut String, number: u32) {
    if number >= 10 {
        self::number(sql, number / 10);
    }
    sql.push(char::from_digit(number % 10, 10).unwrap_or('0'));
}

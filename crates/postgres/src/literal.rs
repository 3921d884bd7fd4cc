//! Values as SQL literals, for statements that take no parameters: those that define things,
//! and those with more values than the protocol can count.

use redstart_core::{Result, Value};

use crate::oid;
use crate::value::{float_text, hex, refuse_nul, text_form};

/// Appends a value as a literal.
pub(crate) fn write(sql: &mut String, value: &Value) -> Result<()> {
    match value {
        Value::Null => sql.push_str("NULL"),
        Value::Bool(flag) => sql.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => signed(sql, &number.to_string()),
        Value::Float(number) if number.is_finite() => signed(sql, &float_text(*number)),
        Value::Float(number) => typed(sql, &float_text(*number), "float"),
        Value::Decimal(digits)
            if digits
                .bytes()
                .any(|byte| byte.is_ascii_alphabetic() && byte != b'E') =>
        {
            typed(sql, digits, "numeric");
        }
        Value::Decimal(digits) => signed(sql, digits),
        Value::Text(text) => {
            refuse_nul(text)?;
            quoted(sql, text);
        }
        Value::Blob(bytes) => typed(sql, &hex(bytes), "bytea"),
        Value::Date(date) => typed(sql, &date.to_string(), "date"),
        Value::Time(time) => {
            let name = if time.offset.is_some() {
                "timetz"
            } else {
                "time"
            };
            typed(sql, &time.to_string(), name);
        }
        Value::DateTime(moment) => {
            let name = if moment.time.offset.is_some() {
                "timestamptz"
            } else {
                "timestamp"
            };
            typed(sql, &moment.to_string(), name);
        }
        Value::Uuid(_) => typed(sql, &text_form(value)?, "uuid"),
        Value::List(items) if items.is_empty() => sql.push_str("'{}'"),
        Value::List(items) => listed(sql, "ARRAY[", items, ']')?,
        Value::Row(items) if items.is_empty() => sql.push_str("(NULL)"),
        Value::Row(items) => listed(sql, "(", items, ')')?,
        Value::Typed(number, text) => {
            refuse_nul(text)?;
            match name(*number) {
                Some(name) => typed(sql, text, name),
                None => quoted(sql, text),
            }
        }
        Value::Opaque(_) => {
            // Says what cannot be written.
            text_form(value)?;
        }
    }
    Ok(())
}

fn listed(sql: &mut String, open: &str, items: &[Value], close: char) -> Result<()> {
    sql.push_str(open);
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            sql.push_str(", ");
        }
        write(sql, item)?;
    }
    sql.push(close);
    Ok(())
}

/// Writes a number; a space keeps its sign apart from an operator before it.
fn signed(sql: &mut String, digits: &str) {
    if digits.starts_with('-') {
        sql.push(' ');
    }
    sql.push_str(digits);
}

fn typed(sql: &mut String, text: &str, name: &str) {
    quoted(sql, text);
    sql.push_str("::");
    sql.push_str(name);
}

/// Writes `'text'`, or `E'text'` where there are backslashes, which reads the same under any
/// setting of the server.
fn quoted(sql: &mut String, text: &str) {
    let escaped = text.contains('\\');
    if escaped {
        sql.push_str(" E");
    }
    sql.push('\'');
    for character in text.chars() {
        if character == '\'' || (escaped && character == '\\') {
            sql.push(character);
        }
        sql.push(character);
    }
    sql.push('\'');
}

fn name(number: u32) -> Option<&'static str> {
    Some(match number {
        oid::JSON => "json",
        oid::JSONB => "jsonb",
        oid::INTERVAL => "interval",
        oid::TIMESTAMPTZ => "timestamptz",
        oid::NUMERIC => "numeric",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value) -> String {
        let mut sql = String::new();
        write(&mut sql, value).unwrap();
        sql
    }

    #[test]
    fn literals_are_escaped_and_typed() {
        let cases = [
            (Value::Null, "NULL"),
            (Value::Int(-5), " -5"),
            (Value::text("it's"), "'it''s'"),
            (Value::text("a\\'b"), " E'a\\\\''b'"),
            (Value::blob(vec![0, 255]), " E'\\\\x00ff'::bytea"),
            (Value::Float(f64::INFINITY), "'Infinity'::float"),
            (Value::Typed(oid::JSONB, "{}".into()), "'{}'::jsonb"),
            (Value::Decimal("NaN".into()), "'NaN'::numeric"),
            (Value::Decimal("1E+3".into()), "1E+3"),
            (
                Value::Row(vec![Value::Int(1), Value::text("a")].into()),
                "(1, 'a')",
            ),
            (Value::List(vec![Value::Int(1)].into()), "ARRAY[1]"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(&value), expected, "{value:?}");
        }
    }
}

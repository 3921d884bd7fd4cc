//! Values on their way to the server: the type that a literal of the same text would have,
//! and the bytes. An integer is an `integer` if it fits, a text has the type that its place
//! asks for, as in SQL that is written by hand.

use std::fmt::Write;

use redstart_core::{Error, Result, Value};

use crate::frame::sized;
use crate::oid;

/// Gives the type with which a value is declared; [`oid::UNKNOWN`] leaves it to the server.
pub(crate) fn type_of(value: &Value) -> u32 {
    match value {
        Value::Null | Value::Text(_) | Value::Row(_) | Value::Opaque(_) => oid::UNKNOWN,
        Value::Bool(_) => oid::BOOL,
        Value::Int(number) if i32::try_from(*number).is_ok() => oid::INT4,
        Value::Int(_) => oid::INT8,
        Value::Float(number) if number.is_finite() => oid::NUMERIC,
        Value::Float(_) => oid::FLOAT8,
        Value::Blob(_) => oid::BYTEA,
        Value::Date(_) => oid::DATE,
        Value::Time(time) if time.offset.is_some() => oid::TIMETZ,
        Value::Time(_) => oid::TIME,
        Value::DateTime(moment) if moment.time.offset.is_some() => oid::TIMESTAMPTZ,
        Value::DateTime(_) => oid::TIMESTAMP,
        Value::Decimal(_) => oid::NUMERIC,
        Value::Uuid(_) => oid::UUID,
        Value::List(items) => array_type(items),
        Value::Typed(number, _) => *number,
    }
}

/// Gives the type of an array of values: that of its elements where they agree.
fn array_type(items: &[Value]) -> u32 {
    let mut element = oid::UNKNOWN;
    for item in items {
        let own = match item {
            Value::Null => continue,
            Value::List(items) => match array_type(items) {
                oid::UNKNOWN => continue,
                array => oid::element_of(array).unwrap_or(oid::UNKNOWN),
            },
            Value::Text(_) => oid::TEXT,
            other => type_of(other),
        };
        element = match (element, own) {
            (oid::UNKNOWN, own) => own,
            (known, own) if known == own => own,
            (oid::INT4, oid::INT8) | (oid::INT8, oid::INT4) => oid::INT8,
            (oid::INT4 | oid::INT8 | oid::NUMERIC, oid::INT4 | oid::INT8 | oid::NUMERIC) => {
                oid::NUMERIC
            }
            (oid::INT4 | oid::INT8 | oid::NUMERIC | oid::FLOAT8, oid::FLOAT8)
            | (oid::FLOAT8, oid::INT4 | oid::INT8 | oid::NUMERIC) => oid::FLOAT8,
            _ => return oid::UNKNOWN,
        };
    }
    oid::array_of(element).unwrap_or(oid::UNKNOWN)
}

/// Tells whether a value is sent in binary form.
pub(crate) fn is_binary(value: &Value) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Int(_) | Value::Blob(_) | Value::Uuid(_)
    )
}

/// Appends a value with its length, in the form that [`is_binary`] tells.
pub(crate) fn encode(output: &mut Vec<u8>, value: &Value) -> Result<()> {
    match value {
        Value::Null => output.extend_from_slice(&(-1i32).to_be_bytes()),
        Value::Bool(flag) => sized(output, |body| body.push(u8::from(*flag))),
        Value::Int(number) => match i32::try_from(*number) {
            Ok(number) => sized(output, |body| {
                body.extend_from_slice(&number.to_be_bytes());
            }),
            Err(_) => sized(output, |body| {
                body.extend_from_slice(&number.to_be_bytes());
            }),
        },
        Value::Blob(bytes) => sized(output, |body| body.extend_from_slice(bytes)),
        Value::Uuid(bytes) => sized(output, |body| body.extend_from_slice(bytes)),
        Value::Text(text) => {
            refuse_nul(text)?;
            sized(output, |body| body.extend_from_slice(text.as_bytes()));
        }
        other => {
            let text = text_form(other)?;
            refuse_nul(&text)?;
            sized(output, |body| body.extend_from_slice(text.as_bytes()));
        }
    }
    Ok(())
}

/// Refuses a text that no column can hold.
pub(crate) fn refuse_nul(text: &str) -> Result<()> {
    if text.as_bytes().contains(&0) {
        return Err(Error::value(
            "A string literal cannot contain NUL (0x00) characters.",
        ));
    }
    Ok(())
}

/// Gives the text form of a value, as a literal has it between its quotes.
pub(crate) fn text_form(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Null => "NULL".into(),
        Value::Bool(flag) => if *flag { "t" } else { "f" }.into(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        Value::Text(text) | Value::Decimal(text) | Value::Typed(_, text) => text.to_string(),
        Value::Blob(bytes) => hex(bytes),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::DateTime(moment) => moment.to_string(),
        Value::Uuid(bytes) => bytes
            .iter()
            .fold(String::with_capacity(32), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            }),
        Value::List(items) => {
            let mut text = String::new();
            array_text(&mut text, items)?;
            text
        }
        Value::Row(_) | Value::Opaque(_) => {
            return Err(crate::error::programming(format!(
                "can't adapt type '{}'",
                value.kind_name()
            )));
        }
    })
}

/// Writes the shortest text that reads as the same number.
pub(crate) fn float_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into()
    } else if number == 0.0 || (1e-5..1e16).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// Writes bytes as PostgreSQL reads them: `\x` and two digits for each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("\\x");
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Writes `{1,NULL,"a b"}` (the manual's section 8.15.6).
fn array_text(text: &mut String, items: &[Value]) -> Result<()> {
    text.push('{');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        match item {
            Value::Null => text.push_str("NULL"),
            Value::List(items) => array_text(text, items)?,
            Value::Bool(_) | Value::Int(_) | Value::Decimal(_) | Value::Float(_) => {
                text.push_str(&text_form(item)?);
            }
            other => {
                text.push('"');
                for character in text_form(other)?.chars() {
                    if matches!(character, '"' | '\\') {
                        text.push('\\');
                    }
                    text.push(character);
                }
                text.push('"');
            }
        }
    }
    text.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_types_of_literals() {
        let list = |items: Vec<Value>| Value::List(items.into());
        let cases = [
            (Value::Int(5), oid::INT4),
            (Value::Int(1 << 40), oid::INT8),
            (Value::Float(1.5), oid::NUMERIC),
            (Value::Float(f64::NAN), oid::FLOAT8),
            (Value::text("a"), oid::UNKNOWN),
            (list(vec![Value::Int(1), Value::Int(1 << 40)]), 1016),
            (list(vec![Value::text("a"), Value::Null]), 1009),
            (list(vec![list(vec![Value::Int(1)])]), 1007),
            (list(vec![Value::Int(1), Value::text("a")]), oid::UNKNOWN),
            (list(vec![]), oid::UNKNOWN),
        ];
        for (value, expected) in cases {
            assert_eq!(type_of(&value), expected, "{value:?}");
        }
    }

    #[test]
    fn arrays_are_written_with_quotes_where_needed() {
        let items = vec![
            Value::text("a \"b\"\\"),
            Value::Null,
            Value::List(vec![Value::Int(-1)].into()),
        ];
        let text = text_form(&Value::List(items.into())).unwrap();
        assert_eq!(text, r#"{"a \"b\"\\",NULL,{-1}}"#);
    }

    #[test]
    fn numbers_keep_their_value_as_text() {
        for number in [0.1, 1e300, -2.5e-10, 123_456.75, f64::MIN_POSITIVE] {
            assert_eq!(float_text(number).parse(), Ok(number));
        }
    }

    #[test]
    fn a_null_character_is_refused() {
        let mut output = Vec::new();
        assert!(encode(&mut output, &Value::text("a\0b")).is_err());
    }
}

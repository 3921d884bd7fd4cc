//! Values that kept their bytes become values when they are touched. What a host makes of
//! them is not known here.

mod array;
mod hstore;
mod interval;
mod moment;

use std::borrow::Cow;

use redstart_core::value::{Date, DateTime, Time};

use crate::oid;
use crate::row::unhex;

pub use array::{Array, Item};
pub use interval::Interval;

/// A value of one of the types that have a form of their own.
#[derive(Clone, Debug, PartialEq)]
pub enum Decoded<'a> {
    /// An integer, of an array.
    Int(i64),
    /// A number of double precision, of an array.
    Float(f64),
    /// A truth value, of an array.
    Bool(bool),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes, of an array.
    Bytes(Vec<u8>),
    /// `timestamp`, or with an offset `timestamp with time zone`.
    DateTime(DateTime),
    /// `date`
    Date(Date),
    /// `time`, or with an offset `time with time zone`.
    Time(Time),
    /// A time before or after all others.
    Infinity {
        /// It is the one before.
        is_negative: bool,
        /// Its type: `date`, `timestamp` or `timestamp with time zone`.
        number: u32,
    },
    /// `interval`
    Interval(Interval),
    /// `uuid`
    Uuid([u8; 16]),
    /// `numeric`, as its digits.
    Decimal(Cow<'a, str>),
    /// `json` and `jsonb`, as text.
    Json(Cow<'a, str>),
    /// An array.
    Array(Array<'a>),
    /// `hstore`: keys and values.
    Hstore(Vec<(String, Option<String>)>),
}

/// Why a value cannot be given: the part of the message behind its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable(pub String);

/// Decodes the bytes of a raw cell of a type.
pub fn raw(number: u32, bytes: &[u8]) -> Result<Decoded<'_>, Undecodable> {
    if number & oid::TEXT_FORM != 0 {
        return text(number & !oid::TEXT_FORM, utf8(bytes)?.into());
    }
    match number {
        oid::TIMESTAMP => moment::timestamp(bytes),
        oid::DATE => moment::date(bytes),
        oid::TIME => moment::time(bytes).map(Decoded::Time),
        oid::INTERVAL => interval::binary(bytes).map(Decoded::Interval),
        oid::UUID => match bytes.first_chunk() {
            Some(uuid) => Ok(Decoded::Uuid(*uuid)),
            None => Err(malformed("uuid")),
        },
        _ => text(number, utf8(bytes)?.into()),
    }
}

/// Decodes the text form of a type.
pub fn text(number: u32, text: Cow<'_, str>) -> Result<Decoded<'_>, Undecodable> {
    let wrong = || Undecodable(format!("{text:?} is no value of type {number}"));
    Ok(match number {
        oid::INT2 | oid::INT4 | oid::INT8 | oid::OID => {
            Decoded::Int(text.parse().map_err(|_| wrong())?)
        }
        oid::FLOAT4 | oid::FLOAT8 => Decoded::Float(text.parse().map_err(|_| wrong())?),
        oid::BOOL => Decoded::Bool(text == "t" || text == "true"),
        oid::BYTEA => Decoded::Bytes(unhex(text.as_bytes()).ok_or_else(wrong)?),
        oid::NUMERIC => Decoded::Decimal(text),
        oid::JSON | oid::JSONB => Decoded::Json(text),
        oid::HSTORE => Decoded::Hstore(hstore::parse(&text).ok_or_else(wrong)?),
        oid::UUID => Decoded::Uuid(uuid(&text).ok_or_else(wrong)?),
        oid::INTERVAL => Decoded::Interval(interval::text(&text).ok_or_else(wrong)?),
        oid::DATE | oid::TIME | oid::TIMETZ | oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            return moment::text(number, &text);
        }
        _ => match oid::element_of(number) {
            Some(element) => match Array::parse(element, &text) {
                Some(array) => Decoded::Array(array),
                None => return Err(wrong()),
            },
            None => Decoded::Text(text),
        },
    })
}

/// Tells whether decoding a raw cell later cannot fail; looks only, makes nothing.
pub fn is_sound(number: u32, bytes: &[u8]) -> bool {
    match number {
        oid::UUID => bytes.len() == 16,
        // Text that the server made of a number, and JSON, which the server has checked.
        oid::NUMERIC | oid::JSON | oid::JSONB => {
            bytes.is_ascii() || std::str::from_utf8(bytes).is_ok()
        }
        oid::TIMESTAMP => moment::is_timestamp(bytes),
        oid::DATE => moment::is_date(bytes),
        _ => raw(number, bytes).is_ok(),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Undecodable> {
    std::str::from_utf8(bytes).map_err(|_| Undecodable("its text is not UTF-8".into()))
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let number = u128::from_str_radix(&digits, 16).ok()?;
    (digits.len() == 32).then(|| number.to_be_bytes())
}

fn malformed(name: &str) -> Undecodable {
    Undecodable(format!("its bytes are no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values() {
        let decoded = |number, value: &'static str| text(number, value.into()).unwrap();
        assert_eq!(decoded(oid::INT4, "-7"), Decoded::Int(-7));
        assert_eq!(
            decoded(oid::FLOAT8, "Infinity"),
            Decoded::Float(f64::INFINITY)
        );
        assert_eq!(decoded(oid::BYTEA, "\\x00ff"), Decoded::Bytes(vec![0, 255]));
        assert_eq!(
            decoded(oid::NUMERIC, "1.50"),
            Decoded::Decimal("1.50".into())
        );
        let uuid = decoded(oid::UUID, "00000000-0000-0000-0000-0000000000ff");
        assert_eq!(uuid, Decoded::Uuid(255u128.to_be_bytes()));
        assert!(text(oid::INT4, "x".into()).is_err());
    }
}

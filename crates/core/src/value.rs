//! The values that travel between a program and a database. A value is what is
//! bound to a placeholder; how a driver writes it on the wire stays in the driver.

use std::fmt;
use std::sync::Arc;

use crate::opaque::OpaqueValue;

/// A value that can be bound to a placeholder of a statement.
#[derive(Clone, Default)]
pub enum Value {
    /// SQL `NULL`.
    #[default]
    Null,
    /// A truth value; databases without a boolean type store 1 or 0.
    Bool(bool),
    /// A signed integer of at most 64 bits.
    Int(i64),
    /// A double-precision number.
    Float(f64),
    /// Text in UTF-8.
    Text(Arc<str>),
    /// Bytes.
    Blob(Arc<[u8]>),
    /// A calendar date of the proleptic Gregorian calendar.
    Date(Date),
    /// A time of day, with an offset from UTC where one is known.
    Time(Time),
    /// A date with a time of day, with an offset from UTC where one is known.
    DateTime(DateTime),
    /// A decimal number, as its digits.
    Decimal(Arc<str>),
    /// A UUID, as its sixteen bytes.
    Uuid([u8; 16]),
    /// A list bound as one value (an array, where the database has them).
    List(Arc<[Value]>),
    /// Values that stand in parentheses: what `IN` is followed by.
    Row(Arc<[Value]>),
    /// A value of a type that only one database has: the type's number there, and the
    /// value's text form.
    Typed(u32, Arc<str>),
    /// A value of the host language that floor 1 cannot look into.
    Opaque(Arc<dyn OpaqueValue>),
}

/// A calendar date: year 1 to 9999, month 1 to 12, day 1 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    /// The year, 1 to 9999.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
}

/// A time of day with microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59.
    pub second: u8,
    /// The microsecond, 0 to 999,999.
    pub microsecond: u32,
    /// Seconds east of UTC, where the time carries an offset.
    pub offset: Option<i32>,
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of day, which carries the offset.
    pub time: Time,
}

impl Value {
    /// Makes a text value.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a value of bytes.
    pub fn blob(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Blob(bytes.into())
    }

    /// Tells whether this is SQL `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Tells whether the value stands behind `=` as it is.
    pub fn is_scalar(&self) -> bool {
        !matches!(
            self,
            Self::Null | Self::List(_) | Self::Row(_) | Self::Opaque(_)
        )
    }

    /// Names the kind of the value, for messages.
    pub fn kind_name(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(_) => "boolean".into(),
            Self::Int(_) => "integer".into(),
            Self::Float(_) => "float".into(),
            Self::Text(_) => "text".into(),
            Self::Blob(_) => "blob".into(),
            Self::Date(_) => "date".into(),
            Self::Time(_) => "time".into(),
            Self::DateTime(_) => "datetime".into(),
            Self::Decimal(_) => "decimal".into(),
            Self::Uuid(_) => "uuid".into(),
            Self::List(_) => "list".into(),
            Self::Row(_) => "row".into(),
            Self::Typed(number, _) => format!("type {number}"),
            Self::Opaque(value) => value.type_name(),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) | (Self::Decimal(a), Self::Decimal(b)) => a == b,
            (Self::Blob(a), Self::Blob(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => a == b,
            (Self::Uuid(a), Self::Uuid(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Row(a), Self::Row(b)) => a == b,
            (Self::Typed(a, x), Self::Typed(b, y)) => a == b && x == y,
            (Self::Opaque(a), Self::Opaque(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl fmt::Debug for Value {
    /// Names the kind and, for scalars, the value itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(v) => write!(f, "Bool({v})"),
            Self::Int(v) => write!(f, "Int({v})"),
            Self::Float(v) => write!(f, "Float({v})"),
            Self::Text(v) => write!(f, "Text({v:?})"),
            Self::Blob(v) => write!(f, "Blob({} bytes)", v.len()),
            Self::Date(v) => write!(f, "Date({v})"),
            Self::Time(v) => write!(f, "Time({v})"),
            Self::DateTime(v) => write!(f, "DateTime({v})"),
            Self::Decimal(v) => write!(f, "Decimal({v})"),
            Self::Uuid(v) => write!(f, "Uuid({v:02x?})"),
            Self::List(v) | Self::Row(v) => f.debug_list().entries(v.iter()).finish(),
            Self::Typed(number, text) => write!(f, "Typed({number}, {text:?})"),
            Self::Opaque(v) => write!(f, "Opaque({})", v.type_name()),
        }
    }
}

impl fmt::Display for Date {
    /// Writes `YYYY-MM-DD` (ISO 8601).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    /// Writes `HH:MM:SS[.ffffff][±HH:MM[:SS]]` (ISO 8601).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.microsecond != 0 {
            write!(f, ".{:06}", self.microsecond)?;
        }
        let Some(offset) = self.offset else {
            return Ok(());
        };
        let sign = if offset < 0 { '-' } else { '+' };
        let seconds = offset.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if seconds % 60 != 0 {
            write!(f, ":{:02}", seconds % 60)?;
        }
        Ok(())
    }
}

impl fmt::Display for DateTime {
    /// Writes the date, one space, and the time (ISO 8601 with a space for the `T`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

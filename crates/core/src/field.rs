//! A field as the engine knows it: its names, its place in the model, and how a
//! value is converted on its way to the database.

use std::sync::Arc;

use crate::node::Name;
use crate::opaque::HostConverter;
use crate::value::Value;

/// How a field's values are converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Values pass unchanged.
    #[default]
    Raw,
    /// Integers.
    Int,
    /// Double-precision numbers.
    Float,
    /// Text.
    Text,
    /// Truth values.
    Bool,
    /// Decimal numbers.
    Decimal,
    /// Dates with a time of day.
    DateTime,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Bytes.
    Blob,
    /// UUIDs, stored as text where the database has no type for them.
    Uuid,
    /// Only the host knows: every value goes through the field's host converter.
    Host,
}

/// The definition of one field.
#[derive(Clone)]
pub struct FieldDef {
    /// The attribute's name.
    pub name: Name,
    /// The column's name.
    pub column: Name,
    /// The field's place among the model's fields.
    pub index: usize,
    /// How values are converted on the way to the database.
    pub kind: FieldKind,
    /// The host's converter: for [`FieldKind::Host`] and for what a kind leaves to it.
    pub host: Option<Arc<dyn HostConverter>>,
}

impl FieldKind {
    /// Converts a value on its way to the database where that needs no host.
    ///
    /// Null passes every kind but [`FieldKind::Host`]. Gives `None` for a value
    /// whose conversion is the host's business: a string for an integer field.
    pub fn accept(self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Self::Host, _) => None,
            (Self::Raw, _)
            | (_, Value::Null)
            | (Self::Int, Value::Int(_))
            | (Self::Float, Value::Float(_))
            | (Self::Text, Value::Text(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::Decimal, Value::Decimal(_))
            | (Self::DateTime, Value::DateTime(_) | Value::Date(_))
            | (Self::Date, Value::Date(_))
            | (Self::Time, Value::Time(_))
            | (Self::Blob, Value::Blob(_)) => Some(value.clone()),
            (Self::Int, Value::Bool(flag)) => Some(Value::Int(i64::from(*flag))),
            (Self::Bool, Value::Int(number)) => Some(Value::Bool(*number != 0)),
            (Self::Date, Value::DateTime(moment)) => Some(Value::Date(moment.date)),
            _ => None,
        }
    }
}

impl std::fmt::Debug for FieldDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FieldDef({}, {:?})", self.name, self.kind)
    }
}

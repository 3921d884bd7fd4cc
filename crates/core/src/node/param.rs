//! A value with a converter of its own.

use std::fmt;
use std::sync::Arc;

use super::Node;
use crate::field::FieldDef;
use crate::opaque::HostConverter;

/// Who converts a value.
#[derive(Clone)]
pub enum Converter {
    /// The field of the expression around the value.
    Inherit,
    /// Nobody.
    Off,
    /// This field.
    Field(Arc<FieldDef>),
    /// The host.
    Host(Arc<dyn HostConverter>),
}

/// A value, or a list of values, with a converter of its own.
#[derive(Clone, Debug)]
pub struct Param {
    /// The value or list.
    pub node: Node,
    /// Who converts it.
    pub converter: Converter,
}

impl fmt::Debug for Converter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inherit => f.write_str("Inherit"),
            Self::Off => f.write_str("Off"),
            Self::Field(field) => write!(f, "Field({})", field.name),
            Self::Host(_) => f.write_str("Host"),
        }
    }
}

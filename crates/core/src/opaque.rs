//! The three openings through which a host language reaches into the tree: a
//! value, a node and a converter that only the host understands.

use std::any::Any;
use std::fmt;

use crate::error::Result;
use crate::node::Node;
use crate::value::Value;

/// A value of the host language that floor 1 carries without looking inside.
pub trait OpaqueValue: Send + Sync {
    /// Names the value's type in the host's words, for messages.
    fn type_name(&self) -> String;

    /// Gives the concrete value back to the host.
    fn as_any(&self) -> &dyn Any;
}

/// A node that the host language renders itself.
///
/// The renderer hands over its own state as [`Any`]; an implementation MUST give
/// that state back before it returns, with what it wrote appended.
pub trait HostNode: Send + Sync {
    /// Writes the node's SQL into the renderer behind `renderer`.
    fn render(&self, renderer: &mut dyn Any) -> Result<()>;

    /// Names the node's type in the host's words, for messages.
    fn type_name(&self) -> String;

    /// Gives the concrete node back to the host.
    fn as_any(&self) -> &dyn Any;
}

/// A conversion that the host language performs: a field with its own `db_value`.
pub trait HostConverter: Send + Sync {
    /// Converts a value on its way to the database. The outcome may be any node:
    /// a field may wrap its value in a function call.
    fn to_db(&self, value: &Value) -> Result<Node>;

    /// Gives the concrete converter back to the host.
    fn as_any(&self) -> &dyn Any;
}

impl fmt::Debug for dyn HostNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostNode({})", self.type_name())
    }
}

impl fmt::Debug for dyn HostConverter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostConverter")
    }
}

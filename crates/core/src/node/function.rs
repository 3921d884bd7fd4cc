//! Function calls.

use super::{Marked, Name, Node, Nodes};
use std::sync::Arc;

/// `NAME(args [ORDER BY …]) [FILTER (WHERE …)] [OVER …]`.
#[derive(Clone, Debug)]
pub struct Function {
    /// The name, written as it stands.
    pub name: Name,
    /// The arguments.
    pub args: Nodes,
    /// The condition of the `FILTER` clause.
    pub filter: Option<Node>,
    /// The order inside of the call.
    pub order_by: Option<Nodes>,
    /// The window: a definition or a reference to one.
    pub over: Option<Node>,
    /// Whether and how the result is converted; `node` in it is not used.
    pub result: Option<Arc<Marked>>,
}

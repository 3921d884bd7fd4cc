//! Joins.

use super::{Name, Node};

/// `lhs JOIN rhs ON condition`.
#[derive(Clone, Debug)]
pub struct Join {
    /// The left source.
    pub lhs: Node,
    /// The right source.
    pub rhs: Node,
    /// The text between them, such as `LEFT OUTER JOIN`.
    pub join_type: Name,
    /// The condition, if any.
    pub on: Option<Node>,
}

//! Compound selects.

use super::{Name, Node, SourceKey, Tail};

/// `lhs UNION rhs` and its kin, with an order and limits of the whole.
#[derive(Clone, Debug)]
pub struct Compound {
    /// The identity as a source.
    pub key: SourceKey,
    /// The alias as a source.
    pub alias: Option<Name>,
    /// The left member.
    pub lhs: Node,
    /// `UNION`, `UNION ALL`, `INTERSECT`, `EXCEPT`.
    pub op: Name,
    /// The right member.
    pub rhs: Node,
    /// Common table expressions, filter, order and limits of the whole.
    pub tail: Tail,
}

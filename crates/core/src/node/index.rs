//! Index definitions.

use super::{Name, Node, Nodes};

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] … ON … (…) [WHERE …]`.
#[derive(Clone, Debug)]
pub struct Index {
    /// The index's name.
    pub name: Name,
    /// The table.
    pub table: Node,
    /// The columns and expressions.
    pub expressions: Nodes,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether an existing index is no error.
    pub safe: bool,
    /// The condition of a partial index.
    pub filter: Option<Node>,
    /// The access method.
    pub using: Option<Name>,
    /// `NULLS [NOT] DISTINCT`.
    pub nulls_distinct: Option<bool>,
}

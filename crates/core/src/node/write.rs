//! The statements that write.

use std::sync::Arc;

use super::{Node, Nodes, OnConflict, Tail};

/// `column = value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The column that is assigned, as a column or as a quoted name.
    pub column: Node,
    /// The value, converted by the column's field.
    pub value: Node,
}

/// Where inserted rows come from.
#[derive(Clone, Debug)]
pub enum InsertSource {
    /// One row of defaults.
    Default,
    /// Rows of as many values as there are columns, one after the other.
    Rows(Nodes),
    /// A query.
    Query(Node),
}

/// `INSERT INTO … (…) VALUES (…), (…) [ON CONFLICT …] [RETURNING …]`.
#[derive(Clone, Debug)]
pub struct Insert {
    /// The table.
    pub table: Node,
    /// The columns.
    pub columns: Nodes,
    /// The rows.
    pub source: InsertSource,
    /// What happens to rows that exist already.
    pub on_conflict: Option<Arc<OnConflict>>,
    /// What is given back; empty for nothing.
    pub returning: Nodes,
    /// Common table expressions before the statement.
    pub with: Nodes,
}

/// `UPDATE … SET … [FROM …] WHERE … [RETURNING …]`.
#[derive(Clone, Debug)]
pub struct Update {
    /// The table.
    pub table: Node,
    /// What is assigned.
    pub assignments: Arc<[Assignment]>,
    /// Further sources.
    pub from: Nodes,
    /// What is given back; empty for nothing.
    pub returning: Nodes,
    /// Common table expressions, filter, order and limits.
    pub tail: Tail,
}

/// `DELETE FROM … WHERE … [RETURNING …]`.
#[derive(Clone, Debug)]
pub struct Delete {
    /// The table.
    pub table: Node,
    /// What is given back; empty for nothing.
    pub returning: Nodes,
    /// Common table expressions, filter, order and limits.
    pub tail: Tail,
}

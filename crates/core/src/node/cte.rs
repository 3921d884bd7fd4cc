//! Common table expressions.

use super::{Name, Node, Nodes, SourceKey};

/// `"name" (columns) AS [NOT MATERIALIZED] (query)`.
#[derive(Clone, Debug)]
pub struct Cte {
    /// The identity as a source.
    pub key: SourceKey,
    /// The name.
    pub name: Name,
    /// The alias in a FROM clause, if it differs from the name.
    pub alias: Option<Name>,
    /// The query.
    pub query: Node,
    /// Whether the query refers to itself: `WITH RECURSIVE`.
    pub recursive: bool,
    /// The names of the columns.
    pub columns: Option<Nodes>,
    /// `MATERIALIZED` or `NOT MATERIALIZED`.
    pub materialized: Option<bool>,
}

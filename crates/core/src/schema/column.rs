//! Columns of a table's definition.

use crate::node::{Name, Node, Nodes};

/// `"name" TYPE [UNINDEXED] [NOT NULL] [PRIMARY KEY] [DEFAULT NEXTVAL('…')] constraints… [COLLATE …]`.
#[derive(Clone, Debug)]
pub struct ColumnDef {
    /// The column's name.
    pub name: Name,
    /// The type with its modifiers; `None` for a column without a type.
    pub datatype: Option<Node>,
    /// Whether a full-text table leaves the column out of its index.
    pub unindexed: bool,
    /// Whether the column takes null.
    pub null: bool,
    /// Whether the column alone is the primary key.
    pub primary_key: bool,
    /// The sequence that numbers the column, with its schema where it has one.
    pub sequence: Option<Name>,
    /// The constraints, each as it is written.
    pub constraints: Nodes,
    /// The collation.
    pub collation: Option<Name>,
    /// The whole definition, where the host writes it itself; the rest is not used.
    pub definition: Option<Node>,
}

impl ColumnDef {
    /// Makes the definition of a column that takes null and has no constraint.
    pub fn new(name: impl Into<Name>, datatype: Option<Node>) -> Self {
        Self {
            name: name.into(),
            datatype,
            unindexed: false,
            null: true,
            primary_key: false,
            sequence: None,
            constraints: Nodes::default(),
            collation: None,
            definition: None,
        }
    }
}

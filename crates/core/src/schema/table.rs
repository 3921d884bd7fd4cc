//! Definitions of tables.

use crate::node::{Name, Node, Nodes};
use crate::schema::{ColumnDef, ForeignKeyDef};

/// `"schema"."name"`, of a table or another object of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePath {
    /// The schema.
    pub schema: Option<Name>,
    /// The name.
    pub name: Name,
}

/// Everything that `CREATE TABLE` says.
#[derive(Clone, Debug)]
pub struct TableDef {
    /// Where the table is.
    pub path: TablePath,
    /// Whether it lives as long as the connection.
    pub temporary: bool,
    /// The columns, in their order.
    pub columns: Vec<ColumnDef>,
    /// The columns of a composite primary key; empty where a column alone is the key.
    pub primary_key: Vec<Name>,
    /// The foreign keys.
    pub foreign_keys: Vec<ForeignKeyDef>,
    /// The constraints of the table, each as it is written.
    pub constraints: Nodes,
    /// Options that stand among the constraints as `key=value`, in their order.
    pub options: Vec<(Name, Node)>,
    /// What stands after the closing parenthesis, each as it is written.
    pub settings: Nodes,
    /// Whether values must have their columns' types (`STRICT`).
    pub strict: bool,
    /// Whether the key replaces the row's number (`WITHOUT ROWID`).
    pub without_rowid: bool,
}

impl TablePath {
    /// Makes a path without a schema.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }

    /// Puts the path into a schema.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<Name>) -> Self {
        self.schema = Some(schema.into());
        self
    }
}

impl TableDef {
    /// Makes the definition of a table with columns and nothing else.
    pub fn new(path: TablePath, columns: Vec<ColumnDef>) -> Self {
        Self {
            path,
            temporary: false,
            columns,
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            constraints: Nodes::default(),
            options: Vec::new(),
            settings: Nodes::default(),
            strict: false,
            without_rowid: false,
        }
    }
}

//! Foreign keys of a table's definition.

use crate::node::Name;
use crate::schema::TablePath;

/// `[CONSTRAINT "name"] FOREIGN KEY ("column") REFERENCES "table" ("column") [ON DELETE …] [ON UPDATE …] [DEFERRABLE …]`.
#[derive(Clone, Debug)]
pub struct ForeignKeyDef {
    /// The constraint's name, if it has one.
    pub constraint_name: Option<Name>,
    /// The referring columns.
    pub columns: Vec<Name>,
    /// The table referred to.
    pub table: TablePath,
    /// The columns referred to.
    pub references: Vec<Name>,
    /// What happens when the row referred to is deleted.
    pub on_delete: Option<Name>,
    /// What happens when the key referred to changes.
    pub on_update: Option<Name>,
    /// What stands after `DEFERRABLE`.
    pub deferrable: Option<Name>,
}

//! A column of a source, with the field behind it where there is one.

use std::sync::Arc;

use super::{Name, Node};
use crate::field::FieldDef;

/// `"t1"."name"`; only the name where values are assigned.
#[derive(Clone, Debug)]
pub struct Column {
    /// The table, alias, subquery or common table expression.
    pub source: Node,
    /// The column's name.
    pub name: Name,
    /// The field that converts values compared with the column.
    pub field: Option<Arc<FieldDef>>,
}

//! What a database says about its own tables, as plain data. Each dialect asks in its
//! own file; how a question travels is the caller's choice.

mod answer;
pub mod postgres;
pub mod sqlite;

use redstart_core::{Batch, Cell, Result, Value};

use crate::connection::Connection;

/// A way to ask the database: a connection, or a host's own road to one (which may
/// log or count).
pub trait Ask {
    /// Runs a statement and gives its rows.
    fn ask(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>>;
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMetadata {
    /// The column's name.
    pub name: String,
    /// The type's name.
    pub data_type: String,
    /// The column takes NULL.
    pub null: bool,
    /// The column is part of the primary key.
    pub primary_key: bool,
    /// The table's name.
    pub table: String,
    /// The default as SQL.
    pub default: Option<String>,
    /// The type with its modifiers.
    pub full_type: String,
    /// The database numbers the rows in this column.
    pub identity: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexMetadata {
    /// The index's name.
    pub name: String,
    /// The statement that made it; `None` for one that a constraint made.
    pub sql: Option<String>,
    /// The columns in order; `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// No two rows may be alike.
    pub unique: bool,
    /// The table's name.
    pub table: String,
}

/// A foreign key, one column of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKeyMetadata {
    /// The column that refers.
    pub column: String,
    /// The table that is referred to.
    pub dest_table: String,
    /// The column that is referred to; `None` where it cannot be known.
    pub dest_column: Option<String>,
    /// The table that refers.
    pub table: String,
    /// The constraint's name, where the database keeps it.
    pub name: Option<String>,
    /// What happens when the other row is deleted.
    pub on_delete: String,
    /// What happens when the other row's key changes.
    pub on_update: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewMetadata {
    /// The view's name.
    pub name: String,
    /// The statement that made it.
    pub sql: Option<String>,
}

impl Ask for Connection {
    /// Text that is not UTF-8 gets replacement characters.
    fn ask(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
        let mut rows = self.query(sql, values)?;
        let mut answer = Vec::new();
        while let Some(batch) = rows.next_batch()? {
            for row in 0..batch.len() {
                answer.push(
                    batch
                        .row(row)
                        .iter()
                        .map(|cell| value(&batch, *cell))
                        .collect(),
                );
            }
        }
        Ok(answer)
    }
}

fn value(batch: &Batch, cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(value) => Value::Int(value),
        Cell::Float(value) => Value::Float(value),
        Cell::Bool(value) => Value::Bool(value),
        Cell::Text(span) => Value::text(String::from_utf8_lossy(batch.bytes(span))),
        Cell::Blob(span) | Cell::Raw(_, span) => Value::blob(batch.bytes(span)),
    }
}

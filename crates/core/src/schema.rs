//! The schema: tables, their columns and keys, and the statements that define them.
//! Pure data; what a host language overrides is given as a node in its place.

mod column;
mod ddl;
mod foreign_key;
mod table;

pub use column::ColumnDef;
pub use ddl::{Ddl, DropBehavior};
pub use foreign_key::ForeignKeyDef;
pub use table::{TableDef, TablePath};

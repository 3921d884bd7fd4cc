//! The statements that define and empty tables, indexes and sequences.

use std::sync::Arc;

use crate::node::{Index, Node};
use crate::schema::{ForeignKeyDef, TableDef, TablePath};

/// What happens to what depends on a table that is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropBehavior {
    /// It is dropped, too: `CASCADE`.
    Cascade,
    /// It prevents the drop: `RESTRICT`.
    Restrict,
}

/// A statement that changes the schema.
#[derive(Clone, Debug)]
pub enum Ddl {
    /// `CREATE TABLE`.
    CreateTable {
        /// The table.
        table: Arc<TableDef>,
        /// Whether an existing table is no error.
        safe: bool,
    },
    /// `CREATE TABLE … AS query`.
    CreateTableAs {
        /// The table.
        path: TablePath,
        /// The query that fills it.
        query: Node,
        /// Whether an existing table is no error.
        safe: bool,
        /// Whether it lives as long as the connection.
        temporary: bool,
    },
    /// `DROP TABLE`.
    DropTable {
        /// The table.
        path: TablePath,
        /// Whether a missing table is no error.
        safe: bool,
        /// What happens to what depends on it.
        behavior: Option<DropBehavior>,
    },
    /// `TRUNCATE TABLE`, or `DELETE FROM` where the database cannot.
    TruncateTable {
        /// The table.
        path: TablePath,
        /// Whether its sequences begin again.
        restart_identity: bool,
        /// Whether tables that refer to it are emptied, too.
        cascade: bool,
    },
    /// `CREATE INDEX`. Its `safe` holds only where the database can.
    CreateIndex(Arc<Index>),
    /// `DROP INDEX`.
    DropIndex {
        /// The index.
        path: TablePath,
        /// Whether a missing index is no error, where the database can.
        safe: bool,
    },
    /// `CREATE SEQUENCE`.
    CreateSequence(TablePath),
    /// `DROP SEQUENCE`.
    DropSequence(TablePath),
    /// `ALTER TABLE … ADD [CONSTRAINT "name"] FOREIGN KEY …`.
    AddForeignKey {
        /// The table.
        path: TablePath,
        /// The key.
        foreign_key: ForeignKeyDef,
    },
}

//! One connection of any driver, with the operations that all of them have. What only
//! one database can do is reached through its driver's own connection.

use redstart_core::{Capability, Result, Value};
use redstart_sqlite as sqlite;

use crate::outcome::Outcome;
use crate::rows::Rows;

/// A connection to a database. Clones are the same connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Connection {
    /// A connection of the `SQLite` driver.
    Sqlite(sqlite::Connection),
}

/// Stops the running statements of a connection from another thread or a signal handler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InterruptHandle {
    /// The handle of the `SQLite` driver.
    Sqlite(sqlite::InterruptHandle),
}

impl Connection {
    /// Runs a statement up to its first row: one without rows is then finished.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Rows> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(sql)?;
                statement.bind(values)?;
                let waiting = statement.execute()?;
                Ok(Rows::sqlite(statement, !waiting))
            }
        }
    }

    /// Runs a statement with values by name up to its first row.
    pub fn query_named(&self, sql: &str, values: &[(&str, Value)]) -> Result<Rows> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(sql)?;
                statement.bind_named(values)?;
                let waiting = statement.execute()?;
                Ok(Rows::sqlite(statement, !waiting))
            }
        }
    }

    /// Runs a statement to its end; its rows are dropped.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<Outcome> {
        match self {
            Self::Sqlite(connection) => {
                let statement = connection.execute(sql, values)?;
                Ok(Outcome {
                    rows_affected: statement.changes(),
                    last_insert_id: statement.last_insert_id(),
                })
            }
        }
    }

    /// Tells whether the database has a transaction open on this connection.
    pub fn in_transaction(&self) -> Result<bool> {
        match self {
            Self::Sqlite(connection) => connection.in_transaction(),
        }
    }

    /// Gives the handle that interrupts this connection.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        match self {
            Self::Sqlite(connection) => InterruptHandle::Sqlite(connection.interrupt_handle()),
        }
    }

    /// Closes the connection; an open transaction is rolled back.
    pub fn close(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close(),
        }
    }

    /// Tells whether the connection was closed.
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(connection) => connection.is_closed(),
        }
    }

    /// States what the connection's database can do.
    pub fn capability(&self) -> Capability {
        match self {
            Self::Sqlite(_) => sqlite::capability::capability(),
        }
    }

    /// Gives the version of the database as numbers, the most significant first.
    pub fn server_version(&self) -> (i32, i32, i32) {
        match self {
            Self::Sqlite(_) => sqlite::capability::server_version(),
        }
    }

    /// Gives the `SQLite` driver's own connection.
    pub fn as_sqlite(&self) -> Option<&sqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Some(connection),
        }
    }
}

impl InterruptHandle {
    /// Stops the running statements; does nothing once the connection is closed.
    pub fn interrupt(&self) {
        match self {
            Self::Sqlite(handle) => handle.interrupt(),
        }
    }
}

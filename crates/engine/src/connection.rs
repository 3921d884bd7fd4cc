//! One connection of any driver, with the operations that all of them have. What only
//! one database can do is reached through its driver's own connection.

use redstart_core::{Batch, Capability, Error, Result, Value};
use redstart_sqlite as sqlite;

use crate::outcome::Outcome;
use crate::parameters::Parameters;
use crate::rows::Rows;
use crate::statement::{self, Statement};

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

    /// Runs a statement and takes at most `max_rows` of its rows into an empty batch, all
    /// in one go. Rows behind them are taken from what it gives.
    pub fn run(
        &self,
        sql: &str,
        parameters: Parameters<'_>,
        batch: &mut Batch,
        max_rows: usize,
    ) -> Result<Rows> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(sql)?;
                statement::bind(&mut statement, parameters)?;
                let progress = statement.step_into(batch, max_rows)?;
                Ok(Rows::sqlite(statement, progress == sqlite::Progress::Done))
            }
        }
    }

    /// Prepares a statement that is to run more than once.
    pub fn prepare(&self, sql: &str) -> Result<Statement> {
        match self {
            Self::Sqlite(connection) => connection.prepare(sql).map(Statement::sqlite),
        }
    }

    /// Runs all statements of a text; their rows are dropped.
    pub fn execute_script(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute_script(sql),
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

    /// Gives the `SQLite` driver's own connection for a feature that only `SQLite` has;
    /// for any other database, an error that names both.
    pub fn require_sqlite(&self, feature: &str) -> Result<&sqlite::Connection> {
        self.as_sqlite()
            .ok_or_else(|| Error::not_supported(feature, self.database()))
    }

    /// Gives the name of the database's kind.
    pub fn database(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
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

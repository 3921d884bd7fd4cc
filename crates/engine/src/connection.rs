//! One connection of any driver, with the operations that all of them have. What only
//! one database can do is reached through its driver's own connection.

use redstart_core::{Batch, Capability, Error, Result, Value};
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;

use crate::blocking;
use crate::outcome::Outcome;
use crate::parameters::Parameters;
use crate::request::Request;
use crate::rows::Rows;
use crate::statement::{self, Statement};

/// A connection to a database. Clones are the same connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Connection {
    /// A connection of the `SQLite` driver.
    Sqlite(sqlite::Connection),
    /// A connection of the PostgreSQL driver.
    Postgres(postgres::Connection),
}

/// Stops the running statements of a connection from another thread or a signal handler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InterruptHandle {
    /// The handle of the `SQLite` driver.
    Sqlite(sqlite::InterruptHandle),
    /// The connection of the PostgreSQL driver itself.
    Postgres(postgres::Connection),
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
            Self::Postgres(connection) => {
                let request = Request::new(sql, Parameters::Positional(values));
                blocking::run(connection, request).map(Rows::arrived)
            }
        }
    }

    /// Runs a statement and takes its first rows into an empty batch: at most `max_rows` where
    /// rows are fetched one by one. Rows behind them are taken from what it gives.
    pub fn run(&self, request: Request<'_>, batch: &mut Batch, max_rows: usize) -> Result<Rows> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(request.sql)?;
                statement::bind(&mut statement, request.parameters)?;
                let progress = statement.step_into(batch, max_rows)?;
                Ok(Rows::sqlite(statement, progress == sqlite::Progress::Done))
            }
            Self::Postgres(connection) => {
                let mut rows = Rows::arrived(blocking::run(connection, request)?);
                rows.next_into(batch, max_rows)?;
                Ok(rows)
            }
        }
    }

    /// Tells whether a server works on statements, while the calling thread only waits.
    pub fn is_served(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Prepares a statement that is to run more than once.
    pub fn prepare(&self, sql: &str) -> Result<Statement> {
        match self {
            Self::Sqlite(connection) => connection.prepare(sql).map(Statement::sqlite),
            Self::Postgres(connection) => Ok(Statement::postgres(connection.clone(), sql)),
        }
    }

    /// Runs all statements of a text; their rows are dropped.
    pub fn execute_script(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute_script(sql),
            Self::Postgres(connection) => blocking::on(connection, connection.run_script(sql)),
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
            Self::Postgres(connection) => {
                let request = Request::new(sql, Parameters::Positional(values));
                Ok(Outcome {
                    rows_affected: blocking::run(connection, request)?.rows_affected,
                    last_insert_id: 0,
                })
            }
        }
    }

    /// Tells whether the database has a transaction open on this connection.
    pub fn in_transaction(&self) -> Result<bool> {
        match self {
            Self::Sqlite(connection) => connection.in_transaction(),
            Self::Postgres(connection) => Ok(connection.transaction_status() != b'I'),
        }
    }

    /// Gives the handle that interrupts this connection.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        match self {
            Self::Sqlite(connection) => InterruptHandle::Sqlite(connection.interrupt_handle()),
            Self::Postgres(connection) => InterruptHandle::Postgres(connection.clone()),
        }
    }

    /// Closes the connection; an open transaction is rolled back.
    pub fn close(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close(),
            Self::Postgres(connection) => {
                connection.close();
                Ok(())
            }
        }
    }

    /// Tells whether the connection was closed.
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(connection) => connection.is_closed(),
            Self::Postgres(connection) => connection.is_closed(),
        }
    }

    /// States what the connection's database can do.
    pub fn capability(&self) -> Capability {
        match self {
            Self::Sqlite(_) => sqlite::capability::capability(),
            Self::Postgres(_) => postgres::capability::capability(),
        }
    }

    /// Gives the version of the database as numbers, the most significant first.
    pub fn server_version(&self) -> (i32, i32, i32) {
        match self {
            Self::Sqlite(_) => sqlite::capability::server_version(),
            Self::Postgres(connection) => {
                let number = connection.server_version();
                (number / 10_000, number / 100 % 100, number % 100)
            }
        }
    }

    /// Gives the `SQLite` driver's own connection.
    pub fn as_sqlite(&self) -> Option<&sqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Some(connection),
            Self::Postgres(_) => None,
        }
    }

    /// Gives the PostgreSQL driver's own connection.
    pub fn as_postgres(&self) -> Option<&postgres::Connection> {
        match self {
            Self::Postgres(connection) => Some(connection),
            Self::Sqlite(_) => None,
        }
    }

    /// Gives the PostgreSQL driver's own connection for a feature that only PostgreSQL has;
    /// for any other database, an error that names both.
    pub fn require_postgres(&self, feature: &str) -> Result<&postgres::Connection> {
        self.as_postgres()
            .ok_or_else(|| Error::not_supported(feature, self.database()))
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
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

impl InterruptHandle {
    /// Stops the running statements; does nothing once the connection is closed.
    pub fn interrupt(&self) {
        match self {
            Self::Sqlite(handle) => handle.interrupt(),
            // A server that takes no request to cancel has nothing to be cancelled.
            Self::Postgres(connection) => drop(redstart_wait::wait(connection.cancel())),
        }
    }
}

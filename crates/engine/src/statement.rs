//! A prepared statement that is run again and again with other values. Statements that
//! run once are the connection's.

use redstart_core::Result;
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;

use crate::blocking;
use crate::outcome::Outcome;
use crate::parameters::Parameters;
use crate::request::Request;

/// A prepared statement of one connection. Dropping it gives it back to the connection.
#[derive(Debug)]
pub struct Statement(Prepared);

#[derive(Debug)]
enum Prepared {
    Sqlite(sqlite::Statement),
    /// The connection prepares when it runs.
    Postgres(postgres::Connection, String),
}

impl Statement {
    pub(crate) fn sqlite(statement: sqlite::Statement) -> Self {
        Self(Prepared::Sqlite(statement))
    }

    pub(crate) fn postgres(connection: postgres::Connection, sql: &str) -> Self {
        Self(Prepared::Postgres(connection, sql.to_owned()))
    }

    /// Tells whether the statement is known to write nothing to the database itself.
    pub fn is_readonly(&self) -> bool {
        match &self.0 {
            Prepared::Sqlite(statement) => statement.is_readonly(),
            Prepared::Postgres(..) => false,
        }
    }

    /// Runs the statement to its end; its rows are dropped.
    pub fn execute(&mut self, parameters: Parameters<'_>) -> Result<Outcome> {
        match &mut self.0 {
            Prepared::Sqlite(statement) => {
                bind(statement, parameters)?;
                statement.finish()?;
                Ok(Outcome {
                    rows_affected: statement.changes(),
                    last_insert_id: statement.last_insert_id(),
                })
            }
            Prepared::Postgres(connection, sql) => {
                let answer = blocking::run(connection, Request::new(sql, parameters))?;
                Ok(Outcome {
                    rows_affected: answer.rows_affected,
                    last_insert_id: 0,
                })
            }
        }
    }
}

/// Binds parameters of either kind.
pub(crate) fn bind(statement: &mut sqlite::Statement, parameters: Parameters<'_>) -> Result<()> {
    match parameters {
        Parameters::Positional(values) => statement.bind(values),
        Parameters::Named(values) => statement.bind_named(values),
    }
}

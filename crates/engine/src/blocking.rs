//! Operations of the PostgreSQL driver, run to their end on the calling thread. An
//! interrupted statement is cancelled on the server before its connection is used again.

use std::future::Future;
use std::time::Duration;

use redstart_core::{Error, ErrorKind, Result};
use redstart_postgres as postgres;
use redstart_wait::{Interrupted, block_on, wait};

use crate::request::Request;

/// Runs a statement.
pub(crate) fn run(
    connection: &postgres::Connection,
    request: Request<'_>,
) -> Result<postgres::Answer> {
    on(connection, connection.run(driver_statement(request)))
}

/// Runs an operation of a connection.
pub(crate) fn on<T: Send>(
    connection: &postgres::Connection,
    operation: impl Future<Output = Result<T>> + Send,
) -> Result<T> {
    block_on(operation).unwrap_or_else(|Interrupted| {
        // What was asked to stop is to stop on the server too; if it does not, the
        // connection is closed.
        let _ = wait(connection.settle(PATIENCE));
        Err(interrupted())
    })
}

/// Puts a request into the driver's words.
pub(crate) fn driver_statement(request: Request<'_>) -> postgres::Statement<'_> {
    postgres::Statement {
        sql: request.sql,
        values: request.parameters.into(),
        formatted: request.formatted,
        timeout: request.timeout,
    }
}

/// Makes the error of an operation that the host interrupted.
pub(crate) fn interrupted() -> Error {
    Error::new(ErrorKind::Operational, "interrupted").with_interrupted()
}

/// How long the end of a cancelled statement is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

//! The operations of a connection for a waiter that must not block its thread: futures that
//! own what they need. A statement whose future is dropped is cancelled.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redstart_core::{Batch, Error, Result};
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;
use redstart_wait::{Deadline, by_deadline, offload};

use crate::blocking::{driver_statement, interrupted};
use crate::connection::{Connection, InterruptHandle};
use crate::database::Target;
use crate::parameters::Values;
use crate::request::Request;
use crate::rows::Rows;

/// An operation that is not done yet. To poll it neither blocks nor waits for a lock under which
/// foreign code runs: who polls it may hold a lock that such code wants.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// A statement and its values, owned.
#[derive(Clone, Debug)]
pub struct OwnedRequest {
    /// The text.
    pub sql: Arc<str>,
    /// The values.
    pub values: Values,
    /// See [`Request::formatted`].
    pub formatted: bool,
    /// See [`Request::timeout`].
    pub timeout: Option<Duration>,
}

impl OwnedRequest {
    /// Lends the request.
    pub fn lend(&self) -> Request<'_> {
        Request {
            sql: &self.sql,
            parameters: self.values.lend(),
            formatted: self.formatted,
            timeout: self.timeout,
        }
    }
}

impl Connection {
    /// Runs a statement and takes all that it gives; the first rows are in the batch.
    pub fn start(&self, request: OwnedRequest) -> Pending<(Rows, Batch)> {
        match self {
            Self::Sqlite(connection) => {
                let limit = request.timeout;
                let work = move |connection: &sqlite::Connection| run(connection, &request);
                Box::pin(within(limit, interrupting(connection.clone(), work)))
            }
            Self::Postgres(connection) => {
                let connection = connection.clone();
                Box::pin(async move {
                    let mut settling = Settling(Some(connection.clone()));
                    let answer = connection.run(driver_statement(request.lend())).await;
                    settling.0 = None;
                    let mut rows = Rows::arrived(answer?);
                    let mut batch = Batch::default();
                    rows.next_into(&mut batch, usize::MAX)?;
                    Ok((rows, batch))
                })
            }
        }
    }

    /// Runs a statement and takes at most `max_rows` of its rows; it stays open for more where
    /// the database fetches rows one by one.
    pub fn start_stream(&self, request: OwnedRequest, max_rows: usize) -> Pending<(Rows, Batch)> {
        match self {
            Self::Sqlite(connection) => {
                let work = move |connection: &sqlite::Connection| {
                    let mut batch = Batch::default();
                    let connection = Self::Sqlite(connection.clone());
                    let rows = connection.run(request.lend(), &mut batch, max_rows)?;
                    Ok((rows, batch))
                };
                Box::pin(interrupting(connection.clone(), work))
            }
            Self::Postgres(_) => self.start(request),
        }
    }

    /// Makes the connection ready for somebody else: what was left running is cancelled, an
    /// open transaction is rolled back, within a time; a connection that cannot be made ready
    /// is closed.
    pub fn reset(&self, limit: Duration) -> Pending<()> {
        match self {
            Self::Sqlite(connection) => {
                let connection = connection.clone();
                Box::pin(offload(move || connection.reset()))
            }
            Self::Postgres(connection) => {
                let connection = connection.clone();
                Box::pin(async move { connection.reset(limit).await })
            }
        }
    }

    /// Makes sure that the database answers, within a time.
    pub fn ping(&self, limit: Duration) -> Pending<()> {
        match self {
            Self::Sqlite(connection) => {
                let connection = Self::Sqlite(connection.clone());
                Box::pin(offload(move || connection.in_transaction().map(drop)))
            }
            Self::Postgres(connection) => {
                let connection = connection.clone();
                Box::pin(async move { connection.ping(limit).await })
            }
        }
    }

    /// Ends the rows that were not read, where that needs no wait. Tells whether nothing is left
    /// on the connection: no running statement, no transaction.
    pub fn tidy(&self) -> bool {
        match self {
            Self::Sqlite(connection) => connection.tidy().unwrap_or(false),
            Self::Postgres(connection) => !connection.is_dirty(),
        }
    }

    /// Tells whether somebody else may use the connection as it is: it is open, and nothing is left on it
    /// after rows were ended as [`tidy`](Self::tidy) does. Asks nobody.
    pub fn is_clean(&self) -> bool {
        match self {
            Self::Sqlite(connection) => !connection.is_closed() && self.tidy(),
            Self::Postgres(connection) => connection.is_clean(),
        }
    }

    /// Tells whether the connection is known to be of use. Asks nobody.
    pub fn is_alive(&self) -> bool {
        match self {
            Self::Sqlite(connection) => !connection.is_closed(),
            Self::Postgres(connection) => connection.is_alive(),
        }
    }
}

impl Target {
    /// Opens a connection.
    pub fn start_connect(&self) -> Pending<Connection> {
        match self.clone() {
            target @ Self::Sqlite(_) => Box::pin(offload(move || target.connect())),
            Self::Postgres(options, cached_statements) => Box::pin(async move {
                let opened = redstart_postgres::Connection::open(&options, cached_statements);
                opened.await.map(Connection::Postgres)
            }),
        }
    }
}

/// Runs a statement to its end.
fn run(connection: &sqlite::Connection, request: &OwnedRequest) -> Result<(Rows, Batch)> {
    let mut batch = Batch::default();
    let connection = Connection::Sqlite(connection.clone());
    let rows = connection.run(request.lend(), &mut batch, usize::MAX)?;
    Ok((rows.read_to_end()?, batch))
}

/// Ends an operation that takes longer than it may, by dropping it.
async fn within<T>(
    limit: Option<Duration>,
    operation: impl Future<Output = Result<T>>,
) -> Result<T> {
    let deadline = limit.map(|limit| Instant::now() + limit);
    let outcome = by_deadline(deadline, operation).await;
    outcome.unwrap_or_else(|Deadline| Err(Error::timed_out()))
}

/// Ends on the server what was left running, on a thread of its own, if an operation is
/// dropped before its end.
struct Settling(Option<postgres::Connection>);

impl Drop for Settling {
    fn drop(&mut self) {
        let Some(connection) = self.0.take() else {
            return;
        };
        if connection.is_unsettled() && !connection.is_closed() {
            redstart_wait::spawn(move || {
                // A connection that does not settle is closed, which its next user sees.
                let _ = redstart_wait::wait(connection.settle(PATIENCE));
            });
        }
    }
}

/// How long the end of a cancelled statement is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs a statement on another thread, and interrupts it if the operation is dropped before its end.
///
/// Whether somebody still waits for it is asked with the connection locked: one that is dropped earlier
/// never begins, and one that is dropped later has ended before anybody else gets to the connection.
async fn interrupting<T: Send + 'static>(
    connection: sqlite::Connection,
    work: impl FnOnce(&sqlite::Connection) -> Result<T> + Send + 'static,
) -> Result<T> {
    let handle = InterruptHandle::Sqlite(connection.interrupt_handle());
    let statement = Arc::new(Mutex::new(Stage::Running));
    let own = Arc::clone(&statement);
    let mut guard = Interruption(Some((handle, statement)));
    let outcome = offload(move || {
        let outcome = connection.exclusively(|| {
            if *stage(&own) == Stage::Dropped {
                return Err(interrupted());
            }
            let outcome = work(&connection);
            // An interruption would meet the next statement from here on.
            *stage(&own) = Stage::Ended;
            outcome
        });
        *stage(&own) = Stage::Ended;
        outcome
    });
    let outcome = outcome.await;
    guard.0 = None;
    outcome
}

/// How far a statement is that runs on another thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    /// Nobody waits for it any more.
    Dropped,
    Ended,
}

fn stage(shared: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Interrupts a statement when it is dropped.
struct Interruption(Option<(InterruptHandle, Arc<Mutex<Stage>>)>);

impl Drop for Interruption {
    fn drop(&mut self) {
        let Some((handle, statement)) = self.0.take() else {
            return;
        };
        if !interrupt(&handle, &statement) {
            return;
        }
        // An interruption of a statement that is about to begin is lost on SQLite.
        redstart_wait::spawn(move || {
            // Alone here: the statement never began.
            while Arc::strong_count(&statement) > 1 && interrupt(&handle, &statement) {
                std::thread::sleep(AGAIN);
            }
        });
    }
}

/// Interrupts a statement, never the next one of its connection. Tells whether it has not ended yet.
fn interrupt(handle: &InterruptHandle, statement: &Mutex<Stage>) -> bool {
    let mut stage = stage(statement);
    if *stage == Stage::Ended {
        return false;
    }
    *stage = Stage::Dropped;
    handle.interrupt();
    true
}

/// How long after an interruption another one follows.
const AGAIN: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_statement_that_nobody_waits_for_does_not_begin_on_a_connection_that_is_somebody_elses() {
        let options = sqlite::Options::new(":memory:");
        let connection = sqlite::Connection::open(&options).unwrap();
        for _ in 0..200 {
            let began = Arc::new(AtomicBool::new(false));
            let (alive, gone) = mpsc::channel::<()>();
            let begins = Arc::clone(&began);
            let work = move |_: &sqlite::Connection| {
                begins.store(true, Ordering::Relaxed);
                drop(alive);
                Ok(())
            };
            let dropped = connection.exclusively(|| {
                let mut operation = Box::pin(interrupting(connection.clone(), work));
                let mut context = Context::from_waker(Waker::noop());
                assert!(operation.as_mut().poll(&mut context).is_pending());
                // Its thread comes as far as the connection, or not.
                std::thread::yield_now();
                drop(operation);
                Ok(())
            });
            dropped.unwrap();
            gone.recv().unwrap_err();
            assert!(!began.load(Ordering::Relaxed));
        }
    }
}

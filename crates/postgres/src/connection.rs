//! A connection as the engine sees it: shared, one statement at a time, with what may be
//! asked of it without waiting.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use async_lock::Mutex;
use redstart_core::{Error, Result};
use redstart_wait::{Deadline, by_deadline};
use socket2::Socket;

use crate::answer::Answer;
use crate::cancel::CancelKey;
use crate::connect::{self, version_number};
use crate::error;
use crate::options::Options;
use crate::request::{Request, Values};
use crate::session::Session;

/// A connection to a PostgreSQL server. Clones are the same connection.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    session: Mutex<Session>,
    socket: Arc<Socket>,
    process: u32,
    cancel_key: Option<CancelKey>,
    version: AtomicI32,
    pooled: bool,
    closed: AtomicBool,
    forgets_settings: AtomicBool,
    status: AtomicU8,
    /// Why the connection was found closed, until somebody was told.
    untold: std::sync::Mutex<Option<Error>>,
}

/// A statement and its values.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The text, with placeholders in Python's form: `%s`, `%(name)s`.
    pub sql: &'a str,
    /// The values.
    pub values: Values<'a>,
    /// Percent signs are placeholders or doubled, even where there are no values.
    pub formatted: bool,
    /// How long the statement may take, instead of what the connection says.
    pub timeout: Option<Duration>,
}

impl Connection {
    /// Opens a connection.
    pub async fn open(options: &Options, cached_statements: usize) -> Result<Self> {
        let mut session = connect::connect(options, cached_statements).await?;
        let version = session
            .wire
            .parameter("server_version")
            .map_or(0, version_number);
        Ok(Self(Arc::new(Inner {
            socket: Arc::clone(session.wire.stream().socket()),
            process: std::process::id(),
            cancel_key: session.wire.cancel_key.clone(),
            version: AtomicI32::new(version),
            pooled: session.is_pooled(),
            closed: AtomicBool::new(false),
            forgets_settings: AtomicBool::new(false),
            status: AtomicU8::new(session.status()),
            untold: std::sync::Mutex::default(),
            session: Mutex::new(session),
        })))
    }

    /// Runs a statement and reads all that it gives. One that is dropped before its end is
    /// cancelled on the server when the connection is used next.
    pub async fn run(&self, statement: Statement<'_>) -> Result<Answer> {
        self.require_open()?;
        let mut session = self.0.session.lock().await;
        if self.is_closed() {
            self.require_open()?;
        }
        let outcome = session
            .run(Request {
                sql: statement.sql,
                values: statement.values,
                formatted: statement.formatted,
                deadline: statement.timeout.map(|limit| Instant::now() + limit),
            })
            .await;
        self.note(&session);
        outcome
    }

    /// Makes the connection ready for somebody else: what was left running is cancelled, and
    /// an open transaction is rolled back, within a time.
    pub async fn reset(&self, limit: Duration) -> Result<()> {
        self.require_open()?;
        let deadline = Some(Instant::now() + limit);
        let reset = by_deadline(deadline, async {
            let mut session = self.0.session.lock().await;
            let mut outcome = session.roll_back().await;
            if outcome.is_ok() && self.forgets_settings() && session.has_set {
                outcome = session.reset_settings().await;
            }
            self.note(&session);
            outcome
        });
        reset.await.unwrap_or_else(|Deadline| {
            self.abandon();
            Err(error::lost(
                "the connection could not be reset in time and is closed",
            ))
        })
    }

    /// Ends what was left running: it is cancelled on the server.
    pub async fn settle(&self, limit: Duration) -> Result<()> {
        self.require_open()?;
        let deadline = Some(Instant::now() + limit);
        let settled = by_deadline(deadline, async {
            let mut session = self.0.session.lock().await;
            let settled = session.settle().await;
            self.note(&session);
            settled
        });
        settled.await.unwrap_or_else(|Deadline| {
            self.abandon();
            Err(error::lost(
                "the statement did not end in time; the connection is closed",
            ))
        })
    }

    /// Runs statements as they stand, in one go; what they give is dropped.
    pub async fn run_script(&self, sql: &str) -> Result<()> {
        self.require_open()?;
        let mut session = self.0.session.lock().await;
        let outcome = session.run_text(sql).await;
        self.note(&session);
        outcome.map(drop)
    }

    /// Makes sure that the server answers.
    pub async fn ping(&self, limit: Duration) -> Result<()> {
        let statement = Statement {
            sql: "SELECT 1",
            values: Values::Positional(&[]),
            formatted: false,
            timeout: None,
        };
        let asked = by_deadline(Some(Instant::now() + limit), self.run(statement)).await;
        if let Ok(answer) = asked {
            return answer.map(drop);
        }
        self.abandon();
        Err(error::lost(
            "the server does not answer; the connection is closed",
        ))
    }

    /// Closes the connection; what is open on it is undone by the server. Where a statement is
    /// running in another thread or task, it fails.
    pub fn close(&self) {
        let was_closed = self.0.closed.swap(true, Ordering::AcqRel);
        if !was_closed
            && self.is_own()
            && let Some(mut session) = self.0.session.try_lock()
            && !session.wire.is_unsettled()
        {
            session.wire.goodbye();
        }
        // Also one that was found broken before, or could not say goodbye: the server would keep
        // its session until the last one who has the connection drops it.
        self.abandon();
    }

    /// Ends the connection without a word.
    fn abandon(&self) {
        self.0.closed.store(true, Ordering::Release);
        if self.is_own() {
            let _ = self.0.socket.shutdown(std::net::Shutdown::Both);
        }
    }

    /// Tells whether the connection was closed, by us or by a failure.
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    /// Tells whether the connection is idle, and nothing was heard from the server that says
    /// it is gone. Asks nobody.
    pub fn is_alive(&self) -> bool {
        if self.is_closed() || !self.is_own() {
            return false;
        }
        match self.0.session.try_lock() {
            Some(mut session) => {
                let alive = session.wire.is_unsettled() || session.wire.is_alive();
                if !alive {
                    *self.untold() = session.wire.failure().cloned();
                }
                self.note(&session);
                alive
            }
            None => true,
        }
    }

    /// Gives the status of the transaction, as of the last statement: `I` for none, `T` for an
    /// open one, `E` for one that failed.
    pub fn transaction_status(&self) -> u8 {
        self.0.status.load(Ordering::Acquire)
    }

    /// Tells whether a statement was left before its end, or one is running. What a forked child
    /// inherits is left alone.
    pub fn is_unsettled(&self) -> bool {
        if !self.is_own() {
            return false;
        }
        let session = self.0.session.try_lock();
        session.is_none_or(|session| session.wire.is_unsettled())
    }

    /// Tells whether work was left on the connection: a running statement, an open transaction,
    /// a setting that is to be forgotten.
    pub fn is_dirty(&self) -> bool {
        self.is_own() && self.has_work()
    }

    /// Tells whether somebody else may use the connection as it is: it is open, as far as was heard until
    /// now, and no work was left on it. Asks nobody, nor whose it is.
    pub fn is_clean(&self) -> bool {
        !self.is_closed() && !self.has_work()
    }

    fn has_work(&self) -> bool {
        self.transaction_status() != b'I'
            || self.0.session.try_lock().is_none_or(|session| {
                session.wire.is_unsettled() || self.forgets_settings() && session.has_set
            })
    }

    /// Has what `SET` changes taken back when the connection is made ready for somebody else.
    pub fn forget_settings(&self) {
        self.0.forgets_settings.store(true, Ordering::Relaxed);
    }

    fn forgets_settings(&self) -> bool {
        self.0.forgets_settings.load(Ordering::Relaxed)
    }

    /// Cancels what the connection runs.
    pub async fn cancel(&self) -> Result<()> {
        match &self.0.cancel_key {
            Some(key) if self.is_own() => key.cancel(Instant::now() + CANCEL_PATIENCE).await,
            _ => Ok(()),
        }
    }

    /// Gives the server's version as libpq does: 150018 for 15.18.
    pub fn server_version(&self) -> i32 {
        self.0.version.load(Ordering::Relaxed)
    }

    /// Gives the number of the server's process.
    pub fn backend_pid(&self) -> u32 {
        self.0.cancel_key.as_ref().map_or(0, CancelKey::process)
    }

    /// Tells whether a pooler such as PgBouncer stands before the server.
    pub fn is_pooled(&self) -> bool {
        self.0.pooled
    }

    /// Has the values of `hstore`, whose number is given, taken apart from now on.
    pub fn register_hstore(&self, type_number: u32) {
        if let Some(mut session) = self.0.session.try_lock() {
            session.hstore = Some(type_number);
        }
    }

    /// Takes the notices that the server sent.
    pub fn take_notices(&self) -> Vec<Error> {
        let session = self.0.session.try_lock();
        session.map_or_else(Vec::new, |mut session| session.wire.take_notices())
    }

    /// Gives a setting that the server reports, such as `TimeZone`.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let session = self.0.session.try_lock()?;
        session.wire.parameter(name).map(str::to_owned)
    }

    fn note(&self, session: &Session) {
        self.0.status.store(session.status(), Ordering::Release);
        if session.wire.is_broken() {
            self.0.closed.store(true, Ordering::Release);
        }
    }

    /// Fails where the connection is closed: the first time with what the server said last.
    pub fn require_open(&self) -> Result<()> {
        if !self.is_own() {
            return Err(error::interface(INHERITED));
        }
        if !self.is_closed() {
            return Ok(());
        }
        let told = self.untold().take();
        Err(told.unwrap_or_else(|| error::interface("connection already closed")))
    }

    fn untold(&self) -> std::sync::MutexGuard<'_, Option<Error>> {
        self.0.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whether this process opened the connection: a forked child must leave it alone.
    #[inline]
    fn is_own(&self) -> bool {
        self.0.process == std::process::id()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            return;
        }
        let session = self.session.get_mut();
        if !*self.closed.get_mut() && !session.wire.is_unsettled() {
            session.wire.goodbye();
        }
        // Whoever else has the socket, such as a forked child, does not keep the session.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("backend", &self.backend_pid())
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

/// Two processes on one connection would read each other's rows.
const INHERITED: &str = "the connection belongs to the process that forked this one: \
                         close the database before the fork, or connect in the child";

const CANCEL_PATIENCE: Duration = Duration::from_secs(2);

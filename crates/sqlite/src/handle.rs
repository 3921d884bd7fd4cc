//! The one owner of a `SQLite` connection: who may still use it, when it is freed,
//! and its idle statements. No Rust lock is held here while a statement runs;
//! `SQLite`'s own recursive mutex orders threads, so a user function may use the
//! connection that called it.

use std::collections::HashSet;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redstart_core::{Error, Result};
use rusqlite::ffi;

use crate::error;
use crate::hooks::Hooks;
use crate::statement_cache::{Prepared, StatementCache};

/// A connection shared by its `Connection`, statements and interrupt handles.
pub(crate) struct Handle {
    db: *mut ffi::sqlite3,
    /// How many operations are under way, plus the flags below.
    users: AtomicUsize,
    /// How many calls that run statements are under way, nested by user functions. Changed only with
    /// the connection's mutex held.
    running: AtomicUsize,
    /// All statements that are not finalised, at rest or held. `SQLite`'s own list
    /// would not do: it has the statements of its full-text search as well.
    compiled: Mutex<HashSet<Raw>>,
    cache: Mutex<StatementCache>,
    /// Statements that were dropped while another thread held the connection.
    retired: Mutex<Vec<Prepared>>,
    /// What the last user function failed with.
    failure: Mutex<Option<Error>>,
    hooks: Mutex<Hooks>,
}

/// The address of a statement.
#[derive(PartialEq, Eq, Hash)]
struct Raw(*mut ffi::sqlite3_stmt);

/// Set once the connection is closed: no new operation may begin.
const CLOSED: usize = 1 << (usize::BITS - 1);
/// Set by the one operation that frees the connection.
const FREED: usize = 1 << (usize::BITS - 2);

// SAFETY: the connection is opened FULLMUTEX, so SQLite orders threads itself, and
// `users` keeps it from being freed while an operation is under way.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    /// Takes the ownership of an open connection.
    ///
    /// # Safety
    /// `db` was opened with `SQLITE_OPEN_FULLMUTEX` and nobody else closes it.
    pub(crate) unsafe fn new(db: *mut ffi::sqlite3, cached_statements: usize) -> Self {
        Self {
            db,
            users: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            compiled: Mutex::default(),
            cache: Mutex::new(StatementCache::new(cached_statements)),
            retired: Mutex::default(),
            failure: Mutex::default(),
            hooks: Mutex::default(),
        }
    }

    /// Tells whether the connection was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.users.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Begins an operation that needs no exclusive use.
    pub(crate) fn enter(&self) -> Result<Use<'_>> {
        let before = self.users.fetch_add(1, Ordering::AcqRel);
        let used = Use { handle: self };
        if before & CLOSED == 0 {
            Ok(used)
        } else {
            Err(error::closed())
        }
    }

    /// Begins an operation that has the connection to itself; waits for other threads.
    pub(crate) fn lock(&self) -> Result<Locked<'_>> {
        let used = self.enter()?;
        // SAFETY: `used` keeps the connection alive; its mutex is recursive.
        unsafe { ffi::sqlite3_mutex_enter(ffi::sqlite3_db_mutex(self.db)) };
        let locked = Locked { used };
        if self.is_closed() {
            return Err(error::closed());
        }
        self.recycle_retired();
        Ok(locked)
    }

    /// Takes note of a statement that was compiled. The caller holds the mutex.
    pub(crate) fn register(&self, statement: *mut ffi::sqlite3_stmt) {
        if !statement.is_null() {
            guard(&self.compiled).insert(Raw(statement));
        }
    }

    /// Takes an idle statement for a text.
    pub(crate) fn take_idle(&self, sql: &str) -> Option<Prepared> {
        guard(&self.cache).take(sql)
    }

    /// Takes back a statement of which nobody needs anything any more. Never waits
    /// for another thread: this runs in destructors.
    pub(crate) fn give_back(&self, prepared: Prepared) {
        let Ok(used) = self.enter() else {
            return;
        };
        // SAFETY: `used` keeps the connection alive.
        let code = unsafe { ffi::sqlite3_mutex_try(ffi::sqlite3_db_mutex(self.db)) };
        if code != ffi::SQLITE_OK {
            guard(&self.retired).push(prepared);
            return;
        }
        let locked = Locked { used };
        if !self.is_closed() {
            self.recycle(prepared);
        }
        drop(locked);
    }

    /// Rolls back, frees every statement and closes. Gives an error inside of a
    /// user function, whose own statement would be pulled from under it.
    pub(crate) fn close(&self) -> Result<()> {
        let Ok(locked) = self.lock() else {
            return Ok(());
        };
        if self.running.load(Ordering::Acquire) > 0 {
            return Err(error::programming(
                "Cannot close the database from within one of its own functions.",
            ));
        }
        self.finalize_all();
        guard(&self.cache).clear();
        guard(&self.retired).clear();
        self.users.fetch_or(CLOSED, Ordering::AcqRel);
        drop(locked);
        Ok(())
    }

    /// Ends the run of every statement, also of those that somebody holds.
    pub(crate) fn end_runs(&self) -> Result<()> {
        let locked = self.lock()?;
        self.end_runs_of(&locked);
        Ok(())
    }

    /// Does the same unless another thread uses the connection; tells whether it did.
    pub(crate) fn try_end_runs(&self) -> Result<bool> {
        let used = self.enter()?;
        // SAFETY: `used` keeps the connection alive; its mutex is recursive.
        if unsafe { ffi::sqlite3_mutex_try(ffi::sqlite3_db_mutex(self.db)) } != ffi::SQLITE_OK {
            return Ok(false);
        }
        let locked = Locked { used };
        if self.is_closed() {
            return Err(error::closed());
        }
        Ok(self.end_runs_of(&locked))
    }

    /// Tells whether a statement has rows that were not read yet, or one runs on another thread.
    /// Never waits.
    pub(crate) fn is_reading(&self) -> Result<bool> {
        let used = self.enter()?;
        // SAFETY: `used` keeps the connection alive; its mutex is recursive.
        if unsafe { ffi::sqlite3_mutex_try(ffi::sqlite3_db_mutex(self.db)) } != ffi::SQLITE_OK {
            return Ok(true);
        }
        let locked = Locked { used };
        let statements = guard(&self.compiled);
        // SAFETY: registered statements are alive; the connection's mutex is held.
        let is_busy = |statement: &Raw| unsafe { ffi::sqlite3_stmt_busy(statement.0) } != 0;
        let found = !self.is_closed() && statements.iter().any(is_busy);
        drop(statements);
        drop(locked);
        Ok(found)
    }

    /// Inside of a user function nothing is done: its own statement runs.
    fn end_runs_of(&self, locked: &Locked<'_>) -> bool {
        if self.running.load(Ordering::Acquire) > 0 {
            return false;
        }
        // SAFETY: the connection is open and locked.
        let reads = unsafe { ffi::sqlite3_txn_state(locked.db(), ptr::null()) };
        if reads != ffi::SQLITE_TXN_NONE {
            for Raw(statement) in &*guard(&self.compiled) {
                // SAFETY: a registered statement is alive; the connection's mutex is held.
                unsafe { ffi::sqlite3_reset(*statement) };
            }
        }
        true
    }

    /// Keeps what a user function failed with until the statement reports it. The
    /// first failure of a statement counts.
    pub(crate) fn set_failure(&self, failure: Error) {
        guard(&self.failure).get_or_insert(failure);
    }

    /// Takes what a user function failed with.
    pub(crate) fn take_failure(&self) -> Option<Error> {
        guard(&self.failure).take()
    }

    /// Gives the trace and progress hooks.
    pub(crate) fn hooks(&self) -> MutexGuard<'_, Hooks> {
        guard(&self.hooks)
    }

    fn recycle_retired(&self) {
        let retired = std::mem::take(&mut *guard(&self.retired));
        for prepared in retired {
            self.recycle(prepared);
        }
    }

    /// Puts a statement into the cache and frees what falls out of it. The caller
    /// holds the connection's mutex.
    fn recycle(&self, mut prepared: Prepared) {
        prepared.reset();
        let surplus = guard(&self.cache).put(prepared);
        if let Some(surplus) = surplus {
            guard(&self.compiled).remove(&Raw(surplus.raw));
            // SAFETY: the statement is alive, as it was registered, and has no owner.
            unsafe { ffi::sqlite3_finalize(surplus.raw) };
        }
    }

    /// Frees every statement of the connection, also those still held.
    fn finalize_all(&self) {
        let compiled = std::mem::take(&mut *guard(&self.compiled));
        for Raw(statement) in compiled {
            // SAFETY: the caller holds the mutex or is the last owner. Whoever still
            // holds such a statement asks `lock` first, which refuses from now on.
            unsafe { ffi::sqlite3_finalize(statement) };
        }
    }

    fn leave(&self) {
        if self.users.fetch_sub(1, Ordering::AcqRel) != (CLOSED | 1) {
            return;
        }
        // The last operation after the close: exactly one thread wins the flag.
        let freed = CLOSED | FREED;
        let outcome =
            self.users
                .compare_exchange(CLOSED, freed, Ordering::AcqRel, Ordering::Acquire);
        if outcome.is_ok() {
            // SAFETY: no operation is under way and none can begin; closing an
            // open transaction rolls it back.
            unsafe { ffi::sqlite3_close(self.db) };
            let hooks = std::mem::take(&mut *self.hooks());
            drop(hooks);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.is_closed() {
            self.finalize_all();
            self.users.store(CLOSED | 1, Ordering::Release);
            self.leave();
        }
    }
}

/// An operation under way: the connection is not freed before it ends.
pub(crate) struct Use<'a> {
    handle: &'a Handle,
}

impl Use<'_> {
    /// Gives the connection, for calls that need no exclusive use.
    pub(crate) fn db(&self) -> *mut ffi::sqlite3 {
        self.handle.db
    }
}

impl Drop for Use<'_> {
    fn drop(&mut self) {
        self.handle.leave();
    }
}

/// An operation under way that holds the connection's mutex.
pub(crate) struct Locked<'a> {
    used: Use<'a>,
}

impl Locked<'_> {
    /// Gives the connection.
    pub(crate) fn db(&self) -> *mut ffi::sqlite3 {
        self.used.db()
    }

    /// Turns a result code into an error with the connection's message.
    pub(crate) fn check(&self, code: i32) -> Result<()> {
        if code == ffi::SQLITE_OK {
            Ok(())
        } else {
            Err(self.failure(code))
        }
    }

    /// Makes the error for a code that the connection's last call gave.
    pub(crate) fn failure(&self, code: i32) -> Error {
        // SAFETY: this value holds the connection and its mutex.
        let failure = unsafe { error::last(self.db()) };
        match failure.code() {
            // A wait for a lock that was interrupted ends as if it had taken too long.
            Some(ffi::SQLITE_BUSY) if self.was_interrupted() => {
                error::without_connection(ffi::SQLITE_INTERRUPT)
            }
            // A call that SQLite refuses outright leaves no message behind.
            Some(ffi::SQLITE_OK) => error::without_connection(code),
            _ => failure,
        }
    }

    fn was_interrupted(&self) -> bool {
        let hooks = self.used.handle.hooks();
        hooks
            .busy
            .as_ref()
            .is_some_and(|busy| busy.take_interrupted())
    }

    /// Makes a call during which functions of the program may be called.
    pub(crate) fn running<T>(&self, call: impl FnOnce() -> T) -> T {
        let running = &self.used.handle.running;
        running.fetch_add(1, Ordering::Relaxed);
        let outcome = call();
        running.fetch_sub(1, Ordering::Relaxed);
        outcome
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // SAFETY: the mutex was entered when this value was made, and `used`, which
        // keeps the connection alive, is dropped after this.
        unsafe { ffi::sqlite3_mutex_leave(ffi::sqlite3_db_mutex(self.db())) };
    }
}

/// Locks a Rust mutex for a few instructions; a panic elsewhere left nothing half done.
pub(crate) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

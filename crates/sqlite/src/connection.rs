//! A connection: opening, closing, its state, and the door to statements. Functions,
//! collations and hooks are registered in their own files.

use std::ffi::{CStr, CString, c_int};
use std::fmt;
use std::ptr;
use std::sync::Arc;

use redstart_core::{Error, ErrorKind, Result, Value};
use rusqlite::ffi;

use crate::error;
use crate::handle::Handle;
use crate::options::Options;
use crate::statement::Statement;

/// A connection to a database. Clones are the same connection.
///
/// Threads may share it: `SQLite` lets one of them in at a time, so every method except
/// [`interrupt`](Self::interrupt) may wait for a statement that runs on another thread.
/// A host with a lock of its own (an interpreter's) MUST leave it before a call, as the
/// running statement may need it for a user function. Dropping never waits.
///
/// It is closed by [`close`](Self::close) or with its last clone, statement and
/// interrupt handle.
#[derive(Clone)]
pub struct Connection {
    handle: Arc<Handle>,
}

/// Stops the running statements of a connection from another thread or a signal
/// handler. Does nothing once the connection is closed.
#[derive(Clone)]
pub struct InterruptHandle {
    handle: Arc<Handle>,
}

impl Connection {
    /// Opens a connection. Foreign keys are not enforced until a pragma says so, and
    /// extensions cannot be loaded until that is allowed, as in CPython's driver.
    ///
    /// A path that cannot be opened gives an operational error; a file that is no
    /// database is noticed by the first statement.
    pub fn open(options: &Options) -> Result<Self> {
        let path = CString::new(options.path.as_str())
            .map_err(|_| Error::value("The path of the database contains a null character."))?;
        let mut db = ptr::null_mut();
        // SAFETY: `path` ends with a null; `db` receives the connection.
        let code = unsafe {
            ffi::sqlite3_open_v2(path.as_ptr(), &raw mut db, open_flags(options), ptr::null())
        };
        if code != ffi::SQLITE_OK {
            let failure = open_failure(db, code, &options.path);
            // SAFETY: SQLite gives a connection, or null, also where opening failed.
            unsafe { ffi::sqlite3_close(db) };
            return Err(failure);
        }
        // SAFETY: the connection was opened FULLMUTEX above and nobody else knows it.
        let handle = unsafe { Handle::new(db, options.cached_statements) };
        let connection = Self {
            handle: Arc::new(handle),
        };
        connection.enforce_foreign_keys(false)?;
        connection.enable_load_extension(false)?;
        connection.set_busy_timeout(options.timeout)?;
        Ok(connection)
    }

    /// Prepares a statement, or takes an idle one of the same text. A text without a
    /// statement gives one that does nothing; a text with two is refused.
    pub fn prepare(&self, sql: &str) -> Result<Statement> {
        Statement::prepare(&self.handle, sql)
    }

    /// Runs a statement to its end and gives it, for its counts; rows are dropped.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<Statement> {
        let mut statement = self.prepare(sql)?;
        statement.bind(values)?;
        statement.finish()?;
        Ok(statement)
    }

    /// Runs all statements of a text; rows are dropped.
    pub fn execute_script(&self, sql: &str) -> Result<()> {
        let mut rest = sql;
        while !rest.is_empty() {
            let (mut statement, behind) = Statement::compile_first(&self.handle, rest)?;
            statement.finish()?;
            if behind.len() == rest.len() {
                return Ok(());
            }
            rest = behind;
        }
        Ok(())
    }

    /// Does work for which the connection is kept from other threads from its beginning to its end.
    pub fn exclusively<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let _locked = self.handle.lock()?;
        work()
    }

    /// Tells whether a transaction is open.
    pub fn in_transaction(&self) -> Result<bool> {
        let used = self.handle.enter()?;
        // SAFETY: `used` keeps the connection alive.
        Ok(unsafe { ffi::sqlite3_get_autocommit(used.db()) } == 0)
    }

    /// Ends the statements whose rows were not all read, which give no more. Tells whether
    /// nothing else is left: no transaction, no statement that runs on another thread. Never waits.
    pub fn tidy(&self) -> Result<bool> {
        Ok(self.handle.try_end_runs()? && !self.in_transaction()?)
    }

    /// Tells whether a statement has rows that were not read yet. Never waits.
    pub fn is_reading(&self) -> Result<bool> {
        self.handle.is_reading()
    }

    /// Ends what was left on the connection: the statements whose rows were not all read,
    /// which give no more, and an open transaction, which is rolled back.
    pub fn reset(&self) -> Result<()> {
        self.handle.end_runs()?;
        if self.in_transaction()? {
            self.execute("ROLLBACK", &[])?;
        }
        Ok(())
    }

    /// Gives the row id of the last insert.
    pub fn last_insert_rowid(&self) -> Result<i64> {
        let used = self.handle.enter()?;
        // SAFETY: `used` keeps the connection alive.
        Ok(unsafe { ffi::sqlite3_last_insert_rowid(used.db()) })
    }

    /// Gives the number of rows that the last INSERT, UPDATE or DELETE touched.
    pub fn changes(&self) -> Result<i64> {
        let used = self.handle.enter()?;
        // SAFETY: `used` keeps the connection alive.
        Ok(unsafe { ffi::sqlite3_changes64(used.db()) })
    }

    /// Gives the number of rows touched since the connection was opened.
    pub fn total_changes(&self) -> Result<i64> {
        let used = self.handle.enter()?;
        // SAFETY: `used` keeps the connection alive.
        Ok(unsafe { ffi::sqlite3_total_changes64(used.db()) })
    }

    /// Gives the handle that interrupts this connection.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle {
            handle: Arc::clone(&self.handle),
        }
    }

    /// Stops the running statements, which fail with an interrupted error.
    pub fn interrupt(&self) -> Result<()> {
        let used = self.handle.enter()?;
        // SAFETY: `used` keeps the connection alive; the call takes no lock.
        unsafe { ffi::sqlite3_interrupt(used.db()) };
        Ok(())
    }

    /// Sets a limit (`SQLITE_LIMIT_…`) and gives the previous one; a negative value
    /// changes nothing.
    pub fn set_limit(&self, limit: i32, value: i32) -> Result<i32> {
        let lock = self.handle.lock()?;
        // SAFETY: the connection is open and locked.
        Ok(unsafe { ffi::sqlite3_limit(lock.db(), limit, value) })
    }

    /// Allows or forbids loading extensions, from here and from SQL.
    pub fn enable_load_extension(&self, enabled: bool) -> Result<()> {
        let lock = self.handle.lock()?;
        // SAFETY: the connection is open and locked.
        lock.check(unsafe { ffi::sqlite3_enable_load_extension(lock.db(), c_int::from(enabled)) })
    }

    /// Loads an extension from a shared library. Gives an operational error unless
    /// loading was allowed before. The library's code runs in this process.
    pub fn load_extension(&self, path: &str, entry_point: Option<&str>) -> Result<()> {
        let lock = self.handle.lock()?;
        let path = c_string(path)?;
        let entry_point = entry_point.map(c_string).transpose()?;
        let entry = entry_point
            .as_ref()
            .map_or(ptr::null(), |name| name.as_ptr());
        let mut message = ptr::null_mut();
        // SAFETY: the connection is open and locked; the texts end with a null; the
        // message is SQLite's memory and freed below.
        unsafe {
            let code =
                ffi::sqlite3_load_extension(lock.db(), path.as_ptr(), entry, &raw mut message);
            if code == ffi::SQLITE_OK {
                return Ok(());
            }
            if message.is_null() {
                return Err(error::without_connection(code));
            }
            let text = CStr::from_ptr(message).to_string_lossy().into_owned();
            ffi::sqlite3_free(message.cast());
            Err(error::from_code(code, text))
        }
    }

    /// Closes the connection: rolls back an open transaction and ends statements that
    /// are still held. From then on everything but another close is refused.
    ///
    /// Gives a programming error inside of a user function of this connection.
    pub fn close(&self) -> Result<()> {
        self.handle.close()
    }

    /// Tells whether the connection was closed.
    pub fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }

    fn enforce_foreign_keys(&self, enforced: bool) -> Result<()> {
        let lock = self.handle.lock()?;
        let none: *mut c_int = ptr::null_mut();
        // SAFETY: the connection is open and locked; this option takes a number and an
        // address that may be null.
        lock.check(unsafe {
            ffi::sqlite3_db_config(
                lock.db(),
                ffi::SQLITE_DBCONFIG_ENABLE_FKEY,
                c_int::from(enforced),
                none,
            )
        })
    }
}

impl InterruptHandle {
    /// Stops the running statements of the connection.
    pub fn interrupt(&self) {
        if let Ok(used) = self.handle.enter() {
            // SAFETY: `used` keeps the connection alive; the call takes no lock.
            unsafe { ffi::sqlite3_interrupt(used.db()) };
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InterruptHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterruptHandle").finish_non_exhaustive()
    }
}

/// Makes a text for `SQLite` from a name.
pub(crate) fn c_string(text: &str) -> Result<CString> {
    CString::new(text)
        .map_err(|_| error::programming(format!("The name {text:?} contains a null character.")))
}

fn open_flags(options: &Options) -> c_int {
    let mut flags = ffi::SQLITE_OPEN_FULLMUTEX | ffi::SQLITE_OPEN_EXRESCODE;
    if options.read_only {
        flags |= ffi::SQLITE_OPEN_READONLY;
    } else {
        flags |= ffi::SQLITE_OPEN_READWRITE;
        if options.create {
            flags |= ffi::SQLITE_OPEN_CREATE;
        }
    }
    if options.uri {
        flags |= ffi::SQLITE_OPEN_URI;
    }
    flags
}

fn open_failure(db: *mut ffi::sqlite3, code: c_int, path: &str) -> Error {
    if db.is_null() {
        return Error::new(ErrorKind::Operational, "out of memory");
    }
    // SAFETY: nobody else knows this connection, so its message does not change.
    let text = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(db)) }.to_string_lossy();
    error::from_code(code, format!("{text}: {path:?}"))
}

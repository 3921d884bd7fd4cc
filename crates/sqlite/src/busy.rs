//! The wait for another connection's lock: short sleeps until the lock is free, the time is
//! over, or the statement is to be interrupted (`SQLite`'s own handler would sleep on).

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::time::{Duration, Instant};

use redstart_core::Result;
use rusqlite::ffi;

use crate::connection::Connection;
use crate::handle::{Handle, Locked};
use crate::hooks::ProgressHandler;

/// What the handler needs to know, boxed so that `SQLite` can point to it.
pub(crate) struct Busy {
    db: *mut ffi::sqlite3,
    /// Whose hook it is: it knows who is asked whether to go on.
    handle: *const Handle,
    timeout: Duration,
    since: Cell<Option<Instant>>,
    interrupted: Cell<bool>,
}

impl Busy {
    /// Tells, once, whether the last wait ended because the statement was interrupted.
    pub(crate) fn take_interrupted(&self) -> bool {
        self.interrupted.take()
    }
}

// SAFETY: the handler is called, and replaced, only with the connection's mutex held.
unsafe impl Send for Busy {}

impl Connection {
    /// Sets how long a statement waits for another connection's lock.
    pub fn set_busy_timeout(&self, timeout: Duration) -> Result<()> {
        let lock = self.handle().lock()?;
        install(self.handle(), &lock, timeout)
    }
}

fn install(handle: &Handle, lock: &Locked<'_>, timeout: Duration) -> Result<()> {
    let busy = Box::new(Busy {
        db: lock.db(),
        handle: ptr::from_ref(handle),
        timeout,
        since: Cell::new(None),
        interrupted: Cell::new(false),
    });
    let context = ptr::from_ref(&*busy).cast_mut().cast();
    // SAFETY: the box outlives its registration: it is dropped after the next one.
    let code = unsafe { ffi::sqlite3_busy_handler(lock.db(), Some(on_busy), context) };
    lock.check(code)?;
    let previous = handle.hooks().busy.replace(busy);
    drop(previous);
    Ok(())
}

/// Tells whether a text may be `PRAGMA busy_timeout`, which reads and sets the time of
/// `SQLite`'s own handler (<https://www.sqlite.org/pragma.html#pragma_busy_timeout>).
pub(crate) fn is_pragma(sql: &str) -> bool {
    const NAME: &[u8] = b"busy_timeout";
    let bytes = sql.as_bytes();
    bytes.len() <= LONGEST_PRAGMA
        && bytes
            .windows(NAME.len())
            .any(|window| window.eq_ignore_ascii_case(NAME))
}

/// Compiles a text that may be the pragma, which does its work then: with `SQLite`'s own
/// handler in place, whose time is ours afterwards.
pub(crate) fn compile_pragma<T>(
    handle: &Handle,
    lock: &Locked<'_>,
    compile: impl FnOnce() -> T,
) -> Result<T> {
    let timeout = handle.hooks().busy.as_ref().map(|busy| busy.timeout);
    let milliseconds = timeout.unwrap_or_default().as_millis();
    let milliseconds = c_int::try_from(milliseconds).unwrap_or(c_int::MAX);
    // SAFETY: the connection is open and locked.
    let code = unsafe { ffi::sqlite3_busy_timeout(lock.db(), milliseconds) };
    lock.check(code)?;
    let compiled = compile();
    let now = own_timeout(lock);
    install(handle, lock, now)?;
    Ok(compiled)
}

/// Reads the time of `SQLite`'s own handler.
fn own_timeout(lock: &Locked<'_>) -> Duration {
    let mut statement = ptr::null_mut();
    // SAFETY: the connection is open and locked; the statement, which may be null, is freed.
    let milliseconds = unsafe {
        let text = c"PRAGMA busy_timeout".as_ptr();
        ffi::sqlite3_prepare_v2(lock.db(), text, -1, &raw mut statement, ptr::null_mut());
        let found = ffi::sqlite3_step(statement) == ffi::SQLITE_ROW;
        let value = if found {
            ffi::sqlite3_column_int64(statement, 0)
        } else {
            0
        };
        ffi::sqlite3_finalize(statement);
        value
    };
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

/// A text with the pragma is short; longer ones are not searched for it.
const LONGEST_PRAGMA: usize = 80;

unsafe extern "C" fn on_busy(context: *mut c_void, count: c_int) -> c_int {
    // SAFETY: `context` is the address of the registered box, which is not replaced while a
    // statement of the connection runs.
    let busy = unsafe { &*context.cast::<Busy>() };
    let now = Instant::now();
    let since = busy.since.get().filter(|_| count > 0).unwrap_or(now);
    busy.since.set(Some(since));
    let waited = now.saturating_duration_since(since);
    // SAFETY: the connection is open: a statement of it waits. Its handle has the hooks, this one too.
    let (interrupted, watch) = unsafe {
        let interrupted = ffi::sqlite3_is_interrupted(busy.db) != 0;
        (interrupted, (*busy.handle).hooks().watch())
    };
    let interrupted = interrupted || watch.is_some_and(|watch| is_told(&watch));
    busy.interrupted.set(interrupted);
    if interrupted || waited >= busy.timeout {
        return 0;
    }
    let pause = usize::try_from(count).map_or(LONGEST, |count| {
        PAUSES.get(count).copied().unwrap_or(LONGEST)
    });
    let left = busy.timeout.saturating_sub(waited);
    std::thread::sleep(Duration::from_millis(pause).min(left));
    1
}

/// Asks whether to interrupt; a panic says yes.
fn is_told(watch: &ProgressHandler) -> bool {
    catch_unwind(AssertUnwindSafe(&**watch)).unwrap_or(true)
}

/// How many milliseconds each sleep takes; later ones take the longest.
const PAUSES: [u64; 6] = [1, 2, 5, 10, 15, 20];
const LONGEST: u64 = 25;

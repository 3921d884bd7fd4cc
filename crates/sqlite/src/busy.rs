//! The wait for another connection's lock: short sleeps until the lock is free, the time is
//! over, or the statement is to be interrupted (`SQLite`'s own handler would sleep on).

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use redstart_core::Result;
use rusqlite::ffi;

use crate::connection::Connection;

/// What the handler needs to know, boxed so that `SQLite` can point to it.
pub(crate) struct Busy {
    db: *mut ffi::sqlite3,
    timeout: Duration,
    since: Cell<Option<Instant>>,
}

// SAFETY: the handler is called, and replaced, only with the connection's mutex held.
unsafe impl Send for Busy {}

impl Connection {
    /// Sets how long a statement waits for another connection's lock.
    pub fn set_busy_timeout(&self, timeout: Duration) -> Result<()> {
        let lock = self.handle().lock()?;
        let busy = Box::new(Busy {
            db: lock.db(),
            timeout,
            since: Cell::new(None),
        });
        let context = ptr::from_ref(&*busy).cast_mut().cast();
        // SAFETY: the box outlives its registration: it is dropped after the next one.
        let code = unsafe { ffi::sqlite3_busy_handler(lock.db(), Some(on_busy), context) };
        lock.check(code)?;
        let previous = self.handle().hooks().busy.replace(busy);
        drop(previous);
        Ok(())
    }
}

unsafe extern "C" fn on_busy(context: *mut c_void, count: c_int) -> c_int {
    // SAFETY: `context` is the address of the registered box, which is not replaced while a
    // statement of the connection runs.
    let busy = unsafe { &*context.cast::<Busy>() };
    let now = Instant::now();
    let since = busy.since.get().filter(|_| count > 0).unwrap_or(now);
    busy.since.set(Some(since));
    let waited = now.saturating_duration_since(since);
    // SAFETY: the connection is open: a statement of it waits.
    let interrupted = unsafe { ffi::sqlite3_is_interrupted(busy.db) } != 0;
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

/// How many milliseconds each sleep takes; later ones take the longest.
const PAUSES: [u64; 6] = [1, 2, 5, 10, 15, 20];
const LONGEST: u64 = 25;

//! The only place that leaves the interpreter or blocks, and how a signal reaches a
//! statement that runs long.

mod awaitable;
mod watch;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::marker::Ungil;
use pyo3::prelude::*;
use redstart_core::{Error, ErrorKind};
use redstart_engine::Connection;
use redstart_engine::sqlite::ProgressHandler;
use redstart_wait::{Host, Interrupted, block_on, holding, set_host};

use crate::errors;

pub use awaitable::Awaitable;
pub(crate) use awaitable::awaitable;

/// Runs work that may block without holding the interpreter, and turns its error into an exception.
///
/// Locks of a database are taken in here only: a user function that runs under such a lock waits
/// for the interpreter, which nobody may hold while waiting for the lock.
pub(crate) fn blocking<T: Ungil + Send>(
    py: Python<'_>,
    work: impl FnOnce() -> redstart_core::Result<T> + Ungil + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| exception(py, &error))
}

/// Runs a statement as [`limited`] does. A server's answer that is near is waited for without giving
/// the interpreter up, as long as no other thread waits for one without it: a thread that computes
/// would keep it for milliseconds.
pub(crate) fn statement<T: Ungil + Send>(
    py: Python<'_>,
    native: &Connection,
    limit: Option<Duration>,
    work: impl FnOnce() -> redstart_core::Result<T> + Ungil + Send,
) -> PyResult<T> {
    if native.is_served() {
        return holding(work).map_err(|error| exception(py, &error));
    }
    limited(py, limit, work)
}

/// Does what [`blocking`] does. A statement of SQLite is interrupted after a time; a server's own
/// driver keeps the time itself.
pub(crate) fn limited<T: Ungil + Send>(
    py: Python<'_>,
    limit: Option<Duration>,
    work: impl FnOnce() -> redstart_core::Result<T> + Ungil + Send,
) -> PyResult<T> {
    let Some(limit) = limit else {
        return blocking(py, work);
    };
    let outcome = py.detach(|| {
        let outer = DEADLINE.replace(Some(Instant::now() + limit));
        let outcome = work();
        let deadline = DEADLINE.replace(outer);
        (outcome, deadline.is_some_and(|end| Instant::now() >= end))
    });
    match outcome {
        (Err(error), true) if error.is_interrupted() && !has_signal() => {
            Err(exception(py, &Error::timed_out()))
        }
        (outcome, _) => outcome.map_err(|error| exception(py, &error)),
    }
}

fn has_signal() -> bool {
    SIGNAL.with_borrow(Option::is_some)
}

/// Waits for an operation without holding the interpreter; a signal's exception ends the wait.
pub(crate) fn interruptible<F>(
    py: Python<'_>,
    operation: impl FnOnce() -> F + Ungil + Send,
) -> PyResult<F::Output>
where
    F: Future + Send,
    F::Output: Ungil + Send,
{
    py.detach(|| block_on(operation())).map_err(|Interrupted| {
        let signal = SIGNAL.with(RefCell::take);
        signal.unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))
    })
}

/// Lets a signal end the waits of the drivers, and says how the interpreter is released for
/// them. Call it once.
pub(crate) fn host_drivers() {
    set_host(Host {
        go_on: || {
            Python::attach(|py| match py.check_signals() {
                Ok(()) => true,
                Err(signal) => {
                    SIGNAL.with(|place| place.replace(Some(signal)));
                    false
                }
            })
        },
        release: |work| Python::attach(|py| py.detach(work)),
    });
}

/// Makes the handler that lets a signal interrupt a running statement.
///
/// Call it from the database's own progress callback. The signal's exception is kept for
/// [`blocking`], which raises it in place of the interrupted statement's error.
pub(crate) fn signal_watch() -> ProgressHandler {
    Arc::new(|| {
        let now = Instant::now();
        if DEADLINE.get().is_some_and(|end| now >= end) {
            return true;
        }
        let due = LAST_LOOK.with(|last| match last.get() {
            Some(look) if now.duration_since(look) < BETWEEN_LOOKS => false,
            _ => {
                last.set(Some(now));
                true
            }
        });
        due && Python::attach(|py| match py.check_signals() {
            Ok(()) => false,
            Err(signal) => {
                SIGNAL.with(|place| place.replace(Some(signal)));
                true
            }
        })
    })
}

/// The number of steps of SQLite's virtual machine between two looks at the clock.
pub(crate) const STEPS_BETWEEN_LOOKS: i32 = 20_000;

/// `SQLITE_BUSY`.
const BUSY: i32 = 5;

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

thread_local! {
    static LAST_LOOK: Cell<Option<Instant>> = const { Cell::new(None) };
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    static SIGNAL: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Gives the exception of a failed statement: the signal's or the driver's.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let signal = SIGNAL.with(RefCell::take);
    // A wait for another connection's lock that is interrupted says that the lock was not free.
    if let Some(signal) = signal.filter(|_| error.is_interrupted() || error.code() == Some(BUSY)) {
        return signal;
    }
    if error.kind() != ErrorKind::Operational || error.host_failure().is_none() {
        return errors::to_py(py, error);
    }
    // A user function failed: the statement's error is raised, and names the failure as its cause.
    let failure = errors::to_py(py, error);
    if !failure.is_instance_of::<pyo3::exceptions::PyException>(py) {
        return failure;
    }
    let raised = errors::to_py(py, &Error::new(ErrorKind::Operational, error.message()));
    raised.set_cause(py, Some(failure));
    raised
}

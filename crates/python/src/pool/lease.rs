//! The right to one connection of a pool, with the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use redstart_pool::{Acquired, Keep};

use crate::attached::AttachedCell;
use crate::connection::{Connection, seconds};

/// The right to one connection of a pool. Dropped, it frees its slot.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Lease {
    held: AttachedCell<Held>,
    prepared: AtomicBool,
    since: SystemTime,
}

struct Held {
    lease: Option<redstart_pool::Lease<Py<PyAny>>>,
    connection: Option<Py<PyAny>>,
    is_expired: bool,
    idle: Duration,
}

#[pymethods]
impl Lease {
    /// The connection; None where one is to be opened.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.held.with(py, |held| {
            held.connection
                .as_ref()
                .map(|connection| connection.clone_ref(py))
        })
    }

    /// Whether the connection is too old: it is to be closed, and `replace` called.
    #[getter]
    fn is_expired(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.is_expired)
    }

    /// How many seconds the connection was idle.
    #[getter]
    fn idle(&self, py: Python<'_>) -> f64 {
        self.held.with(py, |held| held.idle.as_secs_f64())
    }

    /// Whether the connection was prepared for its user.
    #[getter]
    fn prepared(&self) -> bool {
        self.prepared.load(Ordering::Relaxed)
    }

    #[setter]
    fn set_prepared(&self, prepared: bool) {
        self.prepared.store(prepared, Ordering::Relaxed);
    }

    /// Since when it is out, as a time of `time.time()`.
    #[getter]
    fn since(&self) -> f64 {
        let since = self.since.duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_secs_f64()
    }

    /// The lease's number, as `revoke_older_than` gives it; None when it has ended.
    #[getter]
    fn number(&self, py: Python<'_>) -> Option<String> {
        self.held.with(py, |held| {
            held.lease.as_ref().map(|lease| format!("{:?}", lease.id()))
        })
    }

    /// Takes the connection that was opened for the lease.
    ///
    /// Args:
    ///     connection: The connection.
    ///     jitter: By what the longest life is multiplied for it, 0.9 to 1.
    #[pyo3(signature = (connection, jitter=1.0))]
    fn opened(&self, py: Python<'_>, connection: Py<PyAny>, jitter: f64) -> PyResult<()> {
        let mut lease = self.lease(py)?;
        py.detach(|| lease.opened(jitter));
        self.held.with(py, |held| {
            held.lease = Some(lease);
            held.connection = Some(connection);
        });
        Ok(())
    }

    /// Looks for another connection after this one was closed; the slot stays.
    fn replace(&self, py: Python<'_>) -> PyResult<()> {
        let lease = self.lease(py)?;
        let next = Held::of(py.detach(|| lease.replace()));
        let old = self.held.with(py, |held| std::mem::replace(held, next));
        drop(old);
        Ok(())
    }

    /// Ends the lease. A connection on which work was left is made ready for the next one in the
    /// background, within so many seconds; until then it keeps its slot.
    ///
    /// Args:
    ///     keep: Whether the connection may be used again.
    ///     limit: How many seconds the making ready may take.
    ///
    /// Returns:
    ///     A connection that is to be closed, or None. Its slot is free when it is closed and
    ///     `discard` was called.
    #[pyo3(signature = (keep=true, limit=5.0))]
    fn give_back(&self, py: Python<'_>, keep: bool, limit: f64) -> PyResult<Option<Py<PyAny>>> {
        let lease = self.lease(py)?;
        let connection = self.held.with(py, |held| held.connection.take());
        let Some(connection) = connection else {
            lease.discard();
            return Ok(None);
        };
        if keep && let Ok(own) = connection.bind(py).cast::<Connection>() {
            let native = own.get().native().clone();
            if !native.tidy() && !native.is_closed() {
                reset_later(native, lease, connection, seconds(limit));
                return Ok(None);
            }
            let keep = keep_if(native.is_alive());
            return Ok(self.end(py, lease, connection, keep));
        }
        Ok(self.end(py, lease, connection, keep_if(keep)))
    }

    /// Frees the slot.
    pub(crate) fn discard(&self, py: Python<'_>) {
        let (lease, connection) = self
            .held
            .with(py, |held| (held.lease.take(), held.connection.take()));
        drop(connection);
        py.detach(move || drop(lease));
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held
            .with_collector(|held| visit.call(held.connection.as_ref()))
    }
}

impl Lease {
    pub(super) fn new(acquired: Acquired<Py<PyAny>>) -> Self {
        Self {
            held: AttachedCell::new(Held::of(acquired)),
            prepared: AtomicBool::new(false),
            since: SystemTime::now(),
        }
    }

    /// Makes a lease of a connection that was used before, and is prepared.
    pub(super) fn ready(acquired: Acquired<Py<PyAny>>) -> Self {
        let lease = Self::new(acquired);
        lease.set_prepared(true);
        lease
    }

    /// Tells whether the connection can be given back as it is: it is the engine's, is prepared, was not
    /// found dead, and nothing was left on it.
    pub(super) fn is_clean(&self, native: &redstart_engine::Connection) -> bool {
        self.prepared() && native.is_clean()
    }

    /// Gives a connection back that is clean; gives it where it is to be closed instead.
    pub(super) fn give_back_clean(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let lease = self.lease(py)?;
        let connection = self.held.with(py, |held| held.connection.take());
        Ok(connection.and_then(|connection| self.end(py, lease, connection, Keep::Yes)))
    }

    fn lease(&self, py: Python<'_>) -> PyResult<redstart_pool::Lease<Py<PyAny>>> {
        let lease = self.held.with(py, |held| held.lease.take());
        lease.ok_or_else(|| PyValueError::new_err("the lease has ended"))
    }

    /// Gives the connection back to the books; one that they do not want keeps its slot until
    /// `discard`.
    fn end(
        &self,
        py: Python<'_>,
        lease: redstart_pool::Lease<Py<PyAny>>,
        connection: Py<PyAny>,
        keep: Keep,
    ) -> Option<Py<PyAny>> {
        let retired = lease.give_back(connection, keep)?;
        let (connection, lease) = retired.into_parts();
        self.held.with(py, |held| held.lease = Some(lease));
        Some(connection)
    }
}

impl Held {
    fn of(acquired: Acquired<Py<PyAny>>) -> Self {
        let (connection, lease, is_expired, idle) = match acquired {
            Acquired::Idle {
                connection,
                lease,
                idle,
                ..
            } => (Some(connection), lease, false, idle),
            Acquired::Expired { connection, lease } => {
                (Some(connection), lease, true, Duration::ZERO)
            }
            Acquired::Vacant { lease } => (None, lease, false, Duration::ZERO),
        };
        Self {
            lease: Some(lease),
            connection,
            is_expired,
            idle,
        }
    }
}

/// What was acquired for a task, which has not fetched it yet. Where that is cancelled, the next
/// one gets it.
pub(super) struct Unclaimed(Option<Acquired<Py<PyAny>>>);

impl Unclaimed {
    pub(super) const fn new(acquired: Acquired<Py<PyAny>>) -> Self {
        Self(Some(acquired))
    }

    pub(super) fn claim(mut self) -> Option<Acquired<Py<PyAny>>> {
        self.0.take()
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        if let Some(retired) = self.0.take().and_then(Acquired::refuse) {
            retired.close(close_unused);
        }
    }
}

/// Makes a connection ready for the next one on a thread of its own, and gives it back then.
fn reset_later(
    native: redstart_engine::Connection,
    lease: redstart_pool::Lease<Py<PyAny>>,
    connection: Py<PyAny>,
    limit: Duration,
) {
    redstart_wait::spawn(move || {
        let reset = redstart_wait::wait(native.reset(limit));
        let keep = keep_if(reset.is_ok() && native.is_alive());
        if let Some(retired) = lease.give_back(connection, keep) {
            retired.close(|connection| {
                // The pool's owner may be gone with the interpreter.
                let _ = native.close();
                drop(connection);
            });
        }
    });
}

/// Closes a connection that nobody has used.
pub(crate) fn close_unused(connection: Py<PyAny>) {
    // At the end of the process nobody is left to close it for.
    Python::try_attach(|py| {
        // One that cannot even be closed is gone.
        let _ = connection.call_method0(py, intern!(py, "close"));
        drop(connection);
    });
}

fn keep_if(keep: bool) -> Keep {
    if keep { Keep::Yes } else { Keep::No }
}

//! The pool's books as Python sees them: leases with the connection that they are for. How a
//! connection is opened, proved and closed is the face's business.

use std::pin::pin;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyRuntimeError, PyTimeoutError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use redstart_pool::{Acquire, AcquireError, Acquired, Holder, Keep, Settings, Wait};
use redstart_wait::{Deadline, by_deadline};

use crate::attached::AttachedCell;
use crate::connection::{Connection, seconds};
use crate::wait::{self, Awaitable};

type Books = redstart_pool::Pool<Py<PyAny>>;

/// The books of a pool of connections, for threads and tasks at once.
///
/// Args:
///     max_size: How many connections may be in use; 0 for no limit.
///     stale_timeout: From which age in seconds on a connection is not used again.
///     max_lifetime: The same, a bit different for each connection.
///     idle_timeout: How many seconds a connection may be idle.
///     min_idle: How many idle ones are kept even so.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Pool {
    books: Books,
}

#[pymethods]
impl Pool {
    #[new]
    #[pyo3(signature = (max_size, stale_timeout=None, max_lifetime=None, idle_timeout=None, min_idle=0))]
    fn new(
        max_size: usize,
        stale_timeout: Option<f64>,
        max_lifetime: Option<f64>,
        idle_timeout: Option<f64>,
        min_idle: usize,
    ) -> Self {
        let ages = (stale_timeout, max_lifetime, idle_timeout);
        let settings = settings(max_size, ages, min_idle);
        Self {
            books: Books::new(settings),
        }
    }

    /// Changes the limit and the ages; connections are kept.
    #[expect(
        clippy::too_many_arguments,
        reason = "the settings are those of the constructor"
    )]
    #[pyo3(signature = (max_size, stale_timeout=None, max_lifetime=None, idle_timeout=None, min_idle=0))]
    fn configure(
        &self,
        py: Python<'_>,
        max_size: usize,
        stale_timeout: Option<f64>,
        max_lifetime: Option<f64>,
        idle_timeout: Option<f64>,
        min_idle: usize,
    ) {
        let ages = (stale_timeout, max_lifetime, idle_timeout);
        let settings = settings(max_size, ages, min_idle);
        py.detach(|| self.books.set_settings(settings));
    }

    /// Leases a slot.
    ///
    /// Args:
    ///     wait: How many seconds to wait for one: 0 for not at all, None for ever.
    ///     label: Who asks.
    ///     place: From where in the program.
    ///
    /// Raises:
    ///     TimeoutError: There was none in time; the message says who has them.
    ///     RuntimeError: The pool is closed.
    #[pyo3(signature = (wait, label, place=None))]
    fn acquire(
        &self,
        py: Python<'_>,
        wait: Option<f64>,
        label: String,
        place: Option<String>,
    ) -> PyResult<Lease> {
        let mut acquire = self.books.acquire(holder(label, place), waiting(wait));
        let immediate = acquire.try_now();
        let acquired = match immediate {
            Some(acquired) => acquired,
            None => wait::interruptible(py, || answer(acquire))?,
        };
        acquired.map(Lease::new).map_err(|error| refused(&error))
    }

    /// Does what `acquire` does, to be awaited.
    #[pyo3(signature = (wait, label, place=None))]
    fn aacquire<'py>(
        &self,
        py: Python<'py>,
        wait: Option<f64>,
        label: String,
        place: Option<String>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let acquire = self.books.acquire(holder(label, place), waiting(wait));
        let operation = Box::pin(async move { Ok(answer(acquire).await.map(Unclaimed::new)) });
        wait::awaitable(py, operation, |py, outcome| {
            let acquired = outcome.map_err(|error| wait::exception(py, &error))?;
            let unclaimed = acquired.map_err(|error| refused(&error))?;
            let lease = unclaimed.claim().map(Lease::new);
            Ok(lease.into_pyobject(py)?.unbind())
        })
    }

    /// Leases a slot for a connection to be opened in advance, or gives None if there are enough.
    fn refill(&self, py: Python<'_>) -> Option<Lease> {
        let lease = py.detach(|| self.books.refill(Holder::new("the pool")))?;
        Some(Lease::new(Acquired::Vacant { lease }))
    }

    /// Takes the idle connections that are too old or idle for too long, to be closed.
    fn take_expired(&self, py: Python<'_>) -> Vec<Py<PyAny>> {
        py.detach(|| self.books.take_expired(Instant::now()))
    }

    /// Takes all idle connections, to be closed.
    fn take_idle(&self, py: Python<'_>) -> Vec<Py<PyAny>> {
        py.detach(|| self.books.take_idle())
    }

    /// Forgets all connections and gives the idle ones.
    fn dispose(&self, py: Python<'_>) -> Vec<Py<PyAny>> {
        py.detach(|| self.books.dispose())
    }

    /// Closes the pool: who waits is told so. Gives the idle connections, to be closed.
    fn close(&self, py: Python<'_>) -> Vec<Py<PyAny>> {
        py.detach(|| self.books.close())
    }

    /// Opens a closed pool again.
    fn reopen(&self, py: Python<'_>) {
        py.detach(|| self.books.reopen());
    }

    /// Frees the slots of leases that are out for more than so many seconds, and gives their numbers.
    #[pyo3(signature = (age))]
    fn revoke_older_than(&self, py: Python<'_>, age: f64) -> Vec<String> {
        py.detach(|| {
            let Some(then) = Instant::now().checked_sub(seconds(age)) else {
                return Vec::new();
            };
            let leases = self.books.checked_out_before(then).into_iter();
            let revoked = leases.filter(|lease| self.books.revoke(*lease));
            revoked.map(|lease| format!("{lease:?}")).collect()
        })
    }

    /// The pool's figures of one moment.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = py.detach(|| self.books.stats());
        let dict = PyDict::new(py);
        dict.set_item("size", stats.size)?;
        dict.set_item("in_use", stats.in_use)?;
        dict.set_item("idle", stats.idle)?;
        dict.set_item("waiting", stats.waiting)?;
        dict.set_item("created", stats.created)?;
        dict.set_item("recycled", stats.recycled)?;
        Ok(dict)
    }

    /// Who has connections: tuples of a label, the seconds since it was leased, and the place.
    fn holders(&self, py: Python<'_>) -> Vec<(String, f64, Option<String>)> {
        let holders = py.detach(|| self.books.holders(Instant::now()));
        let rows = holders.into_iter();
        rows.map(|row| (row.holder.label, row.held.as_secs_f64(), row.holder.place))
            .collect()
    }
}

/// The right to one connection of a pool. Dropped, it frees its slot.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Lease {
    held: AttachedCell<Held>,
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
    fn discard(&self, py: Python<'_>) {
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
    fn new(acquired: Acquired<Py<PyAny>>) -> Self {
        Self {
            held: AttachedCell::new(Held::of(acquired)),
        }
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
struct Unclaimed(Option<Acquired<Py<PyAny>>>);

impl Unclaimed {
    const fn new(acquired: Acquired<Py<PyAny>>) -> Self {
        Self(Some(acquired))
    }

    fn claim(mut self) -> Option<Acquired<Py<PyAny>>> {
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
fn close_unused(connection: Py<PyAny>) {
    // At the end of the process nobody is left to close it for.
    Python::try_attach(|py| {
        // One that cannot even be closed is gone.
        let _ = connection.call_method0(py, intern!(py, "close"));
        drop(connection);
    });
}

async fn answer(acquire: Acquire<Py<PyAny>>) -> Result<Acquired<Py<PyAny>>, AcquireError> {
    let deadline = acquire.deadline();
    let mut acquire = pin!(acquire);
    match by_deadline(deadline, acquire.as_mut()).await {
        Ok(acquired) => acquired,
        Err(Deadline) => acquire.await,
    }
}

fn refused(error: &AcquireError) -> PyErr {
    match error {
        AcquireError::TimedOut { .. } | AcquireError::Exhausted { .. } => {
            PyTimeoutError::new_err(error.to_string())
        }
        AcquireError::Closed | AcquireError::Finished => PyRuntimeError::new_err(error.to_string()),
    }
}

/// Puts settings together; ages are those from which a connection is stale, has lived, was idle.
fn settings(
    max_size: usize,
    (stale_timeout, max_lifetime, idle_timeout): (Option<f64>, Option<f64>, Option<f64>),
    min_idle: usize,
) -> Settings {
    Settings {
        max_size,
        stale_timeout: stale_timeout.map(seconds),
        max_lifetime: max_lifetime.map(seconds),
        idle_timeout: idle_timeout.map(seconds),
        min_idle,
    }
}

fn holder(label: String, place: Option<String>) -> Holder {
    Holder { label, place }
}

fn waiting(wait: Option<f64>) -> Wait {
    match wait {
        None => Wait::Forever,
        Some(wait) if wait <= 0.0 => Wait::Never,
        Some(wait) => Wait::Until(Instant::now() + seconds(wait)),
    }
}

fn keep_if(keep: bool) -> Keep {
    if keep { Keep::Yes } else { Keep::No }
}

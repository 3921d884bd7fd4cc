//! The pool's books as Python sees them: leases with the connection that they are for. How a
//! connection is opened, proved and closed is the face's business.

mod asker;
mod lease;

use std::pin::pin;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyRuntimeError, PyTimeoutError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict};
use redstart_pool::{Acquire, AcquireError, Acquired, Holder, Settings, Wait};
use redstart_wait::{Deadline, by_deadline};

use crate::connection::{Connection, seconds};
use crate::scope::ConnectionState;
use crate::wait::{self, Awaitable};
use asker::asker;
pub use lease::Lease;
use lease::Unclaimed;
pub(crate) use lease::close_unused;

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
    /// The leases that are out, by the address of their connection.
    leases: Py<PyDict>,
}

#[pymethods]
impl Pool {
    #[new]
    #[pyo3(signature = (max_size, stale_timeout=None, max_lifetime=None, idle_timeout=None, min_idle=0))]
    fn new(
        py: Python<'_>,
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
            leases: PyDict::new(py).unbind(),
        }
    }

    /// The leases that are out, by the `id()` of their connection.
    #[getter]
    fn leases(&self, py: Python<'_>) -> Py<PyDict> {
        self.leases.clone_ref(py)
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
    ///     place: From where in the program it is asked for.
    ///
    /// Raises:
    ///     TimeoutError: There was none in time; the message says who has them.
    ///     RuntimeError: The pool is closed.
    #[pyo3(signature = (wait, place=None))]
    fn acquire(&self, py: Python<'_>, wait: Option<f64>, place: Option<String>) -> PyResult<Lease> {
        let mut acquire = self.books.acquire(holder(py, place)?, waiting(wait));
        let immediate = acquire.try_now();
        let acquired = match immediate {
            Some(acquired) => acquired,
            None => wait::interruptible(py, || answer(acquire))?,
        };
        acquired.map(Lease::new).map_err(|error| refused(&error))
    }

    /// Does what `acquire` does, to be awaited.
    #[pyo3(signature = (wait, place=None))]
    fn aacquire<'py>(
        &self,
        py: Python<'py>,
        wait: Option<f64>,
        place: Option<String>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let acquire = self.books.acquire(holder(py, place)?, waiting(wait));
        let operation = Box::pin(async move { Ok(answer(acquire).await.map(Unclaimed::new)) });
        wait::awaitable(py, operation, |py, outcome| {
            let acquired = outcome.map_err(|error| wait::exception(py, &error))?;
            let unclaimed = acquired.map_err(|error| refused(&error))?;
            let lease = unclaimed.claim().map(Lease::new);
            Ok(lease.into_pyobject(py)?.unbind())
        })
    }

    /// Gives a state that has no connection an idle one that can be used as it is. Nothing is opened,
    /// asked or waited for.
    ///
    /// Args:
    ///     state: The state; none that somebody opens a connection for.
    ///     probe_after: A connection that was idle for so many seconds may not live any more; None for
    ///         never.
    ///     place: From where in the program it is asked for.
    ///
    /// Returns:
    ///     Whether there was one.
    #[pyo3(signature = (state, probe_after=None, place=None))]
    fn take(
        &self,
        state: &Bound<'_, ConnectionState>,
        probe_after: Option<f64>,
        place: Option<String>,
    ) -> PyResult<bool> {
        self.take_for(state, probe_after.map(seconds), place)
    }

    /// Ends the lease of a connection on which nothing was left.
    ///
    /// Args:
    ///     connection: The connection.
    ///
    /// Returns:
    ///     True where it can be used by the next one; its lease where it is to be closed and the lease
    ///     discarded; None where more is to be done with it, and nothing has changed.
    #[pyo3(signature = (connection))]
    fn check_in<'py>(&self, connection: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = connection.py();
        let Ok(own) = connection.cast::<Connection>() else {
            return Ok(None);
        };
        let Some(lease) = self.clean_lease(own)? else {
            return Ok(None);
        };
        Ok(Some(match self.end(own, &lease)? {
            None => PyBool::new(py, true).to_owned().into_any(),
            Some(_) => lease.into_any(),
        }))
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

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.leases)
    }
}

impl Pool {
    /// Does what `take` does.
    pub(crate) fn take_for(
        &self,
        state: &Bound<'_, ConnectionState>,
        probe_after: Option<Duration>,
        place: Option<String>,
    ) -> PyResult<bool> {
        let py = state.py();
        let Some(acquired) = self.books.take_ready(holder(py, place)?) else {
            return Ok(false);
        };
        let limit = probe_after.unwrap_or(Duration::MAX);
        let connection = match &acquired {
            Acquired::Idle {
                connection, idle, ..
            } if *idle < limit => usable(connection.bind(py)),
            _ => None,
        };
        let Some(connection) = connection else {
            refuse(acquired);
            return Ok(false);
        };
        let key = address(&connection);
        let lease = Bound::new(py, Lease::ready(acquired))?;
        self.leases.bind(py).set_item(key, &lease)?;
        if state.get().open_with(py, connection.into_any()) {
            return Ok(true);
        }
        self.leases.bind(py).del_item(key)?;
        if let Some(connection) = lease.get().give_back_clean(py)? {
            close_unused(connection);
        }
        Ok(false)
    }

    /// Gives the lease of a connection on which nothing was left.
    pub(crate) fn clean_lease<'py>(
        &self,
        connection: &Bound<'py, Connection>,
    ) -> PyResult<Option<Bound<'py, Lease>>> {
        let leases = self.leases.bind(connection.py());
        let Some(lease) = leases.get_item(address(connection))? else {
            return Ok(None);
        };
        let lease = lease.cast_into::<Lease>()?;
        Ok(lease
            .get()
            .is_clean(connection.get().native())
            .then_some(lease))
    }

    /// Ends the lease of a connection on which nothing was left; gives the connection where it is to be
    /// closed and the lease discarded.
    pub(crate) fn end(
        &self,
        connection: &Bound<'_, Connection>,
        lease: &Bound<'_, Lease>,
    ) -> PyResult<Option<Py<PyAny>>> {
        let py = connection.py();
        self.leases.bind(py).del_item(address(connection))?;
        lease.get().give_back_clean(py)
    }
}

/// Gives a connection where it is the engine's, and known to be of use.
fn usable<'py>(connection: &Bound<'py, PyAny>) -> Option<Bound<'py, Connection>> {
    let connection = connection.cast::<Connection>().ok()?;
    connection
        .get()
        .native()
        .is_alive()
        .then(|| connection.clone())
}

/// Leaves what was acquired to the next one.
fn refuse(acquired: Acquired<Py<PyAny>>) {
    if let Some(retired) = acquired.refuse() {
        retired.close(close_unused);
    }
}

fn address(connection: &Bound<'_, Connection>) -> usize {
    connection.as_ptr() as usize
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

fn holder(py: Python<'_>, place: Option<String>) -> PyResult<Holder> {
    let label = asker(py)?;
    Ok(Holder { label, place })
}

fn waiting(wait: Option<f64>) -> Wait {
    match wait {
        None => Wait::Forever,
        Some(wait) if wait <= 0.0 => Wait::Never,
        Some(wait) => Wait::Until(Instant::now() + seconds(wait)),
    }
}

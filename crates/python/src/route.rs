//! The direct way from a database to a connection of the engine's, known as long as nobody
//! watches or overrides how its statements are run and its connections are handled.

use std::ffi::c_uint;
use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::ffi::{Py_TPFLAGS_VALID_VERSION_TAG, PyType_GetFlags};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyType};
use redstart_core::Capability;

use crate::capability::PyCapability;
use crate::connection::{Connection, seconds};
use crate::instance::SelectPlans;
use crate::pool::{Pool, close_unused};
use crate::row::CursorWrapper;
use crate::scope::{ConnectionState, Scopes};

/// The direct way from a database to its connection. Who makes it has found that the class and the
/// settings let the engine go it; it notices itself when the class changes or somebody listens.
///
/// Args:
///     class: The database's class.
///     scopes: Whose connection it is.
///     hooks: The list of those who watch statements.
///     loggers: Of each logger that may be listened to, the dict of what it is enabled for, by level; None
///         as long as `logging` is not imported.
///     capability: What statements are rendered for; None where Python renders them.
///     autoconnect: Whether a statement takes a connection where the scope is no context.
///     pool: Where connections are taken from and given back to, where the engine may do that.
///     probe_after: As for `Pool.take`.
#[pyclass(frozen, module = "redstart._native")]
pub struct Route {
    class: Py<PyType>,
    version: Version,
    scopes: Py<Scopes>,
    hooks: Py<PyList>,
    loggers: Loggers,
    capability: Option<Arc<Capability>>,
    autoconnect: bool,
    pool: Option<Py<Pool>>,
    probe_after: Option<Duration>,
}

enum Loggers {
    Known(Vec<Py<PyDict>>),
    /// There are none as long as `logging` is not among these modules.
    Unknown(Py<PyDict>),
}

#[pymethods]
impl Route {
    #[new]
    #[pyo3(signature = (class, scopes, hooks, loggers, capability, *, autoconnect, pool=None, probe_after=None))]
    #[expect(clippy::too_many_arguments, reason = "a route has as many conditions")]
    fn new(
        class: Bound<'_, PyType>,
        scopes: Py<Scopes>,
        hooks: Py<PyList>,
        loggers: Option<Vec<Py<PyDict>>>,
        capability: Option<&Bound<'_, PyCapability>>,
        autoconnect: bool,
        pool: Option<Py<Pool>>,
        probe_after: Option<f64>,
    ) -> PyResult<Self> {
        // A class has a version from the first time on that something is looked up in it.
        let py = class.py();
        class.getattr_opt(intern!(py, "__doc__"))?;
        let loggers = match loggers {
            Some(loggers) => Loggers::Known(loggers),
            None => Loggers::Unknown(py.import("sys")?.getattr("modules")?.cast_into()?.unbind()),
        };
        let version = Version::of(&class).filter(|version| version.is_reliable(py));
        let version = version.ok_or_else(|| {
            PyValueError::new_err(format!("changes of {class} cannot be noticed"))
        })?;
        Ok(Self {
            version,
            class: class.unbind(),
            scopes,
            hooks,
            loggers,
            capability: capability.map(|capability| Arc::clone(&capability.get().0)),
            autoconnect,
            pool,
            probe_after: probe_after.map(seconds),
        })
    }

    /// Whether the class is as it was, and the loggers are those that there are.
    #[getter]
    fn is_current(&self, py: Python<'_>) -> PyResult<bool> {
        let is_known = match &self.loggers {
            Loggers::Known(_) => true,
            Loggers::Unknown(modules) => !modules.bind(py).contains(intern!(py, "logging"))?,
        };
        Ok(is_known && Version::of(self.class.bind(py)).as_ref() == Some(&self.version))
    }

    /// Gives the connection for a statement of the running scope; takes one from the pool where
    /// there is none.
    ///
    /// Returns:
    ///     The connection; None where it takes more than that, and nothing has changed.
    fn connection<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, Connection>>> {
        if !self.is_free(py)? {
            return Ok(None);
        }
        let Some(state) = Scopes::blocking(self.scopes.bind(py))? else {
            return Ok(None);
        };
        if let Some(connection) = state.get().open_connection(py) {
            return Ok(own(connection));
        }
        let (Some(pool), true) = (&self.pool, self.autoconnect || state.get().in_context(py))
        else {
            return Ok(None);
        };
        if !pool.get().take_for(&state, self.probe_after, None)? {
            return Ok(None);
        }
        Ok(state.get().open_connection(py).and_then(own))
    }

    /// Runs a query that selects all fields of a model, under conditions and in an order of its columns.
    ///
    /// Args:
    ///     query: The query.
    ///
    /// Returns:
    ///     The rows; None, with nothing sent, where it takes more than that.
    pub(crate) fn select<'py>(
        &self,
        query: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, CursorWrapper>>> {
        let py = query.py();
        let Some(capability) = &self.capability else {
            return Ok(None);
        };
        if !self.is_free(py)? {
            return Ok(None);
        }
        let Some(planned) = SelectPlans::find(query, capability)? else {
            return Ok(None);
        };
        let Some(connection) = self.connection(py)? else {
            return Ok(None);
        };
        let statement = planned.statement;
        let cursor = Connection::run_with(&connection, &statement.sql, statement.binds, None)?;
        let rows = CursorWrapper::new(py, cursor.into_any().unbind(), &planned.rows);
        Bound::new(py, rows).map(Some)
    }

    /// Ends what `Scopes.bind` began, and gives the connection back to the pool.
    ///
    /// Args:
    ///     state: The state.
    ///     token: What `bind` gave.
    ///
    /// Returns:
    ///     Whether it did; False where it takes more than that, and nothing has changed.
    fn end_scope(
        &self,
        state: &Bound<'_, ConnectionState>,
        token: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let py = state.py();
        let scopes = self.scopes.get();
        if !self.is_free(py)? || scopes.outliving(state)?.is_some() {
            return Ok(false);
        }
        let Some(connection) = state.get().open_connection(py) else {
            scopes.unbind(state, token, false)?;
            return Ok(true);
        };
        let (Some(pool), Some(connection)) = (&self.pool, own(connection)) else {
            return Ok(false);
        };
        let Some(lease) = pool.get().clean_lease(&connection)? else {
            return Ok(false);
        };
        scopes.unbind(state, token, false)?;
        drop(state.get().take_connection(py));
        if let Some(old) = pool.get().end(&connection, &lease)? {
            close_unused(old);
            lease.get().discard(py);
        }
        Ok(true)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.class)?;
        visit.call(&self.scopes)?;
        visit.call(&self.hooks)?;
        visit.call(self.pool.as_ref())?;
        match &self.loggers {
            Loggers::Known(loggers) => loggers.iter().try_for_each(|logger| visit.call(logger)),
            Loggers::Unknown(modules) => visit.call(modules),
        }
    }
}

impl Route {
    /// Tells whether nobody watches or has changed the class, as far as that is known without asking.
    fn is_free(&self, py: Python<'_>) -> PyResult<bool> {
        if !self.is_current(py)? || !self.hooks.bind(py).is_empty() {
            return Ok(false);
        }
        let Loggers::Known(loggers) = &self.loggers else {
            return Ok(true);
        };
        for logger in loggers {
            // What is not known is asked by Python, and known then.
            let heard = logger.bind(py).get_item(DEBUG)?;
            if !heard.is_some_and(|heard| heard.is(PyBool::new(py, false))) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The number of `logging.DEBUG`.
const DEBUG: u8 = 10;

fn own(connection: Bound<'_, PyAny>) -> Option<Bound<'_, Connection>> {
    connection.cast_into_exact().ok()
}

/// The present state of a class: what is set on it or on its bases makes it another one, and no two
/// are equal (CPython's `tp_version_tag`, of which a flag says up to Python 3.11 whether it holds).
#[derive(PartialEq, Eq)]
struct Version {
    number: c_uint,
    is_flagged: bool,
}

impl Version {
    /// Gives a class's version; None where it has none.
    fn of(class: &Bound<'_, PyType>) -> Option<Self> {
        let class = class.as_type_ptr();
        // SAFETY: the class is alive, and its fields change under the interpreter's lock, which is held.
        let (number, flags) = unsafe { ((*class).tp_version_tag, PyType_GetFlags(class)) };
        let is_flagged = flags & Py_TPFLAGS_VALID_VERSION_TAG != 0;
        (number != 0).then_some(Self { number, is_flagged })
    }

    /// Tells whether it changes whenever the class does.
    fn is_reliable(&self, py: Python<'_>) -> bool {
        self.is_flagged || py.version_info() >= (3, 12)
    }
}

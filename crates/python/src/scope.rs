//! Whose connection it is: the state of a database's connection, one for each thread or
//! one for all. Nothing here opens or closes a connection.

use std::sync::{Arc, Weak};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;
use redstart_engine::ScopeId;

use crate::attached::AttachedCell;

/// The states of a database's connections, one for each thread.
#[pyclass(frozen, module = "redstart._native")]
pub struct Scopes {
    states: Arc<States>,
    /// Python's own thread-local storage: what lies in it goes before the thread counts as joined.
    endings: Py<PyAny>,
}

type States = redstart_engine::Scopes<Place>;

/// Where a scope's state lies once it was asked for.
#[derive(Default)]
struct Place(AttachedCell<Option<Py<ConnectionState>>>);

/// Ends a thread's scope when Python drops the thread's storage.
#[pyclass(frozen, module = "redstart._native")]
struct Ending {
    states: Weak<States>,
    scope: ScopeId,
}

#[pymethods]
impl Scopes {
    #[new]
    #[pyo3(signature = (thread_safe=true))]
    fn new(py: Python<'_>, thread_safe: bool) -> PyResult<Self> {
        Ok(Self {
            states: Arc::new(States::new(thread_safe, Place::default)),
            endings: py.import("_thread")?.getattr("_local")?.call0()?.unbind(),
        })
    }

    /// Gives the state that belongs to the running thread.
    fn current<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ConnectionState>> {
        if let Some(state) = self.states.with_current(|place| place.held(py)) {
            return Ok(state);
        }
        if !self.states.is_shared() {
            let ending = Ending {
                states: Arc::downgrade(&self.states),
                scope: ScopeId::current_thread(),
            };
            let ending = Bound::new(py, ending)?;
            self.endings
                .bind(py)
                .setattr(intern!(py, "ending"), ending)?;
        }
        let state = Bound::new(py, ConnectionState::new(py))?;
        // Making them may have run Python code that asked for the state as well.
        Ok(self.states.with_current(|place| place.hold(state)))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.endings)?;
        if self.states.is_shared() {
            return self.states.with_current(|place| place.traverse(&visit));
        }
        let states = self.states.all();
        states
            .iter()
            .try_for_each(|(_, place)| place.traverse(&visit))
    }
}

impl Place {
    fn held<'py>(&self, py: Python<'py>) -> Option<Bound<'py, ConnectionState>> {
        self.0.with(py, |state| {
            state.as_ref().map(|state| state.bind(py).clone())
        })
    }

    /// Keeps a state unless there is one, and gives the one that is kept.
    fn hold<'py>(&self, state: Bound<'py, ConnectionState>) -> Bound<'py, ConnectionState> {
        let py = state.py();
        let kept = self.0.with(py, |place| {
            place
                .get_or_insert_with(|| state.clone().unbind())
                .bind(py)
                .clone()
        });
        drop(state);
        kept
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.with_collector(|state| visit.call(state.as_ref()))
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let state = self
            .states
            .upgrade()
            .and_then(|states| states.remove(self.scope));
        drop(state);
    }
}

/// The state of one connection: the connection itself, and what is open on it.
#[pyclass(frozen, dict, weakref, module = "redstart._native")]
pub struct ConnectionState {
    held: AttachedCell<Held>,
}

struct Held {
    closed: bool,
    conn: Option<Py<PyAny>>,
    ctx: Option<Py<PyAny>>,
    transactions: Option<Py<PyAny>>,
    callbacks: Option<Py<PyAny>>,
}

#[pymethods]
impl ConnectionState {
    #[new]
    fn new(py: Python<'_>) -> Self {
        Self {
            held: AttachedCell::new(Held::empty(py)),
        }
    }

    /// Whether no connection is open.
    #[getter]
    fn closed(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.closed)
    }

    #[setter]
    fn set_closed(&self, py: Python<'_>, closed: bool) {
        self.held.with(py, |held| held.closed = closed);
    }

    /// The connection, or None.
    #[getter]
    fn conn(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.conn)
    }

    #[setter]
    fn set_conn(&self, py: Python<'_>, conn: Option<Py<PyAny>>) {
        self.replace(py, conn, |held| &mut held.conn);
    }

    /// The contexts that were entered, outermost first.
    #[getter]
    fn ctx(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.ctx)
    }

    #[setter]
    fn set_ctx(&self, py: Python<'_>, ctx: Option<Py<PyAny>>) {
        self.replace(py, ctx, |held| &mut held.ctx);
    }

    /// The transactions that are open, outermost first.
    #[getter]
    fn transactions(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.transactions)
    }

    #[setter]
    fn set_transactions(&self, py: Python<'_>, transactions: Option<Py<PyAny>>) {
        self.replace(py, transactions, |held| &mut held.transactions);
    }

    /// What is called after the outermost commit, in order.
    #[getter]
    fn callbacks(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.callbacks)
    }

    #[setter]
    fn set_callbacks(&self, py: Python<'_>, callbacks: Option<Py<PyAny>>) {
        self.replace(py, callbacks, |held| &mut held.callbacks);
    }

    /// Forgets the connection and everything that was open on it.
    fn reset(&self, py: Python<'_>) {
        let empty = Held::empty(py);
        let old = self.held.with(py, |held| std::mem::replace(held, empty));
        drop(old);
    }

    /// Takes a connection that was just opened.
    #[pyo3(signature = (conn))]
    fn set_connection(&self, py: Python<'_>, conn: Py<PyAny>) {
        let opened = Held {
            closed: false,
            conn: Some(conn),
            ..Held::empty(py)
        };
        let old = self.held.with(py, |held| std::mem::replace(held, opened));
        drop(old);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.with_collector(|held| {
            visit.call(held.conn.as_ref())?;
            visit.call(held.ctx.as_ref())?;
            visit.call(held.transactions.as_ref())?;
            visit.call(held.callbacks.as_ref())
        })
    }

    fn __clear__(&self) {
        let old = self.held.with_collector(|held| {
            let containers = (
                held.ctx.take(),
                held.transactions.take(),
                held.callbacks.take(),
            );
            (held.conn.take(), containers)
        });
        drop(old);
    }
}

impl ConnectionState {
    fn copy(
        &self,
        py: Python<'_>,
        part: impl Fn(&mut Held) -> &mut Option<Py<PyAny>>,
    ) -> Option<Py<PyAny>> {
        self.held.with(py, |held| {
            part(held).as_ref().map(|object| object.clone_ref(py))
        })
    }

    fn replace(
        &self,
        py: Python<'_>,
        value: Option<Py<PyAny>>,
        part: impl Fn(&mut Held) -> &mut Option<Py<PyAny>>,
    ) {
        let old = self
            .held
            .with(py, |held| std::mem::replace(part(held), value));
        drop(old);
    }
}

impl Held {
    fn empty(py: Python<'_>) -> Self {
        let list = || Some(PyList::empty(py).into_any().unbind());
        Self {
            closed: true,
            conn: None,
            ctx: list(),
            transactions: list(),
            callbacks: list(),
        }
    }
}

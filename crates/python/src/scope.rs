//! Whose connection it is: the state of a database's connection, one for each thread or
//! one for all. Nothing here opens or closes a connection.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::attached::AttachedCell;

/// The states of a database's connections, one for each thread.
#[pyclass(frozen, module = "redstart._native")]
pub struct Scopes {
    holder: Holder,
}

enum Holder {
    /// Python's own thread-local storage, which lets a thread's state go when the thread ends.
    PerThread(Py<PyAny>),
    Shared(Py<ConnectionState>),
}

#[pymethods]
impl Scopes {
    #[new]
    #[pyo3(signature = (thread_safe=true))]
    fn new(py: Python<'_>, thread_safe: bool) -> PyResult<Self> {
        let holder = if thread_safe {
            Holder::PerThread(py.import("_thread")?.getattr("_local")?.call0()?.unbind())
        } else {
            Holder::Shared(Py::new(py, ConnectionState::new(py))?)
        };
        Ok(Self { holder })
    }

    /// Gives the state that belongs to the running thread.
    fn current<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ConnectionState>> {
        let local = match &self.holder {
            Holder::Shared(state) => return Ok(state.bind(py).clone()),
            Holder::PerThread(local) => local.bind(py),
        };
        let name = intern!(py, "state");
        if let Some(state) = local.getattr_opt(name)? {
            return Ok(state.cast_into::<ConnectionState>()?);
        }
        let state = Bound::new(py, ConnectionState::new(py))?;
        local.setattr(name, &state)?;
        Ok(state)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match &self.holder {
            Holder::PerThread(local) => visit.call(local),
            Holder::Shared(state) => visit.call(state),
        }
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

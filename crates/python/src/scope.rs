//! Whose connection it is: the state of a database's connection, one for each thread or
//! one for all, and one for each task that uses the database asynchronously. Nothing here
//! opens or closes a connection.

mod tasks;

use std::sync::{Arc, Weak};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;
use redstart_core::{Error, ErrorKind};
use redstart_engine::ScopeId;

use crate::attached::AttachedCell;
use crate::errors;
use tasks::Tasks;

/// The states of a database's connections, one for each thread, and one for each task that has used
/// the database asynchronously.
///
/// Args:
///     thread_safe: Whether each thread has a state of its own.
///     by_task: Whether a task has one in any case.
///     ended: Called with the state of a task that has ended.
#[pyclass(frozen, module = "redstart._native")]
pub struct Scopes {
    states: Arc<States>,
    tasks: Tasks,
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
    ended: Option<Py<PyAny>>,
}

#[pymethods]
impl Scopes {
    #[new]
    #[pyo3(signature = (thread_safe=true, by_task=false, ended=None))]
    fn new(
        py: Python<'_>,
        thread_safe: bool,
        by_task: bool,
        ended: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            states: Arc::new(States::new(thread_safe, Place::default)),
            tasks: Tasks::new(by_task, ended),
            endings: py.import("_thread")?.getattr("_local")?.call0()?.unbind(),
        })
    }

    /// Gives the state that belongs to the running task, where tasks have one, or to the running
    /// thread.
    fn current<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, ConnectionState>> {
        match Tasks::current(slf)? {
            Some(state) => Ok(state),
            None => slf.get().of_thread(slf.py()),
        }
    }

    /// Gives what `current` gives, or None where a call that blocks would block the event loop of the
    /// task whose state it is.
    fn blocking<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        if Tasks::current(slf)?.is_some() {
            return Ok(None);
        }
        let state = slf.get().of_thread(slf.py())?;
        if state.get().abandoned(slf.py()) {
            let message = "The task that lent its connection was cancelled.";
            let error = Error::new(ErrorKind::Interface, message);
            return Err(errors::to_py(slf.py(), &error));
        }
        Ok(Some(state))
    }

    /// Gives the state of the running task, which is made if there is none.
    ///
    /// Raises:
    ///     RuntimeError: No task is running.
    fn of_task<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, ConnectionState>> {
        Tasks::own(slf)
    }

    /// Gives the state of the running task, or None.
    fn find_task<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        Tasks::find(slf)
    }

    /// All states of tasks.
    fn of_all_tasks(&self, py: Python<'_>) -> Vec<Py<ConnectionState>> {
        self.tasks.all(py)
    }

    /// Has the running thread use a state instead of its own; gives its own.
    #[pyo3(signature = (state))]
    fn lend<'py>(
        &self,
        py: Python<'py>,
        state: Option<Bound<'py, ConnectionState>>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        // The thread's end is noted with its first state.
        self.of_thread(py)?;
        let state = state.map(Bound::unbind);
        let own = self.states.with_current(|place| place.replace(py, state));
        Ok(own.map(|own| own.into_bound(py)))
    }

    fn _task_done(slf: &Bound<'_, Self>, task: &Bound<'_, PyAny>) -> PyResult<()> {
        Tasks::end(slf, task)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.endings)?;
        self.tasks.traverse(&visit)?;
        if self.states.is_shared() {
            return self.states.with_current(|place| place.traverse(&visit));
        }
        let states = self.states.all();
        states
            .iter()
            .try_for_each(|(_, place)| place.traverse(&visit))
    }
}

impl Scopes {
    /// Gives the state that belongs to the running thread.
    fn of_thread<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ConnectionState>> {
        if let Some(state) = self.states.with_current(|place| place.held(py)) {
            return Ok(state);
        }
        if !self.states.is_shared() {
            let ending = Ending {
                states: Arc::downgrade(&self.states),
                scope: ScopeId::current_thread(),
                ended: self.tasks.ended(py),
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
}

impl Place {
    fn replace(
        &self,
        py: Python<'_>,
        state: Option<Py<ConnectionState>>,
    ) -> Option<Py<ConnectionState>> {
        self.0.with(py, |place| std::mem::replace(place, state))
    }

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
        let place = self
            .states
            .upgrade()
            .and_then(|states| states.remove(self.scope));
        let (Some(place), Some(ended)) = (place, self.ended.take()) else {
            return;
        };
        // At the end of the process nobody is left to be told.
        Python::try_attach(|py| {
            let Some(state) = place.held(py).filter(|state| !state.get().closed(py)) else {
                return;
            };
            if let Err(error) = ended.call1(py, (state,)) {
                error.write_unraisable(py, None);
            }
        });
    }
}

/// The state of one connection: the connection itself, and what is open on it.
#[pyclass(frozen, dict, weakref, module = "redstart._native")]
pub struct ConnectionState {
    held: AttachedCell<Held>,
}

struct Held {
    closed: bool,
    /// Rows are being fetched one after the other, and nothing else may run between them.
    streaming: bool,
    /// Who borrowed the state is to stop.
    abandoned: bool,
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

    /// Whether rows are being fetched one after the other, and nothing else may run between them.
    #[getter]
    fn streaming(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.streaming)
    }

    #[setter]
    fn set_streaming(&self, py: Python<'_>, streaming: bool) {
        self.held.with(py, |held| held.streaming = streaming);
    }

    /// Whether the thread that borrowed the state is to stop: nothing runs for it any more.
    #[getter]
    fn abandoned(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.abandoned)
    }

    #[setter]
    fn set_abandoned(&self, py: Python<'_>, abandoned: bool) {
        self.held.with(py, |held| held.abandoned = abandoned);
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
            streaming: false,
            abandoned: false,
            conn: None,
            ctx: list(),
            transactions: list(),
            callbacks: list(),
        }
    }
}

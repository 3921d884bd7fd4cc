//! Whose connection it is: the state of a database's connection, one for each thread or
//! one for all, one for each task that uses the database asynchronously, and one for each
//! context, such as a request's, that has its own. Nothing here opens or closes a connection.

mod contexts;
mod state;
mod tasks;

use std::sync::{Arc, Weak};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use redstart_core::{Error, ErrorKind};
use redstart_engine::ScopeId;

use crate::attached::AttachedCell;
use crate::errors;
use contexts::Contexts;
pub use state::ConnectionState;
use tasks::Tasks;
pub(crate) use tasks::running_task;

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
    contexts: Contexts,
    /// Python's own thread-local storage: what lies in it goes before the thread counts as joined.
    endings: Py<PyAny>,
}

type States = redstart_engine::Scopes<Place>;

/// Where a scope's state lies once it was asked for, and whether it is another one's.
#[derive(Default)]
struct Place(AttachedCell<(Option<Py<ConnectionState>>, bool)>);

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
            contexts: Contexts::new(),
            endings: py.import("_thread")?.getattr("_local")?.call0()?.unbind(),
        })
    }

    /// Gives the state that is bound to the running context; else the one of the running task, where
    /// tasks have one, or of the running thread.
    fn current<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, ConnectionState>> {
        if let Some((state, _)) = Self::of_context(slf)? {
            return Ok(state);
        }
        match Tasks::current(slf)? {
            Some(state) => Ok(state),
            None => slf.get().of_thread(slf.py()),
        }
    }

    /// Gives what `current` gives, or None where a call that blocks would block the event loop of the
    /// task whose state it is.
    pub(crate) fn blocking<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let py = slf.py();
        if let Some((state, in_task)) = Self::of_context(slf)? {
            let is_awaited = slf.get().tasks.has_each() || state.get().awaited(py);
            return Ok((!in_task || !is_awaited).then_some(state));
        }
        if Tasks::current(slf)?.is_some() {
            return Ok(None);
        }
        let state = slf.get().of_thread(py)?;
        if state.get().abandoned(py) {
            let message = "The task that lent its connection was cancelled.";
            let error = Error::new(ErrorKind::Interface, message);
            return Err(errors::to_py(py, &error));
        }
        Ok(Some(state))
    }

    /// Gives the state that is bound to the running context, or the one of the running task, which is
    /// made if there is none.
    ///
    /// Raises:
    ///     RuntimeError: No task is running.
    fn of_task<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, ConnectionState>> {
        if let Some((state, true)) = Self::of_context(slf)? {
            state.get().set_awaited(slf.py());
            return Ok(state);
        }
        Tasks::own(slf)
    }

    /// Gives what `of_task` gives, or None where it would make one.
    fn find_task<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        if let Some((state, true)) = Self::of_context(slf)? {
            return Ok(Some(state));
        }
        Tasks::find(slf)
    }

    /// Binds a state to the running context: the tasks and threads that it is copied to use it too,
    /// unless one of them has it for itself.
    ///
    /// Returns:
    ///     What `unbind` takes.
    #[pyo3(signature = (state))]
    fn bind<'py>(
        &self,
        py: Python<'py>,
        state: Bound<'py, ConnectionState>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.contexts.bind(py, state, running_task(py)?)
    }

    /// Binds a new state to the running context, unless there is one.
    ///
    /// Returns:
    ///     The state and what `unbind` takes; None where one is bound.
    fn begin<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<(Bound<'py, ConnectionState>, Bound<'py, PyAny>)>> {
        if self.contexts.bound(py)?.is_some() {
            return Ok(None);
        }
        let state = Bound::new(py, ConnectionState::new())?;
        let token = self.bind(py, state.clone())?;
        Ok(Some((state, token)))
    }

    /// Gives the state that is bound to the running context, whoever has it; or None.
    fn bound<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        self.contexts.bound(py)
    }

    /// Gives a state that is bound to a context to the running task alone and to those that it starts
    /// from now on; where no task is running, to all threads and the task in which it was bound.
    ///
    /// Returns:
    ///     What `share` takes; None where it is that task's already.
    #[pyo3(signature = (state))]
    fn own<'py>(
        &self,
        py: Python<'py>,
        state: &Bound<'py, ConnectionState>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.contexts.own(state, running_task(py)?)
    }

    /// Ends what `own` began, in the same context or in a copy of it.
    ///
    /// Returns:
    ///     Whether what the state was bound for has ended meanwhile: nobody else gives its connection back.
    #[pyo3(signature = (state, owned))]
    fn share(
        &self,
        state: &Bound<'_, ConnectionState>,
        owned: &Bound<'_, PyTuple>,
    ) -> PyResult<bool> {
        self.contexts.share(state, owned)
    }

    /// Gives the task that has a state for itself and goes on, unless that is the running one; or None.
    #[pyo3(signature = (state))]
    pub(crate) fn outliving<'py>(
        &self,
        state: &Bound<'py, ConnectionState>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.contexts.outliving(state)
    }

    /// Ends what `bind` began, in the same context or in a copy of it.
    ///
    /// Args:
    ///     state: The state.
    ///     token: What `bind` gave.
    ///     keep: Whether its owner keeps it until it calls `share`.
    #[pyo3(signature = (state, token, keep=false))]
    pub(crate) fn unbind(
        &self,
        state: &Bound<'_, ConnectionState>,
        token: &Bound<'_, PyAny>,
        keep: bool,
    ) -> PyResult<()> {
        self.contexts.unbind(state, token, keep)
    }

    /// All states of tasks.
    fn of_all_tasks(&self, py: Python<'_>) -> Vec<Py<ConnectionState>> {
        self.tasks.all(py)
    }

    /// Has the running thread use a state instead of its own; gives its own, for `take_back`.
    #[pyo3(signature = (state))]
    fn lend<'py>(
        &self,
        py: Python<'py>,
        state: Bound<'py, ConnectionState>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        // The thread's end is noted with its first state.
        self.of_thread(py)?;
        let state = (Some(state.unbind()), true);
        let (own, _) = self.states.with_current(|place| place.replace(py, state));
        Ok(own.map(|own| own.into_bound(py)))
    }

    /// Has the running thread use its own state again.
    #[pyo3(signature = (own))]
    fn take_back(&self, py: Python<'_>, own: Option<Bound<'_, ConnectionState>>) {
        let own = (own.map(Bound::unbind), false);
        let lent = self.states.with_current(|place| place.replace(py, own));
        drop(lent);
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
    /// Gives the state that is bound to the running context, and whether a task is running.
    fn of_context<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<Option<(Bound<'py, ConnectionState>, bool)>> {
        let py = slf.py();
        let this = slf.get();
        if !this.contexts.are_used(py) || this.states.with_current(|place| place.is_lent(py)) {
            return Ok(None);
        }
        let task = running_task(py)?;
        let Some(state) = this.contexts.find(py, task.as_ref())? else {
            return Ok(None);
        };
        // Who began something on a connection of his own ends it there.
        let own = match &task {
            Some(task) => this.tasks.held(task),
            None => this.states.with_current(|place| place.held(py)),
        };
        if own.is_some_and(|own| !own.get().is_idle(py)) {
            return Ok(None);
        }
        Ok(Some((state, task.is_some())))
    }

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
        let state = Bound::new(py, ConnectionState::new())?;
        // Making them may have run Python code that asked for the state as well.
        Ok(self.states.with_current(|place| place.hold(state)))
    }
}

impl Place {
    fn replace(
        &self,
        py: Python<'_>,
        state: (Option<Py<ConnectionState>>, bool),
    ) -> (Option<Py<ConnectionState>>, bool) {
        self.0.with(py, |place| std::mem::replace(place, state))
    }

    fn is_lent(&self, py: Python<'_>) -> bool {
        self.0.with(py, |place| place.1)
    }

    fn held<'py>(&self, py: Python<'py>) -> Option<Bound<'py, ConnectionState>> {
        self.0.with(py, |place| {
            place.0.as_ref().map(|state| state.bind(py).clone())
        })
    }

    /// Keeps a state unless there is one, and gives the one that is kept.
    fn hold<'py>(&self, state: Bound<'py, ConnectionState>) -> Bound<'py, ConnectionState> {
        let py = state.py();
        let kept = self.0.with(py, |place| {
            place
                .0
                .get_or_insert_with(|| state.clone().unbind())
                .bind(py)
                .clone()
        });
        drop(state);
        kept
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.with_collector(|place| visit.call(place.0.as_ref()))
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

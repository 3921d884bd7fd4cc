//! The states of tasks: found by the task that runs, let go when it ends.

use std::collections::HashMap;

use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::{ConnectionState, Scopes};
use crate::attached::AttachedCell;

/// The states of a database's tasks.
pub(super) struct Tasks {
    /// Every task that asks has a state.
    by_task: bool,
    ended: Option<Py<PyAny>>,
    /// By the address of the task, which is kept as long as its state.
    states: AttachedCell<HashMap<usize, Entry>>,
}

/// A task and its state.
type Entry = (Py<PyAny>, Py<ConnectionState>);

impl Tasks {
    pub(super) fn new(by_task: bool, ended: Option<Py<PyAny>>) -> Self {
        Self {
            by_task,
            ended,
            states: AttachedCell::default(),
        }
    }

    /// Gives the state of the running task where it has one, or has to have one.
    pub(super) fn current<'py>(
        scopes: &Bound<'py, Scopes>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let py = scopes.py();
        let tasks = &scopes.get().tasks;
        if !tasks.by_task && tasks.states.with(py, |states| states.is_empty()) {
            return Ok(None);
        }
        let Some(task) = running_task(py)? else {
            return Ok(None);
        };
        match tasks.held(&task) {
            Some(state) => Ok(Some(state)),
            None if tasks.by_task => Self::make(scopes, &task).map(Some),
            None => Ok(None),
        }
    }

    /// Gives the state of the running task, which is made if there is none.
    pub(super) fn own<'py>(scopes: &Bound<'py, Scopes>) -> PyResult<Bound<'py, ConnectionState>> {
        let task = running_task(scopes.py())?
            .ok_or_else(|| PyRuntimeError::new_err("no asyncio task is running"))?;
        match scopes.get().tasks.held(&task) {
            Some(state) => Ok(state),
            None => Self::make(scopes, &task),
        }
    }

    /// Gives the state of the running task.
    pub(super) fn find<'py>(
        scopes: &Bound<'py, Scopes>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let tasks = &scopes.get().tasks;
        let task = running_task(scopes.py())?;
        Ok(task.and_then(|task| tasks.held(&task)))
    }

    /// Lets the state of a task go that has ended.
    pub(super) fn end(scopes: &Bound<'_, Scopes>, task: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = scopes.py();
        let tasks = &scopes.get().tasks;
        let gone = tasks
            .states
            .with(py, |states| states.remove(&address(task)));
        let Some((_, state)) = gone else {
            return Ok(());
        };
        match &tasks.ended {
            Some(ended) => ended.call1(py, (state,)).map(drop),
            None => Ok(()),
        }
    }

    /// Tells whether every task has a state.
    pub(super) fn has_each(&self) -> bool {
        self.by_task
    }

    /// Gives what is called with the state of a task or thread that has ended.
    pub(super) fn ended(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.ended.as_ref().map(|ended| ended.clone_ref(py))
    }

    /// Gives the states of all tasks.
    pub(super) fn all(&self, py: Python<'_>) -> Vec<Py<ConnectionState>> {
        self.states.with(py, |states| {
            let states = states.values();
            states.map(|(_, state)| state.clone_ref(py)).collect()
        })
    }

    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.ended.as_ref())?;
        self.states.with_collector(|states| {
            states.values().try_for_each(|(task, state)| {
                visit.call(task)?;
                visit.call(state)
            })
        })
    }

    /// Gives the state of a task.
    pub(super) fn held<'py>(
        &self,
        task: &Bound<'py, PyAny>,
    ) -> Option<Bound<'py, ConnectionState>> {
        let py = task.py();
        self.states.with(py, |states| {
            let found = states.get(&address(task));
            found.map(|(_, state)| state.bind(py).clone())
        })
    }

    fn make<'py>(
        scopes: &Bound<'py, Scopes>,
        task: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, ConnectionState>> {
        let py = scopes.py();
        let done = scopes.getattr(intern!(py, "_task_done"))?;
        task.call_method1(intern!(py, "add_done_callback"), (done,))?;
        let state = Bound::new(py, ConnectionState::new())?;
        let entry = (task.clone().unbind(), state.clone().unbind());
        let tasks = &scopes.get().tasks;
        let old = tasks
            .states
            .with(py, |states| states.insert(address(task), entry));
        drop(old);
        Ok(state)
    }
}

fn address(task: &Bound<'_, PyAny>) -> usize {
    task.as_ptr() as usize
}

/// Gives the running task; without asyncio there is none.
pub(crate) fn running_task(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static ASYNCIO: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();
    let known = if let Some(known) = ASYNCIO.get(py) {
        known
    } else {
        let modules = py.import("sys")?.getattr(intern!(py, "modules"))?;
        if !modules.contains("asyncio.tasks")? {
            return Ok(None);
        }
        ASYNCIO.get_or_try_init(py, || -> PyResult<_> {
            let running = py.import("asyncio.events")?.getattr("_get_running_loop")?;
            let current = py.import("asyncio.tasks")?.getattr("current_task")?;
            Ok((running.unbind(), current.unbind()))
        })?
    };
    let running = known.0.bind(py).call0()?;
    if running.is_none() {
        return Ok(None);
    }
    let task = known.1.bind(py).call1((running,))?;
    Ok((!task.is_none()).then_some(task))
}

//! The states that are bound to contexts (`contextvars`): a request's tasks and threads have copies
//! of its context, and share its connection.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::state::{ConnectionState, Owner};

/// The context variables of a database; there are none before the first state is bound.
pub(super) struct Contexts {
    variables: PyOnceLock<Variables>,
}

struct Variables {
    state: Py<PyAny>,
    /// The mark of whoever has the state for himself.
    mark: Py<PyAny>,
}

impl Contexts {
    pub(super) const fn new() -> Self {
        Self {
            variables: PyOnceLock::new(),
        }
    }

    /// Tells whether a state was ever bound.
    pub(super) fn are_used(&self, py: Python<'_>) -> bool {
        self.variables.get(py).is_some()
    }

    /// Gives the state that is bound to the running context, unless others have it for themselves.
    pub(super) fn find<'py>(
        &self,
        py: Python<'py>,
        in_task: bool,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let Some(state) = self.bound(py)? else {
            return Ok(None);
        };
        let is_free = match state.get().owner(py) {
            None => true,
            Some(Owner::Threads) => !in_task,
            Some(Owner::Marked(mark)) => self.mark(py)?.is_some_and(|own| own.is(&mark)),
        };
        Ok(is_free.then_some(state))
    }

    /// Gives the state that is bound to the running context.
    pub(super) fn bound<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let Some(variables) = self.variables.get(py) else {
            return Ok(None);
        };
        let state = get(variables.state.bind(py))?.and_then(|state| state.cast_into().ok());
        Ok(state.filter(|state: &Bound<'py, ConnectionState>| state.get().in_context(py)))
    }

    pub(super) fn bind<'py>(
        &self,
        py: Python<'py>,
        state: Bound<'py, ConnectionState>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let variables = self.variables.get_or_try_init(py, || -> PyResult<_> {
            let class = py.import("contextvars")?.getattr("ContextVar")?;
            Ok(Variables {
                state: class.call1(("redstart.connection",))?.unbind(),
                mark: class.call1(("redstart.owner",))?.unbind(),
            })
        })?;
        state.get().enter_context(py);
        set(variables.state.bind(py), state.as_any())
    }

    pub(super) fn unbind(
        &self,
        py: Python<'_>,
        state: &Bound<'_, ConnectionState>,
        token: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        // Whoever has a copy of the context goes on without it.
        state.get().leave_context(py);
        match self.variables.get(py) {
            Some(variables) => reset(variables.state.bind(py), state.as_any(), token),
            None => Ok(()),
        }
    }

    /// Gives a state to the running context alone, or to all threads where no task is running.
    pub(super) fn own<'py>(
        &self,
        py: Python<'py>,
        state: &Bound<'py, ConnectionState>,
        in_task: bool,
    ) -> PyResult<Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        let Some(variables) = self.variables.get(py).filter(|_| in_task) else {
            state.get().set_owner(py, Some(Owner::Threads));
            return Ok(None);
        };
        let mark = py.import("builtins")?.getattr("object")?.call0()?;
        let owner = Owner::Marked(mark.clone().unbind());
        state.get().set_owner(py, Some(owner));
        let token = set(variables.mark.bind(py), &mark)?;
        Ok(Some((mark, token)))
    }

    /// Ends what `own` began.
    pub(super) fn share(
        &self,
        py: Python<'_>,
        state: &Bound<'_, ConnectionState>,
        owned: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        state.get().set_owner(py, None);
        match (self.variables.get(py), owned) {
            (Some(variables), Some((mark, token))) => reset(variables.mark.bind(py), &mark, &token),
            _ => Ok(()),
        }
    }

    fn mark<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.variables.get(py) {
            Some(variables) => get(variables.mark.bind(py)),
            None => Ok(None),
        }
    }
}

fn get<'py>(variable: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = variable.py();
    let value = variable.call_method1(intern!(py, "get"), (py.None(),))?;
    Ok((!value.is_none()).then_some(value))
}

fn set<'py>(
    variable: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    variable.call_method1(intern!(variable.py(), "set"), (value,))
}

/// Takes back what was set; in a context that was copied, the value is what is taken back.
fn reset(
    variable: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    token: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = variable.py();
    match variable.call_method1(intern!(py, "reset"), (token,)) {
        Err(error)
            if error.is_instance_of::<PyValueError>(py)
                || error.is_instance_of::<PyRuntimeError>(py) =>
        {
            if get(variable)?.is_some_and(|current| current.is(value)) {
                variable.call_method1(intern!(py, "set"), (py.None(),))?;
            }
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

//! The states that are bound to contexts (`contextvars`): a request's tasks and threads have copies
//! of its context, and share its connection.

use std::ptr;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyTuple};
use pyo3::{ffi, intern};
use redstart_core::{Error, ErrorKind};

use super::state::{ConnectionState, Owner};
use crate::errors;

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
        task: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let Some(state) = self.latest(py)? else {
            return Ok(None);
        };
        if !state.get().in_context(py) {
            if task.is_none() && state.get().is_severed(py) {
                return Err(errors::to_py(
                    py,
                    &Error::new(ErrorKind::Interface, SEVERED),
                ));
            }
            return Ok(None);
        }
        let is_free = match state.get().owner(py) {
            None => true,
            Some(Owner::Threads(_)) => task.is_none_or(|task| state.get().is_host(task)),
            Some(Owner::Marked(mark)) => self.has_mark(mark.bind(py))?,
        };
        Ok(is_free.then_some(state))
    }

    /// Gives the state that is bound to the running context.
    pub(super) fn bound<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let state = self.latest(py)?;
        Ok(state.filter(|state| state.get().in_context(py)))
    }

    /// Gives the other task that has a state for itself and has not ended.
    pub(super) fn outliving<'py>(
        &self,
        state: &Bound<'py, ConnectionState>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = state.py();
        let Some(Owner::Marked(mark)) = state.get().owner(py) else {
            return Ok(None);
        };
        let mark = mark.bind(py);
        let task = mark.get_item(0)?;
        let has_ended = task.call_method0(intern!(py, "done"))?.is_truthy()?;
        Ok((!has_ended && !self.has_mark(mark)?).then_some(task))
    }

    fn latest<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let Some(variables) = self.variables.get(py) else {
            return Ok(None);
        };
        Ok(get(variables.state.bind(py))?.and_then(|state| state.cast_into().ok()))
    }

    pub(super) fn bind<'py>(
        &self,
        py: Python<'py>,
        state: Bound<'py, ConnectionState>,
        host: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let variables = self.variables.get_or_try_init(py, || -> PyResult<_> {
            let class = py.import("contextvars")?.getattr("ContextVar")?;
            Ok(Variables {
                state: class.call1(("redstart.connection",))?.unbind(),
                mark: class.call1(("redstart.owner",))?.unbind(),
            })
        })?;
        state.get().enter_context(py, host.map(Bound::unbind));
        set(variables.state.bind(py), state.as_any())
    }

    /// Parts a state from the running context; one that is kept stays its owner's.
    pub(super) fn unbind(
        &self,
        state: &Bound<'_, ConnectionState>,
        token: &Bound<'_, PyAny>,
        keep: bool,
    ) -> PyResult<()> {
        let py = state.py();
        if keep {
            state.get().orphan(py);
        } else {
            if let Some(Owner::Threads(first)) = state.get().owner(py)
                && first != std::thread::current().id()
            {
                state.get().sever(py);
            }
            // Whoever has a copy of the context goes on without it.
            state.get().leave_context(py);
        }
        match self.variables.get(py) {
            Some(variables) => reset(variables.state.bind(py), state.as_any(), token),
            None => Ok(()),
        }
    }

    /// Gives a state to the running context alone, or to all threads where no task is running; None
    /// where it is that context's already.
    pub(super) fn own<'py>(
        &self,
        state: &Bound<'py, ConnectionState>,
        task: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = state.py();
        let (Some(variables), Some(task)) = (self.variables.get(py), task) else {
            let first = std::thread::current().id();
            state.get().set_owner(py, Some(Owner::Threads(first)));
            return Ok(Some(PyTuple::empty(py)));
        };
        if let Some(Owner::Marked(mark)) = state.get().owner(py)
            && self.has_mark(mark.bind(py))?
        {
            return Ok(None);
        }
        let mark = PyList::new(py, [task])?;
        let owner = Owner::Marked(mark.clone().unbind());
        state.get().set_owner(py, Some(owner));
        let token = set(variables.mark.bind(py), mark.as_any())?;
        PyTuple::new(py, [mark.into_any(), token]).map(Some)
    }

    /// Ends what `own` began; tells whether the state has nobody else.
    pub(super) fn share(
        &self,
        state: &Bound<'_, ConnectionState>,
        owned: &Bound<'_, PyTuple>,
    ) -> PyResult<bool> {
        let py = state.py();
        state.get().set_owner(py, None);
        if let (Some(variables), 2) = (self.variables.get(py), owned.len()) {
            let variable = variables.mark.bind(py);
            reset(variable, &owned.get_item(0)?, &owned.get_item(1)?)?;
        }
        let is_orphan = state.get().is_orphan(py);
        if is_orphan {
            state.get().leave_context(py);
        }
        Ok(is_orphan)
    }

    /// Tells whether a mark is the one of the running context.
    fn has_mark(&self, mark: &Bound<'_, PyList>) -> PyResult<bool> {
        let py = mark.py();
        let Some(variables) = self.variables.get(py) else {
            return Ok(false);
        };
        Ok(get(variables.mark.bind(py))?.is_some_and(|own| own.is(mark)))
    }
}

fn get<'py>(variable: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = variable.py();
    let mut value = ptr::null_mut();
    // SAFETY: the variable is a `ContextVar`, the default is None, and the place for the value is ours.
    let outcome =
        unsafe { ffi::PyContextVar_Get(variable.as_ptr(), ffi::Py_None(), &raw mut value) };
    if outcome != 0 {
        return Err(PyErr::fetch(py));
    }
    // SAFETY: after success the value is a reference that is ours.
    let value = unsafe { Bound::from_owned_ptr(py, value) };
    Ok((!value.is_none()).then_some(value))
}

fn set<'py>(
    variable: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the variable is a `ContextVar`; what it gives is a new reference, or null after an error.
    unsafe {
        let token = ffi::PyContextVar_Set(variable.as_ptr(), value.as_ptr());
        Bound::from_owned_ptr_or_err(variable.py(), token)
    }
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
                set(variable, py.None().bind(py))?;
            }
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

const SEVERED: &str = "The request that this thread works for has ended, and its transaction was rolled \
    back: let the request wait for the thread, or run it in a context of its own.";

//! The states that are bound to contexts (`contextvars`): a request's tasks and threads have copies
//! of its context, and share its connection.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::state::{ConnectionState, User};

/// The context variable of a database; there is none before the first state is bound.
pub(super) struct Contexts {
    variable: PyOnceLock<Py<PyAny>>,
}

impl Contexts {
    pub(super) const fn new() -> Self {
        Self {
            variable: PyOnceLock::new(),
        }
    }

    /// Tells whether a state was ever bound.
    pub(super) fn are_used(&self, py: Python<'_>) -> bool {
        self.variable.get(py).is_some()
    }

    /// Gives the state that is bound to the running context, unless others have work open on it.
    pub(super) fn find<'py>(
        &self,
        py: Python<'py>,
        user: User,
    ) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let state = self.get(py)?;
        Ok(state.filter(|state| state.get().claim(py, user)))
    }

    pub(super) fn bind<'py>(
        &self,
        py: Python<'py>,
        state: Bound<'py, ConnectionState>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let variable = self.variable.get_or_try_init(py, || -> PyResult<_> {
            let class = py.import("contextvars")?.getattr("ContextVar")?;
            Ok(class.call1(("redstart.connection",))?.unbind())
        })?;
        state.get().enter_context(py);
        variable.bind(py).call_method1(intern!(py, "set"), (state,))
    }

    pub(super) fn unbind(
        &self,
        py: Python<'_>,
        state: &Bound<'_, ConnectionState>,
        token: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        // Whoever has a copy of the context goes on without it.
        state.get().leave_context(py);
        let Some(variable) = self.variable.get(py) else {
            return Ok(());
        };
        let variable = variable.bind(py);
        match variable.call_method1(intern!(py, "reset"), (token,)) {
            Err(error)
                if error.is_instance_of::<PyValueError>(py)
                    || error.is_instance_of::<PyRuntimeError>(py) =>
            {
                // It was bound in another context, of which this one is a copy.
                if self.get(py)?.is_some_and(|bound| bound.is(state)) {
                    variable.call_method1(intern!(py, "set"), (py.None(),))?;
                }
                Ok(())
            }
            outcome => outcome.map(drop),
        }
    }

    fn get<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, ConnectionState>>> {
        let Some(variable) = self.variable.get(py) else {
            return Ok(None);
        };
        let bound = variable
            .bind(py)
            .call_method1(intern!(py, "get"), (py.None(),))?;
        Ok(bound.cast_into::<ConnectionState>().ok())
    }
}

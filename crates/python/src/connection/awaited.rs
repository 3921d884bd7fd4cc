//! The connection's operations for tasks: each gives an awaitable.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::Batch;
use redstart_engine::{OwnedRequest, Pending, Rows, Values};

use super::{Connection, seconds};
use crate::binding;
use crate::cursor::Cursor;
use crate::render::PyRendered;
use crate::wait::{self, Awaitable};

#[pymethods]
impl Connection {
    /// Runs what `render` gave, to be awaited; gives the cursor with all rows.
    #[pyo3(signature = (rendered, timeout=None))]
    fn arun<'py>(
        slf: &Bound<'py, Self>,
        rendered: &Bound<'py, PyRendered>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let rendered = rendered.get();
        let mut values = rendered.binds.clone();
        binding::bindable(slf.py(), &slf.get().native, &mut values)?;
        let request = OwnedRequest {
            sql: Arc::clone(&rendered.sql),
            values: Values::Positional(values),
            formatted: true,
            timeout: timeout.map(seconds),
        };
        Self::start(slf, request)
    }

    /// Runs what `render` gave, to be awaited; gives the cursor with the first rows, and more by its
    /// `afetch`.
    #[pyo3(signature = (rendered, size))]
    fn astream<'py>(
        slf: &Bound<'py, Self>,
        rendered: &Bound<'py, PyRendered>,
        size: usize,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let rendered = rendered.get();
        let mut values = rendered.binds.clone();
        binding::bindable(slf.py(), &slf.get().native, &mut values)?;
        let request = OwnedRequest {
            sql: Arc::clone(&rendered.sql),
            values: Values::Positional(values),
            formatted: true,
            timeout: None,
        };
        let native = slf.get().open(slf.py())?;
        Self::finish(slf, native.start_stream(request, size))
    }

    /// Runs a statement, to be awaited; gives the cursor with all rows.
    #[pyo3(signature = (sql, parameters=None, timeout=None))]
    fn aexecute<'py>(
        slf: &Bound<'py, Self>,
        sql: &str,
        parameters: Option<&Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let native = &slf.get().native;
        let values = parameters.map(|given| binding::parameters(native, given));
        let request = OwnedRequest {
            sql: sql.into(),
            formatted: values.is_some(),
            values: values.transpose()?.unwrap_or_default(),
            timeout: timeout.map(seconds),
        };
        Self::start(slf, request)
    }

    /// Makes the connection ready for somebody else: what was left running is cancelled, an open
    /// transaction rolled back. One that cannot be made ready within so many seconds is closed.
    #[pyo3(signature = (limit=5.0))]
    fn reset(&self, py: Python<'_>, limit: f64) -> PyResult<()> {
        let operation = self.native.reset(seconds(limit));
        wait::blocking(py, || redstart_wait::wait(operation))
    }

    /// Does what `reset` does, to be awaited.
    #[pyo3(signature = (limit=5.0))]
    fn areset<'py>(&self, py: Python<'py>, limit: f64) -> PyResult<Bound<'py, Awaitable>> {
        wait::awaitable(py, self.native.reset(seconds(limit)), nothing)
    }

    /// Makes sure that the database answers; a connection to one that does not within so many
    /// seconds is closed.
    #[pyo3(signature = (limit=5.0))]
    fn ping(&self, py: Python<'_>, limit: f64) -> PyResult<()> {
        let operation = self.native.ping(seconds(limit));
        wait::blocking(py, || redstart_wait::wait(operation))
    }

    /// Does what `ping` does, to be awaited.
    #[pyo3(signature = (limit=5.0))]
    fn aping<'py>(&self, py: Python<'py>, limit: f64) -> PyResult<Bound<'py, Awaitable>> {
        wait::awaitable(py, self.native.ping(seconds(limit)), nothing)
    }
}

impl Connection {
    /// Runs a statement in a task; gives an awaitable of the cursor.
    fn start<'py>(
        slf: &Bound<'py, Self>,
        request: OwnedRequest,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let native = slf.get().open(slf.py())?;
        let timeout = slf.get().statement_timeout(slf.py());
        let request = OwnedRequest {
            timeout: request.timeout.or(timeout),
            ..request
        };
        Self::finish(slf, native.start(request))
    }

    /// Makes the cursor of a statement that was started.
    fn finish<'py>(
        slf: &Bound<'py, Self>,
        operation: Pending<(Rows, Batch)>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let connection = slf.clone().unbind();
        wait::awaitable(slf.py(), operation, move |py, outcome| {
            let factory = connection.get().row_factory(py);
            let cursor = Cursor::new(connection, factory);
            let outcome = outcome.map_err(|error| wait::exception(py, &error));
            cursor.take(py, outcome)?;
            Ok(Bound::new(py, cursor)?.into_any().unbind())
        })
    }
}

fn nothing(py: Python<'_>, outcome: redstart_core::Result<()>) -> PyResult<Py<PyAny>> {
    outcome.map_err(|error| wait::exception(py, &error))?;
    Ok(py.None())
}

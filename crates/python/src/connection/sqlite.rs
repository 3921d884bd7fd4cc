//! What the connection offers of SQLite alone, as the standard library's driver does.

use pyo3::prelude::*;
use redstart_engine::sqlite::{self, Backup};

use super::{Connection, seconds};
use crate::{errors, function, wait};

#[pymethods]
impl Connection {
    /// The number of rows written since the connection was opened.
    #[getter]
    fn total_changes(&self, py: Python<'_>) -> PyResult<i64> {
        self.with_sqlite(py, "total_changes", sqlite::Connection::total_changes)
    }

    /// Sets how many seconds a statement waits for another connection's lock.
    #[pyo3(signature = (timeout))]
    fn set_busy_timeout(&self, py: Python<'_>, timeout: f64) -> PyResult<()> {
        let wait_for = seconds(timeout);
        self.with_sqlite(py, "a busy timeout", |native| {
            native.set_busy_timeout(wait_for)
        })
    }

    /// Makes a callable usable in SQL; None removes the function.
    #[pyo3(signature = (name, narg, func, *, deterministic=false))]
    fn create_function(
        &self,
        py: Python<'_>,
        name: &str,
        narg: i32,
        func: Option<Py<PyAny>>,
        deterministic: bool,
    ) -> PyResult<()> {
        self.with_sqlite(py, "create_function", |native| match func {
            Some(func) => {
                native.create_scalar_function(name, narg, deterministic, function::scalar(func))
            }
            None => native.remove_function(name, narg),
        })
    }

    /// Makes a class with `step` and `finalize` usable as an aggregate; None removes it.
    #[pyo3(signature = (name, n_arg, aggregate_class))]
    fn create_aggregate(
        &self,
        py: Python<'_>,
        name: &str,
        n_arg: i32,
        aggregate_class: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        self.with_sqlite(py, "create_aggregate", |native| match aggregate_class {
            Some(class) => native.create_aggregate(name, n_arg, function::aggregate(class)),
            None => native.remove_function(name, n_arg),
        })
    }

    /// Makes a class with `step`, `inverse`, `value` and `finalize` usable over windows; None removes it.
    #[pyo3(signature = (name, num_params, aggregate_class))]
    fn create_window_function(
        &self,
        py: Python<'_>,
        name: &str,
        num_params: i32,
        aggregate_class: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        self.with_sqlite(
            py,
            "create_window_function",
            |native| match aggregate_class {
                Some(class) => {
                    native.create_window_function(name, num_params, function::window(class))
                }
                None => native.remove_function(name, num_params),
            },
        )
    }

    /// Makes a callable usable as an order of text; None removes it.
    #[pyo3(signature = (name, callback))]
    fn create_collation(
        &self,
        py: Python<'_>,
        name: &str,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        self.with_sqlite(py, "create_collation", |native| match callback {
            Some(callback) => native.create_collation(name, function::collation(callback)),
            None => native.remove_collation(name),
        })
    }

    /// Allows or forbids loading extensions.
    #[pyo3(signature = (enabled))]
    fn enable_load_extension(&self, py: Python<'_>, enabled: bool) -> PyResult<()> {
        self.with_sqlite(py, "load_extension", |native| {
            native.enable_load_extension(enabled)
        })
    }

    /// Loads an extension from a shared library.
    #[pyo3(signature = (path, *, entrypoint=None))]
    fn load_extension(&self, py: Python<'_>, path: &str, entrypoint: Option<&str>) -> PyResult<()> {
        self.with_sqlite(py, "load_extension", |native| {
            native.load_extension(path, entrypoint)
        })
    }

    /// Copies the whole database into another connection's.
    ///
    /// Args:
    ///     target: The connection that is overwritten.
    ///     pages: How many pages to copy at a time; -1 for all.
    ///     progress: Called with the status, the remaining and the total pages after each round.
    ///     name: The schema to copy.
    ///     sleep: Seconds to wait where the source is locked.
    #[expect(
        clippy::too_many_arguments,
        reason = "the signature is the standard driver's"
    )]
    #[pyo3(signature = (target, *, pages=-1, progress=None, name="main", sleep=0.25))]
    fn backup(
        &self,
        py: Python<'_>,
        target: &Bound<'_, Self>,
        pages: i32,
        progress: Option<Py<PyAny>>,
        name: &str,
        sleep: f64,
    ) -> PyResult<()> {
        let target = target.get().open(py)?;
        let settings = Backup {
            source: name.to_owned(),
            pages,
            sleep: seconds(sleep),
            ..Backup::default()
        };
        self.with_sqlite(py, "backup", |source| {
            let target = target.require_sqlite("backup")?;
            source.backup(target, &settings, &mut |remaining, total| {
                let Some(progress) = &progress else {
                    return Ok(());
                };
                Python::attach(|py| progress.call1(py, (0, remaining, total)).map(drop))
                    .map_err(errors::from_py)
            })
        })
    }
}

impl Connection {
    /// Does what only SQLite can do, outside of the interpreter.
    fn with_sqlite<T: Send>(
        &self,
        py: Python<'_>,
        feature: &str,
        work: impl FnOnce(&sqlite::Connection) -> redstart_core::Result<T> + Send,
    ) -> PyResult<T> {
        let native = self.open(py)?;
        wait::blocking(py, || work(native.require_sqlite(feature)?))
    }
}

//! How connections are opened from Python's settings, blocking or awaited.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use redstart_engine::Target;
use redstart_engine::postgres;
use redstart_engine::postgres::options::Environment;
use redstart_engine::sqlite::Options;

use crate::connection::{Connection, seconds};
use crate::errors;
use crate::wait::{self, Awaitable};

/// Opens a connection to a SQLite database.
///
/// Args:
///     path: A file, `:memory:`, an empty string for a temporary file, or with `uri` an address.
///     timeout: Seconds to wait for another connection's lock.
///     settings: `uri`, whether the path may be a `file:` address; `cached_statements`, how many
///         prepared statements are kept. `check_same_thread` changes nothing: threads may share a
///         connection. `isolation_level` is None and `detect_types` 0: the ORM begins
///         transactions and converts values.
#[pyfunction]
#[pyo3(signature = (path, timeout=5.0, **settings))]
pub fn sqlite_connect(
    py: Python<'_>,
    path: &Bound<'_, PyAny>,
    timeout: f64,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<Connection> {
    let target = sqlite_target(path, timeout, settings)?;
    let native = wait::blocking(py, || {
        let native = target.connect()?;
        watched(&native)?;
        Ok(native)
    })?;
    Ok(Connection::of(native))
}

/// Reads where a SQLite database is; nothing is opened.
fn sqlite_target(
    path: &Bound<'_, PyAny>,
    timeout: f64,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<Target> {
    let mut options = Options::new(text_of(path)?);
    options.timeout = seconds(timeout);
    for (name, value) in settings.into_iter().flatten() {
        let name: String = name.extract()?;
        let fixed = match name.as_str() {
            "uri" => {
                options.uri = value.is_truthy()?;
                true
            }
            "cached_statements" => {
                options.cached_statements = value.extract()?;
                true
            }
            "check_same_thread" => true,
            "isolation_level" => value.is_none(),
            "detect_types" => !value.is_truthy()?,
            _ => {
                let message =
                    format!("sqlite_connect() got an unexpected keyword argument '{name}'");
                return Err(PyTypeError::new_err(message));
            }
        };
        if !fixed {
            let message = format!("{name} of sqlite_connect cannot be changed");
            return Err(PyValueError::new_err(message));
        }
    }
    Ok(Target::Sqlite(options))
}

/// Lets a signal end the statements of a SQLite connection.
fn watched(native: &redstart_engine::Connection) -> redstart_core::Result<()> {
    match native.as_sqlite() {
        Some(native) => {
            native.set_progress_handler(Some(wait::signal_watch()), wait::STEPS_BETWEEN_LOOKS)
        }
        None => Ok(()),
    }
}

/// Opens a connection to a PostgreSQL server.
///
/// Args:
///     database: A database's name, a `postgresql://` address, or `key=value` pairs.
///     settings: What libpq knows (`host`, `port`, `user`, `password`, `sslmode` …), and
///         `cached_statements`, how many prepared statements are kept.
#[pyfunction]
#[pyo3(signature = (database, **settings))]
pub fn postgres_connect(
    py: Python<'_>,
    database: &str,
    settings: Option<&Bound<'_, PyDict>>,
) -> PyResult<Connection> {
    let target = postgres_target(database, settings)?;
    wait::blocking(py, || target.connect()).map(Connection::of)
}

/// Does what `postgres_connect` does, to be awaited.
#[pyfunction]
#[pyo3(signature = (database, **settings))]
pub fn apostgres_connect<'py>(
    py: Python<'py>,
    database: &str,
    settings: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, Awaitable>> {
    opening(py, &postgres_target(database, settings)?)
}

/// Does what `sqlite_connect` does, to be awaited.
#[pyfunction]
#[pyo3(signature = (path, timeout=5.0, **settings))]
pub fn asqlite_connect<'py>(
    py: Python<'py>,
    path: &Bound<'py, PyAny>,
    timeout: f64,
    settings: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, Awaitable>> {
    opening(py, &sqlite_target(path, timeout, settings)?)
}

fn opening<'py>(py: Python<'py>, target: &Target) -> PyResult<Bound<'py, Awaitable>> {
    wait::awaitable(py, target.start_connect(), |py, outcome| {
        let native = outcome.map_err(|error| wait::exception(py, &error))?;
        watched(&native).map_err(|error| errors::to_py(py, &error))?;
        Ok(Bound::new(py, Connection::of(native))?.into_any().unbind())
    })
}

/// Reads where a PostgreSQL database is; nothing is opened.
fn postgres_target(database: &str, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Target> {
    let mut cached_statements = CACHED_STATEMENTS;
    let mut keywords = Vec::new();
    for (name, value) in settings.into_iter().flatten() {
        let name: String = name.extract()?;
        if name == "cached_statements" {
            cached_statements = value.extract()?;
        } else if !value.is_none() {
            keywords.push((name.clone(), setting(&name, &value)?));
        }
    }
    let options = postgres::Options::resolve(database, &keywords, &Environment::of_process());
    match options {
        Ok(options) => Ok(Target::Postgres(Box::new(options), cached_statements)),
        Err(error) => Err(Python::attach(|py| errors::to_py(py, &error))),
    }
}

/// Reads a setting: text, a number, a truth value, or a list of them with commas between.
fn setting(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.to_owned());
    }
    if value.hasattr("__fspath__")? {
        return value.call_method0("__fspath__")?.extract();
    }
    if value.is_instance_of::<pyo3::types::PyBool>() {
        return Ok(if value.is_truthy()? { "1" } else { "0" }.to_owned());
    }
    if value.is_instance_of::<pyo3::types::PyInt>()
        || value.is_instance_of::<pyo3::types::PyFloat>()
    {
        return Ok(value.str()?.to_str()?.to_owned());
    }
    if value.is_instance_of::<pyo3::types::PyList>()
        || value.is_instance_of::<pyo3::types::PyTuple>()
    {
        let items: Vec<String> = value
            .try_iter()?
            .map(|item| setting(name, &item?))
            .collect::<PyResult<_>>()?;
        return Ok(items.join(","));
    }
    let class = value.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "the setting {name} of a PostgreSQL connection is text or a number, not {class}"
    )))
}

/// How many prepared statements a connection keeps.
const CACHED_STATEMENTS: usize = 256;

/// Reads a path: a string, bytes or a path object.
fn text_of(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let path = path.py().import("os")?.call_method1("fsdecode", (path,))?;
    Ok(path.cast::<PyString>()?.to_str()?.to_owned())
}

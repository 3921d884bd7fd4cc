//! The connection that users see: PEP 249, and what the standard library's SQLite driver
//! offers beside it. Statements run in the cursor.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use redstart_core::{Batch, Error, ErrorKind, Value};
use redstart_engine::sqlite::{self, Backup, Options};
use redstart_engine::{Parameters as Binds, Request, Target};

use crate::attached::AttachedCell;
use crate::binding::{self, Parameters};
use crate::cursor::Cursor;
use crate::introspect::Question;
use crate::render::PyRendered;
use crate::{errors, function, introspect, wait};

/// A connection to a database, in autocommit mode.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Connection {
    native: redstart_engine::Connection,
    row_factory: AttachedCell<Option<Py<PyAny>>>,
}

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
    let native = wait::blocking(py, || {
        let native = Target::Sqlite(options).connect()?;
        native
            .require_sqlite("a progress handler")?
            .set_progress_handler(Some(wait::signal_watch()), wait::STEPS_BETWEEN_LOOKS)?;
        Ok(native)
    })?;
    Ok(Connection {
        native,
        row_factory: AttachedCell::new(None),
    })
}

#[pymethods]
impl Connection {
    /// Makes a cursor.
    fn cursor<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Cursor>> {
        let py = slf.py();
        slf.get().open(py)?;
        let factory = slf.get().row_factory(py);
        Bound::new(py, Cursor::new(slf.clone().unbind(), factory))
    }

    /// Makes a cursor and runs a statement with it.
    #[pyo3(signature = (sql, parameters=None))]
    fn execute<'py>(
        slf: &Bound<'py, Self>,
        sql: &str,
        parameters: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Cursor>> {
        let cursor = Self::cursor(slf)?;
        let parameters = match parameters {
            Some(parameters) => binding::parameters(parameters)?,
            None => Parameters::Positional(Vec::new()),
        };
        cursor.get().run(slf.py(), sql, parameters)?;
        Ok(cursor)
    }

    /// Makes a cursor and runs a statement once for each set of parameters.
    #[pyo3(signature = (sql, seq_of_parameters))]
    fn executemany<'py>(
        slf: &Bound<'py, Self>,
        sql: &Bound<'py, PyString>,
        seq_of_parameters: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::cursor(slf)?.call_method1("executemany", (sql, seq_of_parameters))
    }

    /// Makes a cursor and runs all statements of a text.
    #[pyo3(signature = (sql_script))]
    fn executescript<'py>(
        slf: &Bound<'py, Self>,
        sql_script: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::cursor(slf)?.call_method1("executescript", (sql_script,))
    }

    /// Makes a cursor and runs what `render` gave.
    #[pyo3(signature = (rendered))]
    fn run<'py>(
        slf: &Bound<'py, Self>,
        rendered: &Bound<'py, PyRendered>,
    ) -> PyResult<Bound<'py, Cursor>> {
        let py = slf.py();
        let cursor = Self::cursor(slf)?;
        let rendered = rendered.get();
        let mut values = rendered.binds().to_vec();
        binding::bindable(py, &mut values)?;
        cursor
            .get()
            .run(py, &rendered.0.sql, Parameters::Positional(values))?;
        Ok(cursor)
    }

    /// What new cursors make of each row, called with the cursor and the tuple; None for the tuple.
    #[getter]
    pub(crate) fn row_factory(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.row_factory.with(py, |factory| {
            factory.as_ref().map(|factory| factory.clone_ref(py))
        })
    }

    #[setter]
    fn set_row_factory(&self, py: Python<'_>, factory: Option<Py<PyAny>>) {
        let old = self
            .row_factory
            .with(py, |place| std::mem::replace(place, factory));
        drop(old);
    }

    /// Closes the connection; an open transaction is rolled back.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        wait::blocking(py, || self.native.close())
    }

    /// Commits the open transaction, if there is one.
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.end_transaction(py, redstart_engine::Connection::commit)
    }

    /// Rolls the open transaction back, if there is one.
    fn rollback(&self, py: Python<'_>) -> PyResult<()> {
        self.end_transaction(py, redstart_engine::Connection::rollback)
    }

    /// Whether a transaction is open.
    #[getter]
    fn in_transaction(&self, py: Python<'_>) -> PyResult<bool> {
        let native = self.open(py)?;
        wait::blocking(py, || native.in_transaction())
    }

    /// The number of rows written since the connection was opened.
    #[getter]
    fn total_changes(&self, py: Python<'_>) -> PyResult<i64> {
        self.with_sqlite(py, "total_changes", sqlite::Connection::total_changes)
    }

    /// None: the connection never begins a transaction itself.
    #[getter]
    fn isolation_level(&self) -> Option<&'static str> {
        None
    }

    /// Stops the running statements of the connection, from any thread.
    fn interrupt(&self, py: Python<'_>) -> PyResult<()> {
        self.open(py)?.interrupt_handle().interrupt();
        Ok(())
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

    /// The names of the tables, sorted.
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (schema=None, ask=None))]
    fn tables<'py>(
        &self,
        py: Python<'py>,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(py, self.open(py)?, &Question::Tables, schema, ask)
    }

    /// The views as tuples (name, sql).
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (schema=None, ask=None))]
    fn views<'py>(
        &self,
        py: Python<'py>,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(py, self.open(py)?, &Question::Views, schema, ask)
    }

    /// The indexes of a table as tuples (name, sql, columns, unique, table).
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (table, schema=None, ask=None))]
    fn indexes<'py>(
        &self,
        py: Python<'py>,
        table: &str,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(py, self.open(py)?, &Question::Indexes(table), schema, ask)
    }

    /// The columns of a table as tuples (name, data type, null, primary key, table, default, full type,
    /// identity).
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (table, schema=None, ask=None))]
    fn columns<'py>(
        &self,
        py: Python<'py>,
        table: &str,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(py, self.open(py)?, &Question::Columns(table), schema, ask)
    }

    /// The names of the columns of a table's primary key, in its order.
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (table, schema=None, ask=None))]
    fn primary_keys<'py>(
        &self,
        py: Python<'py>,
        table: &str,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(
            py,
            self.open(py)?,
            &Question::PrimaryKeys(table),
            schema,
            ask,
        )
    }

    /// The foreign keys of a table as tuples (column, destination table, destination column, table,
    /// name, on delete, on update).
    ///
    /// Asks with `ask(sql, parameters) -> rows` where one is given.
    #[pyo3(signature = (table, schema=None, ask=None))]
    fn foreign_keys<'py>(
        &self,
        py: Python<'py>,
        table: &str,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        introspect::ask(
            py,
            self.open(py)?,
            &Question::ForeignKeys(table),
            schema,
            ask,
        )
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.row_factory
            .with_collector(|factory| visit.call(factory.as_ref()))
    }

    fn __clear__(&self) {
        let factory = self.row_factory.with_collector(Option::take);
        drop(factory);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Commits after success, rolls back after an exception; the connection stays open.
    #[pyo3(signature = (*exception))]
    fn __exit__(&self, py: Python<'_>, exception: &Bound<'_, PyTuple>) -> PyResult<bool> {
        let failed = exception.get_item(0).is_ok_and(|class| !class.is_none());
        if failed {
            self.rollback(py)?;
        } else {
            self.commit(py)?;
        }
        Ok(false)
    }
}

impl Connection {
    /// Tells whether the connection was closed.
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.native.is_closed()
    }

    /// Gives the engine's connection if it is open.
    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<redstart_engine::Connection> {
        if self.is_closed() {
            let message = "Cannot operate on a closed database.";
            return Err(errors::to_py(
                py,
                &Error::new(ErrorKind::Programming, message),
            ));
        }
        Ok(self.native.clone())
    }

    /// Runs a statement that writes; gives the number of rows it changed and the last row id.
    pub(crate) fn write(
        &self,
        py: Python<'_>,
        sql: &str,
        values: &[Value],
    ) -> PyResult<(i64, i64)> {
        let native = self.open(py)?;
        wait::blocking(py, || {
            let outcome = native.execute(sql, values)?;
            Ok((outcome.rows_affected, outcome.last_insert_id))
        })
    }

    /// Runs a statement that gives one row at most, and gives that row.
    pub(crate) fn first_row(
        &self,
        py: Python<'_>,
        sql: &str,
        values: &[Value],
    ) -> PyResult<Option<Arc<Batch>>> {
        let native = self.open(py)?;
        wait::blocking(py, || {
            let mut batch = Batch::default();
            native.run(Request::new(sql, Binds::Positional(values)), &mut batch, 1)?;
            Ok((!batch.is_empty()).then(|| Arc::new(batch)))
        })
    }

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

    fn end_transaction(
        &self,
        py: Python<'_>,
        end: fn(&redstart_engine::Connection) -> redstart_core::Result<()>,
    ) -> PyResult<()> {
        let native = self.open(py)?;
        wait::blocking(py, || {
            if native.in_transaction()? {
                end(&native)?;
            }
            Ok(())
        })
    }
}

/// Reads a path: a string, bytes or a path object.
fn text_of(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let path = path.py().import("os")?.call_method1("fsdecode", (path,))?;
    Ok(path.cast::<PyString>()?.to_str()?.to_owned())
}

/// Reads a number of seconds; what makes no sense is no time at all.
fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or_default()
}

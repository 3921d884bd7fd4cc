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
use redstart_engine::{OwnedRequest, Parameters as Binds, Pending, Request, Rows, Target, Values};

use crate::attached::AttachedCell;
use crate::binding;
use crate::cursor::Cursor;
use crate::introspect::Question;
use crate::render::PyRendered;
use crate::wait::Awaitable;
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
    let target = sqlite_target(path, timeout, settings)?;
    let native = wait::blocking(py, || {
        let native = target.connect()?;
        watched(&native)?;
        Ok(native)
    })?;
    Ok(Connection::of(native))
}

/// Reads where a SQLite database is; nothing is opened.
pub(crate) fn sqlite_target(
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
pub(crate) fn watched(native: &redstart_engine::Connection) -> redstart_core::Result<()> {
    match native.as_sqlite() {
        Some(native) => native
            .set_progress_handler(Some(wait::signal_watch()), wait::STEPS_BETWEEN_LOOKS),
        None => Ok(()),
    }
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
        cursor.get().execute_with(slf.py(), sql, parameters)?;
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
        binding::bindable(py, &slf.get().native, &mut values)?;
        let request = Request::new(&rendered.0.sql, Binds::Positional(&values));
        cursor.get().run(py, request)?;
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

    /// What the database says about its own tables.
    ///
    /// Args:
    ///     question: `tables`, `views`, `indexes`, `columns`, `primary_keys`, `foreign_keys` or `sequences`.
    ///     table: The table that is asked about.
    ///     schema: Its schema.
    ///     ask: The way to ask, `ask(sql, parameters) -> rows`; the connection itself by default.
    ///
    /// Returns:
    ///     Names, or tuples in the order of the metadata classes.
    #[pyo3(signature = (question, table=None, schema=None, ask=None))]
    fn introspect<'py>(
        &self,
        py: Python<'py>,
        question: &str,
        table: Option<&str>,
        schema: Option<&str>,
        ask: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let question = Question::read(question, table)?;
        introspect::ask(py, self.open(py)?, &question, schema, ask)
    }

    /// Runs what `render` gave, to be awaited; gives the cursor with all rows.
    #[pyo3(signature = (rendered, timeout=None))]
    fn arun<'py>(
        slf: &Bound<'py, Self>,
        rendered: &Bound<'py, PyRendered>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let rendered = rendered.get();
        let mut values = rendered.binds().to_vec();
        binding::bindable(slf.py(), &slf.get().native, &mut values)?;
        let request = OwnedRequest {
            sql: rendered.0.sql.as_str().into(),
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
        let mut values = rendered.binds().to_vec();
        binding::bindable(slf.py(), &slf.get().native, &mut values)?;
        let request = OwnedRequest {
            sql: rendered.0.sql.as_str().into(),
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

    /// Whether the connection is of use, as far as is known without asking the database.
    #[getter]
    fn is_alive(&self, py: Python<'_>) -> PyResult<bool> {
        wait::blocking(py, || Ok(self.native.is_alive()))
    }

    /// Whether work was left on the connection: a running statement, an open transaction.
    #[getter]
    fn is_dirty(&self, py: Python<'_>) -> PyResult<bool> {
        wait::blocking(py, || Ok(self.native.is_dirty()))
    }

    /// Whether the connection was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.is_closed()
    }

    /// The database's version: three numbers for SQLite, one as libpq gives it for PostgreSQL.
    #[getter]
    fn server_version<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.native.as_postgres() {
            Some(native) => Ok(native.server_version().into_pyobject(py)?.into_any()),
            None => Ok(self.native.server_version().into_pyobject(py)?.into_any()),
        }
    }

    /// The transaction's status, by libpq's numbers: 0 for none, 2 for an open one, 3 for one that
    /// failed, 4 where it is unknown.
    fn get_transaction_status(&self) -> PyResult<u8> {
        let native = self.postgres("get_transaction_status")?;
        Ok(match native.transaction_status() {
            _ if native.is_closed() => 4,
            b'I' => 0,
            b'T' => 2,
            _ => 3,
        })
    }

    /// The number of the server's process.
    fn get_backend_pid(&self) -> PyResult<u32> {
        Ok(self.postgres("get_backend_pid")?.backend_pid())
    }

    /// A setting that the server reports, such as `TimeZone`; None for one that it does not.
    #[pyo3(signature = (name))]
    fn get_parameter_status(&self, name: &str) -> PyResult<Option<String>> {
        Ok(self.postgres("get_parameter_status")?.parameter(name))
    }

    /// The notices that the server sent since they were asked for last.
    #[getter]
    fn notices(&self) -> PyResult<Vec<String>> {
        let notices = self.postgres("notices")?.take_notices();
        Ok(notices.iter().map(|notice| notice.message().to_owned()).collect())
    }

    /// Sets how many seconds a statement may take that says nothing itself; None for ever.
    #[pyo3(signature = (limit))]
    fn set_statement_timeout(&self, limit: Option<f64>) -> PyResult<()> {
        let native = self.postgres("a statement timeout")?;
        native.set_statement_timeout(limit.map(seconds));
        Ok(())
    }

    /// Has the values of the type `hstore`, whose number is given, read as dictionaries.
    #[pyo3(signature = (type_number))]
    fn register_hstore(&self, type_number: u32) -> PyResult<()> {
        self.postgres("hstore")?.register_hstore(type_number);
        Ok(())
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
    /// Takes a connection of the engine.
    pub(crate) fn of(native: redstart_engine::Connection) -> Self {
        Self {
            native,
            row_factory: AttachedCell::new(None),
        }
    }

    /// Gives the engine's connection, open or not.
    pub(crate) fn native(&self) -> &redstart_engine::Connection {
        &self.native
    }

    /// Runs a statement in a task; gives an awaitable of the cursor.
    fn start<'py>(
        slf: &Bound<'py, Self>,
        request: OwnedRequest,
    ) -> PyResult<Bound<'py, Awaitable>> {
        let native = slf.get().open(slf.py())?;
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

    fn postgres(&self, feature: &str) -> PyResult<&redstart_engine::postgres::Connection> {
        let native = self.native.require_postgres(feature);
        native.map_err(|error| Python::attach(|py| errors::to_py(py, &error)))
    }

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

    /// Runs a statement that writes one row and returns what the database made of it.
    pub(crate) fn returned(&self, py: Python<'_>, sql: &str, values: &[Value]) -> PyResult<Batch> {
        let native = self.open(py)?;
        wait::blocking(py, || {
            let mut batch = Batch::default();
            native.run(Request::new(sql, Binds::Positional(values)), &mut batch, usize::MAX)?;
            Ok(batch)
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

fn nothing(py: Python<'_>, outcome: redstart_core::Result<()>) -> PyResult<Py<PyAny>> {
    outcome.map_err(|error| wait::exception(py, &error))?;
    Ok(py.None())
}

/// Reads a path: a string, bytes or a path object.
fn text_of(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let path = path.py().import("os")?.call_method1("fsdecode", (path,))?;
    Ok(path.cast::<PyString>()?.to_str()?.to_owned())
}

/// Reads a number of seconds; what makes no sense is no time at all.
pub(crate) fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or_default()
}

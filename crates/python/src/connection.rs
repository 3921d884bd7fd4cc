//! The connection that users see: PEP 249, and what one database alone or tasks have beside
//! it. Statements run in the cursor.

mod awaited;
mod postgres;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use redstart_core::{Batch, Error, ErrorKind, Value};
use redstart_engine::{Outcome, Parameters as Binds, Request};

use crate::attached::AttachedCell;
use crate::binding;
use crate::cursor::Cursor;
use crate::introspect::Question;
use crate::render::PyRendered;
use crate::{errors, introspect, wait};

/// A connection to a database, in autocommit mode.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Connection {
    native: redstart_engine::Connection,
    row_factory: AttachedCell<Option<Py<PyAny>>>,
    statement_timeout: AttachedCell<Option<Duration>>,
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

    /// Makes a cursor and runs what `render` gave, for so many seconds at most.
    #[pyo3(signature = (rendered, timeout=None))]
    fn run<'py>(
        slf: &Bound<'py, Self>,
        rendered: &Bound<'py, PyRendered>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, Cursor>> {
        let rendered = rendered.get();
        let values = rendered.binds.clone();
        Self::run_with(slf, &rendered.sql, values, timeout.map(seconds))
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
        let outcome = self.open(py)?.in_transaction();
        outcome.map_err(|error| wait::exception(py, &error))
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

    /// Whether a statement has rows that were not read yet and are not in memory.
    #[getter]
    fn is_reading(&self, py: Python<'_>) -> PyResult<bool> {
        match self.native.as_sqlite() {
            Some(native) => wait::blocking(py, || native.is_reading()),
            None => Ok(false),
        }
    }

    /// Has what `SET` changes taken back when the connection goes back to its pool, where the
    /// database has settings of a session.
    fn forget_settings(&self) {
        if let Some(native) = self.native.as_postgres() {
            native.forget_settings();
        }
    }

    /// Sets how many seconds a statement may take that says nothing itself; None for ever.
    #[pyo3(signature = (limit))]
    fn set_statement_timeout(&self, py: Python<'_>, limit: Option<f64>) {
        let limit = limit.map(seconds);
        self.statement_timeout.with(py, |place| *place = limit);
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

    /// Whether the connection is of use, as far as is known without asking the database.
    #[getter]
    fn is_alive(&self) -> bool {
        self.native.is_alive()
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
            statement_timeout: AttachedCell::new(None),
        }
    }

    /// Makes a cursor and runs a statement, for so long at most.
    pub(crate) fn run_with<'py>(
        slf: &Bound<'py, Self>,
        sql: &str,
        mut values: Vec<Value>,
        timeout: Option<Duration>,
    ) -> PyResult<Bound<'py, Cursor>> {
        let py = slf.py();
        let factory = slf.get().row_factory(py);
        let cursor = Bound::new(py, Cursor::new(slf.clone().unbind(), factory))?;
        binding::bindable(py, &slf.get().native, &mut values)?;
        let request = Request {
            timeout,
            ..Request::new(sql, Binds::Positional(&values))
        };
        cursor.get().run(py, request)?;
        Ok(cursor)
    }

    /// Gives the engine's connection, open or not.
    pub(crate) fn native(&self) -> &redstart_engine::Connection {
        &self.native
    }

    /// Tells whether the connection was closed.
    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.native.is_closed()
    }

    /// Tells whether rows that were fetched are gone: SQLite's end with their connection.
    #[inline]
    pub(crate) fn has_ended_rows(&self) -> bool {
        self.is_closed() && self.native.as_sqlite().is_some()
    }

    /// Gives the engine's connection for a statement, if it is open. Whether it is this process's own, the
    /// driver looks when it runs the statement.
    pub(crate) fn for_statement(&self, py: Python<'_>) -> PyResult<redstart_engine::Connection> {
        if self.is_closed() {
            return self.open(py);
        }
        Ok(self.native.clone())
    }

    /// Gives the engine's connection if it is open, and this process's own.
    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<redstart_engine::Connection> {
        if let Some(native) = self.native.as_postgres() {
            native
                .require_open()
                .map_err(|error| errors::to_py(py, &error))?;
        } else if self.is_closed() {
            let message = "Cannot operate on a closed database.";
            let error = Error::new(ErrorKind::Programming, message);
            return Err(errors::to_py(py, &error));
        }
        Ok(self.native.clone())
    }

    /// Gives how long a statement may take that says nothing itself.
    pub(crate) fn statement_timeout(&self, py: Python<'_>) -> Option<Duration> {
        self.statement_timeout.with(py, |limit| *limit)
    }

    /// Runs a statement that writes; gives the number of rows it changed and the last row id.
    pub(crate) fn write(
        &self,
        py: Python<'_>,
        sql: &str,
        values: &[Value],
    ) -> PyResult<(i64, i64)> {
        let native = self.open(py)?;
        let limit = self.statement_timeout(py);
        if limit.is_some() {
            let (_, outcome) = self.returned(py, sql, values, usize::MAX)?;
            return Ok((outcome.rows_affected, outcome.last_insert_id));
        }
        wait::statement(py, &native, None, || {
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
        let (batch, _) = self.returned(py, sql, values, 1)?;
        Ok((!batch.is_empty()).then(|| Arc::new(batch)))
    }

    /// Runs a statement and gives its first rows.
    pub(crate) fn returned(
        &self,
        py: Python<'_>,
        sql: &str,
        values: &[Value],
        max_rows: usize,
    ) -> PyResult<(Batch, Outcome)> {
        let native = self.open(py)?;
        let limit = self.statement_timeout(py);
        let request = Request {
            timeout: limit,
            ..Request::new(sql, Binds::Positional(values))
        };
        wait::statement(py, &native, limit, || {
            let mut batch = Batch::default();
            let rows = native.run(request, &mut batch, max_rows)?;
            Ok((batch, rows.outcome()))
        })
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

/// Reads a number of seconds; what makes no sense is no time at all.
pub(crate) fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number.max(0.0)).unwrap_or_default()
}

//! The cursor of PEP 249 over the rows of the engine: execution, fetching, and the batches
//! from which rows are made.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use redstart_core::{Batch, Error, ErrorKind};
use redstart_engine::{Column, Pending, Request, Rows};

use crate::attached::AttachedCell;
use crate::binding;
use crate::connection::Connection;
use crate::wait::Awaitable;
use crate::{errors, row, wait};

/// Runs statements on a connection and gives their rows as tuples of raw values.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Cursor {
    connection: AttachedCell<Option<Py<Connection>>>,
    row_factory: AttachedCell<Option<Py<PyAny>>>,
    state: AttachedCell<State>,
}

/// Where a cursor stands.
struct State {
    /// What is left of the running statement.
    rows: Option<Rows>,
    busy: bool,
    batch: Option<Arc<Batch>>,
    position: u32,
    columns: Option<Arc<[Column]>>,
    rowcount: i64,
    lastrowid: Option<i64>,
    arraysize: usize,
    closed: bool,
}

/// What one step of a statement gives.
struct Stepped {
    rows: Option<Rows>,
    batch: Option<Batch>,
    columns: Option<Arc<[Column]>>,
    rowcount: i64,
    lastrowid: i64,
}

#[pymethods]
impl Cursor {
    /// The connection.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Option<Py<Connection>> {
        self.connection.with(py, |connection| {
            connection
                .as_ref()
                .map(|connection| connection.clone_ref(py))
        })
    }

    /// The columns of the result as tuples of seven: the name, the number of the type where there is one, and
    /// five times None. None without a result.
    #[getter]
    fn description<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Some(columns) = self.state.with(py, |state| state.columns.clone()) else {
            return Ok(None);
        };
        let none = || py.None();
        let mut described = Vec::with_capacity(columns.len());
        for column in columns.iter() {
            let name = PyString::new(py, &column.name).into_any().unbind();
            let code = match column.type_number {
                Some(number) => number.into_pyobject(py)?.into_any().unbind(),
                None => none(),
            };
            described.push(PyTuple::new(
                py,
                [name, code, none(), none(), none(), none(), none()],
            )?);
        }
        PyTuple::new(py, described).map(Some)
    }

    /// The number of rows that the last statement wrote; -1 for any other statement.
    #[getter]
    fn rowcount(&self, py: Python<'_>) -> i64 {
        self.state.with(py, |state| state.rowcount)
    }

    /// The row id of the connection's last insert, as of the last statement.
    #[getter]
    fn lastrowid(&self, py: Python<'_>) -> Option<i64> {
        self.state.with(py, |state| state.lastrowid)
    }

    /// The number of rows that `fetchmany` gives by default.
    #[getter]
    fn arraysize(&self, py: Python<'_>) -> usize {
        self.state.with(py, |state| state.arraysize)
    }

    #[setter]
    fn set_arraysize(&self, py: Python<'_>, size: usize) {
        self.state.with(py, |state| state.arraysize = size);
    }

    /// What is made of each row, called with the cursor and the tuple; None for the tuple.
    #[getter]
    fn row_factory(&self, py: Python<'_>) -> Option<Py<PyAny>> {
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

    /// Runs a statement.
    ///
    /// Args:
    ///     sql: One statement.
    ///     parameters: A sequence for placeholders in order, a dictionary for named ones.
    ///
    /// Returns:
    ///     The cursor itself.
    #[pyo3(signature = (sql, parameters=None))]
    fn execute<'py>(
        slf: &Bound<'py, Self>,
        sql: &Bound<'py, PyString>,
        parameters: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        slf.get()
            .execute_with(slf.py(), sql.to_str()?, parameters)?;
        Ok(slf.clone())
    }

    /// Runs a statement that writes, once for each set of parameters.
    #[pyo3(signature = (sql, seq_of_parameters))]
    fn executemany<'py>(
        slf: &Bound<'py, Self>,
        sql: &Bound<'py, PyString>,
        seq_of_parameters: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let cursor = slf.get();
        let connection = cursor.begin(py)?;
        let last = cursor.lastrowid(py);
        let outcome = cursor.run_many(py, &connection, sql.to_str()?, seq_of_parameters);
        cursor.state.with(py, |state| {
            state.busy = false;
            state.lastrowid = last;
        });
        let rowcount = outcome?;
        cursor.state.with(py, |state| state.rowcount = rowcount);
        Ok(slf.clone())
    }

    /// Runs all statements of a text.
    #[pyo3(signature = (sql_script))]
    fn executescript<'py>(slf: &Bound<'py, Self>, sql_script: &str) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let connection = slf.get().begin(py)?;
        let outcome = wait::blocking(py, || connection.execute_script(sql_script));
        slf.get().state.with(py, |state| state.busy = false);
        outcome?;
        Ok(slf.clone())
    }

    /// Gives the next row, or None after the last one.
    fn fetchone<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let Some((batch, row)) = slf.get().next_cells(py)? else {
            return Ok(None);
        };
        let row = slf.get().tuple(py, &batch, row)?;
        match slf.get().row_factory(py) {
            Some(factory) => factory.bind(py).call1((slf, row)).map(Some),
            None => Ok(Some(row.into_any())),
        }
    }

    /// Gives the next rows as a list, `arraysize` of them by default.
    #[pyo3(signature = (size=None))]
    fn fetchmany<'py>(slf: &Bound<'py, Self>, size: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let size = size.unwrap_or_else(|| slf.get().arraysize(slf.py()));
        let rows = PyList::empty(slf.py());
        while rows.len() < size {
            match Self::fetchone(slf)? {
                Some(row) => rows.append(row)?,
                None => break,
            }
        }
        Ok(rows)
    }

    /// Gives the rows that are left as a list.
    fn fetchall<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::fetchmany(slf, Some(usize::MAX))
    }

    /// The number of rows that can be taken without waiting.
    #[getter]
    fn buffered(&self, py: Python<'_>) -> usize {
        self.state.with(py, |state| {
            let position = state.position as usize;
            let batch = state.batch.as_ref();
            batch.map_or(0, |batch| batch.len().saturating_sub(position))
        })
    }

    /// Fetches the next rows, at most so many, to be awaited; gives whether there are any.
    #[pyo3(signature = (size))]
    fn afetch<'py>(
        slf: &Bound<'py, Self>,
        py: Python<'py>,
        size: usize,
    ) -> PyResult<Bound<'py, Awaitable>> {
        slf.get().usable(py)?;
        let rows = slf.get().state.with(py, |state| {
            state.busy = state.rows.is_some();
            state.rows.take()
        });
        let operation: Pending<Option<(Rows, Batch)>> = Box::pin(async move {
            match rows {
                Some(rows) => rows.fetch(size).await.map(Some),
                None => Ok(None),
            }
        });
        let cursor = slf.clone().unbind();
        wait::awaitable(py, operation, move |py, outcome| {
            let cursor = cursor.get();
            match outcome.map_err(|error| wait::exception(py, &error)) {
                Ok(None) => {
                    let old = cursor.state.with(py, |state| state.batch.take());
                    drop(old);
                }
                Ok(Some(fetched)) => cursor.take(py, Ok(fetched))?,
                Err(error) => cursor.take(py, Err(error))?,
            }
            Ok((cursor.buffered(py) > 0)
                .into_pyobject(py)?
                .to_owned()
                .into_any()
                .unbind())
        })
    }

    /// Closes the cursor; its statement ends.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if let Some(connection) = self.connection(py).filter(|one| one.get().has_ended_rows()) {
            connection.get().open(py)?;
        }
        self.end(py);
        self.state.with(py, |state| state.closed = true);
        Ok(())
    }

    /// Does nothing; demanded by PEP 249.
    #[pyo3(signature = (sizes))]
    fn setinputsizes(&self, sizes: &Bound<'_, PyAny>) {
        let _ = sizes;
    }

    /// Does nothing; demanded by PEP 249.
    #[pyo3(signature = (size, column=None))]
    fn setoutputsize(&self, size: &Bound<'_, PyAny>, column: Option<&Bound<'_, PyAny>>) {
        let _ = (size, column);
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Self::fetchone(slf)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.connection
            .with_collector(|connection| visit.call(connection.as_ref()))?;
        self.row_factory
            .with_collector(|factory| visit.call(factory.as_ref()))
    }

    fn __clear__(&self) {
        let factory = self.row_factory.with_collector(Option::take);
        drop(factory);
    }
}

impl Cursor {
    /// Makes a cursor that has not run a statement.
    pub(crate) fn new(connection: Py<Connection>, row_factory: Option<Py<PyAny>>) -> Self {
        Self {
            connection: AttachedCell::new(Some(connection)),
            row_factory: AttachedCell::new(row_factory),
            state: AttachedCell::new(State {
                rows: None,
                busy: false,
                batch: None,
                position: 0,
                columns: None,
                rowcount: -1,
                lastrowid: None,
                arraysize: 1,
                closed: false,
            }),
        }
    }

    /// Runs a statement with the parameters that Python code gave. Without any, a percent sign
    /// in it is nothing special.
    pub(crate) fn execute_with(
        &self,
        py: Python<'_>,
        sql: &str,
        parameters: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let Some(parameters) = parameters else {
            return self.run(py, Request::plain(sql));
        };
        let connection = self
            .connection(py)
            .ok_or_else(|| PyTypeError::new_err("the cursor has lost its connection"))?;
        let values = binding::parameters(connection.get().native(), parameters)?;
        self.run(py, Request::new(sql, values.lend()))
    }

    /// Runs a statement and fetches its first rows.
    pub(crate) fn run(&self, py: Python<'_>, request: Request<'_>) -> PyResult<()> {
        let default = self.connection(py);
        let default = default.and_then(|connection| connection.get().statement_timeout(py));
        let timeout = request.timeout.or(default);
        let request = Request { timeout, ..request };
        let connection = self.begin(py)?;
        let outcome = wait::statement(py, &connection, timeout, || {
            let mut batch = Batch::default();
            let rows = connection.run(request, &mut batch, FIRST_ROWS)?;
            Ok(Stepped::of(rows, batch))
        });
        self.accept(py, outcome)
    }

    /// Takes what a statement gave that ran elsewhere.
    pub(crate) fn take(&self, py: Python<'_>, outcome: PyResult<(Rows, Batch)>) -> PyResult<()> {
        self.accept(py, outcome.map(|(rows, batch)| Stepped::of(rows, batch)))
    }

    /// Gives the place of the next row; `None` after the last one.
    #[inline]
    pub(crate) fn next_cells(&self, py: Python<'_>) -> PyResult<Option<(Arc<Batch>, u32)>> {
        let closed = self.connection.with(py, |connection| {
            connection
                .as_ref()
                .is_none_or(|connection| connection.get().has_ended_rows())
        });
        let found = self.state.with(py, |state| {
            let batch = state.batch.as_ref().filter(|_| !closed)?;
            let row = state.position;
            if row as usize >= batch.len() {
                return None;
            }
            state.position += 1;
            Some((Arc::clone(batch), row))
        });
        match found {
            Some(found) => Ok(Some(found)),
            None => self.next_batch(py),
        }
    }

    #[cold]
    fn next_batch(&self, py: Python<'_>) -> PyResult<Option<(Arc<Batch>, u32)>> {
        let arrived = self.state.with(py, |state| {
            let rows = state.rows.as_ref();
            !state.closed && !state.busy && rows.is_none_or(|rows| !rows.waits())
        });
        let connection = self.connection(py);
        if !arrived || connection.is_none_or(|connection| connection.get().has_ended_rows()) {
            self.usable(py)?;
        }
        // Making rows runs no bytecode: a loop over a long result would not notice a signal.
        py.check_signals()?;
        let (rows, last) = self.state.with(py, |state| {
            state.busy = state.rows.is_some();
            (state.rows.take(), state.batch.take())
        });
        let Some(mut rows) = rows else {
            return Ok(None);
        };
        let work = move || {
            let mut batch = next_room(last);
            rows.next_into(&mut batch, usize::MAX)?;
            Ok(Stepped::of(rows, batch))
        };
        let outcome = wait::blocking(py, work);
        self.accept(py, outcome)?;
        Ok(self.state.with(py, |state| {
            let batch = state.batch.as_ref().filter(|batch| !batch.is_empty())?;
            state.position = 1;
            Some((Arc::clone(batch), 0))
        }))
    }

    fn run_many(
        &self,
        py: Python<'_>,
        connection: &redstart_engine::Connection,
        sql: &str,
        sets: &Bound<'_, PyAny>,
    ) -> PyResult<i64> {
        let mut statement = Some(wait::blocking(py, || connection.prepare(sql))?);
        let mut written = 0;
        for set in sets.try_iter()? {
            let parameters = binding::parameters(connection, &set?)?;
            let Some(mut used) = statement.take() else {
                break;
            };
            if used.is_readonly() {
                let message = "executemany() can only execute DML statements.";
                return Err(errors::to_py(
                    py,
                    &Error::new(ErrorKind::Programming, message),
                ));
            }
            let (used, outcome) = wait::blocking(py, move || {
                let outcome = used.execute(parameters.lend())?;
                Ok((used, outcome))
            })?;
            written += outcome.rows_affected.max(0);
            statement = Some(used);
        }
        Ok(written)
    }

    /// Ends the statement before and claims the cursor for a new one.
    fn begin(&self, py: Python<'_>) -> PyResult<redstart_engine::Connection> {
        let connection = self.usable(py)?;
        self.end(py);
        self.state.with(py, |state| {
            state.busy = true;
            state.columns = None;
            state.rowcount = -1;
        });
        Ok(connection)
    }

    /// Lets the statement and its rows go.
    fn end(&self, py: Python<'_>) {
        let (rows, batch) = self
            .state
            .with(py, |state| (state.rows.take(), state.batch.take()));
        drop(batch);
        if let Some(rows) = rows {
            py.detach(move || drop(rows));
        }
    }

    fn accept(&self, py: Python<'_>, outcome: PyResult<Stepped>) -> PyResult<()> {
        self.state.with(py, |state| {
            state.busy = false;
            let stepped = outcome?;
            state.rows = stepped.rows;
            state.batch = stepped.batch.map(Arc::new);
            state.position = 0;
            state.columns = stepped.columns;
            state.rowcount = stepped.rowcount;
            state.lastrowid = Some(stepped.lastrowid);
            Ok(())
        })
    }

    /// Gives the engine's connection if cursor and connection are open and idle.
    fn usable(&self, py: Python<'_>) -> PyResult<redstart_engine::Connection> {
        let connection = self
            .connection(py)
            .ok_or_else(|| PyTypeError::new_err("the cursor has lost its connection"))?;
        let (closed, busy) = self.state.with(py, |state| (state.closed, state.busy));
        let refused = |message| {
            Err(errors::to_py(
                py,
                &Error::new(ErrorKind::Programming, message),
            ))
        };
        if closed && connection.get().native().as_postgres().is_some() {
            let error = Error::new(ErrorKind::Interface, "cursor already closed");
            return Err(errors::to_py(py, &error));
        }
        if closed {
            return refused("Cannot operate on a closed cursor.");
        }
        let open = connection.get().for_statement(py)?;
        if busy {
            return refused("Recursive use of cursors not allowed.");
        }
        Ok(open)
    }

    fn tuple<'py>(
        &self,
        py: Python<'py>,
        batch: &Batch,
        row: u32,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let columns = self.state.with(py, |state| state.columns.clone());
        let label = |place: usize| -> &str {
            let columns = columns.as_deref().unwrap_or_default();
            columns.get(place).map_or("", |column| &column.name)
        };
        row::raw_tuple(py, batch, row, label)
    }
}

impl Stepped {
    /// Takes what a step gave; a finished statement is given back at once.
    fn of(rows: Rows, batch: Batch) -> Self {
        let columns = rows.has_columns().then(|| rows.columns());
        let outcome = rows.outcome();
        Self {
            rows: (!rows.is_finished()).then_some(rows),
            batch: columns.is_some().then_some(batch),
            columns,
            rowcount: outcome.rows_affected,
            lastrowid: outcome.last_insert_id,
        }
    }
}

/// The number of rows fetched with the execution; whoever reads one row pays for few.
const FIRST_ROWS: usize = 64;

/// Gives an empty batch: the last one again if no instance points into it.
fn next_room(last: Option<Arc<Batch>>) -> Batch {
    let Some(last) = last else {
        return Batch::default();
    };
    match Arc::try_unwrap(last) {
        Ok(mut batch) => {
            batch.clear();
            batch
        }
        Err(shared) => Batch::with_room_of(&shared),
    }
}

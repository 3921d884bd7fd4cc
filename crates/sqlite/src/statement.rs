//! A prepared statement: its parameters, its columns, and its run into batches of
//! raw cells. Where statements rest between runs is the cache's business.

use std::ffi::{CStr, CString, c_char, c_int};
use std::fmt;
use std::ptr;
use std::sync::Arc;

use redstart_core::{Batch, Column, Error, ErrorKind, Result, Value};
use rusqlite::ffi;

use crate::busy;
use crate::handle::{Handle, Locked};
use crate::statement_cache::Prepared;
use crate::value::{self, BindFailure};
use crate::{comment, error};

/// How far a statement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// At least one more row waits.
    More,
    /// The statement is finished.
    Done,
}

/// A statement of one connection, used by one owner.
///
/// Dropping it ends its run and gives it back to the connection for another use.
pub struct Statement {
    handle: Arc<Handle>,
    /// Present until the drop.
    prepared: Option<Prepared>,
    state: State,
    changes: i64,
    last_insert_id: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first step.
    Ready,
    /// On a row that was not read yet.
    Row,
    /// Behind the last row.
    Done,
}

impl Statement {
    /// Takes an idle statement of this text or compiles it.
    pub(crate) fn prepare(handle: &Arc<Handle>, sql: &str) -> Result<Self> {
        if handle.is_closed() {
            return Err(error::closed());
        }
        // What this pragma says is fixed when it is compiled.
        let idle = (!busy::is_pragma(sql)).then(|| handle.take_idle(sql));
        let prepared = match idle.flatten() {
            Some(prepared) => prepared,
            None => compile_alone(handle, sql)?,
        };
        Ok(Self::new(handle, prepared))
    }

    /// Compiles the first statement of a text and gives what follows it.
    pub(crate) fn compile_first<'a>(handle: &Arc<Handle>, sql: &'a str) -> Result<(Self, &'a str)> {
        let (prepared, rest) = compile(handle, sql)?;
        Ok((Self::new(handle, prepared), rest))
    }

    fn new(handle: &Arc<Handle>, prepared: Prepared) -> Self {
        Self {
            handle: Arc::clone(handle),
            prepared: Some(prepared),
            state: State::Ready,
            changes: 0,
            last_insert_id: 0,
        }
    }

    /// Gives the statement's text.
    pub fn sql(&self) -> &str {
        self.prepared.as_ref().map_or("", |prepared| &prepared.sql)
    }

    /// Gives the columns of the result; empty for a statement without one. Exact from
    /// the first step on: a change of the schema may change them before that.
    pub fn columns(&self) -> Arc<[Column]> {
        let columns = self
            .prepared
            .as_ref()
            .map(|prepared| Arc::clone(&prepared.columns));
        columns.unwrap_or_else(|| Arc::new([]))
    }

    /// Tells whether the statement has a result.
    pub fn has_columns(&self) -> bool {
        self.prepared
            .as_ref()
            .is_some_and(|prepared| !prepared.columns.is_empty())
    }

    /// Tells whether the statement writes nothing to the database itself.
    pub fn is_readonly(&self) -> bool {
        self.prepared
            .as_ref()
            .is_none_or(|prepared| prepared.readonly)
    }

    /// Gives the number of parameters.
    pub fn parameter_count(&self) -> usize {
        self.prepared
            .as_ref()
            .map_or(0, |prepared| prepared.parameters)
    }

    /// Gives the names of the parameters without their prefix; `None` for a bare `?`.
    pub fn parameter_names(&self) -> Result<Vec<Option<String>>> {
        let _lock = self.handle.lock()?;
        let raw = self.raw();
        Ok((1..=self.parameter_count())
            // SAFETY: the statement is alive, as the connection is open and locked.
            .map(|index| unsafe { parameter_name(raw, c_int::try_from(index).unwrap_or(0)) })
            .map(|name| name.map(|name| name.chars().skip(1).collect()))
            .collect())
    }

    /// Gives the number of rows that the run inserted, updated or deleted: -1 for any
    /// other statement, 0 until the run is finished.
    pub fn changes(&self) -> i64 {
        match &self.prepared {
            Some(prepared) if prepared.dml => self.changes,
            _ => -1,
        }
    }

    /// Gives the row id of the connection's last insert as of the last step.
    pub fn last_insert_id(&self) -> i64 {
        self.last_insert_id
    }

    /// Binds the values to the parameters in order, and begins a new run.
    pub fn bind(&mut self, values: &[Value]) -> Result<()> {
        let handle = Arc::clone(&self.handle);
        let _lock = handle.lock()?;
        self.restart();
        let expected = self.parameter_count();
        if expected != values.len() {
            return Err(error::programming(format!(
                "Incorrect number of bindings supplied. The current statement uses {expected}, \
                 and there are {} supplied.",
                values.len()
            ))
            .with_sql(self.sql()));
        }
        for (index, value) in (1..).zip(values) {
            self.bind_one(index, value)?;
        }
        Ok(())
    }

    /// Binds values to the parameters by name (without prefix), and begins a new run.
    /// Names that the statement does not know are left out.
    pub fn bind_named<N: AsRef<str>>(&mut self, values: &[(N, Value)]) -> Result<()> {
        let names = self.parameter_names()?;
        let handle = Arc::clone(&self.handle);
        let _lock = handle.lock()?;
        self.restart();
        for (index, name) in (1..).zip(names) {
            let Some(name) = name else {
                return Err(error::programming(format!(
                    "Binding {index} has no name, but you supplied a dictionary (which has only \
                     names)."
                )));
            };
            let Some((_, value)) = values.iter().find(|(known, _)| known.as_ref() == name) else {
                return Err(error::programming(format!(
                    "You did not supply a value for binding parameter :{name}."
                )));
            };
            self.bind_one(index, value)?;
        }
        Ok(())
    }

    /// Takes the first step, unless that was done: a statement without a result has
    /// then done all its work. Tells whether a row waits.
    pub fn execute(&mut self) -> Result<bool> {
        if self.state == State::Ready {
            let handle = Arc::clone(&self.handle);
            let lock = handle.lock()?;
            self.step(&lock)?;
        }
        Ok(self.state == State::Row)
    }

    /// Appends rows to a batch until the batch is full, `max_rows` rows were appended,
    /// or the statement is finished. The row behind the last one is sought already, so
    /// that a statement whose rows are all read holds no lock.
    ///
    /// An empty batch takes the width of the result.
    pub fn step_into(&mut self, batch: &mut Batch, max_rows: usize) -> Result<Progress> {
        let handle = Arc::clone(&self.handle);
        let lock = handle.lock()?;
        self.require_run()?;
        if self.state == State::Ready {
            self.step(&lock)?;
        }
        if self.state == State::Done {
            return Ok(Progress::Done);
        }
        let width = self.fit(batch)?;
        let mut rows = 0;
        let mut places = value::Places::default();
        while self.state == State::Row {
            if rows == max_rows || batch.is_full() {
                return Ok(Progress::More);
            }
            // SAFETY: the statement stands on a row of `width` columns; `lock` is held.
            unsafe {
                if rows == 0 {
                    value::read_row(self.raw(), width, batch)?;
                } else {
                    places.read_row(self.raw(), width, batch)?;
                }
            }
            rows += 1;
            self.step(&lock)?;
        }
        Ok(Progress::Done)
    }

    /// Runs the statement to its end and drops its rows.
    pub fn finish(&mut self) -> Result<()> {
        let handle = Arc::clone(&self.handle);
        let lock = handle.lock()?;
        self.require_run()?;
        while self.state != State::Done {
            self.step(&lock)?;
        }
        Ok(())
    }

    /// Ends the run; the bound values stay for another one.
    pub fn reset(&mut self) -> Result<()> {
        let handle = Arc::clone(&self.handle);
        let _lock = handle.lock()?;
        // SAFETY: the connection is open and locked. The code repeats an error that
        // was reported before.
        unsafe { ffi::sqlite3_reset(self.raw()) };
        self.state = State::Ready;
        self.changes = 0;
        Ok(())
    }

    fn raw(&self) -> *mut ffi::sqlite3_stmt {
        self.prepared
            .as_ref()
            .map_or(ptr::null_mut(), |prepared| prepared.raw)
    }

    /// Forgets run and values; the caller holds the connection's mutex.
    fn restart(&mut self) {
        if let Some(prepared) = &mut self.prepared {
            prepared.reset();
        }
        self.state = State::Ready;
        self.changes = 0;
    }

    /// Binds one value; the caller holds the connection's mutex.
    fn bind_one(&mut self, index: c_int, value: &Value) -> Result<()> {
        let Some(prepared) = &mut self.prepared else {
            return Ok(());
        };
        let place = usize::try_from(index).unwrap_or(0);
        if prepared.is_bound(place, value) {
            return Ok(());
        }
        prepared.note_bound(place, value);
        // SAFETY: the statement is alive, as its connection is open and locked.
        match unsafe { value::bind(prepared.raw, index, value, &mut prepared.held) } {
            Ok(()) => Ok(()),
            Err(BindFailure::Unsupported) => Err(error::programming(format!(
                "Error binding parameter {index}: type '{}' is not supported",
                value.kind_name()
            ))
            .with_sql(self.sql())),
            Err(BindFailure::Code(code)) => {
                Err(error::without_connection(code).with_sql(self.sql()))
            }
        }
    }

    /// Refuses to go on with a run that was ended with its connection's use: it would begin
    /// again. The caller holds the connection's mutex.
    fn require_run(&mut self) -> Result<()> {
        // SAFETY: the statement is alive, as its connection is open and locked.
        if self.state != State::Row || unsafe { ffi::sqlite3_stmt_busy(self.raw()) } != 0 {
            return Ok(());
        }
        self.state = State::Done;
        Err(error::programming(
            "The rows of this statement ended when its connection was given back to the pool: \
             read them before.",
        )
        .with_sql(self.sql()))
    }

    fn step(&mut self, lock: &Locked<'_>) -> Result<()> {
        let raw = self.raw();
        if raw.is_null() {
            self.state = State::Done;
            return Ok(());
        }
        let first = self.state == State::Ready;
        // SAFETY: the statement is alive, as its connection is open and locked.
        let code = lock.running(|| unsafe { ffi::sqlite3_step(raw) });
        if code != ffi::SQLITE_ROW && code != ffi::SQLITE_DONE {
            let failure = self.failure(lock, code);
            self.state = State::Done;
            // SAFETY: as above; this releases the statement's locks.
            unsafe { ffi::sqlite3_reset(raw) };
            return Err(failure);
        }
        if first {
            self.refresh_columns();
        }
        if code == ffi::SQLITE_ROW {
            self.state = State::Row;
        } else {
            self.state = State::Done;
            // SAFETY: as above.
            self.changes = unsafe { ffi::sqlite3_changes64(lock.db()) };
            // SAFETY: as above.
            unsafe { ffi::sqlite3_reset(raw) };
        }
        // SAFETY: as above.
        self.last_insert_id = unsafe { ffi::sqlite3_last_insert_rowid(lock.db()) };
        Ok(())
    }

    fn failure(&self, lock: &Locked<'_>, code: i32) -> Error {
        let failure = lock.failure(code).with_sql(self.sql());
        let cause = self.handle.take_failure();
        match cause.as_ref().and_then(Error::host_failure) {
            Some(host) => failure.with_host_failure(Arc::clone(host)),
            None => failure,
        }
    }

    /// Reads the columns anew if a change of the schema had the statement recompiled.
    fn refresh_columns(&mut self) {
        let Some(prepared) = &mut self.prepared else {
            return;
        };
        // SAFETY: the caller holds the mutex; the counter is only read.
        let recompiled =
            unsafe { ffi::sqlite3_stmt_status(prepared.raw, ffi::SQLITE_STMTSTATUS_REPREPARE, 0) };
        if recompiled != prepared.recompiled {
            prepared.recompiled = recompiled;
            // SAFETY: as above.
            prepared.columns = unsafe { columns(prepared.raw) };
        }
    }

    /// Makes sure that a batch takes this result's rows, and gives their width.
    fn fit(&self, batch: &mut Batch) -> Result<c_int> {
        let width = self
            .prepared
            .as_ref()
            .map_or(0, |prepared| prepared.columns.len());
        if batch.width() != width {
            if !batch.is_empty() {
                return Err(Error::new(
                    ErrorKind::Interface,
                    format!(
                        "A batch of rows of {} cells cannot take rows of {width}.",
                        batch.width()
                    ),
                ));
            }
            *batch = Batch::new(width);
        }
        c_int::try_from(width).map_err(|_| error::without_connection(ffi::SQLITE_TOOBIG))
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        if let Some(prepared) = self.prepared.take() {
            self.handle.give_back(prepared);
        }
    }
}

impl fmt::Debug for Statement {
    /// Shows the text; bound values are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement")
            .field("sql", &self.sql())
            .finish_non_exhaustive()
    }
}

/// Compiles a text that must hold one statement at most.
fn compile_alone(handle: &Handle, sql: &str) -> Result<Prepared> {
    let (prepared, rest) = compile(handle, sql)?;
    if comment::skip(rest).is_empty() {
        return Ok(prepared);
    }
    handle.give_back(prepared);
    Err(error::programming("You can only execute one statement at a time.").with_sql(sql))
}

/// Compiles the first statement of a text and gives the text behind it.
fn compile<'a>(handle: &Handle, sql: &'a str) -> Result<(Prepared, &'a str)> {
    let lock = handle.lock()?;
    let terminated = CString::new(sql)
        .map_err(|_| error::programming("the query contains a null character").with_sql(sql))?;
    let length = c_int::try_from(sql.len() + 1)
        .map_err(|_| Error::new(ErrorKind::Data, "query string is too large"))?;
    let start = terminated.as_ptr();
    let mut raw = ptr::null_mut();
    let mut tail: *const c_char = ptr::null();
    // SAFETY: the connection is open and locked; the text ends with a null, which
    // `length` counts.
    let mut compile = || unsafe {
        ffi::sqlite3_prepare_v3(
            lock.db(),
            start,
            length,
            ffi::SQLITE_PREPARE_PERSISTENT,
            &raw mut raw,
            &raw mut tail,
        )
    };
    let code = if busy::is_pragma(sql) {
        busy::compile_pragma(handle, &lock, compile)?
    } else {
        lock.running(&mut compile)
    };
    lock.check(code).map_err(|failure| failure.with_sql(sql))?;
    handle.register(raw);
    let consumed = (tail as usize).saturating_sub(start as usize);
    let (own, rest) = sql.split_at_checked(consumed).unwrap_or((sql, ""));
    let text = if comment::skip(rest).is_empty() {
        sql
    } else {
        own
    };
    // SAFETY: the statement was just compiled; a null one has no columns.
    let prepared = unsafe { describe(raw, text) };
    Ok((prepared, rest))
}

unsafe fn describe(raw: *mut ffi::sqlite3_stmt, sql: &str) -> Prepared {
    let sql: Arc<str> = sql.into();
    // SAFETY: the caller's statement is alive, or null, for which all answers are zero
    // or true; the caller holds the mutex.
    unsafe {
        Prepared {
            raw,
            columns: columns(raw),
            parameters: usize::try_from(ffi::sqlite3_bind_parameter_count(raw)).unwrap_or(0),
            readonly: ffi::sqlite3_stmt_readonly(raw) != 0,
            dml: !raw.is_null() && comment::is_dml(&sql),
            recompiled: 0,
            held: Vec::new(),
            numbers: Vec::new(),
            sql,
        }
    }
}

unsafe fn columns(raw: *mut ffi::sqlite3_stmt) -> Arc<[Column]> {
    // SAFETY: the caller's statement is alive or null, and its connection is locked.
    unsafe {
        (0..ffi::sqlite3_column_count(raw))
            .map(|index| Column {
                name: copy(ffi::sqlite3_column_name(raw, index)).unwrap_or_default(),
                decltype: copy(ffi::sqlite3_column_decltype(raw, index)),
                type_number: None,
            })
            .collect()
    }
}

unsafe fn parameter_name(raw: *mut ffi::sqlite3_stmt, index: c_int) -> Option<String> {
    // SAFETY: the caller's statement is alive and its connection is locked.
    unsafe { copy(ffi::sqlite3_bind_parameter_name(raw, index)) }
}

unsafe fn copy(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: SQLite ends its texts with a null and keeps them while it is locked.
    Some(
        unsafe { CStr::from_ptr(text) }
            .to_string_lossy()
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use redstart_core::Value;

    use crate::{Connection, Options};

    #[test]
    fn a_limit_that_stays_the_same_is_planned_once() {
        let db = Connection::open(&Options::default()).expect("memory opens");
        db.execute_script("CREATE TABLE t (a); INSERT INTO t VALUES ('x'), ('y'), ('z')")
            .expect("the script runs");
        let mut recompiled = Vec::new();
        for (text, limit) in [("x", 1), ("y", 1), ("z", 1), ("z", 2)] {
            let values = [Value::text(text), Value::Bool(true), Value::Int(limit)];
            let statement = db
                .execute("SELECT a FROM t WHERE a <> ? AND ? LIMIT ?", &values)
                .expect("runs");
            let prepared = statement.prepared.as_ref().expect("not dropped yet");
            recompiled.push(prepared.recompiled);
        }
        // The first value is known only after the statement was compiled.
        assert_eq!(recompiled, [1, 1, 1, 2]);
    }
}

//! Statements on one connection: how a text and its values are sent, and the answer read.
//! A statement that reads or writes rows is prepared, kept, and gets its values as
//! parameters. Every other one gets its values written into it, as does one that the server
//! understands only so.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use redstart_core::{Error, Result, Value};
use redstart_wait::by_deadline;

use crate::answer::{Answer, Reading};
use crate::error;
use crate::frame::{Body, count, cstr};
use crate::request::{Request, Values};
use crate::row::Layout;
use crate::statement::{Prepared, StatementCache};
use crate::text::{self, Text};
use crate::transaction;
use crate::value::{encode, is_binary, type_of};
use crate::wire::Wire;

/// A connection that runs statements.
pub(crate) struct Session {
    pub(crate) wire: Wire,
    statements: StatementCache,
    /// A pooler stands between us and the server: what a statement is called on the server
    /// is not ours to say.
    pooled: bool,
    /// Texts that the server understands only with the values in them.
    inlined: HashSet<Box<str>>,
    /// The number of the type `hstore`, where its values are to be taken apart.
    pub(crate) hstore: Option<u32>,
    /// A setting of the session was changed that its next user is not to find.
    pub(crate) has_set: bool,
    /// The beginning of a transaction that goes out with the first statement in it.
    deferred: Option<Box<str>>,
}

impl Session {
    /// Takes a connection that is ready for statements.
    pub(crate) fn new(wire: Wire, cached_statements: usize, pooled: bool) -> Self {
        Self {
            wire,
            statements: StatementCache::new(cached_statements),
            pooled,
            inlined: HashSet::new(),
            hstore: None,
            has_set: false,
            deferred: None,
        }
    }

    /// Gives the transaction's status: `I`, `T` or `E`. One is open as soon as it was asked for.
    pub(crate) fn status(&self) -> u8 {
        match self.wire.status() {
            b'I' if self.deferred.is_some() => b'T',
            status => status,
        }
    }

    /// Makes the connection ready for another statement.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        self.wire.settle().await?;
        self.note_begun();
        Ok(())
    }

    /// Gives the settings of the session the values that they had at its start
    /// (<https://www.postgresql.org/docs/current/sql-reset.html>).
    pub(crate) async fn reset_settings(&mut self) -> Result<()> {
        self.run_text("RESET ALL").await?;
        self.has_set = false;
        Ok(())
    }

    /// Undoes the transaction that is open.
    pub(crate) async fn roll_back(&mut self) -> Result<()> {
        self.settle().await?;
        self.deferred = None;
        if self.wire.status() != b'I' {
            self.run_text("ROLLBACK").await?;
        }
        Ok(())
    }

    /// Tells whether a pooler stands before the server.
    pub(crate) fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// Runs a statement. Dropped before its end, it is cancelled with the next use.
    pub(crate) async fn run(&mut self, request: Request<'_>) -> Result<Answer> {
        self.settle().await?;
        let dispatched = self.dispatch(request.without_offset());
        let outcome = by_deadline(request.deadline, dispatched).await;
        let outcome = if let Ok(outcome) = outcome {
            self.note_begun();
            outcome
        } else {
            self.settle().await?;
            Err(Error::timed_out())
        };
        outcome.map_err(|error| match error.sql() {
            Some(_) => error,
            None => error.with_sql(request.sql),
        })
    }

    /// Runs statements as they stand, in one round trip; their values come as text.
    pub(crate) async fn run_text(&mut self, sql: &str) -> Result<Answer> {
        self.settle().await?;
        self.begin_deferred().await?;
        self.query(&Text::scan(sql, false), &[]).await
    }

    /// A transaction that was begun on the server is not to be begun again.
    fn note_begun(&mut self) {
        if self.wire.status() != b'I' {
            self.deferred = None;
        }
    }

    /// Begins the transaction that was asked for.
    async fn begin_deferred(&mut self) -> Result<()> {
        let Some(begin) = &self.deferred else {
            return Ok(());
        };
        self.wire.put_query(begin);
        self.wire.flush().await?;
        self.read_answer(None, true).await?;
        self.note_begun();
        Ok(())
    }

    /// Takes the beginning of a transaction, which costs no round trip of its own, and the end
    /// of one that has not begun, which costs none at all.
    fn defer(&mut self, sql: &str) -> Result<bool> {
        if self.pooled || !self.may_defer(sql) {
            return Ok(false);
        }
        // A connection that is gone is told of now, while it may be replaced.
        if !self.wire.is_alive() {
            return Err(self.wire.lost());
        }
        self.deferred = transaction::is_begin(sql).then(|| sql.into());
        Ok(true)
    }

    fn may_defer(&self, sql: &str) -> bool {
        match self.deferred {
            Some(_) => transaction::is_end(sql),
            None => self.wire.status() == b'I' && transaction::is_begin(sql),
        }
    }

    async fn dispatch(&mut self, request: Request<'_>) -> Result<Answer> {
        let sql = request.sql;
        if self.defer(sql)? {
            return Ok(Answer {
                rows_affected: -1,
                ..Answer::default()
            });
        }
        if let Values::Positional(values) = request.values
            && let Some(prepared) = self.statements.find(sql, values)
        {
            return self.execute(request, values, prepared).await;
        }
        self.begin_deferred().await?;
        let text = Text::scan(sql, request.formatted);
        if sql.contains('\0') {
            return Err(error::programming("the query contains a null character"));
        }
        let values = &*ordered(&text, request.values)?;
        if self.must_inline(sql, &text, values) {
            return self.query(&text, values).await;
        }
        let protected = self.status() == b'T' && !values.is_empty();
        let numbered = text.numbered();
        match self.prepare(request, &numbered, values, protected).await {
            Ok(prepared) => {
                let answer = self.execute(request, values, prepared).await;
                if protected {
                    self.release().await?;
                }
                answer
            }
            Err(error) if depends_on_parameters(&error) && !values.is_empty() => {
                if protected {
                    self.roll_back_to_savepoint().await?;
                }
                let answer = self.query(&text, values).await;
                if answer.is_ok() {
                    self.note_inlined(sql);
                }
                answer
            }
            Err(error) => Err(error),
        }
    }

    /// Tells whether the values have to stand in the statement itself.
    fn must_inline(&self, sql: &str, text: &Text<'_>, values: &[Value]) -> bool {
        !text::takes_parameters(sql)
            || text.is_script()
            || values.len() > usize::from(u16::MAX)
            || values.iter().any(|value| matches!(value, Value::Row(_)))
            || self.inlined.contains(sql)
    }

    fn note_inlined(&mut self, sql: &str) {
        if self.inlined.len() >= INLINED {
            self.inlined.clear();
        }
        self.inlined.insert(sql.into());
    }

    /// Has the server prepare a statement, and keeps it.
    async fn prepare(
        &mut self,
        request: Request<'_>,
        numbered: &str,
        values: &[Value],
        protected: bool,
    ) -> Result<Arc<Prepared>> {
        let declared: Box<[u32]> = values.iter().map(type_of).collect();
        let kept = self.statements.keeps() && request.sql.len() <= LONGEST_KEPT;
        let name = if kept && !self.pooled {
            self.statements.new_name()
        } else {
            String::new()
        };
        if protected {
            self.wire.put_query(SAVEPOINT);
        }
        put_parse(&mut self.wire, &name, numbered, &declared);
        self.wire.put(b'D', |body| {
            body.push(b'S');
            cstr(body, &name);
        });
        self.wire.put(b'H', |_| ());
        self.wire.flush().await?;
        let (resolved, layout) = self.read_description(protected).await?;
        let prepared = Arc::new(Prepared {
            name,
            declared,
            resolved,
            layout,
        });
        if kept {
            for gone in self.statements.keep(request.sql, Arc::clone(&prepared)) {
                if !gone.is_empty() {
                    put_close(&mut self.wire, &gone);
                }
            }
        }
        Ok(prepared)
    }

    /// Reads the types of parameters and the columns of a statement that is being prepared.
    async fn read_description(&mut self, protected: bool) -> Result<(Box<[u32]>, Option<Layout>)> {
        let mut resolved = None;
        let mut saved = !protected;
        loop {
            let (tag, range) = self.wire.next().await?;
            match tag {
                b't' => resolved = read_types(self.wire.body(range)),
                b'T' => match (resolved, Layout::read(self.wire.body(range), self.hstore)) {
                    (Some(resolved), Some(layout)) => return Ok((resolved, Some(layout))),
                    _ => return Err(self.wire.fail(error::garbage())),
                },
                b'n' => match resolved {
                    Some(resolved) => return Ok((resolved, None)),
                    None => return Err(self.wire.fail(error::garbage())),
                },
                b'Z' => saved = true,
                b'E' => {
                    let report = error::report(self.wire.body(range));
                    self.wire.put_sync();
                    self.wire.flush().await?;
                    self.wire.finish().await?;
                    return Err(if saved {
                        report
                    } else {
                        self.unprotected(report)
                    });
                }
                _ => {}
            }
        }
    }

    /// Hides a report from whoever would try again: the savepoint itself failed.
    fn unprotected(&mut self, report: Error) -> Error {
        if report.is_connection_lost() {
            return self.wire.fail(report);
        }
        Error::new(report.kind(), report.message())
    }

    /// Runs a prepared statement; one that the server does not know any more, or whose result
    /// has changed, is prepared again where nobody can notice.
    async fn execute(
        &mut self,
        request: Request<'_>,
        values: &[Value],
        prepared: Arc<Prepared>,
    ) -> Result<Answer> {
        let begin = self.deferred.clone();
        let outcome = self.execute_once(request, values, &prepared).await;
        let Err(error) = outcome else {
            return outcome;
        };
        if !is_outdated(&error) {
            return Err(error);
        }
        if error.sqlstate() == Some(error::INVALID_STATEMENT_NAME) {
            self.statements.clear();
        } else {
            self.statements.forget(request.sql, &prepared.name);
            put_close(&mut self.wire, &prepared.name);
        }
        match begin {
            // The transaction has begun with this statement: nothing else was in it.
            Some(begin) => {
                self.roll_back().await?;
                self.deferred = Some(begin);
            }
            // In a transaction the failure has undone what went before.
            None if self.wire.status() != b'I' => return Err(error),
            None => {}
        }
        let numbered = Text::scan(request.sql, request.formatted).numbered();
        let prepared = self.prepare(request, &numbered, values, false).await?;
        self.execute_once(request, values, &prepared).await
    }

    async fn execute_once(
        &mut self,
        request: Request<'_>,
        values: &[Value],
        prepared: &Prepared,
    ) -> Result<Answer> {
        if let Some(begin) = &self.deferred {
            put_begin(&mut self.wire, begin);
        }
        let repeated = prepared.name.is_empty() && self.pooled;
        if repeated {
            let numbered = Text::scan(request.sql, request.formatted).numbered();
            put_parse(&mut self.wire, "", &numbered, &prepared.declared);
        }
        let bound = put_bind(&mut self.wire, prepared, values);
        if bound.is_ok() {
            if repeated {
                self.wire.put(b'D', |body| body.extend_from_slice(b"P\0"));
            }
            self.wire.put(b'E', |body| body.extend_from_slice(&[0; 5]));
        }
        self.wire.put_sync();
        self.wire.flush().await?;
        let layout = prepared.layout.clone();
        let answer = self.read_answer(layout, false).await;
        bound?;
        answer
    }

    /// Runs statements as text, with the values in it.
    async fn query(&mut self, text: &Text<'_>, values: &[Value]) -> Result<Answer> {
        let sql = text.inlined(values)?;
        if sql.contains('\0') {
            return Err(error::programming("the query contains a null character"));
        }
        self.wire.put_query(&sql);
        self.wire.flush().await?;
        self.read_answer(None, true).await
    }

    /// Reads what a statement gives, up to the end of its sequence of messages.
    async fn read_answer(&mut self, layout: Option<Layout>, is_text: bool) -> Result<Answer> {
        let mut reading = Reading {
            layout,
            is_text,
            begins: !is_text && self.deferred.is_some(),
            ..Reading::default()
        };
        loop {
            let (tag, range) = self.wire.next().await?;
            match tag {
                b'D' => {
                    if !reading.row(self.wire.body(range)) {
                        return Err(self.wire.fail(error::garbage()));
                    }
                }
                b'Z' => break,
                _ => self.note(&mut reading, tag, range),
            }
        }
        self.has_set |= reading.has_set;
        if reading.forget_statements {
            // One that is there no more may be closed all the same.
            for name in self.statements.clear() {
                put_close(&mut self.wire, &name);
            }
        }
        match reading.failure {
            Some(failure) if failure.is_connection_lost() => Err(self.wire.fail(failure)),
            Some(failure) => Err(failure),
            None => Ok(reading.answer),
        }
    }

    /// Takes a message that is not a row.
    fn note(&mut self, reading: &mut Reading, tag: u8, range: Range<usize>) {
        match tag {
            b'T' if reading.is_text => {
                reading.begin(Layout::read_text(self.wire.body(range), self.hstore));
            }
            b'T' => {
                let layout = Layout::read(self.wire.body(range), self.hstore);
                if layout != reading.layout {
                    reading.fail(error::outdated());
                    reading.forget_statements = true;
                }
            }
            b'C' if reading.begins => reading.begins = false,
            b'C' => reading.complete(self.wire.body(range)),
            b'I' => reading.begin(None),
            b'E' => reading.fail(error::report(self.wire.body(range))),
            b'G' => {
                self.wire.refuse_copy(!reading.is_text);
                reading.fail(error::no_copy());
            }
            b'H' => reading.fail(error::no_copy()),
            _ => {}
        }
    }

    /// Forgets the savepoint under which a statement was prepared.
    async fn release(&mut self) -> Result<()> {
        if self.wire.status() != b'T' {
            return Ok(());
        }
        self.wire.put_query(RELEASE);
        self.wire.flush().await?;
        self.wire.finish().await
    }

    async fn roll_back_to_savepoint(&mut self) -> Result<()> {
        self.wire.put_query(ROLL_BACK);
        self.wire.flush().await?;
        self.wire.finish().await
    }
}

/// Puts values into the order of the placeholders, and checks that there are as many.
fn ordered<'a>(text: &Text<'_>, values: Values<'a>) -> Result<Cow<'a, [Value]>> {
    let placeholders = &text.placeholders;
    match values {
        Values::Positional(values) => {
            if let Some(name) = placeholders.iter().find(|name| !name.is_empty()) {
                return Err(error::programming(format!(
                    "the placeholder %({name})s needs a dictionary of parameters"
                )));
            }
            let (wanted, given) = (placeholders.len(), values.len());
            if wanted != given {
                return Err(error::programming(format!(
                    "the statement has {wanted} placeholders, but {given} parameters were given"
                )));
            }
            Ok(values.into())
        }
        Values::Named(values) => {
            let found = placeholders.iter().map(|wanted| {
                let value = values.iter().find(|(name, _)| name == wanted);
                value.map(|(_, value)| value.clone()).ok_or_else(|| {
                    error::programming(format!(
                        "no parameter is given for the placeholder %({wanted})s"
                    ))
                })
            });
            found.collect::<Result<Vec<_>>>().map(Cow::from)
        }
    }
}

fn put_parse(wire: &mut Wire, name: &str, sql: &str, types: &[u32]) {
    wire.put(b'P', |body| {
        cstr(body, name);
        cstr(body, sql);
        count(body, types.len());
        for oid in types {
            body.extend_from_slice(&oid.to_be_bytes());
        }
    });
}

fn put_bind(wire: &mut Wire, prepared: &Prepared, values: &[Value]) -> Result<()> {
    wire.try_put(b'B', |body| {
        body.push(0);
        cstr(body, &prepared.name);
        count(body, values.len());
        for value in values {
            count(body, usize::from(is_binary(value)));
        }
        count(body, values.len());
        for value in values {
            encode(body, value)?;
        }
        let forms = prepared.layout.as_ref().map(|layout| &*layout.forms);
        let forms = forms.unwrap_or_default();
        count(body, forms.len());
        for form in forms {
            body.extend_from_slice(&form.format().to_be_bytes());
        }
        Ok(())
    })
}

/// Begins a transaction in the sequence of messages of its first statement, which the server
/// leaves out if that fails.
fn put_begin(wire: &mut Wire, begin: &str) {
    put_parse(wire, "", begin, &[]);
    wire.put(b'B', |body| body.extend_from_slice(&[0; 8]));
    wire.put(b'E', |body| body.extend_from_slice(&[0; 5]));
}

fn put_close(wire: &mut Wire, name: &str) {
    wire.put(b'C', |body| {
        body.push(b'S');
        cstr(body, name);
    });
}

fn read_types(body: &[u8]) -> Option<Box<[u32]>> {
    let mut body = Body(body);
    (0..body.u16()?).map(|_| body.u32()).collect()
}

/// Tells whether a statement may be understood with its values written into it: types that
/// nothing tells, expressions that are the same only if their values are.
fn depends_on_parameters(error: &Error) -> bool {
    error
        .sqlstate()
        .is_some_and(|code| code.starts_with("42") || code == "22P02")
}

/// Tells whether the server's prepared statement is of no use any more.
fn is_outdated(error: &Error) -> bool {
    match error.sqlstate() {
        Some(error::INVALID_STATEMENT_NAME) => true,
        Some(error::FEATURE_NOT_SUPPORTED) => {
            error.detail("source_function") == Some("RevalidateCachedQuery")
        }
        _ => false,
    }
}

const SAVEPOINT: &str = "SAVEPOINT redstart_prepare";
const RELEASE: &str = "RELEASE SAVEPOINT redstart_prepare";
const ROLL_BACK: &str =
    "ROLLBACK TO SAVEPOINT redstart_prepare; RELEASE SAVEPOINT redstart_prepare";

/// The longest text that is kept prepared.
const LONGEST_KEPT: usize = 1 << 16;

/// How many texts with written-in values are remembered.
const INLINED: usize = 256;

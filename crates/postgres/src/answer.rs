//! What a statement gives, put together from the messages of its answer.

use std::collections::VecDeque;
use std::sync::Arc;

use redstart_core::{Batch, Column, Error};

use crate::frame::Body;
use crate::row::Layout;

/// What a statement gave.
#[derive(Debug, Default)]
pub struct Answer {
    /// The columns of its rows; `None` for a statement without a result.
    pub columns: Option<Arc<[Column]>>,
    /// Its rows.
    pub batches: VecDeque<Batch>,
    /// How many rows it read or wrote; -1 where that means nothing.
    pub rows_affected: i64,
}

/// What was read of an answer so far.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) layout: Option<Layout>,
    pub(crate) is_text: bool,
    /// The beginning of a transaction comes first.
    pub(crate) begins: bool,
    pub(crate) answer: Answer,
    pub(crate) failure: Option<Error>,
    /// A statement is complete: what comes now belongs to another one.
    pub(crate) complete: bool,
    pub(crate) forget_statements: bool,
    /// A setting of the session was changed.
    pub(crate) has_set: bool,
}

impl Reading {
    /// Begins the result of a further statement.
    pub(crate) fn begin(&mut self, layout: Option<Layout>) {
        self.layout = layout;
        self.complete = false;
        self.answer = Answer {
            rows_affected: -1,
            ..Answer::default()
        };
    }

    pub(crate) fn row(&mut self, body: &[u8]) -> bool {
        let Some(layout) = &self.layout else {
            return false;
        };
        if self.failure.is_some() {
            return true;
        }
        let batches = &mut self.answer.batches;
        if batches.back().is_none_or(Batch::is_full) {
            batches.push_back(Batch::new(layout.columns.len()));
        }
        let batch = batches.back_mut();
        batch.is_some_and(|batch| layout.append(batch, body).is_some())
    }

    pub(crate) fn complete(&mut self, body: &[u8]) {
        if self.complete {
            self.begin(None);
        }
        self.complete = true;
        let mut body = Body(body);
        let tag = String::from_utf8_lossy(body.cstr().unwrap_or_default()).into_owned();
        let mut words = tag.split(' ');
        let verb = words.next().unwrap_or_default();
        let number = words.next_back().and_then(|number| number.parse().ok());
        // What tables look like is a part of plans, and within a transaction there is no second try.
        self.forget_statements |= matches!(verb, "ALTER" | "DROP" | "DISCARD" | "DEALLOCATE");
        self.has_set |= verb == "SET";
        self.answer.rows_affected = number.unwrap_or(-1);
        self.answer.columns = self
            .layout
            .as_ref()
            .map(|layout| Arc::clone(&layout.columns));
    }

    pub(crate) fn fail(&mut self, failure: Error) {
        self.answer.batches.clear();
        self.failure.get_or_insert(failure);
    }
}

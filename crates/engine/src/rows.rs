//! The rows of a running statement, taken in batches. What a row means to a model is
//! not known here.

use std::collections::VecDeque;
use std::sync::Arc;

use redstart_core::batch::ROWS_PER_BATCH;
use redstart_core::{Batch, Result};
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;
use redstart_wait::offload;

use crate::outcome::Outcome;
use crate::pending::Pending;

pub use redstart_core::Column;

/// A running statement and its connection. Dropping it ends the statement and gives it
/// back to the connection for another use.
#[derive(Debug)]
pub struct Rows {
    running: Running,
    finished: bool,
}

#[derive(Debug)]
enum Running {
    Sqlite(sqlite::Statement),
    /// All rows have arrived: the connection is free.
    Arrived(Arrived),
}

#[derive(Debug)]
struct Arrived {
    columns: Option<Arc<[Column]>>,
    batches: VecDeque<Batch>,
    outcome: Outcome,
}

impl Rows {
    /// Takes a statement whose first step was made.
    pub(crate) fn sqlite(statement: sqlite::Statement, finished: bool) -> Self {
        Self {
            running: Running::Sqlite(statement),
            finished,
        }
    }

    /// Takes an answer that has arrived.
    pub(crate) fn arrived(answer: postgres::Answer) -> Self {
        Self {
            finished: answer.batches.is_empty(),
            running: Running::Arrived(Arrived {
                columns: answer.columns,
                batches: answer.batches,
                outcome: Outcome {
                    rows_affected: answer.rows_affected,
                    last_insert_id: 0,
                },
            }),
        }
    }

    /// Gives the columns; empty for a statement without a result.
    pub fn columns(&self) -> Arc<[Column]> {
        match &self.running {
            Running::Sqlite(statement) => statement.columns(),
            Running::Arrived(arrived) => arrived.columns.clone().unwrap_or_default(),
        }
    }

    /// Tells whether the statement has a result, be it empty.
    pub fn has_columns(&self) -> bool {
        match &self.running {
            Running::Sqlite(statement) => statement.has_columns(),
            Running::Arrived(arrived) => arrived.columns.is_some(),
        }
    }

    /// Gives the next batch of rows, never an empty one; `None` behind the last.
    pub fn next_batch(&mut self) -> Result<Option<Arc<Batch>>> {
        self.next_rows(ROWS_PER_BATCH)
    }

    /// Gives the next batch, of at most `max_rows` rows where they are fetched one by one;
    /// `None` behind the last row.
    pub fn next_rows(&mut self, max_rows: usize) -> Result<Option<Arc<Batch>>> {
        let mut batch = Batch::default();
        self.next_into(&mut batch, max_rows)?;
        Ok((!batch.is_empty()).then(|| Arc::new(batch)))
    }

    /// Puts the next rows into an empty batch: as many as it holds, and at most `max_rows`
    /// where they are fetched one by one; none behind the last row.
    pub fn next_into(&mut self, batch: &mut Batch, max_rows: usize) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        match &mut self.running {
            Running::Sqlite(statement) => {
                let progress = statement.step_into(batch, max_rows)?;
                self.finished = progress == sqlite::Progress::Done;
            }
            Running::Arrived(arrived) => {
                if let Some(next) = arrived.batches.pop_front() {
                    *batch = next;
                }
                self.finished = arrived.batches.is_empty();
            }
        }
        Ok(())
    }

    /// Takes all rows that are left, so that the connection is free.
    pub fn read_to_end(mut self) -> Result<Self> {
        if !self.waits() {
            return Ok(self);
        }
        let mut batches = VecDeque::new();
        while !self.finished {
            let mut batch = Batch::default();
            self.next_into(&mut batch, usize::MAX)?;
            if !batch.is_empty() {
                batches.push_back(batch);
            }
        }
        Ok(Self {
            finished: batches.is_empty(),
            running: Running::Arrived(Arrived {
                columns: self.has_columns().then(|| self.columns()),
                batches,
                outcome: self.outcome(),
            }),
        })
    }

    /// Takes the next rows into an empty batch, where that may have to wait for the database;
    /// at most `max_rows` of them.
    pub fn fetch(mut self, max_rows: usize) -> Pending<(Self, Batch)> {
        let work = move || {
            let mut batch = Batch::default();
            self.next_into(&mut batch, max_rows)?;
            Ok((self, batch))
        };
        Box::pin(offload(work))
    }

    /// Tells whether taking more rows may have to wait for the database.
    pub fn waits(&self) -> bool {
        !self.finished && matches!(self.running, Running::Sqlite(_))
    }

    /// Tells whether all rows were read and the database holds nothing for them.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Gives the counts as they are now; exact when the rows are finished.
    pub fn outcome(&self) -> Outcome {
        match &self.running {
            Running::Sqlite(statement) => Outcome {
                rows_affected: statement.changes(),
                last_insert_id: statement.last_insert_id(),
            },
            Running::Arrived(arrived) => arrived.outcome,
        }
    }
}

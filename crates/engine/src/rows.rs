//! The rows of a running statement, taken in batches. What a row means to a model is
//! not known here.

use std::sync::Arc;

use redstart_core::batch::ROWS_PER_BATCH;
use redstart_core::{Batch, Result};
use redstart_sqlite as sqlite;

use crate::outcome::Outcome;

/// A column of a result.
pub use redstart_sqlite::Column;

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
}

impl Rows {
    /// Takes a statement whose first step was made.
    pub(crate) fn sqlite(statement: sqlite::Statement, finished: bool) -> Self {
        Self {
            running: Running::Sqlite(statement),
            finished,
        }
    }

    /// Gives the columns; empty for a statement without a result.
    pub fn columns(&self) -> Arc<[Column]> {
        match &self.running {
            Running::Sqlite(statement) => statement.columns(),
        }
    }

    /// Tells whether the statement has a result, be it empty.
    pub fn has_columns(&self) -> bool {
        match &self.running {
            Running::Sqlite(statement) => statement.has_columns(),
        }
    }

    /// Gives the next batch of rows, never an empty one; `None` behind the last.
    pub fn next_batch(&mut self) -> Result<Option<Arc<Batch>>> {
        self.next_rows(ROWS_PER_BATCH)
    }

    /// Gives the next batch of at most `max_rows` rows; `None` behind the last row.
    pub fn next_rows(&mut self, max_rows: usize) -> Result<Option<Arc<Batch>>> {
        let mut batch = Batch::default();
        self.next_into(&mut batch, max_rows)?;
        Ok((!batch.is_empty()).then(|| Arc::new(batch)))
    }

    /// Appends the next rows to a batch, at most `max_rows` and as many as it holds;
    /// none behind the last row.
    pub fn next_into(&mut self, batch: &mut Batch, max_rows: usize) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        match &mut self.running {
            Running::Sqlite(statement) => {
                let progress = statement.step_into(batch, max_rows)?;
                self.finished = progress == sqlite::Progress::Done;
            }
        }
        Ok(())
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
        }
    }
}

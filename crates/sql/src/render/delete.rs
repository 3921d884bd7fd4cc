//! `DELETE`, and what it shares with `UPDATE`: which rows are written.

use redstart_core::Result;
use redstart_core::node::{Delete, Tail};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `DELETE FROM … [WHERE …] [ORDER BY … LIMIT …] [RETURNING …]`.
    pub(super) fn delete(&mut self, delete: &Delete) -> Result<()> {
        self.with_clause(&delete.tail.with)?;
        self.name_written_table(&delete.table);
        self.sql.push_str("DELETE FROM ");
        self.written_table(&delete.table)?;
        self.written_rows(&delete.tail)?;
        self.returning(&delete.returning)
    }

    /// Writes the condition, qualified, and the order and limits with bare names.
    pub(super) fn written_rows(&mut self, tail: &Tail) -> Result<()> {
        let condition = self.state.clause(Scope::Normal);
        self.with_state(condition, |r| r.clause(" WHERE ", tail.filter.as_ref()))?;
        let order = self.state.clause(Scope::Values);
        self.with_state(order, |r| r.order_and_limit(tail))
    }
}

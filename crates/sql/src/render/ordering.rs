//! Orderings.

use redstart_core::node::{Direction, Ordering};
use redstart_core::{Result, Value};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `node [COLLATE …] ASC [NULLS …]`.
    ///
    /// Where the database cannot order nulls, a term before it does:
    /// `CASE WHEN (node IS NULL) THEN 1 ELSE 0 END, node ASC`.
    pub(super) fn ordering(&mut self, ordering: &Ordering) -> Result<()> {
        let native = self.capability.nulls_ordering;
        if let Some(nulls) = ordering.nulls.as_ref().filter(|_| !native) {
            self.nulls_term(ordering, nulls.eq_ignore_ascii_case("LAST"))?;
            self.sql.push_str(", ");
        }
        self.node(&ordering.node)?;
        if let Some(collation) = &ordering.collation {
            self.sql.push_str(" COLLATE ");
            self.sql.push_str(collation);
        }
        self.sql.push_str(match ordering.direction {
            Direction::Asc => " ASC",
            Direction::Desc => " DESC",
        });
        if let Some(nulls) = ordering.nulls.as_ref().filter(|_| native) {
            self.sql.push_str(" NULLS ");
            self.sql.push_str(nulls);
        }
        Ok(())
    }

    fn nulls_term(&mut self, ordering: &Ordering, last: bool) -> Result<()> {
        self.sql.push_str("CASE WHEN (");
        let mut operand = self.state;
        operand.in_expr = true;
        operand.parentheses = true;
        self.with_state(operand, |r| r.node(&ordering.node))?;
        self.sql.push_str(" IS NULL) THEN ");
        self.bind(Value::Int(i64::from(last)))?;
        self.sql.push_str(" ELSE ");
        self.bind(Value::Int(i64::from(!last)))?;
        self.sql.push_str(" END");
        Ok(())
    }
}

//! `CASE`.

use redstart_core::Result;
use redstart_core::node::Case;

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `CASE [predicate] WHEN … THEN … [ELSE …] END`.
    pub(super) fn case(&mut self, case: &Case) -> Result<()> {
        let mut outcome = self.state;
        outcome.in_function = true;
        self.sql.push_str("CASE");
        if let Some(predicate) = &case.predicate {
            self.sql.push(' ');
            self.node(predicate)?;
        }
        for (when, then) in &case.whens {
            self.sql.push_str(" WHEN ");
            self.node(when)?;
            self.sql.push_str(" THEN ");
            self.with_state(outcome, |r| r.node(then))?;
        }
        if let Some(default) = &case.default {
            self.sql.push_str(" ELSE ");
            self.with_state(outcome, |r| r.node(default))?;
        }
        self.sql.push_str(" END");
        Ok(())
    }
}

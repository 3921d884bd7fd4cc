//! `VALUES` as a source.

use redstart_core::Result;
use redstart_core::node::ValuesList;

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `(VALUES (…), (…)) AS "t1"("column", …)` as a source, the rows elsewhere.
    pub(super) fn values_list(&mut self, list: &ValuesList) -> Result<()> {
        let state = self.state;
        if state.scope == Scope::Column {
            self.source_alias(list.key, list.alias.as_ref());
            return Ok(());
        }
        if state.scope == Scope::Source && state.in_function {
            return self.values_rows(list);
        }
        self.sql.push('(');
        let mut rows = state;
        rows.parentheses = true;
        self.with_state(rows, |r| r.values_rows(list))?;
        self.sql.push(')');
        if state.scope != Scope::Source {
            return Ok(());
        }
        self.sql.push_str(" AS ");
        self.source_alias(list.key, list.alias.as_ref());
        match &list.columns {
            Some(columns) => {
                let mut names = state;
                names.scope = Scope::Values;
                self.with_state(names, |r| r.enclosed(columns))
            }
            None => Ok(()),
        }
    }

    fn values_rows(&mut self, list: &ValuesList) -> Result<()> {
        self.sql.push_str("VALUES ");
        for (place, row) in list.rows.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.enclosed(row)?;
        }
        Ok(())
    }
}

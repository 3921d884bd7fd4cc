//! `SELECT`.

use redstart_core::Result;
use redstart_core::node::{Converter, Distinct, Select};

use crate::renderer::Renderer;
use crate::state::{Scope, State};

impl Renderer {
    /// Writes a select: in parentheses as a subquery, with its alias as a source, only
    /// as its alias in front of a column.
    ///
    /// A query over a whole model selects its key alone unless it is a source.
    pub(super) fn select(&mut self, select: &Select) -> Result<()> {
        let outer = self.state;
        if outer.scope == Scope::Column {
            self.source_alias(select.key, select.alias.as_ref());
            return Ok(());
        }
        if select.lateral {
            self.sql.push_str("LATERAL ");
        }
        let parens = outer.subquery && !outer.bare_subquery;
        if parens {
            self.sql.push('(');
        }
        self.with_converter(Converter::Off, |r| r.select_body(select, outer))?;
        if parens {
            self.sql.push(')');
        }
        if outer.subquery {
            self.query_alias(select.key, select.alias.as_ref());
        }
        Ok(())
    }

    fn select_body(&mut self, select: &Select, outer: State) -> Result<()> {
        self.with_clause(&select.tail.with)?;
        let clause = outer.clause(Scope::Normal);
        self.with_state(clause, |r| {
            r.sql.push_str("SELECT ");
            match &select.distinct {
                Distinct::No => {}
                Distinct::Yes => r.sql.push_str("DISTINCT "),
                Distinct::On(nodes) => {
                    r.sql.push_str("DISTINCT ON ");
                    r.enclosed(nodes)?;
                    r.sql.push(' ');
                }
            }
            r.select_list(select, outer)?;
            if !select.from.is_empty() {
                r.sql.push_str(" FROM ");
                r.with_state(outer.clause(Scope::Source), |r| {
                    r.comma_separated(&select.from)
                })?;
            }
            r.clause(" WHERE ", select.tail.filter.as_ref())?;
            r.list_clause(" GROUP BY ", select.group_by.as_deref())?;
            r.clause(" HAVING ", select.having.as_ref())?;
            r.list_clause(" WINDOW ", select.windows.as_deref())?;
            r.order_and_limit(&select.tail)?;
            if let Some(lock) = &select.for_update {
                if r.capability.for_update {
                    r.sql.push(' ');
                }
                r.for_update(lock)?;
            }
            Ok(())
        })
    }

    fn select_list(&mut self, select: &Select, outer: State) -> Result<()> {
        let columns = match &select.subquery_columns {
            Some(key) if outer.subquery && !outer.declares_source() => key,
            _ => &select.columns,
        };
        let mut list = outer.clause(Scope::Source);
        list.in_projection = true;
        self.with_state(list, |r| r.comma_separated(columns))
    }
}

//! Common table expressions: their definitions and the mention of one.

use redstart_core::node::Cte;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes the definitions before a statement: `WITH [RECURSIVE] "a" AS (…), … `.
    pub(super) fn with_clause(&mut self, with: &[Node]) -> Result<()> {
        if with.is_empty() {
            return Ok(());
        }
        let recursive = with
            .iter()
            .any(|node| matches!(node, Node::Cte(cte) if cte.recursive));
        self.sql.push_str(if recursive {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        let mut state = self.state.clause(Scope::Cte);
        state.subquery = false;
        self.with_state(state, |r| {
            for (place, node) in with.iter().enumerate() {
                if place > 0 {
                    r.sql.push_str(", ");
                }
                match node {
                    Node::Cte(cte) => r.cte_definition(cte)?,
                    other => r.node(other)?,
                }
            }
            r.sql.push(' ');
            Ok(())
        })
    }

    /// Writes a common table expression's name, or its alias.
    pub(super) fn cte_name(&mut self, cte: &Cte) {
        self.name(cte.alias.as_ref().unwrap_or(&cte.name));
    }

    /// Writes `"name" ("column", …) AS [[NOT] MATERIALIZED] (query)`. The query sees
    /// no alias of the statement around it.
    fn cte_definition(&mut self, cte: &Cte) -> Result<()> {
        self.cte_name(cte);
        if let Some(columns) = &cte.columns {
            self.sql.push(' ');
            let mut names = self.state;
            names.scope = Scope::Values;
            self.with_state(names, |r| r.enclosed(columns))?;
        }
        self.sql.push_str(match cte.materialized {
            None => " AS (",
            Some(true) => " AS MATERIALIZED (",
            Some(false) => " AS NOT MATERIALIZED (",
        });
        let mut query = self.state.clause(Scope::Normal);
        query.subquery = false;
        self.aliases.push_blind();
        let outcome = self.with_state(query, |r| r.node(&cte.query));
        self.aliases.pop();
        outcome?;
        self.sql.push(')');
        Ok(())
    }
}

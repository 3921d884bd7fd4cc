//! What sources have in common: the alias in front of a column's name and after
//! `AS`.

use redstart_core::node::{Name, SourceKey};
use redstart_core::{Node, Result};

use crate::alias::AliasName;
use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes a source as what stands in front of its columns' names.
    pub(super) fn qualifier(&mut self, source: &Node) -> Result<()> {
        match source {
            Node::Table(table) => self.source_alias(table.key, table.alias.as_ref()),
            Node::Select(select) => self.source_alias(select.key, select.alias.as_ref()),
            Node::Compound(compound) => self.source_alias(compound.key, compound.alias.as_ref()),
            Node::ValuesList(list) => self.source_alias(list.key, list.alias.as_ref()),
            Node::Cte(cte) => self.cte_name(cte),
            Node::Marked(marked) => return self.qualifier(&marked.node),
            other => {
                let mut state = self.state;
                state.scope = Scope::Column;
                return self.with_state(state, |r| r.node(other));
            }
        }
        Ok(())
    }

    /// Writes a source's alias: the one that was chosen for it, else the one it has
    /// or gets here.
    pub(super) fn source_alias(&mut self, key: SourceKey, chosen: Option<&Name>) {
        if let Some(name) = chosen {
            return self.name(name);
        }
        match self.aliases.get(key) {
            AliasName::Name(name) => self.name(&name),
            AliasName::Number(number) => self.numbered_alias(number),
        }
    }

    /// Writes the alias after a query that stands as a source, and the chosen one of a
    /// query in a select list.
    pub(super) fn query_alias(&mut self, key: SourceKey, chosen: Option<&Name>) {
        let state = self.state;
        if state.scope != Scope::Source || state.in_function {
            return;
        }
        if chosen.is_some() || !(state.in_projection || state.in_expr) {
            self.sql.push_str(" AS ");
            self.source_alias(key, chosen);
        }
    }

    fn numbered_alias(&mut self, number: u32) {
        let quote = self.capability.quote;
        if let Some((open, _)) = quote {
            self.sql.push(open);
        }
        self.sql.push('t');
        crate::literal::number(&mut self.sql, number);
        if let Some((_, close)) = quote {
            self.sql.push(close);
        }
    }
}

//! Tables.

use redstart_core::Node;
use redstart_core::node::Table;

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `"schema"."name" AS "t1"` where sources are declared, the path where
    /// values are assigned, the alias elsewhere.
    pub(super) fn table(&mut self, table: &Table) {
        match self.state.scope {
            Scope::Source if !self.state.in_function => {
                self.table_path(table);
                self.sql.push_str(" AS ");
                self.source_alias(table.key, table.alias.as_ref());
            }
            Scope::Values => self.table_path(table),
            _ => self.source_alias(table.key, table.alias.as_ref()),
        }
    }

    /// Writes `"schema"."name"`.
    pub(super) fn table_path(&mut self, table: &Table) {
        if let Some(schema) = &table.schema {
            self.name(schema);
            self.sql.push('.');
        }
        self.name(&table.name);
    }

    /// Writes the table of a writing statement; from here on its columns are qualified
    /// by its name.
    pub(super) fn written_table(&mut self, table: &Node) -> redstart_core::Result<()> {
        let mut state = self.state.clause(Scope::Values);
        state.subquery = false;
        self.with_state(state, |r| match table {
            Node::Table(table) => {
                r.table_path(table);
                Ok(())
            }
            other => r.node(other),
        })
    }

    /// Makes a written table's columns go by its name.
    pub(super) fn name_written_table(&mut self, table: &Node) {
        if let Node::Table(table) = table {
            self.set_alias(table.key, table.name.clone());
        }
    }
}

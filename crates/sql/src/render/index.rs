//! `CREATE INDEX`.

use redstart_core::node::Index;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `CREATE [UNIQUE] INDEX [IF NOT EXISTS] … ON … (…) [WHERE …]`.
    ///
    /// Values are bound; put the index below [`Node::ValueLiterals`] for a database
    /// that takes no parameters here.
    pub(super) fn index(&mut self, index: &Index) -> Result<()> {
        self.index_definition(index, index.safe)
    }

    /// Writes the definition, which minds an existing index unless it is `safe`.
    pub(crate) fn index_definition(&mut self, index: &Index, safe: bool) -> Result<()> {
        self.sql.push_str(if index.unique {
            "CREATE UNIQUE INDEX "
        } else {
            "CREATE INDEX "
        });
        if safe {
            self.sql.push_str("IF NOT EXISTS ");
        }
        self.index_name(index);
        let using_first = self.capability.index_using_precedes_table;
        if using_first {
            self.index_method(index);
        }
        self.sql.push_str(" ON ");
        self.indexed_table(&index.table)?;
        if !using_first {
            self.index_method(index);
        }
        self.sql.push(' ');
        let state = self.state.clause(Scope::Values);
        self.with_state(state, |r| {
            r.enclosed(&index.expressions)?;
            match index.nulls_distinct {
                None => {}
                Some(true) => r.sql.push_str(" NULLS DISTINCT"),
                Some(false) => r.sql.push_str(" NULLS NOT DISTINCT"),
            }
            r.clause(" WHERE ", index.filter.as_ref())
        })
    }

    /// Writes the name, with the table's schema where the database wants it there.
    fn index_name(&mut self, index: &Index) {
        if self.capability.index_schema_prefix
            && let Node::Table(table) = &index.table
            && let Some(schema) = &table.schema
        {
            self.name(schema);
            self.sql.push('.');
        }
        self.name(&index.name);
    }

    fn indexed_table(&mut self, table: &Node) -> Result<()> {
        match table {
            Node::Table(table) if self.capability.index_schema_prefix => {
                self.name(&table.name);
                Ok(())
            }
            other => self.written_table(other),
        }
    }

    fn index_method(&mut self, index: &Index) {
        if let Some(method) = &index.using {
            self.sql.push_str(" USING ");
            self.sql.push_str(method);
        }
    }
}

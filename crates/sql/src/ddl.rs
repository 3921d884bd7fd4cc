//! The statements that define the schema: one file for each noun. Which statements a
//! change needs, and in which order, is decided elsewhere.

mod foreign_key;
mod index;
mod sequence;
mod table;

use std::sync::Arc;

use redstart_core::schema::{Ddl, TablePath};
use redstart_core::{Capability, Result};

use crate::renderer::{Rendered, Renderer};

/// Renders a statement that changes the schema.
///
/// Fails where a node in it fails.
pub fn render_ddl(statement: &Ddl, capability: &Arc<Capability>) -> Result<Rendered> {
    let mut renderer = Renderer::new(Arc::clone(capability));
    renderer.ddl(statement)?;
    Ok(renderer.finish())
}

impl Renderer {
    /// Writes a statement that changes the schema.
    pub fn ddl(&mut self, statement: &Ddl) -> Result<()> {
        match statement {
            Ddl::CreateTable { table, safe } => self.create_table(table, *safe),
            Ddl::CreateTableAs {
                path,
                query,
                safe,
                temporary,
            } => {
                self.create_table_head(path, *safe, *temporary);
                self.sql.push_str(" AS ");
                self.node(query)
            }
            Ddl::DropTable {
                path,
                safe,
                behavior,
            } => {
                self.drop_table(path, *safe, *behavior);
                Ok(())
            }
            Ddl::TruncateTable {
                path,
                restart_identity,
                cascade,
            } => {
                self.truncate_table(path, *restart_identity, *cascade);
                Ok(())
            }
            Ddl::CreateIndex(index) => self.create_index(index),
            Ddl::DropIndex { path, safe } => {
                self.drop_index(path, *safe);
                Ok(())
            }
            Ddl::CreateSequence(path) => {
                self.create_sequence(path);
                Ok(())
            }
            Ddl::DropSequence(path) => {
                self.drop_sequence(path);
                Ok(())
            }
            Ddl::AddForeignKey { path, foreign_key } => {
                self.add_foreign_key(path, foreign_key);
                Ok(())
            }
        }
    }

    /// Writes `"schema"."name"`.
    fn path(&mut self, path: &TablePath) {
        if let Some(schema) = &path.schema {
            self.name(schema);
            self.sql.push('.');
        }
        self.name(&path.name);
    }

    /// Writes names in parentheses.
    fn names(&mut self, names: &[redstart_core::Name]) {
        self.sql.push('(');
        for (place, name) in names.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.name(name);
        }
        self.sql.push(')');
    }
}

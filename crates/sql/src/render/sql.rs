//! SQL text as it stands, and quoted names.

use redstart_core::node::{Converter, Name, Sql};
use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes the text and binds its parameters, whose placeholders stand in the text.
    pub(super) fn sql_text(&mut self, sql: &Sql) -> Result<()> {
        self.sql.push_str(&sql.text);
        for param in sql.params.iter() {
            match param {
                Node::Value(value) if !self.state.literals => self.binds.push(value.clone()),
                other => self.with_converter(Converter::Off, |r| r.node(other))?,
            }
        }
        Ok(())
    }

    /// Writes `"schema"."table"."column"`; an empty name is left out.
    pub(super) fn entity(&mut self, path: &[Name]) {
        let names = path.iter().filter(|name| !name.is_empty());
        for (place, name) in names.enumerate() {
            if place > 0 {
                self.sql.push('.');
            }
            self.name(name);
        }
    }

    /// Writes `EXCLUDED."name"`.
    pub(super) fn namespaced(&mut self, namespace: &str, name: &str) {
        self.sql.push_str(namespace);
        self.sql.push('.');
        self.name(name);
    }
}

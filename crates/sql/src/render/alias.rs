//! Named nodes.

use redstart_core::node::Alias;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `node AS "name"` where sources and columns are declared, `"name"` elsewhere. A name
    /// given to a named node replaces its name.
    pub(super) fn alias_node(&mut self, alias: &Alias) -> Result<()> {
        if self.state.scope == Scope::Source {
            let mut named = &alias.node;
            while let Node::Alias(inner) = named {
                named = &inner.node;
            }
            self.node(named)?;
            self.sql.push_str(" AS ");
        }
        self.name(&alias.name);
        Ok(())
    }
}

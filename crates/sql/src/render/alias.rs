//! Named nodes.

use redstart_core::Result;
use redstart_core::node::Alias;

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `node AS "name"` where sources and columns are declared, `"name"` elsewhere.
    pub(super) fn alias_node(&mut self, alias: &Alias) -> Result<()> {
        if self.state.scope == Scope::Source {
            self.node(&alias.node)?;
            self.sql.push_str(" AS ");
        }
        self.name(&alias.name);
        Ok(())
    }
}

//! `RETURNING`.

use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes ` RETURNING …`, its columns qualified by the table's name.
    pub(super) fn returning(&mut self, nodes: &[Node]) -> Result<()> {
        let state = self.state.clause(Scope::Source);
        self.with_state(state, |r| r.list_clause(" RETURNING ", Some(nodes)))
    }
}

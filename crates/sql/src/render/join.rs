//! Joins.

use redstart_core::Result;
use redstart_core::node::Join;

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `lhs JOIN rhs ON condition`.
    pub(super) fn join(&mut self, join: &Join) -> Result<()> {
        let mut state = self.state;
        state.scope = Scope::Source;
        self.with_state(state, |r| {
            r.node(&join.lhs)?;
            r.sql.push(' ');
            r.sql.push_str(&join.join_type);
            r.sql.push(' ');
            r.node(&join.rhs)?;
            if let Some(on) = &join.on {
                r.sql.push_str(" ON ");
                r.node(on)?;
            }
            Ok(())
        })
    }
}

//! `CAST`.

use redstart_core::Result;
use redstart_core::node::Cast;

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `CAST(node AS type)`.
    pub(super) fn cast(&mut self, cast: &Cast) -> Result<()> {
        self.sql.push_str("CAST(");
        self.node(&cast.node)?;
        self.sql.push_str(" AS ");
        self.sql.push_str(&cast.to);
        self.sql.push(')');
        Ok(())
    }
}

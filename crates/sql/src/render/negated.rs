//! Negations.

use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `NOT node`, without parentheses of its own.
    pub(super) fn negated(&mut self, node: &Node) -> Result<()> {
        self.sql.push_str("NOT ");
        self.node(node)
    }

    /// Writes `~node`.
    pub(super) fn bitwise_negated(&mut self, node: &Node) -> Result<()> {
        self.sql.push('~');
        self.node(node)
    }
}

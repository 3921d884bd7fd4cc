//! Sequences of nodes: with commas, and in parentheses.

use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes a list as an operand: `(?, ?, ?)`.
    pub(super) fn list(&mut self, nodes: &[Node]) -> Result<()> {
        self.enclosed(nodes)
    }

    /// Writes nodes with commas between them.
    pub(super) fn comma_separated(&mut self, nodes: &[Node]) -> Result<()> {
        for (place, node) in nodes.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.node(node)?;
        }
        Ok(())
    }

    /// Writes nodes with commas between them, in parentheses, which are also those of
    /// an expression that stands there alone.
    pub(super) fn enclosed(&mut self, nodes: &[Node]) -> Result<()> {
        let mut state = self.state;
        state.parentheses = true;
        self.with_state(state, |r| {
            r.sql.push('(');
            match nodes {
                [node] => r.sole(node)?,
                _ => r.comma_separated(nodes)?,
            }
            r.sql.push(')');
            Ok(())
        })
    }

    /// Writes a node that stands alone between parentheses.
    pub(super) fn sole(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Expression(expression) => self.expression(expression, false),
            Node::Marked(marked) => self.sole(&marked.node),
            other => self.node(other),
        }
    }
}

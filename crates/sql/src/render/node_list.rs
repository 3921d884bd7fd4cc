//! Nodes with something between them, and the wrappers that change how one is written.

use redstart_core::node::NodeList;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes the nodes with the glue between them, in parentheses if asked.
    pub(super) fn node_list(&mut self, list: &NodeList) -> Result<()> {
        if !list.parens {
            return self.glued(list);
        }
        let mut state = self.state;
        state.parentheses = true;
        self.with_state(state, |r| {
            r.sql.push('(');
            match &*list.nodes {
                [node] => r.sole(node)?,
                _ => r.glued(list)?,
            }
            r.sql.push(')');
            Ok(())
        })
    }

    /// Writes a node with its columns qualified.
    pub(super) fn qualified_names(&mut self, node: &Node) -> Result<()> {
        let mut state = self.state;
        state.scope = Scope::Column;
        self.with_state(state, |r| r.node(node))
    }

    /// Writes a node with its values as literals.
    pub(super) fn value_literals(&mut self, node: &Node) -> Result<()> {
        let mut state = self.state;
        state.literals = true;
        self.with_state(state, |r| r.node(node))
    }

    fn glued(&mut self, list: &NodeList) -> Result<()> {
        for (place, node) in list.nodes.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(&list.glue);
            }
            self.node(node)?;
        }
        Ok(())
    }
}

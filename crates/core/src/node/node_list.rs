//! Nodes with something between them.

use super::{Name, Nodes};

/// Nodes joined by a glue, in parentheses if asked.
#[derive(Clone, Debug)]
pub struct NodeList {
    /// The nodes.
    pub nodes: Nodes,
    /// The text between them.
    pub glue: Name,
    /// Whether parentheses stand around them.
    pub parens: bool,
}

//! `CAST`.

use super::{Name, Node};

/// `CAST(node AS type)`.
#[derive(Clone, Debug)]
pub struct Cast {
    /// What is cast.
    pub node: Node,
    /// The type, as SQL text.
    pub to: Name,
}

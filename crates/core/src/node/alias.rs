//! Wrappers that name a node or say what becomes of its value: none changes the
//! SQL of the node itself.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Name, Node};

/// `node AS "name"` in a select list, `"name"` elsewhere.
#[derive(Clone, Debug)]
pub struct Alias {
    /// What is named.
    pub node: Node,
    /// The name.
    pub name: Name,
}

/// A selected node whose value lands on the instance of another source.
#[derive(Clone, Debug)]
pub struct BindTo {
    /// What is selected.
    pub node: Node,
    /// The source whose instance receives the value.
    pub dest: Node,
}

/// A node with a note about the conversion of its result.
#[derive(Clone)]
pub struct Marked {
    /// What is rendered.
    pub node: Node,
    /// Whether the result is converted at all.
    pub coerce: bool,
    /// The host's own conversion of the result.
    pub converter: Option<Arc<dyn Any + Send + Sync>>,
}

impl fmt::Debug for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marked")
            .field("node", &self.node)
            .field("coerce", &self.coerce)
            .finish_non_exhaustive()
    }
}

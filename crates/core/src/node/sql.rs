//! SQL text as it stands.

use super::{Name, Nodes};

/// SQL text with parameters, whose placeholders stand in the text.
#[derive(Clone, Debug)]
pub struct Sql {
    /// The text.
    pub text: Name,
    /// The parameters, appended in this order.
    pub params: Nodes,
}

impl Sql {
    /// Makes SQL text without parameters.
    pub fn new(text: impl Into<Name>) -> Self {
        Self {
            text: text.into(),
            params: Nodes::default(),
        }
    }
}

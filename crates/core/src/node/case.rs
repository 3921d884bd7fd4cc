//! `CASE`.

use super::Node;

/// `CASE [predicate] WHEN … THEN … [ELSE …] END`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The value that is compared with each `WHEN`, if any.
    pub predicate: Option<Node>,
    /// The pairs of `WHEN` and `THEN`.
    pub whens: Vec<(Node, Node)>,
    /// The `ELSE`, if any.
    pub default: Option<Node>,
}

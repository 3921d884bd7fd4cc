//! Windows.

use super::{Name, Node, Nodes};

/// `([base] PARTITION BY … ORDER BY … frame EXCLUDE …)`.
#[derive(Clone, Debug)]
pub struct Window {
    /// The name it is defined and referred to by.
    pub alias: Name,
    /// The window that it extends.
    pub extends: Option<Node>,
    /// The partition.
    pub partition_by: Nodes,
    /// The order.
    pub order_by: Nodes,
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub frame_type: Option<Name>,
    /// The frame's start.
    pub start: Option<Node>,
    /// The frame's end.
    pub end: Option<Node>,
    /// What is excluded from the frame.
    pub exclude: Option<Node>,
    /// Whether the definition stands where it is used, without a name.
    pub inline: bool,
}

//! What an insert does with rows that exist already.

use super::{Assignment, Name, Node, Nodes};

/// The conflict clause of an insert.
#[derive(Clone, Debug, Default)]
pub struct OnConflict {
    /// `IGNORE`, `REPLACE`, `NOTHING` and `SQLite`'s others, in any case.
    pub action: Option<Name>,
    /// The assignments of the update.
    pub update: Vec<Assignment>,
    /// The columns that take the new row's value.
    pub preserve: Nodes,
    /// The condition of the update.
    pub filter: Option<Node>,
    /// The columns whose conflict is meant.
    pub conflict_target: Nodes,
    /// The condition of the partial index that is meant.
    pub conflict_where: Option<Node>,
    /// The constraint that is meant.
    pub conflict_constraint: Option<Name>,
}

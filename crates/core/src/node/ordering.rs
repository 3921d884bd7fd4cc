//! Orderings.

use super::{Name, Node};

/// Which way an ordering runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `ASC`
    Asc,
    /// `DESC`
    Desc,
}

/// `node ASC [COLLATE …] [NULLS FIRST]`.
#[derive(Clone, Debug)]
pub struct Ordering {
    /// What is ordered by.
    pub node: Node,
    /// Which way.
    pub direction: Direction,
    /// The collation.
    pub collation: Option<Name>,
    /// `FIRST` or `LAST`, in the case it was given in.
    pub nulls: Option<Name>,
}

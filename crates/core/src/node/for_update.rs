//! Row locks of a select.

use super::{Name, Nodes};

/// `FOR UPDATE [OF …] [NOWAIT | SKIP LOCKED]`.
#[derive(Clone, Debug)]
pub struct ForUpdate {
    /// The lock's text, such as `FOR UPDATE`.
    pub text: Name,
    /// The tables that are locked; empty for all.
    pub of: Nodes,
    /// Fail at once when a row is locked.
    pub nowait: bool,
    /// Leave locked rows out.
    pub skip_locked: bool,
}

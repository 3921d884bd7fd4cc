//! What a statement without rows has done.

/// The counts of a finished statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many rows were inserted, updated or deleted; -1 for any other statement.
    pub rows_affected: i64,
    /// The key that the database gave to the last inserted row, where it has such keys.
    pub last_insert_id: i64,
}

//! `VALUES` as a source.

use super::{Name, Nodes, SourceKey};

/// `(VALUES (…), (…)) AS "alias" ("column", …)`.
#[derive(Clone, Debug)]
pub struct ValuesList {
    /// The identity as a source.
    pub key: SourceKey,
    /// The rows.
    pub rows: Vec<Nodes>,
    /// The names of the columns.
    pub columns: Option<Nodes>,
    /// The alias.
    pub alias: Option<Name>,
}

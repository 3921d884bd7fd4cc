//! How a connection is opened. Pragmas are statements and belong to the caller.

use std::time::Duration;

/// The settings with which a connection is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The database: a file's path, `:memory:`, an empty string for a temporary
    /// file, or with [`uri`](Self::uri) a `file:` address.
    pub path: String,
    /// How long a statement waits for another connection's lock.
    pub timeout: Duration,
    /// How many prepared statements the connection keeps for another use.
    pub cached_statements: usize,
    /// The path may be a `file:` address with settings (`?mode=ro`).
    pub uri: bool,
    /// The connection cannot write.
    pub read_only: bool,
    /// A file that does not exist is made.
    pub create: bool,
}

impl Options {
    /// Makes the settings for a path, with peewee's defaults: five seconds of
    /// patience, 128 kept statements.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            path: ":memory:".into(),
            timeout: Duration::from_secs(5),
            cached_statements: 128,
            uri: false,
            read_only: false,
            create: true,
        }
    }
}

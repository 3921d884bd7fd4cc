//! The figures of a pool at one moment.

/// What a pool counts; all figures are of the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections that exist or are being opened: `in_use + idle`.
    pub size: usize,
    /// Leases that are out: connections in use, being opened or being closed.
    pub in_use: usize,
    /// Connections that wait for use.
    pub idle: usize,
    /// Callers in the queue that have not been served yet.
    pub waiting: usize,
    /// Leases that became connections since the pool was made.
    pub created: u64,
    /// Connections that were discarded for their age or because they had failed.
    pub recycled: u64,
    /// The limit of `in_use`; zero is no limit.
    pub max_size: usize,
}

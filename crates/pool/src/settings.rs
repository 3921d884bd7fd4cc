//! The numbers that a pool is made with and that may change while it lives. What they
//! mean for one connection is decided in `idle.rs`.

use std::time::Duration;

/// How many connections a pool has, and how long it keeps them.
///
/// A connection has reached an age once that much time has passed, so that an age of
/// zero is reached at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many leases may be out: connections in use or being opened. Zero is no limit,
    /// as in peewee.
    pub max_size: usize,
    /// From which age on a connection is not used again, counted from its creation. The
    /// same for all of them (peewee's `stale_timeout`).
    pub stale_timeout: Option<Duration>,
    /// Like `stale_timeout`, but multiplied for each connection by the factor that
    /// [`Lease::opened`](crate::Lease::opened) was given, so that connections opened
    /// together do not end together.
    pub max_lifetime: Option<Duration>,
    /// How long a connection may be idle before [`Pool::take_expired`](crate::Pool::take_expired)
    /// takes it, as long as more than `min_idle` are idle.
    pub idle_timeout: Option<Duration>,
    /// How many idle connections `idle_timeout` leaves alone, and up to how many
    /// [`Pool::refill`](crate::Pool::refill) asks for.
    pub min_idle: usize,
}

impl Settings {
    /// Gives the limit of leases as a number that can be compared.
    pub(crate) fn limit(&self) -> usize {
        if self.max_size == 0 {
            usize::MAX
        } else {
            self.max_size
        }
    }
}

impl Default for Settings {
    /// peewee's defaults: 20 connections, which are kept for ever.
    fn default() -> Self {
        Self {
            max_size: 20,
            stale_timeout: None,
            max_lifetime: None,
            idle_timeout: None,
            min_idle: 0,
        }
    }
}

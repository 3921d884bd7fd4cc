//! The right to one slot of a pool, and the ways in which it ends.

use std::time::Instant;

use crate::acquire::Acquired;
use crate::idle::{Birth, Idle};
use crate::pool::Pool;
use crate::queue::Found;

/// Names a lease; no other lease of the process has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseId(pub(crate) u64);

/// What the holder thinks of a connection that it gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It is clean and can be used by the next one.
    Yes,
    /// It failed or cannot be cleaned, and is to be closed.
    No,
}

/// The right to one slot: to use one connection, or to open one.
///
/// Dropping it frees the slot, as [`discard`](Self::discard) does. The connection is not
/// part of it, so that a holder which still has one MUST close it first: else the next
/// one may open another while it is still there.
#[must_use = "a lease that is dropped frees its slot"]
pub struct Lease<T: Send + 'static> {
    pool: Pool<T>,
    id: LeaseId,
    /// Of the connection; none before it is opened.
    birth: Option<Birth>,
    ended: bool,
}

impl<T: Send + 'static> Lease<T> {
    pub(crate) fn new(pool: Pool<T>, id: LeaseId) -> Self {
        Self {
            pool,
            id,
            birth: None,
            ended: false,
        }
    }

    /// Gives the lease's name, for [`Pool::revoke`].
    pub fn id(&self) -> LeaseId {
        self.id
    }

    /// Tells whether the lease still has its slot: it was neither revoked nor forgotten.
    pub fn is_valid(&self) -> bool {
        self.pool.lock().is_out(self.id)
    }

    /// Notes that a connection was opened, now. `jitter` is by what `max_lifetime` is
    /// multiplied for this connection; it is forced into `0.9..=1.0`.
    ///
    /// If the lease had a connection before, that one counts as recycled.
    pub fn opened(&mut self, jitter: f64) {
        let now = Instant::now();
        let mut state = self.pool.lock();
        if self.birth.is_some() {
            state.lost();
        }
        self.birth = Some(state.opened(now, jitter));
    }

    /// Ends the lease and hands the connection to the next one who waits, or to those
    /// that are idle. What is returned instead MUST be closed: a connection that is not
    /// to be kept or is too old, one above the limit, one of a closed pool, or one whose
    /// lease was revoked or is from before a close.
    ///
    /// A connection of which [`opened`](Self::opened) does not know was opened now.
    #[must_use = "what is returned must be closed"]
    pub fn give_back(self, connection: T, keep: Keep) -> Option<Retired<T>> {
        self.put_back(connection, keep, Instant::now())
    }

    /// Does what [`give_back`](Self::give_back) does, with a connection that nobody has used
    /// since a moment.
    pub(crate) fn put_back(
        mut self,
        connection: T,
        keep: Keep,
        since: Instant,
    ) -> Option<Retired<T>> {
        let now = Instant::now();
        let mut state = self.pool.lock();
        let birth = match self.birth.take() {
            Some(birth) => birth,
            None => state.opened(now, 1.0),
        };
        if keep == Keep::No {
            if state.is_out(self.id) {
                state.lost();
            }
            drop(state);
            return Some(Retired {
                connection,
                lease: self,
            });
        }
        let idle = Idle {
            connection,
            birth,
            since,
        };
        let outcome = state.put_back(self.id, idle, now);
        drop(state);
        match outcome {
            Ok(freed) => {
                self.ended = true;
                freed.wake();
                None
            }
            Err(connection) => Some(Retired {
                connection,
                lease: self,
            }),
        }
    }

    /// Keeps the slot and looks for another connection, after the one it came with
    /// failed or was too old, and was closed. Nobody can come in between.
    pub fn replace(mut self) -> Acquired<T> {
        let now = Instant::now();
        let lost = self.birth.take().is_some();
        let found = self.pool.lock().replace(self.id, lost, now);
        self.with(found, now)
    }

    /// Frees the slot without a connection: it could not be opened, or was closed. If
    /// there was one, it counts as recycled.
    pub fn discard(self) {
        drop(self);
    }

    /// Puts the lease and what was found for it together.
    pub(crate) fn with(mut self, found: Option<Found<T>>, now: Instant) -> Acquired<T> {
        let Some(Found { idle, over }) = found else {
            return Acquired::Vacant { lease: self };
        };
        self.birth = Some(idle.birth);
        let connection = idle.connection;
        if over {
            return Acquired::Expired {
                connection,
                lease: self,
            };
        }
        Acquired::Idle {
            connection,
            lease: self,
            age: idle.birth.age(now),
            idle: now.saturating_duration_since(idle.since),
        }
    }
}

impl<T: Send + 'static> Drop for Lease<T> {
    fn drop(&mut self) {
        if !self.ended {
            let lost = self.birth.is_some();
            let freed = self.pool.lock().release(self.id, lost, Instant::now());
            freed.wake();
        }
    }
}

/// A connection that must be closed, with the slot that it occupies until then.
/// Dropping it drops the connection, then frees the slot.
#[must_use = "the connection must be closed"]
pub struct Retired<T: Send + 'static> {
    // The order of the fields is the order in which they are dropped.
    connection: T,
    lease: Lease<T>,
}

impl<T: Send + 'static> Retired<T> {
    /// Has the connection closed, then frees the slot, also if closing panics.
    pub fn close<R>(self, close: impl FnOnce(T) -> R) -> R {
        let Self { connection, lease } = self;
        let outcome = close(connection);
        lease.discard();
        outcome
    }

    /// Gives the connection and the lease, which is to be dropped after the connection
    /// was closed.
    pub fn into_parts(self) -> (T, Lease<T>) {
        (self.connection, self.lease)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn age_counts_from_creation_and_idleness_from_giving_back() {
        let hour = Duration::from_secs(3600);
        let start = Instant::now();
        let idle = Idle {
            connection: "c",
            birth: Birth::new(start, 1.0, 1),
            since: start + hour,
        };
        let lease = Lease::new(Pool::new(Settings::default()), LeaseId(u64::MAX));
        let found = Found { idle, over: false };
        let Acquired::Idle { age, idle, .. } = lease.with(Some(found), start + 3 * hour) else {
            panic!("a connection was found");
        };
        assert_eq!((age, idle), (3 * hour, 2 * hour));
    }
}

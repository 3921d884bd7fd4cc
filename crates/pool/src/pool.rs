//! The pool as its users see it: asking for connections, looking at the books, and
//! taking connections out to be closed. What the books are is in `state.rs`.

use std::fmt;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

use crate::acquire::{Acquire, Acquired, Wait};
use crate::holder::{Holder, HolderInfo};
use crate::lease::{Lease, LeaseId};
use crate::queue::Grant;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::state::State;
use crate::stats::Stats;

/// The books of one pool of connections, for threads and tasks at once. Clones are the
/// same pool.
///
/// At most [`Settings::max_size`] leases are out. Idle connections are taken before new
/// ones are opened, so that there are never more connections than that either, as long
/// as each is closed before its lease ends or comes back through the lease. What the
/// `take_` methods and [`close`](Self::close) return occupies no slot while it is closed.
///
/// No lock is held while a waker is called, cloned or dropped, or a connection is
/// dropped, so that both may use the pool.
pub struct Pool<T: Send + 'static> {
    shared: Arc<Shared<T>>,
}

impl<T: Send + 'static> Pool<T> {
    /// Makes an empty pool.
    pub fn new(settings: Settings) -> Self {
        Self {
            shared: Arc::new(Shared::new(settings)),
        }
    }

    /// Gives the settings that hold now.
    pub fn settings(&self) -> Settings {
        self.lock().settings()
    }

    /// Changes the settings. Connections are kept; those above a smaller limit are
    /// closed when they are given back, or by [`take_expired`](Self::take_expired).
    pub fn set_settings(&self, settings: Settings) {
        self.shared.save_settings(settings);
        let wakes = self.lock().set_settings(settings, Instant::now());
        wakes.wake();
    }

    /// Asks for a connection. Nothing happens before the future is polled.
    pub fn acquire(&self, holder: Holder, wait: Wait) -> Acquire<T> {
        Acquire::new(self.clone(), holder, wait)
    }

    /// Acquires the oldest idle connection, if it is not too old and nobody waits for one.
    pub fn take_ready(&self, holder: Holder) -> Option<Acquired<T>> {
        let now = Instant::now();
        let Grant { lease, found } = self.lock().take_ready(holder, now)?;
        Some(Lease::new(self.clone(), lease).with(found, now))
    }

    /// Leases a slot to open a connection in advance, if fewer than
    /// [`Settings::min_idle`] are idle, the limit leaves room for one and nobody waits.
    /// It is to be opened and given back.
    pub fn refill(&self, holder: Holder) -> Option<Lease<T>> {
        let id = self.lock().refill(holder, Instant::now())?;
        Some(Lease::new(self.clone(), id))
    }

    /// Takes the idle connections that are too old, idle for longer than
    /// [`Settings::idle_timeout`] while more than [`Settings::min_idle`] are, or above
    /// a limit that became smaller. The caller closes them; they count as recycled.
    #[must_use = "the connections must be closed"]
    pub fn take_expired(&self, now: Instant) -> Vec<T> {
        self.lock().take_expired(now)
    }

    /// Takes all idle connections, the oldest first, which the caller closes (peewee's
    /// `close_idle()`).
    #[must_use = "the connections must be closed"]
    pub fn take_idle(&self) -> Vec<T> {
        self.lock().take_idle()
    }

    /// Lists all leases that are out, in the order in which they were given. One that
    /// was just given to a waiter who does not know yet is among them.
    pub fn holders(&self, now: Instant) -> Vec<HolderInfo> {
        self.lock().holders(now)
    }

    /// Gives all figures.
    pub fn stats(&self) -> Stats {
        self.lock().stats()
    }

    /// Names the leases that are out since before a moment.
    pub fn checked_out_before(&self, then: Instant) -> Vec<LeaseId> {
        self.lock().checked_out_before(then)
    }

    /// Frees the slot of a lease that somebody still has (peewee's `close_stale()`), and
    /// tells whether it had one. The holder is not told: its connection is to be closed
    /// by other means, and is returned to it when it gives the connection back.
    pub fn revoke(&self, lease: LeaseId) -> bool {
        let mut state = self.lock();
        let was_out = state.is_out(lease);
        let freed = state.release(lease, false, Instant::now());
        drop(state);
        freed.wake();
        was_out
    }

    /// Forgets all connections, leases and waiters in the child of a `fork`, without
    /// touching any: those that nobody had are returned, to be leaked rather than
    /// closed, and no waker is called. Leases from before have no slot any more.
    ///
    /// This also works where a thread of the parent held the lock during the `fork`:
    /// then nothing is returned, everything is leaked, and the pool is open. For the same
    /// reason it MUST be the first thing that the child does with the pool.
    #[must_use = "the connections must be leaked, for dropping them may close them"]
    pub fn forget(&self) -> Vec<T> {
        self.shared.forget()
    }

    /// Forgets all connections and leases of a living pool (peewee's `dispose()`), which
    /// serves those who wait. The connections that nobody had are returned.
    #[must_use = "dropping the connections may close them"]
    pub fn dispose(&self) -> Vec<T> {
        let mut state = self.lock();
        let (connections, wakes) = state.dispose(Instant::now());
        drop(state);
        wakes.wake();
        connections
    }

    /// Closes the pool: all who wait, and all who come later, get
    /// [`AcquireError::Closed`](crate::AcquireError::Closed). The connections that nobody
    /// has are returned to be closed; those in use are when they are given back, even if
    /// the pool was opened again by then. Until then they have their slots.
    #[must_use = "the connections must be closed"]
    pub fn close(&self) -> Vec<T> {
        let mut state = self.lock();
        let (connections, wakes) = state.close();
        drop(state);
        wakes.wake();
        connections
    }

    /// Opens a closed pool again.
    pub fn reopen(&self) {
        self.lock().reopen();
    }

    /// Tells whether the pool is closed.
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.shared.lock()
    }
}

impl<T: Send + 'static> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Pool<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Pool").field(&self.stats()).finish()
    }
}

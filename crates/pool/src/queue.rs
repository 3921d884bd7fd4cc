//! Those who wait, in strict order, and what the first of them were served but have not
//! fetched yet. It calls no waker and clones none: that is code of the waiter, which may
//! want locks of its own.

use std::collections::BTreeMap;
use std::task::Waker;

use crate::holder::Holder;
use crate::idle::Idle;
use crate::lease::LeaseId;

/// A place in the queue: whoever came later has a higher one.
pub(crate) type Ticket = u64;

/// A lease that was given to somebody, with the idle connection if there was one.
pub(crate) struct Grant<T> {
    pub(crate) lease: LeaseId,
    pub(crate) found: Option<Found<T>>,
}

/// An idle connection that was taken for a lease.
pub(crate) struct Found<T> {
    pub(crate) idle: Idle<T>,
    /// Whether it is too old to be used.
    pub(crate) over: bool,
}

/// What an acquire is told.
pub(crate) enum Turn<T> {
    /// It has a lease.
    Granted(Grant<T>),
    /// The pool is closed, or was while it waited.
    Closed,
    /// It is in the queue.
    Waiting,
    /// It is not in the queue and would have to join.
    Outside,
}

/// Somebody who waits for a lease.
pub(crate) struct Waiter {
    pub(crate) holder: Holder,
    pub(crate) waker: Waker,
}

/// All who wait or were served and do not know yet.
pub(crate) struct Queue<T> {
    waiting: BTreeMap<Ticket, Waiter>,
    served: BTreeMap<Ticket, Grant<T>>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            waiting: BTreeMap::new(),
            served: BTreeMap::new(),
        }
    }

    /// The number of those who were not served yet.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Puts somebody at a place, which must be the last.
    pub(crate) fn join(&mut self, ticket: Ticket, waiter: Waiter) {
        self.waiting.insert(ticket, waiter);
    }

    pub(crate) fn waiter(&mut self, ticket: Ticket) -> Option<&mut Waiter> {
        self.waiting.get_mut(&ticket)
    }

    /// Takes somebody who was not served out of the queue.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<Waiter> {
        self.waiting.remove(&ticket)
    }

    /// Takes the one who waits for longest out of the queue, to be served.
    pub(crate) fn pop_first(&mut self) -> Option<(Ticket, Waiter)> {
        self.waiting.pop_first()
    }

    /// Keeps a grant until it is fetched.
    pub(crate) fn serve(&mut self, ticket: Ticket, grant: Grant<T>) {
        self.served.insert(ticket, grant);
    }

    /// Gives what somebody was served.
    pub(crate) fn fetch(&mut self, ticket: Ticket) -> Option<Grant<T>> {
        self.served.remove(&ticket)
    }

    /// Takes all who wait.
    pub(crate) fn take_waiting(&mut self) -> impl Iterator<Item = Waiter> + use<T> {
        std::mem::take(&mut self.waiting).into_values()
    }

    /// Takes all that was served and not fetched.
    pub(crate) fn take_served(&mut self) -> impl Iterator<Item = Grant<T>> + use<T> {
        std::mem::take(&mut self.served).into_values()
    }
}

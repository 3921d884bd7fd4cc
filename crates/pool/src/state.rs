//! The books themselves: which leases are out, which connections are idle, who waits.
//! No lock, no clock and no waker is called here; callers bring the time and do what
//! is left to do once they let go of the lock.

use std::mem;
use std::task::Waker;
use std::time::Instant;

use crate::checkout::{Checkout, Checkouts};
use crate::holder::{Holder, HolderInfo};
use crate::idle::{Birth, Idle, IdleHeap};
use crate::lease::LeaseId;
use crate::number::next_number;
use crate::queue::{Found, Grant, Queue, Ticket, Turn, Waiter};
use crate::settings::Settings;
use crate::stats::Stats;
use crate::wakes::{Freed, Wakes};

/// The books of one pool.
pub(crate) struct State<T> {
    settings: Settings,
    idle: IdleHeap<T>,
    /// The leases that count. One that was revoked or forgotten is not among them.
    out: Checkouts,
    queue: Queue<T>,
    closed: bool,
    /// Leases and tickets below this number are from before the last close.
    closed_at: u64,
    created: u64,
    recycled: u64,
}

impl<T> State<T> {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            idle: IdleHeap::new(),
            out: Checkouts::new(),
            queue: Queue::new(),
            closed: false,
            closed_at: 0,
            created: 0,
            recycled: 0,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings
    }

    pub(crate) fn set_settings(&mut self, settings: Settings, now: Instant) -> Wakes {
        self.settings = settings;
        self.serve(now)
    }

    /// Says what an acquire gets. The holder is taken if it gets a lease at once.
    pub(crate) fn turn(
        &mut self,
        ticket: Option<Ticket>,
        holder: &mut Holder,
        now: Instant,
    ) -> Turn<T> {
        if let Some(ticket) = ticket {
            if let Some(grant) = self.queue.fetch(ticket) {
                return Turn::Granted(grant);
            }
            if self.queue.waiter(ticket).is_some() {
                return Turn::Waiting;
            }
            if ticket < self.closed_at {
                return Turn::Closed;
            }
        }
        if self.closed {
            Turn::Closed
        } else if self.has_slot() && self.queue.is_empty() {
            Turn::Granted(self.check_out(mem::take(holder), now))
        } else {
            Turn::Outside
        }
    }

    /// Leases the oldest idle connection, unless that is too old, or somebody is before the caller.
    pub(crate) fn take_ready(&mut self, holder: Holder, now: Instant) -> Option<Grant<T>> {
        let oldest = self.idle.oldest()?;
        let is_ready = !oldest.birth.is_over(&self.settings, now)
            && !self.closed
            && self.has_slot()
            && self.queue.is_empty();
        is_ready.then(|| self.check_out(holder, now))
    }

    /// Puts somebody at the end of the queue.
    pub(crate) fn join(&mut self, holder: Holder, waker: Waker) -> Ticket {
        let ticket = next_number();
        self.queue.join(ticket, Waiter { holder, waker });
        ticket
    }

    /// Takes somebody who was not served out of the queue.
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<Waker> {
        self.queue.leave(ticket).map(|waiter| waiter.waker)
    }

    /// Gives the waker of somebody in the queue.
    pub(crate) fn waker(&mut self, ticket: Ticket) -> Option<&mut Waker> {
        self.queue.waiter(ticket).map(|waiter| &mut waiter.waker)
    }

    /// Gives what somebody was served and will not fetch to the next one. A connection
    /// that cannot be kept comes back.
    pub(crate) fn refuse(&mut self, ticket: Ticket, now: Instant) -> Option<(Option<T>, Freed)> {
        let Grant { lease, found } = self.queue.fetch(ticket)?;
        let mut homeless = None;
        match found {
            Some(found) if self.counts(lease) => self.idle.push(found.idle),
            Some(found) => homeless = Some(found.idle.connection),
            None => {}
        }
        Some((homeless, self.release(lease, false, now)))
    }

    /// Leases a slot for a connection that `min_idle` lacks, if there is one to spare.
    pub(crate) fn refill(&mut self, holder: Holder, now: Instant) -> Option<LeaseId> {
        let lacks = self.idle.len() < self.settings.min_idle;
        let lacks = lacks && self.size() < self.settings.limit();
        (lacks && !self.closed).then(|| self.note(holder, now))
    }

    /// Notes that a lease became a connection.
    pub(crate) fn opened(&mut self, now: Instant, jitter: f64) -> Birth {
        self.created += 1;
        Birth::new(now, jitter, next_number())
    }

    /// Takes a connection back for the next one, or returns it to be closed; then the
    /// lease is still out, so that nothing is opened in its place before it is closed.
    pub(crate) fn put_back(
        &mut self,
        lease: LeaseId,
        idle: Idle<T>,
        now: Instant,
    ) -> Result<Freed, T> {
        if !self.counts(lease) || self.size() > self.settings.limit() {
            return Err(idle.connection);
        }
        if idle.birth.is_over(&self.settings, now) {
            self.recycled += 1;
            return Err(idle.connection);
        }
        self.idle.push(idle);
        Ok(self.release(lease, false, now))
    }

    /// Notes that a connection was discarded by its holder.
    pub(crate) fn lost(&mut self) {
        self.recycled += 1;
    }

    /// Frees a lease's slot, unless that was done before, for the next who waits.
    pub(crate) fn release(&mut self, lease: LeaseId, lost: bool, now: Instant) -> Freed {
        let row = self.out.remove(lease);
        self.recycled += u64::from(lost && row.is_some());
        let wakes = row.as_ref().map_or_else(Wakes::none, |_| self.serve(now));
        Freed::new(row, wakes)
    }

    /// Finds another idle connection for a lease whose own is discarded.
    pub(crate) fn replace(&mut self, lease: LeaseId, lost: bool, now: Instant) -> Option<Found<T>> {
        let counts = self.counts(lease);
        self.recycled += u64::from(lost && counts);
        if counts { self.find(now) } else { None }
    }

    /// Takes the idle connections that are too old, idle for too long or too many.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Vec<T> {
        let room = self.settings.limit().saturating_sub(self.out.len());
        let before = self.idle.len();
        let expired = self.idle.take_expired(&self.settings, room, now);
        let taken = before - self.idle.len();
        self.recycled += u64::try_from(taken).unwrap_or(u64::MAX);
        expired
    }

    pub(crate) fn take_idle(&mut self) -> Vec<T> {
        self.idle.take_all()
    }

    /// Closes the books: idle connections and those served to nobody yet come back.
    pub(crate) fn close(&mut self) -> (Vec<T>, Wakes) {
        self.closed = true;
        self.closed_at = next_number();
        (self.take_connections(), Wakes::new(self.take_wakers()))
    }

    pub(crate) fn reopen(&mut self) {
        self.closed = false;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Forgets all leases and connections; those who wait stay. Connections come back.
    pub(crate) fn forget(&mut self) -> Vec<T> {
        let connections = self.take_connections();
        self.out.clear();
        connections
    }

    /// Forgets all leases and connections of a living pool and serves those who wait.
    pub(crate) fn dispose(&mut self, now: Instant) -> (Vec<T>, Wakes) {
        (self.forget(), self.serve(now))
    }

    /// Empties the queue of those who were not served yet.
    pub(crate) fn take_wakers(&mut self) -> Vec<Waker> {
        let waiting = self.queue.take_waiting();
        waiting.map(|waiter| waiter.waker).collect()
    }

    pub(crate) fn holders(&self, now: Instant) -> Vec<HolderInfo> {
        self.out.holders(now)
    }

    pub(crate) fn checked_out_before(&self, then: Instant) -> Vec<LeaseId> {
        self.out.before(then)
    }

    /// Tells whether a lease is out and was not revoked or forgotten.
    pub(crate) fn is_out(&self, lease: LeaseId) -> bool {
        self.out.contains(lease)
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            size: self.size(),
            in_use: self.out.len(),
            idle: self.idle.len(),
            waiting: self.queue.len(),
            created: self.created,
            recycled: self.recycled,
            max_size: self.settings.max_size,
        }
    }

    /// Gives slots to those who wait, the first first, as long as there are any.
    pub(crate) fn serve(&mut self, now: Instant) -> Wakes {
        let mut wakers = Vec::new();
        while self.has_slot() {
            let Some((ticket, waiter)) = self.queue.pop_first() else {
                break;
            };
            let grant = self.check_out(waiter.holder, now);
            self.queue.serve(ticket, grant);
            wakers.push(waiter.waker);
        }
        Wakes::new(wakers)
    }

    fn check_out(&mut self, holder: Holder, now: Instant) -> Grant<T> {
        let lease = self.note(holder, now);
        let found = self.find(now);
        Grant { lease, found }
    }

    fn note(&mut self, holder: Holder, since: Instant) -> LeaseId {
        let lease = LeaseId(next_number());
        self.out.insert(lease, Checkout::new(holder, since));
        lease
    }

    fn find(&mut self, now: Instant) -> Option<Found<T>> {
        let idle = self.idle.pop_oldest()?;
        let over = idle.birth.is_over(&self.settings, now);
        Some(Found { idle, over })
    }

    /// Takes all connections that nobody has: the idle ones and those that were served
    /// but not fetched, whose leases end.
    fn take_connections(&mut self) -> Vec<T> {
        let mut connections = self.idle.take_all();
        for grant in self.queue.take_served() {
            self.out.remove(grant.lease);
            connections.extend(grant.found.map(|found| found.idle.connection));
        }
        connections
    }

    /// Tells whether a lease has a slot whose connection may be kept. While the books are
    /// closed none has, since all are from before the close.
    fn counts(&self, lease: LeaseId) -> bool {
        lease.0 > self.closed_at && self.is_out(lease)
    }

    fn has_slot(&self) -> bool {
        self.out.len() < self.settings.limit()
    }

    fn size(&self) -> usize {
        self.out.len() + self.idle.len()
    }
}

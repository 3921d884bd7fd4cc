//! Asking for a connection: a future that a thread and a task can both wait for. It is
//! woken when it is its turn; it has no timer and does not open connections.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::error::AcquireError;
use crate::holder::Holder;
use crate::lease::{Keep, Lease, Retired};
use crate::pool::Pool;
use crate::queue::{Grant, Ticket, Turn};

/// How long to wait for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Not at all.
    Never,
    /// Up to a moment.
    Until(Instant),
    /// Until there is one.
    Forever,
}

/// What was acquired: a lease, with a connection if one was idle.
#[must_use = "a lease that is dropped frees its slot"]
pub enum Acquired<T: Send + 'static> {
    // The order of the fields is the order in which they are dropped.
    /// A connection that was used before, the oldest of the idle ones. Whether it still
    /// lives is not known; a dead one is closed, and [`Lease::replace`] gives the next.
    Idle {
        /// The connection.
        connection: T,
        /// The right to use it.
        lease: Lease<T>,
        /// How long ago it was created.
        age: Duration,
        /// How long it was idle.
        idle: Duration,
    },
    /// No connection was idle; one may be opened.
    Vacant {
        /// The right to open one; see [`Lease::opened`].
        lease: Lease<T>,
    },
    /// An idle connection that is too old. It MUST be closed; then [`Lease::replace`]
    /// gives the next. It comes with the slot so that closing it counts.
    Expired {
        /// The connection to close.
        connection: T,
        /// The slot that it occupies.
        lease: Lease<T>,
    },
}

impl<T: Send + 'static> Acquired<T> {
    /// Leaves what was acquired to the next one, unused. A connection that is returned MUST be
    /// closed, as with [`Lease::give_back`].
    #[must_use = "what is returned must be closed"]
    pub fn refuse(self) -> Option<Retired<T>> {
        match self {
            Self::Idle {
                connection,
                lease,
                idle,
                ..
            } => {
                let now = Instant::now();
                let since = now.checked_sub(idle).unwrap_or(now);
                lease.put_back(connection, Keep::Yes, since)
            }
            Self::Expired { connection, lease } => lease.give_back(connection, Keep::No),
            Self::Vacant { .. } => None,
        }
    }
}

/// A caller's wish for a connection, made by [`Pool::acquire`].
///
/// It enters the queue when it is polled first, if it has to. Callers are served
/// strictly in the order in which they entered, whether threads or tasks. Dropping it
/// leaves the queue; what it was served already goes to the next one.
///
/// Whoever waits MUST poll it again at its [`deadline`](Self::deadline): nothing wakes
/// it then.
#[must_use = "nothing is acquired before the future is polled"]
pub struct Acquire<T: Send + 'static> {
    pool: Pool<T>,
    holder: Holder,
    wait: Wait,
    stage: Stage,
}

enum Stage {
    /// Not in the queue yet.
    New,
    /// In the queue, or served.
    Queued { ticket: Ticket, since: Instant },
    /// Answered.
    Finished,
}

enum Step<T> {
    Answer(Result<Grant<T>, AcquireError>),
    Parked,
    NeedsWaker,
}

impl<T: Send + 'static> Acquire<T> {
    pub(crate) fn new(pool: Pool<T>, holder: Holder, wait: Wait) -> Self {
        Self {
            pool,
            holder,
            wait,
            stage: Stage::New,
        }
    }

    /// Gives the moment at which to poll again even if nothing woke the waiter.
    pub fn deadline(&self) -> Option<Instant> {
        match self.wait {
            Wait::Until(deadline) => Some(deadline),
            Wait::Never | Wait::Forever => None,
        }
    }

    /// Answers if that is possible now; never enters the queue. After an answer the
    /// acquire is finished, as after a poll that was ready.
    pub fn try_now(&mut self) -> Option<Result<Acquired<T>, AcquireError>> {
        let now = Instant::now();
        match self.step(Waker::noop(), &mut None, now) {
            Step::Answer(answer) => Some(self.finish(answer, now)),
            Step::Parked | Step::NeedsWaker => None,
        }
    }

    /// Goes as far as is possible without foreign code, under one lock. A waker to park
    /// with is in `spare`, if it is known that one is needed; one that is no longer
    /// needed is there afterwards.
    fn step(&mut self, current: &Waker, spare: &mut Option<Waker>, now: Instant) -> Step<T> {
        let (ticket, since) = match self.stage {
            Stage::New => (None, now),
            Stage::Queued { ticket, since } => (Some(ticket), since),
            Stage::Finished => return Step::Answer(Err(AcquireError::Finished)),
        };
        let mut state = self.pool.lock();
        match state.turn(ticket, &mut self.holder, now) {
            Turn::Granted(grant) => return Step::Answer(Ok(grant)),
            Turn::Closed => return Step::Answer(Err(AcquireError::Closed)),
            Turn::Waiting | Turn::Outside => {}
        }
        if self.wait == Wait::Never || self.deadline().is_some_and(|end| now >= end) {
            *spare = ticket.and_then(|ticket| state.leave(ticket));
            let holders = state.holders(now);
            return Step::Answer(Err(match self.wait {
                Wait::Never => AcquireError::Exhausted { holders },
                Wait::Until(_) | Wait::Forever => AcquireError::TimedOut {
                    waited: now.saturating_duration_since(since),
                    holders,
                },
            }));
        }
        let parked = ticket.and_then(|ticket| state.waker(ticket));
        match (parked, spare.as_mut()) {
            (Some(parked), _) if parked.will_wake(current) => {}
            (_, None) => return Step::NeedsWaker,
            // The old waker is dropped by the caller, without the lock.
            (Some(parked), Some(new)) => std::mem::swap(parked, new),
            (None, Some(_)) => {
                if let Some(waker) = spare.take() {
                    let ticket = state.join(self.holder.clone(), waker);
                    self.stage = Stage::Queued { ticket, since };
                }
            }
        }
        Step::Parked
    }

    fn finish(
        &mut self,
        answer: Result<Grant<T>, AcquireError>,
        now: Instant,
    ) -> Result<Acquired<T>, AcquireError> {
        self.stage = Stage::Finished;
        let Grant { lease, found } = answer?;
        Ok(Lease::new(self.pool.clone(), lease).with(found, now))
    }
}

impl<T: Send + 'static> Future for Acquire<T> {
    type Output = Result<Acquired<T>, AcquireError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let now = Instant::now();
        let current = context.waker();
        let mut spare = None;
        let mut step = self.step(current, &mut spare, now);
        if matches!(step, Step::NeedsWaker) {
            // Cloned without the lock: it is code of the waiter.
            spare = Some(current.clone());
            step = self.step(current, &mut spare, now);
        }
        match step {
            Step::Answer(answer) => Poll::Ready(self.finish(answer, now)),
            Step::Parked | Step::NeedsWaker => Poll::Pending,
        }
    }
}

impl<T: Send + 'static> Drop for Acquire<T> {
    fn drop(&mut self) {
        if let Stage::Queued { ticket, .. } = self.stage {
            let now = Instant::now();
            let mut state = self.pool.lock();
            let waker = state.leave(ticket);
            let refused = state.refuse(ticket, now);
            drop(state);
            drop(waker);
            if let Some((connection, freed)) = refused {
                freed.wake();
                drop(connection);
            }
        }
    }
}

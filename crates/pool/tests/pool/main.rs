//! One pool, asked by hand and by threads.

#![expect(
    clippy::panic,
    reason = "an answer that was not expected is the failed test"
)]

mod ages;
mod books;
mod endings;
mod queue;
mod reentry;
mod threads;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use redstart_pool::{Acquire, AcquireError, Acquired, Holder, Keep, Lease, Pool, Settings, Wait};

pub(crate) type Answer<T> = Result<Acquired<T>, AcquireError>;

/// Makes a pool with a limit and no ages.
pub(crate) fn pool_of<T: Send>(max_size: usize) -> Pool<T> {
    Pool::new(Settings {
        max_size,
        ..Settings::default()
    })
}

/// Somebody who waits: a waker that counts, and the acquire that it polls.
pub(crate) struct Caller<T: Send + 'static> {
    acquire: Pin<Box<Acquire<T>>>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<T: Send + 'static> Caller<T> {
    pub(crate) fn new(pool: &Pool<T>, wait: Wait) -> Self {
        Self {
            acquire: Box::pin(pool.acquire(Holder::new("a caller"), wait)),
            wakes: Arc::default(),
        }
    }

    /// Enters the queue, where there is one.
    pub(crate) fn queued(pool: &Pool<T>) -> Self {
        let mut caller = Self::new(pool, Wait::Forever);
        assert!(caller.poll().is_none());
        caller
    }

    pub(crate) fn poll(&mut self) -> Option<Answer<T>> {
        let waker = Waker::from(Arc::clone(&self.wakes));
        match self.acquire.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }

    pub(crate) fn woken(&self) -> usize {
        self.wakes.0.load(Ordering::SeqCst)
    }

    pub(crate) fn acquire(&mut self) -> &mut Acquire<T> {
        &mut self.acquire
    }
}

/// Asks without waiting.
pub(crate) fn ask<T: Send>(pool: &Pool<T>) -> Answer<T> {
    let answer = Caller::new(pool, Wait::Never).poll();
    answer.expect("who does not wait is answered at once")
}

/// Expects a lease without a connection.
pub(crate) fn vacant<T: Send>(answer: Answer<T>) -> Lease<T> {
    match answer {
        Ok(Acquired::Vacant { lease }) => lease,
        other => panic!("not a vacant lease: {}", name(&other)),
    }
}

/// Expects a lease with a connection that may be used.
pub(crate) fn idle<T: Send>(answer: Answer<T>) -> (T, Lease<T>) {
    match answer {
        Ok(Acquired::Idle {
            connection, lease, ..
        }) => (connection, lease),
        other => panic!("not an idle connection: {}", name(&other)),
    }
}

/// Expects a lease with a connection that is too old.
pub(crate) fn expired<T: Send>(answer: Answer<T>) -> (T, Lease<T>) {
    match answer {
        Ok(Acquired::Expired { connection, lease }) => (connection, lease),
        other => panic!("not an expired connection: {}", name(&other)),
    }
}

/// Expects that nothing was acquired.
pub(crate) fn refused<T: Send>(answer: Answer<T>) -> AcquireError {
    match answer {
        Err(error) => error,
        other => panic!("not refused: {}", name(&other)),
    }
}

/// Opens connections in a new pool and gives them back, in this order.
pub(crate) fn fill<T: Send>(pool: &Pool<T>, connections: impl IntoIterator<Item = T>) {
    let opened: Vec<_> = connections
        .into_iter()
        .map(|connection| {
            let mut lease = vacant(ask(pool));
            lease.opened(1.0);
            (connection, lease)
        })
        .collect();
    for (connection, lease) in opened {
        assert!(lease.give_back(connection, Keep::Yes).is_none());
    }
}

/// Waits as a thread does: parks until it is woken or the deadline is there.
pub(crate) fn block_on<T: Send>(mut acquire: Acquire<T>) -> Answer<T> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        let polled = Pin::new(&mut acquire).poll(&mut Context::from_waker(&waker));
        match (polled, acquire.deadline()) {
            (Poll::Ready(answer), _) => return answer,
            (Poll::Pending, None) => std::thread::park(),
            (Poll::Pending, Some(deadline)) => {
                std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
            }
        }
    }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn name<T: Send>(answer: &Answer<T>) -> String {
    match answer {
        Ok(Acquired::Idle { .. }) => "an idle connection".into(),
        Ok(Acquired::Vacant { .. }) => "a vacant lease".into(),
        Ok(Acquired::Expired { .. }) => "an expired connection".into(),
        Err(error) => error.to_string(),
    }
}

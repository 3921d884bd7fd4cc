//! What a pending operation waits for: a descriptor, a moment, or only its waker. The wish
//! is left for the waiter of the same thread while the operation is polled.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use rustix::fd::AsFd;

/// A descriptor that can be waited for.
pub trait Source: AsFd + Send + Sync {}

impl<T: AsFd + Send + Sync> Source for T {}

/// What is to happen to a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// There is something to read, or the other side is gone.
    Read,
    /// There is room to write.
    Write,
    /// Either of them.
    Both,
}

/// What a pending operation waits for, beside its waker.
#[derive(Clone, Default)]
pub struct Wish {
    /// The descriptor.
    pub io: Option<(Arc<dyn Source>, Interest)>,
    /// The moment at which it is to be polled in any case.
    pub deadline: Option<Instant>,
}

impl Wish {
    /// Polls an operation and, where it is pending, gives what it waits for.
    pub fn poll<F: Future + ?Sized>(
        operation: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Result<F::Output, Self> {
        let outer = WISH.take();
        let outcome = operation.poll(context);
        let wish = WISH.replace(outer);
        match outcome {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Err(wish),
        }
    }
}

/// Waits until a descriptor is ready. May end early: the caller tries, and waits again.
pub fn readiness(source: Arc<dyn Source>, interest: Interest) -> impl Future<Output = ()> + Send {
    Readiness(Some((source, interest)))
}

struct Readiness(Option<(Arc<dyn Source>, Interest)>);

impl Future for Readiness {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.take() {
            None => Poll::Ready(()),
            io => {
                WISH.with_borrow_mut(|wish| wish.io = io);
                Poll::Pending
            }
        }
    }
}

/// The moment passed before the operation was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline;

/// Runs an operation until a moment, at which it is dropped.
pub async fn by_deadline<F: Future>(
    deadline: Option<Instant>,
    operation: F,
) -> Result<F::Output, Deadline> {
    let mut operation = std::pin::pin!(operation);
    std::future::poll_fn(move |context| {
        if let Poll::Ready(outcome) = operation.as_mut().poll(context) {
            return Poll::Ready(Ok(outcome));
        }
        poll_deadline(deadline).map(|()| Err(Deadline))
    })
    .await
}

/// Waits until a moment.
pub async fn sleep_until(moment: Instant) {
    std::future::poll_fn(|_| poll_deadline(Some(moment))).await;
}

fn poll_deadline(deadline: Option<Instant>) -> Poll<()> {
    let Some(deadline) = deadline else {
        return Poll::Pending;
    };
    if Instant::now() >= deadline {
        return Poll::Ready(());
    }
    WISH.with_borrow_mut(|wish| {
        let earlier = wish.deadline.filter(|other| *other < deadline);
        wish.deadline = Some(earlier.unwrap_or(deadline));
    });
    Poll::Pending
}

thread_local! {
    static WISH: RefCell<Wish> = const { RefCell::new(Wish { io: None, deadline: None }) };
}

//! What is left to do once the lock is released: waking, and dropping a row of the
//! books. Wakers are code of the waiter, which may want locks of its own.

use std::task::Waker;

use crate::checkout::Checkout;

/// Those to wake once the lock is released, in order.
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Wakes(Vec<Waker>);

impl Wakes {
    pub(crate) fn new(wakers: Vec<Waker>) -> Self {
        Self(wakers)
    }

    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// Wakes all of them. The lock MUST NOT be held.
    pub(crate) fn wake(self) {
        self.0.into_iter().for_each(Waker::wake);
    }
}

/// What the end of a lease leaves to do: a row to drop, some to wake.
#[must_use = "whoever is not woken waits for ever"]
pub(crate) struct Freed {
    row: Option<Checkout>,
    wakes: Wakes,
}

impl Freed {
    pub(crate) fn new(row: Option<Checkout>, wakes: Wakes) -> Self {
        Self { row, wakes }
    }

    /// Wakes all of them. The lock MUST NOT be held.
    pub(crate) fn wake(self) {
        drop(self.row);
        self.wakes.wake();
    }
}

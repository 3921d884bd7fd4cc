//! A cell for state that only an attached thread touches. What lives here is the
//! one unsafe place behind every mutable native object; no state itself.

use std::cell::UnsafeCell;

use pyo3::Python;

/// Mutable state inside a shared Python object, guarded by the interpreter's lock.
///
/// The module declares that it uses the lock, so whoever holds a [`Python`] token
/// is alone. A closure given to [`Self::with`] MUST NOT run Python code and MUST NOT
/// drop Python objects: either could come back to the same cell.
pub(crate) struct AttachedCell<T>(UnsafeCell<T>);

// SAFETY: the value is reached only with a `Python` token or from the collector, and the
// module declares `gil_used`, so that at most one thread is attached at a time.
unsafe impl<T: Send> Sync for AttachedCell<T> {}

impl<T> AttachedCell<T> {
    /// Makes a cell with a first value.
    pub(crate) const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Works with the value; the closure must neither run Python code nor drop Python objects.
    #[inline]
    pub(crate) fn with<R>(&self, _py: Python<'_>, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the token proves that this thread holds the interpreter's lock, and the closure
        // runs no Python code, so no second reference is made while it works.
        work(unsafe { &mut *self.0.get() })
    }

    /// Works with the value inside the collector, where no token may be had.
    pub(crate) fn with_collector<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the collector runs with the interpreter's lock held, between two bytecodes or inside
        // an allocation, and `with`'s closures allocate no Python objects.
        work(unsafe { &mut *self.0.get() })
    }
}

//! The descriptors that an event loop watches. Each is watched on between the waits for it: to
//! begin and to end costs the loop more than a statement. What is waited for lives elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};
use redstart_wait::Source;

use super::Awaitable;
use crate::attached::AttachedCell;

/// A descriptor that an event loop watches for something to read; the loop has the only lasting reference.
///
/// It keeps its descriptor open, as the loop goes by the number. A connection that is closed makes
/// it ready, and then nobody waits: that is its end, as is everything else that comes unasked.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Watch {
    source: Arc<dyn Source>,
    waiting: AttachedCell<Option<Py<Awaitable>>>,
}

/// The watches of one event loop that runs on this thread.
struct Watches {
    event_loop: Py<PyWeakrefReference>,
    /// By the address of the source, which a watch keeps.
    by_source: HashMap<usize, Py<PyWeakrefReference>>,
}

#[pymethods]
impl Watch {
    /// There is something to read; called by the event loop.
    fn _ready(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let this = slf.get();
        if let Some(waiting) = this.waiting.with(py, Option::take) {
            return Awaitable::go_on(waiting.bind(py));
        }
        let descriptor = this.source.as_fd().as_raw_fd();
        let address = address(&this.source);
        let gone = WATCHES.with_borrow_mut(|watches| watches.as_mut()?.by_source.remove(&address));
        drop(gone);
        super::awaitable::running_loop(py)?
            .call_method1(intern!(py, "remove_reader"), (descriptor,))
            .map(drop)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.waiting
            .with_collector(|waiting| visit.call(waiting.as_ref()))
    }

    fn __clear__(&self) {
        let waiting = self.waiting.with_collector(Option::take);
        drop(waiting);
    }
}

impl Watch {
    /// Gives the watch of a descriptor, which is begun where there is none; None where the loop must not
    /// watch on: one of uvloop's gives a descriptor up for ever whose other side was lost meanwhile.
    pub(super) fn of<'py>(
        event_loop: &Bound<'py, PyAny>,
        source: &Arc<dyn Source>,
    ) -> PyResult<Option<Bound<'py, Self>>> {
        let py = event_loop.py();
        let found = WATCHES.with_borrow(|watches| {
            let watches = watches.as_ref()?;
            let same_loop = watches.event_loop.bind(py).upgrade()?.is(event_loop);
            let watch = watches.by_source.get(&address(source))?;
            same_loop.then(|| watch.bind(py).upgrade())?
        });
        if let Some(watch) = found.and_then(|watch| watch.cast_into().ok()) {
            return Ok(Some(watch));
        }
        // asyncio's own loops, which are built on a selector.
        if !event_loop.hasattr(intern!(py, "_selector"))? {
            return Ok(None);
        }
        let watch = Bound::new(
            py,
            Self {
                source: Arc::clone(source),
                waiting: AttachedCell::new(None),
            },
        )?;
        let ready = watch.getattr(intern!(py, "_ready"))?;
        let descriptor = source.as_fd().as_raw_fd();
        event_loop.call_method1(intern!(py, "add_reader"), (descriptor, ready))?;
        Self::note(event_loop, &watch)?;
        Ok(Some(watch))
    }

    /// Says who goes on as soon as there is something to read.
    pub(super) fn wait(&self, awaitable: &Bound<'_, Awaitable>) {
        let waiting = Some(awaitable.clone().unbind());
        let other = self
            .waiting
            .with(awaitable.py(), |place| std::mem::replace(place, waiting));
        drop(other);
    }

    /// Says that somebody does not wait any more.
    pub(super) fn leave(&self, py: Python<'_>, awaitable: &Awaitable) {
        let left = self.waiting.with(py, |place| {
            let waiting = place.as_ref()?;
            std::ptr::eq(waiting.get(), awaitable).then(|| place.take())?
        });
        drop(left);
    }

    /// Remembers a watch for the next wait.
    fn note(event_loop: &Bound<'_, PyAny>, watch: &Bound<'_, Self>) -> PyResult<()> {
        let py = event_loop.py();
        let this_loop = PyWeakrefReference::new(event_loop)?.unbind();
        let this_watch = PyWeakrefReference::new(watch)?.unbind();
        let address = address(&watch.get().source);
        let old = WATCHES.with_borrow_mut(|place| {
            let is_same = |watches: &Watches| {
                let known = watches.event_loop.bind(py).upgrade();
                known.is_some_and(|known| known.is(event_loop))
            };
            // Another loop's watches are its own: they end when something comes that nobody waits for.
            let other = if place.as_ref().is_some_and(is_same) {
                None
            } else {
                place.replace(Watches {
                    event_loop: this_loop,
                    by_source: HashMap::new(),
                })
            };
            let watches = place.as_mut().map(|watches| &mut watches.by_source);
            let old = watches.and_then(|watches| watches.insert(address, this_watch));
            (other, old)
        });
        drop(old);
        Ok(())
    }
}

fn address(source: &Arc<dyn Source>) -> usize {
    Arc::as_ptr(source).cast::<()>().addr()
}

thread_local! {
    static WATCHES: RefCell<Option<Watches>> = const { RefCell::new(None) };
}

//! What an event loop watches: one descriptor, behind which are those of all connections that
//! its tasks wait for, and a bell for what comes from other threads, which need no interpreter
//! to ring it. The loop is told of it once; to tell it of a connection for each statement would
//! cost more than the statement. What is waited for lives elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};
use redstart_wait::{Bell, Selector, Ticket, Wish};

use super::Awaitable;
use crate::attached::AttachedCell;

/// Who waits in one event loop, and what for; the loop has the only lasting reference.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct Watch(AttachedCell<Inside>);

struct Inside {
    selector: Selector,
    waiting: HashMap<Ticket, Py<Awaitable>>,
    next: usize,
}

/// An event loop of this thread and its watch.
struct Watched {
    event_loop: Py<PyWeakrefReference>,
    watch: Py<PyWeakrefReference>,
}

#[pymethods]
impl Watch {
    /// Something has come; called by the event loop.
    fn _ready(&self, py: Python<'_>) -> PyResult<()> {
        let ready = self.0.with(py, |inside| {
            let ready = inside.selector.ready()?.into_iter();
            let ready = ready.filter_map(|ticket| inside.waiting.remove(&ticket));
            Ok::<Vec<_>, PyErr>(ready.collect())
        })?;
        // All go on, even where one fails.
        ready
            .iter()
            .map(|waiting| Awaitable::go_on(waiting.bind(py)))
            .fold(Ok(()), Result::and)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.with_collector(|inside| {
            let mut waiting = inside.waiting.values();
            waiting.try_for_each(|waiting| visit.call(waiting))
        })
    }

    fn __clear__(&self) {
        let waiting = self
            .0
            .with_collector(|inside| std::mem::take(&mut inside.waiting));
        drop(waiting);
    }
}

impl Watch {
    /// Gives the watch of an event loop, which begins with the first.
    pub(super) fn of<'py>(event_loop: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        let py = event_loop.py();
        let found = WATCHED.with_borrow(|watched| {
            let mut watched = watched.iter();
            watched.find_map(|watched| {
                let of_this = watched.event_loop.bind(py).upgrade()?.is(event_loop);
                of_this.then(|| watched.watch.bind(py).upgrade())?
            })
        });
        if let Some(watch) = found {
            return Ok(watch.cast_into()?);
        }
        let inside = Inside {
            selector: Selector::new()?,
            waiting: HashMap::new(),
            next: 0,
        };
        let descriptor = inside.selector.as_raw_fd();
        let watch = Bound::new(py, Self(AttachedCell::new(inside)))?;
        let ready = watch.getattr(intern!(py, "_ready"))?;
        event_loop.call_method1(intern!(py, "add_reader"), (descriptor, ready))?;
        let new = Watched {
            event_loop: PyWeakrefReference::new(event_loop)?.unbind(),
            watch: PyWeakrefReference::new(&watch)?.unbind(),
        };
        let is_over = |watched: &mut Watched| watched.watch.bind(py).upgrade().is_none();
        let over: Vec<Watched> = WATCHED.with_borrow_mut(|watched| {
            let over = watched.extract_if(.., is_over).collect();
            watched.push(new);
            over
        });
        drop(over);
        Ok(watch)
    }

    /// Says who goes on as soon as something can happen to the descriptor of a wish, or the bell is rung.
    pub(super) fn wait(
        &self,
        awaitable: &Bound<'_, Awaitable>,
        wish: &Wish,
    ) -> PyResult<(Ticket, Arc<Bell>)> {
        let waiting = awaitable.clone().unbind();
        self.0.with(awaitable.py(), |inside| {
            let ticket = Ticket(inside.next);
            if let Some((source, interest)) = &wish.io {
                inside.selector.watch(source, *interest, ticket)?;
            }
            inside.next += 1;
            inside.waiting.insert(ticket, waiting);
            Ok((ticket, Arc::clone(inside.selector.bell())))
        })
    }

    /// Says that somebody does not wait any more.
    pub(super) fn leave(&self, py: Python<'_>, ticket: Ticket) {
        let left = self.0.with(py, |inside| inside.waiting.remove(&ticket));
        drop(left);
    }
}

thread_local! {
    /// One as a rule: a thread has one loop, or one after another.
    static WATCHED: RefCell<Vec<Watched>> = const { RefCell::new(Vec::new()) };
}

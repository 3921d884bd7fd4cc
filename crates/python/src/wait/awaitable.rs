//! Waiting in an event loop: an operation that is polled by the task that awaits it, and when
//! the loop sees that its descriptor is ready. No thread, no runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Instant;

use pyo3::exceptions::{PyRuntimeError, PyStopIteration};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use redstart_core::Error;
use redstart_engine::Pending;
use redstart_wait::{Bell, Ticket, Wish, spin};

use super::watch::Watch;
use crate::attached::AttachedCell;

/// An operation of the engine, to be awaited once in a task of asyncio's.
///
/// A task that is cancelled while it awaits drops the operation, which cancels what runs on
/// the server before the connection is used again.
#[pyclass(frozen, module = "redstart._native")]
pub struct Awaitable {
    operation: AttachedCell<Option<Operation>>,
    /// The end of the operation that was polled while the task slept.
    finish: AttachedCell<Option<Finish>>,
    sleep: AttachedCell<Option<Sleep>>,
    alarm: Arc<Alarm>,
}

type Operation = Pin<Box<dyn Future<Output = Finish> + Send>>;
type Finish = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// Makes an awaitable of an operation; `finish` makes its outcome in Python.
pub(crate) fn awaitable<T: Send + 'static>(
    py: Python<'_>,
    operation: Pending<T>,
    finish: impl FnOnce(Python<'_>, Result<T, Error>) -> PyResult<Py<PyAny>> + Send + 'static,
) -> PyResult<Bound<'_, Awaitable>> {
    let operation = Box::pin(async move {
        let outcome = operation.await;
        Box::new(move |py: Python<'_>| finish(py, outcome)) as Finish
    });
    Bound::new(
        py,
        Awaitable {
            operation: AttachedCell::new(Some(operation)),
            finish: AttachedCell::new(None),
            sleep: AttachedCell::new(None),
            alarm: Arc::default(),
        },
    )
}

/// What was arranged so that the task wakes up.
struct Sleep {
    event_loop: Py<PyAny>,
    future: Py<PyAny>,
    watch: Py<Watch>,
    ticket: Ticket,
    timer: Option<Py<PyAny>>,
}

/// What wakes the task from another thread.
#[derive(Default)]
struct Alarm(Mutex<Setting>);

/// Whether it rang, and what it rings: one lock for both, lest it ring between two looks.
#[derive(Default)]
struct Setting {
    rang: bool,
    target: Option<(Ticket, Arc<Bell>)>,
}

#[pymethods]
impl Awaitable {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let this = slf.get();
        this.wake_up(py)?;
        if let Some(finish) = this.finish.with(py, Option::take) {
            return Err(PyStopIteration::new_err((finish(py)?,)));
        }
        let Some(mut operation) = this.operation.with(py, Option::take) else {
            let message = "cannot reuse already awaited operation";
            return Err(PyRuntimeError::new_err(message));
        };
        loop {
            let wish = match this.poll(&mut operation) {
                Ok(finish) => return Err(PyStopIteration::new_err((finish(py)?,))),
                Err(wish) => wish,
            };
            let event_loop = running_loop(py)?;
            // As long as no other task could run, an answer that is near is waited for here.
            if wish.io.is_some() && is_alone(&event_loop)? && spin(&wish) {
                continue;
            }
            this.operation.with(py, |place| *place = Some(operation));
            return Self::sleep(slf, event_loop, &wish);
        }
    }

    #[pyo3(signature = (value=None))]
    fn send(slf: &Bound<'_, Self>, value: Option<Py<PyAny>>) -> PyResult<Py<PyAny>> {
        drop(value);
        Self::__next__(slf)
    }

    /// Drops the operation and raises the exception.
    #[pyo3(signature = (exception, value=None, traceback=None))]
    fn throw(
        &self,
        py: Python<'_>,
        exception: Bound<'_, PyAny>,
        value: Option<Bound<'_, PyAny>>,
        traceback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        drop(traceback);
        self.close(py)?;
        Err(match value {
            Some(value) if !value.is_none() => PyErr::from_value(value),
            _ => PyErr::from_value(exception),
        })
    }

    /// Drops the operation.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let outcome = self.wake_up(py);
        // With the interpreter: what is dropped with them may be Python's.
        let operation = self.operation.with(py, Option::take);
        let finish = self.finish.with(py, Option::take);
        drop((operation, finish));
        outcome.map(drop)
    }

    /// Lets the task go on; called by the event loop.
    fn _ready(&self, py: Python<'_>) -> PyResult<()> {
        match self.wake_up(py)? {
            Some(sleep) => end(sleep.future.bind(py)),
            None => Ok(()),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.sleep.with_collector(|sleep| {
            let Some(sleep) = sleep else { return Ok(()) };
            visit.call(&sleep.event_loop)?;
            visit.call(&sleep.future)?;
            visit.call(&sleep.watch)?;
            visit.call(sleep.timer.as_ref())
        })
    }
}

impl Awaitable {
    /// Goes on with the operation, as there is something to read; lets the task go on when it is done.
    ///
    /// Who reads at once leaves nothing for the loop to call again about.
    pub(super) fn go_on(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let this = slf.get();
        // Before it is polled: what rings meanwhile is heard when it falls asleep again.
        let Some(sleep) = this.wake_up(py)? else {
            return Ok(());
        };
        let future = sleep.future.bind(py);
        // A task that was cancelled drops the operation.
        if is_done(future)? {
            return Ok(());
        }
        let Some(mut operation) = this.operation.with(py, Option::take) else {
            return Ok(());
        };
        match this.poll(&mut operation) {
            Ok(finish) => {
                this.finish.with(py, |place| *place = Some(finish));
                end(future)
            }
            Err(wish) => {
                this.operation.with(py, |place| *place = Some(operation));
                let arranged = Self::arrange(slf, sleep.event_loop.bind(py), future, &wish);
                arranged.or_else(|error| fail(future, error))
            }
        }
    }

    /// Polls the operation, which does not block: the interpreter is held on to. To get it back from
    /// a thread that computes takes five milliseconds, as often as it is given up.
    fn poll(&self, operation: &mut Operation) -> Result<Finish, Wish> {
        let waker = Waker::from(Arc::clone(&self.alarm));
        let mut context = Context::from_waker(&waker);
        Wish::poll(operation.as_mut(), &mut context)
    }

    /// Arranges that the task wakes up, and gives the future that it sleeps on.
    fn sleep(
        slf: &Bound<'_, Self>,
        event_loop: Bound<'_, PyAny>,
        wish: &Wish,
    ) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let future = event_loop.call_method0(intern!(py, "create_future"))?;
        Self::arrange(slf, &event_loop, &future, wish)?;
        let iterator = future.call_method0(intern!(py, "__await__"))?;
        Ok(iterator.call_method0(intern!(py, "__next__"))?.unbind())
    }

    fn arrange(
        slf: &Bound<'_, Self>,
        event_loop: &Bound<'_, PyAny>,
        future: &Bound<'_, PyAny>,
        wish: &Wish,
    ) -> PyResult<()> {
        let py = slf.py();
        let this = slf.get();
        let watch = Watch::of(event_loop)?;
        let (ticket, bell) = watch.get().wait(slf, wish)?;
        let mut sleep = Sleep {
            event_loop: event_loop.clone().unbind(),
            future: future.clone().unbind(),
            watch: watch.unbind(),
            ticket,
            timer: None,
        };
        if let Some(deadline) = wish.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            let ready = slf.getattr(intern!(py, "_ready"))?;
            let timer =
                event_loop.call_method1(intern!(py, "call_later"), (left.as_secs_f64(), ready))?;
            sleep.timer = Some(timer.unbind());
        }
        this.sleep.with(py, |place| *place = Some(sleep));
        this.alarm.set(ticket, bell);
        Ok(())
    }

    /// Takes back what was arranged, and gives it; None where nothing was.
    fn wake_up(&self, py: Python<'_>) -> PyResult<Option<Sleep>> {
        let Some(sleep) = self.sleep.with(py, Option::take) else {
            return Ok(None);
        };
        self.alarm.stop();
        sleep.watch.get().leave(py, sleep.ticket);
        if let Some(timer) = &sleep.timer {
            timer.call_method0(py, intern!(py, "cancel"))?;
        }
        Ok(Some(sleep))
    }
}

impl Alarm {
    /// Says what to ring. Rings at once if it was time already.
    fn set(&self, ticket: Ticket, bell: Arc<Bell>) {
        let mut setting = self.setting();
        let rang = std::mem::take(&mut setting.rang);
        if !rang {
            setting.target = Some((ticket, bell));
            return;
        }
        drop(setting);
        bell.ring(ticket);
    }

    fn stop(&self) {
        *self.setting() = Setting::default();
    }

    fn setting(&self) -> MutexGuard<'_, Setting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It needs no interpreter: who wakes may hold a lock that the loop's thread, which has it, waits for.
impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let mut setting = self.setting();
        let target = setting.target.take();
        setting.rang = target.is_none();
        drop(setting);
        if let Some((ticket, bell)) = target {
            bell.ring(ticket);
        }
    }
}

/// Tells whether a loop is known to have nothing else to do at the moment.
fn is_alone(event_loop: &Bound<'_, PyAny>) -> PyResult<bool> {
    let waiting = event_loop.getattr_opt(intern!(event_loop.py(), "_ready"))?;
    waiting.map_or(Ok(false), |waiting| Ok(waiting.len()? == 0))
}

fn is_done(future: &Bound<'_, PyAny>) -> PyResult<bool> {
    future
        .call_method0(intern!(future.py(), "done"))?
        .is_truthy()
}

/// Lets the task go on that sleeps on a future.
fn end(future: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = future.py();
    if !is_done(future)? {
        future.call_method1(intern!(py, "set_result"), (py.None(),))?;
    }
    Ok(())
}

/// Has the task go on with an exception.
fn fail(future: &Bound<'_, PyAny>, error: PyErr) -> PyResult<()> {
    future
        .call_method1(intern!(future.py(), "set_exception"), (error,))
        .map(drop)
}

fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    RUNNING.import(py, "asyncio", "get_running_loop")?.call0()
}

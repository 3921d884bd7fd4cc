//! Work that can only block, for an operation that must not: it runs on a thread of a small
//! pool. Under a waiter that blocks anyway it runs where it stands, without a thread.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::block;

/// Runs work that blocks; see the module.
pub fn offload<T, F>(work: F) -> Offload<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    Offload(State::Waiting(Box::new(work)))
}

/// Runs work that blocks on a thread of the pool; nobody waits for it.
pub fn spawn(work: impl FnOnce() + Send + 'static) {
    start(Box::new(work));
}

/// The outcome of work on another thread. Dropping it leaves work that runs to its end and
/// takes work that has not begun back.
pub struct Offload<T>(State<T>);

enum State<T> {
    Waiting(Box<dyn FnOnce() -> T + Send>),
    Running(Arc<Place<T>>),
    Done,
}

/// Where the work's outcome is left.
struct Place<T>(Mutex<Left<T>>);

struct Left<T> {
    outcome: Option<T>,
    waker: Option<Waker>,
    /// Nobody waits any more.
    abandoned: bool,
}

impl<T: Send + 'static> Future for Offload<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match std::mem::replace(&mut self.0, State::Done) {
            State::Waiting(work) if block::may_block() => Poll::Ready(work()),
            State::Waiting(work) => {
                let place = Arc::new(Place(Mutex::new(Left {
                    outcome: None,
                    waker: Some(context.waker().clone()),
                    abandoned: false,
                })));
                let there = Arc::clone(&place);
                start(Box::new(move || there.fill(work)));
                self.0 = State::Running(place);
                Poll::Pending
            }
            State::Running(place) => {
                let mut left = place.lock();
                if let Some(outcome) = left.outcome.take() {
                    return Poll::Ready(outcome);
                }
                left.waker = Some(context.waker().clone());
                drop(left);
                self.0 = State::Running(place);
                Poll::Pending
            }
            State::Done => Poll::Pending,
        }
    }
}

impl<T> Drop for Offload<T> {
    fn drop(&mut self) {
        if let State::Running(place) = &self.0 {
            let mut left = place.lock();
            left.abandoned = true;
            let outcome = left.outcome.take();
            drop(left);
            drop(outcome);
        }
    }
}

impl<T> Place<T> {
    fn lock(&self) -> MutexGuard<'_, Left<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, work: Box<dyn FnOnce() -> T + Send>) {
        if self.lock().abandoned {
            return;
        }
        let outcome = work();
        let mut left = self.lock();
        let waker = left.waker.take();
        let dropped = if left.abandoned {
            Some(outcome)
        } else {
            left.outcome = Some(outcome);
            None
        };
        drop(left);
        drop(dropped);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// The threads of a process and what waits for them.
#[derive(Default)]
struct Workers {
    process: u32,
    waiting: VecDeque<Work>,
    idle: usize,
    threads: usize,
}

static WORKERS: Mutex<Workers> = Mutex::new(Workers {
    process: 0,
    waiting: VecDeque::new(),
    idle: 0,
    threads: 0,
});
static CHANGED: Condvar = Condvar::new();

/// How many threads work at most; what is more waits.
const THREADS: usize = 32;

/// How long a thread without work stays.
const PATIENCE: Duration = Duration::from_secs(10);

fn workers() -> MutexGuard<'static, Workers> {
    WORKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(work: Work) {
    let mut workers = workers();
    let process = std::process::id();
    if workers.process != process {
        // A forked child has none of its parent's threads; what they had to do is theirs.
        let parents = std::mem::take(&mut *workers);
        std::mem::forget(parents);
        workers.process = process;
    }
    workers.waiting.push_back(work);
    if workers.idle >= workers.waiting.len() {
        CHANGED.notify_one();
        return;
    }
    if workers.threads < THREADS {
        workers.threads += 1;
        let spawned = thread::Builder::new()
            .name("redstart".into())
            .spawn(work_on);
        if spawned.is_err() {
            workers.threads -= 1;
            if workers.threads == 0 {
                // No thread is to be had: the caller does it itself.
                let work = workers.waiting.pop_back();
                drop(workers);
                if let Some(work) = work {
                    work();
                }
            }
        }
    }
}

fn work_on() {
    let mut workers = workers();
    loop {
        if let Some(work) = workers.waiting.pop_front() {
            drop(workers);
            work();
            workers = self::workers();
            continue;
        }
        workers.idle += 1;
        let (woken, waited) = CHANGED
            .wait_timeout(workers, PATIENCE)
            .unwrap_or_else(PoisonError::into_inner);
        workers = woken;
        workers.idle -= 1;
        if waited.timed_out() && workers.waiting.is_empty() {
            workers.threads -= 1;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    struct Told(mpsc::Sender<()>);

    impl std::task::Wake for Told {
        fn wake(self: Arc<Self>) {
            // The test may be over.
            let _ = self.0.send(());
        }
    }

    #[test]
    fn work_runs_on_another_thread_and_wakes() {
        let (sender, receiver) = mpsc::channel();
        let waker = Waker::from(Arc::new(Told(sender)));
        let mut context = Context::from_waker(&waker);
        let mut work = offload(|| thread::current().name().map(str::to_owned));
        assert!(Pin::new(&mut work).poll(&mut context).is_pending());
        receiver.recv().unwrap();
        let name = Pin::new(&mut work).poll(&mut context);
        assert_eq!(name, Poll::Ready(Some("redstart".to_owned())));
    }

    #[test]
    fn under_a_blocking_waiter_it_runs_in_place() {
        let here = thread::current().id();
        let there = block::wait(offload(|| thread::current().id()));
        assert_eq!(there, here);
    }
}

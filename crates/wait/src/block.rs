//! The waiter that blocks a thread: it polls an operation and sleeps in `poll(2)`, or on the
//! operation's waker, until there is reason to poll it again.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread::LocalKey;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;

use crate::spin::spin;
use crate::wish::{Interest, Source, Wish};

/// The host asked to stop waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// Runs an operation to its end on the calling thread.
///
/// While it waits, the host is asked about ten times a second whether to go on, in the way
/// that [`set_host`] set; where it says no the operation is dropped. Within
/// [`holding`] the host's lock is released before the thread falls asleep; at once, where other
/// threads wait without it.
pub fn block_on<F>(operation: F) -> Result<F::Output, Interrupted>
where
    F: Future + Send,
    F::Output: Send,
{
    let mut operation = pin!(operation);
    let host = HOST.get();
    let Some(host) = host.filter(|_| HOLDING.get()) else {
        return run(operation, go_on);
    };
    if !is_alone() {
        // Others want the lock as soon as their answer is there: not even sending is done with it.
        return released(host, || match once(operation.as_mut()) {
            Ok(outcome) => Ok(outcome),
            Err(wish) => asleep(&wish, operation.as_mut()),
        });
    }
    match at_once(operation.as_mut()) {
        Ok(outcome) => Ok(outcome),
        Err(wish) => released(host, || asleep(&wish, operation.as_mut())),
    }
}

/// Falls asleep until what an operation waits for is there, and runs it to its end then.
fn asleep<F: Future>(wish: &Wish, operation: Pin<&mut F>) -> Result<F::Output, Interrupted> {
    PARKER.with(|parker| parker.sleep(wish, &go_on))?;
    run(operation, go_on)
}

/// Takes an operation as far as it comes without waiting; gives what it waits for then.
fn once<F: Future>(operation: Pin<&mut F>) -> Result<F::Output, Wish> {
    PARKER.with(|parker| {
        let waker = Waker::from(Arc::clone(parker));
        Wish::poll(operation, &mut Context::from_waker(&waker))
    })
}

/// Does work that may sleep without the host's lock.
fn released<T: Send>(host: &Host, mut work: impl FnMut() -> T + Send) -> T {
    let mut outcome = None;
    let _counted = Released::count();
    (host.release)(&mut || {
        let _not_holding = Setting::of(&HOLDING, false);
        outcome = Some(work());
    });
    // A host that does not call back is none: then it is done with the lock.
    outcome.unwrap_or_else(work)
}

/// A thread that has released the host's lock to wait, and has not got it back yet.
struct Released;

impl Released {
    fn count() -> Self {
        RELEASED.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        RELEASED.fetch_sub(1, Ordering::Relaxed);
    }
}

fn is_alone() -> bool {
    RELEASED.load(Ordering::Relaxed) == 0
}

static RELEASED: AtomicUsize = AtomicUsize::new(0);

/// What the host of the drivers has to say about waiting.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// Tells whether to go on waiting; asked about ten times a second.
    pub go_on: fn() -> bool,
    /// Releases a lock that the calling thread has, calls back, and takes the lock again.
    pub release: fn(&mut (dyn FnMut() + Send)),
}

/// Sets the host. Only the first one counts.
pub fn set_host(host: Host) {
    // A second one would be the same.
    let _ = HOST.set(host);
}

/// Does work while the calling thread has the host's lock. An answer that is near is waited for
/// with it: whoever gives it up waits for others to get it back.
pub fn holding<T>(work: impl FnOnce() -> T) -> T {
    let _holding = Setting::of(&HOLDING, true);
    work()
}

fn go_on() -> bool {
    HOST.get().is_none_or(|host| (host.go_on)())
}

static HOST: OnceLock<Host> = OnceLock::new();

/// Does what [`once`] does, and waits for a moment as well, but does not sleep.
fn at_once<F: Future>(mut operation: Pin<&mut F>) -> Result<F::Output, Wish> {
    let began = Instant::now();
    loop {
        match once(operation.as_mut()) {
            Err(wish) if is_alone() && began.elapsed() < MOMENT && spin(&wish) => {}
            other => return other,
        }
    }
}

/// Runs an operation to its end on the calling thread; nothing interrupts it. Within [`holding`]
/// the host's lock is released for it.
pub fn wait<F>(operation: F) -> F::Output
where
    F: Future + Send,
    F::Output: Send,
{
    let mut operation = pin!(operation);
    let mut to_its_end = || {
        loop {
            if let Ok(outcome) = run(operation.as_mut(), || true) {
                return outcome;
            }
        }
    };
    match HOST.get().filter(|_| HOLDING.get()) {
        Some(host) => released(host, to_its_end),
        None => to_its_end(),
    }
}

fn run<F: Future>(
    mut operation: Pin<&mut F>,
    go_on: impl Fn() -> bool,
) -> Result<F::Output, Interrupted> {
    let _inside = Setting::of(&BLOCKING, true);
    PARKER.with(|parker| {
        let waker = Waker::from(Arc::clone(parker));
        let mut context = Context::from_waker(&waker);
        loop {
            match Wish::poll(operation.as_mut(), &mut context) {
                Ok(outcome) => return Ok(outcome),
                Err(wish) if spin(&wish) => {}
                Err(wish) => parker.sleep(&wish, &go_on)?,
            }
        }
    })
}

/// Tells whether the calling thread polls an operation that may block it.
pub(crate) fn may_block() -> bool {
    BLOCKING.get()
}

/// Something that is so on this thread until it is dropped.
struct Setting {
    what: &'static LocalKey<Cell<bool>>,
    before: bool,
}

impl Setting {
    fn of(what: &'static LocalKey<Cell<bool>>, is_so: bool) -> Self {
        let before = what.replace(is_so);
        Self { what, before }
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        self.what.set(self.before);
    }
}

/// Where a thread sleeps that waits for nothing but its waker.
#[derive(Default)]
struct Parker {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Parker {
    /// Sleeps until there is reason to poll again.
    fn sleep(&self, wish: &Wish, go_on: &impl Fn() -> bool) -> Result<(), Interrupted> {
        loop {
            let left = wish
                .deadline
                .map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let slice = left.map_or(SLICE, |left| left.min(SLICE));
            let ready = match &wish.io {
                Some((source, interest)) => is_ready(&**source, *interest, slice),
                None => self.park(slice),
            };
            if ready || left.is_some_and(|left| left <= slice) {
                return Ok(());
            }
            if !go_on() {
                return Err(Interrupted);
            }
        }
    }

    fn park(&self, slice: Duration) -> bool {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut woken, _) = self
            .changed
            .wait_timeout_while(woken, slice, |woken| !*woken)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *woken)
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}

/// Waits for a descriptor; false when the time is over or a signal came.
fn is_ready(source: &dyn Source, interest: Interest, slice: Duration) -> bool {
    let flags = match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
        Interest::Both => PollFlags::IN | PollFlags::OUT,
    };
    let mut descriptors = [PollFd::from_borrowed_fd(source.as_fd(), flags)];
    let limit = Timespec::try_from(slice).ok();
    match rustix::event::poll(&mut descriptors, limit.as_ref()) {
        Ok(count) => count > 0,
        Err(Errno::INTR) => false,
        // Whoever uses the descriptor finds out what is wrong with it.
        Err(_) => true,
    }
}

/// The longest sleep without a look at signals.
const SLICE: Duration = Duration::from_millis(100);

thread_local! {
    static PARKER: Arc<Parker> = Arc::default();
    static BLOCKING: Cell<bool> = const { Cell::new(false) };
    static HOLDING: Cell<bool> = const { Cell::new(false) };
}

/// How long the host's lock is held on to at most; what is left then is done without it.
const MOMENT: Duration = Duration::from_micros(100);

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::task::Poll;
    use std::thread;

    use super::*;
    use crate::{Deadline, by_deadline, readiness, sleep_until};

    #[test]
    fn a_descriptor_is_waited_for() {
        let (mine, mut theirs) = UnixStream::pair().unwrap();
        let mine: Arc<dyn Source> = Arc::new(mine);
        thread::scope(|scope| {
            scope.spawn(move || theirs.write_all(b"x").unwrap());
            wait(readiness(mine, Interest::Read));
        });
    }

    #[test]
    fn a_waker_of_another_thread_ends_the_sleep() {
        let mut asked = false;
        wait(std::future::poll_fn(|context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        }));
    }

    #[test]
    fn a_deadline_ends_an_operation_that_never_ends() {
        let soon = Some(Instant::now() + Duration::from_millis(5));
        let outcome = wait(by_deadline(soon, std::future::pending::<()>()));
        assert_eq!(outcome, Err(Deadline));
        wait(sleep_until(Instant::now() + Duration::from_millis(5)));
    }

    #[test]
    fn the_hosts_lock_is_released_before_the_thread_sleeps() {
        static RELEASED: AtomicUsize = AtomicUsize::new(0);
        set_host(Host {
            go_on: || true,
            release: |rest| {
                RELEASED.fetch_add(1, Ordering::Relaxed);
                rest();
            },
        });
        let near = holding(|| block_on(std::future::ready(1)));
        assert_eq!((near, RELEASED.load(Ordering::Relaxed)), (Ok(1), 0));
        let far = holding(|| {
            let soon = Instant::now() + Duration::from_millis(5);
            let outcome = block_on(sleep_until(soon));
            // It has the lock again.
            assert!(HOLDING.get());
            outcome
        });
        assert_eq!((far, RELEASED.load(Ordering::Relaxed)), (Ok(()), 1));
        assert_eq!(block_on(std::future::ready(2)), Ok(2));
        assert_eq!(RELEASED.load(Ordering::Relaxed), 1);
        // What is waited for in any case, such as the end of a cancelled statement.
        assert_eq!(holding(|| wait(std::future::ready(3))), 3);
        assert_eq!(RELEASED.load(Ordering::Relaxed), 2);
        // While others wait without it, nothing is done with the lock.
        let other = super::Released::count();
        let unlocked = std::future::poll_fn(|_| Poll::Ready(!HOLDING.get()));
        assert_eq!(holding(|| block_on(unlocked)), Ok(true));
        assert_eq!(RELEASED.load(Ordering::Relaxed), 3);
        drop(other);
        // While the lock is held, what can only block must not run in place.
        let here = thread::current().id();
        let there = holding(|| block_on(crate::offload(|| thread::current().id())));
        assert_ne!(there, Ok(here));
    }

    #[test]
    fn the_host_may_end_the_wait() {
        let asked = Cell::new(0);
        let outcome = run(pin!(std::future::pending::<()>()), || {
            asked.set(asked.get() + 1);
            asked.get() < 2
        });
        assert_eq!(outcome, Err(Interrupted));
        assert_eq!(asked.get(), 2);
    }
}

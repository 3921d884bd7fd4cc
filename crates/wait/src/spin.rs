//! A short wait without sleep. A server on the same machine answers sooner than a thread falls
//! asleep and wakes up; one that is far away never does, and then nothing is tried.

use std::cell::Cell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::wish::{Interest, Wish};

/// Looks for a moment whether what an operation waits for is there, and lets other threads run
/// meanwhile. False when it is not, or when it is not worth trying.
pub fn spin(wish: &Wish) -> bool {
    let Some((source, Interest::Read)) = &wish.io else {
        return false;
    };
    // On the only core there is, the server cannot answer while we look.
    if !*SEVERAL_CORES {
        return false;
    }
    let mut habit = HABIT.get();
    let Some(budget) = habit.budget() else {
        HABIT.set(habit);
        return false;
    };
    // Whoever waits at the same time has work to do as soon as its answer is there.
    let Some(_alone) = Alone::claim() else {
        return false;
    };
    let began = Instant::now();
    let mut step = began;
    let nothing = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let ready = loop {
        let mut descriptors = [PollFd::from_borrowed_fd(source.as_fd(), PollFlags::IN)];
        if rustix::event::poll(&mut descriptors, Some(&nothing)) != Ok(0) {
            break true;
        }
        let now = Instant::now();
        if now - began >= budget {
            break false;
        }
        if now - step >= TAKEN {
            // Somebody else needs the core.
            break false;
        }
        step = now;
        std::thread::yield_now();
    };
    habit.learn(if ready { began.elapsed() } else { 2 * budget });
    HABIT.set(habit);
    ready
}

/// The one thread of the process that looks.
struct Alone;

impl Alone {
    fn claim() -> Option<Self> {
        (!LOOKING.swap(true, Ordering::Acquire)).then_some(Self)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        LOOKING.store(false, Ordering::Release);
    }
}

static LOOKING: AtomicBool = AtomicBool::new(false);

/// How long answers took of late.
#[derive(Clone, Copy)]
struct Habit {
    usual: Duration,
    /// How often it was not tried since answers became slow.
    skipped: u32,
}

impl Habit {
    /// Gives for how long to try; `None` for not at all.
    fn budget(&mut self) -> Option<Duration> {
        if self.usual <= WORTHWHILE {
            return Some((self.usual * 2).clamp(SHORTEST, LONGEST));
        }
        self.skipped += 1;
        if self.skipped < PROBE {
            return None;
        }
        // Things may have changed.
        self.skipped = 0;
        Some(LONGEST)
    }

    fn learn(&mut self, took: Duration) {
        self.usual = (self.usual * 7 + took) / 8;
    }
}

static SEVERAL_CORES: LazyLock<bool> =
    LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1));

const WORTHWHILE: Duration = Duration::from_micros(60);
const SHORTEST: Duration = Duration::from_micros(20);
const LONGEST: Duration = Duration::from_micros(80);
const PROBE: u32 = 64;
/// A step of looking takes a microsecond or two; one that takes so long was interrupted.
const TAKEN: Duration = Duration::from_micros(15);

thread_local! {
    static HABIT: Cell<Habit> = const {
        Cell::new(Habit { usual: Duration::from_micros(30), skipped: 0 })
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_answers_end_the_trying_and_fast_ones_begin_it_again() {
        let mut habit = HABIT.get();
        for _ in 0..40 {
            if let Some(budget) = habit.budget() {
                habit.learn(2 * budget);
            }
        }
        assert_eq!(habit.budget(), None);
        let mut tries = 0;
        while habit.usual > WORTHWHILE {
            if habit.budget().is_some() {
                tries += 1;
                habit.learn(Duration::from_micros(5));
            }
        }
        assert!((1..40).contains(&tries), "{tries}");
        assert!(habit.budget().is_some());
    }
}

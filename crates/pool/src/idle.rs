//! Connections that wait for use, the oldest first, and how old a connection may be.
//! Nothing of leases or queues.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use crate::settings::Settings;

/// When a connection was created; it keeps this through all leases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    created: Instant,
    jitter: f64,
    /// Orders connections of the same moment.
    number: u64,
}

impl Birth {
    /// Notes a new connection. `jitter` is forced into `0.9..=1.0`.
    pub(crate) fn new(created: Instant, jitter: f64, number: u64) -> Self {
        let jitter = if jitter.is_nan() {
            1.0
        } else {
            jitter.clamp(0.9, 1.0)
        };
        Self {
            created,
            jitter,
            number,
        }
    }

    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.created)
    }

    /// Tells whether the connection is too old to be used again.
    pub(crate) fn is_over(&self, settings: &Settings, now: Instant) -> bool {
        let age = self.age(now);
        let reached = |limit: Duration| age >= limit;
        settings.stale_timeout.is_some_and(reached)
            || settings
                .max_lifetime
                .is_some_and(|limit| reached(shortened(limit, self.jitter)))
    }
}

/// A connection that waits for use.
pub(crate) struct Idle<T> {
    pub(crate) connection: T,
    pub(crate) birth: Birth,
    /// When it was given back last.
    pub(crate) since: Instant,
}

impl<T> Idle<T> {
    fn key(&self) -> Reverse<(Instant, u64)> {
        Reverse((self.birth.created, self.birth.number))
    }
}

impl<T> Ord for Idle<T> {
    /// The oldest is the greatest, so that it is on top of the heap.
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T> PartialOrd for Idle<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Idle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Idle<T> {}

/// All idle connections, the oldest by creation on top.
pub(crate) struct IdleHeap<T>(BinaryHeap<Idle<T>>);

impl<T> IdleHeap<T> {
    pub(crate) fn new() -> Self {
        Self(BinaryHeap::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, idle: Idle<T>) {
        self.0.push(idle);
    }

    pub(crate) fn oldest(&self) -> Option<&Idle<T>> {
        self.0.peek()
    }

    pub(crate) fn pop_oldest(&mut self) -> Option<Idle<T>> {
        self.0.pop()
    }

    /// Takes all of them, the oldest first.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        let mut all = std::mem::take(&mut self.0).into_sorted_vec();
        all.reverse();
        all.into_iter().map(|idle| idle.connection).collect()
    }

    /// Takes those that are too old, those idle for longer than the settings say, the
    /// longest first, as long as more than `min_idle` stay, and those above `room`.
    pub(crate) fn take_expired(
        &mut self,
        settings: &Settings,
        room: usize,
        now: Instant,
    ) -> Vec<T> {
        let (over, mut rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|idle| idle.birth.is_over(settings, now));
        rest.sort_by_key(|idle| idle.since);
        let crowded = rest.len().saturating_sub(room);
        let spare = rest.len().saturating_sub(settings.min_idle);
        let tired = settings.idle_timeout.map_or(0, |limit| {
            rest.partition_point(|idle| now.saturating_duration_since(idle.since) >= limit)
        });
        let kept = rest.split_off(crowded.max(tired.min(spare)));
        self.0 = kept.into();
        over.into_iter()
            .chain(rest)
            .map(|idle| idle.connection)
            .collect()
    }
}

/// Multiplies a time by a factor of at most one.
fn shortened(time: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A connection created and given back so many seconds after the start.
    fn idle(name: &'static str, start: Instant, created: u32, since: u32) -> Idle<&'static str> {
        Idle {
            connection: name,
            birth: Birth::new(start + SECOND * created, 1.0, u64::from(created)),
            since: start + SECOND * since,
        }
    }

    fn heap(start: Instant) -> IdleHeap<&'static str> {
        let mut heap = IdleHeap::new();
        heap.push(idle("second", start, 2, 10));
        heap.push(idle("first", start, 1, 30));
        heap.push(idle("third", start, 3, 20));
        heap
    }

    #[test]
    fn the_oldest_by_creation_comes_first_whenever_it_was_given_back() {
        let mut heap = heap(Instant::now());
        let order: Vec<_> = std::iter::from_fn(|| heap.pop_oldest())
            .map(|idle| idle.connection)
            .collect();
        assert_eq!(order, ["first", "second", "third"]);
    }

    #[test]
    fn connections_of_the_same_moment_come_in_the_order_of_their_numbers() {
        let now = Instant::now();
        let mut heap = IdleHeap::new();
        for number in [3, 1, 2] {
            heap.push(Idle {
                connection: number,
                birth: Birth::new(now, 1.0, number),
                since: now,
            });
        }
        assert_eq!(heap.take_all(), [1, 2, 3]);
        assert_eq!(heap.len(), 0);
    }

    #[test]
    fn staleness_counts_from_creation() {
        let start = Instant::now();
        let settings = Settings {
            stale_timeout: Some(SECOND * 10),
            ..Settings::default()
        };
        let birth = Birth::new(start, 0.9, 1);
        assert!(!birth.is_over(&settings, start + SECOND * 9));
        assert!(birth.is_over(&settings, start + SECOND * 10));
    }

    #[test]
    fn a_lifetime_is_shortened_by_the_factor_of_the_connection() {
        let start = Instant::now();
        let settings = Settings {
            max_lifetime: Some(SECOND * 100),
            ..Settings::default()
        };
        for (jitter, lives) in [
            (1.0, 100),
            (0.95, 95),
            (0.0, 90),
            (7.0, 100),
            (f64::NAN, 100),
        ] {
            let birth = Birth::new(start, jitter, 1);
            assert!(
                !birth.is_over(&settings, start + SECOND * (lives - 1)),
                "{jitter}"
            );
            assert!(
                birth.is_over(&settings, start + SECOND * (lives + 1)),
                "{jitter}"
            );
        }
        let endless = Settings {
            max_lifetime: Some(Duration::MAX),
            ..Settings::default()
        };
        assert!(!Birth::new(start, 1.0, 1).is_over(&endless, start + SECOND));
    }

    #[test]
    fn those_idle_for_longest_go_first_and_some_stay() {
        let start = Instant::now();
        let settings = |min_idle| Settings {
            idle_timeout: Some(SECOND * 15),
            min_idle,
            ..Settings::default()
        };
        let taken = |min_idle, after| {
            heap(start).take_expired(&settings(min_idle), usize::MAX, start + SECOND * after)
        };
        assert!(taken(0, 24).is_empty());
        assert_eq!(taken(0, 25), ["second"]);
        assert_eq!(taken(0, 35), ["second", "third"]);
        assert_eq!(taken(2, 1000), ["second"]);
        assert!(taken(3, 1000).is_empty());
    }

    #[test]
    fn the_old_and_the_surplus_go_even_if_few_are_idle() {
        let start = Instant::now();
        let mut settings = Settings {
            min_idle: 3,
            ..Settings::default()
        };
        let mut surplus = heap(start);
        assert_eq!(
            surplus.take_expired(&settings, 1, start),
            ["second", "third"]
        );
        assert_eq!(surplus.take_all(), ["first"]);
        settings.stale_timeout = Some(SECOND * 30);
        let mut old = heap(start);
        assert_eq!(
            old.take_expired(&settings, 3, start + SECOND * 31),
            ["first"]
        );
        assert_eq!(old.take_all(), ["second", "third"]);
    }
}

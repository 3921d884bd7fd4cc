//! Connections that are too old, at both ends of a lease and in between.

use std::time::{Duration, Instant};

use redstart_pool::{Keep, Pool, Settings};

use crate::{Caller, ask, expired, fill, idle, pool_of, vacant};

const HOUR: Duration = Duration::from_secs(3600);

/// Makes whatever exists in the pool too old from now on.
fn age_all<T: Send>(pool: &Pool<T>) {
    pool.set_settings(Settings {
        stale_timeout: Some(Duration::ZERO),
        ..pool.settings()
    });
}

#[test]
fn a_stale_connection_is_given_out_to_be_closed_and_the_slot_stays() {
    let pool = pool_of(2);
    fill(&pool, ["a", "b"]);
    age_all(&pool);
    let (connection, lease) = expired(ask(&pool));
    assert_eq!((connection, pool.stats().in_use), ("a", 1));
    let (connection, lease) = expired(Ok(lease.replace()));
    assert_eq!((connection, pool.stats().size), ("b", 1));
    let lease = vacant(Ok(lease.replace()));
    assert_eq!(pool.stats().recycled, 2);
    lease.discard();
    assert_eq!(pool.stats().recycled, 2);
}

#[test]
fn a_stale_connection_is_not_taken_back_and_its_slot_is_free_once_it_is_closed() {
    let pool = pool_of(1);
    fill(&pool, ["a"]);
    let (connection, lease) = idle(ask(&pool));
    age_all(&pool);
    let mut next = Caller::queued(&pool);
    let retired = lease.give_back(connection, Keep::Yes).expect("it is stale");
    assert_eq!((next.woken(), pool.stats().in_use), (0, 1));
    let closed = retired.close(|connection| {
        assert!(next.poll().is_none());
        connection
    });
    assert_eq!((closed, next.woken()), ("a", 1));
    vacant(next.poll().expect("it was served")).discard();
    assert_eq!(pool.stats().recycled, 1);
}

#[test]
fn a_failed_connection_keeps_its_slot_until_it_is_closed() {
    let pool = pool_of(1);
    fill(&pool, ["a"]);
    let (connection, lease) = idle(ask(&pool));
    let retired = lease
        .give_back(connection, Keep::No)
        .expect("it is not to be kept");
    let (connection, lease) = retired.into_parts();
    assert_eq!((connection, pool.stats().in_use), ("a", 1));
    drop(lease);
    assert_eq!((pool.stats().in_use, pool.stats().recycled), (0, 1));
}

#[test]
fn a_slot_is_freed_even_if_closing_panics() {
    let pool = pool_of(1);
    let retired = vacant(ask(&pool))
        .give_back("a", Keep::No)
        .expect("not kept");
    let closing = std::panic::AssertUnwindSafe(|| retired.close(|_| panic!("on purpose")));
    let outcome: std::thread::Result<()> = std::panic::catch_unwind(closing);
    assert!(outcome.is_err());
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn expired_connections_are_taken_by_lifetime_staleness_and_idleness() {
    let settings = Settings {
        max_size: 3,
        ..Settings::default()
    };
    let kinds = [
        Settings {
            max_lifetime: Some(HOUR),
            ..settings
        },
        Settings {
            stale_timeout: Some(HOUR),
            ..settings
        },
        Settings {
            idle_timeout: Some(HOUR),
            ..settings
        },
    ];
    for settings in kinds {
        let pool = Pool::new(settings);
        fill(&pool, ["a", "b"]);
        let now = Instant::now();
        assert!(pool.take_expired(now).is_empty());
        assert_eq!(pool.take_expired(now + HOUR), ["a", "b"], "{settings:?}");
        assert_eq!((pool.stats().size, pool.stats().recycled), (0, 2));
    }
}

#[test]
fn some_stay_however_long_they_are_idle() {
    let pool = Pool::new(Settings {
        idle_timeout: Some(HOUR),
        min_idle: 2,
        ..Settings::default()
    });
    fill(&pool, ["a", "b", "c"]);
    assert_eq!(pool.take_expired(Instant::now() + 2 * HOUR), ["a"]);
    assert!(pool.take_expired(Instant::now() + 2 * HOUR).is_empty());
    idle(ask(&pool)).1.discard();
}

#[test]
fn the_time_of_creation_survives_being_given_back() {
    let pool = Pool::new(Settings {
        max_lifetime: Some(HOUR),
        ..Settings::default()
    });
    fill(&pool, ["old"]);
    let opened = Instant::now();
    let (old, lease) = idle(ask(&pool));
    while Instant::now() <= opened {}
    assert!(lease.give_back(old, Keep::Yes).is_none());
    assert_eq!(pool.take_expired(opened + HOUR), ["old"]);
}

#[test]
fn connections_opened_together_do_not_end_together() {
    let pool = Pool::new(Settings {
        max_lifetime: Some(HOUR),
        ..Settings::default()
    });
    let now = Instant::now();
    let (mut short, mut long) = (vacant(ask(&pool)), vacant(ask(&pool)));
    short.opened(0.9);
    long.opened(1.0);
    assert!(short.give_back("short", Keep::Yes).is_none());
    assert!(long.give_back("long", Keep::Yes).is_none());
    assert_eq!(pool.take_expired(now + HOUR / 20 * 19), ["short"]);
    assert_eq!(pool.take_idle(), ["long"]);
}

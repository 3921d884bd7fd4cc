//! What is in the books: the order of idle connections, the limit, the figures, the
//! table of holders.

use std::time::{Duration, Instant};

use redstart_pool::{AcquireError, Acquired, Holder, Keep, Pool, Settings, Stats, Wait};

use crate::{Caller, ask, fill, idle, pool_of, refused, vacant};

#[test]
fn the_oldest_connection_is_used_first_whatever_the_order_of_giving_back() {
    let pool = pool_of(3);
    fill(&pool, ["first", "second", "third"]);
    let (first, a) = idle(ask(&pool));
    let (second, b) = idle(ask(&pool));
    assert_eq!((first, second), ("first", "second"));
    assert!(b.give_back(second, Keep::Yes).is_none());
    assert!(a.give_back(first, Keep::Yes).is_none());
    assert_eq!(pool.take_idle(), ["first", "second", "third"]);
}

#[test]
fn what_is_ready_is_an_idle_connection_that_nobody_waits_for() {
    let pool = pool_of(2);
    let ready = || pool.take_ready(Holder::new("a caller"));
    assert!(ready().is_none());
    fill(&pool, ["a", "b"]);
    let (first, lease) = idle(Ok(ready().expect("one is idle")));
    let (second, other) = idle(Ok(ready().expect("another one is idle")));
    assert_eq!((first, second), ("a", "b"));
    assert_eq!(pool.holders(Instant::now())[0].holder.label, "a caller");
    let waiting = Caller::queued(&pool);
    assert!(lease.give_back(first, Keep::Yes).is_none());
    // It is for whoever has waited, who does not know yet.
    assert!(ready().is_none());
    drop(waiting);
    assert!(other.give_back(second, Keep::Yes).is_none());
    assert!(ready().and_then(Acquired::refuse).is_none());
    pool.set_settings(Settings {
        stale_timeout: Some(Duration::ZERO),
        ..pool.settings()
    });
    assert!(ready().is_none());
    assert_eq!((pool.stats().idle, pool.stats().in_use), (2, 0));
}

#[test]
fn an_idle_connection_is_younger_in_the_pool_than_in_the_world() {
    let pool = pool_of(1);
    let before = Instant::now();
    fill(&pool, [()]);
    let Ok(Acquired::Idle { age, idle, .. }) = ask(&pool) else {
        panic!("a connection is idle");
    };
    assert!(idle <= age);
    assert!(age <= before.elapsed());
}

#[test]
fn the_limit_counts_leases_whether_opened_or_not() {
    let pool = pool_of::<&str>(2);
    let mut opened = vacant(ask(&pool));
    opened.opened(1.0);
    let opening = vacant(ask(&pool));
    assert!(matches!(
        refused(ask(&pool)),
        AcquireError::Exhausted { .. }
    ));
    opening.discard();
    vacant(ask(&pool)).discard();
    drop(opened);
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn zero_is_no_limit() {
    let pool = pool_of::<u8>(0);
    let leases: Vec<_> = (0..100).map(|_| vacant(ask(&pool))).collect();
    assert_eq!(pool.stats().in_use, leases.len());
}

#[test]
fn a_smaller_limit_closes_what_comes_back() {
    let pool = pool_of(3);
    fill(&pool, [1, 2, 3]);
    let (first, lease) = idle(ask(&pool));
    pool.set_settings(Settings {
        max_size: 2,
        ..pool.settings()
    });
    let retired = lease
        .give_back(first, Keep::Yes)
        .expect("three are more than two");
    assert_eq!(retired.close(|connection| connection), 1);
    let (second, lease) = idle(ask(&pool));
    assert!(lease.give_back(second, Keep::Yes).is_none());
    assert_eq!(pool.stats().size, 2);
}

#[test]
fn a_smaller_limit_closes_idle_connections_when_expired_ones_are_taken() {
    let pool = pool_of(3);
    fill(&pool, [1, 2, 3]);
    pool.set_settings(Settings {
        max_size: 1,
        ..pool.settings()
    });
    assert_eq!(pool.take_expired(Instant::now()).len(), 2);
    assert_eq!(pool.stats().size, 1);
}

#[test]
fn a_larger_limit_serves_those_who_wait() {
    let pool = pool_of::<u8>(1);
    let _held = vacant(ask(&pool));
    let mut waiting: Vec<_> = (0..3).map(|_| Caller::queued(&pool)).collect();
    pool.set_settings(Settings {
        max_size: 3,
        ..pool.settings()
    });
    let woken: Vec<_> = waiting.iter().map(Caller::woken).collect();
    assert_eq!(woken, [1, 1, 0]);
    let leases: Vec<_> = waiting.iter_mut().filter_map(Caller::poll).collect();
    assert_eq!(leases.len(), 2);
}

#[test]
fn a_refill_is_asked_for_while_idle_connections_lack() {
    let pool = Pool::new(Settings {
        max_size: 3,
        min_idle: 2,
        ..Settings::default()
    });
    for connection in [1, 2] {
        let mut lease = pool.refill(Holder::new("filler")).expect("some lack");
        lease.opened(1.0);
        assert!(lease.give_back(connection, Keep::Yes).is_none());
    }
    assert!(pool.refill(Holder::new("filler")).is_none());
    let (_, _a) = idle(ask(&pool));
    let third = pool.refill(Holder::new("filler")).expect("one is idle");
    assert!(
        pool.refill(Holder::new("filler")).is_none(),
        "the limit holds"
    );
    third.discard();
    drop(pool.close());
    assert!(pool.refill(Holder::new("filler")).is_none(), "it is closed");
}

#[test]
fn the_figures_tell_what_happened() {
    let pool = pool_of(2);
    fill(&pool, ["a", "b"]);
    let (_, dead) = idle(ask(&pool));
    let (b, lease) = idle(ask(&pool));
    let waiting = Caller::queued(&pool);
    let expected = Stats {
        size: 2,
        in_use: 2,
        waiting: 1,
        created: 2,
        max_size: 2,
        ..Stats::default()
    };
    assert_eq!(pool.stats(), expected);
    drop(waiting);
    dead.discard();
    assert!(lease.give_back(b, Keep::No).is_some());
    let expected = Stats {
        created: 2,
        recycled: 2,
        max_size: 2,
        ..Stats::default()
    };
    assert_eq!(pool.stats(), expected);
    assert_eq!(format!("{pool:?}"), format!("Pool({expected:?})"));
}

#[test]
fn a_lease_that_never_opened_counts_as_nothing() {
    let pool = pool_of::<u8>(1);
    vacant(ask(&pool)).discard();
    assert_eq!((pool.stats().created, pool.stats().recycled), (0, 0));
}

#[test]
fn a_connection_of_which_nothing_was_said_was_opened_when_it_came() {
    let pool = pool_of(1);
    assert!(vacant(ask(&pool)).give_back("quiet", Keep::Yes).is_none());
    assert_eq!((pool.stats().created, pool.stats().idle), (1, 1));
}

#[test]
fn a_connection_that_is_replaced_in_place_was_recycled() {
    let pool = pool_of(1);
    fill(&pool, ["dead"]);
    let (_, mut lease) = idle(ask(&pool));
    lease.opened(1.0);
    assert!(lease.give_back("new", Keep::Yes).is_none());
    assert_eq!((pool.stats().created, pool.stats().recycled), (2, 1));
}

#[test]
fn a_dead_connection_is_replaced_by_the_next_one_without_a_place_in_the_queue() {
    let pool = pool_of(2);
    fill(&pool, ["dead", "dead too"]);
    let (_, lease) = idle(ask(&pool));
    let (_, other) = idle(Ok(lease.replace()));
    let lease = vacant(Ok(other.replace()));
    assert_eq!((pool.stats().in_use, pool.stats().recycled), (1, 2));
    drop(lease);
}

#[test]
fn the_table_of_holders_says_who_and_where_in_the_order_of_leasing() {
    let pool = pool_of::<u8>(2);
    let before = Instant::now();
    let ask_as = |holder| {
        pool.acquire(holder, Wait::Never)
            .try_now()
            .expect("at once")
    };
    let first = vacant(ask_as(Holder::new("thread MainThread").at("app.py:31")));
    let _second = vacant(ask_as(Holder::new("task Task-7")));
    let holders = pool.holders(Instant::now());
    assert_eq!(holders[0].lease, first.id());
    assert_eq!(holders[0].holder.place.as_deref(), Some("app.py:31"));
    assert_eq!(holders[1].holder, Holder::new("task Task-7"));
    assert!(holders.iter().all(|info| info.since >= before));
    let error = refused(ask(&pool));
    assert_eq!(error.holders().len(), 2);
    let told = error.to_string();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines[0], "Exceeded maximum connections.");
    assert!(lines[1].starts_with("  thread MainThread, "), "{told}");
    assert!(lines[1].ends_with(" s, app.py:31"), "{told}");
    assert!(lines[2].starts_with("  task Task-7, "), "{told}");
}

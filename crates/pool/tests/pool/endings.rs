//! Leases that are taken away, and pools that are closed, disposed of and forgotten.

use std::sync::Arc;
use std::time::Instant;

use redstart_pool::{AcquireError, Keep};

use crate::{Caller, ask, fill, idle, pool_of, refused, vacant};

#[test]
fn a_revoked_lease_frees_its_slot_once() {
    let pool = pool_of(1);
    let mut lease = vacant(ask(&pool));
    lease.opened(1.0);
    let mut next = Caller::queued(&pool);
    assert!(lease.is_valid());
    assert!(pool.revoke(lease.id()));
    assert!(!pool.revoke(lease.id()));
    assert!(!lease.is_valid());
    assert_eq!(next.woken(), 1);
    let other = vacant(next.poll().expect("served"));
    let retired = lease
        .give_back("revoked", Keep::Yes)
        .expect("it lost its slot");
    assert_eq!(retired.close(|connection| connection), "revoked");
    assert_eq!((pool.stats().in_use, pool.stats().idle), (1, 0));
    drop(other);
    assert_eq!((pool.stats().in_use, pool.stats().recycled), (0, 0));
}

#[test]
fn a_revoked_lease_that_is_dropped_or_discarded_frees_nothing() {
    let pool = pool_of(2);
    fill(&pool, [1, 2]);
    let (_, dropped) = idle(ask(&pool));
    let (_, replaced) = idle(ask(&pool));
    assert!(pool.revoke(dropped.id()) && pool.revoke(replaced.id()));
    let _others = [vacant(ask(&pool)), vacant(ask(&pool))];
    drop(dropped);
    vacant(Ok(replaced.replace())).discard();
    assert_eq!((pool.stats().in_use, pool.stats().recycled), (2, 0));
}

#[test]
fn a_failed_connection_of_a_revoked_lease_is_not_counted() {
    let pool = pool_of(1);
    let lease = vacant(ask(&pool));
    assert!(pool.revoke(lease.id()));
    assert!(lease.give_back("c", Keep::No).is_some());
    assert_eq!((pool.stats().size, pool.stats().recycled), (0, 0));
}

#[test]
fn leases_are_named_by_the_time_since_when_they_are_out() {
    let pool = pool_of::<u8>(2);
    let old = vacant(ask(&pool));
    let between = Instant::now();
    let _young = vacant(ask(&pool));
    let before = Instant::now();
    let since: Vec<_> = pool.holders(before).iter().map(|info| info.since).collect();
    assert!(pool.checked_out_before(since[0]).is_empty());
    let expected = if since[0] < between {
        vec![old.id()]
    } else {
        vec![]
    };
    assert_eq!(pool.checked_out_before(between), expected);
}

#[test]
fn a_lease_revoked_between_serving_and_fetching_is_fetched_without_a_slot() {
    let pool = pool_of(1);
    let lease = vacant(ask(&pool));
    let (mut fetches, leaves) = (Caller::queued(&pool), Caller::queued(&pool));
    assert!(lease.give_back(Arc::new(()), Keep::Yes).is_none());
    let served = pool.holders(Instant::now())[0].lease;
    assert!(pool.revoke(served));
    let (connection, lease) = idle(fetches.poll().expect("served"));
    assert!(!lease.is_valid());
    assert!(lease.give_back(connection, Keep::Yes).is_some());
    assert_eq!(leaves.woken(), 1);
    drop(leaves);
    assert_eq!(pool.stats().size, 0);
}

#[test]
fn a_connection_of_a_lease_revoked_before_it_was_fetched_is_dropped_with_the_acquire() {
    let pool = pool_of(1);
    let connection = Arc::new(());
    let lease = vacant(ask(&pool));
    let waiting = Caller::queued(&pool);
    assert!(
        lease
            .give_back(Arc::clone(&connection), Keep::Yes)
            .is_none()
    );
    assert!(pool.revoke(pool.holders(Instant::now())[0].lease));
    drop(waiting);
    assert_eq!(Arc::strong_count(&connection), 1);
    assert_eq!(pool.stats().size, 0);
}

#[test]
fn a_closed_pool_answers_all_and_takes_nothing() {
    let pool = pool_of(2);
    fill(&pool, ["idle", "used"]);
    let (idle_one, first) = idle(ask(&pool));
    let (used, second) = idle(ask(&pool));
    assert!(first.give_back(idle_one, Keep::Yes).is_none());
    let vacancy = idle(ask(&pool));
    let mut waiting = Caller::queued(&pool);
    assert!(vacancy.1.give_back(vacancy.0, Keep::Yes).is_none());
    let mut unserved = [Caller::queued(&pool), Caller::queued(&pool)];
    assert_eq!(pool.close(), ["idle"], "it was served but not fetched");
    assert!(pool.is_closed());
    for caller in std::iter::once(&mut waiting).chain(&mut unserved) {
        assert_eq!(caller.woken(), 1);
        let answer = caller.poll().expect("it was woken");
        assert_eq!(refused(answer), AcquireError::Closed);
    }
    assert_eq!(refused(ask(&pool)), AcquireError::Closed);
    assert_eq!(pool.stats().in_use, 1);
    assert!(second.give_back(used, Keep::Yes).is_some());
    assert_eq!((pool.stats().size, pool.stats().waiting), (0, 0));
}

#[test]
fn a_pool_opened_again_does_not_take_what_is_from_before_the_close() {
    let pool = pool_of(1);
    let lease = vacant(ask(&pool));
    let mut waiting = Caller::queued(&pool);
    assert!(pool.close().is_empty());
    pool.reopen();
    assert!(!pool.is_closed());
    let answer = waiting.poll().expect("it was woken");
    assert_eq!(refused(answer), AcquireError::Closed);
    let mut next = Caller::queued(&pool);
    let retired = lease
        .give_back("old", Keep::Yes)
        .expect("from before the close");
    assert_eq!(
        next.woken(),
        0,
        "the old one has its slot until it is closed"
    );
    drop(retired);
    let lease = vacant(next.poll().expect("served"));
    assert!(lease.give_back("new", Keep::Yes).is_none());
    assert_eq!(pool.take_idle(), ["new"]);
}

#[test]
fn a_lease_from_before_a_close_is_replaced_by_nothing() {
    let pool = pool_of(2);
    let lease = vacant(ask(&pool));
    assert!(pool.close().is_empty());
    pool.reopen();
    fill(&pool, ["new"]);
    drop(vacant(Ok(lease.replace())));
    assert_eq!(pool.take_idle(), ["new"]);
}

#[test]
fn a_disposed_pool_is_empty_and_serves_those_who_waited() {
    let pool = pool_of(2);
    fill(&pool, ["a", "b"]);
    let (a, first) = idle(ask(&pool));
    let (b, second) = idle(ask(&pool));
    let mut served = Caller::queued(&pool);
    let mut waiting: Vec<_> = (0..2).map(|_| Caller::queued(&pool)).collect();
    assert!(first.give_back(a, Keep::Yes).is_none());
    assert_eq!(pool.dispose(), ["a"], "it was served but not fetched");
    let leases: Vec<_> = waiting
        .iter_mut()
        .map(|caller| vacant(caller.poll().expect("served")))
        .collect();
    assert!(
        second.give_back(b, Keep::Yes).is_some(),
        "its lease was forgotten"
    );
    assert_eq!(pool.stats().in_use, 2);
    assert_eq!(served.woken(), 1);
    assert!(served.poll().is_none(), "it is in the queue again");
    drop(leases);
    assert_eq!(served.woken(), 2);
    vacant(served.poll().expect("served again")).discard();
}

#[test]
fn a_forgotten_pool_is_empty_and_wakes_nobody() {
    let pool = pool_of(2);
    fill(&pool, ["a", "b"]);
    let (a, lease) = idle(ask(&pool));
    assert_eq!(pool.forget(), ["b"]);
    assert!(lease.give_back(a, Keep::Yes).is_some());
    let leases = [vacant(ask(&pool)), vacant(ask(&pool))];
    let mut waiting = Caller::queued(&pool);
    assert!(pool.forget().is_empty());
    assert_eq!((waiting.woken(), pool.stats().waiting), (0, 0));
    drop(leases);
    assert_eq!(pool.stats().in_use, 0);
    vacant(waiting.poll().expect("nobody has anything")).discard();
}

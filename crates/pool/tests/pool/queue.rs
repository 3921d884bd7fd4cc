//! Waiting: strict order, deadlines, and leaving the queue in every state.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use redstart_pool::{AcquireError, Acquired, Holder, Keep, Settings, Wait};

use crate::{Caller, ask, fill, idle, pool_of, refused, vacant};

#[test]
fn those_who_wait_are_served_in_the_order_in_which_they_came() {
    let pool = pool_of(1);
    let lease = vacant(ask(&pool));
    let mut waiting: Vec<_> = (0..5).map(|_| Caller::queued(&pool)).collect();
    assert!(lease.give_back("c", Keep::Yes).is_none());
    for turn in 0..5 {
        let woken: Vec<_> = waiting.iter().map(Caller::woken).collect();
        assert_eq!(woken.iter().sum::<usize>(), turn + 1);
        assert!(
            waiting[turn + 1..]
                .iter_mut()
                .all(|caller| caller.poll().is_none())
        );
        let (connection, lease) = idle(waiting[turn].poll().expect("it is the first"));
        assert!(lease.give_back(connection, Keep::Yes).is_none());
    }
}

#[test]
fn a_new_caller_never_overtakes_one_who_was_served_and_does_not_know() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let mut first = Caller::queued(&pool);
    lease.discard();
    assert!(matches!(
        refused(ask(&pool)),
        AcquireError::Exhausted { .. }
    ));
    let mut second = Caller::queued(&pool);
    vacant(first.poll().expect("served before")).discard();
    vacant(second.poll().expect("served then")).discard();
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn a_freed_slot_is_served_as_well_as_a_connection() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let mut next = Caller::queued(&pool);
    drop(lease);
    assert_eq!(next.woken(), 1);
    drop(vacant(next.poll().expect("served")));
}

#[test]
fn a_deadline_is_answered_by_the_first_poll_after_it() {
    let pool = pool_of::<u8>(1);
    let _held = vacant(ask(&pool));
    let before = Instant::now();
    let deadline = before + Duration::from_millis(5);
    let mut caller = Caller::new(&pool, Wait::Until(deadline));
    assert_eq!(caller.acquire().deadline(), Some(deadline));
    let error = loop {
        if let Some(answer) = caller.poll() {
            break refused(answer);
        }
    };
    assert!(Instant::now() >= deadline);
    let AcquireError::TimedOut { waited, holders } = error else {
        panic!("{error}");
    };
    assert!(waited <= before.elapsed());
    assert_eq!(holders.len(), 1);
    assert_eq!((pool.stats().waiting, caller.woken()), (0, 0));
}

#[test]
fn a_deadline_in_the_past_still_gives_what_is_free() {
    let pool = pool_of::<u8>(1);
    let mut caller = Caller::new(&pool, Wait::Until(Instant::now()));
    let lease = vacant(caller.poll().expect("a slot is free"));
    let mut late = Caller::new(&pool, Wait::Until(Instant::now()));
    let error = refused(late.poll().expect("the deadline has passed"));
    assert!(matches!(error, AcquireError::TimedOut { .. }));
    drop(lease);
}

#[test]
fn who_was_served_before_the_deadline_gets_it_after_the_deadline() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let deadline = Instant::now() + Duration::from_millis(20);
    let mut caller = Caller::new(&pool, Wait::Until(deadline));
    let first = caller.poll();
    lease.discard();
    while Instant::now() < deadline {}
    // On a very slow machine the deadline was over at the first poll.
    match first {
        None => drop(vacant(caller.poll().expect("served"))),
        Some(answer) => assert!(matches!(refused(answer), AcquireError::TimedOut { .. })),
    }
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn a_look_takes_what_is_there_and_never_enters_the_queue() {
    let pool = pool_of::<u8>(1);
    let mut acquire = pool.acquire(Holder::new("looker"), Wait::Forever);
    let lease = vacant(acquire.try_now().expect("a slot is free"));
    assert_eq!(pool.holders(Instant::now())[0].holder.label, "looker");
    let mut waiting = pool.acquire(Holder::new("other"), Wait::Forever);
    assert!(waiting.try_now().is_none());
    assert_eq!(pool.stats().waiting, 0);
    let mut queued = Caller::queued(&pool);
    assert!(queued.acquire().try_now().is_none());
    lease.discard();
    assert!(waiting.try_now().is_none(), "somebody is before it");
    vacant(queued.acquire().try_now().expect("it was served")).discard();
}

#[test]
fn an_acquire_that_has_answered_says_so() {
    let pool = pool_of::<u8>(1);
    let mut caller = Caller::new(&pool, Wait::Forever);
    let _lease = vacant(caller.poll().expect("a slot is free"));
    let error = refused(caller.poll().expect("nothing to wait for"));
    assert_eq!(error, AcquireError::Finished);
    drop(caller);
    assert_eq!(pool.stats().in_use, 1);
}

#[test]
fn an_acquire_dropped_before_its_first_poll_leaves_no_trace() {
    let pool = pool_of::<u8>(1);
    drop(Caller::new(&pool, Wait::Forever));
    vacant(ask(&pool)).discard();
}

#[test]
fn an_acquire_dropped_in_the_queue_is_passed_over() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let (first, mut second) = (Caller::queued(&pool), Caller::queued(&pool));
    drop(first);
    assert_eq!((pool.stats().waiting, second.woken()), (1, 0));
    lease.discard();
    assert_eq!(second.woken(), 1);
    vacant(second.poll().expect("served")).discard();
}

#[test]
fn a_slot_served_to_a_dropped_acquire_goes_to_the_next() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let (first, mut second) = (Caller::queued(&pool), Caller::queued(&pool));
    lease.discard();
    assert_eq!((first.woken(), second.woken()), (1, 0));
    drop(first);
    assert_eq!(second.woken(), 1);
    vacant(second.poll().expect("served")).discard();
    assert_eq!(pool.stats().in_use, 0);
}

#[test]
fn a_connection_served_to_a_dropped_acquire_goes_to_the_next_or_is_idle_again() {
    let pool = pool_of(1);
    fill(&pool, ["c"]);
    let (connection, lease) = idle(ask(&pool));
    let (first, second) = (Caller::queued(&pool), Caller::queued(&pool));
    assert!(lease.give_back(connection, Keep::Yes).is_none());
    drop(first);
    assert_eq!(second.woken(), 1);
    drop(second);
    let stats = pool.stats();
    assert_eq!((stats.in_use, stats.idle, stats.recycled), (0, 1, 0));
}

#[test]
fn a_connection_that_was_acquired_and_is_refused_goes_to_the_next_or_is_idle_as_long_as_before() {
    let pool = pool_of(1);
    fill(&pool, ["c"]);
    std::thread::sleep(Duration::from_millis(2));
    let acquired = ask(&pool).expect("it is idle");
    let mut next = Caller::queued(&pool);
    assert!(acquired.refuse().is_none());
    let Some(Ok(acquired @ Acquired::Idle { idle, .. })) = next.poll() else {
        panic!("it was not served");
    };
    assert!(idle >= Duration::from_millis(2));
    assert!(acquired.refuse().is_none());
    let stats = pool.stats();
    assert_eq!((stats.in_use, stats.idle, stats.recycled), (0, 1, 0));
    pool.set_settings(Settings {
        stale_timeout: Some(Duration::ZERO),
        ..pool.settings()
    });
    let retired = ask(&pool).expect("it is too old").refuse();
    assert_eq!(retired.map(|retired| retired.close(|c| c)), Some("c"));
    assert!(ask(&pool).expect("there is room").refuse().is_none());
    assert_eq!((pool.stats().size, pool.stats().recycled), (0, 1));
}

#[test]
fn an_acquire_that_timed_out_is_out_of_the_queue() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let deadline = Instant::now() + Duration::from_millis(2);
    let mut first = Caller::new(&pool, Wait::Until(deadline));
    while first.poll().is_none() {}
    let mut second = Caller::queued(&pool);
    lease.discard();
    assert_eq!((first.woken(), second.woken()), (0, 1));
    vacant(second.poll().expect("served")).discard();
}

#[test]
fn the_waker_of_the_last_poll_is_the_one_that_is_woken() {
    struct Silent;
    impl Wake for Silent {
        fn wake(self: Arc<Self>) {
            panic!("this one was replaced");
        }
    }
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let mut caller = Caller::new(&pool, Wait::Forever);
    let replaced = Waker::from(Arc::new(Silent));
    let acquire = std::pin::Pin::new(caller.acquire());
    let polled = acquire.poll(&mut Context::from_waker(&replaced));
    assert!(matches!(polled, Poll::Pending));
    assert!(caller.poll().is_none());
    lease.discard();
    assert_eq!(caller.woken(), 1);
}

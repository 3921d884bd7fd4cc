//! Wakers and connections that use the pool themselves: no lock is held while they run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use redstart_pool::{Acquire, Holder, Keep, Lease, Pool, Settings, Wait};

use crate::{ask, pool_of, vacant};

/// Looks at the pool when it is woken and when it is dropped; a held lock would block it.
struct Looker<T: Send + 'static> {
    pool: Pool<T>,
    looks: Arc<AtomicUsize>,
}

impl<T: Send + 'static> Looker<T> {
    fn look(&self) {
        let _ = self.pool.stats();
        self.looks.fetch_add(1, Ordering::SeqCst);
    }
}

impl<T: Send + 'static> Wake for Looker<T> {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

impl<T: Send + 'static> Drop for Looker<T> {
    fn drop(&mut self) {
        self.look();
    }
}

/// Polls with a waker of which the pool then has the only clone.
fn park<T: Send>(acquire: &mut Acquire<T>, pool: &Pool<T>, looks: &Arc<AtomicUsize>) {
    let waker = Waker::from(Arc::new(Looker {
        pool: pool.clone(),
        looks: Arc::clone(looks),
    }));
    let polled = std::pin::Pin::new(acquire).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
}

#[test]
fn a_waker_may_use_the_pool_however_it_ends() {
    let pool = pool_of::<u8>(1);
    let looks = Arc::new(AtomicUsize::new(0));
    let seen = || looks.swap(0, Ordering::SeqCst);
    let lease = vacant(ask(&pool));
    let mut replaced = pool.acquire(Holder::default(), Wait::Forever);
    park(&mut replaced, &pool, &looks);
    assert_eq!(seen(), 0);
    park(&mut replaced, &pool, &looks);
    assert_eq!(seen(), 1, "the first waker was dropped");
    lease.discard();
    assert_eq!(seen(), 2, "the second was woken and dropped");
    let lease = vacant(replaced.try_now().expect("served"));
    let mut left = pool.acquire(Holder::default(), Wait::Forever);
    park(&mut left, &pool, &looks);
    drop(left);
    assert_eq!(seen(), 1);
    let mut closed = pool.acquire(Holder::default(), Wait::Forever);
    park(&mut closed, &pool, &looks);
    assert!(pool.close().is_empty());
    assert_eq!(seen(), 2);
    drop(lease);
}

/// Frees the one slot of a pool, or makes another.
type Server = fn(&Pool<u8>, Lease<u8>);

#[test]
fn a_waker_may_use_the_pool_whoever_serves_it() {
    let servers: [Server; 6] = [
        |_, lease| lease.discard(),
        |_, lease| assert!(lease.give_back(1, Keep::Yes).is_none()),
        |_, lease| drop(lease.give_back(1, Keep::No)),
        |pool, lease| assert!(pool.revoke(lease.id())),
        |pool, _| assert!(pool.dispose().is_empty()),
        |pool, _| {
            pool.set_settings(Settings {
                max_size: 2,
                ..pool.settings()
            });
        },
    ];
    for serve in servers {
        let pool = pool_of::<u8>(1);
        let looks = Arc::new(AtomicUsize::new(0));
        let lease = vacant(ask(&pool));
        let mut waiting = pool.acquire(Holder::default(), Wait::Forever);
        park(&mut waiting, &pool, &looks);
        let mut behind = pool.acquire(Holder::default(), Wait::Forever);
        park(&mut behind, &pool, &looks);
        serve(&pool, lease);
        assert!(waiting.try_now().is_some());
        drop(behind);
        assert_eq!(
            looks.load(Ordering::SeqCst),
            4,
            "two wakers, each woken and dropped"
        );
    }
}

#[test]
fn a_waker_of_a_forgotten_pool_is_neither_woken_nor_dropped() {
    let pool = pool_of::<u8>(1);
    let looks = Arc::new(AtomicUsize::new(0));
    let lease = vacant(ask(&pool));
    let mut waiting = pool.acquire(Holder::default(), Wait::Forever);
    park(&mut waiting, &pool, &looks);
    assert!(pool.forget().is_empty());
    drop((waiting, lease));
    assert_eq!(looks.load(Ordering::SeqCst), 0);
}

/// A connection that looks at its pool when it is dropped.
struct Connection(Looker<Connection>);

#[test]
fn a_connection_may_use_the_pool_when_it_is_dropped() {
    let pool = pool_of::<Connection>(1);
    let looks = Arc::new(AtomicUsize::new(0));
    let connect = || {
        Connection(Looker {
            pool: pool.clone(),
            looks: Arc::clone(&looks),
        })
    };
    drop(vacant(ask(&pool)).give_back(connect(), Keep::No));
    assert_eq!(looks.load(Ordering::SeqCst), 1);

    let lease = vacant(ask(&pool));
    let other = Arc::new(AtomicUsize::new(0));
    let mut waiting = pool.acquire(Holder::default(), Wait::Forever);
    park(&mut waiting, &pool, &other);
    assert!(lease.give_back(connect(), Keep::Yes).is_none());
    assert!(pool.revoke(pool.holders(std::time::Instant::now())[0].lease));
    drop(waiting);
    assert_eq!(looks.load(Ordering::SeqCst), 2);

    let connection = connect();
    assert_eq!(connection.0.pool.stats().size, 0);
    assert!(
        vacant(ask(&pool))
            .give_back(connection, Keep::Yes)
            .is_none()
    );
    drop(pool.take_idle());
    assert_eq!(looks.load(Ordering::SeqCst), 3);
}

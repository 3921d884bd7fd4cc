//! Many threads on a small pool: the limit, the order, and nothing lost when callers
//! give up at any moment. A lost wake-up shows as a caller that times out.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use redstart_pool::{Acquire, AcquireError, Acquired, Holder, Keep, Lease, Pool, Settings, Wait};

use crate::{Answer, ask, block_on, pool_of, vacant};

const THREADS: usize = 50;
const ROUNDS: usize = 200;
const LIMIT: usize = 5;

/// Counts what exists at once and the most that ever did.
#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    fn enter(self: &Arc<Self>) -> Entered {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        Entered(Arc::clone(self))
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }
}

struct Entered(Arc<Gauge>);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A sequence without pattern that is the same in every run.
struct Dice(usize);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (self.0 >> 8) % sides
    }
}

/// A pool whose connections count themselves, with all kinds of ages.
struct Scene {
    pool: Pool<Entered>,
    connections: Arc<Gauge>,
    users: Arc<Gauge>,
}

impl Scene {
    fn new() -> Self {
        Self {
            pool: Pool::new(Settings {
                max_size: LIMIT,
                max_lifetime: Some(Duration::from_millis(2)),
                ..Settings::default()
            }),
            connections: Arc::default(),
            users: Arc::default(),
        }
    }

    fn acquire(&self) -> Acquire<Entered> {
        // Nobody waits for so long unless a wake-up was lost.
        let deadline = Instant::now() + Duration::from_secs(60);
        self.pool
            .acquire(Holder::new("thread"), Wait::Until(deadline))
    }

    /// Opens, replaces and gives back as a real user would, with failures now and then.
    fn use_once(&self, answer: Answer<Entered>, dice: &mut Dice) {
        let mut acquired = answer.unwrap_or_else(|error| panic!("{error}"));
        let (connection, lease) = loop {
            match acquired {
                Acquired::Idle {
                    connection, lease, ..
                } => break (connection, lease),
                Acquired::Expired { connection, lease } => {
                    drop(connection);
                    acquired = lease.replace();
                }
                Acquired::Vacant { mut lease } => {
                    if dice.roll(20) == 0 {
                        return lease.discard();
                    }
                    lease.opened(0.95);
                    break (self.connections.enter(), lease);
                }
            }
        };
        let using = self.users.enter();
        std::thread::yield_now();
        drop(using);
        end(connection, lease, dice);
    }

    fn check(&self) {
        assert!(self.users.most() <= LIMIT, "{}", self.users.most());
        assert!(
            self.connections.most() <= LIMIT,
            "{}",
            self.connections.most()
        );
        let stats = self.pool.stats();
        assert_eq!((stats.in_use, stats.waiting), (0, 0));
        assert_eq!(stats.idle, self.connections.now());
        let idle = u64::try_from(stats.idle).expect("few are idle");
        assert_eq!(stats.created, stats.recycled + idle);
        drop(self.pool.close());
        assert_eq!(self.connections.now(), 0);
    }
}

/// Ends a lease in one of the ways there are.
fn end(connection: Entered, lease: Lease<Entered>, dice: &mut Dice) {
    match dice.roll(20) {
        0 => drop(lease.give_back(connection, Keep::No)),
        1 => {
            drop(connection);
            drop(lease);
        }
        _ => drop(lease.give_back(connection, Keep::Yes)),
    }
}

/// Runs the rounds of all threads at once.
fn run(work: impl Fn(usize, &mut Dice) + Sync) {
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                let mut dice = Dice(thread * 7919 + 1);
                start.wait();
                (0..ROUNDS).for_each(|round| work(round, &mut dice));
            });
        }
    });
}

#[test]
fn fifty_threads_share_five_connections() {
    let scene = Scene::new();
    run(|_, dice| scene.use_once(block_on(scene.acquire()), dice));
    scene.check();
}

#[test]
fn callers_that_give_up_at_any_moment_lose_nothing() {
    let scene = Scene::new();
    let given_up = AtomicUsize::new(0);
    run(|_, dice| {
        let patience = dice.roll(6);
        if patience == 0 {
            return scene.use_once(block_on(scene.acquire()), dice);
        }
        let mut acquire = scene.acquire();
        for _ in 1..patience {
            let mut context = Context::from_waker(Waker::noop());
            if let std::task::Poll::Ready(answer) = Pin::new(&mut acquire).poll(&mut context) {
                return scene.use_once(answer, dice);
            }
            std::thread::yield_now();
        }
        given_up.fetch_add(1, Ordering::Relaxed);
    });
    assert!(given_up.load(Ordering::Relaxed) > ROUNDS);
    scene.check();
}

#[test]
fn short_deadlines_and_long_ones_share_a_pool() {
    let scene = Scene::new();
    run(|round, dice| {
        if round % 2 == 0 {
            return scene.use_once(block_on(scene.acquire()), dice);
        }
        let soon = u64::try_from(dice.roll(300)).expect("small");
        let deadline = Instant::now() + Duration::from_micros(soon);
        let holder = Holder::new("hurried");
        match block_on(scene.pool.acquire(holder, Wait::Until(deadline))) {
            Err(AcquireError::TimedOut { .. }) => assert!(Instant::now() >= deadline),
            answer => scene.use_once(answer, dice),
        }
    });
    scene.check();
}

#[test]
fn threads_are_served_in_the_order_in_which_they_came() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let order = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (pool, order) = (&pool, &order);
            scope.spawn(move || {
                let lease = vacant(block_on(pool.acquire(Holder::default(), Wait::Forever)));
                order.lock().expect("nobody fails").push(thread);
                lease.discard();
            });
            while pool.stats().waiting <= thread {
                std::thread::yield_now();
            }
        }
        lease.discard();
    });
    let order = order.into_inner().expect("nobody failed");
    assert_eq!(order, (0..THREADS).collect::<Vec<_>>());
}

#[test]
fn tasks_of_one_thread_and_other_threads_stand_in_one_queue() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    let order = Mutex::new(Vec::new());
    let woken = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut tasks = Vec::new();
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let (pool, order) = (&pool, &order);
            if number % 2 == 0 {
                let mut task = pool.acquire(Holder::default(), Wait::Forever);
                let polled = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
                assert!(polled.is_pending());
                tasks.push((number, task));
                continue;
            }
            scope.spawn(move || {
                let lease = vacant(block_on(pool.acquire(Holder::default(), Wait::Forever)));
                order.lock().expect("nobody fails").push(number);
                lease.discard();
            });
            while pool.stats().waiting <= number {
                std::thread::yield_now();
            }
        }
        lease.discard();
        for (turn, (number, mut task)) in tasks.drain(..).enumerate() {
            while woken.0.load(Ordering::SeqCst) <= turn {
                std::thread::yield_now();
            }
            let lease = vacant(task.try_now().expect("it was woken"));
            order.lock().expect("nobody fails").push(number);
            lease.discard();
        }
    });
    let order = order.into_inner().expect("nobody failed");
    assert_eq!(order, (0..THREADS).collect::<Vec<_>>());
}

#[test]
fn closing_a_pool_ends_every_wait() {
    let pool = pool_of::<u8>(1);
    let lease = vacant(ask(&pool));
    std::thread::scope(|scope| {
        let pool = &pool;
        let waiting: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(move || {
                    block_on(pool.acquire(Holder::default(), Wait::Forever)).is_err()
                })
            })
            .collect();
        while pool.stats().waiting < THREADS {
            std::thread::yield_now();
        }
        assert!(pool.close().is_empty());
        assert!(
            waiting
                .into_iter()
                .all(|thread| thread.join().expect("no panic"))
        );
    });
    drop(lease);
    assert_eq!(pool.stats().size, 0);
}

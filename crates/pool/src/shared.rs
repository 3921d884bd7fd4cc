//! The books behind their lock. Every access to the lock is here; what is held under
//! it is `state.rs`.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::settings::Settings;
use crate::state::State;

/// The books of a pool, and what replaces them if their lock is lost.
///
/// A process made by `fork` inherits the lock as it was. If a thread of the parent held
/// it at that moment, nobody in the child will ever release it. Then the books get an
/// heir, which everybody uses from then on.
pub(crate) struct Shared<T> {
    state: Mutex<State<T>>,
    /// The settings once more, to be read where the lock is lost.
    settings: Mutex<Settings>,
    made_with: Settings,
    heir: OnceLock<Arc<Self>>,
}

impl<T> Shared<T> {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            state: Mutex::new(State::new(settings)),
            settings: Mutex::new(settings),
            made_with: settings,
            heir: OnceLock::new(),
        }
    }

    /// Locks the books. A panic under the lock leaves them usable, since no code but
    /// their own runs there.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State<T>> {
        let books = &self.last().state;
        books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps new settings for an heir.
    pub(crate) fn save_settings(&self, settings: Settings) {
        let saved = &self.last().settings;
        *saved.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// Forgets everything without running foreign code: connections come back, wakers
    /// are leaked. Where the lock is lost, the connections are leaked with it.
    pub(crate) fn forget(self: &Arc<Self>) -> Vec<T> {
        let last = self.last();
        let Some(mut state) = try_for(&last.state, PATIENCE) else {
            let settings = try_for(&last.settings, PATIENCE).map_or(last.made_with, |saved| *saved);
            // Refused only if another thread was faster, whose heir is as good.
            let _ = last.heir.set(Arc::new(Self::new(settings)));
            // The root holds the whole chain, and must never drop what is in it.
            std::mem::forget(Arc::clone(self));
            return Vec::new();
        };
        let connections = state.forget();
        let wakers: Vec<Waker> = state.take_wakers();
        drop(state);
        wakers.into_iter().for_each(std::mem::forget);
        connections
    }

    /// Gives the books in use: these, or their last heir.
    fn last(&self) -> &Self {
        let mut last = self;
        while let Some(heir) = last.heir.get() {
            last = heir;
        }
        last
    }
}

/// Locks, but gives up on a holder that cannot be alive. Locks of a pool are held for a
/// microsecond.
fn try_for<V>(mutex: &Mutex<V>, patience: Duration) -> Option<MutexGuard<'_, V>> {
    let end = Instant::now() + patience;
    loop {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => return None,
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
}

/// How long a lock may be held before its holder is taken for dead.
const PATIENCE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Arc<Shared<u8>> {
        Arc::new(Shared::new(Settings::default()))
    }

    #[test]
    fn a_poisoned_lock_is_recovered() {
        let shared = shared();
        let held = Arc::clone(&shared);
        let dead = std::thread::spawn(move || {
            let _state = held.lock();
            panic!("on purpose");
        });
        assert!(dead.join().is_err());
        assert_eq!(shared.lock().stats().in_use, 0);
        assert!(shared.forget().is_empty());
    }

    #[test]
    fn a_lost_lock_is_replaced_with_its_last_settings() {
        let shared = shared();
        let settings = Settings {
            max_size: 3,
            ..Settings::default()
        };
        shared.save_settings(settings);
        // Never released, as after a fork while another thread held it.
        std::mem::forget(shared.state.lock());
        assert!(shared.forget().is_empty());
        assert_eq!(shared.lock().stats().max_size, 3);
        std::mem::forget(shared.last().state.lock());
        std::mem::forget(shared.last().settings.lock());
        assert!(shared.forget().is_empty());
        assert_eq!(shared.lock().stats().max_size, 3);
    }

    #[test]
    fn the_books_of_a_lost_lock_are_never_dropped() {
        let token = Arc::new(());
        let shared = Arc::new(Shared::new(Settings::default()));
        let mut state = shared.lock();
        let mut holder = crate::Holder::default();
        let crate::queue::Turn::Granted(grant) = state.turn(None, &mut holder, Instant::now())
        else {
            panic!("an empty pool has a slot");
        };
        let now = Instant::now();
        let idle = crate::idle::Idle {
            connection: Arc::clone(&token),
            birth: state.opened(now, 1.0),
            since: now,
        };
        assert!(state.put_back(grant.lease, idle, now).is_ok());
        std::mem::forget(state);
        assert!(shared.forget().is_empty());
        assert_eq!(shared.lock().stats().idle, 0);
        drop(shared);
        assert_eq!(Arc::strong_count(&token), 2);
    }
}

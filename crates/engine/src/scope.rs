//! Whose state is it: a map from scopes (threads, tasks, requests) to their states.
//! What a state holds is not known here.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The owner of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeId {
    /// A thread, by the number that [`ScopeId::current_thread`] gave it.
    Thread(u64),
    /// A task of an event loop, by a number of the host.
    Task(u64),
    /// A request, by a number of the host; threads and tasks may share it.
    Request(u64),
}

impl ScopeId {
    /// Names the calling thread. The number is not used again by another thread.
    pub fn current_thread() -> Self {
        Self::Thread(THREAD.try_with(|thread| thread.number).unwrap_or(0))
    }
}

/// States by scope. A thread's state is dropped when the thread ends; the states of
/// tasks and requests are dropped by [`remove`](Self::remove), and all of them with the
/// map itself.
pub struct Scopes<S: Send + Sync + 'static> {
    inner: Arc<Inner<S>>,
}

struct Inner<S> {
    number: u64,
    shared: Option<Arc<S>>,
    make: fn() -> S,
    states: Mutex<HashMap<ScopeId, Arc<S>>>,
}

impl<S: Send + Sync + 'static> Scopes<S> {
    /// Makes an empty map. Unless `thread_safe`, all scopes share one state.
    pub fn new(thread_safe: bool, make: fn() -> S) -> Self {
        let inner = Inner {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            shared: (!thread_safe).then(|| Arc::new(make())),
            make,
            states: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Tells whether all scopes share one state.
    pub fn is_shared(&self) -> bool {
        self.inner.shared.is_some()
    }

    /// Calls `use_state` with the calling thread's state, which is made if there is
    /// none. The fast way: no lock.
    pub fn with_current<T>(&self, use_state: impl FnOnce(&S) -> T) -> T {
        match &self.inner.shared {
            Some(shared) => use_state(shared),
            None => use_state(&self.current_or_new()),
        }
    }

    /// Gives a scope's state, which is made if there is none.
    pub fn get(&self, scope: ScopeId) -> Arc<S> {
        if let Some(shared) = &self.inner.shared {
            return Arc::clone(shared);
        }
        if scope == ScopeId::current_thread() {
            return self.current_or_new();
        }
        self.lookup(scope)
    }

    /// Takes a scope's state out of the map; the next use makes a new one. While the
    /// caller holds it, the state of another thread stays that thread's.
    pub fn remove(&self, scope: ScopeId) -> Option<Arc<S>> {
        if scope == ScopeId::current_thread() {
            forget_in_thread(self.inner.number);
        }
        self.inner.states().remove(&scope)
    }

    /// Gives all states with their scopes; a shared state has none and is left out.
    pub fn all(&self) -> Vec<(ScopeId, Arc<S>)> {
        let states = self.inner.states();
        states
            .iter()
            .map(|(scope, state)| (*scope, Arc::clone(state)))
            .collect()
    }

    fn lookup(&self, scope: ScopeId) -> Arc<S> {
        let mut states = self.inner.states();
        let state = states
            .entry(scope)
            .or_insert_with(|| Arc::new((self.inner.make)()));
        Arc::clone(state)
    }

    /// Gives the calling thread's state and notes it for the fast way.
    fn current_or_new(&self) -> Arc<S> {
        let number = self.inner.number;
        let found = THREAD.try_with(|thread| {
            let states = thread.states.try_borrow().ok()?;
            let entry = states.iter().find(|entry| entry.scopes == number)?;
            entry.state.upgrade()?.downcast::<S>().ok()
        });
        if let Ok(Some(state)) = found {
            return state;
        }
        let scope = ScopeId::current_thread();
        let state = self.lookup(scope);
        // A thread that is ending has no place for notes; it uses the map alone.
        let _ = THREAD.try_with(|thread| {
            let home: Weak<dyn Forget> = Arc::downgrade(&self.inner) as Weak<dyn Forget>;
            let noted: Weak<S> = Arc::downgrade(&state);
            let entry = Entry {
                scopes: number,
                state: noted,
                home,
            };
            let outdated = thread.note(entry);
            drop(outdated);
        });
        state
    }
}

impl<S: Send + Sync + 'static> Drop for Scopes<S> {
    /// Drops the calling thread's note; other threads drop theirs, which are empty by
    /// then, when they end or note another state.
    fn drop(&mut self) {
        forget_in_thread(self.inner.number);
    }
}

impl<S> Inner<S> {
    fn states(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<S>>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of a map that an ending thread needs.
trait Forget: Send + Sync {
    /// Drops a scope's state.
    fn forget(&self, scope: ScopeId);
}

impl<S: Send + Sync> Forget for Inner<S> {
    fn forget(&self, scope: ScopeId) {
        let state = self.states().remove(&scope);
        drop(state);
    }
}

/// What a thread notes about the maps in which it has a state.
struct Thread {
    number: u64,
    states: RefCell<Vec<Entry>>,
}

struct Entry {
    scopes: u64,
    /// The map alone keeps the state alive: it ends with the map, whatever threads do.
    state: Weak<dyn Any + Send + Sync>,
    home: Weak<dyn Forget>,
}

impl Thread {
    /// Adds a note, and takes out those of maps that are gone.
    fn note(&self, entry: Entry) -> Vec<Entry> {
        let Ok(mut states) = self.states.try_borrow_mut() else {
            return vec![entry];
        };
        let outdated =
            |known: &mut Entry| known.scopes == entry.scopes || known.home.strong_count() == 0;
        let gone: Vec<_> = states.extract_if(.., outdated).collect();
        states.push(entry);
        gone
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let scope = ScopeId::Thread(self.number);
        for entry in self.states.take() {
            if let Some(home) = entry.home.upgrade() {
                home.forget(scope);
            }
        }
    }
}

/// Gives every map and every thread a number of its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static THREAD: Thread = Thread {
        number: NEXT.fetch_add(1, Ordering::Relaxed),
        states: RefCell::default(),
    };
}

/// Takes the calling thread's note of a map out.
fn forget_in_thread(number: u64) {
    let gone = THREAD.try_with(|thread| {
        let mut states = thread.states.try_borrow_mut().ok()?;
        let place = states.iter().position(|entry| entry.scopes == number)?;
        Some(states.swap_remove(place))
    });
    drop(gone);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    fn counter() -> AtomicUsize {
        AtomicUsize::new(0)
    }

    #[test]
    fn each_thread_has_its_own_state() {
        let scopes = Scopes::new(true, counter);
        let add = || scopes.with_current(|state| state.fetch_add(1, Ordering::Relaxed));
        assert_eq!((add(), add()), (0, 1));
        thread::scope(|scope| {
            assert_eq!(scope.spawn(add).join().unwrap(), 0);
        });
        let own = scopes.get(ScopeId::current_thread());
        assert_eq!(own.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_shared_map_has_one_state() {
        let scopes = Scopes::new(false, counter);
        let add = || scopes.with_current(|state| state.fetch_add(1, Ordering::Relaxed));
        assert_eq!(add(), 0);
        thread::scope(|scope| {
            assert_eq!(scope.spawn(add).join().unwrap(), 1);
        });
        assert_eq!(scopes.get(ScopeId::Task(7)).load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_threads_state_ends_with_it() {
        let scopes = Scopes::new(true, counter);
        let state = thread::scope(|scope| {
            let work = || {
                scopes.with_current(|_| ());
                assert_eq!(scopes.all().len(), 1);
                Arc::downgrade(&scopes.get(ScopeId::current_thread()))
            };
            // Joining waits for the thread's destructors, leaving a scope does not.
            scope.spawn(work).join().unwrap()
        });
        assert!(state.upgrade().is_none());
        assert!(scopes.all().is_empty());
    }

    #[test]
    fn a_removed_state_is_made_anew() {
        let scopes = Scopes::new(true, counter);
        for scope in [
            ScopeId::current_thread(),
            ScopeId::Task(1),
            ScopeId::Request(1),
        ] {
            scopes.get(scope).fetch_add(5, Ordering::Relaxed);
            let removed = scopes.remove(scope).unwrap();
            assert_eq!(Arc::strong_count(&removed), 1);
            assert_eq!(scopes.get(scope).load(Ordering::Relaxed), 0);
        }
    }

    #[test]
    fn a_state_ends_with_its_map() {
        let scopes = Scopes::new(true, counter);
        let state = Arc::downgrade(&scopes.get(ScopeId::current_thread()));
        drop(scopes);
        assert!(state.upgrade().is_none());
    }

    #[test]
    fn a_map_takes_the_states_of_living_threads_with_it() {
        let scopes = Arc::new(Scopes::new(true, counter));
        let theirs = Arc::clone(&scopes);
        let (to_main, from_thread) = mpsc::channel();
        let (to_thread, from_main) = mpsc::channel::<()>();
        let worker = thread::spawn(move || {
            let state = Arc::downgrade(&theirs.get(ScopeId::current_thread()));
            drop(theirs);
            to_main.send(state).unwrap();
            from_main.recv().unwrap_err();
        });
        let state = from_thread.recv().unwrap();
        assert!(state.upgrade().is_some());
        drop(scopes);
        assert!(state.upgrade().is_none());
        drop(to_thread);
        worker.join().unwrap();
    }
}

//! Many descriptors behind one. An event loop that watches a selector's own descriptor learns
//! from it which of those inside are ready, and is told nothing new for each wait.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Poll, Token, Waker};

use crate::wish::{Interest, Source};

/// What one waiter waits for: descriptors, and bells that other threads ring. Its own descriptor
/// is ready to be read when something has come.
///
/// It keeps none of the descriptors open: one that is closed is in here no more.
pub struct Selector {
    poll: Poll,
    events: Events,
    /// By the address of the source, which is not used again as long as its place is here.
    places: HashMap<usize, Place>,
    bell: Arc<Bell>,
}

/// Stands for one wait. The waiter chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket(pub usize);

struct Place {
    source: Weak<dyn Source>,
    waiting: Option<Ticket>,
}

/// What other threads ring. It calls no foreign code, and waits for nobody.
pub struct Bell {
    waker: Waker,
    rung: Mutex<Vec<Ticket>>,
}

impl Bell {
    /// Tells the waiter that what a ticket stands for is to go on.
    pub fn ring(&self, ticket: Ticket) {
        let mut rung = self.rung();
        rung.push(ticket);
        let is_first = rung.len() == 1;
        drop(rung);
        if is_first {
            // The number that it counts with cannot be full: it begins anew when it is.
            let _ = self.waker.wake();
        }
    }

    fn rung(&self) -> MutexGuard<'_, Vec<Ticket>> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Selector {
    /// Makes one with nothing inside.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let bell = Bell {
            waker: Waker::new(poll.registry(), BELL)?,
            rung: Mutex::default(),
        };
        Ok(Self {
            poll,
            events: Events::with_capacity(AT_ONCE),
            places: HashMap::new(),
            bell: Arc::new(bell),
        })
    }

    /// Gives the bell.
    pub fn bell(&self) -> &Arc<Bell> {
        &self.bell
    }

    /// Asks to be told once when something can happen to a descriptor, or can already. Whoever waited
    /// for the same one before waits no more.
    pub fn watch(
        &mut self,
        source: &Arc<dyn Source>,
        interest: Interest,
        ticket: Ticket,
    ) -> io::Result<()> {
        let descriptor = source.as_fd().as_raw_fd();
        let mut inside = SourceFd(&descriptor);
        let interest = match interest {
            Interest::Read => mio::Interest::READABLE,
            Interest::Write => mio::Interest::WRITABLE,
            Interest::Both => mio::Interest::READABLE | mio::Interest::WRITABLE,
        };
        let registry = self.poll.registry();
        let address = Arc::as_ptr(source).cast::<()>().addr();
        let waiting = Some(ticket);
        if let Some(place) = self.places.get_mut(&address) {
            // What is ready already is told of again, read to its end or not.
            registry.reregister(&mut inside, Token(address), interest)?;
            place.waiting = waiting;
            return Ok(());
        }
        registry.register(&mut inside, Token(address), interest)?;
        self.places
            .retain(|_, place| place.source.strong_count() > 0);
        let source = Arc::downgrade(source);
        self.places.insert(address, Place { source, waiting });
        Ok(())
    }

    /// Gives who is to go on, without waiting. What is left comes the next time.
    pub fn ready(&mut self) -> io::Result<Vec<Ticket>> {
        match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        let mut ready = std::mem::take(&mut *self.bell.rung());
        for event in &self.events {
            let Token(address) = event.token();
            let Some(place) = self.places.get_mut(&address) else {
                continue;
            };
            if let Some(ticket) = place.waiting.take() {
                ready.push(ticket);
                continue;
            }
            // Nobody waits for it here any more: it is used elsewhere, or over.
            let place = self.places.remove(&address);
            if let Some(source) = place.and_then(|place| place.source.upgrade()) {
                // It may be told of once more, which nobody minds.
                let mut inside = SourceFd(&source.as_fd().as_raw_fd());
                let _ = self.poll.registry().deregister(&mut inside);
            }
        }
        Ok(ready)
    }
}

impl AsRawFd for Selector {
    fn as_raw_fd(&self) -> RawFd {
        self.poll.as_raw_fd()
    }
}

/// No source lives there.
const BELL: Token = Token(usize::MAX);

/// How many are told of at once. With few of them the first go on before the next are looked at,
/// and requests do not come to march in step, all begun in one turn of the loop and all ended in
/// another, which is when the collector of Python runs for each turn.
const AT_ONCE: usize = 4;

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    fn pair() -> (Arc<UnixStream>, Arc<dyn Source>, UnixStream) {
        let (mine, theirs) = UnixStream::pair().unwrap();
        mine.set_nonblocking(true).unwrap();
        let mine = Arc::new(mine);
        (Arc::clone(&mine), mine, theirs)
    }

    fn watch(selector: &mut Selector, source: &Arc<dyn Source>, ticket: usize) {
        let asked = selector.watch(source, Interest::Read, Ticket(ticket));
        asked.unwrap();
    }

    fn ready(selector: &mut Selector) -> Vec<usize> {
        let ready = selector.ready().unwrap();
        ready.into_iter().map(|Ticket(ticket)| ticket).collect()
    }

    #[test]
    fn what_is_ready_is_told_of_once() {
        let mut selector = Selector::new().unwrap();
        let (_, first, mut its_other) = pair();
        let (_, second, _kept) = pair();
        watch(&mut selector, &first, 1);
        watch(&mut selector, &second, 2);
        assert_eq!(ready(&mut selector), []);
        its_other.write_all(b"x").unwrap();
        assert_eq!(ready(&mut selector), [1]);
        assert_eq!(ready(&mut selector), []);
    }

    #[test]
    fn what_was_not_read_to_its_end_is_told_of_again() {
        let mut selector = Selector::new().unwrap();
        let (mine, source, mut theirs) = pair();
        watch(&mut selector, &source, 1);
        theirs.write_all(b"xy").unwrap();
        assert_eq!(ready(&mut selector), [1]);
        assert_eq!((&*mine).read(&mut [0]).unwrap(), 1);
        watch(&mut selector, &source, 2);
        assert_eq!(ready(&mut selector), [2]);
        assert_eq!((&*mine).read(&mut [0]).unwrap(), 1);
        watch(&mut selector, &source, 3);
        assert_eq!(ready(&mut selector), []);
    }

    #[test]
    fn room_to_write_is_told_of_where_it_was_asked_for() {
        let mut selector = Selector::new().unwrap();
        let (_, source, _theirs) = pair();
        watch(&mut selector, &source, 1);
        assert_eq!(ready(&mut selector), []);
        let asked = selector.watch(&source, Interest::Both, Ticket(2));
        asked.unwrap();
        assert_eq!(ready(&mut selector), [2]);
    }

    #[test]
    fn the_end_of_the_other_side_is_told_of() {
        let mut selector = Selector::new().unwrap();
        let (_, source, theirs) = pair();
        watch(&mut selector, &source, 1);
        drop(theirs);
        assert_eq!(ready(&mut selector), [1]);
    }

    #[test]
    fn more_than_are_told_of_at_once_come_one_after_the_other() {
        let mut selector = Selector::new().unwrap();
        let pairs: Vec<_> = std::iter::repeat_with(pair).take(3 * AT_ONCE).collect();
        for (ticket, (_, source, _)) in pairs.iter().enumerate() {
            watch(&mut selector, source, ticket);
        }
        for (_, _, theirs) in &pairs {
            (&*theirs).write_all(b"x").unwrap();
        }
        let mut told = Vec::new();
        for _ in 0..3 {
            let some = ready(&mut selector);
            assert_eq!(some.len(), AT_ONCE);
            told.extend(some);
        }
        told.sort_unstable();
        assert!(told.into_iter().eq(0..3 * AT_ONCE));
    }

    #[test]
    fn what_nobody_waits_for_is_told_of_when_it_is_asked_for_again() {
        let mut selector = Selector::new().unwrap();
        let (mine, source, mut theirs) = pair();
        watch(&mut selector, &source, 1);
        for word in [b"x", b"y"] {
            theirs.write_all(word).unwrap();
            let _ = ready(&mut selector);
        }
        // The second one was for nobody.
        assert!(selector.places.is_empty());
        theirs.write_all(b"z").unwrap();
        assert_eq!(ready(&mut selector), []);
        watch(&mut selector, &source, 2);
        assert_eq!(ready(&mut selector), [2]);
        assert_eq!((&*mine).read(&mut [0; 8]).unwrap(), 3);
    }

    #[test]
    fn a_bell_is_heard() {
        let mut selector = Selector::new().unwrap();
        let bell = Arc::clone(selector.bell());
        let theirs = Arc::clone(&bell);
        let ringing = std::thread::spawn(move || (0..3).for_each(|each| theirs.ring(Ticket(each))));
        ringing.join().unwrap();
        assert_eq!(ready(&mut selector), [0, 1, 2]);
        assert_eq!(ready(&mut selector), []);
        bell.ring(Ticket(3));
        let mut around = Poll::new().unwrap();
        let descriptor = selector.as_raw_fd();
        let mut inside = SourceFd(&descriptor);
        let registry = around.registry();
        let asked = registry.register(&mut inside, Token(0), mio::Interest::READABLE);
        asked.unwrap();
        let mut events = Events::with_capacity(1);
        around.poll(&mut events, None).unwrap();
        assert!(!events.is_empty());
        assert_eq!(ready(&mut selector), [3]);
    }

    #[test]
    fn one_that_is_closed_is_not_kept_and_its_number_is_free() {
        let mut selector = Selector::new().unwrap();
        for ticket in 0..3 {
            let (mine, source, mut theirs) = pair();
            drop(mine);
            watch(&mut selector, &source, ticket);
            theirs.write_all(b"x").unwrap();
            assert_eq!(ready(&mut selector), [ticket]);
            drop(source);
            assert!(theirs.write_all(b"x").is_err());
            assert_eq!(selector.places.len(), 1);
        }
    }
}

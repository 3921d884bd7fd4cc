//! Many descriptors behind one. An event loop that watches a selector's own descriptor learns
//! from it which of those inside are ready, and is told nothing new for each wait.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Weak};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Poll, Token};

use crate::wish::{Interest, Source};

/// The descriptors that one waiter waits for. Its own is ready to be read when one of them is.
///
/// It keeps none of them open: one that is closed is in here no more.
pub struct Selector {
    poll: Poll,
    events: Events,
    /// By the address of the source, which is not used again as long as its place is here.
    places: HashMap<usize, Place>,
    next: usize,
}

/// A descriptor's place in a [`Selector`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(usize);

struct Place {
    source: Weak<dyn Source>,
    slot: Slot,
}

impl Selector {
    /// Makes one with nothing inside.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(AT_ONCE),
            places: HashMap::new(),
            next: 0,
        })
    }

    /// Asks to be told once when something can happen to a descriptor, or can already. May be told
    /// more often.
    pub fn watch(&mut self, source: &Arc<dyn Source>, interest: Interest) -> io::Result<Slot> {
        let descriptor = source.as_fd().as_raw_fd();
        let mut inside = SourceFd(&descriptor);
        let interest = match interest {
            Interest::Read => mio::Interest::READABLE,
            Interest::Write => mio::Interest::WRITABLE,
            Interest::Both => mio::Interest::READABLE | mio::Interest::WRITABLE,
        };
        let registry = self.poll.registry();
        let address = Arc::as_ptr(source).cast::<()>().addr();
        if let Some(place) = self.places.get(&address) {
            // What is ready already is told of again, read to its end or not.
            registry.reregister(&mut inside, Token(place.slot.0), interest)?;
            return Ok(place.slot);
        }
        let slot = Slot(self.next);
        registry.register(&mut inside, Token(slot.0), interest)?;
        self.next += 1;
        self.places
            .retain(|_, place| place.source.strong_count() > 0);
        let source = Arc::downgrade(source);
        self.places.insert(address, Place { source, slot });
        Ok(slot)
    }

    /// Tells of a descriptor no more, as nobody waits for it here: it is used elsewhere, or over.
    pub fn forget(&mut self, slot: Slot) {
        let registry = self.poll.registry();
        self.places.retain(|_, place| {
            if place.slot == slot
                && let Some(source) = place.source.upgrade()
            {
                // It may be told of once more, which nobody minds.
                let _ = registry.deregister(&mut SourceFd(&source.as_fd().as_raw_fd()));
            }
            place.slot != slot
        });
    }

    /// Gives those that are ready, without waiting; what does not fit in stays ready.
    pub fn ready(&mut self) -> io::Result<impl Iterator<Item = Slot>> {
        match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        Ok(self.events.iter().map(|event| Slot(event.token().0)))
    }
}

impl AsRawFd for Selector {
    fn as_raw_fd(&self) -> RawFd {
        self.poll.as_raw_fd()
    }
}

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

    fn ready(selector: &mut Selector) -> Vec<Slot> {
        selector.ready().unwrap().collect()
    }

    #[test]
    fn what_is_ready_is_told_of() {
        let mut selector = Selector::new().unwrap();
        let (_, first, mut its_other) = pair();
        let (_, second, _kept) = pair();
        let slot = selector.watch(&first, Interest::Read).unwrap();
        assert_ne!(selector.watch(&second, Interest::Read).unwrap(), slot);
        assert_eq!(ready(&mut selector), []);
        its_other.write_all(b"x").unwrap();
        assert_eq!(ready(&mut selector), [slot]);
        assert_eq!(ready(&mut selector), []);
    }

    #[test]
    fn what_was_not_read_to_its_end_is_told_of_again() {
        let mut selector = Selector::new().unwrap();
        let (mine, source, mut theirs) = pair();
        let slot = selector.watch(&source, Interest::Read).unwrap();
        theirs.write_all(b"xy").unwrap();
        assert_eq!(ready(&mut selector), [slot]);
        assert_eq!((&*mine).read(&mut [0]).unwrap(), 1);
        assert_eq!(selector.watch(&source, Interest::Read).unwrap(), slot);
        assert_eq!(ready(&mut selector), [slot]);
        assert_eq!((&*mine).read(&mut [0]).unwrap(), 1);
        assert_eq!(selector.watch(&source, Interest::Read).unwrap(), slot);
        assert_eq!(ready(&mut selector), []);
    }

    #[test]
    fn room_to_write_is_told_of_where_it_was_asked_for() {
        let mut selector = Selector::new().unwrap();
        let (_, source, _theirs) = pair();
        let slot = selector.watch(&source, Interest::Read).unwrap();
        assert_eq!(ready(&mut selector), []);
        selector.watch(&source, Interest::Both).unwrap();
        assert_eq!(ready(&mut selector), [slot]);
    }

    #[test]
    fn the_end_of_the_other_side_is_told_of() {
        let mut selector = Selector::new().unwrap();
        let (_, source, theirs) = pair();
        let slot = selector.watch(&source, Interest::Read).unwrap();
        drop(theirs);
        assert_eq!(ready(&mut selector), [slot]);
    }

    #[test]
    fn what_is_forgotten_is_told_of_when_it_is_asked_for_again() {
        let mut selector = Selector::new().unwrap();
        let (_, source, mut theirs) = pair();
        let slot = selector.watch(&source, Interest::Read).unwrap();
        selector.forget(slot);
        theirs.write_all(b"x").unwrap();
        assert_eq!(ready(&mut selector), []);
        let slot = selector.watch(&source, Interest::Read).unwrap();
        assert_eq!(ready(&mut selector), [slot]);
    }

    #[test]
    fn one_that_is_closed_is_not_kept_and_its_number_is_free() {
        let mut selector = Selector::new().unwrap();
        for _ in 0..3 {
            let (mine, source, mut theirs) = pair();
            drop(mine);
            let slot = selector.watch(&source, Interest::Read).unwrap();
            theirs.write_all(b"x").unwrap();
            assert_eq!(ready(&mut selector), [slot]);
            drop(source);
            assert!(theirs.write_all(b"x").is_err());
            assert_eq!(selector.places.len(), 1);
        }
    }
}

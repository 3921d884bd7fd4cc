//! The frames of the protocol: messages are written to a buffer, and found in what was read
//! (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).

use std::ops::Range;

/// Bytes that were read, as frames.
#[derive(Default)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    /// Takes the next message out, if it is there as a whole: its letter and where its body is
    /// until more is read. `Err` where no message can begin like this.
    pub(crate) fn next(&mut self) -> Result<Option<(u8, Range<usize>)>, Garbage> {
        let Some([tag, a, b, c, d]) = self
            .bytes
            .get(self.start..self.end)
            .and_then(<[u8]>::first_chunk::<5>)
        else {
            return Ok(None);
        };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        if !tag.is_ascii_graphic() || !(4..=LONGEST).contains(&length) {
            return Err(Garbage);
        }
        let (tag, from, to) = (*tag, self.start + 5, self.start + 1 + length);
        if to > self.end {
            return Ok(None);
        }
        self.start = to;
        Ok(Some((tag, from..to)))
    }

    /// Gives the body of a message that [`Self::next`] found.
    pub(crate) fn body(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Takes one byte that is no message: the answer to a request for TLS.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.start..self.end)?.first()?;
        self.start += 1;
        Some(byte)
    }

    /// Tells whether nothing waits to be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Gives room for more, with what is unread before it.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() > KEPT {
                self.bytes = Vec::new();
            }
        }
        let wanted = self.wanted();
        if self.bytes.len() - self.end < wanted {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if self.bytes.len() - self.end < wanted {
                let size = (self.end + wanted).next_power_of_two();
                self.bytes.resize(size, 0);
            }
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// Notes that bytes were put into the room.
    pub(crate) fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Gives how much room is useful: the rest of the message that has begun, at least a bit.
    fn wanted(&self) -> usize {
        let unread = self.bytes.get(self.start..self.end).unwrap_or_default();
        let rest = unread.first_chunk::<5>().map_or(0, |[_, a, b, c, d]| {
            let whole = 1 + u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            whole.min(LONGEST).saturating_sub(unread.len())
        });
        rest.max(LEAST)
    }
}

/// What came is no message of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Garbage;

/// The longest message: a row may have nearly 1 GiB.
const LONGEST: usize = (1 << 30) + (1 << 20);

/// The least room for a read.
const LEAST: usize = 1 << 13;

/// The largest empty buffer that is kept.
const KEPT: usize = 1 << 20;

/// Appends a message; its length is filled in afterwards.
pub(crate) fn message(output: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
    output.push(tag);
    unnamed_message(output, body);
}

/// Appends a message without a letter, as the first one of a connection is.
pub(crate) fn unnamed_message(output: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = output.len();
    output.extend_from_slice(&[0; 4]);
    body(output);
    let length = output.len() - start;
    set_length(output, start, length);
}

/// Appends a text and the null that ends it.
pub(crate) fn cstr(output: &mut Vec<u8>, text: &str) {
    output.extend_from_slice(text.as_bytes());
    output.push(0);
}

/// Appends a value with its length before it.
pub(crate) fn sized(output: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = output.len();
    output.extend_from_slice(&[0; 4]);
    body(output);
    let length = output.len() - start - 4;
    set_length(output, start, length);
}

/// Appends a count of 16 bits. Who asks for more than that was refused before.
pub(crate) fn count(output: &mut Vec<u8>, number: usize) {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    output.extend_from_slice(&number.to_be_bytes());
}

fn set_length(output: &mut [u8], at: usize, length: usize) {
    // A statement of 2 GiB is refused before it comes here.
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    if let Some(place) = output.get_mut(at..at + 4) {
        place.copy_from_slice(&length);
    }
}

/// Reads a body from its start.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a>(pub(crate) &'a [u8]);

impl<'a> Body<'a> {
    /// Takes 16 bits.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_be_bytes)
    }

    /// Takes 32 bits.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_be_bytes)
    }

    /// Takes 32 bits with a sign.
    pub(crate) fn i32(&mut self) -> Option<i32> {
        self.chunk().map(i32::from_be_bytes)
    }

    /// Takes one byte.
    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.chunk().map(|[byte]: [u8; 1]| byte)
    }

    /// Takes bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Takes a text up to its null.
    pub(crate) fn cstr(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let text = self.0.get(..end)?;
        self.0 = self.0.get(end + 1..)?;
        Some(text)
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(input: &mut Input, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = input.room();
            let count = room.len().min(rest.len());
            room[..count].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            input.filled(count);
        }
    }

    #[test]
    fn messages_are_found_in_pieces() {
        let mut bytes = Vec::new();
        message(&mut bytes, b'Z', |body| body.push(b'I'));
        message(&mut bytes, b'D', |body| body.resize(body.len() + 40_000, 7));
        let mut input = Input::default();
        for piece in bytes.chunks(1_000) {
            fed(&mut input, piece);
        }
        let (tag, range) = input.next().unwrap().unwrap();
        assert_eq!((tag, input.body(range)), (b'Z', &b"I"[..]));
        let (tag, range) = input.next().unwrap().unwrap();
        assert_eq!((tag, input.body(range).len()), (b'D', 40_000));
        assert!(input.is_empty());
        assert_eq!(input.next(), Ok(None));
    }

    #[test]
    fn what_is_no_message_is_garbage() {
        for bytes in [
            &b"HTTP/1.1 400"[..],
            b"\x00\x00\x00\x00\x04",
            b"Z\x00\x00\x00\x03",
        ] {
            let mut input = Input::default();
            fed(&mut input, bytes);
            assert_eq!(input.next(), Err(Garbage), "{bytes:?}");
        }
    }
}

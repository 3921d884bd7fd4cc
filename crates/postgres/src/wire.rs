//! One connection as messages: sending, receiving, and how many answers the server owes.
//! What an abandoned operation left behind is settled here; what messages mean to a statement
//! is not known.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::time::{Duration, Instant};

use redstart_core::{Error, Result};
use redstart_wait::{Interest, by_deadline};

use crate::cancel::CancelKey;
use crate::error;
use crate::frame::{self, Body, Input};
use crate::stream::{Stream, is_pending};

/// What taking back unsent messages has to know.
#[derive(Clone, Copy, Default)]
struct Unsent {
    syncs: u32,
    unsynced_before: bool,
}

/// A connection that speaks the protocol.
pub(crate) struct Wire {
    stream: Stream,
    input: Input,
    output: Vec<u8>,
    sent: usize,
    /// How many `ReadyForQuery` the server owes.
    owed: u32,
    /// Messages were sent that no `Sync` follows yet.
    unsynced: bool,
    /// `I` idle, `T` in a transaction, `E` in one that failed.
    status: u8,
    parameters: HashMap<String, String>,
    notices: Vec<Error>,
    failure: Option<Error>,
    /// Of what was appended and not sent: how many `Sync`, and whether messages were sent before
    /// it that none follows.
    unsent: Unsent,
    pub(crate) cancel_key: Option<CancelKey>,
}

impl Wire {
    /// Takes a stream that is connected.
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            input: Input::default(),
            output: Vec::new(),
            sent: 0,
            owed: 0,
            unsynced: false,
            status: b'I',
            parameters: HashMap::new(),
            notices: Vec::new(),
            failure: None,
            unsent: Unsent::default(),
            cancel_key: None,
        }
    }

    /// Gives the stream.
    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// Gives a setting that the server reported.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Gives the transaction's status: `I`, `T` or `E`.
    pub(crate) fn status(&self) -> u8 {
        self.status
    }

    /// Takes the notices that came.
    pub(crate) fn take_notices(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.notices)
    }

    /// Gives why the connection is of no use any more.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Tells whether the connection is of no use any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.failure.is_some()
    }

    /// Tells whether an operation was left before its end.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.owed > 0 || self.unsynced || self.sent < self.output.len() || self.is_armed()
    }

    /// Tells whether the server may still obey a request to cancel something that has ended.
    fn is_armed(&self) -> bool {
        self.cancel_key.as_ref().is_some_and(CancelKey::is_armed)
    }

    /// Appends a message.
    pub(crate) fn put(&mut self, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
        self.unsynced = true;
        frame::message(&mut self.output, tag, body);
    }

    /// Appends a message whose body may not be writable; then nothing is appended.
    pub(crate) fn try_put(
        &mut self,
        tag: u8,
        body: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let start = self.output.len();
        let mut outcome = Ok(());
        frame::message(&mut self.output, tag, |output| outcome = body(output));
        if outcome.is_err() {
            self.output.truncate(start);
            return outcome;
        }
        self.unsynced = true;
        Ok(())
    }

    /// Appends a message without a letter.
    pub(crate) fn put_unnamed(&mut self, body: impl FnOnce(&mut Vec<u8>)) {
        frame::unnamed_message(&mut self.output, body);
    }

    /// Ends a sequence of messages: the server answers with `ReadyForQuery`.
    pub(crate) fn put_sync(&mut self) {
        frame::message(&mut self.output, b'S', |_| ());
        self.unsynced = false;
        self.owed += 1;
        self.unsent.syncs += 1;
    }

    /// Appends a question as text, which is a sequence of its own.
    pub(crate) fn put_query(&mut self, sql: &str) {
        frame::message(&mut self.output, b'Q', |body| frame::cstr(body, sql));
        self.owed += 1;
        self.unsent.syncs += 1;
    }

    /// Appends that no rows are going to be copied. The `Sync` before it was not listened to.
    pub(crate) fn refuse_copy(&mut self, sync: bool) {
        frame::message(&mut self.output, b'f', |body| {
            frame::cstr(body, "not supported");
        });
        if sync {
            frame::message(&mut self.output, b'S', |_| ());
        }
        // It is so short that there is room, or the connection is lost anyway.
        if let Ok(count) = self
            .stream
            .try_write(self.output.get(self.sent..).unwrap_or_default())
        {
            self.sent += count;
        }
    }

    /// Sends all that was appended. What arrives meanwhile is read: the server may not take
    /// more before its answers are.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        self.require_sound()?;
        while self.sent < self.output.len() || self.stream.holds_bytes() {
            let rest = self.output.get(self.sent..).unwrap_or_default();
            let written = if rest.is_empty() {
                self.stream.try_flush().map(|()| 0)
            } else {
                self.stream.try_write(rest)
            };
            match written {
                Ok(count) => self.sent += count,
                Err(error) if is_pending(&error) => {
                    self.try_fill()?;
                    self.stream.ready(Interest::Both).await;
                }
                Err(error) => return Err(self.write_failed(&error)),
            }
        }
        self.sent = 0;
        self.unsent = Unsent {
            syncs: 0,
            unsynced_before: self.unsynced,
        };
        if self.output.capacity() > KEPT {
            self.output = Vec::new();
        } else {
            self.output.clear();
        }
        Ok(())
    }

    /// Gives the next message that is part of an answer: its letter, and its body for
    /// [`Self::body`] until the next call.
    pub(crate) async fn next(&mut self) -> Result<(u8, Range<usize>)> {
        loop {
            if let Some(message) = self.try_next()? {
                return Ok(message);
            }
            self.stream.ready(Interest::Read).await;
            self.try_fill()?;
        }
    }

    /// Gives the next message if it has arrived.
    pub(crate) fn try_next(&mut self) -> Result<Option<(u8, Range<usize>)>> {
        loop {
            let Ok(found) = self.input.next() else {
                return Err(self.fail(error::garbage()));
            };
            let Some((tag, range)) = found else {
                return Ok(None);
            };
            match tag {
                b'S' => self.note_parameter(range),
                b'N' => self.note_notice(range),
                b'A' => {}
                b'Z' => {
                    self.owed = self.owed.saturating_sub(1);
                    self.status = self
                        .input
                        .body(range.clone())
                        .first()
                        .copied()
                        .unwrap_or(b'I');
                    return Ok(Some((tag, range)));
                }
                _ => return Ok(Some((tag, range))),
            }
        }
    }

    /// Gives the body of a message.
    pub(crate) fn body(&self, range: Range<usize>) -> &[u8] {
        self.input.body(range)
    }

    /// Reads one byte that is no message.
    pub(crate) async fn byte(&mut self) -> Result<u8> {
        loop {
            if let Some(byte) = self.input.byte() {
                return Ok(byte);
            }
            self.stream.ready(Interest::Read).await;
            self.try_fill()?;
        }
    }

    /// Tells whether bytes were read that nobody asked for yet.
    pub(crate) fn has_unread(&self) -> bool {
        !self.input.is_empty()
    }

    /// Reads answers up to the `ReadyForQuery` that ends what was synced last.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        while self.owed > 0 {
            self.next().await?;
        }
        Ok(())
    }

    /// Makes the connection ready for another operation: one that was left before its end is
    /// cancelled on the server, and what it would have answered is read.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        self.require_sound()?;
        if !self.is_unsettled() {
            return Ok(());
        }
        let deadline = Instant::now() + PATIENCE;
        self.take_back();
        let settled = by_deadline(Some(deadline), async {
            if self.unsynced {
                self.put_sync();
            }
            self.flush().await?;
            // A request that comes while the server still reads is ignored by it.
            while self.owed > 0 {
                if let Some(key) = self.cancel_key.clone() {
                    // A server that cannot be reached any more shows that below.
                    let _ = key.cancel(deadline).await;
                }
                let soon = Some(Instant::now() + AGAIN);
                if let Ok(outcome) = by_deadline(soon, self.finish()).await {
                    outcome?;
                    break;
                }
            }
            if let Some(key) = self.cancel_key.clone() {
                // A request that nobody waited for would hit the next statement.
                key.disarm().await;
            }
            Ok(())
        })
        .await;
        match settled {
            Ok(outcome) => outcome,
            Err(_) => Err(self.fail(error::lost(
                "the server did not end a cancelled statement in time; the connection is closed",
            ))),
        }
    }

    /// Takes back messages of which nothing was sent yet.
    fn take_back(&mut self) {
        if self.sent == 0 && !self.output.is_empty() && !self.stream.holds_bytes() {
            self.output.clear();
            self.owed -= self.unsent.syncs.min(self.owed);
            self.unsynced = self.unsent.unsynced_before;
            self.unsent.syncs = 0;
        }
    }

    /// Looks whether an idle connection still lives: nothing was said, or only by the way.
    pub(crate) fn is_alive(&mut self) -> bool {
        if self.is_broken() || self.try_fill().is_err() {
            return false;
        }
        match self.try_next() {
            Ok(None) => true,
            Ok(Some((b'E', range))) => {
                let report = error::report(self.input.body(range));
                self.fail(report);
                false
            }
            _ => false,
        }
    }

    /// Gives the error of a connection that is of no use any more.
    pub(crate) fn lost(&mut self) -> Error {
        let failure = self.failure.clone();
        failure.unwrap_or_else(|| self.fail(error::garbage()))
    }

    /// Marks the connection as one that is of no use any more.
    pub(crate) fn fail(&mut self, failure: Error) -> Error {
        self.failure.get_or_insert_with(|| failure.clone());
        failure
    }

    /// Begins the time of statements: what was said before was no sequence of them.
    pub(crate) fn begin(&mut self) {
        self.owed = 0;
        self.unsynced = false;
    }

    /// Says goodbye, if that can be done at once.
    pub(crate) fn goodbye(&mut self) {
        if self.failure.is_none() && self.sent == self.output.len() {
            let _ = self.stream.try_write(b"X\0\0\0\x04");
        }
        self.fail(error::interface("connection already closed"));
    }

    fn require_sound(&self) -> Result<()> {
        self.failure
            .as_ref()
            .map_or(Ok(()), |failure| Err(failure.clone()))
    }

    /// Reads what has arrived.
    fn try_fill(&mut self) -> Result<()> {
        let (mut came, mut is_reset) = (false, false);
        loop {
            let room = self.input.room();
            let size = room.len();
            match self.stream.try_read(room) {
                // What came before the end is looked at first: it says why.
                Ok(0) | Err(_) if came => return Ok(()),
                Ok(0) => return Err(self.fail(error::closed_by_server())),
                Ok(count) => {
                    self.input.filled(count);
                    came = true;
                    if count < size && !self.stream.is_encrypted() {
                        return Ok(());
                    }
                    // A whole buffer: the caller takes it before more is read.
                    if count == size {
                        return Ok(());
                    }
                }
                Err(error) if is_pending(&error) => return Ok(()),
                // A Unix socket tells first that the server left without reading all, and then
                // gives what the server had said: why.
                Err(error) if error.kind() == ErrorKind::ConnectionReset && !is_reset => {
                    is_reset = true;
                }
                Err(error) => return Err(self.fail(error::failed(&error))),
            }
        }
    }

    /// Gives the error of a failed write: what the server said before it closed, if it did.
    fn write_failed(&mut self, error: &std::io::Error) -> Error {
        let _ = self.try_fill();
        let mut said = None;
        while let Ok(Some((tag, range))) = self.input.next() {
            if tag == b'E' {
                said = Some(error::report(self.input.body(range)));
            }
        }
        self.failure = None;
        self.fail(said.unwrap_or_else(|| error::failed(error)))
    }

    fn note_parameter(&mut self, range: Range<usize>) {
        let mut body = Body(self.input.body(range));
        if let (Some(name), Some(value)) = (body.cstr(), body.cstr()) {
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let (name, value) = (text(name), text(value));
            self.parameters.insert(name, value);
        }
    }

    fn note_notice(&mut self, range: Range<usize>) {
        if self.notices.len() >= NOTICES {
            self.notices.remove(0);
        }
        let notice = error::report(self.input.body(range));
        self.notices.push(notice);
    }
}

/// The longest time in which a cancelled statement has to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// After which time a server that has not stopped is asked again.
const AGAIN: Duration = Duration::from_millis(50);

/// The largest empty buffer that is kept.
const KEPT: usize = 1 << 20;

/// How many notices are kept.
const NOTICES: usize = 50;

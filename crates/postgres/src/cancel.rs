//! The request that cancels what a connection runs: it goes over a connection of its own
//! (<https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS>).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use redstart_core::Result;
use redstart_wait::{Deadline, by_deadline};
use socket2::SockAddr;

use crate::error;
use crate::frame::unnamed_message;
use crate::socket;
use crate::stream::Stream;

/// What the server wants to see before it cancels.
#[derive(Clone)]
pub(crate) struct CancelKey {
    address: Arc<SockAddr>,
    process: u32,
    secret: Vec<u8>,
    left: Arc<Left>,
}

/// Requests that were sent, and whose end nobody has waited for: the server may still obey them.
#[derive(Default)]
struct Left {
    count: AtomicUsize,
    requests: Mutex<Vec<Stream>>,
}

impl CancelKey {
    /// Takes what the server said when the connection was made.
    pub(crate) fn new(address: Arc<SockAddr>, process: u32, secret: &[u8]) -> Self {
        Self {
            address,
            process,
            secret: secret.to_vec(),
            left: Arc::default(),
        }
    }

    /// Tells whether the server may still cancel what runs next.
    pub(crate) fn is_armed(&self) -> bool {
        self.left.count.load(Ordering::Acquire) > 0
    }

    /// Waits until the server has taken all requests that were left.
    pub(crate) async fn disarm(&self) {
        while let Some(request) = Sent::left(&self.left) {
            request.taken().await;
        }
    }

    /// Gives the number of the server's process, as the server tells it.
    pub(crate) fn process(&self) -> u32 {
        self.process
    }

    /// Asks the server to cancel, and waits until it has taken the request.
    pub(crate) async fn cancel(&self, deadline: Instant) -> Result<()> {
        match by_deadline(Some(deadline), self.request()).await {
            Ok(outcome) => outcome,
            Err(Deadline) => Err(error::lost("the server took no request to cancel in time")),
        }
    }

    async fn request(&self) -> Result<()> {
        let socket = socket::connect(&self.address).await;
        let mut stream = Stream::new(socket.map_err(|error| error::failed(&error))?);
        let mut request = Vec::new();
        unnamed_message(&mut request, |body| {
            body.extend_from_slice(&CANCEL.to_be_bytes());
            body.extend_from_slice(&self.process.to_be_bytes());
            body.extend_from_slice(&self.secret);
        });
        // A new connection has room for so few bytes.
        stream
            .try_write(&request)
            .map_err(|error| error::failed(&error))?;
        Sent::new(stream, &self.left).taken().await;
        Ok(())
    }
}

/// A request that was sent. It is left to others where it is dropped before the server has taken it.
struct Sent<'a> {
    stream: Option<Stream>,
    left: &'a Left,
}

impl<'a> Sent<'a> {
    fn new(stream: Stream, left: &'a Left) -> Self {
        left.count.fetch_add(1, Ordering::AcqRel);
        let stream = Some(stream);
        Self { stream, left }
    }

    /// Gives one that was left.
    fn left(left: &'a Left) -> Option<Self> {
        let stream = left.requests().pop();
        stream.map(|stream| Self {
            stream: Some(stream),
            left,
        })
    }

    /// Waits until the server closes the connection, as it does when it has sent the signal.
    async fn taken(mut self) {
        let mut nothing = [0; 16];
        while let Some(stream) = &mut self.stream {
            match stream.try_read(&mut nothing) {
                Ok(count) if count > 0 => {}
                Err(error) if crate::stream::is_pending(&error) => {
                    stream.ready(redstart_wait::Interest::Read).await;
                }
                _ => self.stream = None,
            }
        }
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        match self.stream.take() {
            Some(stream) => self.left.requests().push(stream),
            None => {
                self.left.count.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }
}

impl Left {
    fn requests(&self) -> std::sync::MutexGuard<'_, Vec<Stream>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const CANCEL: u32 = 80_877_102;

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;
    use std::time::Duration;

    use redstart_wait::wait;

    use super::*;

    #[test]
    fn a_request_that_was_left_is_waited_for_until_the_server_has_taken_it() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Arc::new(SockAddr::from(server.local_addr().unwrap()));
        let key = CancelKey::new(address, 7, b"secret");
        let soon = || Instant::now() + Duration::from_millis(20);
        assert!(wait(key.cancel(soon())).is_err());
        assert!(key.is_armed());
        // All who have the key wait for it, and one who gives up leaves it again.
        let other = key.clone();
        assert_eq!(
            wait(by_deadline(Some(soon()), other.disarm())),
            Err(Deadline)
        );
        assert!(key.is_armed());
        let (mut client, _) = server.accept().unwrap();
        let mut request = [0; 18];
        client.read_exact(&mut request).unwrap();
        drop(client);
        wait(other.disarm());
        assert!(!key.is_armed());
    }
}

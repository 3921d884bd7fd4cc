//! The request that cancels what a connection runs: it goes over a connection of its own
//! (<https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS>).

use std::sync::Arc;
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
}

impl CancelKey {
    /// Takes what the server said when the connection was made.
    pub(crate) fn new(address: Arc<SockAddr>, process: u32, secret: &[u8]) -> Self {
        Self {
            address,
            process,
            secret: secret.to_vec(),
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
        // The server closes the connection when it has sent the signal.
        let mut nothing = [0; 16];
        loop {
            match stream.try_read(&mut nothing) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if crate::stream::is_pending(&error) => {
                    stream.ready(redstart_wait::Interest::Read).await;
                }
                Err(_) => return Ok(()),
            }
        }
    }
}

const CANCEL: u32 = 80_877_102;

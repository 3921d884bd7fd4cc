//! The socket and, where it is asked for, TLS over it: non-blocking reads and writes that
//! wait by a wish. What the bytes mean is not known here.

use std::io::{self, Read, Write};
use std::sync::Arc;

use redstart_wait::{Interest, Source, readiness};
use rustls::ClientConnection;
use socket2::Socket;

/// A connected, non-blocking stream.
pub(crate) struct Stream {
    socket: Arc<Socket>,
    tls: Option<Box<ClientConnection>>,
}

impl Stream {
    /// Takes a socket that is connected or is connecting.
    pub(crate) fn new(socket: Arc<Socket>) -> Self {
        Self { socket, tls: None }
    }

    /// Gives the socket.
    pub(crate) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Speaks TLS from now on, and waits for the handshake.
    pub(crate) async fn start_tls(&mut self, session: ClientConnection) -> io::Result<()> {
        let tls = self.tls.insert(Box::new(session));
        while tls.is_handshaking() {
            if tls.wants_write() {
                match tls.write_tls(&mut &*self.socket) {
                    Ok(_) => {}
                    Err(error) if is_pending(&error) => {
                        readiness(source(&self.socket), Interest::Write).await;
                    }
                    Err(error) => return Err(error),
                }
            } else if let Err(error) = read_records(tls, &self.socket) {
                if !is_pending(&error) {
                    // The other side wants to know why, if it still listens.
                    let _ = tls.write_tls(&mut &*self.socket);
                    return Err(error);
                }
                readiness(source(&self.socket), Interest::Read).await;
            }
        }
        Ok(())
    }

    /// Gives the certificate of the other side.
    pub(crate) fn peer_certificate(&self) -> Option<&[u8]> {
        let certificates = self.tls.as_ref()?.peer_certificates()?;
        certificates.first().map(AsRef::as_ref)
    }

    /// Tells whether TLS is spoken.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// Reads what is there; `WouldBlock` where nothing is, 0 at the end.
    pub(crate) fn try_read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else {
            return retried(|| (&*self.socket).read(buffer));
        };
        loop {
            match tls.reader().read(buffer) {
                Err(error) if is_pending(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                outcome => return outcome,
            }
            read_records(tls, &self.socket)?;
        }
    }

    /// Writes what there is room for; `WouldBlock` where there is none.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else {
            return retried(|| (&*self.socket).write(bytes));
        };
        while tls.wants_write() {
            tls.write_tls(&mut &*self.socket)?;
        }
        let taken = tls.writer().write(bytes)?;
        while tls.wants_write() {
            match tls.write_tls(&mut &*self.socket) {
                Ok(_) => {}
                // What was taken goes with the next write or flush.
                Err(error) if is_pending(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// Tells whether bytes that were taken are not on their way yet.
    pub(crate) fn holds_bytes(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Sends bytes that were taken; `WouldBlock` where there is no room.
    pub(crate) fn try_flush(&mut self) -> io::Result<()> {
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                tls.write_tls(&mut &*self.socket)?;
            }
        }
        Ok(())
    }

    /// Waits until the socket is ready.
    pub(crate) async fn ready(&self, interest: Interest) {
        readiness(source(&self.socket), interest).await;
    }
}

/// Tells whether an error only says that nothing can be done now.
pub(crate) fn is_pending(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

fn source(socket: &Arc<Socket>) -> Arc<dyn Source> {
    Arc::clone(socket) as Arc<dyn Source>
}

/// Takes encrypted bytes from the socket.
fn read_records(tls: &mut ClientConnection, socket: &Socket) -> io::Result<()> {
    let mut socket = socket;
    if retried(|| tls.read_tls(&mut socket))? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    tls.process_new_packets()
        .map(drop)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn retried(mut work: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match work() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

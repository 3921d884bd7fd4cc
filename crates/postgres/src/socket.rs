//! Sockets: made, set up and connected without blocking.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;

use redstart_wait::{Interest, offload, readiness};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// Connects to an address.
pub(crate) async fn connect(address: &SockAddr) -> io::Result<Arc<Socket>> {
    let domain = address.domain();
    let protocol = (domain != Domain::UNIX).then_some(Protocol::TCP);
    let socket = Socket::new(domain, Type::STREAM, protocol)?;
    socket.set_nonblocking(true)?;
    if domain != Domain::UNIX {
        socket.set_tcp_nodelay(true)?;
    }
    let socket = Arc::new(socket);
    if let Err(error) = socket.connect(address) {
        if !is_under_way(&error) {
            return Err(error);
        }
        readiness(Arc::clone(&socket) as Arc<_>, Interest::Write).await;
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
    }
    Ok(socket)
}

/// Finds the addresses of a host.
pub(crate) async fn resolve(host: &str, port: u16) -> io::Result<Vec<SockAddr>> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port).into()]);
    }
    let host = host.to_owned();
    let found = offload(move || {
        let found = (host.as_str(), port).to_socket_addrs()?;
        Ok::<Vec<SockAddr>, io::Error>(found.map(SockAddr::from).collect())
    });
    found.await
}

/// Gives the address of a socket file, or of an abstract socket (`@name`).
pub(crate) fn unix(path: &Path) -> io::Result<SockAddr> {
    let bytes = path.as_os_str().as_encoded_bytes();
    match bytes.split_first() {
        Some((b'@', name)) => {
            let mut abstracted = vec![0];
            abstracted.extend_from_slice(name);
            let abstracted = String::from_utf8(abstracted)
                .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
            SockAddr::unix(abstracted)
        }
        _ => SockAddr::unix(path),
    }
}

fn is_under_way(error: &io::Error) -> bool {
    // A Unix socket whose queue is full says `EAGAIN`; it is tried again by the caller's caller.
    error.raw_os_error() == Some(EINPROGRESS) || error.kind() == io::ErrorKind::Interrupted
}

#[cfg(target_os = "linux")]
const EINPROGRESS: i32 = 115;
#[cfg(not(target_os = "linux"))]
const EINPROGRESS: i32 = 36;

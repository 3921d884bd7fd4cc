//! From options to a connection: hosts and their addresses are tried in turn, with or without
//! TLS, each within its time, until one serves.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;
use std::time::Instant;

use redstart_core::{Error, ErrorKind, Result};
use redstart_wait::{Deadline, by_deadline};
use socket2::{SockAddr, SockRef, Socket, TcpKeepalive};

use crate::error;
use crate::login::{Encryption, log_in};
use crate::options::{Endpoint, Host, LoadBalanceHosts, Options, SslMode, TargetSessionAttrs};
use crate::session::Session;
use crate::socket;
use crate::stream::Stream;
use crate::wire::Wire;

/// Opens a connection that is ready for statements.
pub(crate) async fn connect(options: &Options, cached_statements: usize) -> Result<Session> {
    let mut failures = Vec::new();
    let wanted = options.target_session_attrs;
    let passes: &[TargetSessionAttrs] = if wanted == TargetSessionAttrs::PreferStandby {
        &[TargetSessionAttrs::Standby, TargetSessionAttrs::Any]
    } else {
        &[wanted]
    };
    for wanted in passes {
        for host in in_order(options, &options.hosts) {
            let addresses = match addresses(host).await {
                Ok(addresses) => addresses,
                Err(error) => {
                    failures.push(unresolved(host, &error));
                    continue;
                }
            };
            for address in in_order(options, &addresses) {
                match at_address(options, host, address, *wanted, cached_statements).await {
                    Ok(session) => return Ok(session),
                    Err(failure) => failures.push(failure),
                }
            }
        }
    }
    Err(all_failed(&failures))
}

async fn at_address(
    options: &Options,
    host: &Host,
    address: &SockAddr,
    wanted: TargetSessionAttrs,
    cached_statements: usize,
) -> Result<Session> {
    let deadline = options.connect_timeout.map(|limit| Instant::now() + limit);
    let address = Arc::new(address.clone());
    let attempt = by_deadline(deadline, async {
        let mut failure = None;
        for encryption in encryptions(options, host) {
            let session = attempt(options, host, &address, *encryption, cached_statements).await;
            match session {
                Ok(mut session) => {
                    fits(&mut session, wanted).await?;
                    return Ok(session);
                }
                // The server or the network, not the way we speak to it.
                Err(error)
                    if error.sqlstate().is_none_or(|code| !code.starts_with("28"))
                        && !error.message().starts_with("SSL") =>
                {
                    return Err(error);
                }
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        Err(failure.unwrap_or_else(error::closed_by_server))
    });
    let outcome = attempt
        .await
        .unwrap_or_else(|Deadline| Err(Error::new(ErrorKind::Operational, "timeout expired")));
    outcome.map_err(|error| placed(host, &address, &error))
}

/// Gives the ways to speak to a host, in the order in which `sslmode` wants them tried.
fn encryptions(options: &Options, host: &Host) -> &'static [Encryption] {
    if matches!(host.host, Endpoint::Unix(_)) {
        return &[Encryption::Plain];
    }
    match options.sslmode {
        SslMode::Disable => &[Encryption::Plain],
        SslMode::Allow => &[Encryption::Plain, Encryption::Required],
        SslMode::Prefer => &[Encryption::IfOffered, Encryption::Plain],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[Encryption::Required],
    }
}

async fn attempt(
    options: &Options,
    host: &Host,
    address: &Arc<SockAddr>,
    encryption: Encryption,
    cached_statements: usize,
) -> Result<Session> {
    let socket = socket::connect(address).await;
    let socket = socket.map_err(|error| unreachable(host, &error))?;
    if !matches!(host.host, Endpoint::Unix(_)) {
        // A keepalive that the system does not know is one less.
        let _ = keep_alive(options, &socket);
    }
    let mut wire = Wire::new(Stream::new(socket));
    log_in(&mut wire, options, host, address, encryption).await?;
    let mut session = Session::new(wire, cached_statements, true);
    let pooled = is_pooled(&mut session).await?;
    Ok(Session::new(session.wire, cached_statements, pooled))
}

/// Tells whether a pooler stands before the server: the process that serves us is not the
/// one that we were told of.
async fn is_pooled(session: &mut Session) -> Result<bool> {
    let answer = session.run_text("SELECT pg_backend_pid()").await;
    let told = session
        .wire
        .cancel_key
        .as_ref()
        .map(|key| i64::from(key.process()));
    match answer {
        Ok(answer) => Ok(told.is_none() || first_number(&answer) != told),
        Err(error) if error.is_connection_lost() => Err(error),
        Err(_) => Ok(true),
    }
}

fn first_number(answer: &crate::answer::Answer) -> Option<i64> {
    match answer.batches.front()?.cell(0, 0) {
        redstart_core::Cell::Int(number) => Some(number),
        _ => None,
    }
}

/// Fails where a server is not of the kind that is wanted.
async fn fits(session: &mut Session, wanted: TargetSessionAttrs) -> Result<()> {
    let (question, yes) = match wanted {
        TargetSessionAttrs::Any | TargetSessionAttrs::PreferStandby => return Ok(()),
        TargetSessionAttrs::ReadWrite => ("SHOW transaction_read_only", &b"off"[..]),
        TargetSessionAttrs::ReadOnly => ("SHOW transaction_read_only", &b"on"[..]),
        TargetSessionAttrs::Primary => ("SELECT pg_is_in_recovery()::text", &b"false"[..]),
        TargetSessionAttrs::Standby => ("SELECT pg_is_in_recovery()::text", &b"true"[..]),
    };
    let answer = session.run_text(question).await?;
    let is_so = answer
        .batches
        .front()
        .is_some_and(|batch| match batch.cell(0, 0) {
            redstart_core::Cell::Text(span) => batch.bytes(span) == yes,
            _ => false,
        });
    if is_so {
        return Ok(());
    }
    session.wire.goodbye();
    Err(Error::new(
        ErrorKind::Operational,
        format!("the session is not {wanted:?}, which target_session_attrs asks for"),
    ))
}

/// Gives the name of a host: what the certificate has to name, and what messages say.
pub(crate) fn name_of(host: &Host) -> String {
    match &host.host {
        Endpoint::Tcp(name) => name.clone(),
        Endpoint::Unix(directory) => directory.display().to_string(),
    }
}

async fn addresses(host: &Host) -> io::Result<Vec<SockAddr>> {
    match (&host.host, host.hostaddr) {
        (Endpoint::Unix(directory), _) => {
            let path = directory.join(format!(".s.PGSQL.{}", host.port));
            socket::unix(&path).map(|address| vec![address])
        }
        (Endpoint::Tcp(_), Some(address)) => {
            Ok(vec![std::net::SocketAddr::new(address, host.port).into()])
        }
        (Endpoint::Tcp(name), None) => socket::resolve(name, host.port).await,
    }
}

fn keep_alive(options: &Options, socket: &Arc<Socket>) -> io::Result<()> {
    let socket = SockRef::from(&**socket);
    if options.keepalives {
        let mut settings = TcpKeepalive::new();
        if let Some(idle) = options.keepalives_idle {
            settings = settings.with_time(idle);
        }
        if let Some(interval) = options.keepalives_interval {
            settings = settings.with_interval(interval);
        }
        if let Some(count) = options.keepalives_count {
            settings = settings.with_retries(count);
        }
        socket.set_tcp_keepalive(&settings)?;
    }
    #[cfg(target_os = "linux")]
    if options.tcp_user_timeout.is_some() {
        socket.set_tcp_user_timeout(options.tcp_user_timeout)?;
    }
    Ok(())
}

/// Gives things in the order in which they are to be tried.
fn in_order<'a, T>(options: &Options, things: &'a [T]) -> Vec<&'a T> {
    let mut order: Vec<&T> = things.iter().collect();
    if options.load_balance_hosts == LoadBalanceHosts::Random {
        // The standard library's hasher has a random key.
        let chance = RandomState::new();
        let mut keyed: Vec<(u64, &T)> = order
            .iter()
            .enumerate()
            .map(|(place, thing)| (chance.hash_one(place), *thing))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        order = keyed.into_iter().map(|(_, thing)| thing).collect();
    }
    order
}

fn unresolved(host: &Host, error: &io::Error) -> Error {
    Error::new(
        ErrorKind::Operational,
        format!(
            "could not translate host name \"{}\" to address: {error}\n",
            name_of(host)
        ),
    )
}

fn unreachable(host: &Host, error: &io::Error) -> Error {
    let text = match error.raw_os_error() {
        Some(_) => {
            let text = error.to_string();
            text.split(" (os error")
                .next()
                .unwrap_or_default()
                .to_owned()
        }
        None => error.to_string(),
    };
    let hint = match host.host {
        Endpoint::Unix(_) => {
            "Is the server running locally and accepting connections on that socket?"
        }
        Endpoint::Tcp(_) => "Is the server running on that host and accepting TCP/IP connections?",
    };
    Error::new(ErrorKind::Operational, format!("{text}\n\t{hint}\n"))
}

/// Says where a failure happened, in libpq's words; every failure to connect is operational.
fn placed(host: &Host, address: &SockAddr, error: &Error) -> Error {
    let place = match &host.host {
        Endpoint::Unix(directory) => {
            let path = directory.join(format!(".s.PGSQL.{}", host.port));
            format!("on socket \"{}\"", path.display())
        }
        Endpoint::Tcp(name) => match address.as_socket().map(|address| address.ip().to_string()) {
            Some(ip) if ip != *name => format!("at \"{name}\" ({ip}), port {}", host.port),
            _ => format!("at \"{name}\", port {}", host.port),
        },
    };
    let severity = error
        .detail("severity")
        .map_or(String::new(), |severity| format!("{severity}:  "));
    let message = format!(
        "connection to server {place} failed: {severity}{}",
        error.message()
    );
    let kind = match error.kind() {
        ErrorKind::NotSupported => ErrorKind::NotSupported,
        _ => ErrorKind::Operational,
    };
    let mut placed = Error::new(kind, message).with_connection_lost();
    if let Some(sqlstate) = error.sqlstate() {
        placed = placed.with_sqlstate(sqlstate);
    }
    for (name, text) in error.details() {
        placed = placed.with_detail(name, text.as_str());
    }
    placed
}

/// Gives the last failure, with the messages of those before it.
fn all_failed(failures: &[Error]) -> Error {
    let messages: Vec<&str> = failures.iter().map(Error::message).collect();
    let message = messages.concat();
    let Some(last) = failures.last() else {
        return Error::new(ErrorKind::Operational, "there is no host to connect to");
    };
    let mut failure = Error::new(last.kind(), message).with_connection_lost();
    if let Some(sqlstate) = last.sqlstate() {
        failure = failure.with_sqlstate(sqlstate);
    }
    for (name, text) in last.details() {
        failure = failure.with_detail(name, text.as_str());
    }
    failure
}

/// Reads a version such as `15.18 (Debian 15.18-0)` as libpq does: 150018.
pub(crate) fn version_number(text: &str) -> i32 {
    let digits = |text: &str| {
        let end = text.find(|character: char| !character.is_ascii_digit());
        text.get(..end.unwrap_or(text.len()))
            .and_then(|text| text.parse::<i32>().ok())
    };
    let mut parts = text.split('.');
    let major = parts.next().and_then(digits).unwrap_or(0);
    let minor = parts.next().and_then(digits).unwrap_or(0);
    if major >= 10 {
        return major * 10_000 + minor;
    }
    major * 10_000 + minor * 100 + parts.next().and_then(digits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_libpq_does() {
        assert_eq!(version_number("15.18 (Debian 15.18-0+deb12u1)"), 150_018);
        assert_eq!(version_number("17beta1"), 170_000);
        assert_eq!(version_number("9.6.24"), 90_624);
    }
}

//! The first words on a connection: TLS, who we are and the proof of it, and what the server
//! says about itself (<https://www.postgresql.org/docs/current/protocol-flow.html>).

use std::io;
use std::sync::Arc;

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{
    self, ChannelBinding as Binding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};
use redstart_core::{Error, ErrorKind, Result};
use socket2::SockAddr;

use crate::cancel::CancelKey;
use crate::channel_binding;
use crate::connect::name_of;
use crate::error;
use crate::frame::{Body, cstr};
use crate::options::{ChannelBinding, Host, Options, SslNegotiation};
use crate::tls;
use crate::wire::Wire;

/// Whether TLS is spoken on a connection that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Never.
    Plain,
    /// If the server has it.
    IfOffered,
    /// Always.
    Required,
}

/// Logs in on a connection that was just made.
pub(crate) async fn log_in(
    wire: &mut Wire,
    options: &Options,
    host: &Host,
    address: &Arc<SockAddr>,
    encryption: Encryption,
) -> Result<()> {
    if encryption != Encryption::Plain {
        start_tls(wire, options, host, encryption).await?;
    }
    wire.put_unnamed(|body| {
        body.extend_from_slice(&PROTOCOL.to_be_bytes());
        for (name, value) in parameters(options) {
            cstr(body, name);
            cstr(body, value);
        }
        body.push(0);
    });
    wire.flush().await?;
    let mut login = Login {
        wire,
        options,
        host,
        scram: None,
    };
    login.authenticate().await?;
    login.greetings(address).await
}

async fn start_tls(
    wire: &mut Wire,
    options: &Options,
    host: &Host,
    encryption: Encryption,
) -> Result<()> {
    if options.sslnegotiation == SslNegotiation::Postgres {
        wire.put_unnamed(|body| body.extend_from_slice(&SSL_REQUEST.to_be_bytes()));
        wire.flush().await?;
        match wire.byte().await? {
            b'S' if !wire.has_unread() => {}
            b'N' if encryption == Encryption::IfOffered => return Ok(()),
            b'N' => {
                return Err(Error::new(
                    ErrorKind::Operational,
                    "server does not support SSL, but SSL was required",
                ));
            }
            _ => return Err(error::garbage()),
        }
    }
    let session = tls::session(options, &name_of(host))?;
    let started = wire.stream().start_tls(session).await;
    started.map_err(|error| {
        let reason = if error.kind() == io::ErrorKind::UnexpectedEof {
            "the server closed the connection".to_owned()
        } else {
            error.to_string()
        };
        error::lost(format!("SSL error: {reason}"))
    })
}

fn parameters(options: &Options) -> Vec<(&str, &str)> {
    let mut parameters = vec![
        ("user", options.user.as_str()),
        ("database", options.dbname.as_str()),
        ("client_encoding", "UTF8"),
        ("DateStyle", "ISO"),
    ];
    if let Some(name) = options.reported_application_name() {
        parameters.push(("application_name", name));
    }
    if let Some(text) = &options.options {
        parameters.push(("options", text));
    }
    for (name, value) in &options.startup_settings {
        if !name.eq_ignore_ascii_case("datestyle") {
            parameters.push((name, value));
        }
    }
    parameters
}

struct Login<'a> {
    wire: &'a mut Wire,
    options: &'a Options,
    host: &'a Host,
    scram: Option<ScramSha256>,
}

impl Login<'_> {
    async fn authenticate(&mut self) -> Result<()> {
        loop {
            let (tag, range) = self.wire.next().await?;
            let body = self.wire.body(range).to_vec();
            match tag {
                b'R' => {
                    let mut body = Body(&body);
                    let request = body.u32().ok_or_else(error::garbage)?;
                    if request == 0 {
                        return self.require_binding();
                    }
                    self.answer(request, body.0).await?;
                }
                b'E' => return Err(error::report(&body)),
                // A newer minor version of the protocol was asked for; none is.
                b'v' => {}
                _ => return Err(error::garbage()),
            }
        }
    }

    async fn answer(&mut self, request: u32, rest: &[u8]) -> Result<()> {
        match request {
            3 => {
                let password = self.password()?;
                self.send(|body| cstr(body, &password)).await
            }
            5 => {
                let salt = *rest.first_chunk::<4>().ok_or_else(error::garbage)?;
                let password = self.password()?;
                let user = self.options.user.as_bytes();
                let hash = md5_hash(user, password.as_bytes(), salt);
                self.send(|body| cstr(body, &hash)).await
            }
            10 => self.begin_scram(rest).await,
            11 => {
                let scram = self.scram.as_mut().ok_or_else(error::garbage)?;
                scram.update(rest).map_err(|error| refused(&error))?;
                let message = scram.message().to_vec();
                self.send(|body| body.extend_from_slice(&message)).await
            }
            12 => {
                let scram = self.scram.as_mut().ok_or_else(error::garbage)?;
                scram.finish(rest).map_err(|error| refused(&error))
            }
            _ => Err(Error::new(
                ErrorKind::NotSupported,
                format!(
                    "the server asks for authentication method {request} (Kerberos, GSSAPI or \
                     SSPI), which is not supported: use scram-sha-256, md5, password, cert or trust"
                ),
            )),
        }
    }

    async fn begin_scram(&mut self, mut mechanisms: &[u8]) -> Result<()> {
        let mut offered = Vec::new();
        while let Some(name) = Body(mechanisms).cstr().filter(|name| !name.is_empty()) {
            mechanisms = mechanisms.get(name.len() + 1..).unwrap_or_default();
            offered.push(String::from_utf8_lossy(name).into_owned());
        }
        let offers = |name: &str| offered.iter().any(|one| one == name);
        let wanted = self.options.channel_binding != ChannelBinding::Disable;
        let certificate = self.wire.stream().peer_certificate().map(<[u8]>::to_vec);
        let hash = certificate.as_deref().and_then(channel_binding::end_point);
        let (mechanism, binding) = match hash {
            Some(hash) if wanted && offers(SCRAM_SHA_256_PLUS) => {
                (SCRAM_SHA_256_PLUS, Binding::tls_server_end_point(hash))
            }
            Some(_) if wanted && offers(SCRAM_SHA_256) => (SCRAM_SHA_256, Binding::unrequested()),
            _ if offers(SCRAM_SHA_256) => (SCRAM_SHA_256, Binding::unsupported()),
            _ => {
                return Err(Error::new(
                    ErrorKind::NotSupported,
                    format!("none of the server's SASL mechanisms is supported: {offered:?}"),
                ));
            }
        };
        if self.options.channel_binding == ChannelBinding::Require
            && mechanism != SCRAM_SHA_256_PLUS
        {
            return Err(no_binding());
        }
        let password = self.password()?;
        let scram: ScramSha256 = sasl::ScramSha256::new(password.as_bytes(), binding);
        let first = scram.message().to_vec();
        self.scram = Some(scram);
        self.send(|body| {
            cstr(body, mechanism);
            let length = u32::try_from(first.len()).unwrap_or(u32::MAX);
            body.extend_from_slice(&length.to_be_bytes());
            body.extend_from_slice(&first);
        })
        .await
    }

    fn require_binding(&self) -> Result<()> {
        if self.options.channel_binding == ChannelBinding::Require && self.scram.is_none() {
            return Err(no_binding());
        }
        Ok(())
    }

    async fn send(&mut self, body: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        self.wire.put(b'p', body);
        self.wire.flush().await
    }

    fn password(&self) -> Result<String> {
        if let Some(password) = self.options.password_for(self.host) {
            return Ok(password.reveal().to_owned());
        }
        // Why the password file was of no use is what a user has to know here.
        let notices = self.options.notices.iter().map(String::as_str);
        let words = std::iter::once("fe_sendauth: no password supplied").chain(notices);
        let words: Vec<&str> = words.collect();
        Err(Error::new(ErrorKind::Operational, words.join("\n")))
    }

    /// Reads what the server says about itself, until it waits for statements.
    async fn greetings(&mut self, address: &Arc<SockAddr>) -> Result<()> {
        loop {
            let (tag, range) = self.wire.next().await?;
            match tag {
                b'K' => {
                    let mut body = Body(self.wire.body(range));
                    let process = body.u32().ok_or_else(error::garbage)?;
                    let key = CancelKey::new(Arc::clone(address), process, body.0);
                    self.wire.cancel_key = Some(key);
                }
                b'Z' => {
                    self.wire.begin();
                    return Ok(());
                }
                b'E' => return Err(error::report(self.wire.body(range))),
                _ => return Err(error::garbage()),
            }
        }
    }
}

fn refused(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::Operational,
        format!("SCRAM authentication failed: {error}"),
    )
}

fn no_binding() -> Error {
    Error::new(
        ErrorKind::Operational,
        "channel binding is required, but the server did not complete authentication that \
         supports channel binding",
    )
}

/// Version 3.0 of the protocol.
const PROTOCOL: u32 = 196_608;
const SSL_REQUEST: u32 = 80_877_103;

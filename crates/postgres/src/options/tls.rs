//! How a connection is encrypted, whom it trusts and how it shows who it is.
//! See <https://www.postgresql.org/docs/current/libpq-ssl.html>.

use std::path::PathBuf;

use redstart_core::{Error, ErrorKind, Result};

use super::choice;
use super::environment::Environment;
use super::settings::Settings;

/// Whether TLS is used, and what is verified (`sslmode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS only if the server refuses without.
    Allow,
    /// TLS if the server has it.
    #[default]
    Prefer,
    /// Always TLS.
    Require,
    /// Always TLS, and the certificate's chain is verified.
    VerifyCa,
    /// Always TLS, and the certificate's chain and host name are verified.
    VerifyFull,
}

impl SslMode {
    /// Tells whether the connection fails without TLS.
    pub fn is_mandatory(self) -> bool {
        matches!(self, Self::Require | Self::VerifyCa | Self::VerifyFull)
    }

    /// Tells whether the connection fails without a verified certificate.
    pub fn verifies(self) -> bool {
        matches!(self, Self::VerifyCa | Self::VerifyFull)
    }

    /// Gives the word in options.
    pub fn as_str(self) -> &'static str {
        let named = MODES.iter().find(|(_, mode)| *mode == self);
        named.map_or("", |(word, _)| word)
    }
}

/// How TLS begins (`sslnegotiation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SslNegotiation {
    /// By asking the server for it first.
    #[default]
    Postgres,
    /// At once, with ALPN (PostgreSQL 17 and newer).
    Direct,
}

/// Who may sign the server's certificate (`sslrootcert`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootCertificates {
    /// The certificates of a PEM file.
    File(PathBuf),
    /// Whom the operating system trusts.
    System,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// Whether a SCRAM login is bound to the TLS channel (`channel_binding`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If both sides can.
    #[default]
    Prefer,
    /// Always: another login fails.
    Require,
}

/// Reads the mode, which `sslrootcert=system` makes `verify-full`.
pub(super) fn sslmode(settings: &Settings) -> Result<SslMode> {
    let given = choice::word(settings, "sslmode", MODES)?;
    if settings.value("sslrootcert") != Some(SYSTEM) {
        return Ok(given.unwrap_or_default());
    }
    match given {
        None | Some(SslMode::VerifyFull) => Ok(SslMode::VerifyFull),
        Some(weak) => Err(choice::operational(format!(
            "weak sslmode \"{}\" may not be used with sslrootcert=system (use \"verify-full\")",
            weak.as_str()
        ))),
    }
}

/// Reads how TLS begins; at once only where TLS is mandatory.
pub(super) fn sslnegotiation(settings: &Settings, mode: SslMode) -> Result<SslNegotiation> {
    let words = [
        ("postgres", SslNegotiation::Postgres),
        ("direct", SslNegotiation::Direct),
    ];
    let negotiation = choice::word(settings, "sslnegotiation", &words)?.unwrap_or_default();
    if negotiation == SslNegotiation::Direct && !mode.is_mandatory() {
        return Err(choice::operational(format!(
            "weak sslmode \"{}\" may not be used with sslnegotiation=direct (use \"require\", \
             \"verify-ca\", or \"verify-full\")",
            mode.as_str()
        )));
    }
    Ok(negotiation)
}

/// Reads whom to trust. A default file that does not exist counts only where the mode
/// verifies, so that the failure names it.
pub(super) fn sslrootcert(
    settings: &Settings,
    mode: SslMode,
    environment: &Environment,
) -> Option<RootCertificates> {
    match settings.given("sslrootcert") {
        Some(SYSTEM) => Some(RootCertificates::System),
        Some(path) => Some(RootCertificates::File(path.into())),
        None => environment
            .own_file("root.crt")
            .filter(|path| mode.verifies() || path.exists())
            .map(RootCertificates::File),
    }
}

/// Reads which certificate the client shows, if any.
pub(super) fn sslcert(settings: &Settings, environment: &Environment) -> Option<PathBuf> {
    if settings.value("sslcertmode") == Some("disable") {
        return None;
    }
    file(settings, "sslcert", "postgresql.crt", environment)
}

/// Reads where the key of the client's certificate is.
pub(super) fn sslkey(
    settings: &Settings,
    has_certificate: bool,
    environment: &Environment,
) -> Option<PathBuf> {
    let key = file(settings, "sslkey", "postgresql.key", environment);
    key.filter(|_| has_certificate)
}

/// Reads the oldest version of TLS; an older one than 1.2 is never spoken.
pub(super) fn oldest_version(settings: &Settings) -> Result<TlsVersion> {
    match version(settings, "ssl_min_protocol_version")? {
        Some(Version::Spoken(oldest)) => Ok(oldest),
        Some(Version::TooOld) | None => Ok(TlsVersion::V1_2),
    }
}

/// Reads the newest version of TLS.
pub(super) fn newest_version(settings: &Settings) -> Result<Option<TlsVersion>> {
    let newest = match version(settings, "ssl_max_protocol_version")? {
        None => return Ok(None),
        Some(Version::Spoken(newest)) => newest,
        Some(Version::TooOld) => {
            return Err(Error::new(
                ErrorKind::NotSupported,
                "ssl_max_protocol_version below TLSv1.2 is not supported (accepted: TLSv1.2, \
                 TLSv1.3)",
            ));
        }
    };
    if newest < oldest_version(settings)? {
        return Err(choice::operational(
            "invalid SSL protocol version range: ssl_min_protocol_version is above \
             ssl_max_protocol_version",
        ));
    }
    Ok(Some(newest))
}

/// Reads whether a login is bound to its channel.
pub(super) fn channel_binding(settings: &Settings) -> Result<ChannelBinding> {
    let words = [
        ("disable", ChannelBinding::Disable),
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
    ];
    Ok(choice::word(settings, "channel_binding", &words)?.unwrap_or_default())
}

/// Tells what of the default files libpq would use and this driver does not.
pub(super) fn notices(environment: &Environment) -> Vec<String> {
    let list = environment
        .own_file("root.crl")
        .filter(|path| path.exists());
    let notice = |path: PathBuf| {
        format!(
            "the revocation list \"{}\" is not used: certificate revocation lists are not supported",
            path.display()
        )
    };
    list.map(notice).into_iter().collect()
}

/// Reads a file's path, or takes the default file if it exists.
fn file(
    settings: &Settings,
    name: &str,
    default: &str,
    environment: &Environment,
) -> Option<PathBuf> {
    match settings.given(name) {
        Some(path) => Some(path.into()),
        None => environment.own_file(default).filter(|path| path.exists()),
    }
}

/// A version of TLS that an option names.
#[derive(Clone, Copy)]
enum Version {
    TooOld,
    Spoken(TlsVersion),
}

fn version(settings: &Settings, name: &str) -> Result<Option<Version>> {
    let Some(value) = settings.given(name) else {
        return Ok(None);
    };
    let known = VERSIONS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(value));
    known.map(|(_, version)| Some(*version)).ok_or_else(|| {
        let accepted = VERSIONS.map(|(word, _)| word);
        choice::invalid(name, value, &accepted)
    })
}

const SYSTEM: &str = "system";

const MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

const VERSIONS: [(&str, Version); 4] = [
    ("TLSv1", Version::TooOld),
    ("TLSv1.1", Version::TooOld),
    ("TLSv1.2", Version::Spoken(TlsVersion::V1_2)),
    ("TLSv1.3", Version::Spoken(TlsVersion::V1_3)),
];

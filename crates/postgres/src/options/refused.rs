//! Options of libpq that this driver knows and cannot fulfil. They are refused, because to
//! ignore them would be less safe or less than what was asked for.
//!
//! Accepted without effect are `sslcompression` (libpq ignores it as well), and `krbsrvname`,
//! `gsslib` and `gssdelegation`, which only say how GSSAPI would be used.

use redstart_core::{Error, ErrorKind, Result};

use super::choice;
use super::settings::Settings;

/// Fails on the first option that asks for what this driver cannot do.
pub(super) fn check(settings: &Settings) -> Result<()> {
    for name in NEVER {
        if settings.given(name).is_some() {
            return Err(not_supported(name));
        }
    }
    for (name, accepted, refused) in LIMITED {
        let Some(value) = settings.given(name) else {
            continue;
        };
        if refused.contains(&value) {
            return Err(not_supported(&format!("{name}={value}")));
        }
        if !accepted.contains(&value) {
            return Err(choice::invalid(name, value, accepted));
        }
    }
    Ok(())
}

fn not_supported(option: &str) -> Error {
    Error::new(
        ErrorKind::NotSupported,
        format!("the connection option {option} is not supported by this driver"),
    )
}

/// Options that ask for something whatever their value is.
const NEVER: &[&str] = &[
    "sslcrl",
    "sslcrldir",
    "requirepeer",
    "require_auth",
    "scram_client_key",
    "scram_server_key",
    "oauth_issuer",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_scope",
    "sslkeylogfile",
];

/// Options with values that ask for nothing, and values that cannot be fulfilled.
const LIMITED: &[(&str, &[&str], &[&str])] = &[
    ("gssencmode", &["disable", "prefer"], &["require"]),
    ("sslcertmode", &["disable", "allow"], &["require"]),
    (
        "replication",
        &["false", "off", "no", "0"],
        &["true", "on", "yes", "1", "database"],
    ),
    ("min_protocol_version", &["3.0"], &["3.2", "latest"]),
    ("max_protocol_version", &["3.0", "3.2", "latest"], &[]),
];

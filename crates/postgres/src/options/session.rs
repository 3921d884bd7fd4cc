//! What kind of server is wanted, and how it is spoken to once connected.

use redstart_core::{Error, ErrorKind, Result};

use super::choice;
use super::settings::Settings;

/// Which kind of server is acceptable (`target_session_attrs`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetSessionAttrs {
    /// Any that accepts.
    #[default]
    Any,
    /// One where transactions may write by default.
    ReadWrite,
    /// One where they may not.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One that is in recovery.
    Standby,
    /// One in recovery, or any other if there is none.
    PreferStandby,
}

/// The order in which hosts are tried (`load_balance_hosts`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadBalanceHosts {
    /// As they are listed.
    #[default]
    Disable,
    /// In an order left to chance.
    Random,
}

/// Reads which kind of server is acceptable.
pub(super) fn target_session_attrs(settings: &Settings) -> Result<TargetSessionAttrs> {
    let words = [
        ("any", TargetSessionAttrs::Any),
        ("read-write", TargetSessionAttrs::ReadWrite),
        ("read-only", TargetSessionAttrs::ReadOnly),
        ("primary", TargetSessionAttrs::Primary),
        ("standby", TargetSessionAttrs::Standby),
        ("prefer-standby", TargetSessionAttrs::PreferStandby),
    ];
    Ok(choice::word(settings, "target_session_attrs", &words)?.unwrap_or_default())
}

/// Reads the order in which hosts are tried.
pub(super) fn load_balance_hosts(settings: &Settings) -> Result<LoadBalanceHosts> {
    let words = [
        ("disable", LoadBalanceHosts::Disable),
        ("random", LoadBalanceHosts::Random),
    ];
    Ok(choice::word(settings, "load_balance_hosts", &words)?.unwrap_or_default())
}

/// Refuses every client encoding but UTF8, spelled in any way that the server takes.
pub(super) fn check_encoding(settings: &Settings) -> Result<()> {
    let Some(name) = settings.given("client_encoding") else {
        return Ok(());
    };
    // The server, too, looks at letters and digits only.
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "utf8" | "unicode" | "auto" => Ok(()),
        _ => Err(Error::new(
            ErrorKind::NotSupported,
            format!(
                "client_encoding \"{name}\" is not supported: text travels as UTF8 (the database \
                 may be stored in any encoding)"
            ),
        )),
    }
}

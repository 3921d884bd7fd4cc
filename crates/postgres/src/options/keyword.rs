//! The names of all options that libpq knows, with the environment variable of each, and
//! options given as keywords.

use redstart_core::{Error, ErrorKind, Result};

use super::settings::Settings;

/// An option's name.
pub(super) struct Keyword {
    /// The name in strings and URIs.
    pub(super) name: &'static str,
    /// The environment variable with its value.
    pub(super) variable: Option<&'static str>,
}

/// Gives the option of a name.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Adds options given as keywords; `database` is another name of `dbname`, as in psycopg2.
pub(super) fn add(keywords: &[(String, String)], settings: &mut Settings) -> Result<()> {
    let has = |wanted: &str| keywords.iter().any(|(name, _)| name == wanted);
    if has("database") && has("dbname") {
        return Err(programming(
            "the connection options \"database\" and \"dbname\" are the same: give one of them",
        ));
    }
    for (name, value) in keywords {
        let name = if name == "database" { "dbname" } else { name };
        settings.set(name, value)?;
    }
    Ok(())
}

/// Makes the error for an option that does not exist.
pub(super) fn unknown(name: &str) -> Error {
    programming(format!("invalid connection option \"{name}\""))
}

/// Makes the error for options that cannot be read.
pub(super) fn programming(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Programming, message)
}

const fn keyword(name: &'static str, variable: &'static str) -> Keyword {
    Keyword {
        name,
        variable: Some(variable),
    }
}

const fn without_variable(name: &'static str) -> Keyword {
    Keyword {
        name,
        variable: None,
    }
}

/// All options of libpq 18.
pub(super) const KEYWORDS: &[Keyword] = &[
    keyword("service", "PGSERVICE"),
    keyword("user", "PGUSER"),
    keyword("password", "PGPASSWORD"),
    keyword("passfile", "PGPASSFILE"),
    keyword("channel_binding", "PGCHANNELBINDING"),
    keyword("connect_timeout", "PGCONNECT_TIMEOUT"),
    keyword("dbname", "PGDATABASE"),
    keyword("host", "PGHOST"),
    keyword("hostaddr", "PGHOSTADDR"),
    keyword("port", "PGPORT"),
    keyword("client_encoding", "PGCLIENTENCODING"),
    keyword("options", "PGOPTIONS"),
    keyword("application_name", "PGAPPNAME"),
    without_variable("fallback_application_name"),
    without_variable("keepalives"),
    without_variable("keepalives_idle"),
    without_variable("keepalives_interval"),
    without_variable("keepalives_count"),
    without_variable("tcp_user_timeout"),
    keyword("sslmode", "PGSSLMODE"),
    keyword("sslnegotiation", "PGSSLNEGOTIATION"),
    keyword("sslcompression", "PGSSLCOMPRESSION"),
    keyword("sslcert", "PGSSLCERT"),
    keyword("sslkey", "PGSSLKEY"),
    keyword("sslcertmode", "PGSSLCERTMODE"),
    without_variable("sslpassword"),
    keyword("sslrootcert", "PGSSLROOTCERT"),
    keyword("sslcrl", "PGSSLCRL"),
    keyword("sslcrldir", "PGSSLCRLDIR"),
    keyword("sslsni", "PGSSLSNI"),
    keyword("requirepeer", "PGREQUIREPEER"),
    keyword("require_auth", "PGREQUIREAUTH"),
    keyword("min_protocol_version", "PGMINPROTOCOLVERSION"),
    keyword("max_protocol_version", "PGMAXPROTOCOLVERSION"),
    keyword("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    keyword("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    keyword("gssencmode", "PGGSSENCMODE"),
    keyword("krbsrvname", "PGKRBSRVNAME"),
    keyword("gsslib", "PGGSSLIB"),
    keyword("gssdelegation", "PGGSSDELEGATION"),
    without_variable("replication"),
    keyword("target_session_attrs", "PGTARGETSESSIONATTRS"),
    keyword("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    without_variable("scram_client_key"),
    without_variable("scram_server_key"),
    without_variable("oauth_issuer"),
    without_variable("oauth_client_id"),
    without_variable("oauth_client_secret"),
    without_variable("oauth_scope"),
    without_variable("sslkeylogfile"),
];

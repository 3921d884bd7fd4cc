//! Connection URIs: `postgresql://user:password@host:port,host:port/dbname?option=value`.
//! See <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>.

use redstart_core::{Error, Result};

use super::keyword::{find, programming};
use super::settings::Settings;

/// Tells whether a text is a connection URI.
pub(super) fn is_uri(text: &str) -> bool {
    without_scheme(text).is_some()
}

/// Sets the options of a connection URI.
pub(super) fn parse(uri: &str, settings: &mut Settings) -> Result<()> {
    let text = without_scheme(uri).unwrap_or(uri);
    let before_path = text.find('/').map_or(text, |end| &text[..end]);
    let rest = match before_path.split_once('@') {
        Some((userinfo, _)) => {
            user(userinfo, settings)?;
            &text[userinfo.len() + 1..]
        }
        None => text,
    };
    let rest = hosts(rest, settings)?;
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    set_unless_empty(settings, "dbname", path.strip_prefix('/').unwrap_or(path))?;
    query.map_or(Ok(()), |query| parameters(query, settings))
}

fn without_scheme(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("postgresql://");
    rest.or_else(|| text.strip_prefix("postgres://"))
}

fn user(userinfo: &str, settings: &mut Settings) -> Result<()> {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    set_unless_empty(settings, "user", user)?;
    set_unless_empty(settings, "password", password)
}

/// Sets the hosts and ports and gives what follows them.
fn hosts<'a>(mut rest: &'a str, settings: &mut Settings) -> Result<&'a str> {
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    loop {
        let host;
        (host, rest) = self::host(rest)?;
        hosts.push(host);
        let mut port = "";
        if let Some(after) = rest.strip_prefix(':') {
            (port, rest) = split_before(after, &['/', '?', ',']);
        }
        ports.push(port);
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => break,
        }
    }
    check_ports(&ports, rest)?;
    set_unless_empty(settings, "host", &hosts.join(","))?;
    set_unless_empty(settings, "port", &ports.join(","))?;
    Ok(rest)
}

/// Splits off one host; an IPv6 address stands in brackets.
fn host(text: &str) -> Result<(&str, &str)> {
    let Some(address) = text.strip_prefix('[') else {
        return Ok(split_before(text, &[':', '/', '?', ',']));
    };
    let (address, rest) = address.split_once(']').ok_or_else(|| {
        programming(
            "end of string reached when looking for matching \"]\" in IPv6 host address in URI",
        )
    })?;
    if address.is_empty() {
        return Err(programming("IPv6 host address may not be empty in URI"));
    }
    match rest.chars().next() {
        None | Some(':' | '/' | '?' | ',') => Ok((address, rest)),
        Some(_) => Err(programming(
            "unexpected character after \"]\" in URI (expected \":\" or \"/\")",
        )),
    }
}

/// A password with a `/` in it cuts the URI in the wrong place: what then looks like a port
/// is a part of it, and must not be shown.
fn check_ports(ports: &[&str], rest: &str) -> Result<()> {
    let numeric = |port: &&str| port.chars().all(|c| c.is_ascii_digit());
    if rest.contains('@') && !ports.iter().all(numeric) {
        return Err(programming(
            "the port in the URI is no number: if it belongs to the password, write \"/\" as %2F",
        ));
    }
    Ok(())
}

fn parameters(query: &str, settings: &mut Settings) -> Result<()> {
    let mut rest = query;
    while !rest.is_empty() {
        let (parameter, after) = rest.split_once('&').unwrap_or((rest, ""));
        rest = after;
        let (name, value) = parameter.split_once('=').ok_or_else(|| {
            let name = parameter.to_owned();
            programming(format!(
                "missing key/value separator \"=\" in URI query parameter: \"{name}\""
            ))
        })?;
        let name = decoded(name, "query")?;
        if value.contains('=') {
            return Err(programming(format!(
                "extra key/value separator \"=\" in URI query parameter: \"{name}\""
            )));
        }
        let value = decoded(value, &name)?;
        match (name.as_str(), value.as_str()) {
            // As JDBC says it.
            ("ssl", "true") => settings.set("sslmode", "require")?,
            (name, value) if name == "requiressl" || find(name).is_some() => {
                settings.set(name, value)?;
            }
            _ => {
                return Err(programming(format!(
                    "invalid URI query parameter: \"{name}\""
                )));
            }
        }
    }
    Ok(())
}

fn set_unless_empty(settings: &mut Settings, name: &str, encoded: &str) -> Result<()> {
    if encoded.is_empty() {
        return Ok(());
    }
    settings.set(name, &decoded(encoded, name)?)
}

/// Decodes `%20` and the like; blanks at the ends count only where they are encoded, as in
/// libpq 18. The text is not shown: it may be a password.
fn decoded(text: &str, part: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.trim_matches(' ').bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (rest.next().and_then(digit), rest.next().and_then(digit));
        match (high, low) {
            (Some(0), Some(0)) => {
                return Err(broken(part, "forbidden value %00 in percent-encoded value"));
            }
            (Some(high), Some(low)) => bytes.push(high * 16 + low),
            _ => return Err(broken(part, "invalid percent-encoded token")),
        }
    }
    String::from_utf8(bytes).map_err(|_| broken(part, "percent-encoded value is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

fn broken(part: &str, what: &str) -> Error {
    programming(format!("{what}, in the {part} of the connection URI"))
}

/// Splits before the first of the characters.
fn split_before<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

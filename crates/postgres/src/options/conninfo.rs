//! Connection strings of `key = 'value'` pairs.
//! See <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE>.

use std::iter::Peekable;
use std::str::Chars;

use redstart_core::{Error, Result};

use super::keyword::{find, programming, unknown};
use super::settings::Settings;

/// Sets the options of a connection string.
pub(super) fn parse(text: &str, settings: &mut Settings) -> Result<()> {
    let mut rest = text.chars().peekable();
    let mut previous: Option<String> = None;
    loop {
        skip_blanks(&mut rest);
        if rest.peek().is_none() {
            return Ok(());
        }
        let name = name(&mut rest, previous.as_deref())?;
        let value = value(&mut rest)?;
        if name != "requiressl" && find(&name).is_none() {
            return Err(match previous.as_deref() {
                Some(secret) if is_secret(secret) => broken_after(secret),
                _ => unknown(&name),
            });
        }
        settings.set(&name, &value)?;
        previous = Some(name);
    }
}

fn name(rest: &mut Peekable<Chars<'_>>, previous: Option<&str>) -> Result<String> {
    let mut name = String::new();
    while let Some(c) = rest.next_if(|c| *c != '=' && !is_blank(*c)) {
        name.push(c);
    }
    skip_blanks(rest);
    if rest.next_if_eq(&'=').is_some() {
        return Ok(name);
    }
    Err(match previous {
        Some(secret) if is_secret(secret) => broken_after(secret),
        _ => programming(format!(
            "missing \"=\" after \"{name}\" in connection info string"
        )),
    })
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    skip_blanks(rest);
    let mut value = String::new();
    if rest.next_if_eq(&'\'').is_some() {
        loop {
            match rest.next() {
                Some('\'') => return Ok(value),
                Some('\\') => value.extend(rest.next()),
                Some(c) => value.push(c),
                None => {
                    return Err(programming(
                        "unterminated quoted string in connection info string",
                    ));
                }
            }
        }
    }
    while let Some(c) = rest.next_if(|c| !is_blank(*c)) {
        match c {
            '\\' => value.extend(rest.next()),
            c => value.push(c),
        }
    }
    Ok(value)
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| is_blank(*c)).is_some() {}
}

/// What C calls a space.
fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\x0b'
}

fn is_secret(name: &str) -> bool {
    name.contains("password") || name.contains("secret")
}

/// The rest of a password with a blank in it must not stand in a message.
fn broken_after(secret: &str) -> Error {
    programming(format!(
        "no connection option after the value of \"{secret}\" in connection info string: a value \
         with blanks stands in single quotes"
    ))
}

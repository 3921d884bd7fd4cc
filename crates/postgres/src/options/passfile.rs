//! The password file: lines of `host:port:database:user:password`.
//! See <https://www.postgresql.org/docs/current/libpq-pgpass.html>.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use redstart_core::Result;

use super::choice::operational;
use super::environment::Environment;
use super::password::Password;
use super::settings::Settings;

/// What a password file holds.
pub(super) enum Found {
    /// There is no file.
    Nothing,
    /// The file must not or cannot be read; says why.
    Unusable(String),
    /// The file's bytes.
    Lines(Vec<u8>),
}

/// Gives the path of the password file: the one that is asked for, or `~/.pgpass`.
pub(super) fn path(settings: &Settings, environment: &Environment) -> Option<PathBuf> {
    let given = settings.given("passfile").map(PathBuf::from);
    given.or_else(|| environment.home_file(".pgpass"))
}

/// Reads a password file. One that others may read is not used, as libpq does not.
pub(super) fn read(path: &Path) -> Found {
    let unusable = |why: &str| {
        Found::Unusable(format!(
            "the password file \"{}\" is not used: {why}",
            path.display()
        ))
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(error) => return unusable(&error.to_string()),
    };
    if !metadata.is_file() {
        return unusable("it is not a plain file");
    }
    if is_open_to_others(&metadata) {
        return unusable("group or others may access it; its permissions should be 0600 or less");
    }
    match fs::read(path) {
        Ok(bytes) => Found::Lines(bytes),
        Err(error) => unusable(&error.to_string()),
    }
}

/// Finds the password of the first line that fits host, port, database and user.
pub(super) fn password(
    path: &Path,
    bytes: &[u8],
    fields: &[String; 4],
) -> Result<Option<Password>> {
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let rest = fields
            .iter()
            .try_fold(line, |rest, wanted| after_field(rest, wanted.as_bytes()));
        if let Some(rest) = rest {
            let text = String::from_utf8(unescaped(rest)).map_err(|_| {
                let user = &fields[3];
                operational(format!(
                    "the password of \"{user}\" in the password file \"{}\" is not UTF-8",
                    path.display()
                ))
            })?;
            // As in libpq, an empty password is none.
            return Ok(Some(text)
                .filter(|text| !text.is_empty())
                .map(Password::new));
        }
    }
    Ok(None)
}

/// Gives what follows a line's first field, if that is the wanted text or `*`.
fn after_field<'a>(line: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    if let Some(rest) = line.strip_prefix(b"*:") {
        return Some(rest);
    }
    let mut rest = line;
    for byte in wanted {
        // A colon needs no backslash where it is wanted, so that IPv6 addresses read well.
        let escaped = rest.strip_prefix(b"\\").unwrap_or(rest);
        rest = escaped.strip_prefix(&[*byte])?;
    }
    rest.strip_prefix(b":")
}

/// Gives the text up to the next colon, without the backslashes that protect a character.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        match rest {
            [] | [b':', ..] => return plain,
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                plain.push(*byte);
                rest = after;
            }
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Elsewhere the home directory itself is private.
#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata) -> bool {
    false
}

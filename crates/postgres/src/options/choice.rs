//! Values that are one of several words, a number or a flag.

use std::time::Duration;

use redstart_core::{Error, ErrorKind, Result};

use super::settings::Settings;

/// Reads an option that is one of some words. An empty word is none of them.
pub(super) fn word<T: Copy>(
    settings: &Settings,
    name: &str,
    words: &[(&str, T)],
) -> Result<Option<T>> {
    let Some(value) = settings.value(name) else {
        return Ok(None);
    };
    let found = words.iter().find(|(word, _)| *word == value);
    let (_, meaning) = found.ok_or_else(|| {
        let accepted: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        invalid(name, value, &accepted)
    })?;
    Ok(Some(*meaning))
}

/// Reads an option that is an integer, with or without blanks around it.
pub(super) fn integer(settings: &Settings, name: &str) -> Result<Option<i32>> {
    settings
        .given(name)
        .map(|value| parse_integer(name, value))
        .transpose()
}

/// Reads an option that is a positive integer; zero and less mean that it is not set.
pub(super) fn positive(settings: &Settings, name: &str) -> Result<Option<u32>> {
    let number = integer(settings, name)?;
    Ok(number
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number > 0))
}

/// Reads an option that is a number of seconds; zero and less mean that it is not set.
pub(super) fn seconds(settings: &Settings, name: &str) -> Result<Option<Duration>> {
    let seconds = positive(settings, name)?;
    Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
}

/// Reads an option that is 0 or 1.
pub(super) fn flag(settings: &Settings, name: &str) -> Result<Option<bool>> {
    if settings.given(name).is_none() {
        return Ok(None);
    }
    word(settings, name, &[("0", false), ("1", true)])
}

/// Reads an integer as C does: blanks around it are allowed.
pub(super) fn parse_integer(name: &str, value: &str) -> Result<i32> {
    let digits = value.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    digits.parse().map_err(|_| {
        operational(format!(
            "invalid integer value \"{value}\" for connection option \"{name}\""
        ))
    })
}

/// Makes the error for a value that an option does not take.
pub(super) fn invalid(name: &str, value: &str, accepted: &[&str]) -> Error {
    operational(format!(
        "invalid {name} value: \"{value}\" (accepted: {})",
        accepted.join(", ")
    ))
}

/// Makes the error for options that cannot work together or have no meaning.
pub(super) fn operational(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Operational, message)
}

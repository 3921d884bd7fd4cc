//! The options as text, while their sources are read one after the other.

use std::collections::BTreeMap;

use redstart_core::{Error, ErrorKind, Result};

use super::keyword;

/// The values found so far, by the option's name.
#[derive(Default)]
pub(super) struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// Sets an option, in place of an earlier value. An unknown name is an error.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<()> {
        // The old way to say it; libpq reads it in strings and URIs too.
        let (name, value) = match (name, value) {
            ("requiressl", value) if value.starts_with('1') => ("sslmode", "require"),
            ("requiressl", _) => ("sslmode", "prefer"),
            other => other,
        };
        let known = keyword::find(name).ok_or_else(|| keyword::unknown(name))?;
        if value.contains('\0') {
            return Err(nul(known.name));
        }
        self.0.insert(known.name, value.to_owned());
        Ok(())
    }

    /// Sets an option that has no value yet.
    pub(super) fn fill(&mut self, name: &str, value: &str) -> Result<()> {
        if self.0.contains_key(name) {
            return Ok(());
        }
        self.set(name, value)
    }

    /// Gives an option's value, which may be empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Gives an option's value unless it is empty.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.value(name).filter(|value| !value.is_empty())
    }
}

/// The startup message ends its texts with NUL: one inside would begin another option.
fn nul(name: &str) -> Error {
    Error::new(
        ErrorKind::Value,
        format!("the value of the connection option \"{name}\" contains a NUL character"),
    )
}

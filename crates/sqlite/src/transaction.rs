//! The words with which `SQLite` begins a transaction. Which transaction is open
//! and how they nest is the engine's business.

use std::fmt;

use redstart_core::{Error, Result};

/// When a transaction takes its locks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockType {
    /// At the first read or write.
    #[default]
    Deferred,
    /// The write lock at once.
    Immediate,
    /// The write lock at once; outside of WAL mode nobody else may read.
    Exclusive,
}

impl LockType {
    /// Reads a lock type as users write it, in any case.
    pub fn parse(text: &str) -> Result<Self> {
        match text.to_ascii_uppercase().as_str() {
            "DEFERRED" => Ok(Self::Deferred),
            "IMMEDIATE" => Ok(Self::Immediate),
            "EXCLUSIVE" => Ok(Self::Exclusive),
            _ => Err(Error::value(format!(
                "The lock type {text:?} is unknown: use DEFERRED, IMMEDIATE or EXCLUSIVE."
            ))),
        }
    }
}

impl fmt::Display for LockType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deferred => "DEFERRED",
            Self::Immediate => "IMMEDIATE",
            Self::Exclusive => "EXCLUSIVE",
        })
    }
}

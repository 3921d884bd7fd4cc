//! The words with which `SQLite` begins a transaction. Which transaction is open
//! and how they nest is the engine's business.

use redstart_core::{Error, Result};

/// Gives `BEGIN`, or with a lock type (`DEFERRED`, `IMMEDIATE`, `EXCLUSIVE`)
/// `BEGIN IMMEDIATE` and the like. An unknown word is left to `SQLite`, which refuses
/// it; anything but words is refused here.
pub fn begin_sql(lock_type: Option<&str>) -> Result<String> {
    let Some(lock_type) = lock_type.filter(|lock_type| !lock_type.is_empty()) else {
        return Ok("BEGIN".into());
    };
    let is_word = |character: char| character.is_ascii_alphabetic() || character == ' ';
    if lock_type.chars().all(is_word) {
        Ok(format!("BEGIN {lock_type}"))
    } else {
        Err(Error::value(format!(
            "The lock type {lock_type:?} is unknown: use DEFERRED, IMMEDIATE or EXCLUSIVE."
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_type_is_made_of_words() {
        assert_eq!(begin_sql(None).unwrap(), "BEGIN");
        assert_eq!(begin_sql(Some("immediate")).unwrap(), "BEGIN immediate");
        assert!(begin_sql(Some("; DROP TABLE t")).is_err());
    }
}

//! The words with which PostgreSQL begins a transaction
//! (<https://www.postgresql.org/docs/current/sql-begin.html>). Which transaction is open and
//! how they nest is the engine's business.

use redstart_core::{Error, Result};

/// Gives `BEGIN`, or with an isolation level `BEGIN TRANSACTION ISOLATION LEVEL …`. An unknown
/// level is left to the server, which refuses it; anything but words is refused here.
pub fn begin_sql(isolation_level: Option<&str>) -> Result<String> {
    let Some(level) = isolation_level.filter(|level| !level.is_empty()) else {
        return Ok("BEGIN".into());
    };
    let is_word = |character: char| character.is_ascii_alphabetic() || " ,".contains(character);
    if level.chars().all(is_word) {
        Ok(format!("BEGIN TRANSACTION ISOLATION LEVEL {level}"))
    } else {
        Err(Error::value(format!(
            "The isolation level {level:?} is unknown: use SERIALIZABLE, REPEATABLE READ, READ \
             COMMITTED or READ UNCOMMITTED."
        )))
    }
}

/// Tells whether a text begins a transaction, and cannot be refused.
pub(crate) fn is_begin(sql: &str) -> bool {
    let modes = match sql.strip_prefix("BEGIN") {
        Some("") => return true,
        Some(rest) => rest.strip_prefix(" TRANSACTION "),
        None => None,
    };
    modes.is_some_and(|modes| modes.split(", ").all(|mode| MODES.contains(&mode)))
}

/// Tells whether a text ends a transaction.
pub(crate) fn is_end(sql: &str) -> bool {
    matches!(sql, "COMMIT" | "ROLLBACK")
}

/// Each may be said once; twice is refused with the first statement.
const MODES: [&str; 7] = [
    "ISOLATION LEVEL SERIALIZABLE",
    "ISOLATION LEVEL REPEATABLE READ",
    "ISOLATION LEVEL READ COMMITTED",
    "ISOLATION LEVEL READ UNCOMMITTED",
    "READ ONLY",
    "READ WRITE",
    "DEFERRABLE",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isolation_level_is_made_of_words() {
        assert_eq!(begin_sql(None).unwrap(), "BEGIN");
        let sql = begin_sql(Some("REPEATABLE READ")).unwrap();
        assert_eq!(sql, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        assert!(begin_sql(Some("; DROP TABLE t")).is_err());
    }

    #[test]
    fn only_what_cannot_be_refused_is_a_beginning() {
        for sql in [
            "BEGIN",
            "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY",
        ] {
            assert!(is_begin(sql), "{sql}");
        }
        for sql in [
            "BEGIN; SELECT 1",
            "BEGIN TRANSACTION READ",
            "begin",
            "BEGINNING",
            "SELECT 1",
        ] {
            assert!(!is_begin(sql), "{sql}");
        }
    }
}

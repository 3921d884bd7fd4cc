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
}

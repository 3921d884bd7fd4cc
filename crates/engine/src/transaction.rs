//! The statements that open, end and mark transactions. Which of them is due, and
//! when, is decided by the blocks of the state.

use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};

use redstart_core::Result;
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;

use crate::connection::Connection;

/// The point in a transaction to which it can be rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Savepoint {
    quoted: String,
}

impl Connection {
    /// Begins a transaction, on `SQLite` with a lock type (`BEGIN IMMEDIATE`), on PostgreSQL
    /// with an isolation level (`BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE`).
    pub fn begin(&self, kind: Option<&str>) -> Result<()> {
        let sql = match self {
            Self::Sqlite(_) => sqlite::transaction::begin_sql(kind)?,
            Self::Postgres(_) => postgres::transaction::begin_sql(kind)?,
        };
        self.execute(&sql, &[]).map(drop)
    }

    /// Commits the transaction. An operational error where there is none.
    pub fn commit(&self) -> Result<()> {
        self.execute("COMMIT", &[]).map(drop)
    }

    /// Rolls the transaction back. An operational error where there is none.
    pub fn rollback(&self) -> Result<()> {
        self.execute("ROLLBACK", &[]).map(drop)
    }
}

impl Savepoint {
    /// Names a savepoint, quoted with the dialect's characters; a quoting character
    /// in the name is doubled.
    pub fn named(name: &str, (open, close): (char, char)) -> Self {
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(open);
        for character in name.chars() {
            quoted.push(character);
            if character == close {
                quoted.push(close);
            }
        }
        quoted.push(close);
        Self { quoted }
    }

    /// Makes a savepoint with a name that no other has: `s` and 32 hexadecimal digits.
    pub fn unique(quote: (char, char)) -> Self {
        Self::named(&unique_name(), quote)
    }

    /// Gives `SAVEPOINT "name";`
    pub fn begin_sql(&self) -> String {
        format!("SAVEPOINT {};", self.quoted)
    }

    /// Gives `RELEASE SAVEPOINT "name";`
    pub fn release_sql(&self) -> String {
        format!("RELEASE SAVEPOINT {};", self.quoted)
    }

    /// Gives `ROLLBACK TO SAVEPOINT "name";`
    pub fn rollback_sql(&self) -> String {
        format!("ROLLBACK TO SAVEPOINT {};", self.quoted)
    }
}

/// Makes a savepoint's name: `s` and 32 hexadecimal digits.
fn unique_name() -> String {
    let mut name = String::with_capacity(33);
    name.push('s');
    for _ in 0..2 {
        // Each state of the standard library's hasher has its own random key.
        let digits = RandomState::new().build_hasher().finish();
        // Writing to a string cannot fail.
        let _ = write!(name, "{digits:016x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savepoints_are_quoted_in_the_dialect() {
        let savepoint = Savepoint::named("a`b", ('`', '`'));
        assert_eq!(savepoint.begin_sql(), "SAVEPOINT `a``b`;");
        assert_eq!(savepoint.release_sql(), "RELEASE SAVEPOINT `a``b`;");
        assert_eq!(savepoint.rollback_sql(), "ROLLBACK TO SAVEPOINT `a``b`;");
    }

    #[test]
    fn unique_names_differ() {
        let names: std::collections::HashSet<_> = (0..1000).map(|_| unique_name()).collect();
        assert_eq!(names.len(), 1000);
        assert!(
            names
                .iter()
                .all(|name| name.len() == 33 && name.starts_with('s'))
        );
    }
}

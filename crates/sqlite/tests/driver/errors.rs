//! Bad input: each failure has its kind, its code and a message that names the thing.

use std::time::Duration;

use redstart_core::error::Constraint;
use redstart_core::{Error, ErrorKind};
use redstart_sqlite::{Connection, Options};

use crate::{memory, run};

fn failure(db: &Connection, sql: &str) -> Error {
    db.execute(sql, &[]).expect_err("the statement fails")
}

#[test]
fn a_path_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("missing").join("a.db");
    let failure = Connection::open(&Options::new(path.to_str().expect("UTF-8")))
        .expect_err("there is no such folder");
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert!(
        failure
            .message()
            .starts_with("unable to open database file")
    );
    assert!(failure.message().contains("missing"));
    let null = Connection::open(&Options::new("a\0b")).expect_err("refused");
    assert_eq!(null.kind(), ErrorKind::Value);
}

#[test]
fn a_file_that_is_no_database_is_noticed_by_the_first_statement() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "no database ".repeat(100)).expect("writes");
    let db = Connection::open(&Options::new(path.to_str().expect("UTF-8"))).expect("opens");
    let failure = failure(&db, "SELECT * FROM sqlite_master");
    assert_eq!(failure.kind(), ErrorKind::Database);
    assert_eq!(failure.code_name(), Some("SQLITE_NOTADB"));
    assert_eq!(failure.message(), "file is not a database");
}

#[test]
fn a_locked_database_fails_after_the_timeout_and_stays_usable() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        timeout: Duration::from_millis(20),
        ..Options::new(folder.path().join("a.db").to_str().expect("UTF-8"))
    };
    let first = Connection::open(&options).expect("opens");
    let second = Connection::open(&options).expect("opens");
    run(&first, "CREATE TABLE t (a)");
    run(&first, "BEGIN IMMEDIATE");
    let failure = failure(&second, "INSERT INTO t VALUES (1)");
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert_eq!(failure.message(), "database is locked");
    assert_eq!(failure.sql(), Some("INSERT INTO t VALUES (1)"));
    run(&first, "COMMIT");
    run(&second, "INSERT INTO t VALUES (1)");
}

#[test]
fn each_constraint_is_told_apart() {
    let db = memory();
    run(&db, "PRAGMA foreign_keys = 1");
    run(
        &db,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, u UNIQUE, n NOT NULL DEFAULT 1, \
         c CHECK (c > 0), f REFERENCES t)",
    );
    run(&db, "INSERT INTO t (id, u) VALUES (1, 1)");
    let cases = [
        ("INSERT INTO t (u) VALUES (1)", Constraint::Unique),
        ("INSERT INTO t (id) VALUES (1)", Constraint::PrimaryKey),
        ("INSERT INTO t (n) VALUES (NULL)", Constraint::NotNull),
        ("INSERT INTO t (c) VALUES (0)", Constraint::Check),
        ("INSERT INTO t (f) VALUES (9)", Constraint::ForeignKey),
    ];
    for (sql, constraint) in cases {
        let failure = failure(&db, sql);
        assert_eq!(failure.kind(), ErrorKind::Integrity, "{sql}");
        assert_eq!(failure.constraint(), Some(constraint), "{sql}");
    }
    assert_eq!(
        failure(&db, "INSERT INTO t (u) VALUES (1)").message(),
        "UNIQUE constraint failed: t.u"
    );
    assert_eq!(
        failure(&db, "INSERT INTO t (id) VALUES ('x')").kind(),
        ErrorKind::Integrity
    );
}

#[test]
fn broken_statements_say_what_is_broken() {
    let db = memory();
    for (sql, kind, message) in [
        (
            "selec 1",
            ErrorKind::Operational,
            "near \"selec\": syntax error",
        ),
        ("select x", ErrorKind::Operational, "no such column: x"),
        (
            "select * from t",
            ErrorKind::Operational,
            "no such table: t",
        ),
        (
            "select 1\0",
            ErrorKind::Programming,
            "the query contains a null character",
        ),
        (
            "select 1; select 2",
            ErrorKind::Programming,
            "You can only execute one statement at a time.",
        ),
        (
            "select 1; ;",
            ErrorKind::Programming,
            "You can only execute one statement at a time.",
        ),
        (
            "commit",
            ErrorKind::Operational,
            "cannot commit - no transaction is active",
        ),
        (
            "select zeroblob(2000000000)",
            ErrorKind::Data,
            "string or blob too big",
        ),
    ] {
        let failure = failure(&db, sql);
        assert_eq!(failure.kind(), kind, "{sql:?}: {failure}");
        assert_eq!(failure.message(), message);
        assert_eq!(failure.sql(), Some(sql));
    }
}

#[test]
fn a_failed_statement_leaves_nothing_behind() {
    let db = memory();
    run(&db, "CREATE TABLE t (a UNIQUE)");
    assert_eq!(
        failure(&db, "INSERT INTO t VALUES (1), (2), (1)").kind(),
        ErrorKind::Integrity
    );
    assert_eq!(
        crate::rows(&db, "SELECT count(*) FROM t", &[]),
        [[0i64.into()]]
    );
    run(&db, "INSERT INTO t VALUES (1)");
}

//! Opening, closing, settings and the compiled-in extensions.

use std::time::Duration;

use redstart_core::{Batch, ErrorKind, Value};
use redstart_sqlite::{Backup, Connection, Options, Progress, capability};

use crate::{memory, rows, run};

#[test]
fn foreign_keys_are_off_as_in_cpython() {
    let db = memory();
    assert_eq!(rows(&db, "PRAGMA foreign_keys", &[]), [[Value::Int(0)]]);
    run(&db, "PRAGMA foreign_keys = 1");
    assert_eq!(rows(&db, "PRAGMA foreign_keys", &[]), [[Value::Int(1)]]);
}

#[test]
fn the_functions_and_extensions_users_expect_are_compiled_in() {
    let db = memory();
    assert_eq!(rows(&db, "SELECT sqrt(4)", &[]), [[Value::Float(2.0)]]);
    assert_eq!(
        rows(&db, "SELECT json_extract('[7]', '$[0]')", &[]),
        [[Value::Int(7)]]
    );
    run(&db, "CREATE VIRTUAL TABLE words USING fts5(word)");
    run(&db, "INSERT INTO words VALUES ('redstart sings')");
    assert_eq!(
        rows(&db, "SELECT count(*) FROM words('sings')", &[]),
        [[Value::Int(1)]]
    );
    run(&db, "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1)");
    let parameters = vec!["?"; 40_000].join(",");
    let sql = format!(
        "SELECT count(*) FROM (VALUES {})",
        parameters.replace('?', "(?)")
    );
    assert_eq!(
        rows(&db, &sql, &vec![Value::Int(1); 40_000]),
        [[Value::Int(40_000)]]
    );
}

#[test]
fn the_version_is_that_of_the_running_library() {
    let text = rows(&memory(), "SELECT sqlite_version()", &[]);
    assert_eq!(text, [[Value::text(capability::server_version_text())]]);
    let (major, minor, patch) = capability::server_version();
    assert_eq!(
        capability::server_version_text(),
        format!("{major}.{minor}.{patch}")
    );
}

#[test]
fn everything_is_refused_after_the_close() {
    let db = memory();
    let mut held = db.prepare("SELECT 1").expect("compiles");
    assert!(held.execute().expect("runs"));
    let interrupt = db.interrupt_handle();
    db.close().expect("closes");
    db.close().expect("closing twice is no error");
    assert!(db.is_closed());
    interrupt.interrupt();
    let failures = [
        db.prepare("SELECT 1").err(),
        db.in_transaction().err(),
        db.changes().err(),
        db.interrupt().err(),
        held.execute().err().or_else(|| held.finish().err()),
        held.bind(&[]).err(),
    ];
    for failure in failures {
        let failure = failure.expect("refused");
        assert_eq!(failure.kind(), ErrorKind::Programming);
        assert_eq!(failure.message(), "Cannot operate on a closed database.");
    }
}

#[test]
fn closing_rolls_back_and_frees_the_file_although_statements_are_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let options = Options {
        timeout: Duration::ZERO,
        ..Options::new(path.to_str().expect("UTF-8"))
    };
    let first = Connection::open(&options).expect("opens");
    run(&first, "CREATE VIRTUAL TABLE words USING fts5(word)");
    run(&first, "CREATE TABLE t (a)");
    run(&first, "BEGIN");
    run(&first, "INSERT INTO t VALUES (1), (2)");
    run(&first, "INSERT INTO words VALUES ('a')");
    let mut held = first.prepare("SELECT * FROM t").expect("compiles");
    assert!(held.execute().expect("runs"));
    first.close().expect("closes");
    let second = Connection::open(&options).expect("opens");
    run(&second, "INSERT INTO t VALUES (3)");
    assert_eq!(rows(&second, "SELECT a FROM t", &[]), [[Value::Int(3)]]);
    drop(held);
}

#[test]
fn a_read_only_address_does_not_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder
        .path()
        .join("a.db")
        .to_str()
        .expect("UTF-8")
        .to_owned();
    run(
        &Connection::open(&Options::new(&path)).expect("opens"),
        "CREATE TABLE t (a)",
    );
    let options = Options {
        uri: true,
        ..Options::new(format!("file:{path}?mode=ro"))
    };
    let db = Connection::open(&options).expect("opens");
    let failure = db
        .execute("INSERT INTO t VALUES (1)", &[])
        .expect_err("refused");
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert_eq!(failure.code_name(), Some("SQLITE_READONLY"));
    let options = Options {
        read_only: true,
        ..Options::new(&path)
    };
    let db = Connection::open(&options).expect("opens");
    assert!(db.execute("INSERT INTO t VALUES (1)", &[]).is_err());
}

#[test]
fn a_backup_copies_everything_and_reports_its_progress() {
    let source = memory();
    run(&source, "CREATE TABLE t (a)");
    run(&source, "INSERT INTO t VALUES (zeroblob(20000))");
    let target = memory();
    let mut rounds = Vec::new();
    let settings = Backup {
        pages: 2,
        ..Backup::default()
    };
    source
        .backup(&target, &settings, &mut |remaining, total| {
            rounds.push((remaining, total));
            Ok(())
        })
        .expect("copies");
    assert!(rounds.len() > 1);
    assert_eq!(rounds.last().map(|round| round.0), Some(0));
    assert_eq!(
        rows(&target, "SELECT length(a) FROM t", &[]),
        [[Value::Int(20000)]]
    );
    let itself = source.backup(&source, &settings, &mut |_, _| Ok(()));
    assert_eq!(
        itself.err().map(|failure| failure.kind()),
        Some(ErrorKind::Value)
    );
}

#[test]
fn loading_an_extension_is_refused_until_it_is_allowed() {
    let db = memory();
    let refused = db.load_extension("nowhere", None).expect_err("refused");
    assert_eq!(refused.message(), "not authorized");
    assert!(db.execute("SELECT load_extension('nowhere')", &[]).is_err());
    db.enable_load_extension(true).expect("allows");
    let missing = db.load_extension("nowhere", None).expect_err("missing");
    assert_eq!(missing.kind(), ErrorKind::Operational);
    assert!(missing.message().contains("nowhere"));
}

#[test]
fn a_script_runs_all_its_statements() {
    let db = memory();
    db.execute_script("CREATE TABLE t (a); -- one\nINSERT INTO t VALUES (1);\n;SELECT 1; ")
        .expect("runs");
    assert_eq!(rows(&db, "SELECT a FROM t", &[]), [[Value::Int(1)]]);
}

#[test]
fn a_connection_that_is_made_ready_for_the_next_one_holds_no_lock() {
    let db = memory();
    run(&db, "CREATE TABLE t (a)");
    run(&db, "INSERT INTO t VALUES (1), (2), (3)");
    let mut statement = db.prepare("SELECT a FROM t").expect("compiles");
    let mut batch = Batch::default();
    let progress = statement.step_into(&mut batch, 1).expect("runs");
    assert_eq!(progress, Progress::More);
    assert!(db.tidy().expect("is open"));
    run(&db, "DROP TABLE t");
    let failure = statement
        .step_into(&mut batch, 1)
        .expect_err("it would begin again");
    assert_eq!(failure.kind(), ErrorKind::Programming);
    assert!(failure.to_string().contains("given back"), "{failure}");
    run(&db, "BEGIN");
    run(&db, "CREATE TABLE t (a)");
    assert!(!db.tidy().expect("is open"));
    db.reset().expect("resets");
    assert!(db.tidy().expect("is open"));
    run(&db, "CREATE TABLE t (a)");
}

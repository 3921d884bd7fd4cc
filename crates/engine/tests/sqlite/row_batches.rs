//! Rows in batches, and what dropping them early frees.

use redstart_core::{Batch, Cell, ErrorKind, Value};
use redstart_engine::{Parameters, Request};

use crate::open;

#[test]
fn rows_come_in_batches_that_are_never_empty() {
    let db = open("CREATE TABLE t (a); ");
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 512) \
                INSERT INTO t SELECT i FROM n";
    assert_eq!(db.execute(fill, &[]).unwrap().rows_affected, -1);
    let mut rows = db
        .query("SELECT a FROM t WHERE a > ?", &[Value::Int(0)])
        .unwrap();
    assert_eq!(rows.columns()[0].name, "a");
    assert_eq!(rows.next_rows(1).unwrap().unwrap().cell(0, 0), Cell::Int(1));
    assert_eq!(rows.next_batch().unwrap().unwrap().len(), 256);
    assert!(!rows.is_finished());
    assert_eq!(rows.next_batch().unwrap().unwrap().len(), 255);
    assert!(rows.is_finished());
    assert!(rows.next_batch().unwrap().is_none());
    let mut none = db.query("SELECT a FROM t WHERE 0", &[]).unwrap();
    assert!(none.has_columns() && none.is_finished());
    assert!(none.next_batch().unwrap().is_none());
}

#[test]
fn rows_dropped_early_free_their_statement() {
    let db = open("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);");
    let rows = db.query("SELECT a FROM t", &[]).unwrap();
    assert!(db.execute("DROP TABLE t", &[]).is_err());
    drop(rows);
    db.execute("DROP TABLE t", &[]).unwrap();
}

#[test]
fn rows_know_their_counts_when_they_are_finished() {
    let db = open("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    let mut rows = db
        .query("INSERT INTO t (a) VALUES (1), (2) RETURNING id", &[])
        .unwrap();
    assert_eq!(rows.next_batch().unwrap().unwrap().len(), 2);
    assert_eq!(
        (rows.outcome().rows_affected, rows.outcome().last_insert_id),
        (2, 2)
    );
}

#[test]
fn a_run_takes_its_first_rows_with_it() {
    let db = open("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);");
    let mut batch = Batch::default();
    let values = [Value::Int(1)];
    let all = Parameters::Positional(&values);
    let mut rows = db
        .run(
            Request::new("SELECT a FROM t WHERE a >= ?", all),
            &mut batch,
            2,
        )
        .unwrap();
    assert_eq!((batch.len(), rows.is_finished()), (2, false));
    rows.next_into(&mut batch, 2).unwrap();
    assert_eq!((batch.cell(2, 0), rows.is_finished()), (Cell::Int(3), true));
    let named = [
        ("b".to_owned(), Value::Int(7)),
        ("a".to_owned(), Value::Int(3)),
    ];
    let update = "UPDATE t SET a = :a WHERE a < :b";
    let rows = db
        .run(
            Request::new(update, Parameters::Named(&named)),
            &mut Batch::default(),
            1,
        )
        .unwrap();
    assert!(rows.is_finished() && !rows.has_columns());
    assert_eq!(rows.outcome().rows_affected, 3);
}

#[test]
fn a_prepared_statement_runs_again() {
    let db = open("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    let mut insert = db.prepare("INSERT INTO t (a) VALUES (?)").unwrap();
    assert!(!insert.is_readonly());
    for key in 1..=3 {
        let values = [Value::Int(key)];
        let outcome = insert.execute(Parameters::Positional(&values)).unwrap();
        assert_eq!((outcome.rows_affected, outcome.last_insert_id), (1, key));
    }
    assert!(db.prepare("SELECT a FROM t").unwrap().is_readonly());
}

#[test]
fn what_only_sqlite_can_do_is_reached_through_its_driver() {
    let db = open("CREATE TABLE t (a)");
    let driver = db.require_sqlite("total_changes").unwrap();
    assert_eq!(driver.total_changes().unwrap(), 0);
    assert_eq!(db.database(), "SQLite");
    db.execute_script("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);")
        .unwrap();
    assert_eq!(driver.total_changes().unwrap(), 2);
}

#[test]
fn rows_of_a_closed_connection_are_refused() {
    let db = open("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);");
    let mut rows = db.query("SELECT a FROM t", &[]).unwrap();
    db.close().unwrap();
    assert_eq!(
        rows.next_batch().unwrap_err().kind(),
        ErrorKind::Programming
    );
}

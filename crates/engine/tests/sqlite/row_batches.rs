//! Rows in batches, and what dropping them early frees.

use redstart_core::{Cell, ErrorKind, Value};

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
    let named = [("b", Value::Int(7)), ("a", Value::Int(3))];
    let rows = db
        .query_named("UPDATE t SET a = :a WHERE a < :b", &named)
        .unwrap();
    assert!(rows.is_finished() && !rows.has_columns());
    assert_eq!(rows.outcome().rows_affected, 2);
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

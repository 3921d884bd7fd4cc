//! Functions, aggregates, window functions, collations and hooks of the program.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use redstart_core::{Error, ErrorKind, Result, Value};
use redstart_sqlite::{Aggregate, WindowAggregate};

use crate::{memory, rows, run};

struct Sum(i64);

impl Aggregate for Sum {
    fn step(&mut self, values: &[Value]) -> Result<()> {
        match values {
            [Value::Int(value)] => {
                self.0 += value;
                Ok(())
            }
            _ => Err(Error::value("an integer is needed")),
        }
    }

    fn finalize(&mut self) -> Result<Value> {
        Ok(Value::Int(self.0))
    }
}

impl WindowAggregate for Sum {
    fn inverse(&mut self, values: &[Value]) -> Result<()> {
        if let [Value::Int(value)] = values {
            self.0 -= value;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value> {
        Ok(Value::Int(self.0))
    }
}

#[test]
fn a_function_takes_and_gives_values() {
    let db = memory();
    let join = Arc::new(|values: &[Value]| Ok(Value::text(format!("{values:?}"))));
    db.create_scalar_function("show", -1, true, join)
        .expect("registers");
    assert_eq!(
        rows(&db, "SELECT show(1, 'a', NULL, 2.5)", &[]),
        [[Value::text("[Int(1), Text(\"a\"), Null, Float(2.5)]")]]
    );
    run(&db, "CREATE TABLE t (a)");
    run(&db, "CREATE INDEX i ON t (show(a))");
    db.remove_function("show", -1).expect("removes");
    assert!(db.prepare("SELECT show(1)").is_err());
}

#[test]
fn a_failing_function_fails_its_statement_and_carries_the_reason() {
    let db = memory();
    let reason: Arc<dyn std::any::Any + Send + Sync> = Arc::new(String::from("boom"));
    let failing = Arc::new(move |_: &[Value]| Err(Error::host(Arc::clone(&reason))));
    db.create_scalar_function("boom", 0, false, failing)
        .expect("registers");
    let failure = db.execute("SELECT boom()", &[]).expect_err("fails");
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert_eq!(failure.message(), "user-defined function raised exception");
    let host = failure.host_failure().expect("the reason is kept");
    assert_eq!(
        host.downcast_ref::<String>().map(String::as_str),
        Some("boom")
    );
    let plain = db.execute("SELECT nothing()", &[]).expect_err("fails");
    assert!(plain.host_failure().is_none());
    let list = Arc::new(|_: &[Value]| Ok(Value::List(Arc::new([]))));
    db.create_scalar_function("list", 0, false, list)
        .expect("registers");
    assert!(db.execute("SELECT list()", &[]).is_err());
    assert_eq!(rows(&db, "SELECT 1", &[]), [[Value::Int(1)]]);
}

#[test]
fn a_panicking_function_fails_its_statement_alone() {
    let db = memory();
    let panicking = Arc::new(|values: &[Value]| Ok(values[7].clone()));
    db.create_scalar_function("bad", 0, false, panicking)
        .expect("registers");
    assert!(db.execute("SELECT bad()", &[]).is_err());
    assert_eq!(rows(&db, "SELECT 1", &[]), [[Value::Int(1)]]);
}

#[test]
fn a_function_may_use_the_connection_that_called_it() {
    let db = memory();
    run(&db, "CREATE TABLE t (a)");
    run(&db, "INSERT INTO t VALUES (41)");
    let inner = db.clone();
    let lookup = Arc::new(move |_: &[Value]| {
        assert!(inner.close().is_err());
        Ok(rows(&inner, "SELECT a + 1 FROM t", &[])[0][0].clone())
    });
    db.create_scalar_function("lookup", 0, false, lookup)
        .expect("registers");
    assert_eq!(
        rows(&db, "SELECT lookup(), lookup()", &[]),
        [[Value::Int(42), Value::Int(42)]]
    );
    db.close().expect("closes outside of the function");
}

#[test]
fn aggregates_compute_by_group_and_fail_by_method() {
    let db = memory();
    db.create_aggregate("total_of", 1, Arc::new(|| Ok(Box::new(Sum(0)))))
        .expect("registers");
    let sums = rows(
        &db,
        "WITH t(g, v) AS (VALUES (1, 10), (2, 5), (1, 20)) \
         SELECT g, total_of(v) FROM t GROUP BY g ORDER BY g",
        &[],
    );
    assert_eq!(
        sums,
        [
            [Value::Int(1), Value::Int(30)],
            [Value::Int(2), Value::Int(5)]
        ]
    );
    assert_eq!(
        rows(&db, "SELECT total_of(1) WHERE 0", &[]),
        [[Value::Null]]
    );
    let failure = db.execute("SELECT total_of('x')", &[]).expect_err("fails");
    assert_eq!(
        failure.message(),
        "user-defined aggregate's 'step' method raised error"
    );
    let unmade = Arc::new(|| Err(Error::value("no")));
    db.create_aggregate("unmade", 1, unmade).expect("registers");
    let failure = db.execute("SELECT unmade(1)", &[]).expect_err("fails");
    assert_eq!(
        failure.message(),
        "user-defined aggregate's '__init__' method raised error"
    );
}

#[test]
fn window_functions_follow_their_window() {
    let db = memory();
    db.create_window_function("running", 1, Arc::new(|| Ok(Box::new(Sum(0)))))
        .expect("registers");
    let sums = rows(
        &db,
        "WITH t(v) AS (VALUES (1), (2), (3), (4)) SELECT running(v) OVER \
         (ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
        &[],
    );
    assert_eq!(sums, [[1], [3], [5], [7]].map(|row| row.map(Value::Int)));
}

#[test]
fn a_collation_orders_text() {
    let db = memory();
    let reversed = Arc::new(|left: &str, right: &str| right.cmp(left));
    db.create_collation("reversed", reversed)
        .expect("registers");
    let sorted = rows(
        &db,
        "WITH t(v) AS (VALUES ('a'), ('c'), ('b')) SELECT v FROM t ORDER BY v COLLATE reversed",
        &[],
    );
    assert_eq!(sorted, ["c", "b", "a"].map(|text| [Value::text(text)]));
    db.remove_collation("reversed").expect("removes");
    assert!(db.prepare("SELECT 'a' < 'b' COLLATE reversed").is_err());
}

#[test]
fn the_trace_sees_statements_with_their_values() {
    let db = memory();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let trace = Arc::new(move |sql: &str| log.lock().expect("whole").push(sql.to_owned()));
    db.set_trace(Some(trace)).expect("sets");
    rows(&db, "SELECT ?", &[Value::text("it's")]);
    db.set_trace(None).expect("unsets");
    run(&db, "SELECT 2");
    assert_eq!(*seen.lock().expect("whole"), ["SELECT 'it''s'"]);
}

#[test]
fn the_progress_handler_interrupts() {
    let db = memory();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let handler = Arc::new(move || count.fetch_add(1, Ordering::Relaxed) > 3);
    db.set_progress_handler(Some(handler), 100).expect("sets");
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let failure = db.execute(endless, &[]).expect_err("interrupted");
    assert!(failure.is_interrupted());
    assert_eq!(failure.kind(), ErrorKind::Operational);
    db.set_progress_handler(None, 0).expect("unsets");
    assert_eq!(asked.load(Ordering::Relaxed), 5);
    run(&db, "SELECT 1");
}

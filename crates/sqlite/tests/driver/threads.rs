//! One connection and several threads: nothing is corrupted, nobody waits for ever.

use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use redstart_core::{ErrorKind, Value};

use crate::{memory, rows, run};

#[test]
fn two_threads_share_a_connection() {
    let db = memory();
    run(&db, "CREATE TABLE t (thread, number)");
    thread::scope(|scope| {
        for name in 0..2i64 {
            let db = &db;
            scope.spawn(move || {
                for number in 0..300i64 {
                    db.execute("INSERT INTO t VALUES (?, ?)", &[name.into(), number.into()])
                        .expect("inserts");
                    let own = rows(
                        db,
                        "SELECT count(*) FROM t WHERE thread = ?",
                        &[name.into()],
                    );
                    assert_eq!(own, [[Value::Int(number + 1)]]);
                }
            });
        }
    });
    assert_eq!(
        rows(&db, "SELECT count(*) FROM t", &[]),
        [[Value::Int(600)]]
    );
}

#[test]
fn a_long_statement_is_interrupted_from_another_thread() {
    let db = memory();
    let (begun, wait) = mpsc::channel();
    let sender = std::sync::Mutex::new(begun);
    let tell = Arc::new(move |_: &[Value]| {
        let _ = sender.lock().expect("whole").send(());
        Ok(Value::Int(1))
    });
    db.create_scalar_function("tell", 0, false, tell)
        .expect("registers");
    let handle = db.interrupt_handle();
    let interrupter = thread::spawn(move || {
        wait.recv().expect("the statement began");
        handle.interrupt();
    });
    let endless = "WITH RECURSIVE n(i) AS (SELECT tell() UNION ALL SELECT i + 1 FROM n) \
                   SELECT max(i) FROM n";
    let failure = db.execute(endless, &[]).expect_err("interrupted");
    interrupter.join().expect("the interrupter ends");
    assert!(failure.is_interrupted());
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert_eq!(failure.message(), "interrupted");
    assert_eq!(rows(&db, "SELECT 1", &[]), [[Value::Int(1)]]);
}

#[test]
fn dropping_a_statement_does_not_wait_for_a_running_one() {
    let db = memory();
    let held = db.prepare("SELECT 'held'").expect("compiles");
    let (running, dropped) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (at_run, at_drop) = (Arc::clone(&running), Arc::clone(&dropped));
    let block = Arc::new(move |_: &[Value]| {
        at_run.wait();
        at_drop.wait();
        Ok(Value::Null)
    });
    db.create_scalar_function("block", 0, false, block)
        .expect("registers");
    let other = db.clone();
    let runner = thread::spawn(move || run(&other, "SELECT block()"));
    running.wait();
    drop(held);
    dropped.wait();
    runner.join().expect("the statement ends");
    assert_eq!(rows(&db, "SELECT 'held'", &[]), [[Value::text("held")]]);
    db.close().expect("closes");
}

#[test]
fn a_close_in_another_thread_ends_held_statements_cleanly() {
    for _ in 0..50 {
        let db = memory();
        run(&db, "CREATE TABLE t (a)");
        let other = db.clone();
        let user = thread::spawn(move || {
            for _ in 0..200 {
                let Err(failure) = other.execute("INSERT INTO t VALUES (1)", &[]) else {
                    continue;
                };
                assert_eq!(failure.message(), "Cannot operate on a closed database.");
                return;
            }
        });
        db.close().expect("closes");
        user.join().expect("the user ends");
    }
}

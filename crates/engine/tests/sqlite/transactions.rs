//! Transactions, savepoints and the blocks of a state.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redstart_core::ErrorKind;
use redstart_engine::transaction::Savepoint;
use redstart_engine::{Block, State};

use crate::open;

#[test]
fn a_transaction_is_kept_or_undone() {
    let db = open("CREATE TABLE t (a)");
    db.begin(None).unwrap();
    assert!(db.in_transaction().unwrap());
    db.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
    db.commit().unwrap();
    db.begin(Some("immediate")).unwrap();
    db.execute("INSERT INTO t VALUES (2)", &[]).unwrap();
    db.rollback().unwrap();
    assert!(!db.in_transaction().unwrap());
    assert_eq!(db.execute("DELETE FROM t", &[]).unwrap().rows_affected, 1);
    assert_eq!(
        db.commit().unwrap_err().message(),
        "cannot commit - no transaction is active"
    );
    let unknown = db.begin(Some("foo")).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Operational);
    assert_eq!(unknown.message(), "near \"foo\": syntax error");
    assert_eq!(
        db.begin(Some("; DROP TABLE t")).unwrap_err().kind(),
        ErrorKind::Value
    );
}

#[test]
fn a_savepoint_undoes_its_part_alone() {
    let db = open("CREATE TABLE t (a)");
    db.begin(None).unwrap();
    db.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
    let savepoint = Savepoint::unique(('"', '"'));
    db.execute(&savepoint.begin_sql(), &[]).unwrap();
    db.execute("INSERT INTO t VALUES (2)", &[]).unwrap();
    db.execute(&savepoint.rollback_sql(), &[]).unwrap();
    db.execute(&savepoint.release_sql(), &[]).unwrap();
    db.commit().unwrap();
    assert_eq!(db.execute("DELETE FROM t", &[]).unwrap().rows_affected, 1);
}

#[test]
fn callbacks_wait_for_the_outermost_commit() {
    let done = Arc::new(AtomicUsize::new(0));
    let callback = || {
        let done = Arc::clone(&done);
        Box::new(move || {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    };
    let mut state = State::default();
    assert!(state.after_commit(callback()).unwrap().is_some());
    state.push_transaction(Block::Transaction(1)).unwrap();
    assert!(state.after_commit(callback()).unwrap().is_none());
    let failure = state.push_transaction(Block::Manual(2)).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Value);
    assert_eq!(state.pop_transaction(), Some(Block::Transaction(1)));
    let queued = state.take_after_commit();
    assert_eq!(queued.len(), 1);
    for callback in queued {
        callback().unwrap();
    }
    assert_eq!(done.load(Ordering::Relaxed), 1);
    state.push_transaction(Block::Manual(3)).unwrap();
    assert_eq!(
        state.after_commit(callback()).err().unwrap().kind(),
        ErrorKind::Value
    );
    assert!(state.in_transaction());
}

//! Connections by scope: opening, closing, sharing, and what is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use redstart_core::{Error, ErrorKind};
use redstart_engine::sqlite::Options;
use redstart_engine::{Block, Database, ScopeId, Target};

use crate::memory;

fn here() -> ScopeId {
    ScopeId::current_thread()
}

#[test]
fn a_database_without_a_target_is_refused() {
    let db = Database::new(None, true);
    let message = "Error, database must be initialized before opening a connection.";
    for failure in [
        db.connect(here(), false).unwrap_err(),
        db.close(here()).unwrap_err(),
        db.connection(here()).unwrap_err(),
    ] {
        assert_eq!(failure.kind(), ErrorKind::Interface);
        assert_eq!(failure.message(), message);
    }
    assert!(db.is_closed(here()));
    db.set_target(Some(memory()));
    assert!(db.connect(here(), false).unwrap());
}

#[test]
fn a_connection_is_opened_once_for_each_scope() {
    let db = Database::new(Some(memory()), true);
    assert!(db.is_closed(here()));
    assert!(!db.close(here()).unwrap());
    assert!(db.connect(here(), false).unwrap());
    assert!(!db.connect(here(), true).unwrap());
    let failure = db.connect(here(), false).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert_eq!(failure.message(), "Connection already opened.");
    assert!(db.is_closed(ScopeId::Task(1)));
    assert!(db.connect(ScopeId::Task(1), false).unwrap());
    assert_eq!(db.open_scopes().len(), 2);
    db.end_scope(ScopeId::Task(1));
    assert!(db.close(here()).unwrap());
    assert!(db.open_scopes().is_empty());
}

#[test]
fn a_statement_finds_its_connection_or_is_refused() {
    let db = Database::new(Some(memory()), true);
    let failure = db.connection_for_statement(here(), false).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Interface);
    assert_eq!(failure.message(), "Error, database connection not opened.");
    db.connection_for_statement(here(), true).unwrap();
    assert!(db.connection_for_statement(here(), false).is_ok());
}

#[test]
fn a_database_is_not_closed_inside_of_a_transaction() {
    let db = Database::new(Some(memory()), true);
    db.connect(here(), false).unwrap();
    db.with_state(here(), |state| {
        state.push_transaction(Block::Transaction(1))
    })
    .unwrap();
    let failure = db.close(here()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Operational);
    assert!(!db.is_closed(here()));
    db.with_state(here(), redstart_engine::State::pop_transaction);
    assert!(db.close(here()).unwrap());
}

#[test]
fn the_connection_of_a_thread_closes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let target = Target::Sqlite(Options::new(path.to_str().unwrap()));
    let db = Database::new(Some(target), true);
    let files = || {
        let open = std::fs::read_dir("/proc/self/fd")
            .into_iter()
            .flatten()
            .flatten();
        open.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to == path))
            .count()
    };
    thread::scope(|scope| {
        let work = || {
            db.connection(here())
                .unwrap()
                .execute("CREATE TABLE t (a)", &[])
                .unwrap();
            assert!(!db.is_closed(here()));
            assert_eq!(files(), usize::from(cfg!(target_os = "linux")));
        };
        scope.spawn(work).join().unwrap();
    });
    assert!(path.exists());
    assert!(db.open_scopes().is_empty());
    assert_eq!(files(), 0);
}

#[test]
fn threads_share_one_connection_where_that_is_asked_for() {
    let db = Database::new(Some(memory()), false);
    db.connection(here())
        .unwrap()
        .execute("CREATE TABLE t (a)", &[])
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let connection = db.connection(here()).unwrap();
                    connection.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
                }
            });
        }
    });
    let outcome = db
        .connection(here())
        .unwrap()
        .execute("DELETE FROM t", &[])
        .unwrap();
    assert_eq!(outcome.rows_affected, 100);
}

#[test]
fn the_hook_sees_each_new_connection_and_may_refuse_it() {
    let db = Database::new(Some(memory()), true);
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    db.set_connect_hook(Some(Arc::new(move |connection| {
        count.fetch_add(1, Ordering::Relaxed);
        connection
            .execute("CREATE TEMP TABLE hooked (a)", &[])
            .map(drop)
    })));
    db.connection(here())
        .unwrap()
        .execute("SELECT * FROM hooked", &[])
        .unwrap();
    db.connection(here()).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 1);
    db.close(here()).unwrap();
    db.set_connect_hook(Some(Arc::new(|_| Err(Error::value("no")))));
    assert_eq!(
        db.connect(here(), false).unwrap_err().kind(),
        ErrorKind::Value
    );
    assert!(db.is_closed(here()));
}

#[test]
fn a_disposed_connection_is_forgotten_but_open() {
    let db = Database::new(Some(memory()), true);
    let connection = db.connection(here()).unwrap();
    let disposed = db.dispose(here()).unwrap();
    assert!(db.is_closed(here()));
    assert!(!disposed.is_closed());
    connection.execute("SELECT 1", &[]).unwrap();
}

#[test]
fn a_connection_closed_behind_the_databases_back_reads_as_closed() {
    let db = Database::new(Some(memory()), true);
    let connection = db.connection(here()).unwrap();
    let handle = connection.interrupt_handle();
    connection.close().unwrap();
    handle.interrupt();
    assert!(db.is_closed(here()));
    assert!(db.close(here()).unwrap());
}

#[test]
fn transactions_need_an_open_connection_to_end() {
    let db = Database::new(Some(memory()), true);
    let failure = db.commit(here()).unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Interface);
    assert_eq!(
        failure.message(),
        "Cannot commit, database connection not open."
    );
    assert!(db.rollback(here()).is_err());
    assert!(db.begin(here(), None, false).is_err());
    db.begin(here(), Some("EXCLUSIVE"), true).unwrap();
    assert!(db.connection(here()).unwrap().in_transaction().unwrap());
    db.commit(here()).unwrap();
}

#[test]
fn a_database_tells_what_it_can_do_before_and_after_it_is_opened() {
    let target = memory();
    let connection = target.connect().unwrap();
    assert_eq!(target.capability(), connection.capability());
    assert!(connection.server_version() >= (3, 35, 0));
}

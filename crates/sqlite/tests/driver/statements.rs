//! Parameters, rows, counts, and statements used again.

use std::any::Any;
use std::sync::Arc;

use redstart_core::value::{Date, DateTime, Time};
use redstart_core::{Batch, Cell, ErrorKind, OpaqueValue, Value};
use redstart_sqlite::Progress;

use crate::{memory, rows, run};

struct Thing;

impl OpaqueValue for Thing {
    fn type_name(&self) -> String {
        "Thing".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn values_come_back_as_their_storage_class() {
    let db = memory();
    let date = Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    let time = Time {
        hour: 1,
        minute: 2,
        second: 3,
        microsecond: 40,
        offset: Some(-19800),
    };
    for (value, stored) in [
        (Value::Null, Value::Null),
        (Value::Bool(true), Value::Int(1)),
        (Value::Int(i64::MIN), Value::Int(i64::MIN)),
        (Value::Float(0.5), Value::Float(0.5)),
        (Value::text("ä\0b"), Value::text("ä\0b")),
        (Value::text(""), Value::text("")),
        (Value::blob(&b"\x00\xff"[..]), Value::blob(&b"\x00\xff"[..])),
        (Value::blob(&b""[..]), Value::blob(&b""[..])),
        (Value::Date(date), Value::text("2024-02-29")),
        (Value::Time(time), Value::text("01:02:03.000040-05:30")),
        (
            Value::DateTime(DateTime {
                date,
                time: Time {
                    microsecond: 0,
                    offset: None,
                    ..time
                },
            }),
            Value::text("2024-02-29 01:02:03"),
        ),
        (Value::Decimal("1.50".into()), Value::text("1.50")),
        (
            Value::Uuid([1; 16]),
            Value::text("01010101010101010101010101010101"),
        ),
    ] {
        assert_eq!(rows(&db, "SELECT ?", &[value]), [[stored]]);
    }
}

#[test]
fn an_empty_blob_is_no_null_and_keeps_its_type() {
    let typeof_empty = rows(&memory(), "SELECT typeof(?)", &[Value::blob(&b""[..])]);
    assert_eq!(typeof_empty, [[Value::text("blob")]]);
}

#[test]
fn text_that_is_not_utf8_keeps_its_bytes() {
    let db = memory();
    let mut statement = db
        .prepare("SELECT CAST(x'ff80' AS TEXT)")
        .expect("compiles");
    let mut batch = Batch::default();
    assert_eq!(
        statement.step_into(&mut batch, 9).expect("runs"),
        Progress::Done
    );
    let Cell::Text(span) = batch.cell(0, 0) else {
        unreachable!("the cell is text");
    };
    assert_eq!(batch.bytes(span), b"\xff\x80");
}

#[test]
fn wrong_parameters_are_refused_by_number_and_type() {
    let db = memory();
    let mut statement = db.prepare("SELECT ?, ?").expect("compiles");
    let failure = statement.bind(&[Value::Int(1)]).expect_err("refused");
    assert_eq!(failure.kind(), ErrorKind::Programming);
    assert_eq!(
        failure.message(),
        "Incorrect number of bindings supplied. The current statement uses 2, and there are 1 supplied."
    );
    let list = Value::List(Arc::new([]));
    let failure = statement.bind(&[Value::Int(1), list]).expect_err("refused");
    assert_eq!(failure.kind(), ErrorKind::Programming);
    assert_eq!(
        failure.message(),
        "Error binding parameter 2: type 'list' is not supported"
    );
    let failure = statement
        .bind(&[Value::Opaque(Arc::new(Thing)), Value::Null])
        .err();
    assert_eq!(
        failure.expect("refused").message(),
        "Error binding parameter 1: type 'Thing' is not supported"
    );
    statement
        .bind(&[Value::Int(1), Value::Int(2)])
        .expect("still usable");
}

#[test]
fn parameters_are_bound_by_name() {
    let db = memory();
    let mut statement = db.prepare("SELECT :a, $b, @a, :a").expect("compiles");
    let names = statement.parameter_names().expect("open");
    assert_eq!(
        names,
        [Some("a".into()), Some("b".into()), Some("a".into())]
    );
    let values = [
        ("b", Value::Int(2)),
        ("a", Value::Int(1)),
        ("c", Value::Int(3)),
    ];
    statement.bind_named(&values).expect("fits");
    let mut batch = Batch::default();
    statement.step_into(&mut batch, 1).expect("runs");
    assert_eq!(batch.row(0), [1, 2, 1, 1].map(Cell::Int));
    let failure = statement.bind_named(&values[1..]).expect_err("refused");
    assert_eq!(
        failure.message(),
        "You did not supply a value for binding parameter :b."
    );
    let mut bare = db.prepare("SELECT ?").expect("compiles");
    assert!(bare.bind_named(&values).is_err());
}

#[test]
fn counts_follow_cpython() {
    let db = memory();
    let count = |sql: &str| db.execute(sql, &[]).expect("runs").changes();
    assert_eq!(count("CREATE TABLE t (id INTEGER PRIMARY KEY, a)"), -1);
    assert_eq!(count("INSERT INTO t (a) VALUES (1), (2)"), 2);
    assert_eq!(count("SELECT * FROM t"), -1);
    assert_eq!(count("/* c */ UPDATE t SET a = 0"), 2);
    assert_eq!(count("WITH q AS (SELECT 1) UPDATE t SET a = 1"), -1);
    assert_eq!(count("REPLACE INTO t VALUES (1, 1)"), 1);
    assert_eq!(count("DELETE FROM t WHERE id = 9"), 0);
    let insert = db
        .execute("INSERT INTO t (a) VALUES (3)", &[])
        .expect("runs");
    assert_eq!(insert.last_insert_id(), 3);
    let mut returning = db
        .prepare("UPDATE t SET a = 5 RETURNING id")
        .expect("compiles");
    assert!(returning.execute().expect("runs"));
    assert_eq!(returning.changes(), 0);
    let mut batch = Batch::default();
    assert_eq!(
        returning.step_into(&mut batch, 99).expect("runs"),
        Progress::Done
    );
    assert_eq!((batch.len(), returning.changes()), (3, 3));
}

#[test]
fn a_text_without_a_statement_does_nothing() {
    let db = memory();
    for sql in ["", "  -- nothing", ";", "/* open"] {
        let mut statement = db.prepare(sql).expect("compiles");
        statement.bind(&[]).expect("takes no values");
        assert!(!statement.execute().expect("runs"));
        assert!(!statement.has_columns());
        assert_eq!(statement.changes(), -1);
        assert!(statement.is_readonly());
    }
}

#[test]
fn rows_come_in_batches_and_the_last_one_frees_the_locks() {
    let db = memory();
    run(&db, "CREATE TABLE t (a, b)");
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
                INSERT INTO t SELECT i, 'row ' || i FROM n";
    run(&db, fill);
    let mut statement = db
        .prepare("SELECT a, b FROM t ORDER BY a")
        .expect("compiles");
    let mut lengths = Vec::new();
    loop {
        let mut batch = Batch::default();
        let progress = statement.step_into(&mut batch, 1000).expect("runs");
        lengths.push(batch.len());
        if progress == Progress::Done {
            break;
        }
    }
    assert_eq!(lengths, [256, 256, 88]);
    let mut exact = db.prepare("SELECT a FROM t LIMIT 1").expect("compiles");
    let mut batch = Batch::default();
    assert_eq!(
        exact.step_into(&mut batch, 1).expect("runs"),
        Progress::Done
    );
    run(&db, "DROP TABLE t");
}

#[test]
fn a_statement_in_use_is_not_shared() {
    let db = memory();
    let sql = "SELECT ? UNION ALL SELECT 2";
    let mut first = db.prepare(sql).expect("compiles");
    first.bind(&[Value::Int(1)]).expect("fits");
    assert!(first.execute().expect("runs"));
    let mut second = db.prepare(sql).expect("compiles");
    second.bind(&[Value::Int(9)]).expect("fits");
    let (mut left, mut right) = (Batch::default(), Batch::default());
    second.step_into(&mut right, 9).expect("runs");
    first.step_into(&mut left, 9).expect("runs");
    assert_eq!(
        (left.cell(0, 0), right.cell(0, 0)),
        (Cell::Int(1), Cell::Int(9))
    );
}

#[test]
fn a_statement_used_again_has_forgotten_its_values() {
    let db = memory();
    let sql = "SELECT ?";
    assert_eq!(
        rows(&db, sql, &[Value::text("secret")]),
        [[Value::text("secret")]]
    );
    let mut again = db.prepare(sql).expect("compiles");
    let mut batch = Batch::default();
    again.step_into(&mut batch, 1).expect("runs");
    assert_eq!(batch.cell(0, 0), Cell::Null);
}

#[test]
fn a_change_of_the_schema_between_two_uses_is_followed() {
    let db = memory();
    run(&db, "CREATE TABLE t (a)");
    run(&db, "INSERT INTO t VALUES (1)");
    let sql = "SELECT * FROM t";
    assert_eq!(rows(&db, sql, &[]), [[Value::Int(1)]]);
    run(&db, "ALTER TABLE t ADD COLUMN b DEFAULT 'x'");
    assert_eq!(rows(&db, sql, &[]), [[Value::Int(1), Value::text("x")]]);
    let mut statement = db.prepare(sql).expect("compiles");
    run(&db, "ALTER TABLE t RENAME COLUMN b TO c");
    assert!(statement.execute().expect("runs"));
    let names: Vec<_> = statement
        .columns()
        .iter()
        .map(|column| column.name.clone())
        .collect();
    assert_eq!(names, ["a", "c"]);
}

#[test]
fn columns_have_names_and_declared_types() {
    let db = memory();
    run(
        &db,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, \"a b\" VARCHAR(9))",
    );
    let statement = db
        .prepare("SELECT id, \"a b\", 1 + 1 AS two FROM t")
        .expect("compiles");
    let columns = statement.columns();
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "a b", "two"]);
    let types: Vec<_> = columns
        .iter()
        .map(|column| column.decltype.as_deref())
        .collect();
    assert_eq!(types, [Some("INTEGER"), Some("VARCHAR(9)"), None]);
    assert!(statement.is_readonly());
    assert!(!db.prepare("DELETE FROM t").expect("compiles").is_readonly());
}

#[test]
fn a_batch_of_another_width_is_not_mixed() {
    let db = memory();
    let mut batch = Batch::default();
    db.prepare("SELECT 1")
        .expect("compiles")
        .step_into(&mut batch, 1)
        .expect("runs");
    let mut wider = db.prepare("SELECT 1, 2").expect("compiles");
    let failure = wider.step_into(&mut batch, 1).expect_err("refused");
    assert_eq!(failure.kind(), ErrorKind::Interface);
}

#[test]
fn a_statement_runs_many_times_with_new_values() {
    let db = memory();
    run(&db, "CREATE TABLE t (a)");
    let mut insert = db.prepare("INSERT INTO t VALUES (?)").expect("compiles");
    for number in 0..5 {
        insert
            .bind(&[Value::text(format!("text {number}"))])
            .expect("fits");
        assert!(!insert.execute().expect("runs"));
        assert_eq!((insert.changes(), insert.last_insert_id()), (1, number + 1));
    }
    insert.reset().expect("resets");
    assert!(!insert.execute().expect("runs again with its values"));
    let last = rows(&db, "SELECT count(*), max(a) FROM t", &[]);
    assert_eq!(last, [[Value::Int(6), Value::text("text 4")]]);
}

#[test]
fn what_is_kept_of_one_run_gives_way_to_the_next() {
    let db = memory();
    let one = |value: Value| rows(&db, "SELECT ?, ?", &[value, Value::Int(7)]).remove(0);
    for value in [
        Value::Int(7),
        Value::Int(8),
        Value::Null,
        Value::text("text"),
        Value::Bool(true),
        Value::Int(8),
    ] {
        let read = match value {
            Value::Bool(flag) => Value::Int(i64::from(flag)),
            _ => value.clone(),
        };
        assert_eq!(one(value), [read, Value::Int(7)]);
    }
    let mut select = db.prepare("SELECT ?, ?").expect("compiles");
    select.bind(&[Value::Int(1), Value::Int(2)]).expect("fits");
    select.bind(&[Value::Int(1)]).expect_err("one is missing");
    select.bind(&[Value::Null, Value::Int(2)]).expect("fits");
    let mut batch = Batch::default();
    select.step_into(&mut batch, 1).expect("runs");
    assert_eq!(batch.row(0), [Cell::Null, Cell::Int(2)]);
}

#[test]
fn rows_are_right_wherever_a_statement_makes_them() {
    // The members of a compound, of a recursion and of a join without partner give their rows from
    // different places of the statement's memory.
    let db = memory();
    run(&db, "create table n (i integer, t text, x)");
    run(
        &db,
        "insert into n values (1, 'one', 0.5), (2, 'two', null), (3, 'three', x'ff')",
    );
    let sql = "select i, t, x from n union all select 10, 'ten', i from n union all values (7, 'seven', 8) \
               union all select a.i, b.t, a.x from n a left join n b on b.i = a.i + 1 \
               union all select * from (with recursive c(k) as (select 1 union all select k + 1 from c where k < 3) \
               select k, 'k' || k, k * 1.5 from c)";
    let null = Value::Null;
    let row = |i: i64, t: Value, x: Value| vec![Value::Int(i), t, x];
    let expected = vec![
        row(1, "one".into(), Value::Float(0.5)),
        row(2, "two".into(), null.clone()),
        row(3, "three".into(), Value::blob(&b"\xff"[..])),
        row(10, "ten".into(), Value::Int(1)),
        row(10, "ten".into(), Value::Int(2)),
        row(10, "ten".into(), Value::Int(3)),
        row(7, "seven".into(), Value::Int(8)),
        row(1, "two".into(), Value::Float(0.5)),
        row(2, "three".into(), null.clone()),
        row(3, null, Value::blob(&b"\xff"[..])),
        row(1, "k1".into(), Value::Float(1.5)),
        row(2, "k2".into(), Value::Float(3.0)),
        row(3, "k3".into(), Value::Float(4.5)),
    ];
    assert_eq!(rows(&db, sql, &[]), expected);
}

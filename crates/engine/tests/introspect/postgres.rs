//! PostgreSQL's answers.

use redstart_core::Value;
use redstart_engine::introspect::{ColumnMetadata, ForeignKeyMetadata, IndexMetadata, postgres};

use crate::Script;

fn text(value: &str) -> Value {
    value.into()
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().copied().map(Value::from).collect()
}

#[test]
fn the_schema_is_a_value_or_the_current_one() {
    let mut script = Script::new(vec![vec![]; 14]);
    for schema in [None, Some("Odd \"Schema\"")] {
        postgres::tables(&mut script, schema).unwrap();
        postgres::views(&mut script, schema).unwrap();
        postgres::indexes(&mut script, "t", schema).unwrap();
        postgres::columns(&mut script, "t", schema).unwrap();
        postgres::foreign_keys(&mut script, "t", schema).unwrap();
        postgres::sequence_exists(&mut script, "t", schema).unwrap();
    }
    assert_eq!(script.asked.len(), 14);
    for (position, (sql, values)) in script.asked.iter().enumerate() {
        let table: &[&str] = if position % 7 < 2 { &[] } else { &["t"] };
        let mut expected = table.to_vec();
        if position < 7 {
            assert!(sql.contains(" = current_schema()"), "{sql}");
        } else {
            assert!(!sql.contains("current_schema()"), "{sql}");
            expected.push("Odd \"Schema\"");
        }
        assert_eq!(*values, expected, "{sql}");
        assert_eq!(sql.matches("%s").count(), values.len(), "{sql}");
        // A lone percent sign would be a placeholder to some roads.
        assert_eq!(sql.matches('%').count(), values.len(), "{sql}");
        assert!(!sql.contains(['{', '}', ';', '"']), "{sql}");
    }
}

#[test]
fn an_empty_schema_is_the_current_one() {
    let mut script = Script::new(vec![vec![]]);
    postgres::tables(&mut script, Some("")).unwrap();
    assert!(script.asked[0].0.contains("current_schema()"));
}

#[test]
fn names_come_as_they_are_sorted_by_the_database() {
    let mut script = Script::new(vec![vec![texts(&["B"]), texts(&["a b"])]]);
    assert_eq!(postgres::tables(&mut script, None).unwrap(), ["B", "a b"]);
    let mut script = Script::new(vec![vec![texts(&["c2"]), texts(&["c1"])]]);
    let keys = postgres::primary_keys(&mut script, "t", None).unwrap();
    assert_eq!(keys, ["c2", "c1"]);
}

#[test]
fn a_view_loses_the_frame_of_its_statement() {
    let rows = vec![
        texts(&["v", " SELECT 'a;'::text AS b\n   FROM t;"]),
        vec![text("hidden"), Value::Null],
    ];
    let views = postgres::views(&mut Script::new(vec![rows]), None).unwrap();
    let sql = "SELECT 'a;'::text AS b\n   FROM t";
    assert_eq!(views[0].sql.as_deref(), Some(sql));
    assert_eq!((views[1].name.as_str(), &views[1].sql), ("hidden", &None));
}

#[test]
fn the_rows_of_an_index_are_put_together() {
    let row = |name: &str, unique: bool, column: &str| {
        vec![
            text(name),
            text("CREATE …"),
            Value::Bool(unique),
            text(column),
        ]
    };
    let rows = vec![
        row("u", true, "a"),
        row("u", true, "Mixed"),
        row("i", false, "lower(b)"),
    ];
    let indexes = postgres::indexes(&mut Script::new(vec![rows]), "t", None).unwrap();
    let unique = IndexMetadata {
        name: "u".into(),
        sql: Some("CREATE …".into()),
        columns: vec![Some("a".into()), Some("Mixed".into())],
        unique: true,
        table: "t".into(),
    };
    let plain = IndexMetadata {
        name: "i".into(),
        columns: vec![Some("lower(b)".into())],
        unique: false,
        ..unique.clone()
    };
    assert_eq!(indexes, [unique, plain]);
}

#[test]
fn a_column_is_counted_by_an_identity_or_a_sequence() {
    let row = |name: &str, null: bool, default: Option<&str>, identity: bool| {
        vec![
            text(name),
            text("numeric"),
            Value::Bool(null),
            default.map_or(Value::Null, Value::from),
            text("numeric(5,2)"),
            Value::Bool(identity),
        ]
    };
    let rows = vec![
        row("id", false, None, true),
        row("serial", false, Some("nextval('s'::regclass)"), false),
        row(
            "computed",
            true,
            Some("(nextval('s'::regclass) + 1)"),
            false,
        ),
        row("plain", true, None, false),
    ];
    let mut script = Script::new(vec![vec![texts(&["serial"])], rows]);
    let columns = postgres::columns(&mut script, "t", None).unwrap();
    let serial = ColumnMetadata {
        name: "serial".into(),
        data_type: "numeric".into(),
        null: false,
        primary_key: true,
        table: "t".into(),
        default: Some("nextval('s'::regclass)".into()),
        full_type: "numeric(5,2)".into(),
        identity: true,
    };
    assert_eq!(columns[1], serial);
    let told: Vec<_> = columns
        .iter()
        .map(|column| (column.null, column.primary_key, column.identity))
        .collect();
    assert_eq!(
        told,
        [
            (false, false, true),
            (false, true, true),
            (true, false, false),
            (true, false, false)
        ]
    );
}

#[test]
fn foreign_keys_are_sorted_and_each_stands_once() {
    let rows = vec![
        texts(&["z", "par", "id", "fk_z", "NO ACTION", "CASCADE"]),
        texts(&["a", "par", "y", "fk", "SET NULL", "NO ACTION"]),
        texts(&["a", "par", "x", "fk", "SET NULL", "NO ACTION"]),
        texts(&["a", "par", "y", "fk", "SET NULL", "NO ACTION"]),
        texts(&["a", "Par", "y", "fk2", "SET NULL", "NO ACTION"]),
    ];
    let keys = postgres::foreign_keys(&mut Script::new(vec![rows]), "t", None).unwrap();
    let goals: Vec<_> = keys
        .iter()
        .map(|key| format!("{} {} {:?}", key.column, key.dest_table, key.dest_column))
        .collect();
    let expected = [
        "a Par Some(\"y\")",
        "a par Some(\"x\")",
        "a par Some(\"y\")",
        "z par Some(\"id\")",
    ];
    assert_eq!(goals, expected);
    let last = ForeignKeyMetadata {
        column: "z".into(),
        dest_table: "par".into(),
        dest_column: Some("id".into()),
        table: "t".into(),
        name: Some("fk_z".into()),
        on_delete: "NO ACTION".into(),
        on_update: "CASCADE".into(),
    };
    assert_eq!(keys[3], last);
}

#[test]
fn a_sequence_exists_if_there_is_a_row() {
    let mut script = Script::new(vec![vec![vec![Value::Int(1)]], vec![]]);
    assert!(postgres::sequence_exists(&mut script, "s", None).unwrap());
    assert!(!postgres::sequence_exists(&mut script, "s", None).unwrap());
}

#[test]
fn a_failure_is_passed_on() {
    assert!(postgres::columns(&mut Script::default(), "t", None).is_err());
}

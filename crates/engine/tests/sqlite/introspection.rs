//! Introspection gives what peewee gives for the same tables.

use redstart_engine::Connection;
use redstart_engine::introspect::{ColumnMetadata, ForeignKeyMetadata, sqlite};

use crate::open;

fn schema() -> Connection {
    open(
        "CREATE TABLE \"a b\" (id integer primary key, n varchar(20) not null default 'x');
         CREATE TABLE par (c1 int, c2 text unique, primary key (c2, c1));
         CREATE TABLE z (
            id integer not null primary key autoincrement,
            p integer references \"a b\" (id) on delete cascade,
            q text,
            foreign key (q) references par (c2) on update set null,
            unique (p, q));
         CREATE UNIQUE INDEX zu ON z (q) WHERE q IS NOT NULL;
         CREATE INDEX ze ON z (lower(q), p);
         CREATE TABLE f (a integer primary key, b references par, c references missing);
         CREATE TABLE \"q\"\"x\" (a);
         CREATE VIEW v AS SELECT * FROM z;
         ATTACH ':memory:' AS other;
         CREATE TABLE other.t (a BIGINT PRIMARY KEY);",
    )
}

#[test]
fn tables_and_views_are_listed_by_schema() {
    let mut db = schema();
    let tables = sqlite::tables(&mut db, None).unwrap();
    assert_eq!(tables, ["a b", "f", "par", "q\"x", "sqlite_sequence", "z"]);
    assert_eq!(sqlite::tables(&mut db, Some("other")).unwrap(), ["t"]);
    let views = sqlite::views(&mut db, None).unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0].name, "v");
    assert_eq!(
        views[0].sql.as_deref(),
        Some("CREATE VIEW v AS SELECT * FROM z")
    );
    assert!(sqlite::tables(&mut db, Some("nowhere")).is_err());
}

#[test]
fn columns_are_described() {
    let mut db = schema();
    let columns = sqlite::columns(&mut db, "a b", None).unwrap();
    let id = ColumnMetadata {
        name: "id".into(),
        data_type: "INTEGER".into(),
        null: true,
        primary_key: true,
        table: "a b".into(),
        default: None,
        full_type: "INTEGER".into(),
        identity: true,
    };
    let name = ColumnMetadata {
        name: "n".into(),
        data_type: "varchar(20)".into(),
        null: false,
        primary_key: false,
        default: Some("'x'".into()),
        full_type: "varchar(20)".into(),
        identity: false,
        ..id.clone()
    };
    assert_eq!(columns, [id, name]);
    let composite = sqlite::columns(&mut db, "par", None).unwrap();
    assert!(
        composite
            .iter()
            .all(|column| column.primary_key && !column.identity)
    );
    assert!(!sqlite::columns(&mut db, "t", Some("other")).unwrap()[0].identity);
    assert_eq!(sqlite::columns(&mut db, "q\"x", None).unwrap().len(), 1);
    assert!(
        sqlite::columns(&mut db, "missing", None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn keys_come_in_their_own_order() {
    let mut db = schema();
    assert_eq!(
        sqlite::primary_keys(&mut db, "par", None).unwrap(),
        ["c2", "c1"]
    );
    assert!(sqlite::primary_keys(&mut db, "v", None).unwrap().is_empty());
}

#[test]
fn indexes_have_their_columns() {
    let mut db = schema();
    let indexes = sqlite::indexes(&mut db, "z", None).unwrap();
    let names: Vec<_> = indexes.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, ["sqlite_autoindex_z_1", "ze", "zu"]);
    assert_eq!((indexes[0].sql.as_ref(), indexes[0].unique), (None, true));
    assert_eq!(indexes[1].columns, [None, Some("p".into())]);
    assert!(!indexes[1].unique && indexes[2].unique);
    let sql = "CREATE UNIQUE INDEX zu ON z (q) WHERE q IS NOT NULL";
    assert_eq!(indexes[2].sql.as_deref(), Some(sql));
}

#[test]
fn foreign_keys_name_their_goal_and_actions() {
    let mut db = schema();
    let keys = sqlite::foreign_keys(&mut db, "z", None).unwrap();
    let first = ForeignKeyMetadata {
        column: "q".into(),
        dest_table: "par".into(),
        dest_column: Some("c2".into()),
        table: "z".into(),
        name: None,
        on_delete: "NO ACTION".into(),
        on_update: "SET NULL".into(),
    };
    assert_eq!(keys[0], first);
    assert_eq!(
        (keys[1].column.as_str(), keys[1].on_delete.as_str()),
        ("p", "CASCADE")
    );
    let implied = sqlite::foreign_keys(&mut db, "f", None).unwrap();
    let goals: Vec<_> = implied
        .iter()
        .map(|key| (key.column.as_str(), key.dest_column.as_deref()))
        .collect();
    assert_eq!(goals, [("c", None), ("b", Some("c2"))]);
}

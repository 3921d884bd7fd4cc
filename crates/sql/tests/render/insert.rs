//! `INSERT`.

use std::sync::Arc;

use redstart_core::node::{Insert, InsertSource};
use redstart_core::{Node, Value};

use crate::tree::*;

#[test]
fn rows_are_values_converted_by_their_columns() {
    let u = users();
    let insert = u.insert(&[("name", &[v(7), v("b")]), ("age", &[v("3"), null()])]);
    sides(
        &inserted(insert.clone()),
        [
            r#"INSERT INTO "u" ("name", "age") VALUES (?, ?), (?, ?)"#,
            r#"INSERT INTO "u" ("name", "age") VALUES (%s, %s), (%s, %s)"#,
            "INSERT INTO `u` (`name`, `age`) VALUES (%s, %s), (%s, %s)",
        ],
    );
    assert_eq!(
        sqlite(&inserted(insert))
            .map(|rendered| rendered.binds)
            .ok(),
        Some(vec!["7".into(), Value::Int(3), "b".into(), Value::Null])
    );
}

#[test]
fn expressions_name_columns_bare_and_queries_stand_in_parentheses() {
    let (u, t) = (users(), texts());
    let greatest = select(vec![f("MAX", vec![t.column("id")])], vec![t.table.clone()]);
    one(
        &inserted(u.insert(&[
            ("name", &[f("LOWER", vec![v("A")])]),
            ("age", &[op(u.column("age"), "+", v("1"))]),
            ("id", &[greatest.node()]),
        ])),
        r#"INSERT INTO "u" ("name", "age", "id") VALUES (LOWER(?), ("age" + ?), (SELECT MAX("t1"."id") FROM "t" AS "t1"))"#,
        &["A".into(), Value::Int(1)],
    );
    one(
        &inserted(u.insert(&[("age", &[op(u.column("age"), "+", v(1))])])),
        r#"INSERT INTO "u" ("age") VALUES ("age" + ?)"#,
        &[Value::Int(1)],
    );
}

#[test]
fn an_empty_row_takes_every_default() {
    let insert = Insert {
        source: InsertSource::Default,
        ..texts().insert(&[])
    };
    sides(
        &inserted(insert),
        [
            r#"INSERT INTO "t" DEFAULT VALUES"#,
            r#"INSERT INTO "t" DEFAULT VALUES"#,
            "INSERT INTO `t` () VALUES ()",
        ],
    );
}

#[test]
fn a_query_that_reads_the_written_table_calls_it_by_its_name() {
    let (u, t) = (users(), texts());
    let from = |query: Node| {
        inserted(Insert {
            columns: Arc::from([u.column("name")]),
            source: InsertSource::Query(query),
            ..u.insert(&[])
        })
    };
    sides(
        &from(
            u.select(&["name"])
                .filter(op(u.column("age"), ">", v(1)))
                .node(),
        ),
        [
            r#"INSERT INTO "u" ("name") SELECT "u"."name" FROM "u" AS "u" WHERE ("u"."age" > ?)"#,
            r#"INSERT INTO "u" ("name") SELECT "u"."name" FROM "u" AS "u" WHERE ("u"."age" > %s)"#,
            "INSERT INTO `u` (`name`) SELECT `u`.`name` FROM `u` AS `u` WHERE (`u`.`age` > %s)",
        ],
    );
    sides(
        &from(
            compound(
                t.select(&["text"]).node(),
                "UNION",
                u.select(&["name"]).node(),
            )
            .node(),
        ),
        [
            r#"INSERT INTO "u" ("name") SELECT "t1"."text" FROM "t" AS "t1" UNION SELECT "u"."name" FROM "u" AS "u""#,
            r#"INSERT INTO "u" ("name") (SELECT "t1"."text" FROM "t" AS "t1") UNION (SELECT "u"."name" FROM "u" AS "u")"#,
            "INSERT INTO `u` (`name`) (SELECT `t1`.`text` FROM `t` AS `t1`) UNION (SELECT `u`.`name` FROM `u` AS `u`)",
        ],
    );
}

#[test]
fn what_is_returned_is_qualified_by_the_table() {
    let u = users();
    let insert = Insert {
        returning: Arc::from([
            u.column("id"),
            alias(f("LOWER", vec![u.column("name")]), "z"),
            op(u.column("age"), "+", v(1)),
        ]),
        ..u.insert(&[("name", &[v("a")])])
    };
    one(
        &inserted(insert),
        r#"INSERT INTO "u" ("name") VALUES (?) RETURNING "u"."id", LOWER("u"."name") AS "z", ("u"."age" + ?)"#,
        &["a".into(), Value::Int(1)],
    );
}

#[test]
fn a_list_is_bound_as_one_value() {
    let values: Arc<[Value]> = Arc::from([Value::Int(1), Value::Int(2)]);
    let insert = users().insert(&[("age", &[Node::Value(Value::List(Arc::clone(&values)))])]);
    one(
        &inserted(insert),
        r#"INSERT INTO "u" ("age") VALUES (?)"#,
        &[Value::List(values)],
    );
}

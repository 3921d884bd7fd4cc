//! `SELECT` and its clauses.

use std::sync::Arc;

use redstart_core::node::{Direction, Distinct, ForUpdate, Select, Table};
use redstart_core::{Node, Value};

use crate::tree::*;

#[test]
fn columns_are_qualified_by_the_alias_of_their_table() {
    let u = users();
    sides(
        &u.select(&["id"])
            .filter(eq(u.column("name"), v("a")))
            .node(),
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."name" = ?)"#,
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."name" = %s)"#,
            "SELECT `t1`.`id` FROM `u` AS `t1` WHERE (`t1`.`name` = %s)",
        ],
    );
}

#[test]
fn clauses_stand_in_the_order_of_the_standard() {
    let u = users();
    let count = f("COUNT", vec![u.column("id")]);
    let query = Select {
        distinct: Distinct::Yes,
        group_by: Some(Arc::from([u.column("age")])),
        having: Some(op(count.clone(), ">", v(1))),
        ..select(
            vec![u.column("age"), alias(count, "n")],
            vec![u.table.clone()],
        )
    };
    let query = query
        .filter(op(u.column("age"), ">", v(2)))
        .order_by(vec![desc(u.column("age"))])
        .limit(3)
        .offset(4);
    one(
        &query.node(),
        r#"SELECT DISTINCT "t1"."age", COUNT("t1"."id") AS "n" FROM "u" AS "t1" WHERE ("t1"."age" > ?) GROUP BY "t1"."age" HAVING (COUNT("t1"."id") > ?) ORDER BY "t1"."age" DESC LIMIT ? OFFSET ?"#,
        &[Value::Int(2), Value::Int(1), Value::Int(3), Value::Int(4)],
    );
}

#[test]
fn an_offset_alone_gets_the_limit_that_means_all() {
    let query = users().select(&["id"]).offset(2).node();
    sides(
        &query,
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" LIMIT ? OFFSET ?"#,
            r#"SELECT "t1"."id" FROM "u" AS "t1" OFFSET %s"#,
            "SELECT `t1`.`id` FROM `u` AS `t1` LIMIT %s OFFSET %s",
        ],
    );
    let binds = |rendered: redstart_sql::Rendered| rendered.binds;
    assert_eq!(
        sqlite(&query).map(binds).ok(),
        Some(vec![Value::Int(-1), Value::Int(2)])
    );
    assert_eq!(
        mysql(&query).map(binds).ok(),
        Some(vec![
            Value::Decimal("18446744073709551615".into()),
            Value::Int(2)
        ])
    );
}

#[test]
fn distinct_on_is_written_for_every_database() {
    let u = users();
    let on = |nodes: Vec<Node>| Select {
        distinct: Distinct::On(nodes.into()),
        ..u.select(&["id"])
    };
    sides(
        &on(vec![u.column("name"), u.column("age")]).node(),
        [
            r#"SELECT DISTINCT ON ("t1"."name", "t1"."age") "t1"."id" FROM "u" AS "t1""#,
            r#"SELECT DISTINCT ON ("t1"."name", "t1"."age") "t1"."id" FROM "u" AS "t1""#,
            "SELECT DISTINCT ON (`t1`.`name`, `t1`.`age`) `t1`.`id` FROM `u` AS `t1`",
        ],
    );
    one(
        &on(vec![op(u.column("id"), "+", v(1))]).node(),
        r#"SELECT DISTINCT ON ("t1"."id" + ?) "t1"."id" FROM "u" AS "t1""#,
        &[Value::Int(1)],
    );
}

#[test]
fn nulls_are_ordered_by_a_term_where_the_database_cannot() {
    let u = users();
    let query = u.select(&["id"]).order_by(vec![
        ordering(u.column("age"), Direction::Desc, Some("last")),
        ordering(u.column("name"), Direction::Asc, Some("FIRST")),
    ]);
    let query = query.node();
    sides(
        &query,
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" ORDER BY "t1"."age" DESC NULLS last, "t1"."name" ASC NULLS FIRST"#,
            r#"SELECT "t1"."id" FROM "u" AS "t1" ORDER BY "t1"."age" DESC NULLS last, "t1"."name" ASC NULLS FIRST"#,
            "SELECT `t1`.`id` FROM `u` AS `t1` ORDER BY CASE WHEN (`t1`.`age` IS NULL) THEN %s ELSE %s END, `t1`.`age` DESC, CASE WHEN (`t1`.`name` IS NULL) THEN %s ELSE %s END, `t1`.`name` ASC",
        ],
    );
    assert_eq!(
        mysql(&query).map(|rendered| rendered.binds).ok(),
        Some([1, 0, 0, 1].map(Value::Int).to_vec())
    );
}

#[test]
fn row_locks_name_their_tables_by_alias_and_are_refused_without_support() {
    let u = users();
    let lock = ForUpdate {
        text: "FOR SHARE".into(),
        of: Arc::from([u.table.clone()]),
        nowait: false,
        skip_locked: true,
    };
    let query = Select {
        for_update: Some(Arc::new(lock)),
        ..u.select(&["id"])
    }
    .node();
    assert_eq!(
        postgres(&query)
            .map(|rendered| rendered.sql)
            .ok()
            .as_deref(),
        Some(r#"SELECT "t1"."id" FROM "u" AS "t1" FOR SHARE OF "t1" SKIP LOCKED"#)
    );
    assert_eq!(
        mysql(&query).map(|rendered| rendered.sql).ok().as_deref(),
        Some("SELECT `t1`.`id` FROM `u` AS `t1` FOR SHARE OF `t1` SKIP LOCKED")
    );
    refused(
        sqlite(&query),
        "FOR UPDATE specified but not supported by database.",
    );
}

#[test]
fn names_with_quote_characters_cannot_end_the_quotes() {
    let table = Node::Table(Arc::new(Table {
        key: redstart_core::node::SourceKey::unique(),
        schema: None,
        name: "we\"ird`".into(),
        alias: None,
    }));
    sides(
        &select(vec![c(&table, "a\"b`c")], vec![table]).node(),
        [
            "SELECT \"t1\".\"a\"\"b`c\" FROM \"we\"\"ird`\" AS \"t1\"",
            "SELECT \"t1\".\"a\"\"b`c\" FROM \"we\"\"ird`\" AS \"t1\"",
            "SELECT `t1`.`a\"b``c` FROM `we\"ird``` AS `t1`",
        ],
    );
}

#[test]
fn a_select_without_sources_has_no_from() {
    one(
        &select(vec![v(1), Node::sql("2")], vec![]).node(),
        "SELECT ?, 2",
        &[Value::Int(1)],
    );
}

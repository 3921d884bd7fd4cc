//! Sources: schemas, joins, lateral queries, lists of values, stars.

use std::sync::Arc;

use redstart_core::node::{Join, Select, SourceKey, ValuesList};
use redstart_core::{Node, Nodes, Value};

use crate::tree::*;

fn join(lhs: Node, join_type: &str, rhs: Node, on: Option<Node>) -> Node {
    Node::Join(Arc::new(Join {
        lhs,
        rhs,
        join_type: join_type.into(),
        on,
    }))
}

fn values(rows: Vec<Vec<Node>>, columns: Option<Nodes>, alias: Option<&str>) -> Node {
    Node::ValuesList(Arc::new(ValuesList {
        key: SourceKey::unique(),
        rows: rows.into_iter().map(Nodes::from).collect(),
        columns,
        alias: alias.map(Arc::from),
    }))
}

#[test]
fn a_schema_stands_in_front_of_the_table_only() {
    let s = schemed();
    sides(
        &s.select(&["a"]).filter(eq(s.column("a"), v(1))).node(),
        [
            r#"SELECT "t1"."a" FROM "sch"."s" AS "t1" WHERE ("t1"."a" = ?)"#,
            r#"SELECT "t1"."a" FROM "sch"."s" AS "t1" WHERE ("t1"."a" = %s)"#,
            "SELECT `t1`.`a` FROM `sch`.`s` AS `t1` WHERE (`t1`.`a` = %s)",
        ],
    );
}

#[test]
fn joins_are_written_as_they_were_chained() {
    let (u, t, s) = (users(), texts(), schemed());
    let first = join(
        t.table.clone(),
        "LEFT OUTER JOIN",
        u.table.clone(),
        Some(eq(t.column("u_id"), u.column("id"))),
    );
    let second = join(first, "CROSS JOIN", s.table.clone(), None);
    one(
        &select(vec![t.column("id")], vec![second]).node(),
        r#"SELECT "t1"."id" FROM "t" AS "t1" LEFT OUTER JOIN "u" AS "t2" ON ("t1"."u_id" = "t2"."id") CROSS JOIN "sch"."s" AS "t3""#,
        &[],
    );
}

#[test]
fn a_lateral_query_sees_what_stands_before_it() {
    let (u, t) = (users(), texts());
    let lateral = Select {
        lateral: true,
        alias: Some("q".into()),
        ..t.select(&["id"])
            .filter(eq(t.column("u_id"), u.column("id")))
            .limit(1)
    }
    .node();
    let source = join(
        u.table.clone(),
        "LEFT OUTER JOIN",
        lateral.clone(),
        Some(v(true)),
    );
    one(
        &select(vec![u.column("id"), c(&lateral, "id")], vec![source]).node(),
        r#"SELECT "t1"."id", "q"."id" FROM "u" AS "t1" LEFT OUTER JOIN LATERAL (SELECT "t2"."id" FROM "t" AS "t2" WHERE ("t2"."u_id" = "t1"."id") LIMIT ?) AS "q" ON ?"#,
        &[Value::Int(1), Value::Bool(true)],
    );
}

#[test]
fn a_list_of_values_is_a_source_with_named_columns() {
    let columns: Nodes = Arc::from([Node::entity("a"), Node::entity("b")]);
    let rows = || vec![vec![v(1), v(2)], vec![v(3), v("x")]];
    let source = values(rows(), Some(columns), None);
    sides(
        &select(vec![c(&source, "a")], vec![source]).node(),
        [
            r#"SELECT "t1"."a" FROM (VALUES (?, ?), (?, ?)) AS "t1"("a", "b")"#,
            r#"SELECT "t1"."a" FROM (VALUES (%s, %s), (%s, %s)) AS "t1"("a", "b")"#,
            "SELECT `t1`.`a` FROM (VALUES (%s, %s), (%s, %s)) AS `t1`(`a`, `b`)",
        ],
    );
    let u = users();
    one(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), values(vec![vec![v(1)]], None, None)))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN (VALUES (?)))"#,
        &[Value::Int(1)],
    );
    one(
        &select(
            vec![Node::sql("*")],
            vec![values(vec![vec![v(1)]], None, Some("v"))],
        )
        .node(),
        r#"SELECT * FROM (VALUES (?)) AS "v""#,
        &[Value::Int(1)],
    );
}

#[test]
fn a_star_is_qualified() {
    let u = users();
    let star = || Node::Star(Arc::new(u.table.clone()));
    one(
        &select(
            vec![star(), f("COUNT", vec![star()])],
            vec![u.table.clone()],
        )
        .node(),
        r#"SELECT "t1".*, COUNT("t1".*) FROM "u" AS "t1""#,
        &[],
    );
}

#[test]
fn functions_and_text_can_be_sources() {
    one(
        &select(
            vec![v(1)],
            vec![
                Node::sql("foo"),
                alias(f("gen", vec![v(2)]), "g"),
                Node::entity("q"),
            ],
        )
        .node(),
        r#"SELECT ? FROM foo, gen(?) AS "g", "q""#,
        &[Value::Int(1), Value::Int(2)],
    );
}

#[test]
fn a_composite_key_is_a_row_outside_of_the_select_list() {
    let u = users();
    let key = || Node::CompositeKey(Arc::from([u.column("id"), u.column("age")]));
    one(
        &select(vec![key()], vec![u.table.clone()])
            .filter(is_in(key(), list(vec![list(vec![v(1), v("2")])])))
            .node(),
        r#"SELECT "t1"."id", "t1"."age" FROM "u" AS "t1" WHERE (("t1"."id", "t1"."age") IN ((?, ?)))"#,
        &[Value::Int(1), Value::text("2")],
    );
}

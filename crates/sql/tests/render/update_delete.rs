//! `UPDATE` and `DELETE`.

use std::sync::Arc;

use redstart_core::node::{Delete, Tail, Update};
use redstart_core::{Node, Value};

use crate::tree::*;

fn delete(model: &Model, tail: Tail) -> Node {
    Node::Delete(Arc::new(Delete {
        table: model.table.clone(),
        returning: Arc::from([]),
        tail,
    }))
}

#[test]
fn targets_are_bare_and_everything_else_is_qualified_by_the_table() {
    let u = users();
    let update = u
        .update(vec![
            ("name", v("a")),
            ("age", op(u.column("age"), "+", v("1"))),
        ])
        .filter(eq(u.column("id"), v("3")));
    sides(
        &update.clone().node(),
        [
            r#"UPDATE "u" SET "name" = ?, "age" = ("u"."age" + ?) WHERE ("u"."id" = ?)"#,
            r#"UPDATE "u" SET "name" = %s, "age" = ("u"."age" + %s) WHERE ("u"."id" = %s)"#,
            "UPDATE `u` SET `name` = %s, `age` = (`u`.`age` + %s) WHERE (`u`.`id` = %s)",
        ],
    );
    assert_eq!(
        sqlite(&update.node()).map(|rendered| rendered.binds).ok(),
        Some(vec!["a".into(), Value::Int(1), Value::Int(3)])
    );
}

#[test]
fn the_schema_stands_at_the_table_and_not_at_its_columns() {
    let s = schemed();
    one(
        &s.update(vec![("a", op(s.column("a"), "+", v(1)))])
            .filter(eq(s.column("a"), v(3)))
            .node(),
        r#"UPDATE "sch"."s" SET "a" = ("s"."a" + ?) WHERE ("s"."a" = ?)"#,
        &[Value::Int(1), Value::Int(3)],
    );
}

#[test]
fn further_sources_have_aliases() {
    let (u, t) = (users(), texts());
    let source = t.select(&["u_id"]).node();
    let update = Update {
        from: Arc::from([source.clone(), u.alias(Some("x")).table]),
        ..u.update(vec![("age", c(&source, "u_id"))])
            .filter(eq(c(&source, "u_id"), u.column("id")))
    };
    one(
        &update.node(),
        r#"UPDATE "u" SET "age" = "t1"."u_id" FROM (SELECT "t2"."u_id" FROM "t" AS "t2") AS "t1", "u" AS "x" WHERE ("t1"."u_id" = "u"."id")"#,
        &[],
    );
}

#[test]
fn values_that_are_nodes_are_not_converted() {
    let u = users();
    one(
        &u.update(vec![
            (
                "age",
                param(v("3"), redstart_core::node::Converter::Inherit),
            ),
            ("id", f("x", vec![v("4")])),
            ("name", v(5)),
        ])
        .node(),
        r#"UPDATE "u" SET "age" = ?, "id" = x(?), "name" = ?"#,
        &["3".into(), "4".into(), "5".into()],
    );
}

#[test]
fn orders_and_limits_name_columns_bare() {
    let u = users();
    let tail = Tail {
        order_by: Some(Arc::from([desc(u.column("id"))])),
        limit: Some(v(2)),
        ..Tail::default()
    };
    one(
        &Node::Update(Arc::new(Update {
            tail: tail.clone(),
            ..u.update(vec![("age", v(1))])
        })),
        r#"UPDATE "u" SET "age" = ? ORDER BY "id" DESC LIMIT ?"#,
        &[Value::Int(1), Value::Int(2)],
    );
    one(
        &delete(&u, tail),
        r#"DELETE FROM "u" ORDER BY "id" DESC LIMIT ?"#,
        &[Value::Int(2)],
    );
}

#[test]
fn a_correlated_query_sees_the_written_table_by_its_name() {
    let (u, t) = (users(), texts());
    let inner = t.select_all().filter(eq(t.column("u_id"), u.column("id")));
    sides(
        &delete(
            &u,
            Tail {
                filter: Some(f("EXISTS", vec![inner.node()])),
                ..Tail::default()
            },
        ),
        [
            r#"DELETE FROM "u" WHERE EXISTS(SELECT "t1"."id" FROM "t" AS "t1" WHERE ("t1"."u_id" = "u"."id"))"#,
            r#"DELETE FROM "u" WHERE EXISTS(SELECT "t1"."id" FROM "t" AS "t1" WHERE ("t1"."u_id" = "u"."id"))"#,
            "DELETE FROM `u` WHERE EXISTS(SELECT `t1`.`id` FROM `t` AS `t1` WHERE (`t1`.`u_id` = `u`.`id`))",
        ],
    );
    one(
        &delete(
            &u,
            Tail {
                filter: Some(is_in(u.column("id"), u.select(&["id"]).node())),
                ..Tail::default()
            },
        ),
        r#"DELETE FROM "u" WHERE ("u"."id" IN (SELECT "u"."id" FROM "u" AS "u"))"#,
        &[],
    );
}

#[test]
fn an_update_of_nothing_is_left_to_the_database_to_refuse() {
    one(&users().update(vec![]).node(), r#"UPDATE "u" SET "#, &[]);
}

//! Which queries share the alias of a table, and when a new number is given.

use std::sync::Arc;

use redstart_core::Node;
use redstart_core::Value;
use redstart_core::node::{Join, Select};

use crate::tree::*;

#[test]
fn numbers_are_given_in_the_order_of_rendering() {
    let (u, t) = (users(), texts());
    let join = Node::Join(Arc::new(Join {
        lhs: t.table.clone(),
        rhs: u.table.clone(),
        join_type: "INNER JOIN".into(),
        on: Some(eq(t.column("u_id"), u.column("id"))),
    }));
    sides(
        &select(vec![u.column("name"), t.column("id")], vec![join]).node(),
        [
            r#"SELECT "t1"."name", "t2"."id" FROM "t" AS "t2" INNER JOIN "u" AS "t1" ON ("t2"."u_id" = "t1"."id")"#,
            r#"SELECT "t1"."name", "t2"."id" FROM "t" AS "t2" INNER JOIN "u" AS "t1" ON ("t2"."u_id" = "t1"."id")"#,
            "SELECT `t1`.`name`, `t2`.`id` FROM `t` AS `t2` INNER JOIN `u` AS `t1` ON (`t2`.`u_id` = `t1`.`id`)",
        ],
    );
}

#[test]
fn a_nested_query_shares_the_alias_of_a_table_known_outside() {
    let u = users();
    let inner = u.select(&["id"]).filter(op(u.column("age"), ">", v(1)));
    one(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), inner.node()))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN (SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."age" > ?)))"#,
        &[Value::Int(1)],
    );
}

#[test]
fn an_alias_of_a_model_is_a_source_of_its_own() {
    let u = users();
    let other = u.alias(None);
    let inner = other
        .select(&["id"])
        .filter(op(other.column("age"), ">", u.column("age")));
    one(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), inner.node()))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN (SELECT "t2"."id" FROM "u" AS "t2" WHERE ("t2"."age" > "t1"."age")))"#,
        &[],
    );
    let named = u.alias(Some("foo"));
    one(
        &select(
            vec![named.column("id"), u.column("id")],
            vec![named.table.clone(), u.table.clone()],
        )
        .node(),
        r#"SELECT "foo"."id", "t1"."id" FROM "u" AS "foo", "u" AS "t1""#,
        &[],
    );
}

#[test]
fn sibling_queries_share_the_alias_of_their_table() {
    let (u, t) = (users(), texts());
    let query = || t.select(&["u_id"]).node();
    one(
        &u.select(&["id"])
            .filter(and(
                is_in(u.column("id"), query()),
                is_in(u.column("age"), query()),
            ))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE (("t1"."id" IN (SELECT "t2"."u_id" FROM "t" AS "t2")) AND ("t1"."age" IN (SELECT "t2"."u_id" FROM "t" AS "t2")))"#,
        &[],
    );
}

#[test]
fn a_query_as_a_source_is_numbered_where_it_is_first_mentioned() {
    let u = users();
    let source = u.select(&["id"]).node();
    one(
        &select(vec![c(&source, "id")], vec![source]).node(),
        r#"SELECT "t1"."id" FROM (SELECT "t2"."id" FROM "u" AS "t2") AS "t1""#,
        &[],
    );
    let named = Select {
        alias: Some("q".into()),
        ..u.select(&["id"])
    }
    .node();
    one(
        &select(vec![c(&named, "id")], vec![named]).node(),
        r#"SELECT "q"."id" FROM (SELECT "t1"."id" FROM "u" AS "t1") AS "q""#,
        &[],
    );
}

#[test]
fn the_right_member_of_a_compound_does_not_see_aliases_of_the_left_one() {
    let (u, t) = (users(), texts());
    let query = || t.select(&["id"]).node();
    let both = || compound(query(), "UNION", query()).node();
    one(
        &both(),
        r#"SELECT "t1"."id" FROM "t" AS "t1" UNION SELECT "t2"."id" FROM "t" AS "t2""#,
        &[],
    );
    one(
        &u.select(&["id"])
            .filter(and(
                is_in(u.column("id"), both()),
                is_in(u.column("id"), query()),
            ))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE (("t1"."id" IN (SELECT "t2"."id" FROM "t" AS "t2" UNION SELECT "t3"."id" FROM "t" AS "t3")) AND ("t1"."id" IN (SELECT "t2"."id" FROM "t" AS "t2")))"#,
        &[],
    );
    one(
        &t.select(&["id"])
            .filter(is_in(t.column("id"), both()))
            .node(),
        r#"SELECT "t1"."id" FROM "t" AS "t1" WHERE ("t1"."id" IN (SELECT "t1"."id" FROM "t" AS "t1" UNION SELECT "t1"."id" FROM "t" AS "t1"))"#,
        &[],
    );
}

#[test]
fn a_named_query_in_the_select_list_is_written_out_elsewhere() {
    let t = texts();
    let count = Select {
        alias: Some("n".into()),
        ..select(
            vec![f("COUNT", vec![t.column("id")])],
            vec![t.table.clone()],
        )
    }
    .node();
    one(
        &select(
            vec![users().column("id"), count.clone()],
            vec![users().table],
        )
        .filter(eq(count, v(1)))
        .node(),
        r#"SELECT "t1"."id", (SELECT COUNT("t2"."id") FROM "t" AS "t2") AS "n" FROM "u" AS "t1" WHERE ((SELECT COUNT("t2"."id") FROM "t" AS "t2") = ?)"#,
        &[Value::Int(1)],
    );
}

//! Operators and their parentheses.

use std::sync::Arc;

use redstart_core::node::{Case, Cast};
use redstart_core::{Node, Value};

use crate::tree::*;

/// `SELECT "t1"."id" FROM "u" AS "t1" WHERE …`
fn filtered(filter: Node) -> Node {
    users().select(&["id"]).filter(filter).node()
}

/// Asserts what follows `WHERE` for SQLite.
#[track_caller]
fn condition(filter: Node, expected: &str, binds: &[Value]) {
    one(
        &filtered(filter),
        &format!(r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE {expected}"#),
        binds,
    );
}

#[test]
fn every_expression_has_parentheses_and_not_has_none_of_its_own() {
    let u = users();
    let both = and(eq(u.column("name"), v("a")), op(u.column("age"), ">", v(3)));
    condition(
        and(both, not(eq(u.column("id"), v(1)))),
        r#"((("t1"."name" = ?) AND ("t1"."age" > ?)) AND NOT ("t1"."id" = ?))"#,
        &["a".into(), Value::Int(3), Value::Int(1)],
    );
}

#[test]
fn membership_in_nothing_is_a_constant() {
    let u = users();
    condition(is_in(u.column("id"), list(vec![])), "(0 = 1)", &[]);
    condition(op(u.column("id"), "NOT IN", list(vec![])), "(1 = 1)", &[]);
    condition(is_in(u.column("id"), Node::sql("()")), "(0 = 1)", &[]);
    condition(eq(u.column("id"), list(vec![])), r#"("t1"."id" = ())"#, &[]);
}

#[test]
fn membership_in_nothing_gives_its_source_no_alias() {
    let (u, t) = (users(), texts());
    let never = is_in(t.column("id"), glue(vec![], ", ", true));
    let known = eq(u.column("id"), v(1));
    one(
        &select(vec![v(1)], vec![]).filter(and(never, known)).node(),
        r#"SELECT ? WHERE ((0 = 1) AND ("t1"."id" = ?))"#,
        &[Value::Int(1), Value::Int(1)],
    );
}

#[test]
fn lists_nest_and_a_single_expression_takes_their_parentheses() {
    let u = users();
    let plus = op(u.column("id"), "+", v(1));
    condition(
        is_in(
            u.column("age"),
            list(vec![list(vec![plus.clone(), v("2")]), v("3")]),
        ),
        r#"("t1"."age" IN ((("t1"."id" + ?), ?), ?))"#,
        &[Value::Int(1), Value::Int(2), Value::Int(3)],
    );
    condition(
        is_in(u.column("id"), list(vec![plus])),
        r#"("t1"."id" IN ("t1"."id" + ?))"#,
        &[Value::Int(1)],
    );
}

#[test]
fn operators_are_written_in_the_words_of_each_database() {
    let u = users();
    let name = || u.column("name");
    let filter = [
        op(name(), "LIKE", v("a")),
        op(name(), "ILIKE", v("b")),
        op(name(), "REGEXP", v("c")),
        op(name(), "IREGEXP", v("d")),
        op(u.column("age"), "#", v(1)),
    ];
    sides(
        &filtered(filter.into_iter().reduce(and).unwrap_or_else(null)),
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ((((("t1"."name" GLOB ?) AND ("t1"."name" LIKE ?)) AND ("t1"."name" REGEXP ?)) AND ("t1"."name" IREGEXP ?)) AND ("t1"."age" # ?))"#,
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ((((("t1"."name" LIKE %s) AND ("t1"."name" ILIKE %s)) AND ("t1"."name" ~ %s)) AND ("t1"."name" ~* %s)) AND ("t1"."age" # %s))"#,
            "SELECT `t1`.`id` FROM `u` AS `t1` WHERE (((((`t1`.`name` LIKE BINARY %s) AND (`t1`.`name` LIKE %s)) AND (`t1`.`name` REGEXP BINARY %s)) AND (`t1`.`name` REGEXP %s)) AND (`t1`.`age` XOR %s))",
        ],
    );
}

#[test]
fn strings_are_concatenated_by_operator_or_function() {
    let u = users();
    let text = concat(concat(u.column("name"), v("a")), u.column("age"));
    sides(
        &select(vec![f("x", vec![text])], vec![u.table.clone()]).node(),
        [
            r#"SELECT x(("t1"."name" || ?) || "t1"."age") FROM "u" AS "t1""#,
            r#"SELECT x(("t1"."name" || %s) || "t1"."age") FROM "u" AS "t1""#,
            "SELECT x(CONCAT(CONCAT(`t1`.`name`, %s), `t1`.`age`)) FROM `u` AS `t1`",
        ],
    );
}

#[test]
fn null_stands_as_the_tree_says() {
    let u = users();
    condition(
        and(
            op(u.column("name"), "IS", Node::sql("NULL")),
            op(u.column("age"), "<", null()),
        ),
        r#"(("t1"."name" IS NULL) AND ("t1"."age" < ?))"#,
        &[Value::Null],
    );
}

#[test]
fn a_subquery_as_operand_has_parentheses_once() {
    let (u, t) = (users(), texts());
    let query = || t.select(&["u_id"]).node();
    condition(
        and(
            eq(u.column("id"), query()),
            is_in(u.column("id"), list(vec![query(), v(1)])),
        ),
        r#"(("t1"."id" = (SELECT "t2"."u_id" FROM "t" AS "t2")) AND ("t1"."id" IN ((SELECT "t2"."u_id" FROM "t" AS "t2"), ?)))"#,
        &[Value::Int(1)],
    );
    condition(
        not(query()),
        r#"NOT (SELECT "t2"."u_id" FROM "t" AS "t2")"#,
        &[],
    );
}

#[test]
fn a_query_over_a_whole_model_selects_its_key_inside_of_an_expression() {
    let (u, t) = (users(), texts());
    condition(
        is_in(u.column("id"), t.select_all().node()),
        r#"("t1"."id" IN (SELECT "t2"."id" FROM "t" AS "t2"))"#,
        &[],
    );
    one(
        &select(vec![v(1)], vec![t.select_all().node()]).node(),
        r#"SELECT ? FROM (SELECT "t1"."id", "t1"."u_id", "t1"."text" FROM "t" AS "t1") AS "t2""#,
        &[Value::Int(1)],
    );
}

#[test]
fn cases_and_casts_keep_the_parentheses_of_their_parts() {
    let u = users();
    let chosen = Node::Case(Arc::new(Case {
        predicate: None,
        whens: vec![(eq(u.column("age"), v(1)), v("x"))],
        default: Some(null()),
    }));
    let cast = Node::Cast(Arc::new(Cast {
        node: op(u.column("age"), "+", v(2)),
        to: "TEXT".into(),
    }));
    one(
        &select(vec![chosen, cast], vec![u.table.clone()]).node(),
        r#"SELECT CASE WHEN ("t1"."age" = ?) THEN ? ELSE ? END, CAST(("t1"."age" + ?) AS TEXT) FROM "u" AS "t1""#,
        &[Value::Int(1), "x".into(), Value::Null, Value::Int(2)],
    );
}

#[test]
fn a_name_is_defined_in_the_select_list_and_stands_for_the_node_elsewhere() {
    let u = users();
    let named = || alias(op(u.column("age"), "+", v(1)), "z");
    one(
        &select(
            vec![named(), f("x", vec![alias(u.column("id"), "q")])],
            vec![u.table.clone()],
        )
        .filter(eq(named(), v(3)))
        .order_by(vec![desc(named())])
        .node(),
        r#"SELECT ("t1"."age" + ?) AS "z", x("t1"."id" AS "q") FROM "u" AS "t1" WHERE ("z" = ?) ORDER BY "z" DESC"#,
        &[Value::Int(1), Value::Int(3)],
    );
}

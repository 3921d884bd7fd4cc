//! Function calls.

use std::sync::Arc;

use redstart_core::node::Function;
use redstart_core::{Node, Value};

use crate::tree::*;

#[track_caller]
fn selected(node: Node, expected: &str, binds: &[Value]) {
    one(
        &select(vec![users().column("id"), node], vec![users().table]).node(),
        &format!(r#"SELECT "t1"."id", {expected} FROM "u" AS "t1""#),
        binds,
    );
}

#[test]
fn a_single_expression_gives_up_its_parentheses() {
    let u = users();
    let plus = || op(u.column("age"), "+", v(1));
    selected(
        f("SUM", vec![plus()]),
        r#"SUM("t1"."age" + ?)"#,
        &[Value::Int(1)],
    );
    selected(
        f("x", vec![plus(), v(2)]),
        r#"x(("t1"."age" + ?), ?)"#,
        &[Value::Int(1), Value::Int(2)],
    );
    selected(
        f("x", vec![not(plus())]),
        r#"x(NOT ("t1"."age" + ?))"#,
        &[Value::Int(1)],
    );
    selected(f("now", vec![]), "now()", &[]);
    selected(
        f("x", vec![list(vec![v(1), v(2)])]),
        "x((?, ?))",
        &[Value::Int(1), Value::Int(2)],
    );
}

#[test]
fn a_query_shares_the_parentheses_of_exists_and_its_kin_alone() {
    let query = || texts().select_all().node();
    for name in ["EXISTS", "any", "Some", "ALL", "array"] {
        selected(
            f(name, vec![query()]),
            &format!(r#"{name}(SELECT "t2"."id" FROM "t" AS "t2")"#),
            &[],
        );
    }
    selected(
        f("COALESCE", vec![query()]),
        r#"COALESCE((SELECT "t2"."id" FROM "t" AS "t2"))"#,
        &[],
    );
    selected(
        f("exists", vec![query(), v(1)]),
        r#"exists((SELECT "t2"."id" FROM "t" AS "t2"), ?)"#,
        &[Value::Int(1)],
    );
    selected(
        f("exists", vec![not(query())]),
        r#"exists(NOT (SELECT "t2"."id" FROM "t" AS "t2"))"#,
        &[],
    );
}

#[test]
fn filters_and_orders_belong_to_the_call() {
    let u = users();
    let aggregate = Function {
        order_by: Some(Arc::from([
            desc(u.column("id")),
            op(u.column("age"), "+", v(1)),
        ])),
        filter: Some(op(u.column("age"), ">", v("2"))),
        ..call("agg", vec![concat(u.column("name"), v("a"))])
    };
    selected(
        Node::Function(Arc::new(aggregate)),
        r#"agg(("t1"."name" || ?) ORDER BY "t1"."id" DESC, ("t1"."age" + ?)) FILTER (WHERE ("t1"."age" > ?))"#,
        &["a".into(), Value::Int(1), Value::Int(2)],
    );
}

#[test]
fn a_call_without_arguments_has_nothing_to_order() {
    let ordered = Function {
        order_by: Some(Arc::from([users().column("id")])),
        ..call("now", vec![])
    };
    selected(Node::Function(Arc::new(ordered)), "now()", &[]);
}

#[test]
fn a_table_as_argument_is_its_alias() {
    selected(f("x", vec![users().table]), r#"x("t1")"#, &[]);
}

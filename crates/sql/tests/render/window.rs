//! Windows, named and inline.

use std::sync::Arc;

use redstart_core::node::{Function, Select, Window};
use redstart_core::{Node, Value};

use crate::tree::*;

fn window(name: &str) -> Window {
    Window {
        alias: name.into(),
        extends: None,
        partition_by: Arc::from([]),
        order_by: Arc::from([]),
        frame_type: None,
        start: None,
        end: None,
        exclude: None,
        inline: false,
    }
}

fn over(window: Window) -> Node {
    Node::Function(Arc::new(Function {
        over: Some(Node::Window(Arc::new(window))),
        ..call("f", vec![])
    }))
}

#[track_caller]
fn inline(window: Window, expected: &str) {
    let call = over(Window {
        inline: true,
        ..window
    });
    one(
        &select(vec![call, users().column("id")], vec![users().table]).node(),
        &format!(r#"SELECT f() OVER {expected}, "t1"."id" FROM "u" AS "t1""#),
        &[],
    );
}

#[test]
fn a_named_window_is_defined_once_and_referred_to_by_name() {
    let u = users();
    let base = Window {
        partition_by: Arc::from([u.column("age")]),
        ..window("w1")
    };
    let extended = Window {
        extends: Some(Node::WindowAlias("w1".into())),
        order_by: Arc::from([desc(u.column("age"))]),
        ..window("w2")
    };
    let query = Select {
        windows: Some(Arc::from([
            Node::Window(Arc::new(base.clone())),
            Node::Window(Arc::new(extended.clone())),
        ])),
        ..select(vec![over(base), over(extended)], vec![u.table.clone()])
    };
    sides(
        &query.node(),
        [
            r#"SELECT f() OVER "w1", f() OVER "w2" FROM "u" AS "t1" WINDOW "w1" AS (PARTITION BY "t1"."age"), "w2" AS ("w1" ORDER BY "t1"."age" DESC)"#,
            r#"SELECT f() OVER "w1", f() OVER "w2" FROM "u" AS "t1" WINDOW "w1" AS (PARTITION BY "t1"."age"), "w2" AS ("w1" ORDER BY "t1"."age" DESC)"#,
            "SELECT f() OVER `w1`, f() OVER `w2` FROM `u` AS `t1` WINDOW `w1` AS (PARTITION BY `t1`.`age`), `w2` AS (`w1` ORDER BY `t1`.`age` DESC)",
        ],
    );
}

#[test]
fn an_inline_window_is_defined_where_it_is_used() {
    let u = users();
    let call = over(Window {
        partition_by: Arc::from([op(u.column("age"), "+", v(1))]),
        order_by: Arc::from([desc(u.column("id"))]),
        inline: true,
        ..window("w")
    });
    one(
        &select(vec![call], vec![u.table.clone()]).node(),
        r#"SELECT f() OVER (PARTITION BY ("t1"."age" + ?) ORDER BY "t1"."id" DESC) FROM "u" AS "t1""#,
        &[Value::Int(1)],
    );
    inline(window("w"), "()");
}

#[test]
fn frames_have_a_type_and_at_most_two_ends() {
    let preceding = || Some(Node::sql("UNBOUNDED PRECEDING"));
    inline(
        Window {
            frame_type: Some("ROWS".into()),
            start: preceding(),
            end: Some(Node::sql("2 FOLLOWING")),
            ..window("w")
        },
        "(ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING)",
    );
    inline(
        Window {
            start: Some(Node::sql("CURRENT ROW")),
            exclude: Some(Node::sql("TIES")),
            ..window("w")
        },
        "(ROWS CURRENT ROW EXCLUDE TIES)",
    );
    inline(
        Window {
            frame_type: Some("RANGE".into()),
            ..window("w")
        },
        "(RANGE UNBOUNDED PRECEDING)",
    );
}

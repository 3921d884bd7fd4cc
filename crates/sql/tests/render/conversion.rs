//! Who converts a value: the field on the left, the value itself, or nobody.

use std::any::Any;
use std::sync::Arc;

use redstart_core::node::{Cast, Converter, Marked};
use redstart_core::{HostConverter, Node, Result, Value};

use crate::tree::*;

/// Asserts the values bound by a condition on `u`.
#[track_caller]
fn binds(filter: Node, expected: &[Value]) {
    let query = users().select(&["id"]).filter(filter).node();
    let rendered = sqlite(&query).expect("the statement can be rendered");
    assert_eq!(rendered.binds, expected);
}

/// A converter that wraps every value in a function.
struct Wrap;

impl HostConverter for Wrap {
    fn to_db(&self, value: &Value) -> Result<Node> {
        Ok(f("wrapped", vec![Node::Value(value.clone())]))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn the_field_on_the_left_converts_the_right_side_and_its_lists() {
    let u = users();
    binds(eq(u.column("age"), v("1")), &[Value::Int(1)]);
    binds(
        is_in(
            u.column("age"),
            list(vec![v("1"), list(vec![v("2")]), null()]),
        ),
        &[Value::Int(1), Value::Int(2), Value::Null],
    );
    binds(
        op(
            u.column("age"),
            "BETWEEN",
            glue(vec![v("1"), v("2")], " AND ", false),
        ),
        &[Value::Int(1), Value::Int(2)],
    );
    binds(op(u.column("age"), "+", v("4")), &[Value::Int(4)]);
}

#[test]
fn names_orderings_and_negations_keep_the_field() {
    let u = users();
    let one = [Value::Int(1)];
    binds(eq(alias(u.column("age"), "z"), v("1")), &one);
    binds(eq(not(u.column("age")), v("1")), &one);
    binds(eq(desc(u.column("age")), v("1")), &one);
}

#[test]
fn calculations_functions_and_casts_on_the_left_convert_nothing() {
    let u = users();
    let text = || Value::text("2");
    binds(
        eq(op(u.column("age"), "+", v(1)), v("2")),
        &[Value::Int(1), text()],
    );
    binds(eq(f("x", vec![u.column("age")]), v("2")), &[text()]);
    let cast = Node::Cast(Arc::new(Cast {
        node: u.column("age"),
        to: "x".into(),
    }));
    binds(eq(cast, v("2")), &[text()]);
    let raw = Node::Marked(Arc::new(Marked {
        node: u.column("age"),
        coerce: false,
        converter: None,
    }));
    binds(eq(raw, v("2")), &[text()]);
}

#[test]
fn arguments_of_functions_on_the_right_are_not_converted() {
    let u = users();
    binds(
        eq(u.column("age"), f("x", vec![v("1")])),
        &[Value::text("1")],
    );
    binds(
        eq(u.column("age"), op(v("1"), "+", v("2"))),
        &[Value::text("1"), Value::text("2")],
    );
}

#[test]
fn a_value_may_bring_its_own_converter_or_none() {
    let u = users();
    binds(
        eq(u.column("age"), param(v("1"), Converter::Off)),
        &[Value::text("1")],
    );
    binds(
        eq(u.column("age"), param(v("1"), Converter::Inherit)),
        &[Value::Int(1)],
    );
}

#[test]
fn the_outcome_of_a_host_conversion_may_be_any_node() {
    let u = users();
    let host: Arc<dyn HostConverter> = Arc::new(Wrap);
    let values = param(list(vec![v("1"), v(2)]), Converter::Host(host));
    one(
        &u.select(&["id"])
            .filter(is_in(u.column("age"), values))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."age" IN (wrapped(?), wrapped(?)))"#,
        &[Value::text("1"), Value::Int(2)],
    );
}

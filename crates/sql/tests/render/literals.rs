//! Values as literals.

use std::sync::Arc;

use redstart_core::value::{Date, DateTime, Time};
use redstart_core::{ErrorKind, Node, OpaqueValue, Value};

use crate::tree::*;

#[track_caller]
fn literal(value: Value, expected: &str) {
    one(
        &Node::ValueLiterals(Arc::new(Node::Value(value))),
        expected,
        &[],
    );
}

#[test]
fn every_kind_of_value_has_a_literal() {
    let date = Date {
        year: 2020,
        month: 1,
        day: 2,
    };
    let time = Time {
        hour: 3,
        minute: 4,
        second: 5,
        microsecond: 0,
        offset: None,
    };
    literal(Value::Null, "NULL");
    literal(Value::Bool(true), "1");
    literal(Value::Int(-7), "-7");
    literal(Value::Float(1.5), "1.5");
    literal(Value::Decimal("1.50".into()), "1.50");
    literal("a'b".into(), "'a''b'");
    literal(Value::blob(*b"ab"), "'ab'");
    literal(Value::blob([0xff, 0x00]), "x'ff00'");
    literal(Value::Date(date), "'2020-01-02'");
    literal(Value::Time(time), "'03:04:05'");
    literal(
        Value::DateTime(DateTime { date, time }),
        "'2020-01-02 03:04:05'",
    );
    literal(
        Value::Uuid([0; 16]),
        "'00000000-0000-0000-0000-000000000000'",
    );
    literal(
        Value::List(Arc::from([Value::Int(1), "x".into()])),
        "(1, 'x')",
    );
}

#[test]
fn a_value_of_the_host_has_none() {
    struct Thing;
    impl OpaqueValue for Thing {
        fn type_name(&self) -> String {
            "Thing".into()
        }
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }
    let node = Node::ValueLiterals(Arc::new(Node::Value(Value::Opaque(Arc::new(Thing)))));
    let error = sqlite(&node).expect_err("an opaque value has no literal");
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.message().contains("Thing"));
}

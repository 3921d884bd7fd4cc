//! The renderer in the hands of a host: nodes of its own, state and aliases.

use std::any::Any;
use std::sync::Arc;

use redstart_core::node::{Converter, SourceKey};
use redstart_core::{Capability, Error, HostNode, Node, Result, Value};
use redstart_sql::{AliasName, Renderer, Scope, StateChange};

use crate::tree::*;

/// A host's node that takes the renderer out of its place while it writes.
struct Shout(Node);

impl HostNode for Shout {
    fn render(&self, renderer: &mut dyn Any) -> Result<()> {
        let Some(place) = renderer.downcast_mut::<Renderer>() else {
            return Err(Error::value("a renderer was expected"));
        };
        let mut taken = std::mem::take(place);
        taken.literal("shout(");
        let outcome = taken.node(&self.0);
        taken.literal(")");
        *place = taken;
        outcome
    }

    fn type_name(&self) -> String {
        "Shout".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn a_node_of_the_host_renders_nodes_in_the_state_of_its_place() {
    let u = users();
    let shout = |node: Node| Node::Host(Arc::new(Shout(node)));
    one(
        &select(
            vec![shout(alias(u.column("id"), "z"))],
            vec![u.table.clone()],
        )
        .filter(eq(u.column("age"), shout(v("1"))))
        .node(),
        r#"SELECT shout("t1"."id" AS "z") FROM "u" AS "t1" WHERE ("t1"."age" = shout(?))"#,
        &[Value::Int(1)],
    );
}

#[test]
fn changes_of_the_state_are_undone_in_order() {
    let mut renderer = Renderer::new(Arc::new(Capability::sqlite()));
    renderer.push_state(StateChange {
        scope: Some(Scope::Values),
        subquery: Some(true),
        converter: Some(Converter::Off),
        ..StateChange::default()
    });
    renderer.push_state(StateChange {
        scope: Scope::from_number(16),
        ..StateChange::default()
    });
    assert_eq!(renderer.scope().number(), 16);
    assert!(renderer.subquery());
    renderer.pop_state();
    assert_eq!(renderer.scope(), Scope::Values);
    renderer.pop_state();
    assert_eq!(renderer.scope(), Scope::Normal);
    assert!(!renderer.subquery());
}

#[test]
fn aliases_of_a_level_are_forgotten_and_their_numbers_are_not() {
    let mut renderer = Renderer::new(Arc::new(Capability::sqlite()));
    let (first, second) = (SourceKey::unique(), SourceKey::unique());
    assert_eq!(renderer.alias(first), AliasName::Number(1));
    renderer.push_alias();
    assert_eq!(renderer.alias(first), AliasName::Number(1));
    assert_eq!(renderer.alias(second), AliasName::Number(2));
    renderer.pop_alias();
    assert_eq!(renderer.find_alias(second), None);
    assert_eq!(renderer.alias(second), AliasName::Number(3));
    renderer.set_alias(second, "x".into());
    assert_eq!(renderer.alias(second), AliasName::Name("x".into()));
}

#[test]
fn a_value_is_bound_with_the_converter_that_is_asked_for() {
    let mut renderer = Renderer::new(Arc::new(Capability::postgres()));
    let Node::Column(age) = users().column("age") else {
        unreachable!("a field is a column");
    };
    let Some(field) = age.field.clone() else {
        unreachable!("the column has a field");
    };
    renderer
        .value(&"1".into(), &Converter::Field(field))
        .expect("a field converts");
    renderer
        .value(&"1".into(), &Converter::Inherit)
        .expect("nobody converts here");
    let outcome = renderer.finish();
    assert_eq!(outcome.sql, "%s%s");
    assert_eq!(outcome.binds, [Value::Int(1), "1".into()]);
}

#[test]
fn wide_statements_number_their_aliases_in_decimal() {
    let sources: Vec<Node> = (0..12).map(|_| users().alias(None).table).collect();
    let rendered = sqlite(&select(vec![v(1)], sources).node()).map(|rendered| rendered.sql);
    assert!(rendered.is_ok_and(|sql| {
        sql.ends_with(r#""u" AS "t9", "u" AS "t10", "u" AS "t11", "u" AS "t12""#)
    }));
}

//! Common table expressions.

use std::sync::Arc;

use redstart_core::node::{Cte, Delete, Insert, InsertSource, SourceKey, Tail};
use redstart_core::{Name, Node, Value};

use crate::tree::*;

fn cte(name: &str, query: Node) -> Cte {
    Cte {
        key: SourceKey::named("cte", name),
        name: name.into(),
        alias: None,
        query,
        recursive: false,
        columns: None,
        materialized: None,
    }
}

fn node(cte: Cte) -> Node {
    Node::Cte(Arc::new(cte))
}

#[test]
fn a_definition_comes_first_and_shares_no_alias_with_the_statement() {
    let u = users();
    let known = node(cte("k", u.select(&["id"]).node()));
    let inner = select(vec![c(&known, "id")], vec![known.clone()]);
    sides(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), inner.node()))
            .with(vec![known])
            .node(),
        [
            r#"WITH "k" AS (SELECT "t1"."id" FROM "u" AS "t1") SELECT "t2"."id" FROM "u" AS "t2" WHERE ("t2"."id" IN (SELECT "k"."id" FROM "k"))"#,
            r#"WITH "k" AS (SELECT "t1"."id" FROM "u" AS "t1") SELECT "t2"."id" FROM "u" AS "t2" WHERE ("t2"."id" IN (SELECT "k"."id" FROM "k"))"#,
            "WITH `k` AS (SELECT `t1`.`id` FROM `u` AS `t1`) SELECT `t2`.`id` FROM `u` AS `t2` WHERE (`t2`.`id` IN (SELECT `k`.`id` FROM `k`))",
        ],
    );
}

#[test]
fn a_recursive_one_names_its_columns_and_joins_itself() {
    let u = users();
    let columns: Arc<[Node]> = Arc::from([Node::entity("id"), Node::entity("lvl")]);
    let base = select(
        vec![u.column("id"), alias(v(1), "lvl")],
        vec![u.table.clone()],
    );
    let itself = node(cte("b", null()));
    let p = u.alias(Some("p"));
    let term = select(
        vec![p.column("id"), op(c(&itself, "lvl"), "+", v(1))],
        vec![p.table.clone(), itself.clone()],
    );
    let known = node(Cte {
        recursive: true,
        columns: Some(columns),
        ..cte("b", compound(base.node(), "UNION ALL", term.node()).node())
    });
    sides(
        &select(vec![c(&known, "id")], vec![known.clone()])
            .with(vec![known])
            .node(),
        [
            r#"WITH RECURSIVE "b" ("id", "lvl") AS (SELECT "t1"."id", ? AS "lvl" FROM "u" AS "t1" UNION ALL SELECT "p"."id", ("b"."lvl" + ?) FROM "u" AS "p", "b") SELECT "b"."id" FROM "b""#,
            r#"WITH RECURSIVE "b" ("id", "lvl") AS ((SELECT "t1"."id", %s AS "lvl" FROM "u" AS "t1") UNION ALL (SELECT "p"."id", ("b"."lvl" + %s) FROM "u" AS "p", "b")) SELECT "b"."id" FROM "b""#,
            "WITH RECURSIVE `b` (`id`, `lvl`) AS ((SELECT `t1`.`id`, %s AS `lvl` FROM `u` AS `t1`) UNION ALL (SELECT `p`.`id`, (`b`.`lvl` + %s) FROM `u` AS `p`, `b`)) SELECT `b`.`id` FROM `b`",
        ],
    );
}

#[test]
fn materialization_is_said_where_it_is_known() {
    for (materialized, text) in [(true, "MATERIALIZED"), (false, "NOT MATERIALIZED")] {
        let known = node(Cte {
            materialized: Some(materialized),
            ..cte("k", users().select(&["id"]).node())
        });
        one(
            &select(vec![c(&known, "id")], vec![known.clone()])
                .with(vec![known])
                .node(),
            &format!(
                r#"WITH "k" AS {text} (SELECT "t1"."id" FROM "u" AS "t1") SELECT "k"."id" FROM "k""#
            ),
            &[],
        );
    }
}

#[test]
fn a_subquery_brings_its_definitions_inside_of_its_parentheses() {
    let u = users();
    let known = node(cte("k", u.select(&["id"]).node()));
    let inner = select(vec![c(&known, "id")], vec![known.clone()]).with(vec![known]);
    one(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), inner.node()))
            .node(),
        r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN (WITH "k" AS (SELECT "t2"."id" FROM "u" AS "t2") SELECT "k"."id" FROM "k"))"#,
        &[],
    );
}

#[test]
fn a_writing_statement_can_be_the_query() {
    let u = users();
    let delete = Node::Delete(Arc::new(Delete {
        table: u.table.clone(),
        returning: Arc::from([u.column("id")]),
        tail: Tail {
            filter: Some(eq(u.column("id"), v(1))),
            ..Tail::default()
        },
    }));
    let known = node(cte("d", delete));
    one(
        &select(vec![c(&known, "id")], vec![known.clone()])
            .with(vec![known])
            .node(),
        r#"WITH "d" AS (DELETE FROM "u" WHERE ("u"."id" = ?) RETURNING "u"."id") SELECT "d"."id" FROM "d""#,
        &[Value::Int(1)],
    );
}

#[test]
fn a_writing_statement_can_have_definitions() {
    let u = users();
    let known = node(cte("k", u.select(&["name"]).node()));
    let insert = Insert {
        table: u.table.clone(),
        columns: Arc::from([u.column("name")]),
        source: InsertSource::Query(select(vec![c(&known, "name")], vec![known.clone()]).node()),
        on_conflict: None,
        returning: Arc::from([]),
        with: Arc::from([known]),
    };
    one(
        &inserted(insert),
        r#"WITH "k" AS (SELECT "t1"."name" FROM "u" AS "t1") INSERT INTO "u" ("name") SELECT "k"."name" FROM "k""#,
        &[],
    );
}

#[test]
fn an_alias_replaces_the_name_everywhere() {
    let alias: Option<Name> = Some("foo".into());
    let known = node(Cte {
        alias,
        ..cte("k", users().select(&["id"]).node())
    });
    one(
        &select(vec![c(&known, "id")], vec![known.clone()])
            .with(vec![known])
            .node(),
        r#"WITH "foo" AS (SELECT "t1"."id" FROM "u" AS "t1") SELECT "foo"."id" FROM "foo""#,
        &[],
    );
}

//! A query in every place where one can stand: its parentheses, its alias and its
//! columns.

use std::sync::Arc;

use redstart_core::Node;
use redstart_core::node::{
    Case, Cast, Delete, Distinct, Function, Insert, Join, Select, SourceKey, Tail, Update,
    ValuesList, Window,
};

use crate::tree::*;

/// `SELECT node FROM "u"`
fn listed(node: Node) -> Node {
    select(vec![node], vec![users().table]).node()
}

/// `SELECT 1 FROM source`
fn source(node: Node) -> Node {
    select(vec![Node::sql("1")], vec![node]).node()
}

fn case(query: &Node) -> Node {
    Node::Case(Arc::new(Case {
        predicate: Some(query.clone()),
        whens: vec![(query.clone(), query.clone())],
        default: None,
    }))
}

fn cast(node: Node) -> Node {
    Node::Cast(Arc::new(Cast {
        node,
        to: "i".into(),
    }))
}

fn join(rhs: Node, on: Node) -> Node {
    source(Node::Join(Arc::new(Join {
        lhs: users().table,
        rhs,
        join_type: "INNER JOIN".into(),
        on: Some(on),
    })))
}

/// The whole model `t`, without a word about where it stands.
fn model() -> Node {
    texts().select_all().node()
}

fn union() -> Node {
    compound(
        texts().select(&["id"]).node(),
        "UNION",
        schemed().select(&["a"]).node(),
    )
    .node()
}

#[test]
fn in_the_select_list_it_has_parentheses_and_the_key_alone() {
    let cases = [
        (listed(model()), r#"(SELECT "t1"."id" FROM "t" AS "t1")"#),
        (
            listed(alias(model(), "z")),
            r#"(SELECT "t1"."id" FROM "t" AS "t1") AS "z""#,
        ),
        (
            listed(cast(model())),
            r#"CAST((SELECT "t1"."id" FROM "t" AS "t1") AS i)"#,
        ),
        (
            listed(glue(vec![model(), Node::sql("a")], " ", false)),
            r#"(SELECT "t1"."id" FROM "t" AS "t1") a"#,
        ),
        (
            listed(glue(vec![model()], ", ", true)),
            r#"((SELECT "t1"."id" FROM "t" AS "t1"))"#,
        ),
        (
            listed(f("y", vec![list(vec![model()])])),
            r#"y(((SELECT "t1"."id" FROM "t" AS "t1")))"#,
        ),
        (
            listed(f("x", vec![op(model(), "+", Node::sql("1"))])),
            r#"x((SELECT "t1"."id" FROM "t" AS "t1") + 1)"#,
        ),
        (
            listed(f("EXISTS", vec![alias(model(), "q")])),
            r#"EXISTS((SELECT "t1"."id" FROM "t" AS "t1") AS "q")"#,
        ),
        (
            listed(case(&model())),
            r#"CASE (SELECT "t1"."id" FROM "t" AS "t1") WHEN (SELECT "t1"."id" FROM "t" AS "t1") THEN (SELECT "t1"."id" FROM "t" AS "t1") END"#,
        ),
    ];
    for (statement, expected) in cases {
        one(
            &statement,
            &format!(r#"SELECT {expected} FROM "u" AS "t2""#),
            &[],
        );
    }
}

#[test]
fn in_clauses_it_has_parentheses_and_the_key_alone() {
    let u = users();
    let query = Select {
        distinct: Distinct::On(Arc::from([u.column("id")])),
        group_by: Some(Arc::from([model()])),
        having: Some(model()),
        ..u.select(&["id"])
    };
    let query = query.filter(not(model())).order_by(vec![desc(model())]);
    one(
        &query.node(),
        r#"SELECT DISTINCT ON ("t1"."id") "t1"."id" FROM "u" AS "t1" WHERE NOT (SELECT "t2"."id" FROM "t" AS "t2") GROUP BY (SELECT "t2"."id" FROM "t" AS "t2") HAVING (SELECT "t2"."id" FROM "t" AS "t2") ORDER BY (SELECT "t2"."id" FROM "t" AS "t2") DESC"#,
        &[],
    );
}

#[test]
fn as_a_source_it_has_an_alias_and_all_columns() {
    one(
        &source(f("x", vec![model()])),
        r#"SELECT 1 FROM x((SELECT "t1"."id", "t1"."u_id", "t1"."text" FROM "t" AS "t1"))"#,
        &[],
    );
    one(
        &join(model(), Node::sql("on")),
        r#"SELECT 1 FROM "u" AS "t1" INNER JOIN (SELECT "t2"."id", "t2"."u_id", "t2"."text" FROM "t" AS "t2") AS "t3" ON on"#,
        &[],
    );
    one(
        &join(schemed().table, eq(users().column("id"), model())),
        r#"SELECT 1 FROM "u" AS "t1" INNER JOIN "sch"."s" AS "t2" ON ("t1"."id" = (SELECT "t3"."id", "t3"."u_id", "t3"."text" FROM "t" AS "t3"))"#,
        &[],
    );
    let row = ValuesList {
        key: SourceKey::unique(),
        rows: vec![Arc::from([texts().select(&["id"]).node()])],
        columns: None,
        alias: None,
    };
    one(
        &source(Node::ValuesList(Arc::new(row))),
        r#"SELECT 1 FROM (VALUES ((SELECT "t1"."id" FROM "t" AS "t1") AS "t2")) AS "t3""#,
        &[],
    );
}

#[test]
fn in_front_of_a_column_it_is_its_alias() {
    one(
        &listed(Node::QualifiedNames(Arc::new(model()))),
        r#"SELECT "t1" FROM "u" AS "t2""#,
        &[],
    );
}

#[test]
fn in_writing_statements_it_is_a_value_or_a_source() {
    let u = users();
    let tail = Tail {
        filter: Some(model()),
        ..Tail::default()
    };
    one(
        &Node::Update(Arc::new(Update {
            tail: tail.clone(),
            ..u.update(vec![("age", model())])
        })),
        r#"UPDATE "u" SET "age" = (SELECT "t1"."id" FROM "t" AS "t1") WHERE (SELECT "t1"."id" FROM "t" AS "t1")"#,
        &[],
    );
    one(
        &inserted(u.insert(&[("age", &[model()])])),
        r#"INSERT INTO "u" ("age") VALUES ((SELECT "t1"."id" FROM "t" AS "t1"))"#,
        &[],
    );
    one(
        &inserted(Insert {
            columns: Arc::from([u.column("age")]),
            source: redstart_core::node::InsertSource::Query(model()),
            ..u.insert(&[])
        }),
        r#"INSERT INTO "u" ("age") SELECT "t1"."id", "t1"."u_id", "t1"."text" FROM "t" AS "t1""#,
        &[],
    );
    let named = Select {
        alias: Some("z".into()),
        ..texts().select(&["id"])
    };
    one(
        &Node::Delete(Arc::new(Delete {
            table: u.table.clone(),
            returning: Arc::from([
                texts().select(&["id"]).node(),
                eq(named.node(), Node::sql("1")),
            ]),
            tail: Tail::default(),
        })),
        r#"DELETE FROM "u" RETURNING (SELECT "t1"."id" FROM "t" AS "t1") AS "t2", ((SELECT "t1"."id" FROM "t" AS "t1") AS "z" = 1)"#,
        &[],
    );
}

/// Asserts what MySQL is told, which alone minds the place of a compound.
#[track_caller]
fn mysql_says(statement: &Node, expected: &str) {
    let rendered = mysql(statement).expect("the statement can be rendered");
    assert_eq!(rendered.sql, expected);
}

const MEMBERS: &str =
    "(SELECT `t1`.`id` FROM `t` AS `t1`) UNION (SELECT `t2`.`a` FROM `sch`.`s` AS `t2`)";
const BARE: &str = "SELECT `t1`.`id` FROM `t` AS `t1` UNION SELECT `t2`.`a` FROM `sch`.`s` AS `t2`";

#[test]
fn mysql_gives_members_no_parentheses_inside_of_operands_and_arguments() {
    let bare = [
        (listed(f("x", vec![union()])), format!("x(({BARE}))")),
        (
            listed(f("EXISTS", vec![union()])),
            format!("EXISTS({BARE})"),
        ),
        (
            listed(op(union(), "+", Node::sql("1"))),
            format!("(({BARE}) + 1)"),
        ),
        (
            listed(f("y", vec![cast(union())])),
            format!("y(CAST(({BARE}) AS i))"),
        ),
        (listed(union()), format!("({MEMBERS})")),
        (listed(cast(union())), format!("CAST(({MEMBERS}) AS i)")),
        (
            listed(glue(vec![union()], ", ", true)),
            format!("(({MEMBERS}))"),
        ),
    ];
    for (statement, expected) in bare {
        mysql_says(&statement, &format!("SELECT {expected} FROM `u` AS `t3`"));
    }
}

#[test]
fn mysql_gives_the_outcomes_of_a_case_no_parentheses() {
    let query = Node::Case(Arc::new(Case {
        predicate: None,
        whens: vec![(Node::sql("1"), union())],
        default: None,
    }));
    mysql_says(
        &listed(query),
        &format!("SELECT CASE WHEN 1 THEN ({BARE}) END FROM `u` AS `t3`"),
    );
}

#[test]
fn mysql_minds_the_order_of_a_call_but_not_its_filter_and_window() {
    let ordered = Function {
        order_by: Some(Arc::from([union()])),
        ..call("y", vec![Node::sql("a")])
    };
    mysql_says(
        &listed(Node::Function(Arc::new(ordered))),
        &format!("SELECT y(a ORDER BY ({BARE})) FROM `u` AS `t3`"),
    );
    let window = Window {
        alias: "w".into(),
        extends: None,
        partition_by: Arc::from([union()]),
        order_by: Arc::from([]),
        frame_type: None,
        start: None,
        end: None,
        exclude: None,
        inline: true,
    };
    let windowed = Function {
        over: Some(Node::Window(Arc::new(window))),
        ..call("y", vec![])
    };
    mysql_says(
        &listed(Node::Function(Arc::new(windowed))),
        &format!("SELECT y() OVER (PARTITION BY ({MEMBERS})) FROM `u` AS `t3`"),
    );
    let filtered = Function {
        filter: Some(union()),
        ..call("y", vec![])
    };
    mysql_says(
        &listed(Node::Function(Arc::new(filtered))),
        &format!("SELECT y() FILTER (WHERE ({MEMBERS})) FROM `u` AS `t3`"),
    );
}

#[test]
fn mysql_forgets_the_operand_around_a_nested_select() {
    let u = users();
    let inner = select(vec![union()], vec![u.table.clone()]);
    mysql_says(
        &u.select(&["id"])
            .filter(is_in(u.column("id"), inner.node()))
            .node(),
        "SELECT `t1`.`id` FROM `u` AS `t1` WHERE (`t1`.`id` IN (SELECT ((SELECT `t2`.`id` FROM `t` AS `t2`) UNION (SELECT `t3`.`a` FROM `sch`.`s` AS `t3`)) FROM `u` AS `t1`))",
    );
}

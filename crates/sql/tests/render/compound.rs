//! Compound selects, in the three ways of wrapping their members.

use redstart_core::{Node, Value};

use crate::tree::*;

fn id(model: &Model) -> Node {
    model.select(&["id"]).node()
}

#[test]
fn members_are_wrapped_as_each_database_wants_it() {
    let (u, t, s) = (users(), texts(), schemed());
    let left = compound(compound(id(&u), "UNION", id(&t)).node(), "UNION", id(&s));
    sides(
        &left.node(),
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" UNION SELECT "t2"."id" FROM "t" AS "t2" UNION SELECT "t3"."id" FROM "sch"."s" AS "t3""#,
            r#"((SELECT "t1"."id" FROM "u" AS "t1") UNION (SELECT "t2"."id" FROM "t" AS "t2")) UNION (SELECT "t3"."id" FROM "sch"."s" AS "t3")"#,
            "(SELECT `t1`.`id` FROM `u` AS `t1`) UNION (SELECT `t2`.`id` FROM `t` AS `t2`) UNION (SELECT `t3`.`id` FROM `sch`.`s` AS `t3`)",
        ],
    );
}

#[test]
fn order_and_limit_belong_to_the_whole_and_name_columns_bare() {
    let (u, t) = (users(), texts());
    let whole = compound(id(&u), "UNION ALL", id(&t))
        .order_by(vec![u.column("id")])
        .limit(3);
    sides(
        &whole.node(),
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" UNION ALL SELECT "t2"."id" FROM "t" AS "t2" ORDER BY "id" LIMIT ?"#,
            r#"(SELECT "t1"."id" FROM "u" AS "t1") UNION ALL (SELECT "t2"."id" FROM "t" AS "t2") ORDER BY "id" LIMIT %s"#,
            "(SELECT `t1`.`id` FROM `u` AS `t1`) UNION ALL (SELECT `t2`.`id` FROM `t` AS `t2`) ORDER BY `id` LIMIT %s",
        ],
    );
}

#[test]
fn a_limited_member_becomes_a_source_where_there_are_no_parentheses() {
    let (u, t) = (users(), texts());
    let whole = compound(
        u.select(&["id"]).limit(1).node(),
        "UNION",
        t.select(&["id"]).order_by(vec![t.column("id")]).node(),
    );
    sides(
        &whole.node(),
        [
            r#"SELECT * FROM (SELECT "t1"."id" FROM "u" AS "t1" LIMIT ?) UNION SELECT * FROM (SELECT "t2"."id" FROM "t" AS "t2" ORDER BY "t2"."id")"#,
            r#"(SELECT "t1"."id" FROM "u" AS "t1" LIMIT %s) UNION (SELECT "t2"."id" FROM "t" AS "t2" ORDER BY "t2"."id")"#,
            "(SELECT `t1`.`id` FROM `u` AS `t1` LIMIT %s) UNION (SELECT `t2`.`id` FROM `t` AS `t2` ORDER BY `t2`.`id`)",
        ],
    );
}

#[test]
fn a_member_with_an_empty_order_is_not_limited() {
    let t = texts();
    one(
        &compound(t.select(&["id"]).order_by(vec![]).node(), "UNION", id(&t)).node(),
        r#"SELECT "t1"."id" FROM "t" AS "t1" UNION SELECT "t2"."id" FROM "t" AS "t2""#,
        &[],
    );
}

#[test]
fn nested_compounds_are_sources_unless_they_associate() {
    let (u, t, s) = (users(), texts(), schemed());
    let operators = ["UNION", "UNION ALL", "INTERSECT", "EXCEPT"];
    for outer in operators {
        for inner in operators {
            let nested = || compound(id(&t), inner, id(&s)).node();
            let left = sqlite(&compound(nested(), outer, id(&u)).node()).map(|r| r.sql);
            let right = sqlite(&compound(id(&u), outer, nested()).node()).map(|r| r.sql);
            assert_eq!(
                left.is_ok_and(|sql| sql.starts_with("SELECT * FROM (")),
                outer == "INTERSECT" && inner != "INTERSECT",
                "{inner} to the left of {outer}"
            );
            assert_eq!(
                right.is_ok_and(|sql| sql.contains("SELECT * FROM (")),
                outer != inner || inner == "EXCEPT",
                "{inner} to the right of {outer}"
            );
        }
    }
}

#[test]
fn as_an_operand_a_compound_has_one_pair_of_parentheses() {
    let (u, t, s) = (users(), texts(), schemed());
    let filter = is_in(u.column("id"), compound(id(&t), "UNION", id(&s)).node());
    sides(
        &u.select(&["id"]).filter(filter).node(),
        [
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN (SELECT "t2"."id" FROM "t" AS "t2" UNION SELECT "t3"."id" FROM "sch"."s" AS "t3"))"#,
            r#"SELECT "t1"."id" FROM "u" AS "t1" WHERE ("t1"."id" IN ((SELECT "t2"."id" FROM "t" AS "t2") UNION (SELECT "t3"."id" FROM "sch"."s" AS "t3")))"#,
            "SELECT `t1`.`id` FROM `u` AS `t1` WHERE (`t1`.`id` IN (SELECT `t2`.`id` FROM `t` AS `t2` UNION SELECT `t3`.`id` FROM `sch`.`s` AS `t3`))",
        ],
    );
}

#[test]
fn as_a_source_a_compound_has_an_alias() {
    let (u, t) = (users(), texts());
    let source = compound(id(&u), "UNION", id(&t)).node();
    sides(
        &select(vec![c(&source, "id")], vec![source]).node(),
        [
            r#"SELECT "t1"."id" FROM (SELECT "t2"."id" FROM "u" AS "t2" UNION SELECT "t3"."id" FROM "t" AS "t3") AS "t1""#,
            r#"SELECT "t1"."id" FROM ((SELECT "t2"."id" FROM "u" AS "t2") UNION (SELECT "t3"."id" FROM "t" AS "t3")) AS "t1""#,
            "SELECT `t1`.`id` FROM ((SELECT `t2`.`id` FROM `u` AS `t2`) UNION (SELECT `t3`.`id` FROM `t` AS `t3`)) AS `t1`",
        ],
    );
}

#[test]
fn members_keep_all_columns_of_a_whole_model() {
    let t = texts();
    let whole = compound(t.select_all().node(), "UNION", t.select_all().node());
    one(
        &select(vec![f("EXISTS", vec![whole.node()]), v(1)], vec![]).node(),
        r#"SELECT EXISTS(SELECT "t1"."id", "t1"."u_id", "t1"."text" FROM "t" AS "t1" UNION SELECT "t2"."id", "t2"."u_id", "t2"."text" FROM "t" AS "t2"), ?"#,
        &[Value::Int(1)],
    );
}

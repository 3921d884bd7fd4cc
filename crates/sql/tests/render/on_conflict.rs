//! Upserts in the three styles, and what each database refuses.

use std::sync::Arc;

use redstart_core::node::OnConflict;
use redstart_core::{Node, Value};

use crate::tree::*;

fn insert(conflict: OnConflict) -> Node {
    on_conflict(users().insert(&[("name", &[v("a")])]), conflict)
}

fn action(name: &str) -> OnConflict {
    OnConflict {
        action: Some(name.into()),
        ..OnConflict::default()
    }
}

fn update() -> OnConflict {
    let u = users();
    let excluded = Node::Namespaced("EXCLUDED".into(), "age".into());
    OnConflict {
        preserve: Arc::from([u.column("name")]),
        update: u.assign(vec![("age", op(u.column("age"), "+", v("1")))]),
        filter: Some(op(excluded, ">", u.column("age"))),
        conflict_target: Arc::from([u.column("name")]),
        ..OnConflict::default()
    }
}

#[test]
fn ignoring_is_an_insert_of_its_own_or_a_clause() {
    sides(
        &insert(action("ignore")),
        [
            r#"INSERT OR IGNORE INTO "u" ("name") VALUES (?)"#,
            r#"INSERT INTO "u" ("name") VALUES (%s) ON CONFLICT DO NOTHING"#,
            "INSERT IGNORE INTO `u` (`name`) VALUES (%s)",
        ],
    );
}

#[test]
fn replacing_is_refused_by_postgres() {
    let replace = insert(action("Replace"));
    one(
        &replace,
        r#"INSERT OR REPLACE INTO "u" ("name") VALUES (?)"#,
        &["a".into()],
    );
    assert_eq!(
        mysql(&replace).map(|rendered| rendered.sql).ok().as_deref(),
        Some("REPLACE INTO `u` (`name`) VALUES (%s)")
    );
    refused(
        postgres(&replace),
        "The only supported actions for conflict resolution with Postgresql are \"ignore\" or \"update\".",
    );
}

#[test]
fn an_update_names_its_target_bare_and_its_values_qualified() {
    let expected = r#"INSERT INTO "u" ("name") VALUES (?) ON CONFLICT ("name") DO UPDATE SET "name" = EXCLUDED."name", "age" = ("u"."age" + ?) WHERE (EXCLUDED."age" > "u"."age")"#;
    one(&insert(update()), expected, &["a".into(), Value::Int(1)]);
    assert_eq!(
        postgres(&insert(update()))
            .map(|rendered| rendered.sql)
            .ok(),
        Some(expected.replace('?', "%s"))
    );
    refused(
        mysql(&insert(update())),
        "MySQL does not support the specification of where clauses or conflict targets for conflict resolution.",
    );
}

#[test]
fn mysql_updates_on_any_duplicate_key() {
    let conflict = OnConflict {
        filter: None,
        conflict_target: Arc::from([]),
        ..update()
    };
    assert_eq!(
        mysql(&insert(conflict.clone()))
            .map(|rendered| rendered.sql)
            .ok()
            .as_deref(),
        Some(
            "INSERT INTO `u` (`name`) VALUES (%s) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`), `age` = (`age` + %s)"
        )
    );
    refused(
        sqlite(&insert(conflict.clone())),
        "SQLite requires that a conflict target be specified when doing an upsert.",
    );
    refused(
        postgres(&insert(conflict)),
        "Postgres requires that a conflict target be specified when doing an upsert.",
    );
}

#[test]
fn a_partial_index_is_named_by_its_condition() {
    let conflict = OnConflict {
        action: Some("nothing".into()),
        conflict_target: Arc::from([f("LOWER", vec![users().column("name")])]),
        conflict_where: Some(op(users().column("age"), ">", v("1"))),
        ..OnConflict::default()
    };
    one(
        &insert(conflict.clone()),
        r#"INSERT INTO "u" ("name") VALUES (?) ON CONFLICT (LOWER("name")) WHERE ("age" > ?) DO NOTHING"#,
        &["a".into(), Value::Int(1)],
    );
    refused(
        mysql(&insert(conflict)),
        "Un-supported action for conflict resolution. MySQL supports REPLACE, IGNORE and UPDATE.",
    );
}

#[test]
fn a_constraint_is_named_to_postgres_alone() {
    let conflict = OnConflict {
        filter: None,
        conflict_target: Arc::from([]),
        conflict_constraint: Some("uq".into()),
        ..update()
    };
    assert_eq!(
        postgres(&insert(conflict.clone()))
            .map(|rendered| rendered.sql)
            .ok()
            .as_deref(),
        Some(
            r#"INSERT INTO "u" ("name") VALUES (%s) ON CONFLICT ON CONSTRAINT "uq" DO UPDATE SET "name" = EXCLUDED."name", "age" = ("u"."age" + %s)"#
        )
    );
    refused(
        sqlite(&insert(conflict.clone())),
        "SQLite does not support specifying named constraints for conflict resolution.",
    );
    let both = OnConflict {
        conflict_target: Arc::from([users().column("name")]),
        ..conflict
    };
    refused(
        postgres(&insert(both)),
        "only one of \"conflict_target\" and \"conflict_constraint\" may be specified.",
    );
}

#[test]
fn an_upsert_that_updates_nothing_is_refused() {
    let conflict = OnConflict {
        conflict_target: Arc::from([users().column("name")]),
        ..OnConflict::default()
    };
    refused(
        sqlite(&insert(conflict.clone())),
        "If you are not performing any updates (or preserving any INSERTed values), then the conflict resolution action should be set to \"NOTHING\".",
    );
    refused(
        postgres(&insert(conflict)),
        "If you are not performing any updates (or preserving any INSERTed values), then the conflict resolution action should be set to \"IGNORE\".",
    );
}

#[test]
fn an_empty_clause_says_nothing() {
    sides(
        &insert(OnConflict::default()),
        [
            r#"INSERT INTO "u" ("name") VALUES (?)"#,
            r#"INSERT INTO "u" ("name") VALUES (%s)"#,
            "INSERT INTO `u` (`name`) VALUES (%s)",
        ],
    );
}

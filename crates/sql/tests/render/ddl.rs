//! Statements that define the schema.

use std::sync::Arc;

use redstart_core::node::{Index, Sql};
use redstart_core::schema::{ColumnDef, Ddl, DropBehavior, ForeignKeyDef, TableDef, TablePath};
use redstart_core::{Capability, Node, Value};
use redstart_sql::render_ddl;

use crate::tree::*;

#[track_caller]
fn told(statement: &Ddl, expected: [&str; 3]) {
    let databases = [
        Capability::sqlite(),
        Capability::postgres(),
        Capability::mysql(),
    ];
    let actual = databases.map(|capability| {
        render_ddl(statement, &Arc::new(capability))
            .expect("the statement can be rendered")
            .sql
    });
    assert_eq!(actual, expected);
}

fn column(name: &str, datatype: &str) -> ColumnDef {
    ColumnDef {
        null: false,
        ..ColumnDef::new(name, Some(Node::sql(datatype)))
    }
}

fn create(table: TableDef, safe: bool) -> Ddl {
    Ddl::CreateTable {
        table: Arc::new(table),
        safe,
    }
}

fn foreign_key(column: &str, table: TablePath) -> ForeignKeyDef {
    ForeignKeyDef {
        constraint_name: None,
        columns: vec![column.into()],
        table,
        references: vec!["id".into()],
        on_delete: None,
        on_update: None,
        deferrable: None,
    }
}

#[test]
fn a_column_is_defined_in_one_order() {
    let key = ColumnDef {
        primary_key: true,
        sequence: Some("s.seq".into()),
        ..column("id", "INTEGER")
    };
    let constraint = Node::Sql(Arc::new(Sql {
        text: "FOO ?".into(),
        params: Arc::from([v(1)]),
    }));
    let full = ColumnDef {
        unindexed: true,
        constraints: Arc::from([Node::sql("CHECK (a > 1)"), constraint]),
        collation: Some("NOCASE".into()),
        ..ColumnDef::new("a", Some(Node::sql("INTEGER")))
    };
    let bare = ColumnDef {
        null: false,
        ..ColumnDef::new("bare", None)
    };
    let custom = ColumnDef {
        definition: Some(glue(
            vec![users().column("age"), Node::sql("custom")],
            " ",
            false,
        )),
        ..ColumnDef::new("age", None)
    };
    let table = TableDef::new(TablePath::new("x"), vec![key, full, bare, custom]);
    let rendered = render_ddl(&create(table, true), &Arc::new(Capability::sqlite()))
        .expect("the statement can be rendered");
    assert_eq!(
        rendered.sql,
        r#"CREATE TABLE IF NOT EXISTS "x" ("id" INTEGER NOT NULL PRIMARY KEY DEFAULT NEXTVAL('s.seq'), "a" INTEGER UNINDEXED CHECK (a > 1) FOO ? COLLATE NOCASE, "bare" NOT NULL, "age" custom)"#
    );
    assert_eq!(rendered.binds, [Value::Int(1)]);
}

#[test]
fn keys_constraints_and_options_follow_the_columns() {
    let table = TableDef {
        primary_key: vec!["a".into(), "b".into()],
        foreign_keys: vec![
            ForeignKeyDef {
                on_delete: Some("CASCADE".into()),
                on_update: Some("SET NULL".into()),
                deferrable: Some("INITIALLY DEFERRED".into()),
                ..foreign_key("b", TablePath::new("p").in_schema("sch"))
            },
            ForeignKeyDef {
                constraint_name: Some("fk".into()),
                ..foreign_key("a", TablePath::new("k"))
            },
        ],
        constraints: Arc::from([Node::sql("CHECK (a < b)")]),
        options: vec![
            ("e".into(), Node::sql("q")),
            ("f".into(), users().column("name")),
        ],
        settings: Arc::from([Node::sql("ONE"), Node::sql("TWO 2")]),
        strict: true,
        without_rowid: true,
        ..TableDef::new(
            TablePath::new("w").in_schema("z"),
            vec![column("a", "INTEGER"), column("b", "INTEGER")],
        )
    };
    told(
        &create(table, false),
        [
            r#"CREATE TABLE "z"."w" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, PRIMARY KEY ("a", "b"), FOREIGN KEY ("b") REFERENCES "sch"."p" ("id") ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "fk" FOREIGN KEY ("a") REFERENCES "k" ("id"), CHECK (a < b), e=q, f="name") ONE TWO 2 STRICT, WITHOUT ROWID"#,
            r#"CREATE TABLE "z"."w" ("a" INTEGER NOT NULL, "b" INTEGER NOT NULL, PRIMARY KEY ("a", "b"), FOREIGN KEY ("b") REFERENCES "sch"."p" ("id") ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "fk" FOREIGN KEY ("a") REFERENCES "k" ("id"), CHECK (a < b), e=q, f="name") ONE TWO 2 STRICT, WITHOUT ROWID"#,
            "CREATE TABLE `z`.`w` (`a` INTEGER NOT NULL, `b` INTEGER NOT NULL, PRIMARY KEY (`a`, `b`), FOREIGN KEY (`b`) REFERENCES `sch`.`p` (`id`) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `k` (`id`), CHECK (a < b), e=q, f=`name`) ONE TWO 2 STRICT, WITHOUT ROWID",
        ],
    );
}

#[test]
fn a_table_can_be_made_of_a_query() {
    let u = users();
    told(
        &Ddl::CreateTableAs {
            path: TablePath::new("foo"),
            query: u.select(&["name"]).filter(eq(u.column("id"), v(1))).node(),
            safe: true,
            temporary: true,
        },
        [
            r#"CREATE TEMPORARY TABLE IF NOT EXISTS "foo" AS SELECT "t1"."name" FROM "u" AS "t1" WHERE ("t1"."id" = ?)"#,
            r#"CREATE TEMPORARY TABLE IF NOT EXISTS "foo" AS SELECT "t1"."name" FROM "u" AS "t1" WHERE ("t1"."id" = %s)"#,
            "CREATE TEMPORARY TABLE IF NOT EXISTS `foo` AS SELECT `t1`.`name` FROM `u` AS `t1` WHERE (`t1`.`id` = %s)",
        ],
    );
}

#[test]
fn tables_are_dropped_and_emptied() {
    let path = || TablePath::new("st").in_schema("zz");
    told(
        &Ddl::DropTable {
            path: path(),
            safe: true,
            behavior: Some(DropBehavior::Cascade),
        },
        [
            r#"DROP TABLE IF EXISTS "zz"."st" CASCADE"#,
            r#"DROP TABLE IF EXISTS "zz"."st" CASCADE"#,
            "DROP TABLE IF EXISTS `zz`.`st` CASCADE",
        ],
    );
    told(
        &Ddl::DropTable {
            path: path(),
            safe: false,
            behavior: Some(DropBehavior::Restrict),
        },
        [
            r#"DROP TABLE "zz"."st" RESTRICT"#,
            r#"DROP TABLE "zz"."st" RESTRICT"#,
            "DROP TABLE `zz`.`st` RESTRICT",
        ],
    );
    told(
        &Ddl::TruncateTable {
            path: path(),
            restart_identity: true,
            cascade: true,
        },
        [
            r#"DELETE FROM "zz"."st""#,
            r#"TRUNCATE TABLE "zz"."st" RESTART IDENTITY CASCADE"#,
            "TRUNCATE TABLE `zz`.`st` RESTART IDENTITY CASCADE",
        ],
    );
}

#[test]
fn indexes_are_safe_and_parametrised_only_where_the_database_can() {
    let s = schemed();
    told(
        &Ddl::CreateIndex(Arc::new(Index {
            name: "i".into(),
            table: s.table.clone(),
            expressions: Arc::from([op(s.column("a"), "+", v(1))]),
            unique: false,
            safe: true,
            filter: Some(op(s.column("a"), ">", v("3"))),
            using: None,
            nulls_distinct: None,
        })),
        [
            r#"CREATE INDEX IF NOT EXISTS "sch"."i" ON "s" ("a" + 1) WHERE ("a" > 3)"#,
            r#"CREATE INDEX IF NOT EXISTS "i" ON "sch"."s" ("a" + %s) WHERE ("a" > %s)"#,
            "CREATE INDEX `i` ON `sch`.`s` (`a` + %s) WHERE (`a` > %s)",
        ],
    );
    told(
        &Ddl::DropIndex {
            path: TablePath::new("i").in_schema("sch"),
            safe: true,
        },
        [
            r#"DROP INDEX IF EXISTS "sch"."i""#,
            r#"DROP INDEX IF EXISTS "sch"."i""#,
            "DROP INDEX `sch`.`i`",
        ],
    );
}

#[test]
fn sequences_and_foreign_keys_have_statements_of_their_own() {
    let path = || TablePath::new("sq").in_schema("zz");
    told(
        &Ddl::CreateSequence(path()),
        [
            r#"CREATE SEQUENCE "zz"."sq""#,
            r#"CREATE SEQUENCE "zz"."sq""#,
            "CREATE SEQUENCE `zz`.`sq`",
        ],
    );
    told(
        &Ddl::DropSequence(path()),
        [
            r#"DROP SEQUENCE "zz"."sq""#,
            r#"DROP SEQUENCE "zz"."sq""#,
            "DROP SEQUENCE `zz`.`sq`",
        ],
    );
    told(
        &Ddl::AddForeignKey {
            path: TablePath::new("a1"),
            foreign_key: ForeignKeyDef {
                constraint_name: Some("fk_a1_p_id_refs_p".into()),
                ..foreign_key("p_id", TablePath::new("p").in_schema("sch"))
            },
        },
        [
            r#"ALTER TABLE "a1" ADD CONSTRAINT "fk_a1_p_id_refs_p" FOREIGN KEY ("p_id") REFERENCES "sch"."p" ("id")"#,
            r#"ALTER TABLE "a1" ADD CONSTRAINT "fk_a1_p_id_refs_p" FOREIGN KEY ("p_id") REFERENCES "sch"."p" ("id")"#,
            "ALTER TABLE `a1` ADD CONSTRAINT `fk_a1_p_id_refs_p` FOREIGN KEY (`p_id`) REFERENCES `sch`.`p` (`id`)",
        ],
    );
}

//! `CREATE INDEX`.

use std::sync::Arc;

use redstart_core::Node;
use redstart_core::node::Index;

use crate::tree::*;

fn index(model: &Model, expressions: Vec<Node>) -> Index {
    Index {
        name: "i".into(),
        table: model.table.clone(),
        expressions: expressions.into(),
        unique: false,
        safe: true,
        filter: None,
        using: None,
        nulls_distinct: None,
    }
}

fn node(index: Index) -> Node {
    Node::Index(Arc::new(index))
}

#[test]
fn the_schema_stands_where_each_database_wants_it() {
    let s = schemed();
    sides(
        &node(index(&s, vec![s.column("a"), desc(s.column("id"))])),
        [
            r#"CREATE INDEX IF NOT EXISTS "sch"."i" ON "s" ("a", "id" DESC)"#,
            r#"CREATE INDEX IF NOT EXISTS "i" ON "sch"."s" ("a", "id" DESC)"#,
            "CREATE INDEX IF NOT EXISTS `i` ON `sch`.`s` (`a`, `id` DESC)",
        ],
    );
}

#[test]
fn the_method_stands_before_the_table_in_mysql() {
    let u = users();
    sides(
        &node(Index {
            unique: true,
            safe: false,
            using: Some("BTREE".into()),
            ..index(&u, vec![op(u.column("age"), "+", u.column("id"))])
        }),
        [
            r#"CREATE UNIQUE INDEX "i" ON "u" USING BTREE ("age" + "id")"#,
            r#"CREATE UNIQUE INDEX "i" ON "u" USING BTREE ("age" + "id")"#,
            "CREATE UNIQUE INDEX `i` USING BTREE ON `u` (`age` + `id`)",
        ],
    );
}

#[test]
fn conditions_are_bound_or_written_as_literals() {
    let u = users();
    let partial = node(Index {
        nulls_distinct: Some(false),
        filter: Some(and(
            op(u.column("age"), ">", v("3")),
            eq(u.column("name"), v("it's")),
        )),
        ..index(&u, vec![u.column("name")])
    });
    one(
        &partial,
        r#"CREATE INDEX IF NOT EXISTS "i" ON "u" ("name") NULLS NOT DISTINCT WHERE (("age" > ?) AND ("name" = ?))"#,
        &[redstart_core::Value::Int(3), "it's".into()],
    );
    one(
        &Node::ValueLiterals(Arc::new(partial)),
        r#"CREATE INDEX IF NOT EXISTS "i" ON "u" ("name") NULLS NOT DISTINCT WHERE (("age" > 3) AND ("name" = 'it''s'))"#,
        &[],
    );
}

//! Short ways to build trees: the models `u`, `t` and `s`, expressions, queries, and
//! the comparison with what three databases are told.

use std::any::Any;
use std::sync::Arc;

use redstart_core::node::{
    Alias, Assignment, Column, Compound, Converter, Direction, Distinct, Expression, Function,
    Insert, InsertSource, NodeList, OnConflict, Ordering, Param, Select, SourceKey, Table, Tail,
    Update,
};
use redstart_core::{
    Capability, Error, ErrorKind, FieldDef, FieldKind, HostConverter, Node, Operator, Result, Value,
};
use redstart_sql::{Rendered, render};

/// A table with fields, as a model is one.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) table: Node,
    fields: Vec<Arc<FieldDef>>,
}

/// What a field of the tests leaves to the host: text becomes an integer and back.
struct Adapt(FieldKind);

impl HostConverter for Adapt {
    fn to_db(&self, value: &Value) -> Result<Node> {
        Ok(Node::Value(match (self.0, value) {
            (FieldKind::Int, Value::Text(text)) => match text.parse() {
                Ok(number) => Value::Int(number),
                Err(_) => value.clone(),
            },
            (FieldKind::Text, Value::Int(number)) => Value::text(number.to_string()),
            _ => value.clone(),
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Model {
    fn new(schema: Option<&str>, name: &str, fields: &[(&str, FieldKind)]) -> Self {
        let table = Table {
            key: SourceKey::named("table", name),
            schema: schema.map(Arc::from),
            name: name.into(),
            alias: None,
        };
        let fields = fields.iter().enumerate().map(|(index, (column, kind))| {
            Arc::new(FieldDef {
                name: (*column).into(),
                column: (*column).into(),
                index,
                kind: *kind,
                host: Some(Arc::new(Adapt(*kind))),
            })
        });
        Self {
            table: Node::Table(Arc::new(table)),
            fields: fields.collect(),
        }
    }

    /// The same table under another identity, as `Model.alias()` gives it.
    pub(crate) fn alias(&self, name: Option<&str>) -> Self {
        let Node::Table(table) = &self.table else {
            unreachable!("a model of the tests is a table");
        };
        Self {
            table: Node::Table(Arc::new(Table {
                key: SourceKey::unique(),
                alias: name.map(Arc::from),
                ..Table::clone(table)
            })),
            fields: self.fields.clone(),
        }
    }

    pub(crate) fn column(&self, name: &str) -> Node {
        let field = self.fields.iter().find(|field| &*field.column == name);
        column_of(&self.table, name, field)
    }

    pub(crate) fn columns(&self) -> Vec<Node> {
        self.fields
            .iter()
            .map(|field| column_of(&self.table, &field.column, Some(field)))
            .collect()
    }

    pub(crate) fn select(&self, columns: &[&str]) -> Select {
        select(
            columns.iter().map(|name| self.column(name)).collect(),
            vec![self.table.clone()],
        )
    }

    /// The query over the whole model, whose key stands for it inside of expressions.
    pub(crate) fn select_all(&self) -> Select {
        Select {
            subquery_columns: Some(Arc::from([self.column("id")])),
            ..select(self.columns(), vec![self.table.clone()])
        }
    }

    pub(crate) fn insert(&self, rows: &[(&str, &[Node])]) -> Insert {
        let columns: Vec<Node> = rows.iter().map(|(name, _)| self.column(name)).collect();
        let count = rows.iter().map(|(_, values)| values.len()).max();
        let mut values = Vec::new();
        for row in 0..count.unwrap_or(0) {
            for (_, column) in rows {
                values.push(column[row].clone());
            }
        }
        Insert {
            table: self.table.clone(),
            columns: columns.into(),
            source: InsertSource::Rows(values.into()),
            on_conflict: None,
            returning: Arc::from([]),
            with: Arc::from([]),
        }
    }

    pub(crate) fn update(&self, assignments: Vec<(&str, Node)>) -> Update {
        Update {
            table: self.table.clone(),
            assignments: self.assign(assignments).into(),
            from: Arc::from([]),
            returning: Arc::from([]),
            tail: Tail::default(),
        }
    }

    pub(crate) fn assign(&self, assignments: Vec<(&str, Node)>) -> Vec<Assignment> {
        assignments
            .into_iter()
            .map(|(name, value)| Assignment {
                column: self.column(name),
                value,
            })
            .collect()
    }
}

/// The model `u`: `id`, `name`, `age`.
pub(crate) fn users() -> Model {
    Model::new(
        None,
        "u",
        &[
            ("id", FieldKind::Int),
            ("name", FieldKind::Text),
            ("age", FieldKind::Int),
        ],
    )
}

/// The model `t`: `id`, `u_id`, `text`.
pub(crate) fn texts() -> Model {
    Model::new(
        None,
        "t",
        &[
            ("id", FieldKind::Int),
            ("u_id", FieldKind::Int),
            ("text", FieldKind::Text),
        ],
    )
}

/// The model `s` in the schema `sch`: `id`, `a`.
pub(crate) fn schemed() -> Model {
    Model::new(
        Some("sch"),
        "s",
        &[("id", FieldKind::Int), ("a", FieldKind::Int)],
    )
}

fn column_of(source: &Node, name: &str, field: Option<&Arc<FieldDef>>) -> Node {
    Node::Column(Arc::new(Column {
        source: source.clone(),
        name: name.into(),
        field: field.cloned(),
    }))
}

/// A column without a field: `query.c.name`.
pub(crate) fn c(source: &Node, name: &str) -> Node {
    column_of(source, name, None)
}

pub(crate) fn v(value: impl Into<Value>) -> Node {
    Node::value(value)
}

pub(crate) fn null() -> Node {
    Node::Value(Value::Null)
}

pub(crate) fn list(nodes: Vec<Node>) -> Node {
    Node::List(nodes.into())
}

pub(crate) fn op(lhs: Node, op: &str, rhs: Node) -> Node {
    Node::Expression(Arc::new(Expression {
        lhs,
        op: Operator::from_text(op),
        rhs,
        flat: false,
        string: false,
    }))
}

pub(crate) fn concat(lhs: Node, rhs: Node) -> Node {
    Node::Expression(Arc::new(Expression {
        lhs,
        op: Operator::Concat,
        rhs,
        flat: false,
        string: true,
    }))
}

pub(crate) fn and(lhs: Node, rhs: Node) -> Node {
    op(lhs, "AND", rhs)
}

pub(crate) fn eq(lhs: Node, rhs: Node) -> Node {
    op(lhs, "=", rhs)
}

pub(crate) fn is_in(lhs: Node, rhs: Node) -> Node {
    op(lhs, "IN", rhs)
}

pub(crate) fn not(node: Node) -> Node {
    Node::Negated(Arc::new(node))
}

pub(crate) fn alias(node: Node, name: &str) -> Node {
    Node::Alias(Arc::new(Alias {
        node,
        name: name.into(),
    }))
}

pub(crate) fn param(node: Node, converter: Converter) -> Node {
    Node::Param(Arc::new(Param { node, converter }))
}

pub(crate) fn glue(nodes: Vec<Node>, glue: &str, parens: bool) -> Node {
    Node::NodeList(Arc::new(NodeList {
        nodes: nodes.into(),
        glue: glue.into(),
        parens,
    }))
}

pub(crate) fn call(name: &str, args: Vec<Node>) -> Function {
    Function {
        name: name.into(),
        args: args.into(),
        filter: None,
        order_by: None,
        over: None,
        result: None,
    }
}

pub(crate) fn f(name: &str, args: Vec<Node>) -> Node {
    Node::Function(Arc::new(call(name, args)))
}

pub(crate) fn ordering(node: Node, direction: Direction, nulls: Option<&str>) -> Node {
    Node::Ordering(Arc::new(Ordering {
        node,
        direction,
        collation: None,
        nulls: nulls.map(Arc::from),
    }))
}

pub(crate) fn desc(node: Node) -> Node {
    ordering(node, Direction::Desc, None)
}

pub(crate) fn select(columns: Vec<Node>, from: Vec<Node>) -> Select {
    Select {
        key: SourceKey::unique(),
        alias: None,
        columns: columns.into(),
        subquery_columns: None,
        from: from.into(),
        group_by: None,
        having: None,
        distinct: Distinct::No,
        windows: None,
        for_update: None,
        lateral: false,
        tail: Tail::default(),
    }
}

/// Chained changes of a query, as peewee writes them.
pub(crate) trait Query: Sized {
    fn tail(&mut self) -> &mut Tail;
    fn node(self) -> Node;

    fn filter(mut self, filter: Node) -> Self {
        self.tail().filter = Some(filter);
        self
    }

    fn order_by(mut self, nodes: Vec<Node>) -> Self {
        self.tail().order_by = Some(nodes.into());
        self
    }

    fn limit(mut self, limit: i64) -> Self {
        self.tail().limit = Some(v(limit));
        self
    }

    fn offset(mut self, offset: i64) -> Self {
        self.tail().offset = Some(v(offset));
        self
    }

    fn with(mut self, with: Vec<Node>) -> Self {
        self.tail().with = with.into();
        self
    }
}

impl Query for Select {
    fn tail(&mut self) -> &mut Tail {
        &mut self.tail
    }

    fn node(self) -> Node {
        Node::Select(Arc::new(self))
    }
}

impl Query for Compound {
    fn tail(&mut self) -> &mut Tail {
        &mut self.tail
    }

    fn node(self) -> Node {
        Node::Compound(Arc::new(self))
    }
}

impl Query for Update {
    fn tail(&mut self) -> &mut Tail {
        &mut self.tail
    }

    fn node(self) -> Node {
        Node::Update(Arc::new(self))
    }
}

pub(crate) fn compound(lhs: Node, op: &str, rhs: Node) -> Compound {
    Compound {
        key: SourceKey::unique(),
        alias: None,
        lhs,
        op: op.into(),
        rhs,
        tail: Tail::default(),
    }
}

pub(crate) fn inserted(insert: Insert) -> Node {
    Node::Insert(Arc::new(insert))
}

pub(crate) fn on_conflict(insert: Insert, conflict: OnConflict) -> Node {
    inserted(Insert {
        on_conflict: Some(Arc::new(conflict)),
        ..insert
    })
}

pub(crate) fn sqlite(node: &Node) -> Result<Rendered> {
    render(node, &Arc::new(Capability::sqlite()))
}

pub(crate) fn postgres(node: &Node) -> Result<Rendered> {
    render(node, &Arc::new(Capability::postgres()))
}

pub(crate) fn mysql(node: &Node) -> Result<Rendered> {
    render(node, &Arc::new(Capability::mysql()))
}

/// Asserts what each database is told: SQLite, PostgreSQL, MySQL.
#[track_caller]
pub(crate) fn sides(node: &Node, expected: [&str; 3]) {
    let sql = |rendered: Result<Rendered>| rendered.expect("the statement can be rendered").sql;
    let actual = [sql(sqlite(node)), sql(postgres(node)), sql(mysql(node))];
    assert_eq!(actual, expected);
}

/// Asserts what SQLite is told, and the values bound.
#[track_caller]
pub(crate) fn one(node: &Node, expected: &str, binds: &[Value]) {
    let rendered = sqlite(node).expect("the statement can be rendered");
    assert_eq!(rendered.sql, expected);
    assert_eq!(rendered.binds, binds);
}

/// Asserts that a statement is refused with a value error.
#[track_caller]
pub(crate) fn refused(outcome: Result<Rendered>, message: &str) {
    let error: Error = outcome.expect_err("the statement is refused");
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(error.message(), message);
}

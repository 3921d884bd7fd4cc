//! The statement tree: every node that can be rendered. A tree is immutable and
//! shares its parts; changing a statement clones a handle and replaces one part.

use std::sync::Arc;

mod alias;
mod case;
mod cast;
mod column;
mod cte;
mod expression;
mod for_update;
mod function;
mod index;
mod join;
mod node_list;
mod on_conflict;
mod ordering;
mod param;
mod sql;
mod table;
mod values_list;
mod window;
mod write;

mod compound;
mod select;

pub use alias::{Alias, BindTo, Marked};
pub use case::Case;
pub use cast::Cast;
pub use column::Column;
pub use compound::Compound;
pub use cte::Cte;
pub use expression::Expression;
pub use for_update::ForUpdate;
pub use function::Function;
pub use index::Index;
pub use join::Join;
pub use node_list::NodeList;
pub use on_conflict::OnConflict;
pub use ordering::{Direction, Ordering};
pub use param::{Converter, Param};
pub use select::{Distinct, Select, Tail};
pub use sql::Sql;
pub use table::{SourceKey, Table};
pub use values_list::ValuesList;
pub use window::Window;
pub use write::{Assignment, Delete, Insert, InsertSource, Update};

use crate::opaque::HostNode;
use crate::value::Value;

/// A shared name: of a column, a table, a function.
pub type Name = Arc<str>;

/// A shared sequence of nodes.
pub type Nodes = Arc<[Node]>;

/// One node of the tree.
#[derive(Clone, Debug)]
pub enum Node {
    /// A value that becomes a bound parameter, converted by the field of the
    /// expression around it.
    Value(Value),
    /// A value with a converter of its own.
    Param(Arc<Param>),
    /// A list of nodes as an operand: `(?, ?, ?)`.
    List(Nodes),
    /// A column of a source.
    Column(Arc<Column>),
    /// A quoted path of names.
    Entity(Arc<[Name]>),
    /// SQL text as it stands, with its parameters.
    Sql(Arc<Sql>),
    /// An operator between two operands.
    Expression(Arc<Expression>),
    /// `NOT`.
    Negated(Arc<Node>),
    /// `~`, the bitwise complement.
    BitwiseNegated(Arc<Node>),
    /// A node with a name.
    Alias(Arc<Alias>),
    /// A node whose value lands on another source's instance.
    BindTo(Arc<BindTo>),
    /// A node with a note about the conversion of its result.
    Marked(Arc<Marked>),
    /// `ASC` or `DESC`.
    Ordering(Arc<Ordering>),
    /// `CAST`.
    Cast(Arc<Cast>),
    /// `CASE`.
    Case(Arc<Case>),
    /// A function call.
    Function(Arc<Function>),
    /// A window definition.
    Window(Arc<Window>),
    /// A reference to a window by name.
    WindowAlias(Name),
    /// Nodes with something between them.
    NodeList(Arc<NodeList>),
    /// A node rendered with its columns qualified, whatever stands around it.
    QualifiedNames(Arc<Node>),
    /// A node whose values are written as literals.
    ValueLiterals(Arc<Node>),
    /// Every column of a source: `"t1".*`.
    Star(Arc<Node>),
    /// An attribute of a namespace: `EXCLUDED."name"`.
    Namespaced(Name, Name),
    /// The columns of a composite key.
    CompositeKey(Nodes),
    /// A table, or an alias of one.
    Table(Arc<Table>),
    /// A join of two sources.
    Join(Arc<Join>),
    /// `VALUES` as a source.
    ValuesList(Arc<ValuesList>),
    /// A common table expression.
    Cte(Arc<Cte>),
    /// `SELECT`.
    Select(Arc<Select>),
    /// `UNION`, `INTERSECT`, `EXCEPT`.
    Compound(Arc<Compound>),
    /// `INSERT`.
    Insert(Arc<Insert>),
    /// `UPDATE`.
    Update(Arc<Update>),
    /// `DELETE`.
    Delete(Arc<Delete>),
    /// `FOR UPDATE`.
    ForUpdate(Arc<ForUpdate>),
    /// `CREATE INDEX`.
    Index(Arc<Index>),
    /// A node that the host language renders.
    Host(Arc<dyn HostNode>),
}

impl Node {
    /// Makes a node of a value.
    pub fn value(value: impl Into<Value>) -> Self {
        Self::Value(value.into())
    }

    /// Makes a node of SQL text without parameters.
    pub fn sql(text: impl Into<Name>) -> Self {
        Self::Sql(Arc::new(Sql::new(text)))
    }

    /// Makes a quoted name.
    pub fn entity(name: impl Into<Name>) -> Self {
        Self::Entity(Arc::from([name.into()]))
    }

    /// Gives the node below wrappers that only name or mark: aliases, bindings, orderings,
    /// casts and negations stay; only what leaves the SQL of the value alone is removed.
    pub fn unmarked(&self) -> &Self {
        match self {
            Self::Marked(marked) => marked.node.unmarked(),
            Self::BindTo(bound) => bound.node.unmarked(),
            other => other,
        }
    }

    /// Tells whether the node is a query, which is parenthesised inside an expression.
    pub fn is_query(&self) -> bool {
        matches!(
            self,
            Self::Select(_)
                | Self::Compound(_)
                | Self::Insert(_)
                | Self::Update(_)
                | Self::Delete(_)
        )
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

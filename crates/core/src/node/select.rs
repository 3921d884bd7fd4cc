//! `SELECT`.

use std::sync::Arc;

use super::{ForUpdate, Name, Node, Nodes, SourceKey};

/// What `DISTINCT` says.
#[derive(Clone, Debug, Default)]
pub enum Distinct {
    /// Nothing.
    #[default]
    No,
    /// `DISTINCT`.
    Yes,
    /// `DISTINCT ON (…)`.
    On(Nodes),
}

/// What every query has: common table expressions, a filter, an order, limits.
#[derive(Clone, Debug, Default)]
pub struct Tail {
    /// The common table expressions before the statement.
    pub with: Nodes,
    /// The condition.
    pub filter: Option<Node>,
    /// The order.
    pub order_by: Option<Nodes>,
    /// The largest number of rows.
    pub limit: Option<Node>,
    /// The number of rows left out at the start.
    pub offset: Option<Node>,
}

/// `[WITH …] SELECT [DISTINCT] … FROM … WHERE … GROUP BY … HAVING … WINDOW … ORDER BY … LIMIT … OFFSET … FOR UPDATE`.
#[derive(Clone, Debug)]
pub struct Select {
    /// The identity as a source.
    pub key: SourceKey,
    /// The alias as a source.
    pub alias: Option<Name>,
    /// The selected nodes.
    pub columns: Nodes,
    /// The primary key, selected instead of all columns where a query over a whole
    /// model stands inside of an expression.
    pub subquery_columns: Option<Nodes>,
    /// The sources.
    pub from: Nodes,
    /// The grouping.
    pub group_by: Option<Nodes>,
    /// The condition on groups.
    pub having: Option<Node>,
    /// `DISTINCT`.
    pub distinct: Distinct,
    /// The named windows.
    pub windows: Option<Nodes>,
    /// The row locks.
    pub for_update: Option<Arc<ForUpdate>>,
    /// Whether it stands after `LATERAL`.
    pub lateral: bool,
    /// Common table expressions, filter, order and limits.
    pub tail: Tail,
}

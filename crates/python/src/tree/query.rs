//! Builders of the statements that read.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBool;
use redstart_core::{Node, node};

use super::source::PySourceKey;
use super::{Tree, name, nodes, nodes_or_none, optional, optional_nodes};

type Any<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// `SELECT`
#[pyfunction]
#[pyo3(signature = (key, columns, *, alias = None, subquery_columns = None, from_ = None, r#where = None, group_by = None, having = None, distinct = None, windows = None, order_by = None, limit = None, offset = None, for_update = None, lateral = false, with_ = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "a select has as many clauses in SQL"
)]
pub fn select(
    key: &Bound<'_, PySourceKey>,
    columns: &Bound<'_, PyAny>,
    alias: Option<&str>,
    subquery_columns: Any<'_, '_>,
    from_: Any<'_, '_>,
    r#where: Any<'_, '_>,
    group_by: Any<'_, '_>,
    having: Any<'_, '_>,
    distinct: Any<'_, '_>,
    windows: Any<'_, '_>,
    order_by: Any<'_, '_>,
    limit: Any<'_, '_>,
    offset: Any<'_, '_>,
    for_update: Option<&Bound<'_, Tree>>,
    lateral: bool,
    with_: Any<'_, '_>,
) -> PyResult<Tree> {
    let select = node::Select {
        key: key.get().0,
        alias: alias.map(name),
        columns: nodes(columns)?,
        subquery_columns: optional_nodes(subquery_columns)?,
        from: nodes_or_none(from_)?,
        group_by: optional_nodes(group_by)?,
        having: optional(having)?,
        distinct: distinct_of(distinct)?,
        windows: optional_nodes(windows)?,
        for_update: for_update.and_then(|lock| match lock.get().node() {
            Node::ForUpdate(lock) => Some(Arc::clone(lock)),
            _ => None,
        }),
        lateral,
        tail: tail(r#where, order_by, limit, offset, with_)?,
    };
    Ok(Node::Select(Arc::new(select)).into())
}

/// `lhs UNION rhs` and its kin.
#[pyfunction]
#[pyo3(signature = (key, lhs, op, rhs, *, alias = None, r#where = None, order_by = None, limit = None, offset = None, with_ = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "a compound has as many clauses in SQL"
)]
pub fn compound(
    key: &Bound<'_, PySourceKey>,
    lhs: &Bound<'_, PyAny>,
    op: &str,
    rhs: &Bound<'_, PyAny>,
    alias: Option<&str>,
    r#where: Any<'_, '_>,
    order_by: Any<'_, '_>,
    limit: Any<'_, '_>,
    offset: Any<'_, '_>,
    with_: Any<'_, '_>,
) -> PyResult<Tree> {
    let compound = node::Compound {
        key: key.get().0,
        alias: alias.map(name),
        lhs: super::node(lhs)?,
        op: name(op),
        rhs: super::node(rhs)?,
        tail: tail(r#where, order_by, limit, offset, with_)?,
    };
    Ok(Node::Compound(Arc::new(compound)).into())
}

/// A common table expression.
#[pyfunction]
#[pyo3(signature = (key, cte_name, query, *, recursive = false, columns = None, materialized = None, alias = None))]
pub fn cte(
    key: &Bound<'_, PySourceKey>,
    cte_name: &str,
    query: &Bound<'_, PyAny>,
    recursive: bool,
    columns: Any<'_, '_>,
    materialized: Option<bool>,
    alias: Option<&str>,
) -> PyResult<Tree> {
    let cte = node::Cte {
        key: key.get().0,
        name: name(cte_name),
        alias: alias.map(name),
        query: super::node(query)?,
        recursive,
        columns: optional_nodes(columns)?,
        materialized,
    };
    Ok(Node::Cte(Arc::new(cte)).into())
}

/// `FOR UPDATE`
#[pyfunction]
#[pyo3(signature = (text, of = None, nowait = false, skip_locked = false))]
pub fn for_update(text: &str, of: Any<'_, '_>, nowait: bool, skip_locked: bool) -> PyResult<Tree> {
    let of = nodes_or_none(of)?;
    let lock = node::ForUpdate {
        text: name(text),
        of,
        nowait,
        skip_locked,
    };
    Ok(Node::ForUpdate(Arc::new(lock)).into())
}

/// Collects what every query has.
pub(super) fn tail(
    filter: Any<'_, '_>,
    order_by: Any<'_, '_>,
    limit: Any<'_, '_>,
    offset: Any<'_, '_>,
    with: Any<'_, '_>,
) -> PyResult<node::Tail> {
    Ok(node::Tail {
        with: nodes_or_none(with)?,
        filter: optional(filter)?,
        order_by: optional_nodes(order_by)?,
        limit: optional(limit)?,
        offset: optional(offset)?,
    })
}

fn distinct_of(distinct: Any<'_, '_>) -> PyResult<node::Distinct> {
    match distinct {
        None => Ok(node::Distinct::No),
        Some(flag) if flag.is_instance_of::<PyBool>() => Ok(if flag.is_truthy()? {
            node::Distinct::Yes
        } else {
            node::Distinct::No
        }),
        Some(columns) => Ok(node::Distinct::On(nodes(columns)?)),
    }
}

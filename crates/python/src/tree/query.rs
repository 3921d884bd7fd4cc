//! Builders of the statements that read.

use std::sync::Arc;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use redstart_core::{Node, Nodes, node};

use super::source::{PySourceKey, source_key};
use super::{Tree, name, nodes, nodes_or_none, optional, optional_nodes};

type Any<'a, 'py> = Option<&'a Bound<'py, PyAny>>;
type Clause<'py> = Option<Bound<'py, PyAny>>;

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
        for_update: for_update.and_then(lock_of),
        lateral,
        tail: tail(r#where, order_by, limit, offset, with_)?,
    };
    Ok(Node::Select(Arc::new(select)).into())
}

/// `SELECT`, of the clauses in the instance dictionary of a query: `_where`, `_order_by` and so on.
///
/// What is absent or None is no clause. `distinct` and `for_update` are for the caller to work out. A query
/// without a name that has no `_identity` gets one.
#[pyfunction]
#[pyo3(signature = (state, distinct = None, for_update = None))]
pub fn select_of(
    state: &Bound<'_, PyDict>,
    distinct: Any<'_, '_>,
    for_update: Option<&Bound<'_, Tree>>,
) -> PyResult<Tree> {
    let py = state.py();
    let clause = |attribute| clause_of(state, attribute);
    let alias = clause(intern!(py, "_alias"))?;
    let lateral = clause(intern!(py, "_lateral"))?;
    let select = node::Select {
        key: identity(state)?,
        alias: alias
            .map(|alias| alias.extract::<String>())
            .transpose()?
            .as_deref()
            .map(name),
        columns: nodes_or_none(clause(intern!(py, "_returning"))?.as_ref())?,
        subquery_columns: default_columns(state)?,
        from: nodes_or_none(clause(intern!(py, "_from_list"))?.as_ref())?,
        group_by: filled(clause(intern!(py, "_group_by"))?.as_ref())?,
        having: optional(clause(intern!(py, "_having"))?.as_ref())?,
        distinct: distinct_of(distinct)?,
        windows: filled(clause(intern!(py, "_windows"))?.as_ref())?,
        for_update: for_update.and_then(lock_of),
        lateral: lateral.map_or(Ok(false), |flag| flag.is_truthy())?,
        tail: node::Tail {
            with: nodes_or_none(clause(intern!(py, "_cte_list"))?.as_ref())?,
            filter: optional(clause(intern!(py, "_where"))?.as_ref())?,
            order_by: filled(clause(intern!(py, "_order_by"))?.as_ref())?,
            limit: optional(clause(intern!(py, "_limit"))?.as_ref())?,
            offset: optional(clause(intern!(py, "_offset"))?.as_ref())?,
        },
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
#[expect(
    clippy::too_many_arguments,
    reason = "a common table expression has as many parts"
)]
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

/// Gives what makes a query the same source as another mention of it.
fn identity(state: &Bound<'_, PyDict>) -> PyResult<node::SourceKey> {
    let attribute = intern!(state.py(), "_identity");
    if let Some(known) = clause_of(state, attribute)? {
        return Ok(known.cast::<PySourceKey>()?.get().0);
    }
    let key = source_key();
    let new = key.0;
    state.set_item(attribute, Bound::new(state.py(), key)?)?;
    Ok(new)
}

/// Gives what a query selects as a subquery that was not told what to select: its model's key.
fn default_columns(state: &Bound<'_, PyDict>) -> PyResult<Option<Nodes>> {
    let py = state.py();
    let is_default = clause_of(state, intern!(py, "_is_default"))?;
    if !is_default.map_or(Ok(false), |flag| flag.is_truthy())? {
        return Ok(None);
    }
    let Some(model) = clause_of(state, intern!(py, "model"))? else {
        return Ok(None);
    };
    let meta = model.getattr(intern!(py, "_meta"))?;
    if meta.getattr(intern!(py, "composite_key"))?.is_truthy()? {
        return filled(Some(&meta.call_method0(intern!(py, "get_primary_keys"))?));
    }
    let key = meta.getattr(intern!(py, "primary_key"))?;
    if key.is(PyBool::new(py, false)) {
        return Ok(None);
    }
    Ok(Some(vec![super::node(&key)?].into()))
}

fn clause_of<'py>(
    state: &Bound<'py, PyDict>,
    attribute: &Bound<'py, PyString>,
) -> PyResult<Clause<'py>> {
    Ok(state.get_item(attribute)?.filter(|value| !value.is_none()))
}

fn lock_of(lock: &Bound<'_, Tree>) -> Option<Arc<node::ForUpdate>> {
    match lock.get().node() {
        Node::ForUpdate(lock) => Some(Arc::clone(lock)),
        _ => None,
    }
}

/// Converts a sequence of arguments; an empty one is none.
fn filled(objects: Any<'_, '_>) -> PyResult<Option<Nodes>> {
    Ok(optional_nodes(objects)?.filter(|nodes| !nodes.is_empty()))
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

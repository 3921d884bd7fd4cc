//! Builders of the statements that write.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::node::{Assignment, InsertSource};
use redstart_core::{Node, node};

use super::query::tail;
use super::{Tree, name, nodes_or_none, optional};
use crate::convert::from_python;

type Any<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// What an insert does with rows that exist already.
#[pyclass(module = "redstart._native", name = "ConflictTree", frozen)]
pub struct ConflictTree(Arc<node::OnConflict>);

#[pymethods]
impl ConflictTree {
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

/// `INSERT INTO table (columns) VALUES rows`
#[pyfunction]
#[pyo3(signature = (table, columns, *, rows = None, query = None, on_conflict = None, returning = None, with_ = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "an insert has as many clauses in SQL"
)]
pub fn insert(
    table: &Bound<'_, PyAny>,
    columns: &Bound<'_, PyAny>,
    rows: Any<'_, '_>,
    query: Any<'_, '_>,
    on_conflict: Option<&Bound<'_, ConflictTree>>,
    returning: Any<'_, '_>,
    with_: Any<'_, '_>,
) -> PyResult<Tree> {
    let source = match (rows, query) {
        (Some(rows), _) => InsertSource::Rows(row_values(rows)?.into()),
        (None, Some(query)) => InsertSource::Query(super::node(query)?),
        (None, None) => InsertSource::Default,
    };
    let insert = node::Insert {
        table: super::node(table)?,
        columns: super::nodes(columns)?,
        source,
        on_conflict: on_conflict.map(|conflict| Arc::clone(&conflict.get().0)),
        returning: nodes_or_none(returning)?,
        with: nodes_or_none(with_)?,
    };
    Ok(Node::Insert(Arc::new(insert)).into())
}

/// `UPDATE table SET column = value, …`
#[pyfunction]
#[pyo3(signature = (table, assignments, *, from_ = None, r#where = None, order_by = None, limit = None, returning = None, with_ = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "an update has as many clauses in SQL"
)]
pub fn update(
    table: &Bound<'_, PyAny>,
    assignments: &Bound<'_, PyAny>,
    from_: Any<'_, '_>,
    r#where: Any<'_, '_>,
    order_by: Any<'_, '_>,
    limit: Any<'_, '_>,
    returning: Any<'_, '_>,
    with_: Any<'_, '_>,
) -> PyResult<Tree> {
    let update = node::Update {
        table: super::node(table)?,
        assignments: assignment_list(assignments)?.into(),
        from: nodes_or_none(from_)?,
        returning: nodes_or_none(returning)?,
        tail: tail(r#where, order_by, limit, None, with_)?,
    };
    Ok(Node::Update(Arc::new(update)).into())
}

/// `DELETE FROM table`
#[pyfunction]
#[pyo3(signature = (table, *, r#where = None, order_by = None, limit = None, returning = None, with_ = None))]
pub fn delete(
    table: &Bound<'_, PyAny>,
    r#where: Any<'_, '_>,
    order_by: Any<'_, '_>,
    limit: Any<'_, '_>,
    returning: Any<'_, '_>,
    with_: Any<'_, '_>,
) -> PyResult<Tree> {
    let delete = node::Delete {
        table: super::node(table)?,
        returning: nodes_or_none(returning)?,
        tail: tail(r#where, order_by, limit, None, with_)?,
    };
    Ok(Node::Delete(Arc::new(delete)).into())
}

/// `ON CONFLICT …`
#[pyfunction]
#[pyo3(signature = (*, action = None, update = None, preserve = None, r#where = None, conflict_target = None, conflict_where = None, conflict_constraint = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "a conflict clause has as many parts in SQL"
)]
pub fn on_conflict(
    action: Option<&str>,
    update: Any<'_, '_>,
    preserve: Any<'_, '_>,
    r#where: Any<'_, '_>,
    conflict_target: Any<'_, '_>,
    conflict_where: Any<'_, '_>,
    conflict_constraint: Option<&str>,
) -> PyResult<ConflictTree> {
    let update = update.map(assignment_list).transpose()?.unwrap_or_default();
    Ok(ConflictTree(Arc::new(node::OnConflict {
        action: action.map(name),
        update,
        preserve: nodes_or_none(preserve)?,
        filter: optional(r#where)?,
        conflict_target: nodes_or_none(conflict_target)?,
        conflict_where: optional(conflict_where)?,
        conflict_constraint: conflict_constraint.map(name),
    })))
}

fn row_values(rows: &Bound<'_, PyAny>) -> PyResult<Vec<Node>> {
    let mut values = Vec::new();
    for row in rows.try_iter()? {
        for value in row?.try_iter()? {
            values.push(assigned(&value?)?);
        }
    }
    Ok(values)
}

fn assignment_list(pairs: &Bound<'_, PyAny>) -> PyResult<Vec<Assignment>> {
    let mut assignments = Vec::new();
    for pair in pairs.try_iter()? {
        let (column, value) = pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        assignments.push(Assignment {
            column: super::node(&column)?,
            value: assigned(&value)?,
        });
    }
    Ok(assignments)
}

fn assigned(value: &Bound<'_, PyAny>) -> PyResult<Node> {
    match value.cast::<Tree>() {
        Ok(tree) => Ok(tree.get().node().clone()),
        Err(_) => from_python::assigned(value),
    }
}

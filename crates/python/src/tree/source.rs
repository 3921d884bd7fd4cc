//! Builders of sources: what stands after FROM.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::{Node, Nodes, node};

use super::{Tree, name, nodes, optional, optional_nodes};

/// The identity of a source: what decides whether two mentions share an alias.
#[pyclass(module = "redstart._native", name = "SourceKey", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
pub struct PySourceKey(pub node::SourceKey);

#[pymethods]
impl PySourceKey {
    // A copy of a source is the same source to a statement that mentions both.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

/// Gives an identity that no other source has.
#[pyfunction]
pub fn source_key() -> PySourceKey {
    PySourceKey(node::SourceKey::unique())
}

/// Gives the identity shared by all sources of a kind with the same name.
#[pyfunction]
pub fn named_source_key(kind: &str, name: &str) -> PySourceKey {
    PySourceKey(node::SourceKey::named(kind, name))
}

/// A table, or an alias of one.
#[pyfunction]
#[pyo3(signature = (key, table_name, schema = None, alias = None))]
pub fn table(
    key: &Bound<'_, PySourceKey>,
    table_name: &str,
    schema: Option<&str>,
    alias: Option<&str>,
) -> Tree {
    let table = node::Table {
        key: key.get().0,
        schema: schema.map(name),
        name: name(table_name),
        alias: alias.map(name),
    };
    Node::Table(Arc::new(table)).into()
}

/// `lhs JOIN rhs ON on`
#[pyfunction]
#[pyo3(signature = (lhs, rhs, join_type, on = None))]
pub fn join(
    lhs: &Bound<'_, PyAny>,
    rhs: &Bound<'_, PyAny>,
    join_type: &str,
    on: Option<&Bound<'_, PyAny>>,
) -> PyResult<Tree> {
    let (lhs, rhs, on) = (super::node(lhs)?, super::node(rhs)?, optional(on)?);
    Ok(Node::Join(Arc::new(node::Join {
        lhs,
        rhs,
        join_type: name(join_type),
        on,
    }))
    .into())
}

/// `(VALUES (…), (…)) AS "alias" ("column", …)`
#[pyfunction]
#[pyo3(signature = (key, rows, columns = None, alias = None))]
pub fn values_list(
    key: &Bound<'_, PySourceKey>,
    rows: &Bound<'_, PyAny>,
    columns: Option<&Bound<'_, PyAny>>,
    alias: Option<&str>,
) -> PyResult<Tree> {
    let rows = rows.try_iter()?.map(|row| nodes(&row?));
    let list = node::ValuesList {
        key: key.get().0,
        rows: rows.collect::<PyResult<Vec<Nodes>>>()?,
        columns: optional_nodes(columns)?,
        alias: alias.map(name),
    };
    Ok(Node::ValuesList(Arc::new(list)).into())
}

/// `"t1".*`
#[pyfunction]
pub fn star(source: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::Star(Arc::new(super::node(source)?)).into())
}

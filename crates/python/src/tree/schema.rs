//! Builders of schema definitions.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::{Node, node};

use super::{Tree, name, nodes, optional};

/// `CREATE INDEX`
#[pyfunction]
#[pyo3(signature = (index_name, table, expressions, *, unique = false, safe = false, r#where = None, using = None, nulls_distinct = None))]
#[expect(
    clippy::too_many_arguments,
    reason = "an index has as many parts in SQL"
)]
pub fn index(
    index_name: &str,
    table: &Bound<'_, PyAny>,
    expressions: &Bound<'_, PyAny>,
    unique: bool,
    safe: bool,
    r#where: Option<&Bound<'_, PyAny>>,
    using: Option<&str>,
    nulls_distinct: Option<bool>,
) -> PyResult<Tree> {
    let index = node::Index {
        name: name(index_name),
        table: super::node(table)?,
        expressions: nodes(expressions)?,
        unique,
        safe,
        filter: optional(r#where)?,
        using: using.map(name),
        nulls_distinct,
    };
    Ok(Node::Index(Arc::new(index)).into())
}

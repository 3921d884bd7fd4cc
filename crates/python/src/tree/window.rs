//! Builders of windows.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::{Node, node};

use super::{Tree, name, nodes_or_none, optional};

/// A window definition.
#[pyfunction]
#[pyo3(signature = (alias, *, partition_by = None, order_by = None, start = None, end = None, frame_type = None, extends = None, exclude = None, inline = false))]
#[expect(
    clippy::too_many_arguments,
    reason = "a window has as many parts in SQL"
)]
pub fn window(
    alias: &str,
    partition_by: Option<&Bound<'_, PyAny>>,
    order_by: Option<&Bound<'_, PyAny>>,
    start: Option<&Bound<'_, PyAny>>,
    end: Option<&Bound<'_, PyAny>>,
    frame_type: Option<&str>,
    extends: Option<&Bound<'_, PyAny>>,
    exclude: Option<&Bound<'_, PyAny>>,
    inline: bool,
) -> PyResult<Tree> {
    let window = node::Window {
        alias: name(alias),
        extends: optional(extends)?,
        partition_by: nodes_or_none(partition_by)?,
        order_by: nodes_or_none(order_by)?,
        frame_type: frame_type.map(name),
        start: optional(start)?,
        end: optional(end)?,
        exclude: optional(exclude)?,
        inline,
    };
    Ok(Node::Window(Arc::new(window)).into())
}

/// A reference to a window by its name.
#[pyfunction]
pub fn window_alias(alias: &str) -> Tree {
    Node::WindowAlias(name(alias)).into()
}

//! Copies of nodes: `clone`, and the state that `copy` and `pickle` keep, for every class,
//! Python's included. A tree is immutable, so copies share it.

use std::sync::Arc;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use redstart_core::{FieldDef, FieldKind, Node};

use super::{PyFieldBase, PyNode, expression};

/// The attributes, the parts of an expression, and what the engine knows of the node.
pub type State<'py> = (
    Bound<'py, PyDict>,
    Option<expression::Parts<'py>>,
    Option<Bound<'py, NodeState>>,
);

/// What the engine knows of a node: immutable, and of this process alone, so it is shared by
/// copies and refuses to be pickled.
#[pyclass(module = "redstart._native", name = "NodeState", frozen)]
#[derive(Clone)]
pub struct NodeState {
    tree: Option<Node>,
    def: Option<Arc<FieldDef>>,
    read: FieldKind,
}

#[pymethods]
impl NodeState {
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

/// Gives a copy that shares the parts of the node.
pub fn shallow<'py>(node: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyAny>> {
    let class = node.get_type();
    let twin = class.call_method1(intern!(node.py(), "__new__"), (&class,))?;
    restore(twin.cast::<PyNode>()?, state(node)?)?;
    Ok(twin)
}

/// Gives the state of a node.
pub fn state<'py>(node: &Bound<'py, PyNode>) -> PyResult<State<'py>> {
    let field = node.as_any().cast::<PyFieldBase>().ok();
    let (def, read) = field.map_or_else(Default::default, |field| {
        let field = field.borrow();
        (field.def.clone(), field.read)
    });
    let tree = node.borrow().tree.clone();
    let known = if tree.is_some() || def.is_some() {
        Some(Bound::new(node.py(), NodeState { tree, def, read })?)
    } else {
        None
    };
    Ok((attributes(node)?, expression::parts_of(node), known))
}

/// Makes a node what the state says.
pub fn restore<'py>(node: &Bound<'py, PyNode>, state: State<'py>) -> PyResult<()> {
    let (saved, parts, known) = state;
    attributes(node)?.update(saved.as_mapping())?;
    if let Some(parts) = parts {
        expression::restore(node, parts)?;
    }
    let Some(known) = known else {
        return Ok(());
    };
    let NodeState { tree, def, read } = known.get().clone();
    PyNode::hold(node, tree);
    if let Ok(field) = node.as_any().cast::<PyFieldBase>() {
        let mut field = field.borrow_mut();
        field.def = def;
        field.read = read;
    }
    Ok(())
}

fn attributes<'py>(node: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyDict>> {
    let attributes = node.getattr(intern!(node.py(), "__dict__"))?;
    Ok(attributes.cast_into::<PyDict>()?)
}

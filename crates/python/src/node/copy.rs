//! Copies of nodes: `clone`, `copy.copy` and `copy.deepcopy`, for every class, Python's included.
//! A tree is immutable, so copies share it.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{PyFieldBase, PyNode, expression};

/// Gives a copy that shares the parts of the node.
pub fn shallow<'py>(node: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyAny>> {
    let twin = blank(node)?;
    expression::copy_operands(node.as_any(), &twin, |operand| Ok(operand.clone()))?;
    state(&twin)?.update(state(node.as_any())?.as_mapping())?;
    Ok(twin)
}

/// Gives a copy whose parts are deep copies, too.
pub fn deep<'py>(
    node: &Bound<'py, PyNode>,
    memo: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = node.py();
    let deepcopy = py
        .import(intern!(py, "copy"))?
        .getattr(intern!(py, "deepcopy"))?;
    let twin = blank(node)?;
    // A part that refers back to the node finds the twin here.
    memo.set_item(node.as_ptr() as usize, &twin)?;
    expression::copy_operands(node.as_any(), &twin, |part| deepcopy.call1((part, memo)))?;
    let twin_state = state(&twin)?;
    for (name, part) in state(node.as_any())?.copy()? {
        twin_state.set_item(name, deepcopy.call1((part, memo))?)?;
    }
    Ok(twin)
}

/// Makes an instance of the same class that holds the same tree.
fn blank<'py>(node: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyAny>> {
    let class = node.get_type();
    let twin = class.call_method1(intern!(node.py(), "__new__"), (&class,))?;
    let tree = node.borrow().tree.clone();
    twin.cast::<PyNode>()?.borrow_mut().tree = tree;
    if let (Ok(from), Ok(to)) = (
        node.as_any().cast::<PyFieldBase>(),
        twin.cast::<PyFieldBase>(),
    ) {
        let (def, read) = {
            let from = from.borrow();
            (from.def.clone(), from.read)
        };
        let mut to = to.borrow_mut();
        to.def = def;
        to.read = read;
    }
    Ok(twin)
}

fn state<'py>(node: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let state = node.getattr(intern!(node.py(), "__dict__"))?;
    Ok(state.cast_into::<PyDict>()?)
}

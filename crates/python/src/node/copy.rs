//! Copies of nodes: `clone`, and the state that `copy` and `pickle` keep, for every class,
//! Python's included. A tree is immutable, so copies share it.

use std::ptr;
use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use pyo3::{ffi, intern};
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

/// Gives a copy of a query that has not run and is no known source yet.
pub fn unrun<'py>(query: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyAny>> {
    let py = query.py();
    let clauses = attributes(query)?.copy()?;
    for of_its_own in [intern!(py, "_cursor_wrapper"), intern!(py, "_identity")] {
        if clauses.contains(of_its_own)? {
            clauses.del_item(of_its_own)?;
        }
    }
    let twin = made(&query.get_type())?;
    // SAFETY: nodes have an instance dictionary, and nobody else knows this one yet.
    let outcome =
        unsafe { ffi::PyObject_GenericSetDict(twin.as_ptr(), clauses.as_ptr(), ptr::null_mut()) };
    if outcome == 0 {
        Ok(twin)
    } else {
        Err(PyErr::fetch(py))
    }
}

/// Does what `cls.__new__(cls)` does.
fn made<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    // SAFETY: the class is alive, and its fields change under the interpreter's lock, which is held.
    let new = unsafe { (*class.as_type_ptr()).tp_new };
    let new = new.ok_or_else(|| PyTypeError::new_err(format!("{class} makes no instances")))?;
    let nothing = PyTuple::empty(py);
    // SAFETY: the arguments are a tuple, and no keywords; it gives a new reference, or null after an error.
    unsafe {
        let twin = new(class.as_type_ptr(), nothing.as_ptr(), ptr::null_mut());
        Bound::from_owned_ptr_or_err(py, twin)
    }
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

/// Gives the instance dictionary of a node.
pub fn attributes<'py>(node: &Bound<'py, PyNode>) -> PyResult<Bound<'py, PyDict>> {
    // SAFETY: nodes have an instance dictionary; what is given is a new reference, or null after an error.
    let attributes = unsafe {
        let attributes = ffi::PyObject_GenericGetDict(node.as_ptr(), ptr::null_mut());
        Bound::from_owned_ptr_or_err(node.py(), attributes)?
    };
    Ok(attributes.cast_into::<PyDict>()?)
}

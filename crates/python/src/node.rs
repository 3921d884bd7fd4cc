//! The native base classes of every node that Python sees, and how a Python
//! object gives its tree.

use std::any::Any;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyString, PyTuple, PyType};
use redstart_core::{HostNode, Node};

mod column_base;
mod copy;
mod expression;
mod factories;
mod field_base;
mod query;

pub use column_base::PyColumnBase;
pub use copy::attributes;
pub use expression::{PyExpression, PyStringExpression, operation};
pub use factories::register_factories;
pub use field_base::{PyFieldBase, PythonConverter};

use crate::context;
use crate::errors;
use crate::recursion;
use crate::tree::Tree;

/// A part of a statement: the base of everything that renders to SQL.
///
/// A subclass written in Python implements `__sql__(ctx)` and gives the context back.
#[pyclass(module = "redstart._native", name = "Node", subclass, dict, weakref)]
#[derive(Default)]
pub struct PyNode {
    tree: Option<Node>,
    /// Whether `__sql__` is Python's, once that was looked at. Set while others read.
    way: AtomicU8,
}

/// Who renders a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The engine renders its tree.
    Tree = 1,
    /// Its `__sql__`, written in Python, renders it.
    Python = 2,
}

#[pymethods]
impl PyNode {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self::default()
    }

    /// Renders the node into a context and gives the context back.
    fn __sql__<'py>(slf: &Bound<'py, Self>, ctx: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let tree = own_tree(slf)?.ok_or_else(|| {
            let class = slf.get_type();
            PyTypeError::new_err(format!(
                "{class} renders nothing: it has to define __sql__(ctx)"
            ))
        })?;
        context::write(&ctx, &tree)?;
        Ok(ctx)
    }

    /// Gives a copy of the node that shares its parts.
    fn clone<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        copy::shallow(slf)
    }

    /// Gives what `copy` and `pickle` keep: the attributes, an expression's parts and the tree.
    fn __getstate__<'py>(slf: &Bound<'py, Self>) -> PyResult<copy::State<'py>> {
        copy::state(slf)
    }

    /// Restores what `__getstate__` gave.
    fn __setstate__<'py>(slf: &Bound<'py, Self>, state: copy::State<'py>) -> PyResult<()> {
        copy::restore(slf, state)
    }

    /// Gives a copy whose selected value is, or is not, converted.
    #[pyo3(signature = (_coerce = true))]
    #[expect(
        clippy::used_underscore_binding,
        reason = "peewee's name of the parameter, which callers may pass by name"
    )]
    fn coerce<'py>(slf: &Bound<'py, Self>, _coerce: bool) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let same = slf.getattr_opt(intern!(py, "_coerce"))?;
        if same.map_or(Ok(true), |same| same.is_truthy())? == _coerce {
            return Ok(slf.clone().into_any());
        }
        let copy = slf.call_method0(intern!(py, "clone"))?;
        copy.setattr(intern!(py, "_coerce"), _coerce)?;
        Ok(copy)
    }

    /// Tells whether the node is an alias.
    fn is_alias(&self) -> bool {
        false
    }

    /// Gives the node below its wrappers.
    fn unwrap(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Gives the native tree of the node, or None.
    fn _tree(slf: &Bound<'_, Self>) -> PyResult<Option<Tree>> {
        Ok(own_tree(slf)?.map(Tree::from))
    }

    /// Makes a native tree this node's own.
    fn _set_tree(slf: &Bound<'_, Self>, tree: Option<&Bound<'_, Tree>>) {
        Self::hold(slf, tree.map(|tree| tree.get().node().clone()));
    }
}

impl PyNode {
    /// Makes this tree the node's own.
    pub fn hold(slf: &Bound<'_, Self>, tree: Option<Node>) {
        let former = mem::replace(&mut slf.borrow_mut().tree, tree);
        // Let go after the borrow: the last reference to a part may run Python code.
        drop(former);
    }
}

/// Gives the tree of a node, which may run Python code.
pub fn tree_of(node: &Bound<'_, PyNode>) -> PyResult<Node> {
    if way_of(node)? == Way::Tree
        && let Some(tree) = own_tree(node)?
    {
        return Ok(tree);
    }
    Ok(host_node(node.as_any()))
}

/// Gives the tree that an object holds as a node; `None` where its tree is made anew each time, or Python
/// code renders it.
pub fn held_tree(object: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let Ok(node) = object.cast::<PyNode>() else {
        return Ok(None);
    };
    let held = node.borrow().tree.clone();
    if held.is_some() && way_of(node)? == Way::Tree {
        return Ok(held);
    }
    Ok(None)
}

/// Gives the tree of an object that is no native node: a model class, or something with `__sql__`.
pub fn foreign(object: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let py = object.py();
    if is_plain(object) {
        return Ok(None);
    }
    if object.is_instance_of::<PyType>() {
        let Some(meta) = object.getattr_opt(intern!(py, "_meta"))? else {
            return Ok(None);
        };
        // The table's own, where the model has no table of another kind.
        if let Some(held) = meta.getattr_opt(intern!(py, "_table_tree"))?
            && let Ok(tree) = held.cast::<Tree>()
        {
            return Ok(Some(tree.get().node().clone()));
        }
        let table = meta.getattr(intern!(py, "table"))?;
        return table.cast::<PyNode>().ok().map(tree_of).transpose();
    }
    let renders = object.get_type().hasattr(intern!(py, "__sql__"))?;
    Ok(renders.then(|| host_node(object)))
}

fn is_plain(object: &Bound<'_, PyAny>) -> bool {
    object.is_none()
        || object.is_exact_instance_of::<PyString>()
        || object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyBool>()
        || object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyBytes>()
}

/// Gives the tree that the object's own classes define, overriding `__sql__` or not.
fn own_tree(node: &Bound<'_, PyNode>) -> PyResult<Option<Node>> {
    let py = node.py();
    let held = node.borrow().tree.clone();
    if held.is_some() {
        return Ok(held);
    }
    if let Some(tree) = expression::build(node.as_any())? {
        return Ok(Some(tree));
    }
    match node.getattr_opt(intern!(py, "_build_tree"))? {
        Some(build) => recursion::guarded(py, || {
            Ok(Some(build.call0()?.cast::<Tree>()?.get().node().clone()))
        }),
        None => Ok(None),
    }
}

fn way_of(node: &Bound<'_, PyNode>) -> PyResult<Way> {
    match node.borrow().way.load(Relaxed) {
        known if known == Way::Tree as u8 => return Ok(Way::Tree),
        known if known == Way::Python as u8 => return Ok(Way::Python),
        _ if expression::is_exact(node.as_any()) => return Ok(Way::Tree),
        _ => {}
    }
    let py = node.py();
    let renders = node.get_type().getattr(intern!(py, "__sql__"))?;
    let way = if renders.is(native_render(py)?) {
        Way::Tree
    } else {
        Way::Python
    };
    node.borrow().way.store(way as u8, Relaxed);
    Ok(way)
}

fn native_render(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static METHOD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let method = METHOD.get_or_try_init(py, || {
        let method = py.get_type::<PyNode>().getattr(intern!(py, "__sql__"))?;
        Ok::<_, PyErr>(method.unbind())
    })?;
    Ok(method.bind(py))
}

/// A Python object that renders itself.
pub struct PythonNode(pub Py<PyAny>);

impl HostNode for PythonNode {
    fn render(&self, renderer: &mut dyn Any) -> redstart_core::Result<()> {
        Python::attach(|py| context::lend(renderer, self.0.bind(py))).map_err(errors::from_py)
    }

    fn type_name(&self) -> String {
        Python::attach(|py| {
            let name = self.0.bind(py).get_type().name();
            name.map_or_else(|_| "object".to_owned(), |name| name.to_string())
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn host_node(object: &Bound<'_, PyAny>) -> Node {
    Node::Host(Arc::new(PythonNode(object.clone().unbind())))
}

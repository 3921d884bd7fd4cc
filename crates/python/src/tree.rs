//! The builders of native trees: one function for each node, called by the node
//! classes of the face. `Tree` is the handle that Python holds.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use redstart_core::{FieldKind, Name, Node, Nodes};

use crate::convert::from_python;

mod query;
mod schema;
mod source;
mod value;
mod window;
mod write;

pub use query::select_of;

/// The functions of `redstart._native.tree`.
#[pymodule(submodule, name = "tree")]
pub mod builders {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::query::{compound, cte, for_update, select, select_of};
    #[pymodule_export]
    use super::schema::index;
    #[pymodule_export]
    use super::source::{join, named_source_key, source_key, star, table, values_list};
    #[pymodule_export]
    use super::value::{
        alias, bind_to, bitwise_negated, case, cast, column, composite_key, entity, function,
        marked, namespaced, negated, node_list, ordering, qualified_names, sql, value,
        value_literals,
    };
    #[pymodule_export]
    use super::window::{window, window_alias};
    #[pymodule_export]
    use super::write::{delete, insert, on_conflict, update};

    /// Makes `import redstart._native.tree` find the module.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let modules = module.py().import("sys")?.getattr("modules")?;
        modules.set_item("redstart._native.tree", module)
    }
}

/// A native statement tree: immutable, and shared by all who hold it.
#[pyclass(module = "redstart._native", name = "Tree", frozen)]
pub struct Tree {
    node: Node,
}

#[pymethods]
impl Tree {
    fn __repr__(&self) -> String {
        format!("{:?}", self.node)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

impl Tree {
    /// Gives the tree's root.
    pub fn node(&self) -> &Node {
        &self.node
    }
}

impl From<Node> for Tree {
    fn from(node: Node) -> Self {
        Self { node }
    }
}

/// Finds the conversion with this name.
pub fn field_kind(name: &str) -> PyResult<FieldKind> {
    Ok(match name {
        "raw" => FieldKind::Raw,
        "int" => FieldKind::Int,
        "float" => FieldKind::Float,
        "text" => FieldKind::Text,
        "bool" => FieldKind::Bool,
        "decimal" => FieldKind::Decimal,
        "datetime" => FieldKind::DateTime,
        "date" => FieldKind::Date,
        "time" => FieldKind::Time,
        "blob" => FieldKind::Blob,
        "uuid" => FieldKind::Uuid,
        "host" => FieldKind::Host,
        other => {
            return Err(PyValueError::new_err(format!(
                "there is no field kind named {other:?}"
            )));
        }
    })
}

/// Converts an argument that may be absent.
fn optional(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Node>> {
    object.map(from_python::operand_or_tree).transpose()
}

/// Converts one argument.
pub fn node(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    from_python::operand_or_tree(object)
}

/// Converts a sequence of arguments.
fn nodes(objects: &Bound<'_, PyAny>) -> PyResult<Nodes> {
    let converted = objects.try_iter()?.map(|object| node(&object?));
    converted.collect::<PyResult<Vec<_>>>().map(Into::into)
}

/// Converts a sequence of arguments that may be absent.
fn optional_nodes(objects: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Nodes>> {
    objects.map(nodes).transpose()
}

/// Converts a sequence of arguments, of which none is as good as an empty one.
fn nodes_or_none(objects: Option<&Bound<'_, PyAny>>) -> PyResult<Nodes> {
    Ok(optional_nodes(objects)?.unwrap_or_default())
}

/// Shares a name.
fn name(text: &str) -> Name {
    text.into()
}

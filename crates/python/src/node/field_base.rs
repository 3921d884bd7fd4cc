//! The native part of a field: its column, and how its values are converted.

use std::any::Any;
use std::sync::Arc;

use pyo3::exceptions::PyReferenceError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyWeakrefMethods, PyWeakrefReference};
use redstart_core::{FieldDef, FieldKind, HostConverter, Node, Value, node};

use super::{PyColumnBase, PyNode};
use crate::convert::{from_python, to_python};
use crate::errors;
use crate::tree::{self, Tree};

/// The native part of every field.
#[pyclass(module = "redstart._native", name = "FieldBase", extends = PyColumnBase, subclass)]
#[derive(Default)]
pub struct PyFieldBase {
    /// The definition, once the field belongs to a model.
    pub def: Option<Arc<FieldDef>>,
    /// How values are converted on the way from the database.
    pub read: FieldKind,
}

#[pymethods]
impl PyFieldBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        PyClassInitializer::from(PyNode::default())
            .add_subclass(PyColumnBase)
            .add_subclass(Self::default())
    }

    /// Ties the field to a column of a source and sets how its values are converted.
    ///
    /// Args:
    ///     source: The tree of the table.
    ///     name: The attribute's name.
    ///     column_name: The column's name.
    ///     index: The field's place among the model's fields.
    ///     read_kind: One of raw int float text bool decimal datetime date time blob uuid host.
    ///     write_kind: One of the same.
    #[pyo3(signature = (source, name, column_name, index, read_kind, write_kind))]
    #[expect(clippy::too_many_arguments, reason = "what a field is, told once")]
    fn _bind_field(
        slf: &Bound<'_, Self>,
        source: &Bound<'_, PyAny>,
        name: &str,
        column_name: &str,
        index: usize,
        read_kind: &str,
        write_kind: &str,
    ) -> PyResult<()> {
        let (read, kind) = (tree::field_kind(read_kind)?, tree::field_kind(write_kind)?);
        let field = PyWeakrefReference::new(slf.as_any())?.unbind();
        let def = Arc::new(FieldDef {
            name: name.into(),
            column: column_name.into(),
            index,
            kind,
            host: Some(Arc::new(PythonConverter::Field(field))),
        });
        let column = column(from_python::operand_or_tree(source)?, &def);
        {
            let mut held = slf.borrow_mut();
            held.def = Some(def);
            held.read = read;
        }
        PyNode::hold(slf.as_any().cast::<PyNode>()?, Some(column));
        Ok(())
    }

    /// Gives the tree of this field's column on another source.
    fn _tree_for(&self, source: &Bound<'_, PyAny>) -> PyResult<Tree> {
        let def = self.def.as_ref().ok_or_else(|| {
            pyo3::exceptions::PyValueError::new_err("the field belongs to no model yet")
        })?;
        Ok(Tree::from(column(
            from_python::operand_or_tree(source)?,
            def,
        )))
    }
}

fn column(source: Node, def: &Arc<FieldDef>) -> Node {
    Node::Column(Arc::new(node::Column {
        source,
        name: def.column.clone(),
        field: Some(Arc::clone(def)),
    }))
}

/// A conversion that Python performs on the way to the database.
pub enum PythonConverter {
    /// The `db_value` of a field, which is not kept alive by its own tree.
    Field(Py<PyWeakrefReference>),
    /// Any callable.
    Callable(Py<PyAny>),
}

impl HostConverter for PythonConverter {
    fn to_db(&self, value: &Value) -> redstart_core::Result<Node> {
        Python::attach(|py| {
            let object = to_python::value(py, value)?;
            let converted = match self {
                Self::Field(field) => {
                    let field = field.bind(py).upgrade();
                    let field = field.ok_or_else(|| {
                        PyReferenceError::new_err("the field of this statement no longer exists")
                    })?;
                    field.call_method1(intern!(py, "db_value"), (object,))?
                }
                Self::Callable(callable) => callable.bind(py).call1((object,))?,
            };
            from_python::assigned(&converted)
        })
        .map_err(errors::from_py)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

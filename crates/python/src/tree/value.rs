//! Builders of what stands for a value: parameters, columns, expressions' parts, functions.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBool;
use redstart_core::{Name, Node, node};

use super::{Tree, name, nodes, nodes_or_none, optional};
use crate::convert::from_python;
use crate::node::{PyFieldBase, PythonConverter};

/// A bound value; a list unpacks into several unless `unpack` is False.
#[pyfunction]
#[pyo3(signature = (v, converter = None, unpack = true))]
pub fn value(
    v: &Bound<'_, PyAny>,
    converter: Option<&Bound<'_, PyAny>>,
    unpack: bool,
) -> PyResult<Tree> {
    let node = if unpack {
        from_python::operand(v)?
    } else {
        from_python::assigned(v)?
    };
    let converter = match converter {
        None => return Ok(node.into()),
        Some(off) if off.cast::<PyBool>().is_ok() => node::Converter::Off,
        Some(field)
            if field
                .cast::<PyFieldBase>()
                .is_ok_and(|f| f.borrow().def.is_some()) =>
        {
            let def = field.cast::<PyFieldBase>()?.borrow().def.clone();
            def.map_or(node::Converter::Inherit, node::Converter::Field)
        }
        Some(callable) => {
            let callable = PythonConverter::Callable(callable.clone().unbind());
            node::Converter::Host(Arc::new(callable))
        }
    };
    Ok(Node::Param(Arc::new(node::Param { node, converter })).into())
}

/// A column of a source.
#[pyfunction]
#[pyo3(signature = (source, column_name, field = None))]
pub fn column(
    source: &Bound<'_, PyAny>,
    column_name: &str,
    field: Option<&Bound<'_, PyFieldBase>>,
) -> PyResult<Tree> {
    let field = field.and_then(|field| field.borrow().def.clone());
    let source = super::node(source)?;
    Ok(Node::Column(Arc::new(node::Column {
        source,
        name: name(column_name),
        field,
    }))
    .into())
}

/// A quoted path of names.
#[pyfunction]
#[pyo3(signature = (*path))]
pub fn entity(path: Vec<String>) -> Tree {
    Node::Entity(path.iter().map(|part| Name::from(part.as_str())).collect()).into()
}

/// SQL text as it stands, with parameters for the placeholders in it.
#[pyfunction]
#[pyo3(signature = (text, params = None))]
pub fn sql(text: &str, params: Option<&Bound<'_, PyAny>>) -> PyResult<Tree> {
    let params = match params {
        Some(params) => {
            let params = params.try_iter()?.map(|item| from_python::assigned(&item?));
            params.collect::<PyResult<Vec<_>>>()?.into()
        }
        None => node::Sql::new("").params,
    };
    Ok(Node::Sql(Arc::new(node::Sql {
        text: name(text),
        params,
    }))
    .into())
}

/// A node with a name.
#[pyfunction]
pub fn alias(node: &Bound<'_, PyAny>, alias: &str) -> PyResult<Tree> {
    let node = super::node(node)?;
    Ok(Node::Alias(Arc::new(node::Alias {
        node,
        name: name(alias),
    }))
    .into())
}

/// A selected node whose value lands on another source's instance.
#[pyfunction]
pub fn bind_to(node: &Bound<'_, PyAny>, dest: &Bound<'_, PyAny>) -> PyResult<Tree> {
    let (node, dest) = (super::node(node)?, super::node(dest)?);
    Ok(Node::BindTo(Arc::new(node::BindTo { node, dest })).into())
}

/// A node with a note about the conversion of its result.
#[pyfunction]
#[pyo3(signature = (node, coerce = true))]
pub fn marked(node: &Bound<'_, PyAny>, coerce: bool) -> PyResult<Tree> {
    let node = super::node(node)?;
    Ok(Node::Marked(Arc::new(node::Marked {
        node,
        coerce,
        converter: None,
    }))
    .into())
}

/// `NOT node`
#[pyfunction]
pub fn negated(node: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::Negated(Arc::new(super::node(node)?)).into())
}

/// `~node`
#[pyfunction]
pub fn bitwise_negated(node: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::BitwiseNegated(Arc::new(super::node(node)?)).into())
}

/// `node ASC`
#[pyfunction]
#[pyo3(signature = (node, direction, collation = None, nulls = None))]
pub fn ordering(
    node: &Bound<'_, PyAny>,
    direction: &str,
    collation: Option<&str>,
    nulls: Option<&str>,
) -> PyResult<Tree> {
    let direction = match direction {
        "ASC" => node::Direction::Asc,
        "DESC" => node::Direction::Desc,
        other => {
            return Err(PyValueError::new_err(format!(
                "{other:?} is neither ASC nor DESC"
            )));
        }
    };
    let (collation, nulls) = (collation.map(name), nulls.map(name));
    let node = super::node(node)?;
    Ok(Node::Ordering(Arc::new(node::Ordering {
        node,
        direction,
        collation,
        nulls,
    }))
    .into())
}

/// `CAST(node AS type)`
#[pyfunction]
pub fn cast(node: &Bound<'_, PyAny>, to: &str) -> PyResult<Tree> {
    let node = super::node(node)?;
    Ok(Node::Cast(Arc::new(node::Cast { node, to: name(to) })).into())
}

/// `CASE predicate WHEN … THEN … ELSE … END`
#[pyfunction]
#[pyo3(signature = (predicate, whens, default = None))]
pub fn case(
    predicate: Option<&Bound<'_, PyAny>>,
    whens: Vec<(Bound<'_, PyAny>, Bound<'_, PyAny>)>,
    default: Option<&Bound<'_, PyAny>>,
) -> PyResult<Tree> {
    let pairs = whens
        .iter()
        .map(|(when, then)| Ok((super::node(when)?, super::node(then)?)));
    let whens = pairs.collect::<PyResult<Vec<_>>>()?;
    let (predicate, default) = (optional(predicate)?, optional(default)?);
    Ok(Node::Case(Arc::new(node::Case {
        predicate,
        whens,
        default,
    }))
    .into())
}

/// `name(args) FILTER (WHERE filter) OVER over`
#[pyfunction]
#[pyo3(signature = (function_name, args, filter = None, order_by = None, over = None))]
pub fn function(
    function_name: &str,
    args: &Bound<'_, PyAny>,
    filter: Option<&Bound<'_, PyAny>>,
    order_by: Option<&Bound<'_, PyAny>>,
    over: Option<&Bound<'_, PyAny>>,
) -> PyResult<Tree> {
    let function = node::Function {
        name: name(function_name),
        args: nodes(args)?,
        filter: optional(filter)?,
        order_by: super::optional_nodes(order_by)?,
        over: optional(over)?,
        result: None,
    };
    Ok(Node::Function(Arc::new(function)).into())
}

/// Nodes with something between them.
#[pyfunction]
#[pyo3(signature = (items, glue = " ", parens = false))]
pub fn node_list(items: &Bound<'_, PyAny>, glue: &str, parens: bool) -> PyResult<Tree> {
    let nodes = nodes(items)?;
    Ok(Node::NodeList(Arc::new(node::NodeList {
        nodes,
        glue: name(glue),
        parens,
    }))
    .into())
}

/// A node rendered with its columns qualified, whatever stands around it.
#[pyfunction]
pub fn qualified_names(node: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::QualifiedNames(Arc::new(super::node(node)?)).into())
}

/// A node whose values are written as literals.
#[pyfunction]
pub fn value_literals(node: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::ValueLiterals(Arc::new(super::node(node)?)).into())
}

/// `NAMESPACE."attribute"`
#[pyfunction]
pub fn namespaced(namespace: &str, attribute: &str) -> Tree {
    Node::Namespaced(name(namespace), name(attribute)).into()
}

/// The columns of a composite key.
#[pyfunction]
pub fn composite_key(columns: &Bound<'_, PyAny>) -> PyResult<Tree> {
    Ok(Node::CompositeKey(nodes_or_none(Some(columns))?).into())
}

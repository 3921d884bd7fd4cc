//! Expressions: an operator between two operands.

use std::sync::Arc;

use pyo3::prelude::*;
use redstart_core::{Node, Operator, node};

use super::{PyColumnBase, PyNode};
use crate::convert::from_python;

/// An operator between two operands, in parentheses: `(lhs op rhs)`.
///
/// Args:
///     lhs: The left operand. A field here converts the values on the right.
///     op: The operator's text, such as `=` or one of `OP`.
///     rhs: The right operand.
///     flat: Leave the parentheses out.
#[pyclass(module = "redstart._native", name = "Expression", extends = PyColumnBase, subclass)]
pub struct PyExpression {
    lhs: Option<Py<PyAny>>,
    op: Operator,
    rhs: Option<Py<PyAny>>,
    flat: bool,
    string: bool,
}

/// A concatenation: `(lhs || rhs)`, on which `+` concatenates again.
#[pyclass(module = "redstart._native", name = "StringExpression", extends = PyExpression, subclass)]
pub struct PyStringExpression;

#[pymethods]
impl PyExpression {
    #[new]
    #[pyo3(signature = (lhs = None, op = None, rhs = None, flat = false))]
    fn new(
        lhs: Option<Py<PyAny>>,
        op: Option<&str>,
        rhs: Option<Py<PyAny>>,
        flat: bool,
    ) -> PyClassInitializer<Self> {
        initializer(
            Self {
                lhs,
                op: Operator::from_text(op.unwrap_or_default()),
                rhs,
                flat,
                string: false,
            },
            None,
        )
    }

    /// The left operand.
    #[getter]
    fn lhs(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.lhs.as_ref().map(|lhs| lhs.clone_ref(py))
    }

    /// The operator's text.
    #[getter]
    fn op(&self) -> String {
        self.op.text().to_owned()
    }

    /// The right operand.
    #[getter]
    fn rhs(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.rhs.as_ref().map(|rhs| rhs.clone_ref(py))
    }

    /// Whether the parentheses are left out.
    #[getter]
    fn flat(&self) -> bool {
        self.flat
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.lhs)?;
        visit.call(&self.rhs)
    }

    fn __clear__(&mut self) {
        self.lhs = None;
        self.rhs = None;
    }
}

#[pymethods]
impl PyStringExpression {
    #[new]
    #[pyo3(signature = (lhs = None, op = None, rhs = None, flat = false))]
    fn new(
        lhs: Option<Py<PyAny>>,
        op: Option<&str>,
        rhs: Option<Py<PyAny>>,
        flat: bool,
    ) -> PyClassInitializer<Self> {
        let op = Operator::from_text(op.unwrap_or_default());
        initializer(
            PyExpression {
                lhs,
                op,
                rhs,
                flat,
                string: true,
            },
            None,
        )
        .add_subclass(Self)
    }

    fn __add__<'py>(
        slf: &Bound<'py, Self>,
        rhs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        concatenate(slf.as_any(), rhs)
    }

    fn __radd__<'py>(
        slf: &Bound<'py, Self>,
        lhs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        concatenate(lhs, slf.as_any())
    }
}

/// Makes `(lhs op rhs)`.
pub fn expression<'py>(
    lhs: &Bound<'py, PyAny>,
    op: Operator,
    rhs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (expression, tree) = parts(lhs, op, rhs, false)?;
    Ok(Bound::new(lhs.py(), initializer(expression, tree))?.into_any())
}

/// Makes `(lhs || rhs)`.
pub fn concatenate<'py>(
    lhs: &Bound<'py, PyAny>,
    rhs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (expression, tree) = parts(lhs, Operator::Concat, rhs, true)?;
    let initializer = initializer(expression, tree).add_subclass(PyStringExpression);
    Ok(Bound::new(lhs.py(), initializer)?.into_any())
}

/// Builds the tree of an expression whose operands were not ready when it was made.
pub fn build(object: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let Ok(expression) = object.cast::<PyExpression>() else {
        return Ok(None);
    };
    let py = object.py();
    let held = expression.borrow();
    let none = py.None().into_bound(py);
    let lhs = from_python::operand(held.lhs.as_ref().map_or(&none, |lhs| lhs.bind(py)))?;
    let rhs = held.rhs.as_ref().map_or(&none, |rhs| rhs.bind(py));
    let rhs = right_operand(&held.op, rhs, from_python::operand)?;
    Ok(Some(tree(
        lhs,
        held.op.clone(),
        rhs,
        held.flat,
        held.string,
    )))
}

/// Copies the operands of an expression onto its clone.
pub fn copy_operands(from: &Bound<'_, PyAny>, to: &Bound<'_, PyAny>) -> PyResult<()> {
    let (Ok(from), Ok(to)) = (from.cast::<PyExpression>(), to.cast::<PyExpression>()) else {
        return Ok(());
    };
    let py = from.py();
    let from = from.borrow();
    let mut to = to.try_borrow_mut()?;
    to.lhs = from.lhs.as_ref().map(|lhs| lhs.clone_ref(py));
    to.op = from.op.clone();
    to.rhs = from.rhs.as_ref().map(|rhs| rhs.clone_ref(py));
    to.flat = from.flat;
    to.string = from.string;
    Ok(())
}

fn parts(
    lhs: &Bound<'_, PyAny>,
    op: Operator,
    rhs: &Bound<'_, PyAny>,
    string: bool,
) -> PyResult<(PyExpression, Option<Node>)> {
    let ready = match from_python::ready_operand(lhs)? {
        Some(left) => from_python::ready_operand(rhs)?.map(|right| (left, right)),
        None => None,
    };
    let tree = match ready {
        Some((left, right)) => {
            let right = if rhs.is_none() {
                right_operand(&op, rhs, |_| Ok(right))?
            } else {
                right
            };
            Some(tree(left, op.clone(), right, false, string))
        }
        None => None,
    };
    let expression = PyExpression {
        lhs: Some(lhs.clone().unbind()),
        op,
        rhs: Some(rhs.clone().unbind()),
        flat: false,
        string,
    };
    Ok((expression, tree))
}

/// Converts the right operand; the null of `IS NULL` is text, not a parameter.
fn right_operand(
    op: &Operator,
    rhs: &Bound<'_, PyAny>,
    convert: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<Node>,
) -> PyResult<Node> {
    if rhs.is_none() && matches!(op, Operator::Is | Operator::IsNot) {
        return Ok(Node::sql("NULL"));
    }
    convert(rhs)
}

fn tree(lhs: Node, op: Operator, rhs: Node, flat: bool, string: bool) -> Node {
    Node::Expression(Arc::new(node::Expression {
        lhs,
        op,
        rhs,
        flat,
        string,
    }))
}

fn initializer(expression: PyExpression, tree: Option<Node>) -> PyClassInitializer<PyExpression> {
    PyClassInitializer::from(PyNode::holding(tree))
        .add_subclass(PyColumnBase)
        .add_subclass(expression)
}

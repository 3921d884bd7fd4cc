//! Expressions: an operator between two operands.

use std::sync::Arc;

use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use redstart_core::{Node, Operator, node};

use super::{PyColumnBase, PyNode};
use crate::convert::from_python;
use crate::recursion;

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
    depth: u16,
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
        initializer(Self {
            lhs,
            op: Operator::from_text(op.unwrap_or_default()),
            rhs,
            flat,
            string: false,
            depth: 1,
        })
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
        initializer(PyExpression {
            lhs,
            op,
            rhs,
            flat,
            string: true,
            depth: 1,
        })
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

    /// Visits nothing: the operands are the base's.
    #[expect(clippy::unnecessary_wraps, reason = "the type that pyo3 asks for")]
    fn __traverse__(&self, _visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        // pyo3 finds the base's traversal by the address of this one's. Without a body of its own
        // this function is merged with that of `ColumnBase`, two bases up, and the search for the
        // base's never ends.
        std::hint::black_box("StringExpression");
        Ok(())
    }
}

/// Makes `(lhs op rhs)`. Its tree is made when it is needed: a list may still change.
pub fn expression<'py>(
    lhs: &Bound<'py, PyAny>,
    op: Operator,
    rhs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let expression = parts(lhs, op, rhs, false)?;
    Ok(Bound::new(lhs.py(), initializer(expression))?.into_any())
}

/// Makes `(lhs || rhs)`.
pub fn concatenate<'py>(
    lhs: &Bound<'py, PyAny>,
    rhs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let expression = parts(lhs, Operator::Concat, rhs, true)?;
    let initializer = initializer(expression).add_subclass(PyStringExpression);
    Ok(Bound::new(lhs.py(), initializer)?.into_any())
}

/// Tells whether an object is of a class whose instances are known to be expressions only.
pub fn is_exact(object: &Bound<'_, PyAny>) -> bool {
    object.is_exact_instance_of::<PyExpression>()
        || object.is_exact_instance_of::<PyStringExpression>()
}

/// An operator and its operands.
pub struct Operation<'py> {
    pub lhs: Bound<'py, PyAny>,
    pub op: Operator,
    pub rhs: Bound<'py, PyAny>,
    pub flat: bool,
}

/// Gives the parts of an object that is an expression, and of no class of its own.
pub fn operation<'py>(object: &Bound<'py, PyAny>) -> Option<Operation<'py>> {
    let py = object.py();
    let held = object.cast_exact::<PyExpression>().ok()?.borrow();
    Some(Operation {
        lhs: bound(py, held.lhs.as_ref()),
        op: held.op.clone(),
        rhs: bound(py, held.rhs.as_ref()),
        flat: held.flat,
    })
}

/// Builds the tree of an expression.
pub fn build(object: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let Ok(expression) = object.cast::<PyExpression>() else {
        return Ok(None);
    };
    let py = object.py();
    // The operands may run Python code, which may ask for this very expression.
    let (lhs, op, rhs, flat, string) = {
        let held = expression.borrow();
        let (lhs, rhs) = (bound(py, held.lhs.as_ref()), bound(py, held.rhs.as_ref()));
        (lhs, held.op.clone(), rhs, held.flat, held.string)
    };
    recursion::guarded(py, || {
        Ok(Some(Node::Expression(Arc::new(node::Expression {
            lhs: from_python::operand(&lhs)?,
            rhs: right_operand(&op, &rhs)?,
            op,
            flat,
            string,
        }))))
    })
}

/// The left operand, the operator, the right operand, and whether parentheses are left out.
pub type Parts<'py> = (Bound<'py, PyAny>, String, Bound<'py, PyAny>, bool);

/// Gives the parts of a node that is an expression.
pub fn parts_of<'py>(node: &Bound<'py, PyNode>) -> Option<Parts<'py>> {
    let py = node.py();
    let held = node.as_any().cast::<PyExpression>().ok()?.borrow();
    let (lhs, rhs) = (bound(py, held.lhs.as_ref()), bound(py, held.rhs.as_ref()));
    Some((lhs, held.op.text().to_owned(), rhs, held.flat))
}

/// Gives an expression its parts.
pub fn restore(node: &Bound<'_, PyNode>, parts: Parts<'_>) -> PyResult<()> {
    let (lhs, op, rhs, flat) = parts;
    let depth = depth_above(&lhs, &rhs)?;
    let mut held = node.as_any().cast::<PyExpression>()?.borrow_mut();
    let replaced = (
        held.lhs.replace(lhs.unbind()),
        held.rhs.replace(rhs.unbind()),
    );
    held.op = Operator::from_text(&op);
    held.flat = flat;
    held.depth = depth;
    // Let go after the borrow: the last reference may run Python code.
    drop(held);
    drop(replaced);
    Ok(())
}

fn parts(
    lhs: &Bound<'_, PyAny>,
    op: Operator,
    rhs: &Bound<'_, PyAny>,
    string: bool,
) -> PyResult<PyExpression> {
    let depth = depth_above(lhs, rhs)?;
    Ok(PyExpression {
        lhs: Some(lhs.clone().unbind()),
        op,
        rhs: Some(rhs.clone().unbind()),
        flat: false,
        string,
        depth,
    })
}

fn bound<'py>(py: Python<'py>, operand: Option<&Py<PyAny>>) -> Bound<'py, PyAny> {
    operand.map_or_else(
        || py.None().into_bound(py),
        |operand| operand.bind(py).clone(),
    )
}

/// Gives the depth of an expression with these operands, unless it is too much.
fn depth_above(lhs: &Bound<'_, PyAny>, rhs: &Bound<'_, PyAny>) -> PyResult<u16> {
    let depth = 1 + depth(lhs).max(depth(rhs));
    if depth > DEPTH_LIMIT {
        return Err(PyRecursionError::new_err(format!(
            "an expression nests at most {DEPTH_LIMIT} operators: pass the conditions as several \
             arguments, or a list to in_()"
        )));
    }
    Ok(depth)
}

fn depth(operand: &Bound<'_, PyAny>) -> u16 {
    if is_exact(operand) {
        let expression = operand.cast::<PyExpression>();
        expression.map_or(0, |expression| expression.borrow().depth)
    } else {
        0
    }
}

/// Converts the right operand; the null of `IS NULL` is text, not a parameter.
fn right_operand(op: &Operator, rhs: &Bound<'_, PyAny>) -> PyResult<Node> {
    if rhs.is_none() && matches!(op, Operator::Is | Operator::IsNot) {
        return Ok(Node::sql("NULL"));
    }
    from_python::operand(rhs)
}

fn initializer(expression: PyExpression) -> PyClassInitializer<PyExpression> {
    PyClassInitializer::from(PyNode::default())
        .add_subclass(PyColumnBase)
        .add_subclass(expression)
}

/// How many operators an expression nests: taking one apart descends on the machine's stack,
/// which has room for more. Databases take fewer (SQLite 1,000).
const DEPTH_LIMIT: u16 = 5_000;

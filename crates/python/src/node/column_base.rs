//! The operators and methods of everything that behaves like a column.

use pyo3::exceptions::{PyAttributeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PySlice, PyString, PyTuple};
use redstart_core::Operator;

use super::PyNode;
use crate::convert::from_python::is_generator;

use super::expression::{concatenate, expression};
use super::factories::make;

type Any<'py> = Bound<'py, PyAny>;

/// Something that behaves like a column: operators on it make expressions.
#[pyclass(module = "redstart._native", name = "ColumnBase", extends = PyNode, subclass, mapping)]
pub struct PyColumnBase;

#[pymethods]
impl PyColumnBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        PyClassInitializer::from(PyNode::default()).add_subclass(Self)
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        rhs: &Any<'py>,
        op: CompareOp,
    ) -> PyResult<Any<'py>> {
        let op = match (op, rhs.is_none()) {
            (CompareOp::Eq, true) => Operator::Is,
            (CompareOp::Ne, true) => Operator::IsNot,
            (CompareOp::Eq, _) => Operator::Eq,
            (CompareOp::Ne, _) => Operator::Ne,
            (CompareOp::Lt, _) => Operator::Lt,
            (CompareOp::Le, _) => Operator::Lte,
            (CompareOp::Gt, _) => Operator::Gt,
            (CompareOp::Ge, _) => Operator::Gte,
        };
        expression(slf, op, rhs)
    }

    fn __and__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::And, rhs)
    }

    fn __rand__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::And, slf)
    }

    fn __or__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Or, rhs)
    }

    fn __ror__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Or, slf)
    }

    fn __add__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Add, rhs)
    }

    fn __radd__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Add, slf)
    }

    fn __sub__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Sub, rhs)
    }

    fn __rsub__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Sub, slf)
    }

    fn __mul__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Mul, rhs)
    }

    fn __rmul__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Mul, slf)
    }

    fn __truediv__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Div, rhs)
    }

    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Div, slf)
    }

    fn __xor__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Xor, rhs)
    }

    fn __rxor__<'py>(slf: &Bound<'py, Self>, lhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(lhs, Operator::Xor, slf)
    }

    fn __mod__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Like, rhs)
    }

    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        rhs: &Any<'py>,
        _modulo: Option<&Any<'py>>,
    ) -> PyResult<Any<'py>> {
        expression(slf, Operator::Ilike, rhs)
    }

    fn __lshift__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        membership(slf, Operator::In, rhs)
    }

    fn __rshift__<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Is, rhs)
    }

    fn __invert__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        make(slf.py(), "Negated", (slf,))
    }

    fn __pos__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        make(slf.py(), "Ordering", (slf, "ASC"))
    }

    fn __neg__<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        make(slf.py(), "Ordering", (slf, "DESC"))
    }

    /// `x[a:b]` is `x BETWEEN a AND b`; `x[a]` is `x = a`.
    fn __getitem__<'py>(slf: &Bound<'py, Self>, item: &Any<'py>) -> PyResult<Any<'py>> {
        let Ok(slice) = item.cast::<PySlice>() else {
            return slf.rich_compare(item, CompareOp::Eq);
        };
        let (start, stop) = (slice.getattr("start")?, slice.getattr("stop")?);
        if start.is_none() || stop.is_none() {
            return Err(PyValueError::new_err(
                "BETWEEN range must have both a start- and end-point.",
            ));
        }
        Self::between(slf, &start, &stop)
    }

    /// Gives the node under a name: `x AS "name"`. None takes the name away.
    fn alias<'py>(slf: &Bound<'py, Self>, alias: &Any<'py>) -> PyResult<Any<'py>> {
        if alias.is_truthy()? {
            return make(slf.py(), "Alias", (slf, alias));
        }
        Ok(slf.clone().into_any())
    }

    /// Gives the node without its alias.
    fn unalias(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Gives the node with its value landing on another source's instance.
    fn bind_to<'py>(slf: &Bound<'py, Self>, dest: &Any<'py>) -> PyResult<Any<'py>> {
        make(slf.py(), "BindTo", (slf, dest))
    }

    /// Gives a copy whose selected value is converted by a callable.
    #[pyo3(signature = (converter = None))]
    fn converter<'py>(slf: &Bound<'py, Self>, converter: Option<&Any<'py>>) -> PyResult<Any<'py>> {
        let copy = slf.call_method0("clone")?;
        copy.setattr("_converter", converter)?;
        Ok(copy)
    }

    /// `CAST(x AS type)`
    fn cast<'py>(slf: &Bound<'py, Self>, as_type: &Any<'py>) -> PyResult<Any<'py>> {
        make(slf.py(), "Cast", (slf, as_type))
    }

    /// `x ASC`, with `COLLATE` and `NULLS FIRST` or `NULLS LAST` if asked.
    #[pyo3(signature = (collation = None, nulls = None))]
    fn asc<'py>(
        slf: &Bound<'py, Self>,
        collation: Option<&Any<'py>>,
        nulls: Option<&Any<'py>>,
    ) -> PyResult<Any<'py>> {
        make(slf.py(), "Ordering", (slf, "ASC", collation, nulls))
    }

    /// `x DESC`, with `COLLATE` and `NULLS FIRST` or `NULLS LAST` if asked.
    #[pyo3(signature = (collation = None, nulls = None))]
    fn desc<'py>(
        slf: &Bound<'py, Self>,
        collation: Option<&Any<'py>>,
        nulls: Option<&Any<'py>>,
    ) -> PyResult<Any<'py>> {
        make(slf.py(), "Ordering", (slf, "DESC", collation, nulls))
    }

    /// `x COLLATE collation`
    fn collate<'py>(slf: &Bound<'py, Self>, collation: &Any<'py>) -> PyResult<Any<'py>> {
        let py = slf.py();
        let text = make(py, "SQL", (format!("COLLATE {}", collation.str()?),))?;
        make(py, "NodeList", ((slf, text),))
    }

    /// `DISTINCT x`, for use inside of an aggregate.
    fn distinct<'py>(slf: &Bound<'py, Self>) -> PyResult<Any<'py>> {
        let py = slf.py();
        make(py, "NodeList", ((make(py, "SQL", ("DISTINCT",))?, slf),))
    }

    /// `x IS NULL`, or `x IS NOT NULL` when False is given.
    #[pyo3(signature = (is_null = true))]
    fn is_null<'py>(slf: &Bound<'py, Self>, is_null: bool) -> PyResult<Any<'py>> {
        let op = if is_null {
            Operator::Is
        } else {
            Operator::IsNot
        };
        expression(slf, op, &slf.py().None().into_bound(slf.py()))
    }

    /// `x IN (…)`; a generator is consumed at once, a query becomes a subquery.
    fn in_<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        membership(slf, Operator::In, rhs)
    }

    /// `x NOT IN (…)`; a generator is consumed at once, a query becomes a subquery.
    fn not_in<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        membership(slf, Operator::NotIn, rhs)
    }

    /// Matches a pattern and minds the case: `GLOB` on SQLite, `LIKE` on PostgreSQL, `LIKE BINARY` on MySQL.
    fn like<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Like, rhs)
    }

    /// Matches a pattern and ignores the case: `LIKE` on SQLite and MySQL, `ILIKE` on PostgreSQL.
    fn ilike<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Ilike, rhs)
    }

    /// Matches a regular expression.
    fn regexp<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Regexp, rhs)
    }

    /// Matches a regular expression and ignores the case.
    fn iregexp<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::Iregexp, rhs)
    }

    /// Matches text that contains `rhs`, in any case.
    fn contains<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        pattern(slf, rhs, "%", "%", "contains")
    }

    /// Matches text that starts with `rhs`, in any case.
    fn startswith<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        pattern(slf, rhs, "", "%", "startswith")
    }

    /// Matches text that ends with `rhs`, in any case.
    fn endswith<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        pattern(slf, rhs, "%", "", "endswith")
    }

    /// `x BETWEEN lo AND hi`
    fn between<'py>(slf: &Bound<'py, Self>, lo: &Any<'py>, hi: &Any<'py>) -> PyResult<Any<'py>> {
        let py = slf.py();
        let range = make(py, "NodeList", ((lo, make(py, "SQL", ("AND",))?, hi),))?;
        expression(slf, Operator::Between, &range)
    }

    /// `x || rhs`, or `CONCAT(x, rhs)` on MySQL.
    fn concat<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        concatenate(slf, rhs)
    }

    /// `x & rhs`, bit by bit.
    fn bin_and<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::BinAnd, rhs)
    }

    /// `x | rhs`, bit by bit.
    fn bin_or<'py>(slf: &Bound<'py, Self>, rhs: &Any<'py>) -> PyResult<Any<'py>> {
        expression(slf, Operator::BinOr, rhs)
    }

    /// Gives the key by which assignments are sorted.
    #[expect(unused_variables, reason = "overriding methods read the context")]
    fn get_sort_key<'py>(slf: &Bound<'py, Self>, ctx: &Any<'py>) -> Bound<'py, PyTuple> {
        PyTuple::empty(slf.py())
    }
}

fn membership<'py>(lhs: &Any<'py>, op: Operator, rhs: &Any<'py>) -> PyResult<Any<'py>> {
    if is_generator(rhs) {
        let items = rhs.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        return expression(lhs, op, PyTuple::new(lhs.py(), items)?.as_any());
    }
    expression(lhs, op, rhs)
}

/// Makes `lhs ILIKE before + rhs + after`, with what is special in a pattern escaped.
fn pattern<'py>(
    lhs: &Any<'py>,
    rhs: &Any<'py>,
    before: &str,
    after: &str,
    method: &str,
) -> PyResult<Any<'py>> {
    let py = lhs.py();
    if rhs.is_instance_of::<PyNode>() {
        let mut wanted = rhs.clone();
        if !after.is_empty() {
            wanted = concatenate(&wanted, PyString::new(py, after).as_any())?;
        }
        if !before.is_empty() {
            wanted = concatenate(PyString::new(py, before).as_any(), &wanted)?;
        }
        return expression(lhs, Operator::Ilike, &wanted);
    }
    let text = rhs.cast::<PyString>().map_err(|_| {
        if rhs.is_instance_of::<PyBytes>() || rhs.is_instance_of::<PyByteArray>() {
            return PyTypeError::new_err(format!("{method}() takes text, not bytes"));
        }
        let class = rhs
            .get_type()
            .name()
            .map_or_else(|_| "?".into(), |name| name.to_string());
        PyAttributeError::new_err(format!(
            "{method}() takes text or an expression, not an object of type '{class}'"
        ))
    })?;
    let escaped = escaped(text)?;
    let (before, after) = (PyString::new(py, before), PyString::new(py, after));
    let wanted = before.add(&escaped)?.add(after)?;
    if escaped.len()? == text.len()? {
        return expression(lhs, Operator::Ilike, &wanted);
    }
    let wanted = make(py, "Value", (wanted, false, false))?;
    let escape = (
        wanted,
        make(py, "SQL", ("ESCAPE",))?,
        make(py, "Value", ("\\", false, false))?,
    );
    expression(lhs, Operator::Ilike, &make(py, "NodeList", (escape,))?)
}

/// Escapes what is special in a pattern. Python replaces, for text may hold lone surrogates.
fn escaped<'py>(text: &Bound<'py, PyString>) -> PyResult<Any<'py>> {
    if text
        .to_str()
        .is_ok_and(|text| !text.contains(['%', '_', '\\']))
    {
        return Ok(text.clone().into_any());
    }
    let mut escaped = text.clone().into_any();
    for (special, replacement) in [("\\", "\\\\"), ("%", "\\%"), ("_", "\\_")] {
        escaped = escaped.call_method1("replace", (special, replacement))?;
    }
    Ok(escaped)
}

//! The Python classes that native operators make instances of.

use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

static FACTORIES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Tells the operators of `ColumnBase` which classes to make: a dict of name to class with
/// `Alias`, `BindTo`, `Cast`, `Negated`, `NodeList`, `Ordering`, `SQL`, `Value`.
#[pyfunction]
pub fn register_factories(py: Python<'_>, factories: Bound<'_, PyDict>) -> PyResult<()> {
    FACTORIES
        .set(py, factories.unbind())
        .map_err(|_| PyRuntimeError::new_err("the factories are registered already"))
}

/// Makes a node of the Python class with this name.
pub fn make<'py, A>(py: Python<'py>, name: &str, args: A) -> PyResult<Bound<'py, PyAny>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    let factories = FACTORIES
        .get(py)
        .ok_or_else(|| PyRuntimeError::new_err("import redstart, not redstart._native"))?;
    let class = factories.bind(py).get_item(name)?;
    let class = class.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
    class.call(args.into_pyobject(py)?, None)
}

//! Engine errors and Python exceptions: the one match from kind to exception
//! class, and the way of a Python exception through the engine and back.

use std::sync::Arc;

use pyo3::exceptions::{PyOverflowError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use redstart_core::{Error, ErrorKind};

/// A Python exception on its way through the engine.
struct PythonFailure(PyErr);

/// The classes of `redstart.exceptions`, by name, and their driver twins.
struct Classes {
    public: Py<PyDict>,
    driver: Py<PyDict>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

/// Tells the engine which exception classes to raise.
///
/// Args:
///     public: class name to class, the tree of `redstart.exceptions`.
///     driver: class name to class, what the raised exception's `orig` is made of.
#[pyfunction]
pub fn register_exceptions(
    py: Python<'_>,
    public: Bound<'_, PyDict>,
    driver: Bound<'_, PyDict>,
) -> PyResult<()> {
    CLASSES
        .set(
            py,
            Classes {
                public: public.unbind(),
                driver: driver.unbind(),
            },
        )
        .map_err(|_| PyRuntimeError::new_err("the exception classes are registered already"))
}

/// Carries a Python exception into the engine.
pub fn from_py(error: PyErr) -> Error {
    Error::host(Arc::new(PythonFailure(error)))
}

/// Makes the Python exception for an engine error.
pub fn to_py(py: Python<'_>, error: &Error) -> PyErr {
    if let Some(failure) = error
        .host_failure()
        .and_then(|f| f.downcast_ref::<PythonFailure>())
    {
        return failure.0.clone_ref(py);
    }
    match class_name(error.kind()) {
        Some(name) => database_error(py, name, error).unwrap_or_else(|failure| failure),
        None => PyValueError::new_err(error.message().to_owned()),
    }
}

/// Makes the exception for an integer that no database column can hold.
pub fn integer_overflow() -> PyErr {
    PyOverflowError::new_err("Python int too large to convert to SQLite INTEGER")
}

/// The one match from kind to exception class; `None` is Python's own `ValueError`.
fn class_name(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Configuration => Some("ImproperlyConfigured"),
        ErrorKind::Interface => Some("InterfaceError"),
        ErrorKind::Database => Some("DatabaseError"),
        ErrorKind::Data => Some("DataError"),
        ErrorKind::Integrity => Some("IntegrityError"),
        ErrorKind::Internal | ErrorKind::Host => Some("InternalError"),
        ErrorKind::NotSupported => Some("NotSupportedError"),
        ErrorKind::Operational => Some("OperationalError"),
        ErrorKind::Programming => Some("ProgrammingError"),
        ErrorKind::Value => None,
    }
}

fn database_error(py: Python<'_>, name: &str, error: &Error) -> PyResult<PyErr> {
    let orig = driver_class(py, name)?.call1((error.message(),))?;
    orig.setattr("sqlite_errorcode", error.code())?;
    orig.setattr("sqlite_errorname", error.code_name())?;
    orig.setattr("sqlstate", error.sqlstate())?;
    for (name, text) in error.details() {
        orig.getattr("diag")?.setattr(*name, text)?;
    }
    let exception = public_class(py, name)?.call1((error.message(),))?;
    exception.setattr("orig", &orig)?;
    exception.setattr("sqlstate", error.sqlstate())?;
    let kind = || error.constraint().map(|kind| format!("{kind:?}"));
    let constraint = error.detail("constraint_name").map(str::to_owned);
    exception.setattr("constraint", constraint.or_else(kind))?;
    exception.setattr("__context__", &orig)?;
    Ok(PyErr::from_value(exception))
}

fn public_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    class(py, |classes| &classes.public, name)
}

fn driver_class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    class(py, |classes| &classes.driver, name)
}

fn class<'py>(
    py: Python<'py>,
    tree: impl Fn(&Classes) -> &Py<PyDict>,
    name: &str,
) -> PyResult<Bound<'py, PyType>> {
    let classes = CLASSES
        .get(py)
        .ok_or_else(|| PyRuntimeError::new_err("import redstart, not redstart._native"))?;
    let found = tree(classes).bind(py).get_item(name)?;
    let found = found
        .ok_or_else(|| PyRuntimeError::new_err(format!("no exception class is named {name}")))?;
    Ok(found.cast_into::<PyType>()?)
}

//! The aliases of a rendering, as Python sees them.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use redstart_sql::AliasName;

use super::{PyContext, key_of};

/// The aliases of the sources rendered so far.
#[pyclass(module = "redstart._native", name = "AliasManager", frozen)]
pub struct AliasManager {
    context: Py<PyContext>,
}

/// A level of aliases, as a context manager.
#[pyclass(module = "redstart._native", name = "AliasLevel", frozen)]
pub struct AliasLevel {
    context: Py<PyContext>,
}

#[pymethods]
impl AliasManager {
    fn __getitem__(&self, py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<String> {
        self.add(py, source)
    }

    fn __setitem__(&self, py: Python<'_>, source: &Bound<'_, PyAny>, alias: &str) -> PyResult<()> {
        let key = key_of(source)?;
        self.context
            .bind(py)
            .borrow_mut()
            .renderer
            .set_alias(key, alias.into());
        Ok(())
    }

    fn __delitem__(&self, source: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyKeyError::new_err(format!(
            "the alias of {source} stays for the whole statement"
        )))
    }

    /// Gives the alias of a source, and a new one to a source that has none.
    fn add(&self, py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<String> {
        let key = key_of(source)?;
        Ok(text(
            &self.context.bind(py).borrow_mut().renderer.alias(key),
        ))
    }

    /// Finds the alias of a source; a source that has none gets one.
    #[pyo3(signature = (source, any_depth = false))]
    fn get(&self, py: Python<'_>, source: &Bound<'_, PyAny>, any_depth: bool) -> PyResult<String> {
        let _ = any_depth;
        self.add(py, source)
    }

    /// Begins a level of aliases.
    fn push(&self, py: Python<'_>) {
        self.context.bind(py).borrow_mut().renderer.push_alias();
    }

    /// Ends a level of aliases.
    fn pop(&self, py: Python<'_>) {
        self.context.bind(py).borrow_mut().renderer.pop_alias();
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.context)
    }
}

impl AliasManager {
    /// Makes the view of a context's aliases.
    pub fn new(context: Py<PyContext>) -> Self {
        Self { context }
    }
}

#[pymethods]
impl AliasLevel {
    fn __enter__(slf: Py<Self>, py: Python<'_>) -> Py<PyContext> {
        let context = slf.get().context.clone_ref(py);
        context.bind(py).borrow_mut().renderer.push_alias();
        context
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(&self, py: Python<'_>, _args: &Bound<'_, PyTuple>) {
        self.context.bind(py).borrow_mut().renderer.pop_alias();
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.context)
    }
}

impl AliasLevel {
    /// Makes a level of a context's aliases.
    pub fn new(context: Py<PyContext>) -> Self {
        Self { context }
    }
}

fn text(alias: &AliasName) -> String {
    match alias {
        AliasName::Number(number) => format!("t{number}"),
        AliasName::Name(name) => name.to_string(),
    }
}

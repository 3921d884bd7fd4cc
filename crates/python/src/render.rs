//! Rendering: a node and a capability become SQL text and binds.

use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use redstart_core::{Capability, Value};
use redstart_sql::Rendered;

use crate::capability::PyCapability;
use crate::context::surroundings;
use crate::convert::to_python;
use crate::instance::SelectPlans;
use crate::{errors, tree};

/// A statement ready to run: its text and its parameters.
#[pyclass(module = "redstart._native", name = "Rendered", frozen)]
pub struct PyRendered {
    /// The text, with a placeholder for each parameter.
    pub sql: Arc<str>,
    /// The parameters, as the engine binds them.
    pub binds: Vec<Value>,
}

#[pymethods]
impl PyRendered {
    /// The text, with a placeholder for each parameter.
    #[getter]
    fn sql<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.sql)
    }

    /// The parameters, as Python objects.
    #[getter]
    fn params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        to_python::list(py, &self.binds)
    }
}

impl From<Rendered> for PyRendered {
    fn from(rendered: Rendered) -> Self {
        Self {
            sql: rendered.sql.into(),
            binds: rendered.binds,
        }
    }
}

/// Renders a node for a database; without one in the standard dialect.
#[pyfunction]
#[pyo3(signature = (node, capability = None))]
pub fn render(
    py: Python<'_>,
    node: &Bound<'_, PyAny>,
    capability: Option<&Bound<'_, PyCapability>>,
) -> PyResult<PyRendered> {
    let capability = capability_or_default(capability);
    if let Some(planned) = SelectPlans::find(node, &capability)? {
        return Ok(planned.statement);
    }
    let tree = tree::node(node)?;
    let rendered = surroundings::within(None, || redstart_sql::render(&tree, &capability));
    rendered
        .map(PyRendered::from)
        .map_err(|error| errors::to_py(py, &error))
}

/// Gives a database's capability, or the standard dialect's.
pub fn capability_or_default(capability: Option<&Bound<'_, PyCapability>>) -> Arc<Capability> {
    static STANDARD: OnceLock<Arc<Capability>> = OnceLock::new();
    match capability {
        Some(capability) => Arc::clone(&capability.get().0),
        None => Arc::clone(STANDARD.get_or_init(Arc::default)),
    }
}

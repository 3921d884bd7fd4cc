//! What a node written in Python may ask about the place it is rendered in.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use redstart_sql::Renderer;

/// The state at one place of a rendering; an attribute that nobody set is None.
#[pyclass(module = "redstart._native", name = "State", frozen)]
pub struct PyState {
    settings: Py<PyDict>,
}

#[pymethods]
impl PyState {
    /// Everything that is set, by name.
    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.settings.bind(py).copy()
    }

    fn __getattr__<'py>(
        &self,
        py: Python<'py>,
        attr_name: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.settings.bind(py).get_item(attr_name)
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.settings)
    }
}

impl PyState {
    /// Reads the state of a renderer.
    pub fn of(
        py: Python<'_>,
        renderer: &Renderer,
        settings: Option<&Py<PyDict>>,
    ) -> PyResult<Self> {
        let all = match settings {
            Some(settings) => settings.bind(py).copy()?,
            None => PyDict::new(py),
        };
        all.set_item("scope", renderer.scope().number())?;
        all.set_item("parentheses", renderer.parentheses())?;
        all.set_item("subquery", renderer.subquery())?;
        all.set_item("in_expr", renderer.in_expr())?;
        all.set_item("in_function", renderer.in_function())?;
        let habits = renderer.capability();
        all.set_item("param", &habits.param)?;
        all.set_item(
            "quote",
            habits
                .quote
                .map_or(String::new(), |(open, close)| format!("{open}{close}")),
        )?;
        all.set_item("nulls_ordering", habits.nulls_ordering)?;
        Ok(Self {
            settings: all.unbind(),
        })
    }
}

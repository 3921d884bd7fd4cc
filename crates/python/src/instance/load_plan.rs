//! The statement that loads one row of a plain model by the value of one field: rendered
//! once, afterwards only bound. Whatever is not plain is left to Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use redstart_core::{FieldDef, Value};
use redstart_engine::{OwnedRequest, Values};

use crate::connection::Connection;
use crate::convert::from_python;
use crate::node::{PyFieldBase, PyNode};
use crate::render::PyRendered;
use crate::row::{Cells, RowPlan};
use crate::wait;

/// How one instance of a model is found by a field.
///
/// Args:
///     field: The field.
///     rendered: The statement, in which NULL stands for the field's value.
///     rows: How the row becomes an instance.
#[pyclass(frozen, module = "redstart._native")]
pub struct LoadPlan {
    def: Arc<FieldDef>,
    statement: Py<PyRendered>,
    place: usize,
    rows: Py<RowPlan>,
}

#[pymethods]
impl LoadPlan {
    #[new]
    #[pyo3(signature = (field, rendered, rows))]
    fn new(
        field: &Bound<'_, PyFieldBase>,
        rendered: Py<PyRendered>,
        rows: Py<RowPlan>,
    ) -> PyResult<Self> {
        let def = field.borrow().def.clone();
        let def =
            def.ok_or_else(|| PyValueError::new_err(format!("{field} belongs to no model")))?;
        let mut binds = rendered.get().binds.iter();
        let place = binds.position(|bind| matches!(bind, Value::Null));
        let place = place.ok_or_else(|| PyValueError::new_err("no parameter is NULL"))?;
        Ok(Self {
            def,
            statement: rendered,
            place,
            rows,
        })
    }

    /// Finds the instance.
    ///
    /// Returns:
    ///     The instance, or None where there is no such row. NotImplemented, with nothing
    ///     sent, where the value is an expression or anything else that takes more than
    ///     binding.
    #[pyo3(signature = (connection, value))]
    fn load<'py>(
        &self,
        connection: &Bound<'py, Connection>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = value.py();
        let Some(values) = self.values(value)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let sql = &self.statement.get().sql;
        match connection.get().first_row(py, sql, &values)? {
            Some(batch) => self.rows.get().row(py, Cells::Native(&batch, 0)),
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// Does what `load` does, to be awaited; NotImplemented where `load` would give that.
    #[pyo3(signature = (connection, value))]
    fn aload<'py>(
        slf: &Bound<'py, Self>,
        connection: &Bound<'py, Connection>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = value.py();
        let this = slf.get();
        let Some(values) = this.values(value)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let plan = slf.clone().unbind();
        let native = connection.get().open(py)?;
        let operation = native.start(OwnedRequest {
            sql: Arc::clone(&this.statement.get().sql),
            values: Values::Positional(values),
            formatted: true,
            timeout: connection.get().statement_timeout(py),
        });
        let awaitable = wait::awaitable(py, operation, move |py, outcome| {
            let (_, batch) = outcome.map_err(|error| wait::exception(py, &error))?;
            if batch.is_empty() {
                return Ok(py.None());
            }
            let rows = plan.get().rows.get();
            Ok(rows.row(py, Cells::Native(&Arc::new(batch), 0))?.unbind())
        });
        Ok(awaitable?.into_any())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.rows)
    }
}

impl LoadPlan {
    /// Gives the values of the statement; `None` where that takes Python's ways.
    fn values(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<Value>>> {
        let Some(value) = self.bound(value)? else {
            return Ok(None);
        };
        let mut values = self.statement.get().binds.clone();
        if let Some(bind) = values.get_mut(self.place) {
            *bind = value;
        }
        Ok(Some(values))
    }

    /// Converts the value that is looked for; `None` where that takes Python's ways.
    fn bound(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
        if value.is_instance_of::<PyNode>() {
            return Ok(None);
        }
        let accepted = self.def.kind.accept(&from_python::value(value)?);
        Ok(accepted.filter(Value::is_scalar))
    }
}

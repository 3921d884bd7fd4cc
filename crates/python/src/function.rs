//! Python callables that SQL may call: functions, aggregates, window functions and
//! collations. They come back to the interpreter from wherever a statement runs.

use std::cmp::Ordering;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use redstart_core::{Result, Value};
use redstart_engine::sqlite::{
    Aggregate, AggregateFactory, Collation, Function, WindowAggregate, WindowFactory,
};

use crate::convert::to_python;
use crate::{binding, errors};

/// Makes a scalar function of a callable.
pub(crate) fn scalar(callable: Py<PyAny>) -> Function {
    Arc::new(move |values| {
        attached(|py| {
            let result = callable.bind(py).call1(arguments(py, values)?)?;
            binding::outcome(&result)
        })
    })
}

/// Makes an aggregate of a class with `step` and `finalize`.
pub(crate) fn aggregate(class: Py<PyAny>) -> AggregateFactory {
    Arc::new(move || Ok(Box::new(Computation::begin(&class)?) as Box<dyn Aggregate>))
}

/// Makes a window function of a class that has `inverse` and `value` too.
pub(crate) fn window(class: Py<PyAny>) -> WindowFactory {
    Arc::new(move || Ok(Box::new(Computation::begin(&class)?) as Box<dyn WindowAggregate>))
}

/// Makes an order of text of a callable that gives a number below, at or above zero.
///
/// SQLite gives an order no way to fail: a callable that raises finds everything equal.
pub(crate) fn collation(callable: Py<PyAny>) -> Collation {
    Arc::new(move |left, right| {
        let outcome = attached(|py| {
            let texts = (PyString::new(py, left), PyString::new(py, right));
            callable.bind(py).call1(texts)?.extract::<i64>()
        });
        outcome.map_or(Ordering::Equal, |order| order.cmp(&0))
    })
}

/// One computation of an aggregate: an instance of the Python class.
struct Computation(Py<PyAny>);

impl Computation {
    fn begin(class: &Py<PyAny>) -> Result<Self> {
        attached(|py| class.call0(py)).map(Self)
    }

    fn call(&self, method: &str, values: &[Value]) -> Result<()> {
        attached(|py| {
            let method = self.0.bind(py).getattr(method)?;
            method.call1(arguments(py, values)?).map(drop)
        })
    }

    fn result(&self, method: &str) -> Result<Value> {
        attached(|py| {
            let result = self.0.bind(py).call_method0(method)?;
            binding::outcome(&result)
        })
    }
}

impl Aggregate for Computation {
    fn step(&mut self, values: &[Value]) -> Result<()> {
        self.call("step", values)
    }

    fn finalize(&mut self) -> Result<Value> {
        self.result("finalize")
    }
}

impl WindowAggregate for Computation {
    fn inverse(&mut self, values: &[Value]) -> Result<()> {
        self.call("inverse", values)
    }

    fn value(&mut self) -> Result<Value> {
        self.result("value")
    }
}

fn attached<T>(work: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T> {
    Python::attach(work).map_err(errors::from_py)
}

fn arguments<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyTuple>> {
    let mut objects = Vec::with_capacity(values.len());
    for value in values {
        objects.push(to_python::value(py, value)?);
    }
    PyTuple::new(py, objects)
}

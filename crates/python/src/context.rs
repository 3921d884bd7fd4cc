//! The context that a node written in Python renders into: the engine's renderer,
//! lent to Python for as long as its `__sql__` runs.

use std::any::Any;
use std::mem;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple, PyWeakrefMethods};
use redstart_core::{Node, node};
use redstart_sql::{Renderer, Scope, StateChange};

mod alias_manager;
mod state;
pub mod surroundings;

pub use alias_manager::AliasManager;
pub use state::PyState;

use crate::capability::{self, PyCapability};
use crate::convert::{from_python, to_python};
use crate::node::{PyFieldBase, PythonConverter};
use crate::{errors, render, tree};

/// The rendering in progress: what a node's `__sql__(ctx)` writes to and gives back.
///
/// Args:
///     capability: The database's habits; the standard dialect without one.
///     **settings: Habits (`param`, `quote` …) and state (`scope`, `parentheses` …).
#[pyclass(module = "redstart._native", name = "Context", subclass)]
pub struct PyContext {
    renderer: Renderer,
    settings: Vec<Py<PyDict>>,
    /// The settings of the rendering around a lent renderer.
    inherited: Option<Py<PyDict>>,
    opened: Vec<bool>,
    capability: Option<Py<PyCapability>>,
}

#[pymethods]
impl PyContext {
    #[new]
    #[pyo3(signature = (capability = None, **settings))]
    fn new(
        capability: Option<&Bound<'_, PyCapability>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut habits = (*render::capability_or_default(capability)).clone();
        let mut state = Vec::new();
        for (name, value) in settings.into_iter().flatten() {
            if !capability::set(&mut habits, name.cast::<PyString>()?.to_str()?, &value)? {
                state.push((name, value));
            }
        }
        let mut context = Self {
            renderer: Renderer::new(Arc::new(habits)),
            settings: Vec::new(),
            inherited: None,
            opened: Vec::new(),
            capability: capability.map(|capability| capability.clone().unbind()),
        };
        if let Some(all) = settings.filter(|_| !state.is_empty()) {
            let overrides = PyDict::new(all.py());
            for (name, value) in state {
                overrides.set_item(name, value)?;
            }
            context.change(&overrides)?;
        }
        Ok(context)
    }

    /// Renders a node, or binds a value.
    fn sql<'py>(slf: Bound<'py, Self>, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        if let Ok(other) = obj.cast::<Self>() {
            if !other.is(&slf) {
                Self::__sql__(other, slf.as_any())?;
            }
            return Ok(slf);
        }
        let tree = from_python::operand_or_tree(obj)?;
        Self::write(&slf, &tree)?;
        Ok(slf)
    }

    /// Writes SQL text as it stands.
    fn literal<'py>(slf: Bound<'py, Self>, keyword: &str) -> Bound<'py, Self> {
        slf.borrow_mut().renderer.literal(keyword);
        slf
    }

    /// Binds a value, converted by `converter` or by the field of the expression around it;
    /// without `add_param` no placeholder is written for it.
    #[pyo3(signature = (value, converter = None, add_param = true))]
    fn value<'py>(
        slf: Bound<'py, Self>,
        value: &Bound<'py, PyAny>,
        converter: Option<&Bound<'py, PyAny>>,
        add_param: bool,
    ) -> PyResult<Bound<'py, Self>> {
        let converter = match converter {
            Some(converter) if converter.is_truthy()? => converter_of(converter),
            Some(_) => node::Converter::Off,
            None => node::Converter::Inherit,
        };
        let node = from_python::assigned(value)?;
        if let (Node::Value(value), false) = (&node, add_param) {
            Self::lent(&slf, |renderer| renderer.bind_unplaced(value, &converter))?;
            return Ok(slf);
        }
        let param = Node::Param(Arc::new(node::Param { node, converter }));
        Self::write(&slf, &param)?;
        Ok(slf)
    }

    /// Renders a node and gives the text and the parameters.
    fn parse<'py>(
        slf: Bound<'py, Self>,
        node: &Bound<'py, PyAny>,
    ) -> PyResult<(String, Bound<'py, PyAny>)> {
        Self::query(&Self::sql(slf, node)?)
    }

    /// Gives the text and the parameters so far.
    fn query<'py>(slf: &Bound<'py, Self>) -> PyResult<(String, Bound<'py, PyAny>)> {
        let held = slf.borrow();
        let params = to_python::list(slf.py(), held.renderer.binds())?;
        Ok((held.renderer.sql().to_owned(), params.into_any()))
    }

    /// Gives an empty context for the same database.
    fn as_new(&self, py: Python<'_>) -> Self {
        Self {
            renderer: Renderer::new(Arc::clone(self.renderer.capability())),
            settings: Vec::new(),
            inherited: self
                .settings
                .first()
                .or(self.inherited.as_ref())
                .map(|settings| settings.clone_ref(py)),
            opened: Vec::new(),
            capability: self
                .capability
                .as_ref()
                .map(|capability| capability.clone_ref(py)),
        }
    }

    /// Appends what this context holds to another one.
    fn __sql__<'py>(
        slf: &Bound<'py, Self>,
        ctx: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (text, binds) = {
            let held = slf.borrow();
            (
                held.renderer.sql().to_owned(),
                held.renderer.binds().to_vec(),
            )
        };
        let params = binds.into_iter().map(Node::Value).collect();
        write(
            ctx,
            &Node::Sql(Arc::new(node::Sql {
                text: text.into(),
                params,
            })),
        )?;
        Ok(ctx.clone())
    }

    /// Changes the state for a with-statement: `with ctx(parentheses=True): …`.
    #[pyo3(signature = (**overrides))]
    fn __call__<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        let empty = PyDict::new(slf.py());
        slf.borrow_mut().change(overrides.unwrap_or(&empty))?;
        Ok(slf)
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        {
            let mut held = slf.borrow_mut();
            let opens = held.renderer.parentheses();
            if opens {
                held.renderer.literal("(");
            }
            held.opened.push(opens);
        }
        slf
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(slf: &Bound<'_, Self>, _args: &Bound<'_, PyTuple>) {
        let settings = {
            let mut held = slf.borrow_mut();
            if held.opened.pop().unwrap_or(false) {
                held.renderer.literal(")");
            }
            held.settings.pop()
        };
        if settings.is_some() {
            slf.borrow_mut().renderer.pop_state();
        }
    }

    /// Columns are qualified, aliases stand for what they name.
    #[pyo3(signature = (**overrides))]
    fn scope_normal<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::scoped(slf, Scope::Normal, overrides)
    }

    /// Sources are declared, aliases are defined.
    #[pyo3(signature = (**overrides))]
    fn scope_source<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::scoped(slf, Scope::Source, overrides)
    }

    /// Columns are bare names.
    #[pyo3(signature = (**overrides))]
    fn scope_values<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::scoped(slf, Scope::Values, overrides)
    }

    /// Common table expressions are defined.
    #[pyo3(signature = (**overrides))]
    fn scope_cte<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::scoped(slf, Scope::Cte, overrides)
    }

    /// Sources are written as their alias alone.
    #[pyo3(signature = (**overrides))]
    fn scope_column<'py>(
        slf: Bound<'py, Self>,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::scoped(slf, Scope::Column, overrides)
    }

    /// Gives a context manager in which new aliases are forgotten at the end.
    fn push_alias(slf: Py<Self>) -> alias_manager::AliasLevel {
        alias_manager::AliasLevel::new(slf)
    }

    /// The aliases of the sources rendered so far.
    #[getter]
    fn alias_manager(slf: Py<Self>) -> AliasManager {
        AliasManager::new(slf)
    }

    /// The scope's number, one of the `SCOPE_` constants.
    #[getter]
    fn scope(&self) -> u8 {
        self.renderer.scope().number()
    }

    /// Whether parentheses were opened directly around this place.
    #[getter]
    fn parentheses(&self) -> bool {
        self.renderer.parentheses()
    }

    /// Whether a query here is a subquery.
    #[getter]
    fn subquery(&self) -> bool {
        self.renderer.subquery()
    }

    /// The state at this place; an attribute that nobody set is None.
    #[getter]
    fn state(&self, py: Python<'_>) -> PyResult<PyState> {
        PyState::of(py, &self.renderer, self.current())
    }

    /// The field that converts values here, or None.
    #[getter]
    fn _converter_field<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let node::Converter::Field(field) = self.renderer.converter() else {
            return None;
        };
        let host = field
            .host
            .as_ref()?
            .as_any()
            .downcast_ref::<PythonConverter>()?;
        match host {
            PythonConverter::Field(field) => field.bind(py).upgrade(),
            PythonConverter::Callable(_) => None,
        }
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        let held = self.settings.iter().chain(&self.inherited);
        held.into_iter()
            .try_for_each(|settings| visit.call(settings))
    }

    fn __clear__(&mut self) {
        self.settings.clear();
        self.inherited = None;
    }
}

impl PyContext {
    /// Gives the settings that hold at this place.
    fn current(&self) -> Option<&Py<PyDict>> {
        self.settings.last().or(self.inherited.as_ref())
    }

    fn write(slf: &Bound<'_, Self>, tree: &Node) -> PyResult<()> {
        Self::lent(slf, |renderer| renderer.node(tree))
    }

    /// Takes the renderer out while it works: Python code may ask for the context meanwhile.
    fn lent(
        slf: &Bound<'_, Self>,
        work: impl FnOnce(&mut Renderer) -> redstart_core::Result<()>,
    ) -> PyResult<()> {
        let (mut renderer, settings) = {
            let mut held = slf.borrow_mut();
            let settings = held.current().map(|settings| settings.clone_ref(slf.py()));
            (mem::take(&mut held.renderer), settings)
        };
        let outcome = surroundings::within(settings, || work(&mut renderer));
        slf.borrow_mut().renderer = renderer;
        outcome.map_err(|error| errors::to_py(slf.py(), &error))
    }

    fn scoped<'py>(
        slf: Bound<'py, Self>,
        scope: Scope,
        overrides: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        let all = match overrides {
            Some(overrides) => overrides.copy()?,
            None => PyDict::new(slf.py()),
        };
        all.set_item(intern!(slf.py(), "scope"), scope.number())?;
        slf.borrow_mut().change(&all)?;
        Ok(slf)
    }

    fn change(&mut self, overrides: &Bound<'_, PyDict>) -> PyResult<()> {
        let mut change = StateChange {
            parentheses: Some(false),
            ..StateChange::default()
        };
        let py = overrides.py();
        let settings = match self.current() {
            Some(settings) => settings.bind(py).copy()?,
            None => PyDict::new(py),
        };
        for (name, value) in overrides {
            match name.cast::<PyString>()?.to_str()? {
                "scope" => change.scope = Some(scope_of(&value)?),
                "parentheses" => change.parentheses = Some(value.is_truthy()?),
                "subquery" => change.subquery = Some(value.is_truthy()?),
                "in_expr" => change.in_expr = Some(value.is_truthy()?),
                "in_function" => change.in_function = Some(value.is_truthy()?),
                "value_literals" => change.literals = Some(value.is_truthy()?),
                "converter" => change.converter = Some(converter_of(&value)),
                _ => settings.set_item(name, value)?,
            }
        }
        self.settings.push(settings.unbind());
        self.renderer.push_state(change);
        Ok(())
    }
}

/// Writes a tree into a context.
pub fn write(ctx: &Bound<'_, PyAny>, tree: &Node) -> PyResult<()> {
    let context = ctx.cast::<PyContext>().map_err(|_| {
        PyTypeError::new_err("__sql__ takes a Context, such as database.get_sql_context() gives")
    })?;
    PyContext::write(context, tree)
}

/// Lends a renderer to the `__sql__` of a Python object.
pub fn lend(renderer: &mut dyn Any, object: &Bound<'_, PyAny>) -> PyResult<()> {
    let Some(renderer) = renderer.downcast_mut::<Renderer>() else {
        return Err(PyTypeError::new_err(
            "a Python node needs the engine's renderer",
        ));
    };
    let py = object.py();
    let context = PyContext {
        renderer: mem::take(renderer),
        settings: Vec::new(),
        inherited: surroundings::settings(py),
        opened: Vec::new(),
        capability: None,
    };
    let context = Bound::new(py, context)?;
    let outcome = object.call_method1(intern!(py, "__sql__"), (&context,));
    *renderer = mem::take(&mut context.borrow_mut().renderer);
    outcome.map(drop)
}

fn scope_of(value: &Bound<'_, PyAny>) -> PyResult<Scope> {
    Scope::from_number(value.extract()?)
        .ok_or_else(|| PyValueError::new_err(format!("{value} is not the number of a scope")))
}

fn converter_of(value: &Bound<'_, PyAny>) -> node::Converter {
    if value.is_none() || value.cast::<PyBool>().is_ok() {
        return node::Converter::Off;
    }
    let field = value.cast::<PyFieldBase>().ok();
    if let Some(def) = field.and_then(|field| field.borrow().def.clone()) {
        return node::Converter::Field(def);
    }
    let callable = PythonConverter::Callable(value.clone().unbind());
    node::Converter::Host(Arc::new(callable))
}

/// Gives the alias manager and its context the keys of Python sources.
fn key_of(source: &Bound<'_, PyAny>) -> PyResult<node::SourceKey> {
    let key = match tree::node(source)? {
        Node::Table(table) => Some(table.key),
        Node::Select(select) => Some(select.key),
        Node::Compound(compound) => Some(compound.key),
        Node::Cte(cte) => Some(cte.key),
        Node::ValuesList(list) => Some(list.key),
        _ => None,
    };
    key.ok_or_else(|| PyTypeError::new_err(format!("{source} is no source and has no alias")))
}

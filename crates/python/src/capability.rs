//! A database's habits as Python states them: the class attributes of a `Database`.

use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use redstart_core::Capability;
use redstart_core::capability::{CompoundParentheses, ConflictStyle};

/// The abilities and habits of one database, read from its class attributes.
#[pyclass(module = "redstart._native", name = "Capability", frozen)]
pub struct PyCapability(pub Arc<Capability>);

#[pymethods]
impl PyCapability {
    /// Makes a capability from a database's attributes, by their names.
    #[new]
    #[pyo3(signature = (**overrides))]
    fn new(overrides: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut capability = Capability::default();
        for (name, value) in overrides.into_iter().flatten() {
            if !set(&mut capability, name.cast::<PyString>()?.to_str()?, &value)? {
                return Err(PyTypeError::new_err(format!(
                    "there is no capability {name}"
                )));
            }
        }
        Ok(Self(Arc::new(capability)))
    }
}

/// Sets one attribute; gives false for a name that is none.
pub fn set(capability: &mut Capability, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    match name {
        "param" => capability.param = value.extract()?,
        "quote" => capability.quote = quote(value)?,
        "operations" => capability.operations = operations(value)?,
        "limit_max" => capability.limit_max = limit_max(value)?,
        "compound_select_parentheses" => {
            capability.compound_select_parentheses = parentheses(value)?;
        }
        "conflict_style" => capability.conflict_style = conflict_style(value)?,
        "nulls_ordering" => capability.nulls_ordering = value.is_truthy()?,
        "returning_clause" => capability.returning_clause = value.is_truthy()?,
        "for_update" => capability.for_update = value.is_truthy()?,
        "use_concat_function" => capability.use_concat_function = value.is_truthy()?,
        "index_schema_prefix" => capability.index_schema_prefix = value.is_truthy()?,
        "index_using_precedes_table" => {
            capability.index_using_precedes_table = value.is_truthy()?;
        }
        "index_value_literals" => capability.index_value_literals = value.is_truthy()?,
        "safe_create_index" => capability.safe_create_index = value.is_truthy()?,
        "safe_drop_index" => capability.safe_drop_index = value.is_truthy()?,
        "default_values" => capability.default_values = value.is_truthy()?,
        "database" => capability.database = database(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn quote(value: &Bound<'_, PyAny>) -> PyResult<Option<(char, char)>> {
    let text: String = value.extract()?;
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (None, ..) => Ok(None),
        (Some(open), Some(close), None) => Ok(Some((open, close))),
        _ => Err(PyValueError::new_err(
            "quote takes two characters: the opening and the closing",
        )),
    }
}

fn operations(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for (standard, own) in value.cast::<PyDict>()? {
        let pair: (String, String) = (standard.extract()?, own.extract()?);
        if pair.0 != pair.1 {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

fn limit_max(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if value.is_none() {
        Ok(None)
    } else {
        Ok(Some(value.str()?.to_str()?.to_owned()))
    }
}

fn parentheses(value: &Bound<'_, PyAny>) -> PyResult<CompoundParentheses> {
    match value.extract::<u8>()? {
        0 => Ok(CompoundParentheses::Never),
        1 => Ok(CompoundParentheses::Always),
        2 => Ok(CompoundParentheses::UnNested),
        _ => Err(PyValueError::new_err(
            "compound_select_parentheses is 0, 1 or 2",
        )),
    }
}

fn conflict_style(value: &Bound<'_, PyAny>) -> PyResult<ConflictStyle> {
    match value.extract::<String>()?.as_str() {
        "sqlite" => Ok(ConflictStyle::Sqlite),
        "postgres" => Ok(ConflictStyle::Postgres),
        "mysql" => Ok(ConflictStyle::Mysql),
        other => Err(PyValueError::new_err(format!(
            "there is no conflict style {other:?}"
        ))),
    }
}

fn database(value: &Bound<'_, PyAny>) -> PyResult<&'static str> {
    match value.extract::<String>()?.as_str() {
        "SQLite" => Ok("SQLite"),
        "PostgreSQL" => Ok("PostgreSQL"),
        "MySQL" => Ok("MySQL"),
        _ => Ok("this database"),
    }
}

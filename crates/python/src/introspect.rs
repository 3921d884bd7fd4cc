//! What a database says about its own tables, as tuples of plain values in the order of
//! the metadata classes of the Python face.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use redstart_core::{Result, Value};
use redstart_engine::introspect::{Ask, sqlite};

use crate::convert::{from_python, to_python};
use crate::{errors, wait};

/// What of a schema is asked for.
pub(crate) enum Question<'a> {
    Tables,
    Views,
    Indexes(&'a str),
    Columns(&'a str),
    PrimaryKeys(&'a str),
    ForeignKeys(&'a str),
}

/// Asks the connection, or a callable that runs a statement and gives its rows.
pub(crate) fn ask<'py>(
    py: Python<'py>,
    mut connection: redstart_engine::Connection,
    question: &Question<'_>,
    schema: Option<&str>,
    road: Option<Py<PyAny>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let answer = wait::blocking(py, move || match road {
        Some(road) => answer(&mut Road(road), question, schema),
        None => answer(&mut connection, question, schema),
    })?;
    match answer {
        Answer::Names(names) => names
            .iter()
            .map(|name| to_python::value(py, name))
            .collect(),
        Answer::Rows(rows) => rows.iter().map(|row| tuple(py, row)).collect(),
    }
}

/// A host's own way to run a statement, which may log or count it.
struct Road(Py<PyAny>);

impl Ask for Road {
    fn ask(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
        Python::attach(|py| {
            let parameters = to_python::list(py, values)?.to_tuple();
            let mut rows = Vec::new();
            for row in self.0.bind(py).call1((sql, parameters))?.try_iter()? {
                let cells = row?.try_iter()?.map(|cell| from_python::value(&cell?));
                rows.push(cells.collect::<PyResult<Vec<_>>>()?);
            }
            Ok(rows)
        })
        .map_err(errors::from_py)
    }
}

enum Answer {
    Names(Vec<Value>),
    Rows(Vec<Vec<Value>>),
}

fn answer(ask: &mut dyn Ask, question: &Question<'_>, schema: Option<&str>) -> Result<Answer> {
    match question {
        Question::Tables => Ok(names(sqlite::tables(ask, schema)?)),
        Question::PrimaryKeys(table) => Ok(names(sqlite::primary_keys(ask, table, schema)?)),
        Question::Views => {
            let views = sqlite::views(ask, schema)?.into_iter();
            let rows = views.map(|view| vec![Value::text(view.name), optional(view.sql)]);
            Ok(Answer::Rows(rows.collect()))
        }
        Question::Indexes(table) => {
            let indexes = sqlite::indexes(ask, table, schema)?.into_iter();
            let rows = indexes.map(|index| {
                let columns: Vec<Value> = index.columns.into_iter().map(optional).collect();
                vec![
                    Value::text(index.name),
                    optional(index.sql),
                    Value::List(columns.into()),
                    Value::Bool(index.unique),
                    Value::text(index.table),
                ]
            });
            Ok(Answer::Rows(rows.collect()))
        }
        Question::Columns(table) => {
            let columns = sqlite::columns(ask, table, schema)?.into_iter();
            let rows = columns.map(|column| {
                vec![
                    Value::text(column.name),
                    Value::text(column.data_type),
                    Value::Bool(column.null),
                    Value::Bool(column.primary_key),
                    Value::text(column.table),
                    optional(column.default),
                    Value::text(column.full_type),
                    Value::Bool(column.identity),
                ]
            });
            Ok(Answer::Rows(rows.collect()))
        }
        Question::ForeignKeys(table) => {
            let keys = sqlite::foreign_keys(ask, table, schema)?.into_iter();
            let rows = keys.map(|key| {
                vec![
                    Value::text(key.column),
                    Value::text(key.dest_table),
                    optional(key.dest_column),
                    Value::text(key.table),
                    optional(key.name),
                    Value::text(key.on_delete),
                    Value::text(key.on_update),
                ]
            });
            Ok(Answer::Rows(rows.collect()))
        }
    }
}

fn names(names: Vec<String>) -> Answer {
    Answer::Names(names.into_iter().map(Value::text).collect())
}

fn optional(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::text)
}

fn tuple<'py>(py: Python<'py>, row: &[Value]) -> PyResult<Bound<'py, PyAny>> {
    let cells = row.iter().map(|cell| to_python::value(py, cell));
    Ok(PyTuple::new(py, cells.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

//! What a database says about its own tables, as tuples of plain values in the order of
//! the metadata classes of the Python face.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use redstart_core::{Result, Value};
use redstart_engine::introspect::{
    Ask, ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata, postgres, sqlite,
};

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
    SequenceExists(&'a str),
}

impl<'a> Question<'a> {
    /// Reads a question from its name.
    pub(crate) fn read(name: &str, table: Option<&'a str>) -> PyResult<Self> {
        let table = || table.ok_or_else(|| PyValueError::new_err(format!("{name} needs a name")));
        Ok(match name {
            "tables" => Self::Tables,
            "views" => Self::Views,
            "sequence_exists" => Self::SequenceExists(table()?),
            "indexes" => Self::Indexes(table()?),
            "columns" => Self::Columns(table()?),
            "primary_keys" => Self::PrimaryKeys(table()?),
            "foreign_keys" => Self::ForeignKeys(table()?),
            _ => return Err(PyValueError::new_err(format!("{name:?} is no question"))),
        })
    }
}

/// Asks the connection, or a callable that runs a statement and gives its rows.
pub(crate) fn ask<'py>(
    py: Python<'py>,
    mut connection: redstart_engine::Connection,
    question: &Question<'_>,
    schema: Option<&str>,
    road: Option<Py<PyAny>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let dialect = Dialect::of(&connection);
    let answer = wait::blocking(py, move || match road {
        Some(road) => dialect.answer(&mut Road(road), question, schema),
        None => dialect.answer(&mut connection, question, schema),
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

type OfSchema<T> = fn(&mut dyn Ask, Option<&str>) -> Result<Vec<T>>;
type OfTable<T> = fn(&mut dyn Ask, &str, Option<&str>) -> Result<Vec<T>>;

/// The functions of one dialect.
struct Dialect {
    tables: OfSchema<String>,
    views: OfSchema<ViewMetadata>,
    indexes: OfTable<IndexMetadata>,
    columns: OfTable<ColumnMetadata>,
    primary_keys: OfTable<String>,
    foreign_keys: OfTable<ForeignKeyMetadata>,
}

const SQLITE: Dialect = Dialect {
    tables: sqlite::tables,
    views: sqlite::views,
    indexes: sqlite::indexes,
    columns: sqlite::columns,
    primary_keys: sqlite::primary_keys,
    foreign_keys: sqlite::foreign_keys,
};

const POSTGRES: Dialect = Dialect {
    tables: postgres::tables,
    views: postgres::views,
    indexes: postgres::indexes,
    columns: postgres::columns,
    primary_keys: postgres::primary_keys,
    foreign_keys: postgres::foreign_keys,
};

impl Dialect {
    fn of(connection: &redstart_engine::Connection) -> &'static Self {
        if connection.as_postgres().is_some() {
            &POSTGRES
        } else {
            &SQLITE
        }
    }

    fn answer(
        &self,
        ask: &mut dyn Ask,
        question: &Question<'_>,
        schema: Option<&str>,
    ) -> Result<Answer> {
        Ok(match question {
            Question::Tables => names((self.tables)(ask, schema)?),
            Question::PrimaryKeys(table) => names((self.primary_keys)(ask, table, schema)?),
            Question::Views => rows((self.views)(ask, schema)?, view),
            Question::Indexes(table) => rows((self.indexes)(ask, table, schema)?, index),
            Question::Columns(table) => rows((self.columns)(ask, table, schema)?, column),
            Question::ForeignKeys(table) => {
                rows((self.foreign_keys)(ask, table, schema)?, foreign_key)
            }
            Question::SequenceExists(name) => {
                let exists = postgres::sequence_exists(ask, name, schema)?;
                Answer::Names(vec![Value::Bool(exists)])
            }
        })
    }
}

fn rows<T>(found: Vec<T>, row: fn(T) -> Vec<Value>) -> Answer {
    Answer::Rows(found.into_iter().map(row).collect())
}

fn view(view: ViewMetadata) -> Vec<Value> {
    vec![Value::text(view.name), optional(view.sql)]
}

fn index(index: IndexMetadata) -> Vec<Value> {
    let columns: Vec<Value> = index.columns.into_iter().map(optional).collect();
    vec![
        Value::text(index.name),
        optional(index.sql),
        Value::List(columns.into()),
        Value::Bool(index.unique),
        Value::text(index.table),
    ]
}

fn column(column: ColumnMetadata) -> Vec<Value> {
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
}

fn foreign_key(key: ForeignKeyMetadata) -> Vec<Value> {
    vec![
        Value::text(key.column),
        Value::text(key.dest_table),
        optional(key.dest_column),
        Value::text(key.table),
        optional(key.name),
        Value::text(key.on_delete),
        Value::text(key.on_update),
    ]
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

//! The statements that `save()` sends for a plain model: rendered once for each set of
//! columns, afterwards only bound. Whatever is not plain is left to Python.

use std::collections::HashMap;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;
use redstart_core::node::{
    Assignment, Converter, Expression, Insert, InsertSource, Param, Tail, Update,
};
use redstart_core::{Batch, Capability, FieldDef, Node, Nodes, Operator, Value};
use redstart_engine::{OwnedRequest, Values};

use super::{Instance, Layout};
use crate::attached::AttachedCell;
use crate::capability::PyCapability;
use crate::connection::Connection;
use crate::convert::from_python;
use crate::node::{PyFieldBase, PyNode, tree_of};
use crate::row::Reader;
use crate::wait::Awaitable;
use crate::{binding, errors, tree, wait};

/// How the instances of a plain model are written.
///
/// Args:
///     layout: The model's layout.
///     table: The model's table.
///     fields: The model's fields in their order.
///     primary_key: The place of the primary key among them.
///     auto_increment: Whether the database makes the keys.
///     capability: The database's habits.
///     returning: Whether an insert gives the key of the new row by `RETURNING`.
#[pyclass(frozen, module = "redstart._native")]
pub struct SavePlan {
    columns: Vec<Saved>,
    table: Node,
    primary_key: usize,
    auto_increment: bool,
    capability: Arc<Capability>,
    /// How the key that an insert returns is read.
    key_reader: Option<Reader>,
    statements: AttachedCell<HashMap<(bool, u64), Arc<str>>>,
}

/// One column of the model.
struct Saved {
    slot: usize,
    name: Py<PyString>,
    def: Arc<FieldDef>,
    column: Node,
    has_default: bool,
}

/// A statement that writes an instance, and what is to be noted when it has run.
struct Write {
    sql: Arc<str>,
    values: Vec<Value>,
    /// The columns that are clean then.
    written: u64,
    insert: bool,
    /// The database's key becomes the instance's.
    takes_key: bool,
}

/// What a statement has done.
struct Written {
    changes: i64,
    last_id: i64,
    returned: Option<Batch>,
}

/// The values of one statement: a bit for each column that has one.
struct Row {
    present: u64,
    values: Vec<Value>,
}

#[pymethods]
impl SavePlan {
    #[new]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are given by name, where the plan is made"
    )]
    #[pyo3(signature = (layout, table, fields, primary_key, *, auto_increment, capability, returning=false))]
    fn new(
        layout: &Bound<'_, Layout>,
        table: &Bound<'_, PyAny>,
        fields: Vec<Bound<'_, PyAny>>,
        primary_key: usize,
        auto_increment: bool,
        capability: &Bound<'_, PyCapability>,
        returning: bool,
    ) -> PyResult<Self> {
        let key = fields.get(primary_key).filter(|_| returning);
        let key_reader = key.map(|key| Reader::new(key, "")).transpose()?;
        let columns = fields.iter().map(|field| Saved::of(layout, field));
        let columns = columns.collect::<PyResult<Vec<_>>>()?;
        if columns.len() > 64 || primary_key >= columns.len() {
            let message = "a plan takes at most 64 columns, one of which is the primary key";
            return Err(PyValueError::new_err(message));
        }
        Ok(Self {
            columns,
            table: tree::node(table)?,
            primary_key,
            auto_increment,
            capability: Arc::clone(&capability.get().0),
            key_reader,
            statements: AttachedCell::default(),
        })
    }

    /// Writes an instance as `save()` does.
    ///
    /// Returns:
    ///     The number of rows written, or None, with nothing sent, where a value is an
    ///     expression or anything else that takes more than binding.
    #[pyo3(signature = (instance, connection, force_insert = false, only = None))]
    fn save(
        &self,
        instance: &Bound<'_, Instance>,
        connection: &Bound<'_, Connection>,
        force_insert: bool,
        only: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<i64>> {
        let py = instance.py();
        let native = connection.get().native();
        let Some(write) = self.write(instance, native, force_insert, only)? else {
            return Ok(None);
        };
        let connection = connection.get();
        let written = if write.takes_key && self.key_reader.is_some() {
            let (batch, _) = connection.returned(py, &write.sql, &write.values, usize::MAX)?;
            Written {
                changes: 1,
                last_id: 0,
                returned: Some(batch),
            }
        } else {
            let (changes, last_id) = connection.write(py, &write.sql, &write.values)?;
            Written {
                changes,
                last_id,
                returned: None,
            }
        };
        self.note(instance, &write, written).map(Some)
    }

    /// Does what `save` does, to be awaited; None, with nothing sent, where `save` would give that.
    #[pyo3(signature = (instance, connection, force_insert = false, only = None))]
    fn asave<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, Instance>,
        connection: &Bound<'py, Connection>,
        force_insert: bool,
        only: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, Awaitable>>> {
        let py = instance.py();
        let native = connection.get().open(py)?;
        let Some(mut write) = slf.get().write(instance, &native, force_insert, only)? else {
            return Ok(None);
        };
        let operation = native.start(OwnedRequest {
            sql: Arc::clone(&write.sql),
            values: Values::Positional(std::mem::take(&mut write.values)),
            formatted: true,
            timeout: connection.get().statement_timeout(py),
        });
        let (plan, instance) = (slf.clone().unbind(), instance.clone().unbind());
        let awaitable = wait::awaitable(py, operation, move |py, outcome| {
            let (rows, batch) = outcome.map_err(|error| wait::exception(py, &error))?;
            let outcome = rows.outcome();
            let written = Written {
                changes: outcome.rows_affected,
                last_id: outcome.last_insert_id,
                returned: (write.takes_key && plan.get().key_reader.is_some()).then_some(batch),
            };
            let count = plan.get().note(instance.bind(py), &write, written)?;
            Ok(count.into_pyobject(py)?.into_any().unbind())
        });
        awaitable.map(Some)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.columns
            .iter()
            .try_for_each(|column| visit.call(&column.name))
    }
}

impl SavePlan {
    /// Prepares the statement that writes an instance; `None` where that takes Python's ways.
    fn write(
        &self,
        instance: &Bound<'_, Instance>,
        connection: &redstart_engine::Connection,
        force_insert: bool,
        only: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Write>> {
        let Some(wanted) = self.wanted(only)? else {
            return Ok(None);
        };
        let py = instance.py();
        let Some(key) = self.columns.get(self.primary_key) else {
            return Ok(None);
        };
        let name = key.name.bind(py);
        let held = instance.get().slot_value(py, key.slot, name)?;
        let held = held.filter(|held| !held.is_none());
        let write = if force_insert || held.is_none() {
            self.insert(instance, wanted, held.is_none())?
        } else {
            self.update(instance, wanted)?
        };
        let Some(mut write) = write else {
            return Ok(None);
        };
        binding::bindable(py, connection, &mut write.values)?;
        Ok(Some(write))
    }

    fn insert(
        &self,
        instance: &Bound<'_, Instance>,
        wanted: u64,
        keyless: bool,
    ) -> PyResult<Option<Write>> {
        let py = instance.py();
        let skip = if keyless && self.auto_increment {
            1 << self.primary_key
        } else {
            0
        };
        let Some(row) = self.row(instance, wanted & !skip, Some(skip))? else {
            return Ok(None);
        };
        if row.present == 0 {
            return Ok(None);
        }
        let sql = self.statement(py, true, row.present, |plan| plan.insert_tree(row.present))?;
        Ok(Some(Write {
            sql,
            values: row.values,
            written: wanted,
            insert: true,
            takes_key: self.auto_increment || keyless,
        }))
    }

    fn update(&self, instance: &Bound<'_, Instance>, wanted: u64) -> PyResult<Option<Write>> {
        let py = instance.py();
        let key = 1 << self.primary_key;
        let Some(mut row) = self.row(instance, wanted & !key, None)? else {
            return Ok(None);
        };
        let Some(mut at) = self
            .row(instance, key, None)?
            .filter(|at| at.present == key)
        else {
            return Ok(None);
        };
        if row.present == 0 {
            return Ok(None);
        }
        row.values.append(&mut at.values);
        let sql = self.statement(py, false, row.present, |plan| plan.update_tree(row.present))?;
        Ok(Some(Write {
            sql,
            values: row.values,
            written: row.present,
            insert: false,
            takes_key: false,
        }))
    }

    /// Notes on the instance what was written; gives the number of rows.
    fn note(
        &self,
        instance: &Bound<'_, Instance>,
        write: &Write,
        written: Written,
    ) -> PyResult<i64> {
        let py = instance.py();
        if let Some(key) = self
            .columns
            .get(self.primary_key)
            .filter(|_| write.takes_key)
        {
            let id = match (&self.key_reader, written.returned) {
                (Some(reader), Some(batch)) if !batch.is_empty() => {
                    Some(reader.read(py, &batch, batch.cell(0, 0))?)
                }
                (Some(_), _) => None,
                (None, _) => Some(written.last_id.into_pyobject(py)?.into_any()),
            };
            if let Some(id) = id {
                Instance::put_slot(instance, key.slot, key.name.bind(py), &id)?;
            }
        }
        self.settle(instance, write.written)?;
        Ok(if write.insert { 1 } else { written.changes })
    }

    /// Gives a bit for each column that is to be written; `None` for a name that is no column.
    fn wanted(&self, only: Option<&Bound<'_, PyAny>>) -> PyResult<Option<u64>> {
        let Some(only) = only else {
            return Ok(Some(u64::MAX >> (64 - self.columns.len())));
        };
        let mut wanted = 0;
        for field in only.try_iter()? {
            let field = field?;
            let name = match field.cast::<PyString>() {
                Ok(name) => name.clone(),
                Err(_) => field.getattr("name")?.cast_into::<PyString>()?,
            };
            let name = name.to_str()?;
            let place = self
                .columns
                .iter()
                .position(|column| *column.def.name == *name);
            match place {
                Some(place) => wanted |= 1 << place,
                None => return Ok(None),
            }
        }
        Ok(Some(wanted))
    }

    /// Collects the values of the wanted columns; `None` where that takes Python's ways.
    ///
    /// In an insert (`skipped`), a column without a value must not have a default either.
    fn row(
        &self,
        instance: &Bound<'_, Instance>,
        wanted: u64,
        skipped: Option<u64>,
    ) -> PyResult<Option<Row>> {
        let py = instance.py();
        let mut row = Row {
            present: 0,
            values: Vec::with_capacity(self.columns.len() + 1),
        };
        for (place, column) in self.columns.iter().enumerate() {
            let value = match wanted >> place & 1 {
                1 => instance
                    .get()
                    .slot_value(py, column.slot, column.name.bind(py))?,
                _ => None,
            };
            let Some(value) = value else {
                let left_out = skipped.is_some_and(|skipped| skipped >> place & 1 == 0);
                if left_out && column.has_default {
                    return Ok(None);
                }
                continue;
            };
            let Some(value) = column.bound(&value)? else {
                return Ok(None);
            };
            row.present |= 1 << place;
            row.values.push(value);
        }
        Ok(Some(row))
    }

    /// Notes that the columns are written: they are clean.
    fn settle(&self, instance: &Bound<'_, Instance>, written: u64) -> PyResult<()> {
        let py = instance.py();
        let names = self.columns.iter().enumerate();
        let names = names.filter(|(place, _)| written >> place & 1 == 1);
        let slots = names.map(|(_, column)| (column.slot, column.name.bind(py)));
        instance.get().settle(py, slots)
    }

    fn statement(
        &self,
        py: Python<'_>,
        insert: bool,
        present: u64,
        tree: impl FnOnce(&Self) -> Node,
    ) -> PyResult<Arc<str>> {
        let key = (insert, present);
        if let Some(sql) = self.statements.with(py, |known| known.get(&key).cloned()) {
            return Ok(sql);
        }
        let rendered = redstart_sql::render(&tree(self), &self.capability)
            .map_err(|error| errors::to_py(py, &error))?;
        let sql: Arc<str> = rendered.sql.into();
        let kept = Arc::clone(&sql);
        self.statements.with(py, |known| {
            // A program that writes ever new sets of columns must not grow the plan without end.
            if known.len() >= STATEMENTS_PER_PLAN {
                known.clear();
            }
            known.insert(key, kept);
        });
        Ok(sql)
    }

    fn insert_tree(&self, present: u64) -> Node {
        let columns: Nodes = self
            .present(present)
            .map(|saved| saved.column.clone())
            .collect();
        let values = columns.iter().map(|_| placeholder()).collect();
        Node::Insert(Arc::new(Insert {
            table: self.table.clone(),
            columns,
            source: InsertSource::Rows(values),
            on_conflict: None,
            returning: self.returning(),
            with: Nodes::default(),
        }))
    }

    fn returning(&self) -> Nodes {
        let key = self.columns.get(self.primary_key);
        let key = key.filter(|_| self.key_reader.is_some());
        key.map(|key| key.column.clone()).into_iter().collect()
    }

    fn update_tree(&self, present: u64) -> Node {
        let assignments = self.present(present).map(|saved| Assignment {
            column: saved.column.clone(),
            value: placeholder(),
        });
        let filter = self.columns.get(self.primary_key).map(|key| {
            Node::Expression(Arc::new(Expression {
                lhs: key.column.clone(),
                op: Operator::Eq,
                rhs: placeholder(),
                flat: false,
                string: false,
            }))
        });
        Node::Update(Arc::new(Update {
            table: self.table.clone(),
            assignments: assignments.collect(),
            from: Nodes::default(),
            returning: Nodes::default(),
            tail: Tail {
                filter,
                ..Tail::default()
            },
        }))
    }

    fn present(&self, present: u64) -> impl Iterator<Item = &Saved> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(move |(place, _)| present >> place & 1 == 1)
            .map(|(_, column)| column)
    }
}

impl Saved {
    fn of(layout: &Bound<'_, Layout>, field: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = field.py();
        let base = field.cast::<PyFieldBase>()?;
        let def = base.borrow().def.clone();
        let def =
            def.ok_or_else(|| PyValueError::new_err(format!("{field} belongs to no model")))?;
        let slot = layout.get().slot(py, &def.name);
        let slot = slot.ok_or_else(|| PyValueError::new_err(format!("{field} has no slot")))?;
        Ok(Self {
            slot,
            name: PyString::intern(py, &def.name).unbind(),
            def,
            column: tree_of(field.cast::<PyNode>()?)?,
            has_default: !field.getattr("default")?.is_none(),
        })
    }

    /// Converts a value on its way to the database; `None` where the outcome is no plain value.
    fn bound(&self, value: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
        if value.is_instance_of::<PyNode>() {
            return Ok(None);
        }
        let plain = from_python::value(value)?;
        if let Some(accepted) = self.def.kind.accept(&plain) {
            return Ok(Some(accepted));
        }
        let Some(host) = &self.def.host else {
            return Ok(Some(plain));
        };
        match host
            .to_db(&plain)
            .map_err(|error| errors::to_py(value.py(), &error))?
        {
            Node::Value(converted) => Ok(Some(converted)),
            _ => Ok(None),
        }
    }
}

/// Gives what stands for a value while the statement is rendered: no field is asked to convert it.
fn placeholder() -> Node {
    Node::Param(Arc::new(Param {
        node: Node::Value(Value::Null),
        converter: Converter::Off,
    }))
}

const STATEMENTS_PER_PLAN: usize = 256;

//! The statements that read a model's rows with all their fields: rendered once for each shape of
//! conditions, order and limits, afterwards only bound. Whatever is not plain is left to Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyList, PyString, PyTuple, PyType};
use redstart_core::{Capability, FieldKind, Node, Operator, Value, node};

use crate::attached::AttachedCell;
use crate::context::surroundings;
use crate::convert::from_python;
use crate::errors;
use crate::node::{attributes, held_tree, operation};
use crate::render::PyRendered;
use crate::row::RowPlan;
use crate::tree::{Tree, select_of};

/// The statements that select all fields of a model.
///
/// Args:
///     columns: The list of the model's fields. A query that selects this very list is meant.
///     table: The tree of the model's table.
///     rows: How rows become objects, by the type of row.
///     row_type: The type of row of a query that says none.
#[pyclass(frozen, module = "redstart._native")]
pub struct SelectPlans {
    columns: Py<PyList>,
    table: Arc<node::Table>,
    rows: Py<PyDict>,
    row_type: Py<PyAny>,
    kept: AttachedCell<Kept>,
}

/// The class whose queries are served.
static SERVED: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The statements for one database.
#[derive(Default)]
struct Kept {
    capability: Option<Arc<Capability>>,
    statements: Vec<Statement>,
}

struct Statement {
    shape: Box<[usize]>,
    /// Held, so that no others come to lie at their places in memory, which are in the shape.
    _columns: Vec<Arc<node::Column>>,
    sql: Arc<str>,
}

#[pymethods]
impl SelectPlans {
    #[new]
    #[pyo3(signature = (columns, table, rows, row_type))]
    fn new(
        columns: Py<PyList>,
        table: &Bound<'_, Tree>,
        rows: Py<PyDict>,
        row_type: Py<PyAny>,
    ) -> PyResult<Self> {
        let Node::Table(table) = table.get().node() else {
            return Err(PyValueError::new_err("the tree is no table's"));
        };
        Ok(Self {
            columns,
            table: Arc::clone(table),
            rows,
            row_type,
            kept: AttachedCell::new(Kept::default()),
        })
    }

    /// Has queries of a class served from now on: its own instances, not those of subclasses.
    #[staticmethod]
    #[pyo3(signature = (class))]
    fn serve(class: Bound<'_, PyType>) {
        // A second one changes nothing: there is one such class.
        let _ = SERVED.set(class.py(), class.clone().unbind());
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.columns)?;
        visit.call(&self.rows)
    }
}

impl SelectPlans {
    /// Gives the statement of a query, and how its rows become objects; `None` where that takes
    /// Python's ways, or the object is no such query.
    pub(crate) fn find<'py>(
        object: &Bound<'py, PyAny>,
        capability: &Arc<Capability>,
    ) -> PyResult<Option<Planned<'py>>> {
        let py = object.py();
        if SERVED
            .get(py)
            .is_none_or(|class| !object.get_type().is(class))
        {
            return Ok(None);
        }
        let query = attributes(object.cast()?)?;
        let Some(clauses) = Clauses::read(&query) else {
            return Ok(None);
        };
        let Some(plans) = clauses.plans()? else {
            return Ok(None);
        };
        let this = plans.get();
        let Some(rows) = this.rows(&clauses)? else {
            return Ok(None);
        };
        let mut reader = Reader::new(&this.table);
        if !reader.read(&clauses)? {
            return Ok(None);
        }
        let Reader { shape, values, .. } = reader;
        let known = this.kept.with(py, |kept| kept.find(&shape, capability));
        let statement = match known {
            Some(sql) => PyRendered { sql, binds: values },
            None => this.learn(&query, shape, &values, capability)?,
        };
        Ok(Some(Planned { statement, rows }))
    }

    /// Renders a query, and keeps the text if binding the values is all that the next one takes.
    fn learn(
        &self,
        query: &Bound<'_, PyDict>,
        shape: Shape,
        values: &[Value],
        capability: &Arc<Capability>,
    ) -> PyResult<PyRendered> {
        let py = query.py();
        let select = select_of(query, None, None)?;
        let select = select.node();
        let rendered = surroundings::within(None, || redstart_sql::render(select, capability));
        let rendered = rendered.map_err(|error| errors::to_py(py, &error))?;
        let rendered = PyRendered::from(rendered);
        if rendered.binds == values && self.is_of_columns(select) {
            let statement = Statement {
                shape: shape.parts().into(),
                _columns: shape.columns,
                sql: Arc::clone(&rendered.sql),
            };
            let old = self.kept.with(py, |kept| kept.keep(statement, capability));
            drop(old);
        }
        Ok(rendered)
    }

    /// Tells whether a query selects columns of the table alone: Python code may render others anew each time.
    fn is_of_columns(&self, select: &Node) -> bool {
        let Node::Select(select) = select else {
            return false;
        };
        let mut columns = select.columns.iter();
        columns.all(
            |column| matches!(column, Node::Column(column) if is_of_table(column, &self.table)),
        )
    }

    fn rows<'py>(&self, clauses: &Clauses<'py>) -> PyResult<Option<Bound<'py, RowPlan>>> {
        let py = clauses.model.py();
        let row_type = clauses.row_type.as_ref();
        let row_type = row_type.unwrap_or_else(|| self.row_type.bind(py));
        let found = self.rows.bind(py).get_item(row_type)?;
        Ok(found.and_then(|rows| rows.cast_into_exact().ok()))
    }
}

/// A statement that is known but for its rows.
pub(crate) struct Planned<'py> {
    pub(crate) statement: PyRendered,
    pub(crate) rows: Bound<'py, RowPlan>,
}

impl Kept {
    fn find(&self, shape: &Shape, capability: &Arc<Capability>) -> Option<Arc<str>> {
        let own = self.capability.as_ref()?;
        if !Arc::ptr_eq(own, capability) {
            return None;
        }
        let mut statements = self.statements.iter();
        let found = statements.find(|known| *known.shape == *shape.parts())?;
        Some(Arc::clone(&found.sql))
    }

    /// Keeps a statement; gives what has to go for it, to be dropped elsewhere.
    fn keep(&mut self, statement: Statement, capability: &Arc<Capability>) -> Vec<Statement> {
        let own = self.capability.as_ref();
        let is_own = own.is_some_and(|own| Arc::ptr_eq(own, capability));
        let mut old = Vec::new();
        if !is_own || self.statements.len() >= MOST_SHAPES {
            old = std::mem::take(&mut self.statements);
            self.capability = Some(Arc::clone(capability));
        }
        self.statements.push(statement);
        old
    }
}

/// The clauses of a query that has none but these.
struct Clauses<'py> {
    model: Bound<'py, PyAny>,
    columns: Bound<'py, PyAny>,
    filter: Option<Bound<'py, PyAny>>,
    order: Option<Bound<'py, PyAny>>,
    limit: Option<Bound<'py, PyAny>>,
    offset: Option<Bound<'py, PyAny>>,
    row_type: Option<Bound<'py, PyAny>>,
}

impl<'py> Clauses<'py> {
    /// Reads the instance dictionary of a query on a model; `None` if anything else stands in it.
    fn read(query: &Bound<'py, PyDict>) -> Option<Self> {
        let names = names(query.py());
        let mut found: [Option<Bound<'py, PyAny>>; CLAUSES] = Default::default();
        for (name, value) in query {
            if value.is_none() {
                continue;
            }
            // Names of attributes are interned.
            match names.iter().position(|known| known.is(&name)) {
                Some(place) if place < CLAUSES => *found.get_mut(place)? = Some(value),
                Some(_) => {}
                None => return None,
            }
        }
        let [
            model,
            columns,
            sources,
            joins,
            filter,
            order,
            limit,
            offset,
            row_type,
        ] = found;
        let (model, sources) = (model?, sources?);
        let sources = sources.cast_exact::<PyList>().ok()?;
        let is_alone = sources.len() == 1 && sources.get_item(0).ok()?.is(&model);
        let is_joined = !joins?.cast_exact::<PyDict>().ok()?.is_empty();
        if !is_alone || is_joined {
            return None;
        }
        Some(Self {
            model,
            columns: columns?,
            filter,
            order,
            limit,
            offset,
            row_type,
        })
    }

    /// Gives the statements of the model, if the query selects all its fields.
    fn plans(&self) -> PyResult<Option<Bound<'py, SelectPlans>>> {
        let py = self.model.py();
        let meta = self.model.getattr(intern!(py, "_meta"))?;
        let plans = meta.getattr(intern!(py, "_select_plans"))?;
        let plans = plans.cast_into_exact::<SelectPlans>().ok();
        Ok(plans.filter(|plans| plans.get().columns.is(&self.columns)))
    }
}

/// What decides about the text of a statement: its columns, operators and placeholders in order.
struct Shape {
    parts: [usize; MOST_PARTS],
    count: usize,
    columns: Vec<Arc<node::Column>>,
}

impl Shape {
    fn parts(&self) -> &[usize] {
        self.parts.get(..self.count).unwrap_or_default()
    }

    /// Adds a part; false if there is no room for it.
    fn push(&mut self, part: usize) -> bool {
        let Some(place) = self.parts.get_mut(self.count) else {
            return false;
        };
        *place = part;
        self.count += 1;
        true
    }

    fn push_column(&mut self, column: Arc<node::Column>) -> bool {
        let is_kept = self.push(Arc::as_ptr(&column).addr());
        self.columns.push(column);
        is_kept
    }
}

/// Reads the shape of a query and its values. Its methods give false where Python has to.
struct Reader<'a> {
    table: &'a Arc<node::Table>,
    shape: Shape,
    values: Vec<Value>,
}

impl<'a> Reader<'a> {
    fn new(table: &'a Arc<node::Table>) -> Self {
        Self {
            table,
            shape: Shape {
                parts: [0; MOST_PARTS],
                count: 0,
                columns: Vec::new(),
            },
            values: Vec::new(),
        }
    }

    fn read(&mut self, clauses: &Clauses<'_>) -> PyResult<bool> {
        if let Some(filter) = &clauses.filter
            && !(self.shape.push(part::FILTER) && self.condition(filter)?)
        {
            return Ok(false);
        }
        if let Some(order) = &clauses.order
            && !(self.shape.push(part::ORDER) && self.order(order)?)
        {
            return Ok(false);
        }
        let limits = [
            (part::LIMIT, clauses.limit.as_ref()),
            (part::OFFSET, clauses.offset.as_ref()),
        ];
        Ok(limits
            .into_iter()
            .all(|(kind, number)| number.is_none_or(|number| self.number(kind, number))))
    }

    /// Reads a comparison of a column, or several that are combined.
    fn condition(&mut self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(operation) = operation(object) else {
            return Ok(false);
        };
        let Some(op) = packed(operation.op.text()) else {
            return Ok(false);
        };
        let flat = usize::from(operation.flat);
        if !(self.shape.push(op) && self.shape.push(part::OPERATION + flat)) {
            return Ok(false);
        }
        if matches!(operation.op, Operator::And | Operator::Or) {
            return Ok(self.condition(&operation.lhs)? && self.condition(&operation.rhs)?);
        }
        let Some(column) = self.column(&operation.lhs)? else {
            return Ok(false);
        };
        let field = column.field.clone();
        if !self.shape.push_column(column) {
            return Ok(false);
        }
        if operation.rhs.is_none() {
            let is_plain = matches!(operation.op, Operator::Is | Operator::IsNot);
            return Ok(is_plain && self.shape.push(part::NULL));
        }
        if let Some(column) = self.column(&operation.rhs)? {
            return Ok(self.shape.push_column(column));
        }
        let Some(field) = field else {
            return Ok(false);
        };
        if matches!(operation.op, Operator::In | Operator::NotIn) {
            return self.list(&operation.rhs, field.kind);
        }
        Ok(self.shape.push(part::VALUE) && self.value(&operation.rhs, field.kind)?)
    }

    fn list(&mut self, list: &Bound<'_, PyAny>, kind: FieldKind) -> PyResult<bool> {
        if !(list.is_exact_instance_of::<PyList>() || list.is_exact_instance_of::<PyTuple>()) {
            return Ok(false);
        }
        let count = list.len()?;
        if !((1..=LONGEST_LIST).contains(&count)
            && self.shape.push(part::LIST)
            && self.shape.push(count))
        {
            return Ok(false);
        }
        for item in list.try_iter()? {
            if !self.value(&item?, kind)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn value(&mut self, object: &Bound<'_, PyAny>, kind: FieldKind) -> PyResult<bool> {
        let value = kind.accept(&from_python::value(object)?);
        let Some(value) = value.filter(Value::is_scalar) else {
            return Ok(false);
        };
        self.values.push(value);
        Ok(true)
    }

    /// Reads columns, each ascending or descending.
    fn order(&mut self, columns: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(columns) = columns.cast_exact::<PyTuple>() else {
            return Ok(false);
        };
        for object in columns {
            let (direction, column) = match held_tree(&object)? {
                Some(Node::Column(column)) => (part::AS_IT_IS, column),
                Some(Node::Ordering(ordering)) => {
                    let is_plain = ordering.collation.is_none() && ordering.nulls.is_none();
                    let Node::Column(column) = &ordering.node else {
                        return Ok(false);
                    };
                    let direction = match ordering.direction {
                        _ if !is_plain => return Ok(false),
                        node::Direction::Asc => part::ASCENDING,
                        node::Direction::Desc => part::DESCENDING,
                    };
                    (direction, Arc::clone(column))
                }
                _ => return Ok(false),
            };
            let is_known = is_of_table(&column, self.table);
            if !(is_known && self.shape.push(direction) && self.shape.push_column(column)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn number(&mut self, kind: usize, number: &Bound<'_, PyAny>) -> bool {
        let number = number.cast_exact::<PyInt>().ok();
        let Some(number) = number.and_then(|number| number.extract().ok()) else {
            return false;
        };
        self.values.push(Value::Int(number));
        self.shape.push(kind)
    }

    /// Gives the column of the table that an object stands for.
    fn column(&self, object: &Bound<'_, PyAny>) -> PyResult<Option<Arc<node::Column>>> {
        Ok(match held_tree(object)? {
            Some(Node::Column(column)) => {
                Some(column).filter(|column| is_of_table(column, self.table))
            }
            _ => None,
        })
    }
}

/// Marks in a shape; columns are addresses, which are none of these numbers.
mod part {
    pub(super) const FILTER: usize = 1;
    pub(super) const ORDER: usize = 2;
    pub(super) const LIMIT: usize = 3;
    pub(super) const OFFSET: usize = 4;
    pub(super) const VALUE: usize = 5;
    pub(super) const NULL: usize = 6;
    pub(super) const AS_IT_IS: usize = 7;
    pub(super) const ASCENDING: usize = 8;
    pub(super) const DESCENDING: usize = 9;
    /// The number of its items follows.
    pub(super) const LIST: usize = 10;
    /// One more where the parentheses are left out.
    pub(super) const OPERATION: usize = 11;
}

/// How many shapes of a model are kept, and how many parts each may have.
const MOST_SHAPES: usize = 64;
const MOST_PARTS: usize = 40;
/// How many items a list has whose length may be part of a shape.
const LONGEST_LIST: usize = 16;
/// How many of `NAMES` are read.
const CLAUSES: usize = 9;
/// The attributes of a query that are read, and those that do not matter here.
const NAMES: [&str; 14] = [
    "model",
    "_returning",
    "_from_list",
    "_joins",
    "_where",
    "_order_by",
    "_limit",
    "_offset",
    "_row_type",
    "_join_ctx",
    "_is_default",
    "_database",
    "_load_tree",
    "_identity",
];

fn names(py: Python<'_>) -> &[Py<PyString>; NAMES.len()] {
    static INTERNED: PyOnceLock<[Py<PyString>; NAMES.len()]> = PyOnceLock::new();
    INTERNED.get_or_init(py, || NAMES.map(|name| PyString::intern(py, name).unbind()))
}

/// Packs an operator's text into a number, where it is short.
fn packed(text: &str) -> Option<usize> {
    let mut bytes = [0; size_of::<usize>()];
    bytes
        .get_mut(..text.len())?
        .copy_from_slice(text.as_bytes());
    Some(usize::from_le_bytes(bytes))
}

fn is_of_table(column: &node::Column, table: &Arc<node::Table>) -> bool {
    matches!(&column.source, Node::Table(own) if Arc::ptr_eq(own, table))
}

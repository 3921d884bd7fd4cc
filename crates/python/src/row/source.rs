//! One source of a row: the columns that make one instance of a model, or one dictionary
//! where the source is no model.

use std::sync::Arc;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};

use super::decode::Reader;
use super::shape::SlotColumn;
use super::{Cells, RowShape};
use crate::instance::{FieldAccessor, Instance, Layout, class_attribute};

/// A column of a source.
pub(crate) struct Column {
    pub(crate) cell: usize,
    pub(crate) name: Py<PyString>,
    pub(crate) reader: Reader,
    /// Whether the column is a field of the source's model, not an extra expression.
    pub(crate) is_field: bool,
}

/// Makes one object of a row.
pub(crate) enum Source {
    /// A model whose instances are made without running Python code.
    Native {
        class: Py<PyType>,
        shape: Arc<RowShape>,
        /// Slots whose fields convert every value in Python: decoded at once.
        eager: Box<[(usize, Py<PyString>)]>,
        attributes: Box<[Column]>,
    },
    /// A model whose class overrides how instances are made.
    Called {
        class: Py<PyType>,
        columns: Box<[Column]>,
        /// Whether values are assigned after construction, as for every joined source.
        joined: bool,
    },
    /// A source that is no model.
    Dict(Box<[Column]>),
}

impl Source {
    /// Plans a source.
    pub(crate) fn new(
        class: &Bound<'_, PyAny>,
        columns: Vec<Column>,
        joined: bool,
    ) -> PyResult<Self> {
        let py = class.py();
        let class = match class.cast::<PyType>() {
            Ok(class) if class.is_subclass_of::<Instance>()? => class,
            _ => return Ok(Self::Dict(columns.into())),
        };
        if overrides(class)? {
            return Ok(Self::Called {
                class: class.clone().unbind(),
                columns: columns.into(),
                joined,
            });
        }
        let layout = Layout::of(class)?;
        let mut slots = Vec::new();
        let mut eager = Vec::new();
        let mut attributes = Vec::new();
        for column in columns {
            let slot = if column.is_field {
                plain_slot(class, layout.get(), &column)?
            } else {
                None
            };
            let Some(slot) = slot else {
                attributes.push(column);
                continue;
            };
            if column.reader.is_host() {
                eager.push((slot, column.name.clone_ref(py)));
            }
            slots.push(SlotColumn {
                cell: column.cell,
                slot,
                reader: column.reader,
            });
        }
        Ok(Self::Native {
            class: class.clone().unbind(),
            shape: Arc::new(RowShape::new(py, layout.unbind(), slots)),
            eager: eager.into(),
            attributes: attributes.into(),
        })
    }

    /// Makes the object of a row.
    #[inline]
    pub(crate) fn make<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Native {
                class,
                shape,
                eager,
                attributes,
            } => {
                let instance = blank(class.bind(py))?;
                fill(&instance, shape, cells)?;
                for (slot, name) in eager {
                    instance.get().slot_value(py, *slot, name.bind(py))?;
                }
                if !attributes.is_empty() {
                    assign(&instance, attributes, cells)?;
                }
                Ok(instance.into_any())
            }
            Self::Called {
                class,
                columns,
                joined,
            } => call(class.bind(py), columns, *joined, cells),
            Self::Dict(columns) => {
                let dict = PyDict::new(py);
                for column in columns {
                    dict.set_item(&column.name, cells.read(py, column.cell, &column.reader)?)?;
                }
                Ok(dict.into_any())
            }
        }
    }

    /// Tells whether any selected cell of the source is not null.
    pub(crate) fn is_filled(&self, cells: Cells<'_, '_>) -> bool {
        match self {
            Self::Native {
                shape, attributes, ..
            } => {
                let slots = shape.columns().iter().map(|column| column.cell);
                let others = attributes.iter().map(|column| column.cell);
                slots.chain(others).any(|cell| !cells.is_null(cell))
            }
            Self::Called { columns, .. } | Self::Dict(columns) => {
                columns.iter().any(|column| !cells.is_null(column.cell))
            }
        }
    }

    /// Tells whether any column of the source was selected.
    pub(crate) fn is_selected(&self) -> bool {
        match self {
            Self::Native {
                shape, attributes, ..
            } => !shape.columns().is_empty() || !attributes.is_empty(),
            Self::Called { columns, .. } | Self::Dict(columns) => !columns.is_empty(),
        }
    }

    /// Visits the source's Python objects for the collector.
    pub(crate) fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self {
            // The shape is shared with the instances, so that its references belong to none alone.
            Self::Native {
                class, attributes, ..
            } => {
                visit.call(class)?;
                attributes
                    .iter()
                    .try_for_each(|column| column.reader.traverse(visit))
            }
            Self::Called { class, columns, .. } => {
                visit.call(class)?;
                columns
                    .iter()
                    .try_for_each(|column| column.reader.traverse(visit))
            }
            Self::Dict(columns) => columns
                .iter()
                .try_for_each(|column| column.reader.traverse(visit)),
        }
    }
}

/// Makes an instance without calling `__init__`.
#[inline]
pub(crate) fn blank<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Instance>> {
    let py = class.py();
    let base = PyType::new::<Instance>(py);
    let arguments = pyo3::types::PyTuple::empty(py);
    // SAFETY: `Instance` has a `tp_new`, and the class was found to be a subclass of `Instance` when the
    // plan was made; the outcome is a new reference of that class, or null with an exception set.
    unsafe {
        let object = match (*base.as_type_ptr()).tp_new {
            Some(new) => new(
                class.as_type_ptr(),
                arguments.as_ptr(),
                std::ptr::null_mut(),
            ),
            None => ffi::PyType_GenericAlloc(class.as_type_ptr(), 0),
        };
        Ok(Bound::from_owned_ptr_or_err(py, object)?.cast_into_unchecked::<Instance>())
    }
}

fn fill<'py>(
    instance: &Bound<'py, Instance>,
    shape: &Arc<RowShape>,
    cells: Cells<'_, 'py>,
) -> PyResult<()> {
    let py = instance.py();
    if let Cells::Native(batch, row) = cells {
        instance.get().point_at(py, shape.source(batch, row));
        return if shape.is_sound(batch, row) {
            Ok(())
        } else {
            decode_now(instance, shape)
        };
    }
    for column in shape.columns() {
        let value = cells.read(py, column.cell, &column.reader)?;
        instance
            .get()
            .fill_slot(py, shape, column.slot, value.unbind());
    }
    Ok(())
}

/// Decodes every value of a row in which one will fail, so that reading the row fails and not
/// a look at the instance later.
#[cold]
fn decode_now(instance: &Bound<'_, Instance>, shape: &RowShape) -> PyResult<()> {
    let py = instance.py();
    let layout = shape.layout(py);
    for slot in shape.slots() {
        if let Some(name) = layout.get().name(py, slot) {
            instance.get().slot_value(py, slot, &name)?;
        }
    }
    Ok(())
}

/// Assigns values as attributes, which leaves nothing dirty.
fn assign<'py>(
    instance: &Bound<'py, Instance>,
    columns: &[Column],
    cells: Cells<'_, 'py>,
) -> PyResult<()> {
    let py = instance.py();
    for column in columns {
        instance.setattr(&column.name, cells.read(py, column.cell, &column.reader)?)?;
    }
    instance.get().clean(py);
    Ok(())
}

/// Makes an instance as its class wants it made.
fn call<'py>(
    class: &Bound<'py, PyType>,
    columns: &[Column],
    joined: bool,
    cells: Cells<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let arguments = PyDict::new(py);
    if joined {
        arguments.set_item(intern!(py, "__no_default__"), true)?;
    } else {
        arguments.set_item(intern!(py, "__no_default__"), 1)?;
        for column in columns {
            arguments.set_item(&column.name, cells.read(py, column.cell, &column.reader)?)?;
        }
    }
    let object = class.call((), Some(&arguments))?;
    let instance = object.cast::<Instance>()?;
    if joined {
        assign(instance, columns, cells)?;
    } else {
        instance.get().clean(py);
    }
    Ok(object)
}

/// Tells whether a model class overrides how its instances are made or assigned.
fn overrides(class: &Bound<'_, PyType>) -> PyResult<bool> {
    let py = class.py();
    let base = PyType::new::<Instance>(py);
    for name in [
        intern!(py, "__init__"),
        intern!(py, "__new__"),
        intern!(py, "__setattr__"),
    ] {
        if !class.getattr(name)?.is(base.getattr(name)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the slot of a column if nothing in Python wants to see the assignment.
fn plain_slot(
    class: &Bound<'_, PyType>,
    layout: &Layout,
    column: &Column,
) -> PyResult<Option<usize>> {
    let py = class.py();
    let name = column.name.bind(py);
    let Some(slot) = layout.slot(py, name.to_str()?) else {
        return Ok(None);
    };
    let plain = match class_attribute(class, name)? {
        None => false,
        Some(accessor) => FieldAccessor::stores_natively(&accessor)?,
    };
    Ok(plain.then_some(slot))
}

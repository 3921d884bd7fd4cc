//! Rows as model instances: the root, the instances of joined sources, and how they are
//! attached to each other.

use pyo3::exceptions::PyValueError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};

use super::source::{Column, Source};
use super::{Cells, decode::Reader};
use crate::instance::{
    FieldAccessor, ForeignKeyAccessor, Instance, Layout, class_attribute, interned,
};

/// Makes a graph of instances for each row.
pub(crate) struct Graph {
    sources: Box<[Source]>,
    joins: Box<[Join]>,
}

/// An instance that is attached to another one.
struct Join {
    src: usize,
    dest: usize,
    attr: Py<PyString>,
    accessor: Option<Py<ForeignKeyAccessor>>,
    key: Option<Key>,
    is_left: bool,
}

/// Where the key of a joined instance is found and goes, if nothing in Python wants to see it.
struct Key {
    from: usize,
    name: Py<PyString>,
    to: usize,
}

impl Graph {
    /// Plans the sources and joins of a query.
    pub(crate) fn new(
        model: &Bound<'_, PyAny>,
        columns: &Bound<'_, PyAny>,
        sources: Option<&Bound<'_, PyAny>>,
        joins: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut classes = Vec::new();
        match sources {
            Some(sources) => {
                for source in sources.try_iter()? {
                    classes.push(source?);
                }
            }
            None => classes.push(model.clone()),
        }
        let mut parts: Vec<Vec<Column>> = classes.iter().map(|_| Vec::new()).collect();
        for (cell, column) in columns.try_iter()?.enumerate() {
            let (name, converter, source, field): (
                Bound<'_, PyString>,
                Bound<'_, PyAny>,
                usize,
                Bound<'_, PyAny>,
            ) = column?.extract()?;
            let part = parts.get_mut(source).ok_or_else(|| {
                PyValueError::new_err("a column belongs to a source that is not planned")
            })?;
            let reader = Reader::new(&converter, name.to_str()?)?;
            part.push(Column {
                cell,
                name: interned(&name),
                reader,
                is_field: !field.is_none(),
                is_converted: !converter.is_none(),
            });
        }
        let joined = classes.len() > 1;
        if !joined {
            // As with peewee: of two columns of one name, the one with a conversion has the last word.
            for part in &mut parts {
                part.sort_by_key(|column| column.is_converted);
            }
        }
        let joins = match joins {
            Some(joins) => joins
                .try_iter()?
                .map(|join| Join::new(&join?, &classes))
                .collect::<PyResult<Vec<_>>>()?,
            None => Vec::new(),
        };
        let sources = classes
            .iter()
            .zip(parts)
            .map(|(class, part)| Source::new(class, part, joined));
        Ok(Self {
            sources: sources.collect::<PyResult<Vec<_>>>()?.into(),
            joins: joins.into(),
        })
    }

    /// Makes the root instance of a row, with everything that is attached to it.
    #[inline]
    pub(crate) fn make<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let ([source], []) = (&*self.sources, &*self.joins) {
            return source.make(py, cells);
        }
        self.make_joined(py, cells)
    }

    fn make_joined<'py>(
        &self,
        py: Python<'py>,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut objects = Vec::with_capacity(self.sources.len());
        let mut filled = Vec::with_capacity(self.sources.len());
        let mut selected = Vec::with_capacity(self.sources.len());
        for (place, source) in self.sources.iter().enumerate() {
            filled.push(source.is_filled(cells));
            selected.push(source.is_selected());
            // The instance of an empty source is made only when a branch below it has something.
            let needed = place == 0 || filled[place];
            objects.push(if needed {
                Some(source.make(py, cells)?)
            } else {
                None
            });
        }
        // Outermost joins come first, so that the way back attaches the deepest instances first.
        for join in self.joins.iter().rev() {
            if filled[join.dest] {
                let related = self.object(py, &mut objects, join.dest, cells)?;
                let object = self.object(py, &mut objects, join.src, cells)?;
                filled[join.src] = true;
                join.attach(&object, &related)?;
            } else if join.is_left && selected[join.dest] {
                let object = self.object(py, &mut objects, join.src, cells)?;
                join.attach_nothing(&object)?;
            }
            selected[join.src] |= selected[join.dest];
        }
        self.object(py, &mut objects, 0, cells)
    }

    fn object<'py>(
        &self,
        py: Python<'py>,
        objects: &mut [Option<Bound<'py, PyAny>>],
        place: usize,
        cells: Cells<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(object) = &objects[place] {
            return Ok(object.clone());
        }
        let object = self.sources[place].make(py, cells)?;
        objects[place] = Some(object.clone());
        Ok(object)
    }

    /// Visits the plan's Python objects for the collector.
    pub(crate) fn traverse(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for source in &self.sources {
            source.traverse(visit)?;
        }
        self.joins
            .iter()
            .try_for_each(|join| visit.call(join.accessor.as_ref()))
    }
}

impl Join {
    fn new(join: &Bound<'_, PyAny>, classes: &[Bound<'_, PyAny>]) -> PyResult<Self> {
        let (src, attr, dest, is_left): (usize, Bound<'_, PyString>, usize, bool) =
            join.extract()?;
        let (Some(owner), Some(target)) = (classes.get(src), classes.get(dest)) else {
            return Err(PyValueError::new_err(
                "a join names a source that is not planned",
            ));
        };
        let accessor = match owner.cast::<PyType>() {
            Ok(class) => class_attribute(class, &attr)?,
            Err(_) => None,
        };
        let accessor = match accessor {
            Some(found) if FieldAccessor::stores_natively(&found)? => {
                found.cast_into::<ForeignKeyAccessor>().ok()
            }
            _ => None,
        };
        let key = match &accessor {
            Some(accessor) => Key::new(accessor, owner, target, &attr)?,
            None => None,
        };
        Ok(Self {
            src,
            dest,
            attr: interned(&attr),
            key,
            accessor: accessor.map(Bound::unbind),
            is_left,
        })
    }

    fn attach(&self, object: &Bound<'_, PyAny>, related: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = object.py();
        let attr = self.attr.bind(py);
        let Ok(instance) = object.cast::<Instance>() else {
            return object.cast::<PyDict>()?.set_item(attr, related);
        };
        if let (Some(key), Ok(joined)) = (&self.key, related.cast::<Instance>()) {
            let none = || py.None().into_bound(py);
            let value = joined.get().slot_value(py, key.from, key.name.bind(py))?;
            Instance::put_slot(instance, key.to, attr, &value.unwrap_or_else(none))?;
            return instance.get().relate(attr, related);
        }
        if let Some(accessor) = &self.accessor {
            return ForeignKeyAccessor::attach(accessor.bind(py), instance, related);
        }
        instance.setattr(attr, related)?;
        instance.get().clean(py);
        Ok(())
    }

    fn attach_nothing(&self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = object.py();
        let attr = self.attr.bind(py);
        let Ok(instance) = object.cast::<Instance>() else {
            return object.cast::<PyDict>()?.set_item(attr, py.None());
        };
        if self.accessor.is_some() {
            return instance.get().relate(attr, py.None().bind(py));
        }
        instance.setattr(attr, py.None())?;
        instance.get().clean(py);
        Ok(())
    }
}

impl Key {
    fn new(
        accessor: &Bound<'_, ForeignKeyAccessor>,
        owner: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
        attr: &Bound<'_, PyString>,
    ) -> PyResult<Option<Self>> {
        let py = attr.py();
        let (Ok(owner), Ok(target)) = (owner.cast::<PyType>(), target.cast::<PyType>()) else {
            return Ok(None);
        };
        let Some(name) = ForeignKeyAccessor::key_name(accessor, target)? else {
            return Ok(None);
        };
        let reader = class_attribute(target, &name)?;
        if !reader.is_some_and(|reader| reader.is_exact_instance_of::<FieldAccessor>()) {
            return Ok(None);
        }
        let from = Layout::of(target)?.get().slot(py, name.to_str()?);
        let to = Layout::of(owner)?.get().slot(py, attr.to_str()?);
        Ok(from.zip(to).map(|(from, to)| Self {
            from,
            name: interned(&name),
            to,
        }))
    }
}

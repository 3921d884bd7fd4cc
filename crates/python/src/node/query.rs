//! What queries do at every step, and Python would pay for with calls: copies, and the rows of a select.
//! They are methods of `Node`, which the query classes give their names.

use pyo3::intern;
use pyo3::prelude::*;

use super::PyNode;
use super::copy::{self, attributes};
use crate::route::Route;

#[pymethods]
impl PyNode {
    /// Gives a copy that has not run.
    fn _clone_query<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        copy::unrun(slf)
    }

    /// Runs the query.
    ///
    /// Args:
    ///     database: The database to run on, where it is not the query's own.
    ///
    /// Returns:
    ///     The rows.
    ///
    /// Raises:
    ///     InterfaceError: The query is not bound to a database.
    #[pyo3(signature = (database = None))]
    fn _execute_select<'py>(
        slf: &Bound<'py, Self>,
        database: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(rows) = planned_rows(slf, database.as_ref())? {
            return Ok(rows);
        }
        slf.call_method1(intern!(py, "_execute_in_python"), (database,))
    }

    /// Gives the rows of the query, which runs if it has not.
    fn _iterate_rows<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let name = intern!(py, "_cursor_wrapper");
        let known = attributes(slf)?.get_item(name)?;
        if let Some(rows) = known.filter(|rows| !rows.is_none()) {
            return Ok(rows.try_iter()?.into_any());
        }
        slf.call_method0(intern!(py, "execute"))?;
        Ok(slf.getattr(name)?.try_iter()?.into_any())
    }
}

/// Runs a query by the engine alone, and has it keep its rows; `None`, with nothing sent, where Python has
/// to run it.
fn planned_rows<'py>(
    query: &Bound<'py, PyNode>,
    database: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = query.py();
    let clauses = attributes(query)?;
    let kept = intern!(py, "_cursor_wrapper");
    let has_run = clauses.get_item(kept)?.is_some_and(|rows| !rows.is_none());
    if has_run || clauses.contains(intern!(py, "_load_tree"))? {
        return Ok(None);
    }
    let own = match database {
        Some(_) => None,
        None => clauses.get_item(intern!(py, "_database"))?,
    };
    let Some(database) = database.or(own.as_ref()) else {
        return Ok(None);
    };
    // A program may run it by an object of its own.
    let Some(route) = database.getattr_opt(intern!(py, "_route"))? else {
        return Ok(None);
    };
    let Ok(route) = route.cast_exact::<Route>() else {
        return Ok(None);
    };
    let Some(rows) = route.get().select(query.as_any())? else {
        return Ok(None);
    };
    clauses.set_item(kept, &rows)?;
    Ok(Some(rows.into_any()))
}

//! Who asks a pool for a connection, in words for a reader.

use std::cell::RefCell;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::scope::running_task;

/// Names the running task, or thread. A thread has the name for good that it had when it asked first.
pub(super) fn asker(py: Python<'_>) -> PyResult<String> {
    if let Some(task) = running_task(py)? {
        let name = task.call_method0(intern!(py, "get_name"))?;
        return Ok(format!("task {name}"));
    }
    if let Some(known) = THREAD.with_borrow(Option::clone) {
        return Ok(known);
    }
    let thread = CURRENT_THREAD
        .import(py, "threading", "current_thread")?
        .call0()?;
    let label = format!("thread {}", thread.getattr(intern!(py, "name"))?);
    THREAD.set(Some(label.clone()));
    Ok(label)
}

static CURRENT_THREAD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

thread_local! {
    static THREAD: RefCell<Option<String>> = const { RefCell::new(None) };
}

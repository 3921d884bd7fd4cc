//! The guard of everything that descends into nested Python objects: too deep a
//! nesting, or a list that contains itself, raises `RecursionError` and harms nobody.

use pyo3::ffi;
use pyo3::prelude::*;

/// Descends one level by Python's own count of levels.
pub fn guarded<T>(py: Python<'_>, descend: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // SAFETY: the interpreter is attached, and the text ends in a zero.
    if unsafe { ffi::Py_EnterRecursiveCall(WHERE.as_ptr()) } != 0 {
        return Err(PyErr::fetch(py));
    }
    let outcome = descend();
    // SAFETY: the call above was entered, on this thread.
    unsafe { ffi::Py_LeaveRecursiveCall() };
    outcome
}

const WHERE: &std::ffi::CStr = c" while a statement's parts were collected";

//! How the collector visits instances. There may be very many of them, and each is visited several
//! times while a result is read: the general way, which finds out anew what the class is made of,
//! took a tenth of that.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicIsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::{Dirty, Instance, Rel};
use crate::node::PyNode;

/// Where instances keep their `__dict__`; 0 if that is not known.
static DICT_OFFSET: AtomicIsize = AtomicIsize::new(0);

/// Has instances visited directly.
pub(crate) fn visit_directly(py: Python<'_>) {
    let node = PyType::new::<PyNode>(py).as_type_ptr();
    let instance = PyType::new::<Instance>(py).as_type_ptr();
    // SAFETY: both are type objects that are ready; no instance exists while the module is made, and
    // subclasses look the function up in their base each time.
    unsafe {
        let offset = (*node).tp_dictoffset;
        if offset > 0 && (*instance).tp_dictoffset == offset {
            DICT_OFFSET.store(offset, Ordering::Relaxed);
            (*instance).tp_traverse = Some(traverse);
        }
    }
}

/// Visits what an instance refers to: its class, its `__dict__` and its state
/// (<https://docs.python.org/3/c-api/typeobj.html#c.PyTypeObject.tp_traverse>).
unsafe extern "C" fn traverse(
    object: *mut ffi::PyObject,
    visit: ffi::visitproc,
    arg: *mut c_void,
) -> c_int {
    let offset = DICT_OFFSET.load(Ordering::Relaxed);
    // SAFETY: the collector gives a live instance, and the interpreter's lock is held; nothing here runs
    // Python code or counts references. The dictionary lies where the class says.
    unsafe {
        let one = |found: *mut ffi::PyObject| {
            if found.is_null() {
                0
            } else {
                visit(found, arg)
            }
        };
        let dict = *object.byte_offset(offset).cast::<*mut ffi::PyObject>();
        let outcome = one(ffi::Py_TYPE(object).cast());
        if outcome != 0 {
            return outcome;
        }
        let outcome = one(dict);
        if outcome != 0 {
            return outcome;
        }
        let py = Python::assume_attached();
        let instance = Borrowed::from_ptr(py, object).cast_unchecked::<Instance>();
        instance
            .get()
            .state
            .with_collector(|state| state.visit(one))
    }
}

impl super::State {
    /// Visits every object until one says that it is enough.
    fn visit(&self, one: impl Fn(*mut ffi::PyObject) -> c_int) -> c_int {
        let related = match &self.rel {
            Rel::Nothing => std::ptr::null_mut(),
            Rel::One(_, related) => related.as_ptr(),
            Rel::Dict(related) => related.as_ptr(),
        };
        let names = match &self.dirty {
            Dirty::Names(names) => names.as_ptr(),
            Dirty::Slots(_) => std::ptr::null_mut(),
        };
        let layout = self
            .layout
            .as_ref()
            .map_or(std::ptr::null_mut(), Py::as_ptr);
        let data = self.data.as_ref().map_or(std::ptr::null_mut(), Py::as_ptr);
        let slots = self.slots.iter().flatten().map(Py::as_ptr);
        [layout, data, related, names]
            .into_iter()
            .chain(slots)
            .map(one)
            .find(|outcome| *outcome != 0)
            .unwrap_or(0)
    }
}

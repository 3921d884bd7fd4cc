//! The settings around a node that Python renders inside of a tree: they pass from the context
//! that renders the tree to the context that the node is given. Nothing is written here.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::PyDict;

thread_local! {
    /// The settings of the renderings in progress on this thread, the innermost last.
    static RENDERINGS: RefCell<Vec<Option<Py<PyDict>>>> = const { RefCell::new(Vec::new()) };
}

/// Ends a rendering, also when it panics.
struct Rendering;

/// Renders with these settings around it; none for a rendering of its own.
pub fn within<T>(settings: Option<Py<PyDict>>, render: impl FnOnce() -> T) -> T {
    RENDERINGS.with_borrow_mut(|renderings| renderings.push(settings));
    let _rendering = Rendering;
    render()
}

/// Gives the settings of the rendering in progress.
pub fn settings(py: Python<'_>) -> Option<Py<PyDict>> {
    RENDERINGS.with_borrow(|renderings| {
        let settings = renderings.last()?.as_ref()?;
        Some(settings.clone_ref(py))
    })
}

impl Drop for Rendering {
    fn drop(&mut self) {
        let settings = RENDERINGS.with_borrow_mut(Vec::pop);
        // Let go after the borrow: the last reference may run Python code.
        drop(settings);
    }
}

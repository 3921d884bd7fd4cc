//! placeholder
use pyo3::prelude::*;
use redstart_core::Node;
use std::any::Any;
pub fn write(_ctx: &Bound<'_, PyAny>, _tree: &Node) -> PyResult<()> {
    Ok(())
}
pub fn lend(_renderer: &mut dyn Any, _object: &Bound<'_, PyAny>) -> PyResult<()> {
    Ok(())
}

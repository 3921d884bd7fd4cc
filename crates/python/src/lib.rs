//! Floor 5 of Redstart: the wall between the engine and Python. This file
//! declares the module tree of `redstart._native`, nothing else.

use pyo3::prelude::*;

/// The engine of Redstart.
#[pymodule]
mod _native {}

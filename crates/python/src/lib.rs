//! Floor 5 of Redstart: the wall between the engine and Python. This file
//! declares the module tree of `redstart._native`, nothing else.

use pyo3::prelude::*;

mod context;
mod convert;
mod errors;
mod node;
mod tree;

/// The engine of Redstart.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::errors::register_exceptions;
    #[pymodule_export]
    use crate::node::{
        PyColumnBase, PyExpression, PyFieldBase, PyNode, PyStringExpression, register_factories,
    };
    #[pymodule_export]
    use crate::tree::{Tree, builders};
}

//! Floor 5 of Redstart: the wall between the engine and Python. This file
//! declares the module tree of `redstart._native`, nothing else.

#![expect(
    clippy::needless_pass_by_value,
    reason = "pyo3 hands arguments over by value"
)]
#![expect(
    clippy::unused_self,
    reason = "a method that Python calls takes self, read or not"
)]

use pyo3::prelude::*;

mod attached;
mod binding;
mod capability;
mod connect;
mod connection;
mod context;
mod convert;
mod cursor;
mod errors;
mod function;
mod instance;
mod introspect;
mod node;
mod pool;
mod recursion;
mod render;
mod route;
mod row;
mod scope;
mod tree;
mod wait;

/// The engine of Redstart.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::capability::PyCapability;
    #[pymodule_export]
    use crate::connect::{apostgres_connect, asqlite_connect, postgres_connect, sqlite_connect};
    #[pymodule_export]
    use crate::connection::Connection;
    #[pymodule_export]
    use crate::context::{AliasManager, PyContext, PyState};
    #[pymodule_export]
    use crate::cursor::Cursor;
    #[pymodule_export]
    use crate::errors::register_exceptions;
    #[pymodule_export]
    use crate::instance::{
        FieldAccessor, ForeignKeyAccessor, Instance, Layout, LoadPlan, ObjectIdAccessor, SavePlan,
        SelectPlans,
    };
    #[pymodule_export]
    use crate::node::{
        PyColumnBase, PyExpression, PyFieldBase, PyNode, PyStringExpression, register_factories,
    };
    #[pymodule_export]
    use crate::pool::{Lease, Pool};
    #[pymodule_export]
    use crate::render::{PyRendered, render};
    #[pymodule_export]
    use crate::route::Route;
    #[pymodule_export]
    use crate::row::{CursorIterator, CursorWrapper, RowPlan};
    #[pymodule_export]
    use crate::scope::{ConnectionState, Scopes};
    #[pymodule_export]
    use crate::tree::{Tree, builders};
    #[pymodule_export]
    use crate::wait::Awaitable;

    #[pymodule_init]
    #[expect(clippy::unnecessary_wraps, reason = "pyo3 wants a result")]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::instance::visit_directly(module.py());
        crate::wait::host_drivers();
        Ok(())
    }
}

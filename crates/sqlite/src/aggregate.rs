//! Aggregates and window functions of the program that SQL may call.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use redstart_core::{Result, Value};
use rusqlite::ffi;

use crate::connection::{Connection, c_string};
use crate::function::{arguments, created, fail, guarded};
use crate::handle::Handle;
use crate::value;

/// One computation of an aggregate, over the rows of one group.
pub trait Aggregate: Send {
    /// Takes the values of one row.
    fn step(&mut self, values: &[Value]) -> Result<()>;

    /// Gives the result. Called once, last; a group without rows gives NULL and
    /// makes no computation.
    fn finalize(&mut self) -> Result<Value>;
}

/// One computation of a window function, over a window that moves.
pub trait WindowAggregate: Aggregate {
    /// Takes back the values of a row that left the window.
    fn inverse(&mut self, values: &[Value]) -> Result<()>;

    /// Gives the result for the window as it is.
    fn value(&mut self) -> Result<Value>;
}

/// Begins a computation of an aggregate.
pub type AggregateFactory = Arc<dyn Fn() -> Result<Box<dyn Aggregate>> + Send + Sync>;

/// Begins a computation of a window function.
pub type WindowFactory = Arc<dyn Fn() -> Result<Box<dyn WindowAggregate>> + Send + Sync>;

impl Connection {
    /// Registers an aggregate under a name; `arguments` is -1 for any number.
    pub fn create_aggregate(
        &self,
        name: &str,
        arguments: i32,
        factory: AggregateFactory,
    ) -> Result<()> {
        let lock = self.handle().lock()?;
        let own_name = c_string(name)?;
        let data = self.registration(factory);
        // SAFETY: the connection is open and locked; SQLite frees `data` with `free`,
        // also where this call fails.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                lock.db(),
                own_name.as_ptr(),
                arguments,
                ffi::SQLITE_UTF8,
                data,
                None,
                Some(step::<dyn Aggregate>),
                Some(finalize::<dyn Aggregate>),
                Some(free::<dyn Aggregate>),
            )
        };
        created(&lock, code, name)
    }

    /// Registers a window function, which is an aggregate too, under a name.
    pub fn create_window_function(
        &self,
        name: &str,
        arguments: i32,
        factory: WindowFactory,
    ) -> Result<()> {
        let lock = self.handle().lock()?;
        let own_name = c_string(name)?;
        let data = self.registration(factory);
        // SAFETY: as above.
        let code = unsafe {
            ffi::sqlite3_create_window_function(
                lock.db(),
                own_name.as_ptr(),
                arguments,
                ffi::SQLITE_UTF8,
                data,
                Some(step::<dyn WindowAggregate>),
                Some(finalize::<dyn WindowAggregate>),
                Some(current_value),
                Some(inverse),
                Some(free::<dyn WindowAggregate>),
            )
        };
        created(&lock, code, name)
    }

    fn registration<T: ?Sized>(&self, factory: Factory<T>) -> *mut c_void {
        let handle = Arc::as_ptr(self.handle());
        Box::into_raw(Box::new(Registration { handle, factory })).cast()
    }
}

type Factory<T> = Arc<dyn Fn() -> Result<Box<T>> + Send + Sync>;

/// What `SQLite` keeps for an aggregate.
struct Registration<T: ?Sized> {
    /// The connection, which outlives every call.
    handle: *const Handle,
    factory: Factory<T>,
}

/// Where `SQLite` keeps a computation: zeroed memory at first, then a box's address.
type Slot<T> = *mut *mut Box<T>;

unsafe fn registration<'a, T: ?Sized>(context: *mut ffi::sqlite3_context) -> &'a Registration<T> {
    // SAFETY: every callback of this file is registered with such data; SQLite
    // refuses to replace an aggregate that runs.
    unsafe { &*ffi::sqlite3_user_data(context).cast::<Registration<T>>() }
}

/// Gives the computation under way, if one was begun.
unsafe fn current<'a, T: ?Sized>(context: *mut ffi::sqlite3_context) -> Option<&'a mut Box<T>> {
    // SAFETY: the slot is SQLite's memory for this group, null where none was asked for.
    unsafe {
        let slot: Slot<T> = ffi::sqlite3_aggregate_context(context, 0).cast();
        slot.as_mut().and_then(|computation| computation.as_mut())
    }
}

/// Gives the computation under way, or begins one; `None` after a failure.
unsafe fn begin<'a, T: ?Sized>(context: *mut ffi::sqlite3_context) -> Option<&'a mut Box<T>> {
    const SIZE: usize = size_of::<*mut c_void>();
    // SAFETY: as above; the box is taken back by `finalize`, which SQLite always calls.
    unsafe {
        let size = c_int::try_from(SIZE).unwrap_or(8);
        let slot: Slot<T> = ffi::sqlite3_aggregate_context(context, size).cast();
        if slot.is_null() {
            ffi::sqlite3_result_error_nomem(context);
            return None;
        }
        if (*slot).is_null() {
            let registration = registration::<T>(context);
            match guarded(|| (registration.factory)()) {
                Ok(computation) => *slot = Box::into_raw(Box::new(computation)),
                Err(failure) => {
                    fail(context, registration.handle, failure, &message("__init__"));
                    return None;
                }
            }
        }
        (*slot).as_mut()
    }
}

unsafe extern "C" fn step<T: Computation + ?Sized>(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite passes the context and the arguments of the running aggregate.
    unsafe {
        let Some(computation) = begin::<T>(context) else {
            return;
        };
        if let Err(failure) = guarded(|| computation.take(&arguments(count, values)?)) {
            let handle = registration::<T>(context).handle;
            fail(context, handle, failure, &message("step"));
        }
    }
}

unsafe extern "C" fn finalize<T: Computation + ?Sized>(context: *mut ffi::sqlite3_context) {
    // SAFETY: as above; the box leaves its slot, so nobody else frees it.
    unsafe {
        let slot: Slot<T> = ffi::sqlite3_aggregate_context(context, 0).cast();
        let Some(slot) = slot.as_mut().filter(|slot| !slot.is_null()) else {
            return;
        };
        let mut computation = Box::from_raw(std::mem::replace(slot, ptr::null_mut()));
        let outcome = guarded(|| value::set_result(context, &computation.end()?));
        if let Err(failure) = outcome {
            let handle = registration::<T>(context).handle;
            fail(context, handle, failure, &message("finalize"));
        }
    }
}

unsafe extern "C" fn current_value(context: *mut ffi::sqlite3_context) {
    // SAFETY: as above.
    unsafe {
        let Some(computation) = current::<dyn WindowAggregate>(context) else {
            return;
        };
        let outcome = guarded(|| value::set_result(context, &computation.value()?));
        if let Err(failure) = outcome {
            let handle = registration::<dyn WindowAggregate>(context).handle;
            fail(context, handle, failure, &message("value"));
        }
    }
}

unsafe extern "C" fn inverse(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: as above.
    unsafe {
        let Some(computation) = current::<dyn WindowAggregate>(context) else {
            return;
        };
        if let Err(failure) = guarded(|| computation.inverse(&arguments(count, values)?)) {
            let handle = registration::<dyn WindowAggregate>(context).handle;
            fail(context, handle, failure, &message("inverse"));
        }
    }
}

unsafe extern "C" fn free<T: ?Sized>(data: *mut c_void) {
    // SAFETY: `data` was made by `registration` for this type; SQLite frees it once.
    drop(unsafe { Box::from_raw(data.cast::<Registration<T>>()) });
}

/// What the two kinds of computations share, so that their callbacks are written once.
trait Computation {
    fn take(&mut self, values: &[Value]) -> Result<()>;
    fn end(&mut self) -> Result<Value>;
}

impl Computation for dyn Aggregate {
    fn take(&mut self, values: &[Value]) -> Result<()> {
        self.step(values)
    }

    fn end(&mut self) -> Result<Value> {
        self.finalize()
    }
}

impl Computation for dyn WindowAggregate {
    fn take(&mut self, values: &[Value]) -> Result<()> {
        self.step(values)
    }

    fn end(&mut self) -> Result<Value> {
        self.finalize()
    }
}

fn message(method: &str) -> String {
    format!("user-defined aggregate's '{method}' method raised error")
}

//! Scalar functions of the program that SQL may call, and what every kind of user
//! function shares: its place in `SQLite`, its arguments, its failure.

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;
use std::sync::Arc;

use redstart_core::{Error, ErrorKind, Result, Value};
use rusqlite::ffi;

use crate::connection::{Connection, c_string};
use crate::handle::{Handle, Locked};
use crate::value;

/// A function of one row's values.
pub type Function = Arc<dyn Fn(&[Value]) -> Result<Value> + Send + Sync>;

impl Connection {
    /// Registers a function under a name; the same name and number of arguments
    /// replace an older one. `arguments` is -1 for any number. A deterministic function may
    /// stand in indexes.
    ///
    /// A statement whose function fails gives an operational error which carries the
    /// host's failure.
    pub fn create_scalar_function(
        &self,
        name: &str,
        arguments: i32,
        deterministic: bool,
        function: Function,
    ) -> Result<()> {
        let lock = self.handle().lock()?;
        let own_name = c_string(name)?;
        let data = Box::into_raw(Box::new(Scalar {
            handle: Arc::as_ptr(self.handle()),
            function,
        }));
        let flags = if deterministic {
            ffi::SQLITE_DETERMINISTIC
        } else {
            0
        };
        // SAFETY: the connection is open and locked; SQLite frees `data` with
        // `free_scalar`, also where this call fails.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                lock.db(),
                own_name.as_ptr(),
                arguments,
                ffi::SQLITE_UTF8 | flags,
                data.cast(),
                Some(call_scalar),
                None,
                None,
                Some(free_scalar),
            )
        };
        created(&lock, code, name)
    }

    /// Removes a scalar function, an aggregate or a window function.
    pub fn remove_function(&self, name: &str, arguments: i32) -> Result<()> {
        let lock = self.handle().lock()?;
        let own_name = c_string(name)?;
        // SAFETY: the connection is open and locked.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                lock.db(),
                own_name.as_ptr(),
                arguments,
                ffi::SQLITE_UTF8,
                ptr::null_mut(),
                None,
                None,
                None,
                None,
            )
        };
        created(&lock, code, name)
    }
}

/// What `SQLite` keeps for a scalar function.
struct Scalar {
    /// The connection, which outlives every call.
    handle: *const Handle,
    function: Function,
}

unsafe extern "C" fn call_scalar(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite passes the data of this function, its context and its arguments;
    // it refuses to replace a function that runs.
    unsafe {
        let scalar = &*ffi::sqlite3_user_data(context).cast::<Scalar>();
        let outcome = guarded(|| {
            let result = (scalar.function)(&arguments(count, values)?)?;
            value::set_result(context, &result)
        });
        if let Err(failure) = outcome {
            fail(
                context,
                scalar.handle,
                failure,
                "user-defined function raised exception",
            );
        }
    }
}

unsafe extern "C" fn free_scalar(data: *mut c_void) {
    // SAFETY: `data` was made by `Box::into_raw` and SQLite frees it once.
    drop(unsafe { Box::from_raw(data.cast::<Scalar>()) });
}

/// Runs a user function so that a panic becomes an error: it must not unwind into C.
pub(crate) fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Internal,
            "a user-defined function panicked",
        ))
    })
}

/// Reads the arguments of a user function.
///
/// # Safety
/// `count` and `values` are what `SQLite` passed to the running function.
pub(crate) unsafe fn arguments(
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) -> Result<Vec<Value>> {
    let count = usize::try_from(count).unwrap_or(0);
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's duty.
    unsafe {
        slice::from_raw_parts(values, count)
            .iter()
            .map(|value| value::argument(*value))
            .collect()
    }
}

/// Makes the running statement fail with a message, and keeps the reason for it.
///
/// # Safety
/// `context` is the context of the running function, `handle` its connection.
pub(crate) unsafe fn fail(
    context: *mut ffi::sqlite3_context,
    handle: *const Handle,
    failure: Error,
    message: &str,
) {
    let length = c_int::try_from(message.len()).unwrap_or(c_int::MAX);
    // SAFETY: the caller's duty; SQLite copies the message. The connection outlives
    // the calls of its functions.
    unsafe {
        ffi::sqlite3_result_error(context, message.as_ptr().cast(), length);
        (*handle).set_failure(failure);
    }
}

/// Turns the outcome of a registration into an error that names the function.
pub(crate) fn created(lock: &Locked<'_>, code: c_int, name: &str) -> Result<()> {
    lock.check(code).map_err(|failure| {
        let message = format!("Error creating function {name:?}: {failure}");
        let code = failure.code().unwrap_or(code);
        Error::new(ErrorKind::Operational, message).with_code(code, crate::error::code_name(code))
    })
}

//! The two hooks of a connection that are neither functions nor collations: the
//! trace of statements and the progress of long ones.

use std::ffi::{CStr, c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use redstart_core::Result;
use rusqlite::ffi;

use crate::busy::Busy;
use crate::connection::Connection;

/// What is told the text of each statement, with its values written in, when it begins.
pub type Trace = Arc<dyn Fn(&str) + Send + Sync>;

/// What is asked now and then whether a running statement is to be interrupted.
pub type ProgressHandler = Arc<dyn Fn() -> bool + Send + Sync>;

/// The hooks in place, boxed so that `SQLite` can point to them.
#[derive(Default)]
pub(crate) struct Hooks {
    trace: Option<Box<Trace>>,
    progress: Option<Box<ProgressHandler>>,
    pub(crate) busy: Option<Box<Busy>>,
}

impl Hooks {
    /// Gives who is asked whether a statement is to be interrupted.
    pub(crate) fn watch(&self) -> Option<ProgressHandler> {
        self.progress.as_ref().map(|handler| (**handler).clone())
    }
}

impl Connection {
    /// Tells `trace` the text of each statement when it begins; `None` stops that.
    pub fn set_trace(&self, trace: Option<Trace>) -> Result<()> {
        let lock = self.handle().lock()?;
        let boxed = trace.map(Box::new);
        let (callback, context): (Option<TraceCallback>, _) = match &boxed {
            Some(trace) => (Some(on_trace), address::<Trace>(trace)),
            None => (None, ptr::null_mut()),
        };
        // SAFETY: the box outlives its registration: it is dropped after the next one.
        let code =
            unsafe { ffi::sqlite3_trace_v2(lock.db(), ffi::SQLITE_TRACE_STMT, callback, context) };
        lock.check(code)?;
        let previous = std::mem::replace(&mut self.handle().hooks().trace, boxed);
        drop(previous);
        Ok(())
    }

    /// Asks `handler` every `steps` steps of the virtual machine, and while a statement waits for
    /// a lock, whether to interrupt the statement (true interrupts); `None` stops that.
    pub fn set_progress_handler(&self, handler: Option<ProgressHandler>, steps: i32) -> Result<()> {
        let lock = self.handle().lock()?;
        let boxed = handler.map(Box::new);
        let (callback, context): (Option<ProgressCallback>, _) = match &boxed {
            Some(handler) => (Some(on_progress), address::<ProgressHandler>(handler)),
            None => (None, ptr::null_mut()),
        };
        // SAFETY: the box outlives its registration: it is dropped after the next one.
        unsafe { ffi::sqlite3_progress_handler(lock.db(), steps, callback, context) };
        let previous = std::mem::replace(&mut self.handle().hooks().progress, boxed);
        drop(previous);
        Ok(())
    }
}

type TraceCallback = unsafe extern "C" fn(c_uint, *mut c_void, *mut c_void, *mut c_void) -> c_int;
type ProgressCallback = unsafe extern "C" fn(*mut c_void) -> c_int;

fn address<T>(hook: &T) -> *mut c_void {
    ptr::from_ref(hook).cast_mut().cast()
}

unsafe extern "C" fn on_trace(
    _event: c_uint,
    context: *mut c_void,
    statement: *mut c_void,
    text: *mut c_void,
) -> c_int {
    // SAFETY: `context` is the address of the registered hook. The clone keeps the
    // hook alive if it replaces itself.
    let trace = unsafe { (*context.cast::<Trace>()).clone() };
    // SAFETY: SQLite passes the running statement and its text; the expanded text,
    // null when there is no memory for it, is freed below.
    unsafe {
        let expanded = ffi::sqlite3_expanded_sql(statement.cast());
        let shown = if expanded.is_null() {
            text.cast()
        } else {
            expanded
        };
        let sql = CStr::from_ptr(shown).to_string_lossy();
        // A hook has no way to report a panic; the statement goes on.
        let _ = catch_unwind(AssertUnwindSafe(|| trace(&sql)));
        ffi::sqlite3_free(expanded.cast());
    }
    0
}

unsafe extern "C" fn on_progress(context: *mut c_void) -> c_int {
    // SAFETY: `context` is the address of the registered hook, as above.
    let handler = unsafe { (*context.cast::<ProgressHandler>()).clone() };
    let interrupt = catch_unwind(AssertUnwindSafe(&*handler));
    c_int::from(interrupt.unwrap_or(true))
}

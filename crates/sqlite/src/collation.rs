//! Orders of text that the program defines and SQL names with COLLATE.

use std::cmp::Ordering;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;
use std::sync::Arc;

use redstart_core::Result;
use rusqlite::ffi;

use crate::connection::{Connection, c_string};

/// An order of text. `SQLite` gives it no way to fail.
pub type Collation = Arc<dyn Fn(&str, &str) -> Ordering + Send + Sync>;

impl Connection {
    /// Registers an order of text under a name; the same name replaces an older one.
    /// Text that is not UTF-8 reaches it with replacement characters.
    pub fn create_collation(&self, name: &str, collation: Collation) -> Result<()> {
        let lock = self.handle().lock()?;
        let name = c_string(name)?;
        let data = Box::into_raw(Box::new(collation));
        // SAFETY: the connection is open and locked; SQLite frees `data` with `free`.
        let code = unsafe {
            ffi::sqlite3_create_collation_v2(
                lock.db(),
                name.as_ptr(),
                ffi::SQLITE_UTF8,
                data.cast(),
                Some(compare),
                Some(free),
            )
        };
        if code != ffi::SQLITE_OK {
            // SAFETY: unlike for functions, SQLite leaves `data` to its caller where
            // the registration fails.
            drop(unsafe { Box::from_raw(data) });
        }
        lock.check(code)
    }

    /// Removes an order of text.
    pub fn remove_collation(&self, name: &str) -> Result<()> {
        let lock = self.handle().lock()?;
        let name = c_string(name)?;
        // SAFETY: the connection is open and locked.
        lock.check(unsafe {
            ffi::sqlite3_create_collation_v2(
                lock.db(),
                name.as_ptr(),
                ffi::SQLITE_UTF8,
                ptr::null_mut(),
                None,
                None,
            )
        })
    }
}

unsafe extern "C" fn compare(
    data: *mut c_void,
    left_len: c_int,
    left: *const c_void,
    right_len: c_int,
    right: *const c_void,
) -> c_int {
    // SAFETY: SQLite passes the registered data and two texts with their lengths.
    let outcome = unsafe {
        let collation = &*data.cast::<Collation>();
        let left = String::from_utf8_lossy(bytes(left, left_len));
        let right = String::from_utf8_lossy(bytes(right, right_len));
        catch_unwind(AssertUnwindSafe(|| collation(&left, &right)))
    };
    // A panic counts as "equal": there is no way to report it from here.
    match outcome.unwrap_or(Ordering::Equal) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

unsafe extern "C" fn free(data: *mut c_void) {
    // SAFETY: `data` was made by `Box::into_raw` and SQLite frees it once.
    drop(unsafe { Box::from_raw(data.cast::<Collation>()) });
}

unsafe fn bytes<'a>(start: *const c_void, len: c_int) -> &'a [u8] {
    match usize::try_from(len) {
        // SAFETY: the caller's text has `len` bytes.
        Ok(len) if len > 0 => unsafe { slice::from_raw_parts(start.cast(), len) },
        _ => &[],
    }
}

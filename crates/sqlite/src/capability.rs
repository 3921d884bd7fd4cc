//! What the compiled-in `SQLite` can do, and which version it is. How a dialect
//! differs from the standard stays in floor 1.

use redstart_core::Capability;
use rusqlite::ffi;

/// States the abilities of the compiled-in `SQLite`.
pub fn capability() -> Capability {
    Capability::sqlite()
}

/// Gives the version as three numbers: 3.54.1 is `(3, 54, 1)`.
pub fn server_version() -> (i32, i32, i32) {
    // SAFETY: the function reads a constant.
    let number = unsafe { ffi::sqlite3_libversion_number() };
    (number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
}

/// Gives the version as text, such as `3.54.1`.
pub fn server_version_text() -> &'static str {
    ffi::SQLITE_VERSION.to_str().unwrap_or_default()
}

//! `SQLite`'s result codes as the one error type. The kind comes from the code,
//! as CPython's driver decides it; the text of a message decides nothing.

use std::ffi::{CStr, c_int};

use redstart_core::error::Constraint;
use redstart_core::{Error, ErrorKind};
use rusqlite::ffi;

/// Makes the error for a result code (extended or primary) and `SQLite`'s message.
pub fn from_code(code: i32, message: impl Into<String>) -> Error {
    let mut error = Error::new(kind(code), message).with_code(code, code_name(code));
    if let Some(constraint) = constraint(code) {
        error = error.with_constraint(constraint);
    }
    if primary(code) == ffi::SQLITE_INTERRUPT {
        error = error.with_interrupted();
    }
    error
}

/// Gives the name of a result code, such as `SQLITE_CONSTRAINT_UNIQUE`.
pub fn code_name(code: i32) -> &'static str {
    let name = |wanted: i32| CODES.iter().find(|(known, _)| *known == wanted);
    name(code)
        .or_else(|| name(primary(code)))
        .map_or("SQLITE_UNKNOWN", |(_, name)| name)
}

/// Makes the error for every use of a closed connection.
pub fn closed() -> Error {
    programming("Cannot operate on a closed database.")
}

pub(crate) fn programming(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Programming, message)
}

/// Makes the error for a code without a connection to ask for a message.
pub(crate) fn without_connection(code: c_int) -> Error {
    // SAFETY: the function gives a constant text for any number.
    let text = unsafe { CStr::from_ptr(ffi::sqlite3_errstr(code)) };
    from_code(code, text.to_string_lossy())
}

/// Makes the error for what last failed on a connection.
///
/// # Safety
/// `db` is an open connection whose mutex the caller holds.
pub(crate) unsafe fn last(db: *mut ffi::sqlite3) -> Error {
    // SAFETY: the caller's duty; the text is copied before the mutex is left.
    let (code, text) = unsafe {
        (
            ffi::sqlite3_extended_errcode(db),
            CStr::from_ptr(ffi::sqlite3_errmsg(db)),
        )
    };
    from_code(code, text.to_string_lossy())
}

fn primary(code: i32) -> i32 {
    code & 0xff
}

fn kind(code: i32) -> ErrorKind {
    match primary(code) {
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => ErrorKind::Internal,
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_NOMEM
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_INTERRUPT
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => ErrorKind::Operational,
        ffi::SQLITE_TOOBIG => ErrorKind::Data,
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => ErrorKind::Integrity,
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => ErrorKind::Interface,
        _ => ErrorKind::Database,
    }
}

fn constraint(code: i32) -> Option<Constraint> {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_ROWID => Some(Constraint::Unique),
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Some(Constraint::PrimaryKey),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(Constraint::ForeignKey),
        ffi::SQLITE_CONSTRAINT_NOTNULL => Some(Constraint::NotNull),
        ffi::SQLITE_CONSTRAINT_CHECK => Some(Constraint::Check),
        _ => None,
    }
}

macro_rules! codes {
    ($($name:ident,)*) => {
        const CODES: &[(i32, &str)] = &[$((ffi::$name, stringify!($name)),)*];
    };
}

codes! {
    SQLITE_ERROR, SQLITE_INTERNAL, SQLITE_PERM, SQLITE_ABORT, SQLITE_BUSY, SQLITE_LOCKED,
    SQLITE_NOMEM, SQLITE_READONLY, SQLITE_INTERRUPT, SQLITE_IOERR, SQLITE_CORRUPT,
    SQLITE_NOTFOUND, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_EMPTY, SQLITE_SCHEMA,
    SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_NOLFS, SQLITE_AUTH,
    SQLITE_FORMAT, SQLITE_RANGE, SQLITE_NOTADB, SQLITE_ERROR_MISSING_COLLSEQ,
    SQLITE_ERROR_RETRY, SQLITE_ERROR_SNAPSHOT, SQLITE_ERROR_RESERVESIZE, SQLITE_ERROR_KEY,
    SQLITE_ERROR_UNABLE, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_WRITE,
    SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_FSTAT,
    SQLITE_IOERR_UNLOCK, SQLITE_IOERR_RDLOCK, SQLITE_IOERR_DELETE, SQLITE_IOERR_BLOCKED,
    SQLITE_IOERR_NOMEM, SQLITE_IOERR_ACCESS, SQLITE_IOERR_CHECKRESERVEDLOCK, SQLITE_IOERR_LOCK,
    SQLITE_IOERR_CLOSE, SQLITE_IOERR_DIR_CLOSE, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE,
    SQLITE_IOERR_SHMLOCK, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SEEK, SQLITE_IOERR_DELETE_NOENT,
    SQLITE_IOERR_MMAP, SQLITE_IOERR_GETTEMPPATH, SQLITE_IOERR_CONVPATH, SQLITE_IOERR_VNODE,
    SQLITE_IOERR_AUTH, SQLITE_IOERR_BEGIN_ATOMIC, SQLITE_IOERR_COMMIT_ATOMIC,
    SQLITE_IOERR_ROLLBACK_ATOMIC, SQLITE_IOERR_DATA, SQLITE_IOERR_CORRUPTFS,
    SQLITE_IOERR_IN_PAGE, SQLITE_IOERR_BADKEY, SQLITE_IOERR_CODEC, SQLITE_LOCKED_SHAREDCACHE,
    SQLITE_LOCKED_VTAB, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_TIMEOUT,
    SQLITE_CANTOPEN_NOTEMPDIR, SQLITE_CANTOPEN_ISDIR, SQLITE_CANTOPEN_FULLPATH,
    SQLITE_CANTOPEN_CONVPATH, SQLITE_CANTOPEN_DIRTYWAL, SQLITE_CANTOPEN_SYMLINK,
    SQLITE_CORRUPT_VTAB, SQLITE_CORRUPT_SEQUENCE, SQLITE_CORRUPT_INDEX,
    SQLITE_READONLY_RECOVERY, SQLITE_READONLY_CANTLOCK, SQLITE_READONLY_ROLLBACK,
    SQLITE_READONLY_DBMOVED, SQLITE_READONLY_CANTINIT, SQLITE_READONLY_DIRECTORY,
    SQLITE_ABORT_ROLLBACK, SQLITE_CONSTRAINT_CHECK, SQLITE_CONSTRAINT_COMMITHOOK,
    SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_FUNCTION, SQLITE_CONSTRAINT_NOTNULL,
    SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_UNIQUE,
    SQLITE_CONSTRAINT_VTAB, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_PINNED,
    SQLITE_CONSTRAINT_DATATYPE, SQLITE_AUTH_USER,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_the_primary_code() {
        assert_eq!(
            from_code(ffi::SQLITE_BUSY_SNAPSHOT, "").kind(),
            ErrorKind::Operational
        );
        assert_eq!(
            from_code(ffi::SQLITE_MISMATCH, "").kind(),
            ErrorKind::Integrity
        );
        assert_eq!(
            from_code(ffi::SQLITE_NOTADB, "").kind(),
            ErrorKind::Database
        );
        assert_eq!(from_code(ffi::SQLITE_TOOBIG, "").kind(), ErrorKind::Data);
        assert_eq!(
            from_code(ffi::SQLITE_RANGE, "").kind(),
            ErrorKind::Interface
        );
        assert_eq!(
            from_code(ffi::SQLITE_INTERNAL, "").kind(),
            ErrorKind::Internal
        );
    }

    #[test]
    fn an_unknown_extended_code_is_named_by_its_primary_code() {
        assert_eq!(code_name(ffi::SQLITE_BUSY | 77 << 8), "SQLITE_BUSY");
        assert_eq!(
            code_name(ffi::SQLITE_CONSTRAINT_UNIQUE),
            "SQLITE_CONSTRAINT_UNIQUE"
        );
        assert_eq!(code_name(4242), "SQLITE_UNKNOWN");
    }
}

//! Copying a whole database, page by page, into another connection's.

use std::thread;
use std::time::Duration;

use redstart_core::Result;
use rusqlite::ffi;

use crate::connection::{Connection, c_string};
use crate::error;

/// How a database is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The schema to copy, `main` by default.
    pub source: String,
    /// The schema to overwrite, `main` by default.
    pub target: String,
    /// How many pages are copied at a time; -1 for all.
    pub pages: i32,
    /// How long to wait where the source is locked.
    pub sleep: Duration,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            source: "main".into(),
            target: "main".into(),
            pages: -1,
            sleep: Duration::from_millis(250),
        }
    }
}

impl Connection {
    /// Copies this database into `target`, overwriting it. `progress` is told the
    /// remaining and the total pages after each round; its error ends the copying.
    ///
    /// Waits as long as the source stays locked.
    pub fn backup(
        &self,
        target: &Self,
        settings: &Backup,
        progress: &mut dyn FnMut(i32, i32) -> Result<()>,
    ) -> Result<()> {
        let source_use = self.handle().enter()?;
        let target_use = target.handle().enter()?;
        if source_use.db() == target_use.db() {
            return Err(redstart_core::Error::value(
                "The target of a backup cannot be the connection that is copied.",
            ));
        }
        let source_name = c_string(&settings.source)?;
        let target_name = c_string(&settings.target)?;
        // SAFETY: both connections stay alive as long as their uses; the mutex of the
        // target is held while its message is read.
        let backup = unsafe {
            ffi::sqlite3_backup_init(
                target_use.db(),
                target_name.as_ptr(),
                source_use.db(),
                source_name.as_ptr(),
            )
        };
        if backup.is_null() {
            return Err(target.handle().lock()?.failure(ffi::SQLITE_ERROR));
        }
        let outcome = copy_pages(backup, settings, progress);
        // SAFETY: the backup was begun above and is ended once.
        let code = unsafe { ffi::sqlite3_backup_finish(backup) };
        outcome?;
        if code == ffi::SQLITE_OK {
            Ok(())
        } else {
            Err(error::without_connection(code))
        }
    }
}

fn copy_pages(
    backup: *mut ffi::sqlite3_backup,
    settings: &Backup,
    progress: &mut dyn FnMut(i32, i32) -> Result<()>,
) -> Result<()> {
    let pages = if settings.pages == 0 {
        -1
    } else {
        settings.pages
    };
    loop {
        // SAFETY: the backup is alive until its caller ends it.
        let (code, remaining, total) = unsafe {
            let code = ffi::sqlite3_backup_step(backup, pages);
            let remaining = ffi::sqlite3_backup_remaining(backup);
            (code, remaining, ffi::sqlite3_backup_pagecount(backup))
        };
        progress(remaining, total)?;
        match code {
            ffi::SQLITE_DONE => return Ok(()),
            ffi::SQLITE_OK => {}
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => thread::sleep(settings.sleep),
            code => return Err(error::without_connection(code)),
        }
    }
}

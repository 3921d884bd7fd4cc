//! The engine over the `SQLite` driver, with real databases.

mod databases;
mod introspection;
mod row_batches;
mod transactions;

use redstart_engine::sqlite::Options;
use redstart_engine::{Connection, Target};

/// Names a database in memory.
pub(crate) fn memory() -> Target {
    Target::Sqlite(Options::new(":memory:"))
}

/// Opens a database in memory and runs a script in it.
pub(crate) fn open(script: &str) -> Connection {
    let connection = memory().connect().expect("memory always opens");
    connection.execute_script(script).expect("the script runs");
    connection
}

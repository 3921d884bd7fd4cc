//! The driver against real databases, in memory and in files.

mod connections;
mod errors;
mod functions;
mod statements;
mod threads;

use redstart_core::{Batch, Cell, Value};
use redstart_sqlite::{Connection, Options, Progress};

/// Opens a database in memory.
pub(crate) fn memory() -> Connection {
    Connection::open(&Options::new(":memory:")).expect("memory always opens")
}

/// Runs a statement and gives its rows as values.
pub(crate) fn rows(db: &Connection, sql: &str, values: &[Value]) -> Vec<Vec<Value>> {
    let mut statement = db.prepare(sql).expect("the statement compiles");
    statement.bind(values).expect("the values fit");
    let mut batch = Batch::default();
    let mut rows = Vec::new();
    loop {
        let progress = statement
            .step_into(&mut batch, 100)
            .expect("the statement runs");
        for row in 0..batch.len() {
            rows.push(
                batch
                    .row(row)
                    .iter()
                    .map(|cell| value(&batch, *cell))
                    .collect(),
            );
        }
        if progress == Progress::Done {
            return rows;
        }
        batch = Batch::default();
    }
}

/// Runs a statement for its effect.
pub(crate) fn run(db: &Connection, sql: &str) {
    db.execute(sql, &[]).expect("the statement runs");
}

fn value(batch: &Batch, cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(value) => Value::Int(value),
        Cell::Float(value) => Value::Float(value),
        Cell::Bool(value) => Value::Bool(value),
        Cell::Text(span) => {
            Value::text(String::from_utf8(batch.bytes(span).to_vec()).expect("UTF-8"))
        }
        Cell::Blob(span) | Cell::Raw(_, span) => Value::blob(batch.bytes(span)),
    }
}

//! Measures reading 10,000 rows of 8 columns and single rows by key, to compare the
//! driver with a loop in C. Run with `cargo run --release --example read_speed`.

use std::io::{self, Write};
use std::time::Instant;

use redstart_core::{Batch, Result, Value};
use redstart_sqlite::{Connection, Options, Progress};

fn main() -> Result<()> {
    let db = Connection::open(&Options::new(":memory:"))?;
    db.execute_script("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d, e, f, g)")?;
    db.execute_script("BEGIN")?;
    let sql = "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let started = Instant::now();
    for number in 0..10_000i64 {
        let text = Value::text(format!("user number {number}"));
        let moment = Value::text("2024-02-29 12:13:14.000015");
        let row = [
            number.into(),
            text.clone(),
            number.into(),
            Value::Float(0.5),
            Value::Bool(true),
            moment,
            text,
            Value::Null,
        ];
        let mut insert = db.prepare(sql)?;
        insert.bind(&row)?;
        insert.execute()?;
    }
    report("insert 10,000 rows", started);
    db.execute_script("COMMIT")?;
    for _ in 0..5 {
        let started = Instant::now();
        let mut statement = db.prepare("SELECT * FROM t")?;
        let mut rows = 0;
        loop {
            let mut batch = Batch::default();
            let progress = statement.step_into(&mut batch, 1000)?;
            rows += batch.len();
            if progress == Progress::Done {
                break;
            }
        }
        report(&format!("read {rows} rows"), started);
        let started = Instant::now();
        for number in 0..10_000i64 {
            let mut statement = db.prepare("SELECT * FROM t WHERE id = ?")?;
            statement.bind(&[number.into()])?;
            let mut batch = Batch::default();
            statement.step_into(&mut batch, 1)?;
        }
        report("10,000 rows by key", started);
    }
    Ok(())
}

fn report(what: &str, started: Instant) {
    let elapsed = started.elapsed();
    // A closed terminal is no reason to fail.
    let _ = writeln!(io::stdout(), "{what}: {elapsed:?}");
}

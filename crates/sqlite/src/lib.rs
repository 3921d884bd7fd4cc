//! Floor 3 of Redstart: the `SQLite` driver, compiled in. It opens connections,
//! prepares, binds and steps statements, fills batches of raw cells and registers
//! functions. It builds no SQL and knows no model.

mod aggregate;
mod backup;
mod busy;
pub mod capability;
mod collation;
mod comment;
pub mod connection;
pub mod error;
pub mod function;
mod handle;
mod hooks;
pub mod options;
pub mod statement;
mod statement_cache;
pub mod transaction;
mod value;

pub use aggregate::{Aggregate, AggregateFactory, WindowAggregate, WindowFactory};
pub use backup::Backup;
pub use collation::Collation;
pub use connection::{Connection, InterruptHandle};
pub use function::Function;
pub use hooks::{ProgressHandler, Trace};
pub use options::Options;
pub use statement::{Progress, Statement};

//! Floor 4 of Redstart: the database with its connections by scope, transactions,
//! rows and introspection, over any driver. It knows no host language; a host hands
//! in scopes and hooks.

mod blocking;
pub mod connection;
pub mod database;
pub mod introspect;
pub mod outcome;
pub mod parameters;
pub mod pending;
pub mod request;
pub mod rows;
pub mod scope;
pub mod state;
pub mod statement;
pub mod transaction;

pub use connection::{Connection, InterruptHandle};
pub use database::{ConnectHook, Database, Target};
pub use outcome::Outcome;
pub use parameters::{Parameters, Values};
pub use pending::{OwnedRequest, Pending};
/// The PostgreSQL driver, for what only PostgreSQL can do; see [`Connection::require_postgres`].
pub use redstart_postgres as postgres;
/// The `SQLite` driver, for what only `SQLite` can do; see [`Connection::require_sqlite`].
pub use redstart_sqlite as sqlite;
pub use request::Request;
pub use rows::{Column, Rows};
pub use scope::{ScopeId, Scopes};
pub use state::{AfterCommit, Block, State};
pub use statement::Statement;

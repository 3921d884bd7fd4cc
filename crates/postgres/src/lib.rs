//! Floor 3 of Redstart: the PostgreSQL driver. It speaks version 3 of the protocol over a
//! non-blocking socket; its operations are futures without a runtime. It builds no SQL but
//! that of transactions, and knows no model.

mod answer;
mod cancel;
pub mod capability;
mod channel_binding;
mod connect;
pub mod connection;
pub mod decode;
mod error;
mod frame;
mod literal;
mod login;
pub mod oid;
pub mod options;
mod request;
mod row;
mod session;
mod socket;
mod statement;
mod stream;
mod text;
mod tls;
pub mod transaction;
mod value;
mod wire;

pub use answer::Answer;
pub use connection::{Connection, Statement};
pub use options::Options;
pub use request::Values;

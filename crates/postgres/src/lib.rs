//! Floor 3 of Redstart: the PostgreSQL driver. It knows how a connection is
//! configured. It builds no SQL and knows no model.

#![forbid(unsafe_code)]

pub mod options;

pub use options::Options;

//! Floor 1 of Redstart: the values, the schema, the statement tree, what a
//! database is capable of, and the one error type. Pure data: nothing here
//! performs I/O, reads a clock or knows a host language.

pub mod batch;
pub mod capability;
pub mod column;
pub mod error;
pub mod field;
pub mod moment;
pub mod node;
pub mod opaque;
pub mod operator;
pub mod schema;
pub mod value;

pub use batch::{Batch, Cell};
pub use capability::Capability;
pub use column::Column;
pub use error::{Error, ErrorKind, Result};
pub use field::{FieldDef, FieldKind};
pub use node::{Name, Node, Nodes};
pub use opaque::{HostConverter, HostNode, OpaqueValue};
pub use operator::Operator;
pub use value::Value;

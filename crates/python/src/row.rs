//! Rows become Python objects: plans made once for a query, decoding by read kind, and
//! the wrapper that caches what a cursor gave. No statement is run here.

mod cells;
mod cursor_wrapper;
mod decode;
mod graph;
mod mapping;
mod plan;
mod sequence;
mod shape;
mod source;

pub use cursor_wrapper::{CursorIterator, CursorWrapper};
pub use plan::RowPlan;

pub(crate) use cells::Cells;
pub(crate) use decode::Reader;
pub(crate) use sequence::raw_tuple;
pub(crate) use shape::RowShape;

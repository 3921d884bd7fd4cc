//! The only place that looks inside Python values: from Python and back.

pub mod from_python;
pub mod postgres;
pub mod to_python;

//! The values of one execution, in order or by name. How they are converted is not known
//! here.

use redstart_core::Value;

/// What is bound to the placeholders of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Parameters<'a> {
    /// For placeholders in order.
    Positional(&'a [Value]),
    /// For named placeholders, by name without prefix. Names that the statement does not
    /// know are left out.
    Named(&'a [(String, Value)]),
}

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

/// The same, owned.
#[derive(Clone, Debug)]
pub enum Values {
    /// For placeholders in order.
    Positional(Vec<Value>),
    /// For named placeholders.
    Named(Vec<(String, Value)>),
}

impl Values {
    /// Lends the values.
    pub fn lend(&self) -> Parameters<'_> {
        match self {
            Self::Positional(values) => Parameters::Positional(values),
            Self::Named(values) => Parameters::Named(values),
        }
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::Positional(Vec::new())
    }
}

impl<'a> From<Parameters<'a>> for redstart_postgres::Values<'a> {
    fn from(parameters: Parameters<'a>) -> Self {
        match parameters {
            Parameters::Positional(values) => Self::Positional(values),
            Parameters::Named(values) => Self::Named(values),
        }
    }
}

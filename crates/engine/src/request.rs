//! A statement that is to run, with its values and for how long it may.

use std::time::Duration;

use crate::parameters::Parameters;

/// A statement, its values, and how they are to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The text.
    pub sql: &'a str,
    /// The values.
    pub parameters: Parameters<'a>,
    /// Where placeholders begin with a percent sign (PostgreSQL), a percent sign that is none
    /// stands doubled. Without it the text is taken as it is.
    pub formatted: bool,
    /// How long the statement may take, where that is not left to the connection.
    pub timeout: Option<Duration>,
}

impl<'a> Request<'a> {
    /// Asks for a statement as a renderer writes it.
    pub fn new(sql: &'a str, parameters: Parameters<'a>) -> Self {
        Self {
            sql,
            parameters,
            formatted: true,
            timeout: None,
        }
    }

    /// Asks for a statement without values, as it stands.
    pub fn plain(sql: &'a str) -> Self {
        Self {
            sql,
            parameters: Parameters::Positional(&[]),
            formatted: false,
            timeout: None,
        }
    }
}

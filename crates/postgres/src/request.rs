//! What a session is asked: a text, its values, and until when.

use std::time::Instant;

use redstart_core::Value;

/// The values of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// For `%s`, in order.
    Positional(&'a [Value]),
    /// For `%(name)s`.
    Named(&'a [(String, Value)]),
}

/// A statement to run.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) sql: &'a str,
    pub(crate) values: Values<'a>,
    /// Percent signs are placeholders, or doubled.
    pub(crate) formatted: bool,
    /// When the statement has to be done.
    pub(crate) deadline: Option<Instant>,
}

impl Request<'_> {
    /// Leaves the end `OFFSET %s` out where its value is 0, which says nothing: a plan for any
    /// offset looks so expensive that the server would make a new one each time.
    pub(crate) fn without_offset(self) -> Self {
        let sql = self.sql.strip_suffix(" OFFSET %s");
        match (sql, self.values) {
            (Some(sql), Values::Positional([values @ .., Value::Int(0)])) if self.formatted => {
                Self {
                    sql,
                    values: Values::Positional(values),
                    ..self
                }
            }
            _ => self,
        }
    }
}

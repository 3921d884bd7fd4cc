//! Introspection over answers that are given by hand: what is asked, and what is read from
//! the answer. That the statements themselves are right is shown with real servers.

mod postgres;

use redstart_core::{Error, Result, Value};
use redstart_engine::introspect::Ask;

/// Gives prepared answers, one for each question, and keeps the questions.
#[derive(Default)]
pub(crate) struct Script {
    answers: Vec<Vec<Vec<Value>>>,
    pub(crate) asked: Vec<(String, Vec<String>)>,
}

impl Script {
    pub(crate) fn new(mut answers: Vec<Vec<Vec<Value>>>) -> Self {
        answers.reverse();
        Self {
            answers,
            asked: Vec::new(),
        }
    }
}

impl Ask for Script {
    fn ask(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>> {
        let text = |value: &Value| match value {
            Value::Text(text) => text.to_string(),
            _ => "no text".into(),
        };
        let values = values.iter().map(text).collect();
        self.asked.push((sql.to_owned(), values));
        let answer = self.answers.pop();
        answer.ok_or_else(|| Error::value("one question more than there are answers"))
    }
}

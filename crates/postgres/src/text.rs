//! SQL text with placeholders in Python's form (`%s`, `%(name)s`, `%%`) becomes text with the
//! server's (`$1`), taken apart into statements.

use redstart_core::{Result, Value};

use crate::literal;

/// A text, scanned.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// The pieces between the placeholders; one more than there are placeholders.
    pieces: Vec<Piece<'a>>,
    /// The name of each placeholder; empty for one without.
    pub(crate) placeholders: Vec<&'a str>,
}

/// What stands between two placeholders: slices of the text, and where a statement ends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Piece<'a>(Vec<Part<'a>>);

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    /// A semicolon outside of quotes and comments.
    End,
}

impl<'a> Text<'a> {
    /// Scans a text. Where it is not `formatted`, a percent sign is nothing special.
    pub(crate) fn scan(sql: &'a str, formatted: bool) -> Self {
        let mut text = Self {
            pieces: vec![Piece::default()],
            placeholders: Vec::new(),
        };
        let bytes = sql.as_bytes();
        let (mut start, mut at) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'%' if formatted => {
                    text.push(slice(sql, start, at));
                    at = text.percent(sql, at);
                    start = at;
                    continue;
                }
                b';' => {
                    text.push(slice(sql, start, at));
                    text.end();
                    start = at + 1;
                }
                _ => {
                    let behind = skip(bytes, at);
                    if formatted && slice(sql, at, behind).contains('%') {
                        // Percent signs are doubled in quotes as well.
                        at = text.quoted(sql, start, at, behind);
                        start = at;
                    } else {
                        at = behind;
                    }
                    continue;
                }
            }
            at += 1;
        }
        text.push(slice(sql, start, sql.len()));
        text
    }

    /// Writes the one statement with the server's placeholders.
    pub(crate) fn numbered(&self) -> String {
        let mut sql = String::new();
        for (place, piece) in self.pieces.iter().enumerate() {
            if place > 0 {
                sql.push('$');
                sql.push_str(&place.to_string());
            }
            for part in &piece.0 {
                if let Part::Text(text) = part {
                    sql.push_str(text);
                }
            }
        }
        sql
    }

    /// Writes the statements with the values in them, as one text.
    pub(crate) fn inlined(&self, values: &[Value]) -> Result<String> {
        let mut sql = String::new();
        for (place, piece) in self.pieces.iter().enumerate() {
            if let Some(value) = place.checked_sub(1).and_then(|place| values.get(place)) {
                literal::write(&mut sql, value)?;
            }
            for part in &piece.0 {
                sql.push_str(match part {
                    Part::Text(text) => text,
                    Part::End => ";",
                });
            }
        }
        Ok(sql)
    }

    /// Tells whether there is more than one statement.
    pub(crate) fn is_script(&self) -> bool {
        let mut ended = false;
        for part in self.pieces.iter().flat_map(|piece| &piece.0) {
            match part {
                Part::End => ended = true,
                Part::Text(text) if ended && !is_blank(text) => return true,
                Part::Text(_) => {}
            }
        }
        false
    }

    fn push(&mut self, text: &'a str) {
        if let Some(piece) = self.pieces.last_mut().filter(|_| !text.is_empty()) {
            piece.0.push(Part::Text(text));
        }
    }

    fn end(&mut self) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.0.push(Part::End);
        }
    }

    /// Takes a percent sign and what belongs to it; gives the place behind.
    fn percent(&mut self, sql: &'a str, at: usize) -> usize {
        let bytes = sql.as_bytes();
        match bytes.get(at + 1) {
            Some(b'%') => {
                self.push(slice(sql, at, at + 1));
                at + 2
            }
            Some(b's') => {
                self.placeholder("");
                at + 2
            }
            Some(b'(') => {
                let rest = slice(sql, at, sql.len());
                match rest
                    .find(')')
                    .filter(|close| rest.as_bytes().get(close + 1) == Some(&b's'))
                {
                    Some(close) => {
                        self.placeholder(slice(rest, 2, close));
                        at + close + 2
                    }
                    None => self.percent_sign(sql, at),
                }
            }
            // Nothing that asks for a value: it stands for itself.
            _ => self.percent_sign(sql, at),
        }
    }

    fn percent_sign(&mut self, sql: &'a str, at: usize) -> usize {
        self.push(slice(sql, at, at + 1));
        at + 1
    }

    fn placeholder(&mut self, name: &'a str) {
        self.placeholders.push(name);
        self.pieces.push(Piece::default());
    }

    /// Takes quoted text or a comment, in which percent signs stand.
    fn quoted(&mut self, sql: &'a str, start: usize, at: usize, behind: usize) -> usize {
        let mut start = start;
        let mut at = at;
        while at < behind {
            if sql.as_bytes().get(at) == Some(&b'%') {
                self.push(slice(sql, start, at));
                at = self.percent(sql, at);
                start = at;
            } else {
                at += 1;
            }
        }
        self.push(slice(sql, start, at));
        at
    }
}

/// Tells whether a statement takes parameters; others have their values written into them.
pub(crate) fn takes_parameters(sql: &str) -> bool {
    let word = first_word(sql);
    PREPARABLE
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

const PREPARABLE: [&str; 8] = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "VALUES", "WITH", "MERGE", "TABLE",
];
fn first_word(sql: &str) -> &str {
    let bytes = sql.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() || *byte == b'(' {
            at += 1;
        } else if bytes.get(at..at + 2) == Some(b"--") || bytes.get(at..at + 2) == Some(b"/*") {
            at = skip(bytes, at);
        } else {
            break;
        }
    }
    let rest = sql.get(at..).unwrap_or_default();
    let end = rest.find(|character: char| !character.is_ascii_alphabetic());
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

/// Gives the place behind what stands at a place: a quoted text, a comment, or one byte.
fn skip(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = match rest {
        [b'\'', ..] => {
            let escapes = at > 0 && matches!(bytes.get(at - 1), Some(b'E' | b'e'));
            behind_quote(rest, b'\'', escapes)
        }
        [b'"', ..] => behind_quote(rest, b'"', false),
        [b'-', b'-', ..] => rest.iter().position(|byte| *byte == b'\n'),
        [b'/', b'*', ..] => behind_comment(rest),
        [b'$', ..] if !is_word_before(bytes, at) => return at + dollar(rest),
        _ => Some(1),
    };
    at + end.unwrap_or(rest.len())
}

fn behind_quote(rest: &[u8], quote: u8, escapes: bool) -> Option<usize> {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        if escapes && *byte == b'\\' {
            at += 2;
        } else if *byte == quote {
            return Some(at + 1);
        } else {
            at += 1;
        }
    }
    None
}

/// Comments nest.
fn behind_comment(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while let Some(pair) = rest.get(at..at + 2) {
        match pair {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// Gives the length of `$tag$…$tag$`; of the dollar sign alone where it begins no such thing.
fn dollar(rest: &[u8]) -> usize {
    let is_tag = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128;
    let inner = rest.get(1..).unwrap_or_default();
    let length = inner.iter().take_while(|byte| is_tag(byte)).count();
    if inner.get(length) != Some(&b'$') || inner.first().is_some_and(u8::is_ascii_digit) {
        return 1;
    }
    let tag = rest.get(..length + 2).unwrap_or_default();
    let body = rest.get(tag.len()..).unwrap_or_default();
    let found = body.windows(tag.len()).position(|window| window == tag);
    found.map_or(rest.len(), |found| found + 2 * tag.len())
}

fn is_word_before(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn is_blank(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if bytes.get(at..at + 2) == Some(b"--") || bytes.get(at..at + 2) == Some(b"/*") {
            at = skip(bytes, at);
        } else {
            return false;
        }
    }
    true
}

fn slice(sql: &str, from: usize, to: usize) -> &str {
    sql.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(sql: &str) -> String {
        Text::scan(sql, true).numbered()
    }

    #[test]
    fn placeholders_are_numbered() {
        assert_eq!(
            numbered("a = %s AND b LIKE '10%%' AND c = %s"),
            "a = $1 AND b LIKE '10%' AND c = $2"
        );
        assert_eq!(numbered("a %% b -- 5%%\n"), "a % b -- 5%\n");
        let text = Text::scan("%(x)s, %(y)s", true);
        assert_eq!(text.placeholders, ["x", "y"]);
    }

    #[test]
    fn other_percent_signs_are_left_alone() {
        assert_eq!(
            numbered("LIKE '10%' OR a %d OR %(b"),
            "LIKE '10%' OR a %d OR %(b"
        );
        let text = Text::scan("LIKE '10%' -- %s", false);
        assert_eq!(text.numbered(), "LIKE '10%' -- %s");
    }

    #[test]
    fn statements_are_told_apart_outside_of_quotes_only() {
        let sql =
            "SELECT ';' , $$;$$, $a$ ; $$ $a$, \";\" /* ; /* ; */ ; */ -- ;\n; SELECT E'\\';' ;\n";
        let text = Text::scan(sql, true);
        assert!(text.is_script());
        assert_eq!(text.inlined(&[]).unwrap(), sql);
        assert!(!Text::scan("SELECT 1; -- done", true).is_script());
    }

    #[test]
    fn values_are_written_in() {
        let text = Text::scan("CREATE TABLE t (a int DEFAULT %s)", true);
        let sql = text.inlined(&[Value::Int(5)]).unwrap();
        assert_eq!(sql, "CREATE TABLE t (a int DEFAULT 5)");
    }

    #[test]
    fn kinds_of_statements_are_known() {
        assert!(takes_parameters(" -- x\n (select 1)"));
        assert!(!takes_parameters("CREATE TABLE t (a int)"));
    }
}

//! The server's reports, sorted by their SQLSTATE
//! (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), and the failures of the
//! connection itself.

use std::io;

use redstart_core::error::Constraint;
use redstart_core::{Error, ErrorKind};

use crate::frame::Body;

/// Reads the body of an `ErrorResponse` or a `NoticeResponse`.
pub(crate) fn report(body: &[u8]) -> Error {
    let fields = fields(body);
    let field = |letter: u8| {
        let found = fields.iter().find(|(known, _)| *known == letter);
        found.map_or("", |(_, text)| text.as_str())
    };
    let sqlstate = field(b'C').to_owned();
    let mut message = field(b'M').to_owned();
    for (letter, name) in [(b'D', "DETAIL"), (b'H', "HINT")] {
        let text = field(letter);
        if !text.is_empty() {
            message = format!("{message}\n{name}:  {text}");
        }
    }
    message.push('\n');
    let mut error = Error::new(kind(&sqlstate), message).with_sqlstate(sqlstate.clone());
    if let Some(constraint) = constraint(&sqlstate) {
        error = error.with_constraint(constraint);
    }
    if sqlstate == QUERY_CANCELED {
        error = error.with_interrupted();
    }
    if is_fatal(&sqlstate, field(b'V')) {
        error = error.with_connection_lost();
    }
    for (letter, text) in fields {
        if let Some(name) = name(letter) {
            error = error.with_detail(name, text);
        }
    }
    error
}

/// Makes the error for a connection that is gone.
pub(crate) fn lost(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Operational, message).with_connection_lost()
}

/// Makes the error for a server that is gone.
pub(crate) fn closed_by_server() -> Error {
    lost(
        "server closed the connection unexpectedly\n\tThis probably means the server terminated \
         abnormally\n\tbefore or while processing the request.\n",
    )
}

/// Makes the error for a failed read or write.
pub(crate) fn failed(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe => closed_by_server(),
        _ => lost(format!("the connection to the server failed: {error}")),
    }
}

/// Makes the error for an answer that the protocol does not know.
pub(crate) fn garbage() -> Error {
    lost("the server sent something that is not PostgreSQL's protocol; is it a PostgreSQL server?")
}

/// Makes the error for a wrong use of the connection.
pub(crate) fn interface(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Interface, message)
}

/// Makes the error for a statement that is wrong.
pub(crate) fn programming(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Programming, message)
}

/// Makes the error for a result that is not what it was when its statement was prepared.
pub(crate) fn outdated() -> Error {
    Error::new(
        ErrorKind::Operational,
        "the columns of the statement's result have changed while it ran; run it again",
    )
}

/// Makes the error for a statement that copies rows over the connection.
pub(crate) fn no_copy() -> Error {
    Error::new(
        ErrorKind::NotSupported,
        "COPY from or to the client is not supported: use insert_many() or select()",
    )
}

/// Decides the class of an error.
fn kind(sqlstate: &str) -> ErrorKind {
    match sqlstate.get(..2).unwrap_or_default() {
        "0A" => ErrorKind::NotSupported,
        "20" | "21" | "3D" | "3F" | "42" | "44" => ErrorKind::Programming,
        "22" => ErrorKind::Data,
        "23" => ErrorKind::Integrity,
        "24" | "25" | "2B" | "2D" | "2F" | "38" | "39" | "3B" | "F0" | "P0" | "XX" => {
            ErrorKind::Internal
        }
        "08" | "26" | "27" | "28" | "34" | "40" | "53" | "54" | "55" | "57" | "58" => {
            ErrorKind::Operational
        }
        _ => ErrorKind::Database,
    }
}

fn constraint(sqlstate: &str) -> Option<Constraint> {
    match sqlstate {
        "23505" => Some(Constraint::Unique),
        "23503" => Some(Constraint::ForeignKey),
        "23502" => Some(Constraint::NotNull),
        "23514" => Some(Constraint::Check),
        "23P01" => Some(Constraint::Exclusion),
        _ => None,
    }
}

/// Tells whether the server ends the connection after a report.
fn is_fatal(sqlstate: &str, severity: &str) -> bool {
    matches!(severity, "FATAL" | "PANIC") || matches!(sqlstate, "57P01" | "57P02" | "57P03")
}

fn fields(body: &[u8]) -> Vec<(u8, String)> {
    let mut body = Body(body);
    let mut fields = Vec::new();
    while let Some(letter) = body.u8().filter(|letter| *letter != 0) {
        let Some(text) = body.cstr() else { break };
        fields.push((letter, String::from_utf8_lossy(text).into_owned()));
    }
    fields
}

/// Names a field of a report, in libpq's words.
fn name(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'S' => "severity",
        b'V' => "severity_nonlocalized",
        b'C' => "sqlstate",
        b'M' => "message_primary",
        b'D' => "message_detail",
        b'H' => "message_hint",
        b'P' => "statement_position",
        b'p' => "internal_position",
        b'q' => "internal_query",
        b'W' => "context",
        b's' => "schema_name",
        b't' => "table_name",
        b'c' => "column_name",
        b'd' => "datatype_name",
        b'n' => "constraint_name",
        b'F' => "source_file",
        b'L' => "source_line",
        b'R' => "source_function",
        _ => return None,
    })
}

/// A statement was cancelled on request.
pub(crate) const QUERY_CANCELED: &str = "57014";
/// No prepared statement has this name.
pub(crate) const INVALID_STATEMENT_NAME: &str = "26000";
/// A feature is not supported; also: a prepared statement has another result by now.
pub(crate) const FEATURE_NOT_SUPPORTED: &str = "0A000";

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(fields: &[(u8, &str)]) -> Error {
        let mut body = Vec::new();
        for (letter, text) in fields {
            body.push(*letter);
            body.extend_from_slice(text.as_bytes());
            body.push(0);
        }
        body.push(0);
        report(&body)
    }

    #[test]
    fn a_report_becomes_an_error_with_its_details() {
        let error = reported(&[
            (b'S', "ERROR"),
            (b'C', "23505"),
            (b'M', "duplicate key"),
            (b'D', "Key (a)=(1) already exists."),
            (b'n', "t_a"),
        ]);
        assert_eq!(error.kind(), ErrorKind::Integrity);
        assert!(error.is_unique_violation());
        assert_eq!(error.sqlstate(), Some("23505"));
        assert_eq!(error.detail("constraint_name"), Some("t_a"));
        let text = "duplicate key\nDETAIL:  Key (a)=(1) already exists.\n";
        assert_eq!(error.message(), text);
        assert!(!error.is_connection_lost());
    }

    #[test]
    fn a_fatal_report_says_that_the_connection_is_lost() {
        let error = reported(&[(b'V', "FATAL"), (b'C', "57P01"), (b'M', "terminating")]);
        assert_eq!(error.kind(), ErrorKind::Operational);
        assert!(error.is_connection_lost());
    }
}

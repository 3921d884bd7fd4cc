//! The one error type of floors 1 to 4: opaque, with predicates. Its kind is
//! decided from a database's codes, never from the text of a message.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// The outcome of every fallible operation of floors 1 to 4.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, in the classes of PEP 249.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The library was configured in a way that cannot work.
    Configuration,
    /// The library was used wrongly: a closed connection, a value that cannot be bound.
    Interface,
    /// The database refused with an error that fits no other class.
    Database,
    /// A value does not fit its column.
    Data,
    /// A constraint was broken; see the predicates for which kind.
    Integrity,
    /// The database is in a state in which it refuses statements.
    Internal,
    /// The database cannot do this at all.
    NotSupported,
    /// The environment failed: locked, unreachable, out of space, interrupted.
    Operational,
    /// The statement is wrong: syntax, unknown names, wrong number of parameters.
    Programming,
    /// An argument has a value that makes no sense (the host's ValueError).
    Value,
    /// A failure of the host language, carried through unchanged.
    Host,
}

/// Which constraint an integrity error broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// A unique index or constraint.
    Unique,
    /// A primary key.
    PrimaryKey,
    /// A foreign key.
    ForeignKey,
    /// A column that must not be null.
    NotNull,
    /// A check constraint.
    Check,
    /// An exclusion constraint.
    Exclusion,
}

/// A failure, with all that is known about it.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    code: Option<i32>,
    code_name: Option<String>,
    sqlstate: Option<String>,
    constraint: Option<Constraint>,
    sql: Option<String>,
    interrupted: bool,
    connection_lost: bool,
    details: Vec<(&'static str, String)>,
    host: Option<Arc<dyn Any + Send + Sync>>,
}

impl Error {
    /// Makes an error of a kind with a message for people.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            code: None,
            code_name: None,
            sqlstate: None,
            constraint: None,
            sql: None,
            interrupted: false,
            connection_lost: false,
            details: Vec::new(),
            host: None,
        }))
    }

    /// Makes the error for a feature that a database does not have.
    pub fn not_supported(feature: &str, database: &str) -> Self {
        Self::new(
            ErrorKind::NotSupported,
            format!("{database} does not support {feature}."),
        )
    }

    /// Makes the error for a statement that took longer than it may, in PostgreSQL's words.
    pub fn timed_out() -> Self {
        let message = "canceling statement due to statement timeout";
        Self::new(ErrorKind::Operational, message)
            .with_sqlstate("57014")
            .with_interrupted()
    }

    /// Makes the error for an argument without a meaning.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// Carries a failure of the host language through the engine.
    pub fn host(failure: Arc<dyn Any + Send + Sync>) -> Self {
        let mut error = Self::new(ErrorKind::Host, "the host language raised an error");
        error.0.host = Some(failure);
        error
    }

    /// Adds the failure of the host language that caused this error.
    #[must_use]
    pub fn with_host_failure(mut self, failure: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.host = Some(failure);
        self
    }

    /// Adds the database's own numeric code and its name.
    #[must_use]
    pub fn with_code(mut self, code: i32, name: impl Into<String>) -> Self {
        self.0.code = Some(code);
        self.0.code_name = Some(name.into());
        self
    }

    /// Adds the five-character SQLSTATE.
    #[must_use]
    pub fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.0.sqlstate = Some(sqlstate.into());
        self
    }

    /// Adds the kind of constraint that was broken.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Constraint) -> Self {
        self.0.constraint = Some(constraint);
        self
    }

    /// Adds the statement that failed.
    #[must_use]
    pub fn with_sql(mut self, sql: impl Into<String>) -> Self {
        self.0.sql = Some(sql.into());
        self
    }

    /// Marks the error as the outcome of an interruption.
    #[must_use]
    pub fn with_interrupted(mut self) -> Self {
        self.0.interrupted = true;
        self
    }

    /// Marks the error as one after which the connection is of no use.
    #[must_use]
    pub fn with_connection_lost(mut self) -> Self {
        self.0.connection_lost = true;
        self
    }

    /// Adds something that the database said beside its message, by a name such as
    /// `constraint_name` or `message_detail`.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.0.details.push((name, text.into()));
        self
    }

    /// Gives the class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Gives the message for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Gives the database's own numeric code.
    pub fn code(&self) -> Option<i32> {
        self.0.code
    }

    /// Gives the name of the database's own code, such as `SQLITE_BUSY`.
    pub fn code_name(&self) -> Option<&str> {
        self.0.code_name.as_deref()
    }

    /// Gives the five-character SQLSTATE.
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// Gives the statement that failed.
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// Gives the kind of constraint that was broken.
    pub fn constraint(&self) -> Option<Constraint> {
        self.0.constraint
    }

    /// Gives the host's failure that was carried through.
    pub fn host_failure(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.host.as_ref()
    }

    /// Tells whether a unique index or a primary key was violated.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self.0.constraint,
            Some(Constraint::Unique | Constraint::PrimaryKey)
        )
    }

    /// Tells whether a foreign key was violated.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.0.constraint == Some(Constraint::ForeignKey)
    }

    /// Tells whether the connection is of no use any more.
    pub fn is_connection_lost(&self) -> bool {
        self.0.connection_lost
    }

    /// Gives something that the database said beside its message, by name.
    pub fn detail(&self, name: &str) -> Option<&str> {
        let mut details = self.0.details.iter();
        let found = details.find(|(known, _)| *known == name);
        found.map(|(_, text)| text.as_str())
    }

    /// Gives all that the database said beside its message: names and texts.
    pub fn details(&self) -> &[(&'static str, String)] {
        &self.0.details
    }

    /// Tells whether the statement was interrupted on request.
    pub fn is_interrupted(&self) -> bool {
        self.0.interrupted
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("code", &self.0.code_name)
            .field("sqlstate", &self.0.sqlstate)
            .field("sql", &self.0.sql)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {}

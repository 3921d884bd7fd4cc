//! Who has a connection: the rows of the table that a timeout prints.

use std::fmt;
use std::time::{Duration, Instant};

use crate::lease::LeaseId;

/// Who asks for a connection, in words for a reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// The name of the thread or task, with what it is: `thread MainThread`.
    pub label: String,
    /// The file and line that asked, as in `app.py:31`, where they are tracked.
    pub place: Option<String>,
}

impl Holder {
    /// Names a holder whose place is not tracked.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            place: None,
        }
    }

    /// Adds the file and line that asked.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

/// One lease that is out, and who has it. It prints as one line:
/// `thread MainThread, 12.3 s, app.py:31`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderInfo {
    /// The lease, for [`Pool::revoke`](crate::Pool::revoke).
    pub lease: LeaseId,
    /// Who has it.
    pub holder: Holder,
    /// When it was leased.
    pub since: Instant,
    /// How long ago that was when the table was made.
    pub held: Duration,
}

impl fmt::Display for HolderInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.held.as_secs_f64();
        write!(out, "{}, {seconds:.1} s", self.holder.label)?;
        match &self.holder.place {
            Some(place) => write!(out, ", {place}"),
            None => Ok(()),
        }
    }
}

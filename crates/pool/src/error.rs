//! Why an acquire gave no connection. The message names who has the connections.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::holder::HolderInfo;

/// Why [`Acquire`](crate::Acquire) gave no connection.
///
/// It prints one line that says what happened and then one line for each holder:
///
/// ```text
/// Exceeded maximum connections.
///   thread MainThread, 12.3 s, app.py:31
///   task Task-7, 0.2 s
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcquireError {
    /// All connections were in use until the deadline.
    TimedOut {
        /// How long the caller was in the queue.
        waited: Duration,
        /// Who had the connections at the deadline, in the order in which they got them.
        holders: Vec<HolderInfo>,
    },
    /// All connections are in use, and the caller would not wait.
    Exhausted {
        /// Who has the connections, in the order in which they got them.
        holders: Vec<HolderInfo>,
    },
    /// The pool is closed, or was closed while the caller waited.
    Closed,
    /// The acquire had answered already; a future is to be polled up to its answer only.
    Finished,
}

impl AcquireError {
    /// Gives who had the connections; empty unless that was the reason.
    pub fn holders(&self) -> &[HolderInfo] {
        match self {
            Self::TimedOut { holders, .. } | Self::Exhausted { holders } => holders,
            Self::Closed | Self::Finished => &[],
        }
    }
}

impl fmt::Display for AcquireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { waited, .. } => write!(
                out,
                "Max connections exceeded, timed out attempting to connect (waited {:.1} s).",
                waited.as_secs_f64()
            ),
            Self::Exhausted { .. } => out.write_str("Exceeded maximum connections."),
            Self::Closed => out.write_str("The pool is closed; open it again to connect."),
            Self::Finished => out.write_str("The acquire was polled again after its answer."),
        }?;
        self.holders()
            .iter()
            .try_for_each(|holder| write!(out, "\n  {holder}"))
    }
}

impl Error for AcquireError {}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::holder::Holder;
    use crate::lease::LeaseId;

    fn info(number: u64, holder: Holder, millis: u64) -> HolderInfo {
        HolderInfo {
            lease: LeaseId(number),
            holder,
            since: Instant::now(),
            held: Duration::from_millis(millis),
        }
    }

    #[test]
    fn an_error_prints_one_line_for_each_holder() {
        let holders = vec![
            info(1, Holder::new("thread MainThread").at("app.py:31"), 12_300),
            info(2, Holder::new("task Task-7"), 0),
        ];
        let table = "\n  thread MainThread, 12.3 s, app.py:31\n  task Task-7, 0.0 s";
        let exhausted = AcquireError::Exhausted {
            holders: holders.clone(),
        };
        assert_eq!(
            exhausted.to_string(),
            format!("Exceeded maximum connections.{table}")
        );
        let waited = Duration::from_millis(2500);
        assert_eq!(
            AcquireError::TimedOut { waited, holders }.to_string(),
            "Max connections exceeded, timed out attempting to connect (waited 2.5 s).".to_owned()
                + table
        );
    }

    #[test]
    fn an_error_without_holders_prints_one_line() {
        for error in [AcquireError::Closed, AcquireError::Finished] {
            assert_eq!(error.to_string().lines().count(), 1);
            assert!(error.holders().is_empty());
        }
    }
}

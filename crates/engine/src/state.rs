//! What a scope knows of its database: the connection, the blocks that are open on it,
//! and what is to happen after the commit.

use std::fmt;

use redstart_core::{Error, ErrorKind, Result};

use crate::connection::Connection;

/// A block that stands on the stack of transactions. Savepoints do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// A transaction block; the number is the host's own mark for it.
    Transaction(u64),
    /// A block in which the program begins and commits by itself.
    Manual(u64),
}

/// What the host wants done after the outermost commit.
pub type AfterCommit = Box<dyn FnOnce() -> Result<()> + Send>;

/// The state of one scope.
#[derive(Default)]
pub struct State {
    connection: Option<Connection>,
    blocks: Vec<Block>,
    after_commit: Vec<AfterCommit>,
}

impl State {
    /// Gives the connection, if one is open.
    pub fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// Takes a new connection and forgets everything about an older one.
    pub fn set_connection(&mut self, connection: Connection) {
        *self = Self {
            connection: Some(connection),
            ..Self::default()
        };
    }

    /// Gives the connection away and forgets everything about it.
    pub fn reset(&mut self) -> Option<Connection> {
        std::mem::take(self).connection
    }

    /// Tells whether a block is open, be it a manual one.
    pub fn in_transaction(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Gives the innermost block.
    pub fn top_transaction(&self) -> Option<Block> {
        self.blocks.last().copied()
    }

    /// Opens a block. A manual block inside of a transaction is refused: the
    /// transaction could not be told to be over. (A transaction in a manual block
    /// is inert; whether one may be asked for is the host's rule.)
    pub fn push_transaction(&mut self, block: Block) -> Result<()> {
        let top = self.top_transaction();
        if matches!(
            (block, top),
            (Block::Manual(_), Some(Block::Transaction(_)))
        ) {
            return Err(Error::value(
                "Cannot enter manual commit block while a transaction is active.",
            ));
        }
        self.blocks.push(block);
        Ok(())
    }

    /// Closes the innermost block.
    pub fn pop_transaction(&mut self) -> Option<Block> {
        self.blocks.pop()
    }

    /// Queues what is to happen after the outermost commit. Gives it back to be done
    /// at once where no transaction is open; refuses it in a manual block.
    pub fn after_commit(&mut self, callback: AfterCommit) -> Result<Option<AfterCommit>> {
        match self.top_transaction() {
            None => Ok(Some(callback)),
            Some(Block::Manual(_)) => {
                Err(Error::value("after_commit() cannot be used with `manual`"))
            }
            Some(Block::Transaction(_)) => {
                self.after_commit.push(callback);
                Ok(None)
            }
        }
    }

    /// Takes what is to happen after the outermost commit, in order. A rollback drops it.
    pub fn take_after_commit(&mut self) -> Vec<AfterCommit> {
        std::mem::take(&mut self.after_commit)
    }

    /// Refuses to go on while a block is open: before the connection is closed.
    pub(crate) fn require_no_transaction(&self) -> Result<()> {
        if self.in_transaction() {
            return Err(Error::new(
                ErrorKind::Operational,
                "Attempting to close database while transaction is open.",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("connection", &self.connection)
            .field("blocks", &self.blocks)
            .field("after_commit", &self.after_commit.len())
            .finish()
    }
}

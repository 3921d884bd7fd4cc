//! Row locks.

use redstart_core::node::ForUpdate;
use redstart_core::{Error, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `FOR UPDATE [OF "t1", …] [NOWAIT | SKIP LOCKED]`.
    ///
    /// A value error where the database has no row locks.
    pub(super) fn for_update(&mut self, lock: &ForUpdate) -> Result<()> {
        if !self.capability.for_update {
            return Err(Error::value(
                "FOR UPDATE specified but not supported by database.",
            ));
        }
        self.sql.push_str(&lock.text);
        if !lock.of.is_empty() {
            self.sql.push_str(" OF ");
            let mut state = self.state;
            state.scope = Scope::Column;
            self.with_state(state, |r| r.comma_separated(&lock.of))?;
        }
        if lock.nowait {
            self.sql.push_str(" NOWAIT");
        }
        if lock.skip_locked {
            self.sql.push_str(" SKIP LOCKED");
        }
        Ok(())
    }
}

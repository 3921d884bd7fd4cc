//! Indexes, as a schema creates and drops them.

use redstart_core::Result;
use redstart_core::node::Index;
use redstart_core::schema::TablePath;

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `CREATE [UNIQUE] INDEX [IF NOT EXISTS] …`, with its values as literals
    /// where the database takes no parameters, and safe only where it can be.
    pub(super) fn create_index(&mut self, index: &Index) -> Result<()> {
        let mut state = self.state;
        state.literals |= self.capability.index_value_literals;
        let safe = index.safe && self.capability.safe_create_index;
        self.with_state(state, |r| r.index_definition(index, safe))
    }

    /// Writes `DROP INDEX [IF EXISTS] "schema"."name"`.
    pub(super) fn drop_index(&mut self, path: &TablePath, safe: bool) {
        self.sql.push_str("DROP INDEX ");
        if safe && self.capability.safe_drop_index {
            self.sql.push_str("IF EXISTS ");
        }
        self.path(path);
    }
}

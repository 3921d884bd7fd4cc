//! `UPDATE`.

use redstart_core::Result;
use redstart_core::node::Update;

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `UPDATE … SET … [FROM …] [WHERE …] [ORDER BY … LIMIT …] [RETURNING …]`.
    pub(super) fn update(&mut self, update: &Update) -> Result<()> {
        self.with_clause(&update.tail.with)?;
        self.name_written_table(&update.table);
        self.sql.push_str("UPDATE ");
        self.written_table(&update.table)?;
        self.sql.push_str(" SET ");
        self.assignments(&update.assignments, Scope::Normal)?;
        if !update.from.is_empty() {
            self.sql.push_str(" FROM ");
            let sources = self.state.clause(Scope::Source);
            self.with_state(sources, |r| r.comma_separated(&update.from))?;
        }
        self.written_rows(&update.tail)?;
        self.returning(&update.returning)
    }
}

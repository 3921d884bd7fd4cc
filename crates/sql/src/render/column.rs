//! Columns of sources.

use redstart_core::node::Column;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `"t1"."name"`, or `"name"` where values are assigned.
    pub(super) fn column(&mut self, column: &Column) -> Result<()> {
        if self.state.scope != Scope::Values {
            self.qualifier(&column.source)?;
            self.sql.push('.');
        }
        self.name(&column.name);
        Ok(())
    }

    /// Writes every column of a source: `"t1".*`.
    pub(super) fn star(&mut self, source: &Node) -> Result<()> {
        self.qualifier(source)?;
        self.sql.push_str(".*");
        Ok(())
    }

    /// Writes the columns of a composite key: `("t1"."a", "t1"."b")`, without the
    /// parentheses in a select list.
    pub(super) fn composite_key(&mut self, columns: &[Node]) -> Result<()> {
        if self.state.in_projection && !self.state.in_expr {
            return self.comma_separated(columns);
        }
        self.enclosed(columns)
    }
}

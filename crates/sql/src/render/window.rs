//! Windows: their definitions, and what stands after `OVER`.

use redstart_core::node::Window;
use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes a window: its definition in parentheses if it stands where it is used,
    /// else `"name" AS (definition)`.
    pub(super) fn window(&mut self, window: &Window) -> Result<()> {
        if !window.inline {
            self.name(&window.alias);
            self.sql.push_str(" AS ");
        }
        self.sql.push('(');
        let mut state = self.state;
        state.parentheses = false;
        self.with_state(state, |r| r.window_parts(window))?;
        self.sql.push(')');
        Ok(())
    }

    /// Writes what stands after `OVER`: a window's name, or the definition of an
    /// inline one.
    pub(super) fn over(&mut self, over: &Node) -> Result<()> {
        match over {
            Node::Window(window) if !window.inline => {
                self.name(&window.alias);
                Ok(())
            }
            other => self.node(other),
        }
    }

    fn window_parts(&mut self, window: &Window) -> Result<()> {
        let begin = self.sql.len();
        if let Some(base) = &window.extends {
            self.over(base)?;
        }
        if !window.partition_by.is_empty() {
            self.window_part(begin, "PARTITION BY ");
            self.comma_separated(&window.partition_by)?;
        }
        if !window.order_by.is_empty() {
            self.window_part(begin, "ORDER BY ");
            self.comma_separated(&window.order_by)?;
        }
        if window.start.is_some() || window.frame_type.is_some() {
            self.window_part(begin, window.frame_type.as_deref().unwrap_or("ROWS"));
            self.frame(window)?;
        }
        if let Some(exclude) = &window.exclude {
            self.window_part(begin, "EXCLUDE ");
            self.node(exclude)?;
        }
        Ok(())
    }

    fn window_part(&mut self, begin: usize, text: &str) {
        if self.sql.len() > begin {
            self.sql.push(' ');
        }
        self.sql.push_str(text);
    }

    fn frame(&mut self, window: &Window) -> Result<()> {
        match (&window.start, &window.end) {
            (Some(start), Some(end)) => {
                self.sql.push_str(" BETWEEN ");
                self.node(start)?;
                self.sql.push_str(" AND ");
                self.node(end)
            }
            (Some(start), None) => {
                self.sql.push(' ');
                self.node(start)
            }
            (None, _) => {
                self.sql.push_str(" UNBOUNDED PRECEDING");
                Ok(())
            }
        }
    }
}

//! Assignments, and the values that columns are given.

use std::sync::Arc;

use redstart_core::node::{Assignment, Converter};
use redstart_core::{FieldDef, Node, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `"column" = value, …`; the columns in the values are qualified in
    /// [`Scope::Normal`] and bare in [`Scope::Values`].
    pub(super) fn assignments(&mut self, assignments: &[Assignment], values: Scope) -> Result<()> {
        for (place, assignment) in assignments.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.assigned_column(&assignment.column)?;
            self.sql.push_str(" = ");
            let scope = match &assignment.value {
                Node::Host(_) => Scope::Values,
                _ => values,
            };
            let state = self.state.clause(scope);
            self.with_state(state, |r| {
                r.assigned_value(&assignment.value, field_of(&assignment.column))
            })?;
        }
        Ok(())
    }

    /// Writes the bare name of a column that receives values.
    pub(super) fn assigned_column(&mut self, column: &Node) -> Result<()> {
        match column {
            Node::Column(column) => {
                self.name(&column.name);
                Ok(())
            }
            other => {
                let state = self.state.clause(Scope::Values);
                self.with_state(state, |r| r.node(other))
            }
        }
    }

    /// Writes a value, which the column's field converts unless it is a node.
    pub(super) fn assigned_value(
        &mut self,
        value: &Node,
        field: Option<&Arc<FieldDef>>,
    ) -> Result<()> {
        match (value, field) {
            (Node::Value(value), Some(field)) => self.field_value(value, field),
            (Node::Value(value), None) => self.bind(value.clone()),
            (node, _) => self.with_converter(Converter::Off, |r| r.node(node)),
        }
    }
}

/// Gives the field of a column that receives values.
pub(super) fn field_of(column: &Node) -> Option<&Arc<FieldDef>> {
    match column {
        Node::Column(column) => column.field.as_ref(),
        _ => None,
    }
}

//! `INSERT`.

use redstart_core::node::{Insert, InsertSource};
use redstart_core::{Node, Result};

use super::assignment::field_of;
use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `INSERT INTO … (…) VALUES (…), (…) [ON CONFLICT …] [RETURNING …]`.
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<()> {
        let conflict = insert.on_conflict.as_deref();
        self.with_clause(&insert.with)?;
        self.name_written_table(&insert.table);
        self.insert_verb(conflict)?;
        self.sql.push_str(" INTO ");
        self.written_table(&insert.table)?;
        self.sql.push(' ');
        match &insert.source {
            InsertSource::Default => self.default_values(),
            InsertSource::Rows(values) if insert.columns.is_empty() && values.is_empty() => {
                self.default_values();
            }
            InsertSource::Rows(values) => {
                self.inserted_columns(&insert.columns)?;
                self.sql.push_str("VALUES ");
                self.inserted_rows(&insert.columns, values)?;
            }
            InsertSource::Query(query) => {
                self.inserted_columns(&insert.columns)?;
                let mut state = self.state.clause(Scope::Normal);
                state.subquery = false;
                self.with_state(state, |r| r.node(query))?;
            }
        }
        if let Some(conflict) = conflict {
            self.conflict_clause(conflict)?;
        }
        self.returning(&insert.returning)
    }

    fn default_values(&mut self) {
        self.sql.push_str(if self.capability.default_values {
            "DEFAULT VALUES"
        } else {
            "() VALUES ()"
        });
    }

    fn inserted_columns(&mut self, columns: &[Node]) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        self.sql.push('(');
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.assigned_column(column)?;
        }
        self.sql.push_str(") ");
        Ok(())
    }

    fn inserted_rows(&mut self, columns: &[Node], values: &[Node]) -> Result<()> {
        let mut state = self.state.clause(Scope::Values);
        state.parentheses = true;
        self.with_state(state, |r| {
            for (place, row) in values.chunks(columns.len().max(1)).enumerate() {
                r.sql.push_str(if place == 0 { "(" } else { ", (" });
                r.inserted_row(columns, row)?;
                r.sql.push(')');
            }
            Ok(())
        })
    }

    fn inserted_row(&mut self, columns: &[Node], row: &[Node]) -> Result<()> {
        if let [expression @ Node::Expression(_)] = row {
            return self.sole(expression);
        }
        for (place, value) in row.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.assigned_value(value, columns.get(place).and_then(field_of))?;
        }
        Ok(())
    }
}

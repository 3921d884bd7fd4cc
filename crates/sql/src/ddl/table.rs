//! Tables: how they are created, dropped and emptied.

use redstart_core::schema::{ColumnDef, DropBehavior, TableDef, TablePath};
use redstart_core::{Result, Value};

use crate::literal;
use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] … (…)`: columns, the composite
    /// key, foreign keys, constraints, options; then settings, `STRICT` and
    /// `WITHOUT ROWID`.
    pub(super) fn create_table(&mut self, table: &TableDef, safe: bool) -> Result<()> {
        self.create_table_head(&table.path, safe, table.temporary);
        let mut state = self.state.clause(Scope::Values);
        state.subquery = false;
        self.with_state(state, |r| {
            r.sql.push_str(" (");
            r.table_parts(table)?;
            r.sql.push(')');
            for setting in table.settings.iter() {
                r.sql.push(' ');
                r.node(setting)?;
            }
            Ok(())
        })?;
        match (table.strict, table.without_rowid) {
            (true, true) => self.sql.push_str(" STRICT, WITHOUT ROWID"),
            (true, false) => self.sql.push_str(" STRICT"),
            (false, true) => self.sql.push_str(" WITHOUT ROWID"),
            (false, false) => {}
        }
        Ok(())
    }

    /// Writes `CREATE [TEMPORARY] TABLE [IF NOT EXISTS] "name"`.
    pub(super) fn create_table_head(&mut self, path: &TablePath, safe: bool, temporary: bool) {
        self.sql.push_str(if temporary {
            "CREATE TEMPORARY TABLE "
        } else {
            "CREATE TABLE "
        });
        if safe {
            self.sql.push_str("IF NOT EXISTS ");
        }
        self.path(path);
    }

    /// Writes `DROP TABLE [IF EXISTS] "name" [CASCADE | RESTRICT]`.
    pub(super) fn drop_table(
        &mut self,
        path: &TablePath,
        safe: bool,
        behavior: Option<DropBehavior>,
    ) {
        self.sql.push_str("DROP TABLE ");
        if safe {
            self.sql.push_str("IF EXISTS ");
        }
        self.path(path);
        match behavior {
            Some(DropBehavior::Cascade) => self.sql.push_str(" CASCADE"),
            Some(DropBehavior::Restrict) => self.sql.push_str(" RESTRICT"),
            None => {}
        }
    }

    /// Writes `TRUNCATE TABLE "name" [RESTART IDENTITY] [CASCADE]`, or `DELETE FROM
    /// "name"` where the database cannot truncate.
    pub(super) fn truncate_table(
        &mut self,
        path: &TablePath,
        restart_identity: bool,
        cascade: bool,
    ) {
        if !self.capability.truncate_table {
            self.sql.push_str("DELETE FROM ");
            return self.path(path);
        }
        self.sql.push_str("TRUNCATE TABLE ");
        self.path(path);
        if restart_identity {
            self.sql.push_str(" RESTART IDENTITY");
        }
        if cascade {
            self.sql.push_str(" CASCADE");
        }
    }

    fn table_parts(&mut self, table: &TableDef) -> Result<()> {
        let begin = self.sql.len();
        for column in &table.columns {
            self.next_part(begin);
            self.column_definition(column)?;
        }
        if !table.primary_key.is_empty() {
            self.next_part(begin);
            self.sql.push_str("PRIMARY KEY ");
            self.names(&table.primary_key);
        }
        for foreign_key in &table.foreign_keys {
            self.next_part(begin);
            self.foreign_key(foreign_key);
        }
        for constraint in table.constraints.iter() {
            self.next_part(begin);
            self.node(constraint)?;
        }
        for (key, value) in &table.options {
            self.next_part(begin);
            self.sql.push_str(key);
            self.sql.push('=');
            self.node(value)?;
        }
        Ok(())
    }

    fn next_part(&mut self, begin: usize) {
        if self.sql.len() > begin {
            self.sql.push_str(", ");
        }
    }

    fn column_definition(&mut self, column: &ColumnDef) -> Result<()> {
        if let Some(definition) = &column.definition {
            return self.node(definition);
        }
        self.name(&column.name);
        if let Some(datatype) = &column.datatype {
            self.sql.push(' ');
            self.node(datatype)?;
        }
        if column.unindexed {
            self.sql.push_str(" UNINDEXED");
        }
        if !column.null {
            self.sql.push_str(" NOT NULL");
        }
        if column.primary_key {
            self.sql.push_str(" PRIMARY KEY");
        }
        if let Some(sequence) = &column.sequence {
            self.sql.push_str(" DEFAULT NEXTVAL(");
            literal::write(&mut self.sql, &Value::Text(sequence.clone()))?;
            self.sql.push(')');
        }
        for constraint in column.constraints.iter() {
            self.sql.push(' ');
            self.node(constraint)?;
        }
        if let Some(collation) = &column.collation {
            self.sql.push_str(" COLLATE ");
            self.sql.push_str(collation);
        }
        Ok(())
    }
}

//! What an insert does with rows that exist already, in the words of each database.

use redstart_core::capability::ConflictStyle;
use redstart_core::node::OnConflict;
use redstart_core::{Error, Result};

use crate::renderer::Renderer;
use crate::state::Scope;

impl Renderer {
    /// Writes the verb: `INSERT`, `INSERT OR …` (SQLite), `INSERT IGNORE` or `REPLACE`
    /// (MySQL).
    pub(super) fn insert_verb(&mut self, conflict: Option<&OnConflict>) -> Result<()> {
        if conflict
            .is_some_and(|c| !c.conflict_target.is_empty() && c.conflict_constraint.is_some())
        {
            return Err(Error::value(ONE_TARGET));
        }
        let action = conflict.and_then(action_of);
        match (self.capability.conflict_style, action) {
            (ConflictStyle::Sqlite, Some(action))
                if !is(action, "NOTHING") && !is(action, "UPDATE") =>
            {
                self.sql.push_str("INSERT OR ");
                self.sql
                    .extend(action.chars().map(|c| c.to_ascii_uppercase()));
            }
            (ConflictStyle::Mysql, Some(action)) if is(action, "IGNORE") => {
                self.sql.push_str("INSERT IGNORE");
            }
            (ConflictStyle::Mysql, Some(action)) if is(action, "REPLACE") => {
                self.sql.push_str("REPLACE");
            }
            (ConflictStyle::Mysql, Some(action)) if !is(action, "UPDATE") => {
                return Err(Error::value(MYSQL_ACTIONS));
            }
            _ => self.sql.push_str("INSERT"),
        }
        Ok(())
    }

    /// Writes what stands after the rows: `ON CONFLICT …`, `ON DUPLICATE KEY UPDATE …`
    /// (MySQL), or nothing.
    pub(super) fn conflict_clause(&mut self, conflict: &OnConflict) -> Result<()> {
        if is_empty(conflict) {
            return Ok(());
        }
        match self.capability.conflict_style {
            ConflictStyle::Sqlite => self.sqlite_conflict(conflict),
            ConflictStyle::Postgres => self.postgres_conflict(conflict),
            ConflictStyle::Mysql => self.mysql_conflict(conflict),
        }
    }

    fn sqlite_conflict(&mut self, conflict: &OnConflict) -> Result<()> {
        match action_of(conflict) {
            Some(action) if is(action, "NOTHING") => {
                if conflict.conflict_constraint.is_some() {
                    return Err(Error::value(SQLITE_CONSTRAINT));
                }
                self.do_nothing(conflict)
            }
            Some(action) if !is(action, "UPDATE") => Ok(()),
            _ if !updates(conflict) => Err(Error::value(format!("{NO_UPDATE} \"NOTHING\"."))),
            _ if conflict.conflict_constraint.is_some() => Err(Error::value(SQLITE_CONSTRAINT)),
            _ if conflict.conflict_target.is_empty() => Err(Error::value(SQLITE_TARGET)),
            _ => self.do_update(conflict),
        }
    }

    fn postgres_conflict(&mut self, conflict: &OnConflict) -> Result<()> {
        match action_of(conflict) {
            Some(action) if is(action, "NOTHING") || is(action, "IGNORE") => {
                self.do_nothing(conflict)
            }
            Some(action) if !is(action, "UPDATE") => Err(Error::value(POSTGRES_ACTIONS)),
            _ if !updates(conflict) => Err(Error::value(format!("{NO_UPDATE} \"IGNORE\"."))),
            _ if conflict.conflict_target.is_empty() && conflict.conflict_constraint.is_none() => {
                Err(Error::value(POSTGRES_TARGET))
            }
            _ => self.do_update(conflict),
        }
    }

    fn mysql_conflict(&mut self, conflict: &OnConflict) -> Result<()> {
        if conflict.filter.is_some()
            || !conflict.conflict_target.is_empty()
            || conflict.conflict_constraint.is_some()
        {
            return Err(Error::value(MYSQL_TARGET));
        }
        if !updates(conflict) {
            return Ok(());
        }
        self.sql.push_str(" ON DUPLICATE KEY UPDATE ");
        for (place, column) in conflict.preserve.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.assigned_column(column)?;
            self.sql.push_str(" = ");
            self.sql.push_str(self.capability.inserted_value_function);
            self.sql.push('(');
            self.assigned_column(column)?;
            self.sql.push(')');
        }
        if !conflict.preserve.is_empty() && !conflict.update.is_empty() {
            self.sql.push_str(", ");
        }
        self.assignments(&conflict.update, Scope::Values)
    }

    fn do_nothing(&mut self, conflict: &OnConflict) -> Result<()> {
        self.sql.push_str(" ON CONFLICT");
        self.conflict_target(conflict)?;
        self.sql.push_str(" DO NOTHING");
        Ok(())
    }

    fn do_update(&mut self, conflict: &OnConflict) -> Result<()> {
        self.sql.push_str(" ON CONFLICT");
        self.conflict_target(conflict)?;
        self.sql.push_str(" DO UPDATE SET ");
        for (place, column) in conflict.preserve.iter().enumerate() {
            if place > 0 {
                self.sql.push_str(", ");
            }
            self.assigned_column(column)?;
            self.sql.push_str(" = EXCLUDED.");
            self.assigned_column(column)?;
        }
        if !conflict.preserve.is_empty() && !conflict.update.is_empty() {
            self.sql.push_str(", ");
        }
        self.assignments(&conflict.update, Scope::Normal)?;
        let condition = self.state.clause(Scope::Normal);
        self.with_state(condition, |r| r.clause(" WHERE ", conflict.filter.as_ref()))
    }

    /// Writes ` ("column", …) [WHERE …]` or ` ON CONSTRAINT "name"`, with bare names.
    fn conflict_target(&mut self, conflict: &OnConflict) -> Result<()> {
        if let Some(constraint) = &conflict.conflict_constraint {
            self.sql.push_str(" ON CONSTRAINT ");
            self.name(constraint);
            return Ok(());
        }
        if conflict.conflict_target.is_empty() {
            return Ok(());
        }
        self.sql.push(' ');
        let state = self.state.clause(Scope::Values);
        self.with_state(state, |r| {
            r.enclosed(&conflict.conflict_target)?;
            r.clause(" WHERE ", conflict.conflict_where.as_ref())
        })
    }
}

fn action_of(conflict: &OnConflict) -> Option<&str> {
    conflict
        .action
        .as_deref()
        .filter(|action| !action.is_empty())
}

fn is(action: &str, known: &str) -> bool {
    action.eq_ignore_ascii_case(known)
}

fn updates(conflict: &OnConflict) -> bool {
    !conflict.update.is_empty() || !conflict.preserve.is_empty()
}

fn is_empty(conflict: &OnConflict) -> bool {
    action_of(conflict).is_none()
        && !updates(conflict)
        && conflict.filter.is_none()
        && conflict.conflict_target.is_empty()
        && conflict.conflict_where.is_none()
        && conflict.conflict_constraint.is_none()
}

const ONE_TARGET: &str =
    "only one of \"conflict_target\" and \"conflict_constraint\" may be specified.";
const NO_UPDATE: &str = "If you are not performing any updates (or preserving any INSERTed \
                         values), then the conflict resolution action should be set to";
const SQLITE_CONSTRAINT: &str =
    "SQLite does not support specifying named constraints for conflict resolution.";
const SQLITE_TARGET: &str =
    "SQLite requires that a conflict target be specified when doing an upsert.";
const POSTGRES_ACTIONS: &str = "The only supported actions for conflict resolution with \
                                Postgresql are \"ignore\" or \"update\".";
const POSTGRES_TARGET: &str =
    "Postgres requires that a conflict target be specified when doing an upsert.";
const MYSQL_ACTIONS: &str = "Un-supported action for conflict resolution. MySQL supports \
                             REPLACE, IGNORE and UPDATE.";
const MYSQL_TARGET: &str = "MySQL does not support the specification of where clauses or \
                            conflict targets for conflict resolution.";

//! Foreign keys.

use redstart_core::schema::{ForeignKeyDef, TablePath};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `ALTER TABLE "name" ADD [CONSTRAINT "name"] FOREIGN KEY …`.
    pub(super) fn add_foreign_key(&mut self, path: &TablePath, foreign_key: &ForeignKeyDef) {
        self.sql.push_str("ALTER TABLE ");
        self.path(path);
        self.sql.push_str(" ADD ");
        self.foreign_key(foreign_key);
    }

    /// Writes `[CONSTRAINT "name"] FOREIGN KEY ("column") REFERENCES "table" ("column")
    /// [ON DELETE …] [ON UPDATE …] [DEFERRABLE …]`.
    pub(super) fn foreign_key(&mut self, foreign_key: &ForeignKeyDef) {
        if let Some(name) = &foreign_key.constraint_name {
            self.sql.push_str("CONSTRAINT ");
            self.name(name);
            self.sql.push(' ');
        }
        self.sql.push_str("FOREIGN KEY ");
        self.names(&foreign_key.columns);
        self.sql.push_str(" REFERENCES ");
        self.path(&foreign_key.table);
        self.sql.push(' ');
        self.names(&foreign_key.references);
        let actions = [
            (" ON DELETE ", &foreign_key.on_delete),
            (" ON UPDATE ", &foreign_key.on_update),
            (" DEFERRABLE ", &foreign_key.deferrable),
        ];
        for (keyword, action) in actions {
            if let Some(action) = action {
                self.sql.push_str(keyword);
                self.sql.push_str(action);
            }
        }
    }
}

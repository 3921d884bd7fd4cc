//! Sequences.

use redstart_core::schema::TablePath;

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `CREATE SEQUENCE "schema"."name"`.
    pub(super) fn create_sequence(&mut self, path: &TablePath) {
        self.sql.push_str("CREATE SEQUENCE ");
        self.path(path);
    }

    /// Writes `DROP SEQUENCE "schema"."name"`.
    pub(super) fn drop_sequence(&mut self, path: &TablePath) {
        self.sql.push_str("DROP SEQUENCE ");
        self.path(path);
    }
}

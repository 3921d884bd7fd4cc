//! What a database can do and how it wants to be spoken to, as data. The renderer
//! reads it; a driver states it.

/// How a compound select wraps its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompoundParentheses {
    /// Members are never parenthesised (`SQLite`): one that needs it is wrapped in a select.
    #[default]
    Never,
    /// Every member is parenthesised (PostgreSQL).
    Always,
    /// Only members that are not themselves compound (MySQL).
    UnNested,
}

/// How an insert states that conflicting rows are to be resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConflictStyle {
    /// `INSERT OR …` and `ON CONFLICT … DO …` (`SQLite`).
    #[default]
    Sqlite,
    /// `ON CONFLICT … DO …` alone (PostgreSQL).
    Postgres,
    /// `INSERT IGNORE`, `REPLACE`, `ON DUPLICATE KEY UPDATE` (MySQL).
    Mysql,
}

/// The abilities and habits of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// The database's name in messages.
    pub database: &'static str,
    /// The placeholder, `?` or `%s`.
    pub param: String,
    /// The characters that open and close a quoted identifier; `None` for no quoting.
    pub quote: Option<(char, char)>,
    /// Operators whose text differs from the standard one: (standard, own).
    pub operations: Vec<(String, String)>,
    /// `NULLS FIRST` and `NULLS LAST` exist.
    pub nulls_ordering: bool,
    /// `RETURNING` exists.
    pub returning_clause: bool,
    /// `FOR UPDATE` exists.
    pub for_update: bool,
    /// How compound selects are wrapped.
    pub compound_select_parentheses: CompoundParentheses,
    /// The `LIMIT` that means "no limit" where `OFFSET` needs one.
    pub limit_max: Option<String>,
    /// Concatenation is the function `CONCAT`.
    pub use_concat_function: bool,
    /// An index name carries the schema, not its table.
    pub index_schema_prefix: bool,
    /// `USING method` stands before `ON table`.
    pub index_using_precedes_table: bool,
    /// Values in index definitions are written as literals.
    pub index_value_literals: bool,
    /// `CREATE INDEX IF NOT EXISTS` exists.
    pub safe_create_index: bool,
    /// `DROP INDEX IF EXISTS` exists.
    pub safe_drop_index: bool,
    /// `TRUNCATE TABLE` exists; otherwise `DELETE FROM` is written.
    pub truncate_table: bool,
    /// Upserts follow this style.
    pub conflict_style: ConflictStyle,
    /// The function that gives a new row's value in `ON DUPLICATE KEY UPDATE`: `VALUES`,
    /// or `VALUE` (MariaDB 10.3.3 and newer).
    pub inserted_value_function: &'static str,
    /// `INSERT … DEFAULT VALUES` exists; otherwise `() VALUES ()` is written.
    pub default_values: bool,
}

impl Default for Capability {
    /// The dialect of an unbound statement: standard SQL with `?` and `"`.
    fn default() -> Self {
        Self {
            database: "an unbound query",
            param: "?".into(),
            quote: Some(('"', '"')),
            operations: Vec::new(),
            nulls_ordering: false,
            returning_clause: false,
            for_update: false,
            compound_select_parentheses: CompoundParentheses::Never,
            limit_max: None,
            use_concat_function: false,
            index_schema_prefix: false,
            index_using_precedes_table: false,
            index_value_literals: false,
            safe_create_index: true,
            safe_drop_index: true,
            truncate_table: true,
            conflict_style: ConflictStyle::Sqlite,
            inserted_value_function: "VALUES",
            default_values: true,
        }
    }
}

impl Capability {
    /// The abilities of `SQLite` 3.35 and newer, in peewee's settings.
    pub fn sqlite() -> Self {
        Self {
            database: "SQLite",
            operations: vec![
                ("LIKE".into(), "GLOB".into()),
                ("ILIKE".into(), "LIKE".into()),
            ],
            nulls_ordering: true,
            limit_max: Some("-1".into()),
            index_schema_prefix: true,
            index_value_literals: true,
            truncate_table: false,
            ..Self::default()
        }
    }

    /// The abilities of PostgreSQL 12 and newer.
    pub fn postgres() -> Self {
        Self {
            database: "PostgreSQL",
            param: "%s".into(),
            operations: vec![
                ("REGEXP".into(), "~".into()),
                ("IREGEXP".into(), "~*".into()),
            ],
            nulls_ordering: true,
            returning_clause: true,
            for_update: true,
            compound_select_parentheses: CompoundParentheses::Always,
            conflict_style: ConflictStyle::Postgres,
            ..Self::default()
        }
    }

    /// The abilities of MySQL 8 and MariaDB 10.
    pub fn mysql() -> Self {
        Self {
            database: "MySQL",
            param: "%s".into(),
            quote: Some(('`', '`')),
            operations: vec![
                ("LIKE".into(), "LIKE BINARY".into()),
                ("ILIKE".into(), "LIKE".into()),
                ("REGEXP".into(), "REGEXP BINARY".into()),
                ("IREGEXP".into(), "REGEXP".into()),
                ("#".into(), "XOR".into()),
            ],
            for_update: true,
            compound_select_parentheses: CompoundParentheses::UnNested,
            limit_max: Some("18446744073709551615".into()),
            use_concat_function: true,
            index_using_precedes_table: true,
            safe_create_index: false,
            safe_drop_index: false,
            conflict_style: ConflictStyle::Mysql,
            default_values: false,
            ..Self::default()
        }
    }

    /// Gives the text that this database writes for an operator's standard text.
    pub fn operation<'a>(&'a self, standard: &'a str) -> &'a str {
        self.operations
            .iter()
            .find(|(known, _)| known == standard)
            .map_or(standard, |(_, own)| own.as_str())
    }
}

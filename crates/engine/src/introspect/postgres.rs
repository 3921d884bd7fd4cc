//! What PostgreSQL says about its tables: the system catalog, and the information schema
//! where its view of types, rights and keys is what counts.
//! See <https://www.postgresql.org/docs/current/information-schema.html>.
//!
//! Names of types `name` and `sql_identifier` are cast, so that a driver has only text to read.
//! Each question is one plain statement, so that any pooler between may carry it.

use redstart_core::{Result, Value};

use super::answer::{is_set, optional, text};
use super::{Ask, ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata};

/// Gives the names of the tables, sorted. The schema is `current_schema()` by default.
pub fn tables(ask: &mut dyn Ask, schema: Option<&str>) -> Result<Vec<String>> {
    let place = Place::new(schema);
    let rows = place.ask(ask, TABLES, &[])?;
    Ok(rows.iter().map(|row| text(row, 0)).collect())
}

/// Gives the views, sorted by name; materialized ones are none.
pub fn views(ask: &mut dyn Ask, schema: Option<&str>) -> Result<Vec<ViewMetadata>> {
    let place = Place::new(schema);
    let rows = place.ask(ask, VIEWS, &[])?;
    let view = |row: &Vec<Value>| ViewMetadata {
        name: text(row, 0),
        sql: optional(row, 1).map(|sql| sql.trim_matches([' ', '\n', '\t', ';']).to_owned()),
    };
    Ok(rows.iter().map(view).collect())
}

/// Gives the indexes of a table: the unique ones first, then by name. An expression stands
/// among the columns as its text.
pub fn indexes(ask: &mut dyn Ask, table: &str, schema: Option<&str>) -> Result<Vec<IndexMetadata>> {
    let place = Place::new(schema);
    let rows = place.ask(ask, INDEXES, &[table])?;
    let mut indexes: Vec<IndexMetadata> = Vec::new();
    // One row for each column, in the index's order.
    for row in &rows {
        let name = text(row, 0);
        let column = optional(row, 3);
        match indexes.last_mut() {
            Some(last) if last.name == name => last.columns.push(column),
            _ => indexes.push(IndexMetadata {
                name,
                sql: optional(row, 1),
                columns: vec![column],
                unique: is_set(row, 2),
                table: table.into(),
            }),
        }
    }
    Ok(indexes)
}

/// Gives the columns of a table or view in order; none where it does not exist.
pub fn columns(
    ask: &mut dyn Ask,
    table: &str,
    schema: Option<&str>,
) -> Result<Vec<ColumnMetadata>> {
    let keys = primary_keys(ask, table, schema)?;
    let place = Place::new(schema);
    let rows = place.ask(ask, COLUMNS, &[table])?;
    let column = |row: &Vec<Value>| {
        let name = text(row, 0);
        let default = optional(row, 3);
        let counted = default
            .as_deref()
            .is_some_and(|default| default.starts_with("nextval("));
        ColumnMetadata {
            data_type: text(row, 1),
            null: is_set(row, 2),
            primary_key: keys.contains(&name),
            table: table.into(),
            full_type: text(row, 4),
            identity: is_set(row, 5) || counted,
            default,
            name,
        }
    };
    Ok(rows.iter().map(column).collect())
}

/// Gives the names of the primary key's columns in the key's order.
pub fn primary_keys(ask: &mut dyn Ask, table: &str, schema: Option<&str>) -> Result<Vec<String>> {
    let place = Place::new(schema);
    let rows = place.ask(ask, PRIMARY_KEYS, &[table])?;
    Ok(rows.iter().map(|row| text(row, 0)).collect())
}

/// Gives the foreign keys of a table, sorted by column and goal.
///
/// As in peewee, the information schema's constraints are matched by name: each column of a
/// composite key stands beside each column of its goal, and keys of the same name in one
/// schema share their goals.
pub fn foreign_keys(
    ask: &mut dyn Ask,
    table: &str,
    schema: Option<&str>,
) -> Result<Vec<ForeignKeyMetadata>> {
    let place = Place::new(schema);
    let mut rows: Vec<Vec<String>> = place
        .ask(ask, FOREIGN_KEYS, &[table])?
        .iter()
        .map(|row| (0..6).map(|column| text(row, column)).collect())
        .collect();
    rows.sort();
    rows.dedup();
    let key = |row: &Vec<String>| ForeignKeyMetadata {
        column: row[0].clone(),
        dest_table: row[1].clone(),
        dest_column: Some(row[2].clone()),
        table: table.into(),
        name: Some(row[3].clone()),
        on_delete: row[4].clone(),
        on_update: row[5].clone(),
    };
    Ok(rows.iter().map(key).collect())
}

/// Tells whether a sequence exists.
pub fn sequence_exists(ask: &mut dyn Ask, sequence: &str, schema: Option<&str>) -> Result<bool> {
    let place = Place::new(schema);
    Ok(!place.ask(ask, SEQUENCE, &[sequence])?.is_empty())
}

/// The schema in which a question is asked.
struct Place<'a>(Option<&'a str>);

impl<'a> Place<'a> {
    fn new(schema: Option<&'a str>) -> Self {
        Self(schema.filter(|name| !name.is_empty()))
    }

    /// Asks with the schema's name in place of `{schema}`, which comes after all other values.
    fn ask(&self, ask: &mut dyn Ask, sql: &str, names: &[&str]) -> Result<Vec<Vec<Value>>> {
        let mut values: Vec<Value> = names.iter().map(|name| (*name).into()).collect();
        let schema = match self.0 {
            Some(name) => {
                values.push(name.into());
                "CAST(%s AS text)"
            }
            None => "current_schema()",
        };
        ask.ask(&sql.replace("{schema}", schema), &values)
    }
}

const TABLES: &str = "\
SELECT CAST(tablename AS text) FROM pg_catalog.pg_tables \
WHERE schemaname = {schema} ORDER BY tablename";

const VIEWS: &str = "\
SELECT CAST(viewname AS text), definition FROM pg_catalog.pg_views \
WHERE schemaname = {schema} ORDER BY viewname";

const INDEXES: &str = "\
SELECT CAST(i.relname AS text), pg_catalog.pg_get_indexdef(i.oid), x.indisunique, \
CASE WHEN k.number = 0 THEN pg_catalog.pg_get_indexdef(i.oid, CAST(k.place AS integer), true) \
ELSE CAST(a.attname AS text) END \
FROM pg_catalog.pg_index AS x \
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid \
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid \
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace \
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place) \
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number \
WHERE t.relkind = 'r' AND i.relkind = 'i' \
AND t.relname = CAST(%s AS text) AND n.nspname = {schema} \
ORDER BY x.indisunique DESC, i.relname, k.place";

const COLUMNS: &str = "\
SELECT CAST(c.column_name AS text), CAST(c.data_type AS text), c.is_nullable = 'YES', \
CAST(c.column_default AS text), pg_catalog.format_type(a.atttypid, a.atttypmod), \
c.is_identity = 'YES' \
FROM information_schema.columns AS c \
JOIN pg_catalog.pg_namespace AS n ON n.nspname = c.table_schema \
JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = c.table_name \
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attname = c.column_name \
WHERE c.table_name = CAST(%s AS text) AND c.table_schema = {schema} \
ORDER BY c.ordinal_position";

const PRIMARY_KEYS: &str = "\
SELECT CAST(k.column_name AS text) FROM information_schema.table_constraints AS c \
JOIN information_schema.key_column_usage AS k \
ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name \
AND k.table_schema = c.table_schema AND k.table_name = c.table_name \
WHERE c.constraint_type = 'PRIMARY KEY' \
AND c.table_name = CAST(%s AS text) AND c.table_schema = {schema} \
ORDER BY k.ordinal_position";

const FOREIGN_KEYS: &str = "\
SELECT CAST(k.column_name AS text), CAST(g.table_name AS text), CAST(g.column_name AS text), \
CAST(c.constraint_name AS text), CAST(r.delete_rule AS text), CAST(r.update_rule AS text) \
FROM information_schema.table_constraints AS c \
JOIN information_schema.key_column_usage AS k \
ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name \
AND k.table_schema = c.table_schema AND k.table_name = c.table_name \
JOIN information_schema.constraint_column_usage AS g \
ON g.constraint_schema = c.constraint_schema AND g.constraint_name = c.constraint_name \
JOIN information_schema.referential_constraints AS r \
ON r.constraint_schema = c.constraint_schema AND r.constraint_name = c.constraint_name \
WHERE c.constraint_type = 'FOREIGN KEY' \
AND c.table_name = CAST(%s AS text) AND c.table_schema = {schema}";

const SEQUENCE: &str = "\
SELECT 1 FROM pg_catalog.pg_class AS c \
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
WHERE c.relkind = 'S' AND c.relname = CAST(%s AS text) AND n.nspname = {schema}";

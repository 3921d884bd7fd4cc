//! What `SQLite` says about its tables: its schema table and its table pragmas.
//! See <https://www.sqlite.org/pragma.html>.

use std::collections::HashMap;

use redstart_core::{Result, Value};

use super::answer::{is_set, number, optional, text};
use super::{Ask, ColumnMetadata, ForeignKeyMetadata, IndexMetadata, ViewMetadata};

/// Gives the names of the tables, sorted. The schema is `main` by default.
pub fn tables(ask: &mut dyn Ask, schema: Option<&str>) -> Result<Vec<String>> {
    let schema = quoted(schema);
    let sql = format!("SELECT name FROM {schema}.sqlite_master WHERE type=? ORDER BY name");
    let rows = ask.ask(&sql, &["table".into()])?;
    Ok(rows.iter().map(|row| text(row, 0)).collect())
}

/// Gives the views, sorted by name.
pub fn views(ask: &mut dyn Ask, schema: Option<&str>) -> Result<Vec<ViewMetadata>> {
    let schema = quoted(schema);
    let sql = format!("SELECT name, sql FROM {schema}.sqlite_master WHERE type=? ORDER BY name");
    let rows = ask.ask(&sql, &["view".into()])?;
    let view = |row: &Vec<Value>| ViewMetadata {
        name: text(row, 0),
        sql: optional(row, 1),
    };
    Ok(rows.iter().map(view).collect())
}

/// Gives the indexes of a table, sorted by name.
pub fn indexes(ask: &mut dyn Ask, table: &str, schema: Option<&str>) -> Result<Vec<IndexMetadata>> {
    let sql = format!(
        "SELECT name, sql FROM {}.sqlite_master WHERE tbl_name = ? AND type = ? ORDER BY name",
        quoted(schema)
    );
    let known = ask.ask(&sql, &[table.into(), "index".into()])?;
    let listed = pragma(ask, schema, "index_list", table)?;
    let unique: HashMap<String, bool> = listed
        .iter()
        .map(|row| (text(row, 1), is_set(row, 2)))
        .collect();
    let mut indexes = Vec::with_capacity(known.len());
    for row in &known {
        let name = text(row, 0);
        let columns = pragma(ask, schema, "index_info", &name)?;
        indexes.push(IndexMetadata {
            sql: optional(row, 1),
            columns: columns.iter().map(|column| optional(column, 2)).collect(),
            unique: unique.get(&name).copied().unwrap_or(false),
            table: table.into(),
            name,
        });
    }
    Ok(indexes)
}

/// Gives the columns of a table or view in order; none where it does not exist.
pub fn columns(
    ask: &mut dyn Ask,
    table: &str,
    schema: Option<&str>,
) -> Result<Vec<ColumnMetadata>> {
    let rows = pragma(ask, schema, "table_info", table)?;
    let keys = rows.iter().filter(|row| is_set(row, 5)).count();
    let column = |row: &Vec<Value>| {
        let data_type = text(row, 2);
        let primary_key = is_set(row, 5);
        ColumnMetadata {
            name: text(row, 1),
            null: !is_set(row, 3),
            primary_key,
            table: table.into(),
            default: optional(row, 4),
            full_type: data_type.clone(),
            identity: primary_key && keys == 1 && data_type.eq_ignore_ascii_case("INTEGER"),
            data_type,
        }
    };
    Ok(rows.iter().map(column).collect())
}

/// Gives the names of the primary key's columns in the key's order.
pub fn primary_keys(ask: &mut dyn Ask, table: &str, schema: Option<&str>) -> Result<Vec<String>> {
    let rows = pragma(ask, schema, "table_info", table)?;
    let mut keys: Vec<_> = rows
        .iter()
        .filter(|row| is_set(row, 5))
        .map(|row| (number(row, 5), text(row, 1)))
        .collect();
    keys.sort();
    Ok(keys.into_iter().map(|(_, name)| name).collect())
}

/// Gives the foreign keys of a table, in the order in which `SQLite` lists them.
pub fn foreign_keys(
    ask: &mut dyn Ask,
    table: &str,
    schema: Option<&str>,
) -> Result<Vec<ForeignKeyMetadata>> {
    let rows = pragma(ask, schema, "foreign_key_list", table)?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        let dest_table = text(row, 2);
        let mut dest_column = optional(row, 4);
        if dest_column.is_none() {
            // A key that names no column refers to the primary key.
            let position = usize::try_from(number(row, 1)).unwrap_or(0);
            let primary = primary_keys(ask, &dest_table, schema)?;
            dest_column = primary.into_iter().nth(position);
        }
        keys.push(ForeignKeyMetadata {
            column: text(row, 3),
            dest_table,
            dest_column,
            table: table.into(),
            name: None,
            on_delete: text(row, 6),
            on_update: text(row, 5),
        });
    }
    Ok(keys)
}

fn pragma(
    ask: &mut dyn Ask,
    schema: Option<&str>,
    name: &str,
    subject: &str,
) -> Result<Vec<Vec<Value>>> {
    let sql = format!("PRAGMA {}.{name}({})", quoted(schema), quote(subject));
    ask.ask(&sql, &[])
}

fn quoted(schema: Option<&str>) -> String {
    quote(schema.unwrap_or("main"))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

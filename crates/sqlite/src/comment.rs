//! The little that must be known about a statement's text before it is compiled:
//! where it begins behind blanks and comments.

/// Skips blanks and comments at the start of a text.
pub(crate) fn skip(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
        if let Some(comment) = sql.strip_prefix("--") {
            sql = comment.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = sql.strip_prefix("/*") {
            sql = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql;
        }
    }
}

/// Tells whether a statement begins with INSERT, UPDATE, DELETE or REPLACE: the
/// statements for which CPython's driver counts rows.
pub(crate) fn is_dml(sql: &str) -> bool {
    let sql = skip(sql).as_bytes();
    [&b"INSERT"[..], b"UPDATE", b"DELETE", b"REPLACE"]
        .iter()
        .any(|word| {
            sql.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_comments_are_skipped() {
        assert_eq!(skip(" -- a\n /* b */ select"), "select");
        assert_eq!(skip("-- a"), "");
        assert_eq!(skip("/* open"), "");
        assert_eq!(skip("- 1"), "- 1");
    }

    #[test]
    fn rows_are_counted_for_the_four_words_alone() {
        assert!(is_dml("  /* c */ update t"));
        assert!(is_dml("Replace into t"));
        assert!(!is_dml("with q as (select 1) update t"));
        assert!(!is_dml("sel"));
    }
}

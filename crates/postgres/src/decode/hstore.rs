//! `hstore` in its text form: `"a"=>"1", "b"=>NULL`
//! (<https://www.postgresql.org/docs/current/hstore.html>).

/// Takes a text apart into keys and values.
pub(super) fn parse(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut rest = text;
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        let (key, behind) = quoted(rest)?;
        let behind = behind.strip_prefix("=>")?;
        let (value, behind) = match behind.strip_prefix("NULL") {
            Some(behind) => (None, behind),
            None => quoted(behind).map(|(value, behind)| (Some(value), behind))?,
        };
        pairs.push((key, value));
        rest = behind.strip_prefix(", ").unwrap_or(behind);
    }
    Some(pairs)
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inner.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((value, inner.get(place + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            character => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_taken_apart() {
        let pairs = parse(r#""a"=>"1", "b \"=>"=>NULL"#).unwrap();
        let expected = vec![("a".into(), Some("1".into())), ("b \"=>".into(), None)];
        assert_eq!(pairs, expected);
        assert_eq!(parse(""), Some(vec![]));
        assert_eq!(parse("a"), None);
    }
}

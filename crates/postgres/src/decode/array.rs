//! Arrays in their text form: `{1,NULL,"a b",{2}}` (the manual's section 8.15.6).

use std::borrow::Cow;

/// An array, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<'a> {
    /// The type of its elements.
    pub element: u32,
    /// Its elements.
    pub items: Vec<Item<'a>>,
}

/// An element of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// SQL `NULL`.
    Null,
    /// The text form of a value.
    Value(Cow<'a, str>),
    /// A further dimension.
    List(Vec<Item<'a>>),
}

impl Array<'_> {
    /// Reads an array of a type. What it gives owns its parts.
    pub(super) fn parse<'b>(element: u32, text: &str) -> Option<Array<'b>> {
        // Other bounds than from 1 on stand before: `[0:1]={…}`.
        let start = text.find('{')?;
        let mut reader = Reader {
            rest: text.get(start..)?,
        };
        let items = reader.list()?;
        reader.rest.is_empty().then_some(Array { element, items })
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn list<'b>(&mut self) -> Option<Vec<Item<'b>>> {
        self.take('{')?;
        let mut items = Vec::new();
        if self.take('}').is_some() {
            return Some(items);
        }
        loop {
            items.push(self.item()?);
            if self.take('}').is_some() {
                return Some(items);
            }
            self.take(',').or_else(|| self.take(';'))?;
        }
    }

    fn item<'b>(&mut self) -> Option<Item<'b>> {
        if self.rest.starts_with('{') {
            return self.list().map(Item::List);
        }
        if self.take('"').is_some() {
            return self.quoted().map(|text| Item::Value(text.into()));
        }
        let end = self.rest.find([',', '}', ';'])?;
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        if text.eq_ignore_ascii_case("null") {
            return Some(Item::Null);
        }
        Some(Item::Value(text.to_owned().into()))
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((place, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = self.rest.get(place + 1..)?;
                    return Some(text);
                }
                '\\' => text.push(characters.next()?.1),
                character => text.push(character),
            }
        }
        None
    }

    fn take(&mut self, character: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(character)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_taken_apart() {
        let array = Array::parse(25, r#"{a,NULL,"b \"c\"\\",{},{"NULL"}}"#).unwrap();
        let value = |text: &'static str| Item::Value(text.into());
        let expected = vec![
            value("a"),
            Item::Null,
            value("b \"c\"\\"),
            Item::List(vec![]),
            Item::List(vec![value("NULL")]),
        ];
        assert_eq!(array.items, expected);
        assert_eq!(Array::parse(23, "[0:1]={1,2}").unwrap().items.len(), 2);
        assert_eq!(Array::parse(23, "{1,2").map(|array| array.items), None);
    }
}

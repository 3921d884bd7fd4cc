//! The aliases of sources: `t1`, `t2` … in the order in which sources are first
//! rendered, and which of them a nested query can see.

use std::fmt;

use redstart_core::Name;
use redstart_core::node::SourceKey;

/// The alias of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AliasName {
    /// `t` and a number.
    Number(u32),
    /// A name: a table that is written to goes by its own.
    Name(Name),
}

impl fmt::Display for AliasName {
    /// Writes the alias without quotes: `t1`, or the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "t{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// The aliases given so far. Entries never move: a level that ends cuts off its own,
/// and a part of the list can be hidden from a level.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aliases {
    entries: Vec<(SourceKey, AliasName)>,
    hidden: Vec<(usize, usize)>,
    levels: Vec<(usize, usize)>,
    last: u32,
}

/// A moment in the list of aliases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    entries: usize,
    last: u32,
}

impl Aliases {
    /// Gives the alias of a source, and a new one to a source that has none.
    pub(crate) fn get(&mut self, key: SourceKey) -> AliasName {
        if let Some(known) = self.find(key) {
            return known.clone();
        }
        self.last += 1;
        let alias = AliasName::Number(self.last);
        self.entries.push((key, alias.clone()));
        alias
    }

    /// Finds the alias of a source that has one here.
    pub(crate) fn find(&self, key: SourceKey) -> Option<&AliasName> {
        self.entries
            .iter()
            .enumerate()
            .rev()
            .find(|(place, (known, _))| *known == key && !self.is_hidden(*place))
            .map(|(_, (_, alias))| alias)
    }

    /// Names a source from here on.
    pub(crate) fn set(&mut self, key: SourceKey, alias: AliasName) {
        self.entries.push((key, alias));
    }

    /// Marks the moment.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            entries: self.entries.len(),
            last: self.last,
        }
    }

    /// Forgets everything since a moment, the numbers as well.
    pub(crate) fn forget_since(&mut self, mark: Mark) {
        self.entries.truncate(mark.entries);
        self.last = mark.last;
    }

    /// Begins a level that sees what was there at a moment, and nothing given since.
    pub(crate) fn push_hiding(&mut self, mark: Mark) {
        self.levels.push((self.entries.len(), self.hidden.len()));
        if mark.entries < self.entries.len() {
            self.hidden.push((mark.entries, self.entries.len()));
        }
    }

    /// Begins a level that sees nothing from before.
    pub(crate) fn push_blind(&mut self) {
        self.push_hiding(Mark {
            entries: 0,
            last: 0,
        });
    }

    /// Begins a level that sees everything from before.
    pub(crate) fn push(&mut self) {
        self.push_hiding(self.mark());
    }

    /// Ends a level: its aliases are forgotten, its numbers stay used.
    pub(crate) fn pop(&mut self) {
        if let Some((entries, hidden)) = self.levels.pop() {
            self.entries.truncate(entries);
            self.hidden.truncate(hidden);
        }
    }

    fn is_hidden(&self, place: usize) -> bool {
        self.hidden
            .iter()
            .any(|(from, to)| (*from..*to).contains(&place))
    }
}

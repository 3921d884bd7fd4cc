//! Prepared statements of one connection: what they are called, what they take and give, and
//! the cache that keeps those which were used last.

use std::collections::HashMap;
use std::sync::Arc;

use redstart_core::Value;

use crate::oid;
use crate::row::Layout;
use crate::value::type_of;

/// A statement that the server has prepared.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The server's name for it; empty for one that is not kept.
    pub(crate) name: String,
    /// The types that were declared, and those that the server made of them.
    pub(crate) declared: Box<[u32]>,
    pub(crate) resolved: Box<[u32]>,
    /// The result; `None` for a statement without one.
    pub(crate) layout: Option<Layout>,
}

impl Prepared {
    /// Tells whether values fit the types with which the statement was prepared.
    fn takes(&self, values: &[Value]) -> bool {
        self.declared.len() == values.len()
            && values.iter().enumerate().all(|(place, value)| {
                let declared = self.declared.get(place).copied().unwrap_or_default();
                match value {
                    Value::Null => true,
                    Value::Text(_) => declared == oid::UNKNOWN || declared == oid::TEXT,
                    _ => {
                        let own = type_of(value);
                        own == declared || Some(&own) == self.resolved.get(place)
                    }
                }
            })
    }
}

/// The statements that a connection keeps.
pub(crate) struct StatementCache {
    by_text: HashMap<Arc<str>, Vec<(u64, Arc<Prepared>)>>,
    size: usize,
    limit: usize,
    clock: u64,
    number: u64,
}

impl StatementCache {
    /// Makes an empty cache for so many statements.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            by_text: HashMap::new(),
            size: 0,
            limit,
            clock: 0,
            number: 0,
        }
    }

    /// Finds the statement of a text that takes these values.
    pub(crate) fn find(&mut self, sql: &str, values: &[Value]) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let known = self.by_text.get_mut(sql)?;
        let (used, found) = known.iter_mut().find(|(_, one)| one.takes(values))?;
        *used = self.clock;
        Some(Arc::clone(found))
    }

    /// Tells whether statements are kept at all.
    pub(crate) fn keeps(&self) -> bool {
        self.limit > 0
    }

    /// Makes a name that no statement has.
    pub(crate) fn new_name(&mut self) -> String {
        self.number += 1;
        format!("redstart_{}", self.number)
    }

    /// Keeps a statement; gives the names of those that are let go for it.
    pub(crate) fn keep(&mut self, sql: &str, statement: Arc<Prepared>) -> Vec<String> {
        self.clock += 1;
        let entry = (self.clock, statement);
        match self.by_text.get_mut(sql) {
            Some(known) => known.push(entry),
            None => {
                self.by_text.insert(sql.into(), vec![entry]);
            }
        }
        self.size += 1;
        if self.size <= self.limit {
            return Vec::new();
        }
        self.let_go()
    }

    /// Forgets a statement.
    pub(crate) fn forget(&mut self, sql: &str, name: &str) {
        if let Some(known) = self.by_text.get_mut(sql) {
            let before = known.len();
            known.retain(|(_, one)| one.name != name);
            self.size -= before - known.len();
            if known.is_empty() {
                self.by_text.remove(sql);
            }
        }
    }

    /// Forgets all statements and gives their names.
    pub(crate) fn clear(&mut self) -> Vec<String> {
        self.size = 0;
        let known = self.by_text.drain().flat_map(|(_, known)| known);
        known.map(|(_, one)| one.name.clone()).collect()
    }

    /// Takes out the quarter that was not used for the longest time.
    fn let_go(&mut self) -> Vec<String> {
        let mut uses: Vec<u64> = self
            .by_text
            .values()
            .flatten()
            .map(|(used, _)| *used)
            .collect();
        uses.sort_unstable();
        let Some(bound) = uses.get(self.limit / 4).copied() else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for known in self.by_text.values_mut() {
            known.retain(|(used, one)| {
                if *used < bound {
                    names.push(one.name.clone());
                }
                *used >= bound
            });
        }
        self.by_text.retain(|_, known| !known.is_empty());
        self.size -= names.len();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(name: &str, declared: &[u32], resolved: &[u32]) -> Arc<Prepared> {
        Arc::new(Prepared {
            name: name.into(),
            declared: declared.into(),
            resolved: resolved.into(),
            layout: None,
        })
    }

    #[test]
    fn a_statement_is_found_by_text_and_types() {
        let mut cache = StatementCache::new(8);
        let mixed = statement("a", &[oid::INT4, oid::UNKNOWN], &[oid::INT4, oid::DATE]);
        cache.keep("s", mixed);
        let takes =
            |cache: &mut StatementCache, values: &[Value]| cache.find("s", values).is_some();
        assert!(takes(&mut cache, &[Value::Int(1), Value::text("x")]));
        assert!(takes(&mut cache, &[Value::Null, Value::Null]));
        assert!(!takes(&mut cache, &[Value::Int(1 << 40), Value::Null]));
        assert!(!takes(&mut cache, &[Value::Int(1)]));
        let day = redstart_core::value::Date {
            year: 2024,
            month: 1,
            day: 1,
        };
        assert!(takes(&mut cache, &[Value::Int(1), Value::Date(day)]));
        cache.forget("s", "a");
        assert!(!takes(&mut cache, &[Value::Null, Value::Null]));
    }

    #[test]
    fn the_least_used_are_let_go() {
        let mut cache = StatementCache::new(8);
        for number in 0..8 {
            let name = number.to_string();
            assert_eq!(
                cache.keep(&name, statement(&name, &[], &[])),
                Vec::<String>::new()
            );
        }
        assert!(cache.find("0", &[]).is_some());
        let mut gone = cache.keep("8", statement("8", &[], &[]));
        gone.sort();
        assert_eq!(gone, ["1", "2"]);
        assert!(cache.find("0", &[]).is_some());
    }
}

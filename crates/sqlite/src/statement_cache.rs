//! Prepared statements at rest, found by their text; the one unused for longest
//! gives way. What a statement does while it runs is not known here.

use std::collections::HashMap;
use std::sync::Arc;

use redstart_core::Value;
use rusqlite::ffi;

use redstart_core::Column;

/// A prepared statement with what is known about it. Freeing it is explicit:
/// a closed connection has freed its statements already.
pub(crate) struct Prepared {
    /// The statement; null for a text without one.
    pub(crate) raw: *mut ffi::sqlite3_stmt,
    /// Its text.
    pub(crate) sql: Arc<str>,
    /// The columns of its result.
    pub(crate) columns: Arc<[Column]>,
    /// How many parameters it takes.
    pub(crate) parameters: usize,
    /// It writes nothing.
    pub(crate) readonly: bool,
    /// It begins with INSERT, UPDATE, DELETE or REPLACE.
    pub(crate) dml: bool,
    /// How often a change of the schema had it compiled again.
    pub(crate) recompiled: i32,
    /// The values whose memory the bound parameters point into.
    pub(crate) held: Vec<Value>,
    /// The numbers that a statement that only reads keeps bound from run to run:
    /// `SQLite` looks at a `LIMIT ?` when it plans, and plans anew whenever it is bound.
    pub(crate) numbers: Vec<Option<Value>>,
}

// SAFETY: the pointer is used only with the connection's mutex held.
unsafe impl Send for Prepared {}
// SAFETY: as above; a shared reference gives no access to the pointer's target.
unsafe impl Sync for Prepared {}

impl Prepared {
    /// Ends the run and forgets the bound values but for the numbers that it keeps.
    /// The caller holds the mutex.
    pub(crate) fn reset(&mut self) {
        // SAFETY: the statement is alive while its connection is open (null is
        // allowed); the bindings are cleared before their memory is given back.
        unsafe {
            ffi::sqlite3_reset(self.raw);
            if self.numbers.iter().all(Option::is_none) {
                if self.parameters > 0 {
                    ffi::sqlite3_clear_bindings(self.raw);
                }
            } else {
                for (index, _) in (1..).zip(&self.numbers).filter(|(_, kept)| kept.is_none()) {
                    ffi::sqlite3_bind_null(self.raw, index);
                }
            }
        }
        self.held.clear();
    }

    /// Tells whether a parameter, counted from 1, is bound to this value already.
    pub(crate) fn is_bound(&self, index: usize, value: &Value) -> bool {
        let kept = self.numbers.get(index.wrapping_sub(1));
        match (kept, value) {
            (Some(Some(Value::Int(kept))), Value::Int(value)) => kept == value,
            (Some(Some(Value::Bool(kept))), Value::Bool(value)) => kept == value,
            _ => false,
        }
    }

    /// Notes what a parameter, counted from 1, is about to be bound to.
    pub(crate) fn note_bound(&mut self, index: usize, value: &Value) {
        if !self.readonly {
            return;
        }
        self.numbers.resize(self.parameters, None);
        if let Some(kept) = self.numbers.get_mut(index.wrapping_sub(1)) {
            *kept = match value {
                Value::Int(_) | Value::Bool(_) => Some(value.clone()),
                _ => None,
            };
        }
    }
}

/// A bounded map from a text to its idle statement.
pub(crate) struct StatementCache {
    capacity: usize,
    clock: u64,
    slots: HashMap<Arc<str>, Slot>,
}

struct Slot {
    used: u64,
    idle: Option<Prepared>,
}

impl StatementCache {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            clock: 0,
            slots: HashMap::new(),
        }
    }

    /// Takes the idle statement of a text; its place stays reserved.
    pub(crate) fn take(&mut self, sql: &str) -> Option<Prepared> {
        let slot = self.slots.get_mut(sql)?;
        self.clock += 1;
        slot.used = self.clock;
        slot.idle.take()
    }

    /// Keeps a statement and gives back the one for which there is no room.
    pub(crate) fn put(&mut self, prepared: Prepared) -> Option<Prepared> {
        if self.capacity == 0 || prepared.raw.is_null() {
            return Some(prepared);
        }
        self.clock += 1;
        let used = self.clock;
        if let Some(slot) = self.slots.get_mut(&*prepared.sql) {
            slot.used = used;
            if slot.idle.is_some() {
                return Some(prepared);
            }
            slot.idle = Some(prepared);
            return None;
        }
        let surplus = if self.slots.len() >= self.capacity {
            self.evict()
        } else {
            None
        };
        let sql = Arc::clone(&prepared.sql);
        let idle = Some(prepared);
        self.slots.insert(sql, Slot { used, idle });
        surplus
    }

    /// Forgets all statements, which the connection has freed.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
    }

    fn evict(&mut self) -> Option<Prepared> {
        let oldest = self.slots.iter().min_by_key(|(_, slot)| slot.used)?;
        let sql = Arc::clone(oldest.0);
        self.slots.remove(&sql)?.idle
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::NonNull;

    use super::*;

    fn prepared(sql: &str) -> Prepared {
        Prepared {
            raw: NonNull::dangling().as_ptr(),
            sql: sql.into(),
            columns: Arc::new([]),
            parameters: 0,
            readonly: true,
            dml: false,
            recompiled: 0,
            held: Vec::new(),
            numbers: Vec::new(),
        }
    }

    #[test]
    fn the_statement_unused_for_longest_gives_way() {
        let mut cache = StatementCache::new(2);
        assert!(cache.put(prepared("a")).is_none());
        assert!(cache.put(prepared("b")).is_none());
        let a = cache.take("a").expect("a was kept");
        assert!(cache.put(a).is_none());
        let surplus = cache.put(prepared("c")).expect("the cache was full");
        assert_eq!(&*surplus.sql, "b");
        assert!(cache.take("b").is_none());
        assert!(cache.take("a").is_some());
    }

    #[test]
    fn one_idle_statement_is_kept_for_a_text() {
        let mut cache = StatementCache::new(2);
        assert!(cache.put(prepared("a")).is_none());
        assert!(cache.put(prepared("a")).is_some());
        assert!(cache.take("a").is_some());
        assert!(cache.take("a").is_none());
    }

    #[test]
    fn a_cache_without_room_keeps_nothing() {
        assert!(StatementCache::new(0).put(prepared("a")).is_some());
    }
}

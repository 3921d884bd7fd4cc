//! Tables and the identity of sources.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Name;

/// The identity of a source: what decides whether two mentions share an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceKey(u64);

/// A table or an alias of one. Two aliases of a table differ in their key.
#[derive(Clone, Debug)]
pub struct Table {
    /// The identity as a source.
    pub key: SourceKey,
    /// The schema.
    pub schema: Option<Name>,
    /// The name.
    pub name: Name,
    /// The alias, where one was chosen.
    pub alias: Option<Name>,
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(1);

impl SourceKey {
    /// Gives an identity that no other source has.
    pub fn unique() -> Self {
        Self(NEXT_KEY.fetch_add(1, Ordering::Relaxed))
    }

    /// Gives the identity shared by all sources of a kind with the same name.
    pub fn named(kind: &str, name: &str) -> Self {
        // FNV-1a over both parts; the high bit keeps it apart from the counter's.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in kind.bytes().chain([0]).chain(name.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash | 1 << 63)
    }
}

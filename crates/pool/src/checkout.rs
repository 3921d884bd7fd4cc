//! The leases that are out, and who has them.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::holder::{Holder, HolderInfo};
use crate::lease::LeaseId;

/// Who has a lease, since when.
pub(crate) struct Checkout {
    holder: Holder,
    since: Instant,
}

impl Checkout {
    pub(crate) fn new(holder: Holder, since: Instant) -> Self {
        Self { holder, since }
    }
}

/// All leases that are out, in the order in which they were given.
pub(crate) struct Checkouts(BTreeMap<LeaseId, Checkout>);

impl Checkouts {
    pub(crate) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn contains(&self, lease: LeaseId) -> bool {
        self.0.contains_key(&lease)
    }

    pub(crate) fn insert(&mut self, lease: LeaseId, row: Checkout) {
        self.0.insert(lease, row);
    }

    pub(crate) fn remove(&mut self, lease: LeaseId) -> Option<Checkout> {
        self.0.remove(&lease)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Makes the table for a reader.
    pub(crate) fn holders(&self, now: Instant) -> Vec<HolderInfo> {
        let info = |(lease, row): (&LeaseId, &Checkout)| HolderInfo {
            lease: *lease,
            holder: row.holder.clone(),
            since: row.since,
            held: now.saturating_duration_since(row.since),
        };
        self.0.iter().map(info).collect()
    }

    /// Names those that are out since before a moment.
    pub(crate) fn before(&self, then: Instant) -> Vec<LeaseId> {
        let old = self.0.iter().filter(|(_, row)| row.since < then);
        old.map(|(lease, _)| *lease).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_leasing_and_says_since_when() {
        let second = Duration::from_secs(1);
        let start = Instant::now();
        let mut out = Checkouts::new();
        for (number, label) in [(7, "second"), (2, "first"), (9, "third")] {
            let since = start + second * number;
            let row = Checkout::new(Holder::new(label), since);
            out.insert(LeaseId(number.into()), row);
        }
        let table: Vec<_> = out
            .holders(start + second * 8)
            .into_iter()
            .map(|info| (info.holder.label, info.held))
            .collect();
        let expected = [
            ("first", second * 6),
            ("second", second),
            ("third", Duration::ZERO),
        ];
        assert_eq!(
            table,
            expected.map(|(label, held)| (label.to_owned(), held))
        );
        assert_eq!(out.before(start + second * 7), [LeaseId(2)]);
        assert_eq!(out.before(start + second * 8), [LeaseId(2), LeaseId(7)]);
    }
}

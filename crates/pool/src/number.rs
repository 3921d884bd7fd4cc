//! Numbers that name leases, tickets and connections and put them in order.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers leases, tickets and connections. One row for all pools of the process, so
/// that no number comes twice, not even in a pool that replaces another.
pub(crate) fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

//! What PostgreSQL can do. How a dialect differs from the standard stays in floor 1.

use redstart_core::Capability;

/// States the abilities of PostgreSQL 12 and newer.
pub fn capability() -> Capability {
    Capability::postgres()
}

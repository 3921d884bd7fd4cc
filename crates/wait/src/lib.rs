//! Floor 2 of Redstart, beside the renderer: how an operation waits. Operations are plain
//! futures without a runtime. One that cannot go on says what it waits for, and a waiter,
//! of which the one that blocks a thread stands here, polls it again when that is there.

mod block;
mod offload;
mod selector;
mod spin;
mod wish;

pub use block::{Host, Interrupted, block_on, holding, set_host, wait};
pub use offload::{Offload, offload, spawn};
pub use selector::{Bell, Selector, Ticket};
pub use spin::spin;
pub use wish::{Deadline, Interest, Source, Wish, by_deadline, readiness, sleep_until};

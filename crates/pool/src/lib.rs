//! Floor 3 of Redstart: the books of one connection pool that serves threads and tasks
//! at once. It says who may open or use a connection, who waits, and what must be
//! closed. It does no I/O, has no timer, and knows no driver and no SQL.
//!
//! A connection is any `T: Send`. Whoever waits polls an [`Acquire`]: a thread with a
//! waker that unparks it, a task with a waker of its event loop.
//!
//! ```
//! use std::task::{Context, Poll, Waker};
//! use std::{future::Future, pin::pin};
//!
//! use redstart_pool::{Acquired, Holder, Keep, Pool, Settings, Wait};
//!
//! let pool = Pool::<String>::new(Settings::default());
//! let acquire = pin!(pool.acquire(Holder::new("thread MainThread"), Wait::Never));
//! let Poll::Ready(Ok(Acquired::Vacant { mut lease })) =
//!     acquire.poll(&mut Context::from_waker(Waker::noop()))
//! else {
//!     unreachable!("an empty pool lets its first caller open a connection")
//! };
//! let connection = String::from("opened by the caller");
//! lease.opened(1.0);
//! assert_eq!(pool.stats().in_use, 1);
//! if let Some(retired) = lease.give_back(connection, Keep::Yes) {
//!     retired.close(drop);
//! }
//! assert_eq!(pool.stats().idle, 1);
//! ```

pub mod acquire;
mod checkout;
pub mod error;
pub mod holder;
mod idle;
pub mod lease;
mod number;
pub mod pool;
mod queue;
pub mod settings;
mod shared;
mod state;
pub mod stats;
mod wakes;

pub use acquire::{Acquire, Acquired, Wait};
pub use error::AcquireError;
pub use holder::{Holder, HolderInfo};
pub use lease::{Keep, Lease, LeaseId, Retired};
pub use pool::Pool;
pub use settings::Settings;
pub use stats::Stats;

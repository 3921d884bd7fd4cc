//! Floor 2 of Redstart: the statement tree and a dialect become SQL text and
//! binds. No I/O, no clock, no randomness.
//!
//! [`render`] walks a tree once and gives the text a database's [`Capability`] asks
//! for, with the values bound in order; [`render_ddl`] does so for the statements of a schema. A host language that renders nodes of its
//! own works on the [`Renderer`] itself.

mod alias;
mod ddl;
mod literal;
mod render;
mod renderer;
mod state;

pub use alias::AliasName;
pub use ddl::render_ddl;
pub use renderer::{Rendered, Renderer, render};
pub use state::{Scope, StateChange};

#[doc(no_inline)]
pub use redstart_core::Capability;

//! Model instances: what a row or a constructor call becomes. The layout of a model, the
//! state of an instance and the descriptors of its fields live here; no queries.

mod attributes;
mod field_accessor;
mod foreign_key_accessor;
mod layout;
mod load_plan;
mod object;
mod object_id_accessor;
mod save_plan;
mod select_plans;
mod state;
mod traverse;

pub use field_accessor::FieldAccessor;
pub use foreign_key_accessor::ForeignKeyAccessor;
pub use layout::Layout;
pub(crate) use layout::{class_attribute, interned};
pub use load_plan::LoadPlan;
pub use object::Instance;
pub use object_id_accessor::ObjectIdAccessor;
pub use save_plan::SavePlan;
pub use select_plans::SelectPlans;
pub(crate) use state::{Dirty, Rel, RowSource, State};
pub(crate) use traverse::visit_directly;

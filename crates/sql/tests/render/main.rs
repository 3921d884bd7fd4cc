//! One statement, the SQL of three databases side by side. The expected texts are
//! what peewee 4.5.3 gives for the same statement. No database is needed.

mod aliases;
mod compound;
mod conversion;
mod cte;
mod ddl;
mod expression;
mod function;
mod index;
mod insert;
mod literals;
mod on_conflict;
mod renderer;
mod select;
mod source;
mod subquery;
mod tree;
mod update_delete;
mod window;

//! One walk over the tree: every kind of node has a file here, named like its
//! definition in floor 1. This file only tells them apart.

mod alias;
mod assignment;
mod case;
mod cast;
mod column;
mod compound;
mod cte;
mod delete;
mod expression;
mod for_update;
mod function;
mod index;
mod insert;
mod join;
mod list;
mod negated;
mod node_list;
mod on_conflict;
mod ordering;
mod param;
mod returning;
mod select;
mod source;
mod sql;
mod table;
mod tail;
mod update;
mod values_list;
mod window;

use std::any::Any;

use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes a node in the current state: what `Context.sql(node)` does.
    pub fn node(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Value(value) => self.inherited_value(value),
            Node::Param(param) => self.param(param),
            Node::List(nodes) => self.list(nodes),
            Node::Column(column) => self.column(column),
            Node::Entity(path) => {
                self.entity(path);
                Ok(())
            }
            Node::Sql(sql) => self.sql_text(sql),
            Node::Expression(expression) => self.expression(expression, !expression.flat),
            Node::Negated(node) => self.negated(node),
            Node::BitwiseNegated(node) => self.bitwise_negated(node),
            Node::Alias(alias) => self.alias_node(alias),
            Node::BindTo(bound) => self.node(&bound.node),
            Node::Marked(marked) => self.node(&marked.node),
            Node::Ordering(ordering) => self.ordering(ordering),
            Node::Cast(cast) => self.cast(cast),
            Node::Case(case) => self.case(case),
            Node::Function(function) => self.function(function),
            Node::Window(window) => self.window(window),
            Node::WindowAlias(name) => {
                self.name(name);
                Ok(())
            }
            Node::NodeList(list) => self.node_list(list),
            Node::QualifiedNames(node) => self.qualified_names(node),
            Node::ValueLiterals(node) => self.value_literals(node),
            Node::Star(source) => self.star(source),
            Node::Namespaced(namespace, name) => {
                self.namespaced(namespace, name);
                Ok(())
            }
            Node::CompositeKey(columns) => self.composite_key(columns),
            Node::Table(table) => {
                self.table(table);
                Ok(())
            }
            Node::Join(join) => self.join(join),
            Node::ValuesList(list) => self.values_list(list),
            Node::Cte(cte) => {
                self.cte_name(cte);
                Ok(())
            }
            Node::Select(select) => self.select(select),
            Node::Compound(compound) => self.compound(compound),
            Node::Insert(insert) => self.insert(insert),
            Node::Update(update) => self.update(update),
            Node::Delete(delete) => self.delete(delete),
            Node::ForUpdate(lock) => self.for_update(lock),
            Node::Index(index) => self.index(index),
            Node::Host(host) => host.render(self as &mut dyn Any),
        }
    }
}

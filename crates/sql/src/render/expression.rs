//! Operators between two operands.

use std::sync::Arc;

use redstart_core::node::{Converter, Expression};
use redstart_core::{FieldDef, Node, Operator, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `(lhs op rhs)`; the field on the left converts values on the right.
    ///
    /// Membership in an empty list is `(0 = 1)`, its opposite `(1 = 1)`.
    /// Concatenation of strings is `CONCAT(lhs, rhs)` where the database has no operator.
    pub(super) fn expression(&mut self, expression: &Expression, parens: bool) -> Result<()> {
        if expression.string
            && expression.op == Operator::Concat
            && self.capability.use_concat_function
        {
            return self.concat_function(expression);
        }
        match expression.op {
            Operator::In => self.membership(expression, parens, "0 = 1"),
            Operator::NotIn => self.membership(expression, parens, "1 = 1"),
            _ => self.operation(expression, parens).map(|_| ()),
        }
    }

    /// Writes the operation and gives the place in the text where its right side begins.
    fn operation(&mut self, expression: &Expression, parens: bool) -> Result<usize> {
        let mut state = self.state;
        state.in_expr = true;
        state.parentheses = true;
        let mut rhs_begin = 0;
        let converter = converter_of(&expression.lhs)
            .map_or(Converter::Off, |field| Converter::Field(Arc::clone(field)));
        self.with_state(state, |r| {
            r.with_converter(converter, |r| {
                if parens {
                    r.sql.push('(');
                }
                r.node(&expression.lhs)?;
                r.sql.push(' ');
                r.sql.push_str(r.capability.operation(expression.op.text()));
                r.sql.push(' ');
                rhs_begin = r.sql.len();
                r.node(&expression.rhs)
            })
        })?;
        if parens {
            self.sql.push(')');
        }
        Ok(rhs_begin)
    }

    fn membership(
        &mut self,
        expression: &Expression,
        parens: bool,
        when_empty: &str,
    ) -> Result<()> {
        let text = self.sql.len();
        let binds = self.binds.len();
        let aliases = self.aliases.mark();
        if !matches!(&expression.rhs, Node::List(nodes) if nodes.is_empty()) {
            let rhs_begin = self.operation(expression, parens)?;
            let rhs_end = self.sql.len() - usize::from(parens);
            if &self.sql[rhs_begin..rhs_end] != "()" {
                return Ok(());
            }
            self.sql.truncate(text);
            self.binds.truncate(binds);
            self.aliases.forget_since(aliases);
        }
        if parens {
            self.sql.push('(');
        }
        self.sql.push_str(when_empty);
        if parens {
            self.sql.push(')');
        }
        Ok(())
    }

    fn concat_function(&mut self, expression: &Expression) -> Result<()> {
        let mut state = self.state;
        state.in_function = true;
        state.parentheses = true;
        self.with_state(state, |r| {
            r.with_converter(Converter::Off, |r| {
                r.sql.push_str("CONCAT(");
                r.node(&expression.lhs)?;
                r.sql.push_str(", ");
                r.node(&expression.rhs)?;
                r.sql.push(')');
                Ok(())
            })
        })
    }
}

/// Finds the field that converts the values compared with a node: its own, also below
/// a name, a binding, an ordering or a negation; not where conversion is switched off.
fn converter_of(lhs: &Node) -> Option<&Arc<FieldDef>> {
    match lhs {
        Node::Column(column) => column.field.as_ref(),
        Node::Alias(alias) => converter_of(&alias.node),
        Node::BindTo(bound) => converter_of(&bound.node),
        Node::Negated(node) | Node::BitwiseNegated(node) => converter_of(node),
        Node::Ordering(ordering) => converter_of(&ordering.node),
        Node::Marked(marked) if marked.coerce => converter_of(&marked.node),
        _ => None,
    }
}

//! Compound selects.

use redstart_core::capability::CompoundParentheses;
use redstart_core::node::{Compound, Converter, Tail};
use redstart_core::{Node, Result};

use crate::renderer::Renderer;
use crate::state::{Scope, State};

impl Renderer {
    /// Writes `lhs UNION rhs` and its kin. How members are wrapped is the database's:
    /// never (one that needs it becomes `SELECT * FROM (member)`), always, or unless
    /// they are compound themselves.
    ///
    /// The right member does not share aliases with the left one.
    pub(super) fn compound(&mut self, compound: &Compound) -> Result<()> {
        let outer = self.state;
        if outer.scope == Scope::Column {
            self.source_alias(compound.key, compound.alias.as_ref());
            return Ok(());
        }
        let parens = outer.subquery && !outer.bare_subquery;
        if parens {
            self.sql.push('(');
        }
        self.with_converter(Converter::Off, |r| r.compound_body(compound, outer))?;
        if parens {
            self.sql.push(')');
        }
        if outer.subquery {
            self.query_alias(compound.key, compound.alias.as_ref());
        }
        Ok(())
    }

    fn compound_body(&mut self, compound: &Compound, outer: State) -> Result<()> {
        self.with_clause(&compound.tail.with)?;
        let mut member = outer.clause(Scope::Normal);
        member.subquery = false;
        member.in_expr = outer.in_expr;
        member.in_function = outer.in_function;
        self.with_state(member, |r| {
            let mark = r.aliases.mark();
            r.member(&compound.lhs, left_needs_wrapping(compound))?;
            r.sql.push(' ');
            r.sql.push_str(&compound.op);
            r.sql.push(' ');
            r.aliases.push_hiding(mark);
            let outcome = r.member(&compound.rhs, right_needs_wrapping(compound));
            r.aliases.pop();
            outcome
        })?;
        let mut tail = outer.clause(Scope::Values);
        tail.subquery = false;
        self.with_state(tail, |r| r.order_and_limit(&compound.tail))
    }

    fn member(&mut self, member: &Node, needs_wrapping: bool) -> Result<()> {
        let (before, after) = match self.capability.compound_select_parentheses {
            CompoundParentheses::Never if needs_wrapping => ("SELECT * FROM (", ")"),
            CompoundParentheses::Always => ("(", ")"),
            CompoundParentheses::UnNested if !self.is_nested(member) => ("(", ")"),
            CompoundParentheses::Never | CompoundParentheses::UnNested => ("", ""),
        };
        self.sql.push_str(before);
        self.node(member)?;
        self.sql.push_str(after);
        Ok(())
    }

    /// Tells whether a member is compound itself, or the whole is an operand.
    fn is_nested(&self, member: &Node) -> bool {
        self.state.in_expr || self.state.in_function || matches!(member, Node::Compound(_))
    }
}

/// Left members associate by themselves, except under the tighter `INTERSECT`.
fn left_needs_wrapping(compound: &Compound) -> bool {
    match &compound.lhs {
        Node::Compound(lhs) => {
            is_limited(&lhs.tail) || (&*compound.op == "INTERSECT" && &*lhs.op != "INTERSECT")
        }
        Node::Select(lhs) => is_limited(&lhs.tail),
        _ => false,
    }
}

/// Right members associate only under the same operator all the way to the left, and never
/// under `EXCEPT`.
fn right_needs_wrapping(compound: &Compound) -> bool {
    match &compound.rhs {
        Node::Compound(rhs) => {
            is_limited(&rhs.tail) || &*rhs.op == "EXCEPT" || !is_uniform(rhs, &compound.op)
        }
        Node::Select(rhs) => is_limited(&rhs.tail),
        _ => false,
    }
}

/// Tells whether a compound and those to its left have one operator.
fn is_uniform(compound: &Compound, op: &str) -> bool {
    let mut current = compound;
    while &*current.op == op {
        let Node::Compound(lhs) = &current.lhs else {
            return true;
        };
        current = lhs;
    }
    false
}

fn is_limited(tail: &Tail) -> bool {
    let ordered = tail
        .order_by
        .as_ref()
        .is_some_and(|nodes| !nodes.is_empty());
    ordered || tail.limit.is_some() || tail.offset.is_some()
}

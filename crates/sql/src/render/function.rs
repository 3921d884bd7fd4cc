//! Function calls.

use redstart_core::node::{Converter, Function};
use redstart_core::{Node, Result};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes `NAME(args [ORDER BY …]) [FILTER (WHERE …)] [OVER …]`.
    ///
    /// An expression that is the only argument loses its own parentheses; so does a
    /// query in `EXISTS`, `ANY`, `SOME`, `ALL` and `ARRAY`. Arguments are not converted.
    /// Without arguments there is nothing to order.
    pub(super) fn function(&mut self, function: &Function) -> Result<()> {
        self.sql.push_str(&function.name);
        self.sql.push('(');
        let mut state = self.state;
        state.in_function = true;
        state.parentheses = true;
        self.with_state(state, |r| {
            r.with_converter(Converter::Off, |r| r.arguments(function))
        })?;
        self.sql.push(')');
        if let Some(filter) = &function.filter {
            self.sql.push_str(" FILTER (WHERE ");
            self.node(filter)?;
            self.sql.push(')');
        }
        if let Some(over) = &function.over {
            self.sql.push_str(" OVER ");
            self.over(over)?;
        }
        Ok(())
    }

    fn arguments(&mut self, function: &Function) -> Result<()> {
        match (&*function.args, &function.order_by) {
            ([argument], None) if is_query(argument) && takes_query(&function.name) => {
                let mut state = self.state;
                state.bare_subquery = true;
                self.with_state(state, |r| r.node(argument))
            }
            ([argument], None) => self.sole(argument),
            (arguments, None) => self.comma_separated(arguments),
            ([], Some(_)) => Ok(()),
            (arguments, Some(order_by)) => {
                self.comma_separated(arguments)?;
                self.sql.push_str(" ORDER BY ");
                let mut state = self.state;
                state.parentheses = false;
                self.with_state(state, |r| r.comma_separated(order_by))
            }
        }
    }
}

fn is_query(argument: &Node) -> bool {
    match argument {
        Node::Select(_) | Node::Compound(_) => true,
        Node::Marked(marked) => is_query(&marked.node),
        _ => false,
    }
}

fn takes_query(name: &str) -> bool {
    ["EXISTS", "ANY", "SOME", "ALL", "ARRAY"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

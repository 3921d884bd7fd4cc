//! What statements end with: filters, orders and limits.

use redstart_core::node::Tail;
use redstart_core::{Node, Result, Value};

use crate::renderer::Renderer;

impl Renderer {
    /// Writes ` KEYWORD node` where there is a node.
    pub(super) fn clause(&mut self, keyword: &str, node: Option<&Node>) -> Result<()> {
        let Some(node) = node else {
            return Ok(());
        };
        self.sql.push_str(keyword);
        self.node(node)
    }

    /// Writes ` KEYWORD nodes` where there are nodes.
    pub(super) fn list_clause(&mut self, keyword: &str, nodes: Option<&[Node]>) -> Result<()> {
        match nodes {
            None | Some([]) => Ok(()),
            Some(nodes) => {
                self.sql.push_str(keyword);
                self.comma_separated(nodes)
            }
        }
    }

    /// Writes ` ORDER BY … LIMIT … OFFSET …`. Where an offset needs a limit, the one
    /// that means "all" is bound.
    pub(super) fn order_and_limit(&mut self, tail: &Tail) -> Result<()> {
        self.list_clause(" ORDER BY ", tail.order_by.as_deref())?;
        if let Some(limit) = &tail.limit {
            self.sql.push_str(" LIMIT ");
            self.node(limit)?;
        } else if tail.offset.is_some()
            && let Some(unlimited) = self.unlimited()
        {
            self.sql.push_str(" LIMIT ");
            self.bind(unlimited)?;
        }
        self.clause(" OFFSET ", tail.offset.as_ref())
    }

    /// Gives the limit that means "all"; as a decimal where 64 bits do not hold it.
    fn unlimited(&self) -> Option<Value> {
        let text = self.capability.limit_max.as_deref()?;
        Some(match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Decimal(text.into()),
        })
    }
}

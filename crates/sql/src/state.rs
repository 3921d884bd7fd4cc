//! What a node has to know about the place it stands in while it is rendered:
//! the scope and the flags of the clauses around it. No text is written here.

use redstart_core::node::Converter;

/// The kind of place a node is rendered in. The numbers are peewee's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Conditions, groupings and orders: columns are qualified, aliases stand for
    /// what they name.
    #[default]
    Normal = 1,
    /// Select lists, FROM and RETURNING: sources are declared, aliases are defined.
    Source = 2,
    /// Assigned and inserted values: columns are bare names.
    Values = 4,
    /// The definition of a common table expression.
    Cte = 8,
    /// In front of a column's name: sources are written as their alias alone.
    Column = 16,
}

/// The flags that nodes read. Copied on every change, so it stays a few bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    /// The kind of place.
    pub(crate) scope: Scope,
    /// Parentheses were opened directly around the node.
    pub(crate) parentheses: bool,
    /// A query here is a subquery, which brings its own parentheses.
    pub(crate) subquery: bool,
    /// Inside of an operator's operands.
    pub(crate) in_expr: bool,
    /// Inside of a function's arguments.
    pub(crate) in_function: bool,
    /// Inside of a select list.
    pub(crate) in_projection: bool,
    /// The parentheses of a function serve the query that is its only argument.
    pub(crate) bare_subquery: bool,
    /// Values are written as literals.
    pub(crate) literals: bool,
}

/// A change of the state for a host node; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct StateChange {
    /// The kind of place.
    pub scope: Option<Scope>,
    /// Whether parentheses were opened directly around the node.
    pub parentheses: Option<bool>,
    /// Whether a query is a subquery.
    pub subquery: Option<bool>,
    /// Whether the place is an operand.
    pub in_expr: Option<bool>,
    /// Whether the place is a function's argument.
    pub in_function: Option<bool>,
    /// Whether the place is in a select list.
    pub in_projection: Option<bool>,
    /// Whether values are written as literals.
    pub literals: Option<bool>,
    /// Who converts values; [`Converter::Inherit`] leaves that as it is, too.
    pub converter: Option<Converter>,
}

impl State {
    /// Gives the state after a change.
    pub(crate) fn changed(mut self, change: &StateChange) -> Self {
        self.scope = change.scope.unwrap_or(self.scope);
        self.parentheses = change.parentheses.unwrap_or(self.parentheses);
        self.subquery = change.subquery.unwrap_or(self.subquery);
        self.in_expr = change.in_expr.unwrap_or(self.in_expr);
        self.in_function = change.in_function.unwrap_or(self.in_function);
        self.in_projection = change.in_projection.unwrap_or(self.in_projection);
        self.literals = change.literals.unwrap_or(self.literals);
        self
    }

    /// Tells whether a query here declares a source: it gets an alias and keeps
    /// all of its columns.
    pub(crate) fn declares_source(self) -> bool {
        self.scope == Scope::Source && !self.in_projection
    }

    /// Gives the state of a clause inside of a statement: a scope, and nothing of
    /// the place the statement stands in.
    pub(crate) fn clause(self, scope: Scope) -> Self {
        Self {
            scope,
            subquery: true,
            literals: self.literals,
            ..Self::default()
        }
    }
}

impl Scope {
    /// Gives the scope with one of peewee's numbers.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Normal),
            2 => Some(Self::Source),
            4 => Some(Self::Values),
            8 => Some(Self::Cte),
            16 => Some(Self::Column),
            _ => None,
        }
    }

    /// Gives peewee's number of the scope.
    pub fn number(self) -> u8 {
        self as u8
    }
}

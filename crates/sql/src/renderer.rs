//! The renderer: the text written so far, the values bound so far, and the state of
//! the place being rendered. How each node is written lives in `render`.

use std::sync::{Arc, LazyLock};

use redstart_core::node::{Converter, Name, SourceKey};
use redstart_core::{Capability, FieldDef, Node, Result, Value};

use crate::alias::{AliasName, Aliases};
use crate::literal;
use crate::state::{Scope, State, StateChange};

/// A statement as a database takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The SQL text.
    pub sql: String,
    /// The values of the placeholders, in their order.
    pub binds: Vec<Value>,
}

/// A rendering in progress. A host node may take it out of its place, hand it to the
/// host and put it back: what is left behind in between is empty but valid.
#[derive(Debug)]
pub struct Renderer {
    pub(crate) capability: Arc<Capability>,
    pub(crate) sql: String,
    pub(crate) binds: Vec<Value>,
    pub(crate) state: State,
    pub(crate) converter: Converter,
    pub(crate) aliases: Aliases,
    stack: Vec<(State, Converter)>,
}

/// Renders a tree for a database.
///
/// ```
/// use std::sync::Arc;
///
/// use redstart_core::{Capability, Node, Operator, node::Expression};
/// use redstart_sql::render;
///
/// let adult = Node::Expression(Arc::new(Expression {
///     lhs: Node::entity("age"),
///     op: Operator::Gte,
///     rhs: Node::value(18),
///     flat: false,
///     string: false,
/// }));
/// let rendered = render(&adult, &Arc::new(Capability::postgres()))?;
/// assert_eq!(rendered.sql, "(\"age\" >= %s)");
/// assert_eq!(rendered.binds, [18.into()]);
/// # Ok::<(), redstart_core::Error>(())
/// ```
///
/// Fails with a value error where the database cannot do what the tree says, and
/// with the host's own failure where a host node or converter fails.
pub fn render(node: &Node, capability: &Arc<Capability>) -> Result<Rendered> {
    let mut renderer = Renderer::new(Arc::clone(capability));
    renderer.node(node)?;
    Ok(renderer.finish())
}

impl Default for Renderer {
    /// Makes an empty renderer for the standard dialect, without allocating buffers.
    fn default() -> Self {
        static STANDARD: LazyLock<Arc<Capability>> = LazyLock::new(Arc::default);
        Self {
            capability: Arc::clone(&STANDARD),
            sql: String::new(),
            binds: Vec::new(),
            state: State::default(),
            converter: Converter::Off,
            aliases: Aliases::default(),
            stack: Vec::new(),
        }
    }
}

impl Renderer {
    /// Makes a renderer for a database.
    pub fn new(capability: Arc<Capability>) -> Self {
        Self {
            capability,
            sql: String::with_capacity(TEXT_CAPACITY),
            binds: Vec::with_capacity(BIND_CAPACITY),
            state: State::default(),
            converter: Converter::Off,
            aliases: Aliases::default(),
            stack: Vec::new(),
        }
    }

    /// Gives the abilities of the database that is rendered for.
    pub fn capability(&self) -> &Arc<Capability> {
        &self.capability
    }

    /// Gives the text so far.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Gives the values bound so far.
    pub fn binds(&self) -> &[Value] {
        &self.binds
    }

    /// Gives the statement.
    pub fn finish(self) -> Rendered {
        Rendered {
            sql: self.sql,
            binds: self.binds,
        }
    }

    /// Writes text as it stands.
    pub fn literal(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Writes a name in the database's quotes, which are doubled inside of the name.
    pub fn name(&mut self, name: &str) {
        let Some((open, close)) = self.capability.quote else {
            self.sql.push_str(name);
            return;
        };
        self.sql.push(open);
        if name.contains(close) {
            for character in name.chars() {
                if character == close {
                    self.sql.push(close);
                }
                self.sql.push(character);
            }
        } else {
            self.sql.push_str(name);
        }
        self.sql.push(close);
    }

    /// Writes a placeholder and binds a value, converted by `converter`.
    ///
    /// A field's kind converts first; what it leaves to the host goes through the
    /// field's host converter, whose outcome may be any node.
    pub fn value(&mut self, value: &Value, converter: &Converter) -> Result<()> {
        match converter {
            Converter::Inherit => self.inherited_value(value),
            Converter::Off => self.bind(value.clone()),
            Converter::Field(field) => self.field_value(value, field),
            Converter::Host(host) => {
                let outcome = host.to_db(value)?;
                self.converted(&outcome)
            }
        }
    }

    /// Writes a placeholder and binds a value as it is.
    pub fn bind(&mut self, value: Value) -> Result<()> {
        if self.state.literals {
            return literal::write(&mut self.sql, &value);
        }
        self.sql.push_str(&self.capability.param);
        self.binds.push(value);
        Ok(())
    }

    /// Binds a value without writing its placeholder, which the host has written itself.
    pub fn bind_unplaced(&mut self, value: &Value, converter: &Converter) -> Result<()> {
        let end = self.sql.len();
        self.value(value, converter)?;
        self.sql.truncate(end);
        Ok(())
    }

    /// Gives the scope.
    pub fn scope(&self) -> Scope {
        self.state.scope
    }

    /// Tells whether parentheses were opened directly around this place.
    pub fn parentheses(&self) -> bool {
        self.state.parentheses
    }

    /// Tells whether a query here is a subquery.
    pub fn subquery(&self) -> bool {
        self.state.subquery
    }

    /// Tells whether this place is an operand.
    pub fn in_expr(&self) -> bool {
        self.state.in_expr
    }

    /// Tells whether this place is a function's argument.
    pub fn in_function(&self) -> bool {
        self.state.in_function
    }

    /// Tells whether this place is in a select list.
    pub fn in_projection(&self) -> bool {
        self.state.in_projection
    }

    /// Tells who converts values here; never [`Converter::Inherit`].
    pub fn converter(&self) -> &Converter {
        &self.converter
    }

    /// Changes the state until [`Renderer::pop_state`].
    pub fn push_state(&mut self, change: StateChange) {
        self.stack.push((self.state, self.converter.clone()));
        self.state = self.state.changed(&change);
        match change.converter {
            None | Some(Converter::Inherit) => {}
            Some(converter) => self.converter = converter,
        }
    }

    /// Restores the state before the last [`Renderer::push_state`].
    pub fn pop_state(&mut self) {
        if let Some((state, converter)) = self.stack.pop() {
            self.state = state;
            self.converter = converter;
        }
    }

    /// Gives the alias of a source, and a new one to a source that has none.
    pub fn alias(&mut self, key: SourceKey) -> AliasName {
        self.aliases.get(key)
    }

    /// Finds the alias of a source that has one here.
    pub fn find_alias(&self, key: SourceKey) -> Option<AliasName> {
        self.aliases.find(key).cloned()
    }

    /// Names a source from here on.
    pub fn set_alias(&mut self, key: SourceKey, name: Name) {
        self.aliases.set(key, AliasName::Name(name));
    }

    /// Begins a level of aliases that ends with [`Renderer::pop_alias`].
    pub fn push_alias(&mut self) {
        self.aliases.push();
    }

    /// Ends a level of aliases: those given in it are forgotten.
    pub fn pop_alias(&mut self) {
        self.aliases.pop();
    }

    /// Binds a value, converted by whoever converts values here.
    pub(crate) fn inherited_value(&mut self, value: &Value) -> Result<()> {
        match &self.converter {
            Converter::Inherit | Converter::Off => self.bind(value.clone()),
            Converter::Field(field) => {
                if let Some(accepted) = field.kind.accept(value) {
                    return self.bind(accepted);
                }
                let field = Arc::clone(field);
                self.host_value(value, &field)
            }
            Converter::Host(host) => {
                let outcome = host.to_db(value)?;
                self.converted(&outcome)
            }
        }
    }

    /// Binds a value, converted by a field.
    pub(crate) fn field_value(&mut self, value: &Value, field: &Arc<FieldDef>) -> Result<()> {
        match field.kind.accept(value) {
            Some(accepted) => self.bind(accepted),
            None => self.host_value(value, field),
        }
    }

    fn host_value(&mut self, value: &Value, field: &Arc<FieldDef>) -> Result<()> {
        match &field.host {
            Some(host) => {
                let outcome = host.to_db(value)?;
                self.converted(&outcome)
            }
            None => self.bind(value.clone()),
        }
    }

    /// Writes the outcome of a conversion, which is not converted again.
    fn converted(&mut self, outcome: &Node) -> Result<()> {
        if let Node::Value(value) = outcome {
            return self.bind(value.clone());
        }
        self.with_converter(Converter::Off, |r| r.node(outcome))
    }

    /// Runs `body` in a changed state and restores the state afterwards.
    pub(crate) fn with_state(
        &mut self,
        state: State,
        body: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let before = std::mem::replace(&mut self.state, state);
        let outcome = body(self);
        self.state = before;
        outcome
    }

    /// Runs `body` with another converter and restores the converter afterwards.
    pub(crate) fn with_converter(
        &mut self,
        converter: Converter,
        body: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let before = std::mem::replace(&mut self.converter, converter);
        let outcome = body(self);
        self.converter = before;
        outcome
    }
}

/// Room for a statement with a handful of columns and conditions.
const TEXT_CAPACITY: usize = 384;
const BIND_CAPACITY: usize = 8;

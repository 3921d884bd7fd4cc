//! An operator between two operands.

use super::Node;
use crate::operator::Operator;

/// `(lhs op rhs)`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The left operand. A field here converts the values on the right.
    pub lhs: Node,
    /// The operator.
    pub op: Operator,
    /// The right operand.
    pub rhs: Node,
    /// Whether the parentheses are left out.
    pub flat: bool,
    /// Whether `+` on the outcome concatenates.
    pub string: bool,
}

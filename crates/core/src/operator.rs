//! The operators of expressions, by peewee's names. What text a dialect writes for
//! one is the dialect's business.

use std::sync::Arc;

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// An operator between two nodes.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Operator {
            $($(#[$doc])* $name,)*
            /// An operator by its text, mapped through the dialect where it knows it.
            Custom(Arc<str>),
        }

        impl Operator {
            /// Gives the operator's standard text, which is also its key in a dialect's map.
            pub fn text(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Custom(text) => text,
                }
            }

            /// Finds the operator with this text.
            pub fn from_text(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    other => Self::Custom(other.into()),
                }
            }
        }
    };
}

operators! {
    /// Both sides hold.
    And = "AND",
    /// One side holds.
    Or = "OR",
    /// Sum.
    Add = "+",
    /// Difference.
    Sub = "-",
    /// Product.
    Mul = "*",
    /// Quotient.
    Div = "/",
    /// Bitwise and.
    BinAnd = "&",
    /// Bitwise or.
    BinOr = "|",
    /// Exclusive or.
    Xor = "#",
    /// Remainder.
    Mod = "%",
    /// Equality.
    Eq = "=",
    /// Less than.
    Lt = "<",
    /// At most.
    Lte = "<=",
    /// Greater than.
    Gt = ">",
    /// At least.
    Gte = ">=",
    /// Inequality.
    Ne = "!=",
    /// Membership.
    In = "IN",
    /// No membership.
    NotIn = "NOT IN",
    /// Identity, for nulls.
    Is = "IS",
    /// No identity.
    IsNot = "IS NOT",
    /// Pattern match that minds the case.
    Like = "LIKE",
    /// Pattern match that ignores the case.
    Ilike = "ILIKE",
    /// Range.
    Between = "BETWEEN",
    /// Regular expression.
    Regexp = "REGEXP",
    /// Regular expression that ignores the case.
    Iregexp = "IREGEXP",
    /// Concatenation.
    Concat = "||",
    /// Bitwise negation.
    BitwiseNegation = "~",
}

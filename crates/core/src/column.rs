//! A column of a result, as a driver describes it.

/// A column of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The column's label.
    pub name: String,
    /// The type with which a table's column was declared, where the database tells it.
    pub decltype: Option<String>,
    /// The number of the value's type, where the database has such numbers.
    pub type_number: Option<u32>,
}

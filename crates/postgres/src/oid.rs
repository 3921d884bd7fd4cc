//! The numbers of PostgreSQL's own types (the catalogue `pg_type`), and how each of them
//! travels to us.

/// How the values of a column are asked for and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Two bytes.
    Int2,
    /// Four bytes.
    Int4,
    /// Eight bytes.
    Int8,
    /// Four bytes without a sign.
    Oid,
    /// Single precision.
    Float4,
    /// Double precision.
    Float8,
    /// One byte.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Binary form that is decoded when it is touched.
    Binary(u32),
    /// Text form that is decoded when it is touched.
    Textual(u32),
}

impl Form {
    /// Decides the form of a type.
    pub(crate) fn of(oid: u32) -> Self {
        match oid {
            INT2 => Self::Int2,
            INT4 => Self::Int4,
            INT8 => Self::Int8,
            OID => Self::Oid,
            FLOAT4 => Self::Float4,
            FLOAT8 => Self::Float8,
            BOOL => Self::Bool,
            BYTEA => Self::Bytes,
            TIMESTAMP | DATE | TIME | INTERVAL | UUID => Self::Binary(oid),
            NUMERIC | TIMESTAMPTZ | TIMETZ | JSON | JSONB => Self::Textual(oid),
            _ if element_of(oid).is_some() => Self::Textual(oid),
            _ => Self::Text,
        }
    }

    /// Gives the number of the format that is asked for: 1 is binary.
    pub(crate) fn format(self) -> u16 {
        u16::from(!matches!(self, Self::Text | Self::Textual(_)))
    }
}

/// Gives the type of an array's elements.
pub fn element_of(array: u32) -> Option<u32> {
    ARRAYS
        .iter()
        .find(|(known, _)| *known == array)
        .map(|(_, element)| *element)
}

/// Gives the type of arrays of a type.
pub fn array_of(element: u32) -> Option<u32> {
    ARRAYS
        .iter()
        .find(|(_, known)| *known == element)
        .map(|(array, _)| *array)
}

/// Marks the number of a type, beside the values of a cell, whose text form is there though
/// its binary form is what is asked for otherwise.
pub const TEXT_FORM: u32 = 1 << 31;
/// Stands for the type `hstore`, whose number is another one in each database.
pub const HSTORE: u32 = 1 << 30;
/// A type that is left for the server to find out.
pub const UNKNOWN: u32 = 0;
/// `boolean`
pub const BOOL: u32 = 16;
/// `bytea`
pub const BYTEA: u32 = 17;
/// `bigint`
pub const INT8: u32 = 20;
/// `smallint`
pub const INT2: u32 = 21;
/// `integer`
pub const INT4: u32 = 23;
/// `text`
pub const TEXT: u32 = 25;
/// `oid`
pub const OID: u32 = 26;
/// `json`
pub const JSON: u32 = 114;
/// `real`
pub const FLOAT4: u32 = 700;
/// `double precision`
pub const FLOAT8: u32 = 701;
/// `date`
pub const DATE: u32 = 1082;
/// `time`
pub const TIME: u32 = 1083;
/// `timestamp`
pub const TIMESTAMP: u32 = 1114;
/// `timestamp with time zone`
pub const TIMESTAMPTZ: u32 = 1184;
/// `interval`
pub const INTERVAL: u32 = 1186;
/// `time with time zone`
pub const TIMETZ: u32 = 1266;
/// `numeric`
pub const NUMERIC: u32 = 1700;
/// `uuid`
pub const UUID: u32 = 2950;
/// `jsonb`
pub const JSONB: u32 = 3802;

/// Array types and their elements' types.
const ARRAYS: [(u32, u32); 24] = [
    (1007, INT4),
    (1009, TEXT),
    (1016, INT8),
    (1005, INT2),
    (1000, BOOL),
    (1001, BYTEA),
    (1002, 18),
    (1003, 19),
    (1014, 1042),
    (1015, 1043),
    (1021, FLOAT4),
    (1022, FLOAT8),
    (1028, OID),
    (1041, 869),
    (651, 650),
    (1115, TIMESTAMP),
    (1182, DATE),
    (1183, TIME),
    (1185, TIMESTAMPTZ),
    (1187, INTERVAL),
    (1231, NUMERIC),
    (2951, UUID),
    (199, JSON),
    (3807, JSONB),
];

//! Rows as they arrive become cells of a batch. Values of types that are decoded when they
//! are touched keep their bytes.

use std::sync::Arc;

use redstart_core::{Batch, Cell, Column};

use crate::frame::Body;
use crate::oid::{Form, HSTORE, TEXT_FORM};

/// The columns of a result and how their values travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) columns: Arc<[Column]>,
    pub(crate) forms: Arc<[Form]>,
    /// All values come as text, whatever was best for them.
    is_text: bool,
}

impl Layout {
    /// Reads the body of a `RowDescription` of a result that comes as text.
    pub(crate) fn read_text(body: &[u8], hstore: Option<u32>) -> Option<Self> {
        let mut layout = Self::read(body, hstore)?;
        layout.is_text = true;
        Some(layout)
    }

    /// Reads the body of a `RowDescription`; the type `hstore` has the number that is given.
    pub(crate) fn read(body: &[u8], hstore: Option<u32>) -> Option<Self> {
        let mut body = Body(body);
        let count = body.u16()?;
        let mut columns = Vec::with_capacity(count.into());
        for _ in 0..count {
            let name = String::from_utf8_lossy(body.cstr()?).into_owned();
            // The table's number and the column's place in it.
            body.bytes(6)?;
            let type_oid = body.u32()?;
            // The type's size and modifier, and the format.
            body.bytes(8)?;
            columns.push(Column {
                name,
                decltype: None,
                type_number: Some(type_oid),
            });
        }
        let forms = columns.iter().map(|column| match column.type_number {
            number if number.is_some() && number == hstore => Form::Textual(HSTORE),
            number => Form::of(number.unwrap_or_default()),
        });
        Some(Self {
            forms: forms.collect(),
            columns: columns.into(),
            is_text: false,
        })
    }

    /// Appends the cells of a `DataRow`; `None` where it does not fit the columns.
    pub(crate) fn append(&self, batch: &mut Batch, body: &[u8]) -> Option<()> {
        let mut body = Body(body);
        if usize::from(body.u16()?) != self.forms.len() {
            return None;
        }
        if self.forms.is_empty() {
            batch.push_bare_row();
        }
        for form in self.forms.iter() {
            let Ok(length) = usize::try_from(body.i32()?) else {
                batch.push(Cell::Null);
                continue;
            };
            let bytes = body.bytes(length)?;
            if self.is_text {
                push_text(batch, *form, bytes)?;
            } else {
                push(batch, *form, bytes)?;
            }
        }
        Some(())
    }
}

#[inline]
fn push(batch: &mut Batch, form: Form, bytes: &[u8]) -> Option<()> {
    let stored = match form {
        Form::Text => batch.push_text(bytes),
        Form::Bytes => batch.push_blob(bytes),
        Form::Binary(oid) | Form::Textual(oid) => batch.push_raw(oid, bytes),
        _ => {
            batch.push(number(form, bytes)?);
            true
        }
    };
    stored.then_some(())
}

#[inline]
fn number(form: Form, bytes: &[u8]) -> Option<Cell> {
    Some(match form {
        Form::Int2 => Cell::Int(i16::from_be_bytes(*bytes.first_chunk()?).into()),
        Form::Int4 => Cell::Int(i32::from_be_bytes(*bytes.first_chunk()?).into()),
        Form::Int8 => Cell::Int(i64::from_be_bytes(*bytes.first_chunk()?)),
        Form::Oid => Cell::Int(u32::from_be_bytes(*bytes.first_chunk()?).into()),
        Form::Float4 => Cell::Float(widened(f32::from_be_bytes(*bytes.first_chunk()?))),
        Form::Float8 => Cell::Float(f64::from_be_bytes(*bytes.first_chunk()?)),
        Form::Bool => Cell::Bool(*bytes.first()? != 0),
        Form::Text | Form::Bytes | Form::Binary(_) | Form::Textual(_) => return None,
    })
}

/// Appends a value that came as text.
fn push_text(batch: &mut Batch, form: Form, bytes: &[u8]) -> Option<()> {
    let text = || std::str::from_utf8(bytes).ok();
    let stored = match form {
        Form::Int2 | Form::Int4 | Form::Int8 | Form::Oid => {
            batch.push(Cell::Int(text()?.parse().ok()?));
            true
        }
        Form::Float4 | Form::Float8 => {
            batch.push(Cell::Float(text()?.parse().ok()?));
            true
        }
        Form::Bool => {
            batch.push(Cell::Bool(bytes == b"t"));
            true
        }
        Form::Bytes => match unhex(bytes) {
            Some(bytes) => batch.push_blob(&bytes),
            None => batch.push_text(bytes),
        },
        Form::Text => batch.push_text(bytes),
        Form::Textual(oid) => batch.push_raw(oid, bytes),
        Form::Binary(oid) => batch.push_raw(oid | TEXT_FORM, bytes),
    };
    stored.then_some(())
}

/// Reads `\\x` and two digits for each byte.
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"\\x")?;
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// Gives the double that is written with the same digits: 1.1, not 1.10000002384.
fn widened(number: f32) -> f64 {
    let double = f64::from(number);
    if double.abs() < MANY_DIGITS {
        for power in POWERS {
            let candidate = (double * power).round() / power;
            if is_written_alike(candidate, number) {
                return candidate;
            }
        }
    }
    by_digits(number).unwrap_or(double)
}

/// Tells whether a double is the same number as a shorter one that was read from its digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "what is lost is what is compared"
)]
fn is_written_alike(double: f64, number: f32) -> bool {
    double as f32 == number
}

/// Writes the digits and reads them.
#[cold]
fn by_digits(number: f32) -> Option<f64> {
    number.to_string().parse().ok()
}

/// Numbers below this have all their digits before the point.
const MANY_DIGITS: f64 = 1e6;

/// The fewest decimal places that tell a number from its neighbours are tried first.
const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oid;

    #[test]
    fn cells_are_read_by_their_forms() {
        let column = |type_oid| Column {
            name: "c".into(),
            decltype: None,
            type_number: Some(type_oid),
        };
        let types = [oid::INT4, oid::TEXT, oid::FLOAT4, oid::TIMESTAMP, oid::BOOL];
        let layout = Layout {
            columns: types.map(column).into(),
            forms: types.map(Form::of).into(),
            is_text: false,
        };
        let mut body = vec![0, 5];
        for value in [
            &7i32.to_be_bytes()[..],
            b"seven",
            &1.1f32.to_be_bytes(),
            &[0; 8],
        ] {
            body.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
            body.extend_from_slice(value);
        }
        body.extend_from_slice(&(-1i32).to_be_bytes());
        let mut batch = Batch::new(5);
        layout.append(&mut batch, &body).unwrap();
        assert_eq!(batch.cell(0, 0), Cell::Int(7));
        assert_eq!(batch.cell(0, 2), Cell::Float(1.1));
        assert!(matches!(batch.cell(0, 3), Cell::Raw(oid::TIMESTAMP, _)));
        assert_eq!(batch.cell(0, 4), Cell::Null);
        assert_eq!(layout.append(&mut batch, &body[..9]), None);
    }

    #[test]
    fn single_precision_keeps_its_digits() {
        let mut number = 0x1234_5678_u32;
        for _ in 0..200_000 {
            // A linear congruential generator: all exponents, all signs.
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            for single in [
                f32::from_bits(number),
                f32::from_bits(number % 0x4974_2400),
                f32::from(u16::try_from(number % 60_000).unwrap()) / 100.0,
            ] {
                if single.is_finite() {
                    let expected: f64 = single.to_string().parse().unwrap();
                    assert_eq!(widened(single).to_bits(), expected.to_bits(), "{single}");
                }
            }
        }
        assert!(widened(f32::NAN).is_nan());
        assert!(widened(f32::INFINITY).is_infinite());
        assert!(widened(-0.0).is_sign_negative());
    }
}

//! Dates and times: the server counts days and microseconds from the year 2000, or writes
//! ISO 8601.

use redstart_core::moment as iso;
use redstart_core::value::{Date, DateTime, Time};

use super::{Decoded, Undecodable, malformed};
use crate::oid;

/// Decodes eight bytes: microseconds since 2000-01-01.
pub(super) fn timestamp(bytes: &[u8]) -> Result<Decoded<'static>, Undecodable> {
    let micros = i64::from_be_bytes(*bytes.first_chunk().ok_or_else(|| malformed("timestamp"))?);
    if micros == i64::MAX || micros == i64::MIN {
        return Ok(Decoded::Infinity {
            is_negative: micros == i64::MIN,
            number: oid::TIMESTAMP,
        });
    }
    let date = day(micros.div_euclid(MICROS_PER_DAY))?;
    let time = clock(micros.rem_euclid(MICROS_PER_DAY));
    Ok(Decoded::DateTime(DateTime { date, time }))
}

/// Decodes four bytes: days since 2000-01-01.
pub(super) fn date(bytes: &[u8]) -> Result<Decoded<'static>, Undecodable> {
    let days = i32::from_be_bytes(*bytes.first_chunk().ok_or_else(|| malformed("date"))?);
    if days == i32::MAX || days == i32::MIN {
        return Ok(Decoded::Infinity {
            is_negative: days == i32::MIN,
            number: oid::DATE,
        });
    }
    day(days.into()).map(Decoded::Date)
}

/// Decodes eight bytes: microseconds since midnight. 24:00 is midnight.
pub(super) fn time(bytes: &[u8]) -> Result<Time, Undecodable> {
    let micros = i64::from_be_bytes(*bytes.first_chunk().ok_or_else(|| malformed("time"))?);
    Ok(clock(micros.rem_euclid(MICROS_PER_DAY)))
}

/// Tells whether eight bytes are a timestamp that can be given.
pub(super) fn is_timestamp(bytes: &[u8]) -> bool {
    let Some(bytes) = bytes.first_chunk() else {
        return false;
    };
    let micros = i64::from_be_bytes(*bytes);
    micros == i64::MAX
        || micros == i64::MIN
        || (FIRST_DAY..=LAST_DAY).contains(&micros.div_euclid(MICROS_PER_DAY))
}

/// Tells whether four bytes are a date that can be given.
pub(super) fn is_date(bytes: &[u8]) -> bool {
    let Some(bytes) = bytes.first_chunk() else {
        return false;
    };
    let days = i32::from_be_bytes(*bytes);
    days == i32::MAX || days == i32::MIN || (FIRST_DAY..=LAST_DAY).contains(&days.into())
}

/// Decodes the text form.
pub(super) fn text(number: u32, text: &str) -> Result<Decoded<'static>, Undecodable> {
    if let "infinity" | "-infinity" = text {
        return Ok(Decoded::Infinity {
            is_negative: text.starts_with('-'),
            number,
        });
    }
    let bytes = text.as_bytes();
    let found = match number {
        oid::DATE => iso::date(bytes).map(Decoded::Date),
        oid::TIME | oid::TIMETZ => midnight(bytes)
            .or_else(|| iso::time(bytes))
            .map(Decoded::Time),
        _ => iso::datetime(bytes).map(Decoded::DateTime),
    };
    found.ok_or_else(|| beyond(text))
}

/// Reads the end of the day, which is the start of the next one: `24:00:00`.
fn midnight(text: &[u8]) -> Option<Time> {
    let mut start = text.strip_prefix(b"24:00:00")?.to_vec();
    start.splice(0..0, *b"00:00:00");
    iso::time(&start)
}

/// Gives the day so many days after 2000-01-01, in the proleptic Gregorian calendar.
fn day(days: i64) -> Result<Date, Undecodable> {
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        return Err(beyond(&format!("a date {days} days after 2000-01-01")));
    }
    // Years begin in March, so that the day that some of them have more is their last.
    let shifted = days + DAYS_FROM_YEAR_0;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year_of_era + carry;
    let narrow = |number: i64| u8::try_from(number).unwrap_or(1);
    Ok(Date {
        year: i16::try_from(year).unwrap_or(1),
        month: narrow(month),
        day: narrow(day),
    })
}

fn clock(micros: i64) -> Time {
    let narrow = |number: i64| u8::try_from(number).unwrap_or(0);
    let seconds = micros / 1_000_000;
    Time {
        hour: narrow(seconds / 3600),
        minute: narrow(seconds / 60 % 60),
        second: narrow(seconds % 60),
        microsecond: u32::try_from(micros % 1_000_000).unwrap_or(0),
        offset: None,
    }
}

fn beyond(what: &str) -> Undecodable {
    Undecodable(format!("{what} is outside of the years 1 to 9999"))
}

const MICROS_PER_DAY: i64 = 86_400_000_000;
const DAYS_PER_ERA: i64 = 146_097;
/// From 0000-03-01 to 2000-01-01.
const DAYS_FROM_YEAR_0: i64 = 730_425;
/// 0001-01-01 and 9999-12-31, in days from 2000-01-01.
const FIRST_DAY: i64 = -730_119;
const LAST_DAY: i64 = 2_921_939;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(days: i64) -> String {
        day(days).map_or_else(|error| error.0, |date| date.to_string())
    }

    #[test]
    fn days_are_counted_from_2000() {
        let cases = [
            (0, "2000-01-01"),
            (59, "2000-02-29"),
            (60, "2000-03-01"),
            (-1, "1999-12-31"),
            (8_825, "2024-02-29"),
            (FIRST_DAY, "0001-01-01"),
            (LAST_DAY, "9999-12-31"),
        ];
        for (days, expected) in cases {
            assert_eq!(shown(days), expected);
        }
        assert!(shown(LAST_DAY + 1).contains("outside"));
        assert!(shown(FIRST_DAY - 1).contains("outside"));
    }

    #[test]
    fn moments_have_a_clock_and_infinities() {
        let decoded = timestamp(&(-1i64).to_be_bytes()).unwrap();
        let Decoded::DateTime(moment) = decoded else {
            unreachable!("a timestamp");
        };
        assert_eq!(moment.to_string(), "1999-12-31 23:59:59.999999");
        let infinite = text(oid::DATE, "-infinity").unwrap();
        let expected = Decoded::Infinity {
            is_negative: true,
            number: oid::DATE,
        };
        assert_eq!(infinite, expected);
        let Decoded::Time(end) = text(oid::TIME, "24:00:00").unwrap() else {
            unreachable!("a time");
        };
        assert_eq!(end.to_string(), "00:00:00");
        assert!(text(oid::DATE, "0044-03-15 BC").is_err());
        assert!(is_timestamp(&i64::MAX.to_be_bytes()));
        assert!(!is_timestamp(&(i64::MAX - 1).to_be_bytes()));
    }
}

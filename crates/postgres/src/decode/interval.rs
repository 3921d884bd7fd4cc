//! `interval`: months, days and microseconds.

use super::{Undecodable, malformed};

/// A span of time, as the server keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Whole months.
    pub months: i32,
    /// Whole days.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

impl Interval {
    /// Gives the number of days, where a year has 365 and a month 30 of them.
    pub fn total_days(&self) -> i64 {
        let months = i64::from(self.months);
        months / 12 * 365 + months % 12 * 30 + i64::from(self.days)
    }
}

/// Decodes sixteen bytes.
pub(super) fn binary(bytes: &[u8]) -> Result<Interval, Undecodable> {
    let parts = bytes.split_first_chunk().and_then(|(micros, rest)| {
        let (days, months) = rest.split_first_chunk()?;
        Some((micros, days, months.first_chunk()?))
    });
    let (micros, days, months) = parts.ok_or_else(|| malformed("interval"))?;
    Ok(Interval {
        months: i32::from_be_bytes(*months),
        days: i32::from_be_bytes(*days),
        micros: i64::from_be_bytes(*micros),
    })
}

/// Reads `1 year 2 mons -3 days 04:05:06.789`, the style `postgres`.
pub(super) fn text(text: &str) -> Option<Interval> {
    let mut interval = Interval::default();
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            interval.micros = clock(word)?;
            continue;
        }
        let number: i32 = word.parse().ok()?;
        match words.next()?.trim_end_matches('s') {
            "year" => interval.months += number.checked_mul(12)?,
            "mon" => interval.months += number,
            "day" => interval.days += number,
            _ => return None,
        }
    }
    Some(interval)
}

fn clock(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.trim_start_matches('+')),
    };
    let mut parts = text.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let (seconds, fraction) = match parts.next().unwrap_or("0").split_once('.') {
        Some((seconds, fraction)) => (seconds.to_owned(), fraction.to_owned()),
        None => (text.rsplit(':').next()?.to_owned(), String::new()),
    };
    let seconds: i64 = seconds.parse().ok()?;
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let total = hours.checked_mul(3600)? + minutes * 60 + seconds;
    Some(sign * (total.checked_mul(1_000_000)? + micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read() {
        let whole = text("1 year 2 mons -3 days -04:05:06.789").unwrap();
        let expected = Interval {
            months: 14,
            days: -3,
            micros: -14_706_789_000,
        };
        assert_eq!(whole, expected);
        assert_eq!(whole.total_days(), 365 + 60 - 3);
        assert_eq!(text("00:00:00"), Some(Interval::default()));
        assert_eq!(text("1 fortnight"), None);
    }
}

//! Reads dates and times in their ISO 8601 form, exactly as Python's `fromisoformat` would.
//! Whatever is not plainly of that form is left to Python.

use crate::value::{Date, DateTime, Time};

/// Reads `YYYY-MM-DD[ T]HH:MM:SS[.f…][Z|±HH[:MM[:SS]]]`.
pub fn datetime(text: &[u8]) -> Option<DateTime> {
    let (day, rest) = text.split_at_checked(10)?;
    let (separator, clock) = rest.split_first()?;
    if !matches!(separator, b' ' | b'T') {
        return None;
    }
    Some(DateTime {
        date: date(day)?,
        time: time(clock)?,
    })
}

/// Reads `YYYY-MM-DD`.
pub fn date(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    (year >= 1 && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day))
        .then_some(Date { year, month, day })
}

/// Reads `HH:MM:SS[.f…][Z|±HH[:MM[:SS]]]`.
pub fn time(text: &[u8]) -> Option<Time> {
    let (clock, rest) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else {
        return None;
    };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (microsecond, rest) = fraction(rest)?;
    let offset = offset(rest)?;
    Some(Time {
        hour,
        minute,
        second,
        microsecond,
        offset,
    })
}

/// Reads a fraction of a second: six digits count, further ones are cut off.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', digits)) = text.split_first() else {
        return Some((0, text));
    };
    // Six digits are what programs write.
    if let [a, b, c, d, e, f] = *digits
        && let (Some(ab), Some(cd), Some(ef)) = (two(a, b), two(c, d), two(e, f))
    {
        return Some((
            u32::from(ab) * 10_000 + u32::from(cd) * 100 + u32::from(ef),
            &[],
        ));
    }
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let (digits, rest) = digits.split_at(end);
    let read = |place: usize| digits.get(place).map_or(0, |byte| u32::from(byte - b'0'));
    Some(((0..6).fold(0, |sum, place| sum * 10 + read(place)), rest))
}

/// Reads an offset from UTC in seconds; the inner `None` stands for no offset.
#[expect(
    clippy::option_option,
    reason = "no offset and a wrong one are different outcomes"
)]
fn offset(text: &[u8]) -> Option<Option<i32>> {
    let (sign, digits) = match text {
        [] => return Some(None),
        [b'Z'] => return Some(Some(0)),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes, seconds) = match *digits {
        [h1, h2] => (two(h1, h2)?, 0, 0),
        [h1, h2, b':', m1, m2] => (two(h1, h2)?, two(m1, m2)?, 0),
        [h1, h2, b':', m1, m2, b':', s1, s2] => (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some(Some(
        sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60 + i32::from(seconds)),
    ))
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

fn days(year: i16, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        datetime(text.as_bytes()).map(|moment| moment.to_string())
    }

    #[test]
    fn the_iso_form_is_read_with_space_or_t() {
        assert_eq!(
            shown("2024-02-29 23:59:58").as_deref(),
            Some("2024-02-29 23:59:58")
        );
        assert_eq!(
            shown("2024-02-29T23:59:58").as_deref(),
            Some("2024-02-29 23:59:58")
        );
    }

    #[test]
    fn fractions_are_scaled_and_cut_to_microseconds() {
        assert_eq!(
            shown("2024-01-01 00:00:00.5").as_deref(),
            Some("2024-01-01 00:00:00.500000")
        );
        assert_eq!(
            shown("2024-01-01 00:00:00.1234569").as_deref(),
            Some("2024-01-01 00:00:00.123456")
        );
        assert_eq!(shown("2024-01-01 00:00:00."), None);
    }

    #[test]
    fn offsets_are_kept() {
        assert_eq!(
            shown("2024-01-01 00:00:00Z").as_deref(),
            Some("2024-01-01 00:00:00+00:00")
        );
        assert_eq!(
            shown("2024-01-01 00:00:00-05:30").as_deref(),
            Some("2024-01-01 00:00:00-05:30")
        );
        assert_eq!(
            shown("2024-01-01 00:00:00+02").as_deref(),
            Some("2024-01-01 00:00:00+02:00")
        );
        assert_eq!(shown("2024-01-01 00:00:00+24:00"), None);
        assert_eq!(shown("2024-01-01 00:00:00+0530"), None);
    }

    #[test]
    fn impossible_dates_and_other_forms_are_left_alone() {
        for text in [
            "2023-02-29 00:00:00",
            "0000-01-01 00:00:00",
            "2024-01-01",
            "2024-1-1 0:0:0",
            "2024-01-01 24:00:00",
            "2024-01-01 00:00:60",
            "2024-01-01x00:00:00",
            "２024-01-01 00:00:00",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}

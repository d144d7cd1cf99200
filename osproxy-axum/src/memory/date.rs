//! Dates: the formats that a mapping may name, calendar rounding and date math.
//!
//! Times are milliseconds since 1970 in UTC, as the server keeps them. The calendar is the proleptic Gregorian one.

/// One format of a date field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `strict_date_optional_time` and its lenient twin.
    DateOptionalTime,
    EpochMillis,
    EpochSecond,
    /// `yyyy-MM-dd` and its named twins.
    Day,
}

/// The default of a date field.
pub(super) const DEFAULT: &[Format] = &[Format::DateOptionalTime, Format::EpochMillis];

/// What the server calls the default.
pub(super) const DEFAULT_NAME: &str = "strict_date_optional_time||epoch_millis";

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Reads `a||b`; `None` when one of the formats is not known to the double.
pub(super) fn formats(name: &str) -> Option<Vec<Format>> {
    let one = |name: &str| {
        Some(match name {
            "strict_date_optional_time" | "date_optional_time" => Format::DateOptionalTime,
            "epoch_millis" => Format::EpochMillis,
            "epoch_second" => Format::EpochSecond,
            "yyyy-MM-dd" | "strict_date" | "date" | "strict_year_month_day" => Format::Day,
            _ => return None,
        })
    };
    name.split("||").map(one).collect()
}

/// Whether a bound is filled up to the end of what it names, as `lte` and `gt` do, or from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    Start,
    End,
}

/// Reads a date by the first format that takes it.
pub(super) fn parse(text: &str, formats: &[Format], fill: Fill) -> Option<i64> {
    formats.iter().find_map(|format| match format {
        Format::DateOptionalTime => optional_time(text, fill),
        Format::EpochMillis => epoch_millis(text),
        Format::EpochSecond => text.parse::<i64>().ok()?.checked_mul(SECOND),
        Format::Day if text.len() == 10 => optional_time(text, fill),
        Format::Day => None,
    })
}

/// Milliseconds, whose fraction the server drops.
fn epoch_millis(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let valid = fraction.bytes().all(|byte| byte.is_ascii_digit());
    whole.parse().ok().filter(|_| valid)
}

/// Reads a date with date math: `now-1d/d`, `2024-01-01||+1M/d`.
pub(super) fn parse_math(text: &str, formats: &[Format], fill: Fill, now: i64) -> Option<i64> {
    let (anchor, math) = match text.strip_prefix("now") {
        Some(math) => (now, math),
        None => match text.split_once("||") {
            Some((date, math)) => (parse(date, formats, Fill::Start)?, math),
            None => return parse(text, formats, fill),
        },
    };
    apply_math(anchor, math, fill)
}

fn apply_math(mut time: i64, math: &str, fill: Fill) -> Option<i64> {
    let mut rest = math.chars().peekable();
    while let Some(operation) = rest.next() {
        let mut count = String::new();
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            count.push(digit);
        }
        let unit = Unit::of_math(rest.next()?)?;
        let count: i64 = if count.is_empty() {
            1
        } else {
            count.parse().ok()?
        };
        time = match operation {
            '+' => unit.add(time, count)?,
            '-' => unit.add(time, count.checked_neg()?)?,
            '/' if count == 1 => {
                let start = unit.floor(time);
                if fill == Fill::End {
                    unit.add(start, 1)?.checked_sub(1)?
                } else {
                    start
                }
            }
            _ => return None,
        };
    }
    Some(time)
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    fn of_math(letter: char) -> Option<Self> {
        Some(match letter {
            's' => Self::Second,
            'm' => Self::Minute,
            'h' | 'H' => Self::Hour,
            'd' => Self::Day,
            'w' => Self::Week,
            'M' => Self::Month,
            'y' => Self::Year,
            _ => return None,
        })
    }

    /// A `calendar_interval` of `date_histogram`.
    pub(super) fn of_calendar_interval(name: &str) -> Option<Self> {
        Some(match name {
            "second" | "1s" => Self::Second,
            "minute" | "1m" => Self::Minute,
            "hour" | "1h" => Self::Hour,
            "day" | "1d" => Self::Day,
            "week" | "1w" => Self::Week,
            "month" | "1M" => Self::Month,
            "quarter" | "1q" => Self::Quarter,
            "year" | "1y" => Self::Year,
            _ => return None,
        })
    }

    /// The start of the unit that holds `time`. Weeks start on Monday.
    pub(super) fn floor(self, time: i64) -> i64 {
        let day = time.div_euclid(DAY);
        let (year, month, _) = civil(day);
        // The first unit of all time is cut off.
        let of = |count: i64, length: i64| count.saturating_mul(length);
        match self {
            Self::Second => of(time.div_euclid(SECOND), SECOND),
            Self::Minute => of(time.div_euclid(MINUTE), MINUTE),
            Self::Hour => of(time.div_euclid(HOUR), HOUR),
            Self::Day => of(day, DAY),
            Self::Week => of(day - (day + 3).rem_euclid(7), DAY),
            Self::Month => of(days(year, month, 1), DAY),
            Self::Quarter => of(days(year, (month - 1) / 3 * 3 + 1, 1), DAY),
            Self::Year => of(days(year, 1, 1), DAY),
        }
    }

    /// `time` and `count` units later; a day past the end of a month becomes its last.
    pub(super) fn add(self, time: i64, count: i64) -> Option<i64> {
        let linear = |length: i64| length.checked_mul(count)?.checked_add(time);
        let months = |length: i64| {
            let (year, month, day) = civil(time.div_euclid(DAY));
            let at = year
                .checked_mul(12)?
                .checked_add(month - 1)?
                .checked_add(length.checked_mul(count)?)?;
            let (year, month) = (at.div_euclid(12), at.rem_euclid(12) + 1);
            if year.abs() > 100_000_000 {
                return None;
            }
            Some(days(year, month, day.min(month_length(year, month))) * DAY + time.rem_euclid(DAY))
        };
        match self {
            Self::Second => linear(SECOND),
            Self::Minute => linear(MINUTE),
            Self::Hour => linear(HOUR),
            Self::Day => linear(DAY),
            Self::Week => linear(7 * DAY),
            Self::Month => months(1),
            Self::Quarter => months(3),
            Self::Year => months(12),
        }
    }
}

/// The length of a `fixed_interval` in milliseconds.
pub(super) fn fixed_interval(text: &str) -> Option<i64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let length = match text.strip_prefix(number)? {
        "ms" => 1,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    number
        .parse::<i64>()
        .ok()?
        .checked_mul(length)
        .filter(|length| *length > 0)
}

/// An offset such as `+02:00` or `Z`, in milliseconds. Zones by name need a table of their history, which the double has not.
pub(super) fn offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes() {
        b"Z" | b"UTC" => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let digits: String = text.chars().skip(1).filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let (hours, minutes) = match digits.len() {
        2 => (number, 0),
        4 => (number / 100, number % 100),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

/// Writes a time in a format, seen from `offset`.
pub(super) fn write(time: i64, format: Format, offset: i64) -> String {
    let local = time.saturating_add(offset);
    let (year, month, day) = civil(local.div_euclid(DAY));
    let of_day = local.rem_euclid(DAY);
    match format {
        Format::EpochMillis => time.to_string(),
        Format::EpochSecond => time.div_euclid(SECOND).to_string(),
        Format::Day => format!("{year:04}-{month:02}-{day:02}"),
        Format::DateOptionalTime => {
            let (hour, minute) = (of_day / HOUR, of_day / MINUTE % 60);
            let (second, milli) = (of_day / SECOND % 60, of_day % SECOND);
            let zone = match (offset, offset.abs() / HOUR, offset.abs() / MINUTE % 60) {
                (0, ..) => "Z".to_owned(),
                (offset, hours, minutes) => format!(
                    "{}{hours:02}:{minutes:02}",
                    if offset < 0 { '-' } else { '+' }
                ),
            };
            format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}{zone}"
            )
        }
    }
}

/// `yyyy[-MM[-dd[THH[:mm[:ss[.fraction]]][zone]]]]`; what is missing is filled.
fn optional_time(text: &str, fill: Fill) -> Option<i64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let end = fill == Fill::End;
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|part| digits(part, 2));
    let day = parts.next().map(|part| digits(part, 2));
    if parts.next().is_some() || (time.is_some() && day.is_none()) {
        return None;
    }
    let month = match month {
        Some(month) => month.filter(|month| (1..=12).contains(month))?,
        None => 1,
    };
    let last = month_length(year, month);
    let day = match day {
        Some(day) => day.filter(|day| (1..=last).contains(day))?,
        // Filled up to the end is only the time of day.
        None => 1,
    };
    let start = days(year, month, day) * DAY;
    match time {
        None | Some("") => Some(if end { start + DAY - 1 } else { start }),
        Some(time) => Some(start + time_of_day(time, end)?),
    }
}

/// The milliseconds of `HH[:mm[:ss[.fraction]]][zone]` in UTC, which may lie outside the day.
fn time_of_day(text: &str, end: bool) -> Option<i64> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let offset = if zone.is_empty() { 0 } else { offset(zone)? };
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = parts
        .next()
        .map(|part| digits(part, 2).filter(|minute| *minute < 60));
    let second = parts
        .next()
        .map(|part| digits(part, 2).filter(|second| *second < 60));
    if parts.next().is_some() || (fraction.is_some() && second.is_none()) {
        return None;
    }
    let rest = |length: i64| if end { length - 1 } else { 0 };
    let time = hour * HOUR;
    let time = match minute {
        None => time + rest(HOUR),
        Some(minute) => match (time + minute? * MINUTE, second) {
            (time, None) => time + rest(MINUTE),
            (time, Some(second)) => match (time + second? * SECOND, fraction) {
                (time, None) => time + rest(SECOND),
                (time, Some(fraction)) => time + millis(fraction)?,
            },
        },
    };
    Some(time - offset)
}

/// The milliseconds of a fraction of up to nine digits.
fn millis(fraction: &str) -> Option<i64> {
    let valid =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    padded.parse().ok().filter(|_| valid)
}

fn digits(text: &str, len: usize) -> Option<i64> {
    let valid = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.rem_euclid(4) == 0
            && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) =>
        {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years start in March, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        parse(text, DEFAULT, Fill::Start)
    }

    #[test]
    fn reads_and_writes_dates() {
        let table = [
            ("2024-01-01T05:00:00Z", Some("2024-01-01T05:00:00.000Z")),
            ("2024-03-01", Some("2024-03-01T00:00:00.000Z")),
            (
                "2024-02-29T23:59:59.123456789+02:00",
                Some("2024-02-29T21:59:59.123Z"),
            ),
            ("2024", Some("1970-01-01T00:00:02.024Z")),
            ("2024-05", Some("2024-05-01T00:00:00.000Z")),
            ("1969-12-31T23:59", Some("1969-12-31T23:59:00.000Z")),
            ("1704085200000", Some("2024-01-01T05:00:00.000Z")),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-1-1", None),
            ("not a date", None),
            ("2024-01-01T25:00", None),
            ("2024-01-01T10:00:00.", None),
        ];
        for (text, written) in table {
            let time = if text == "2024" {
                parse(text, &[Format::EpochMillis], Fill::Start)
            } else {
                read(text)
            };
            let back = time.map(|time| write(time, Format::DateOptionalTime, 0));
            assert_eq!(back.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for day in (-800_000..800_000).step_by(37) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
    }

    #[test]
    fn rounds_by_the_calendar() {
        let time = read("2024-05-16T10:11:12.345Z").unwrap();
        let table = [
            (Unit::Second, "2024-05-16T10:11:12.000Z"),
            (Unit::Minute, "2024-05-16T10:11:00.000Z"),
            (Unit::Hour, "2024-05-16T10:00:00.000Z"),
            (Unit::Day, "2024-05-16T00:00:00.000Z"),
            (Unit::Week, "2024-05-13T00:00:00.000Z"),
            (Unit::Month, "2024-05-01T00:00:00.000Z"),
            (Unit::Quarter, "2024-04-01T00:00:00.000Z"),
            (Unit::Year, "2024-01-01T00:00:00.000Z"),
        ];
        for (unit, written) in table {
            assert_eq!(
                write(unit.floor(time), Format::DateOptionalTime, 0),
                written
            );
        }
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        for time in [i64::MIN, i64::MAX] {
            for name in ["1s", "1m", "1h", "1d", "1w", "1M", "1q", "1y"] {
                let unit = Unit::of_calendar_interval(name).unwrap();
                let _ = unit.floor(time);
                let _ = unit.add(time, i64::MIN);
                let _ = unit.add(time, 1);
            }
            let _ = write(time, Format::DateOptionalTime, HOUR);
        }
    }

    #[test]
    fn date_math() {
        let now = read("2024-03-31T12:00:00Z").unwrap();
        let table = [
            ("now", Fill::Start, "2024-03-31T12:00:00.000Z"),
            ("now-1M", Fill::Start, "2024-02-29T12:00:00.000Z"),
            ("now-1d/d", Fill::Start, "2024-03-30T00:00:00.000Z"),
            ("now/d", Fill::End, "2024-03-31T23:59:59.999Z"),
            ("2024-01-01||+1M/d", Fill::Start, "2024-02-01T00:00:00.000Z"),
            ("2024-01", Fill::End, "2024-01-01T23:59:59.999Z"),
        ];
        for (text, fill, written) in table {
            let time = parse_math(text, DEFAULT, fill, now).unwrap();
            assert_eq!(write(time, Format::DateOptionalTime, 0), written, "{text}");
        }
        for text in ["now-", "now-1x", "now/2d", "nowish", "||"] {
            assert_eq!(parse_math(text, DEFAULT, Fill::Start, now), None, "{text}");
        }
    }
}

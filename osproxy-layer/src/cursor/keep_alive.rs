//! How long a client wants its cursor, in the node's own notation.

use std::time::Duration;

use crate::rejection::Rejection;

/// The longest that a shared cluster is asked for: what a node allows by default, whatever this one is set to.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A time as the client wrote it, and what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct KeepAlive {
    pub(crate) text: String,
    pub(crate) time: Duration,
}

impl KeepAlive {
    /// Reads the value of `name` as the node does.
    ///
    /// # Errors
    /// The node's own refusal of what is no time, and of one that is too long (catalogue E-04).
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Rejection> {
        let time = time(text).ok_or_else(|| {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(32).collect();
            invalid(format!(
                "failed to parse setting [{name}] with value [{shown}] as a time value"
            ))
        })?;
        if time > LONGEST {
            return Err(invalid(format!(
                "Keep alive for request [{name}] is too large. It must be less than (1d)."
            )));
        }
        Ok(Self {
            text: text.to_owned(),
            time,
        })
    }
}

fn invalid(reason: String) -> Rejection {
    Rejection::malformed("illegal_argument_exception", reason)
}

/// The node's `TimeValue`: a whole number and a unit, in any case but for `m`, since `M` might be months. Nothing,
/// written `0` or `-1`, needs no unit.
fn time(text: &str) -> Option<Duration> {
    let lower = text.to_ascii_lowercase();
    let nothing = lower.strip_prefix('-').is_some_and(|rest| {
        rest.strip_suffix('1')
            .is_some_and(|zeros| zeros.bytes().all(|byte| byte == b'0'))
    });
    if nothing || (!lower.is_empty() && lower.bytes().all(|byte| byte == b'0')) {
        return Some(Duration::ZERO);
    }
    const NANOS: u64 = 1_000_000_000;
    let units: [(&str, u64); 7] = [
        ("nanos", 1),
        ("micros", 1_000),
        ("ms", 1_000_000),
        ("s", NANOS),
        ("m", 60 * NANOS),
        ("h", 60 * 60 * NANOS),
        ("d", 24 * 60 * 60 * NANOS),
    ];
    let (number, nanos) = units.iter().find_map(|(unit, nanos)| {
        let read = if *unit == "m" { text } else { &lower };
        read.strip_suffix(unit).map(|number| (number, *nanos))
    })?;
    let number: u64 = number.trim_end().parse().ok()?;
    Some(Duration::from_nanos(number.saturating_mul(nanos)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_nodes() {
        // Tried on 3.8.0.
        for (text, seconds) in [
            ("1m", 60),
            ("5 m", 300),
            ("1H", 3600),
            ("1d", 86_400),
            ("24h", 86_400),
            ("90S", 90),
            ("1000ms", 1),
            ("2000000micros", 2),
            ("0", 0),
            ("000", 0),
            ("0s", 0),
            ("-1", 0),
            ("-01", 0),
        ] {
            let read = KeepAlive::parse("scroll", text).unwrap();
            assert_eq!(
                (read.time.as_secs(), read.text.as_str()),
                (seconds, text),
                "{text}"
            );
        }
        for text in [
            "",
            "abc",
            "1",
            "5",
            "1M",
            "1.5m",
            "-5m",
            "-2",
            " 5m ",
            "m",
            "1w",
            "²m",
            "1\u{212a}",
        ] {
            assert!(KeepAlive::parse("scroll", text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_cursor_is_kept_for_longer_than_a_day() {
        for text in ["25h", "2d", "99999999999999d"] {
            let refused = KeepAlive::parse("keep_alive", text).unwrap_err();
            assert!(refused.reason().contains("too large"), "{text}");
            assert_eq!(refused.error_type(), "illegal_argument_exception");
        }
    }
}

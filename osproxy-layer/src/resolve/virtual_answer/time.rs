//! The time in tables, and durations in parameters.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment, in UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    seconds: u64,
}

/// The time of the answer.
pub(super) fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Now {
        seconds: since.map_or(0, |since| since.as_secs()),
    }
}

impl Now {
    /// Seconds since 1970.
    pub(super) fn epoch(self) -> String {
        self.seconds.to_string()
    }

    /// `HH:MM:SS`
    pub(super) fn clock(self) -> String {
        let (hours, minutes) = (self.seconds / 3600 % 24, self.seconds / 60 % 60);
        format!("{hours:02}:{minutes:02}:{:02}", self.seconds % 60)
    }
}

/// Whether text is a duration as the node reads one: a whole number and its unit; `-1` and `0` need none.
pub(super) fn is_duration(text: &str) -> bool {
    if matches!(text, "-1" | "0") {
        return true;
    }
    let lower = text.trim().to_ascii_lowercase();
    // The longer units first: `ms` ends in `s`.
    ["nanos", "micros", "ms", "s", "m", "h", "d"]
        .iter()
        .find_map(|unit| lower.strip_suffix(unit))
        .is_some_and(|number| number.trim().parse::<i64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_has_two_digits_each() {
        let now = Now {
            seconds: 1_795_546_743,
        };
        assert_eq!(now.clock(), "18:59:03");
        assert_eq!(now.epoch(), "1795546743");
    }

    #[test]
    fn durations_are_the_nodes() {
        for good in [
            "30s",
            "1m",
            "60000ms",
            "100micros",
            "1nanos",
            "2h",
            "1d",
            "-1",
            "0",
        ] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "foo", "1", "s", "1.5s", "1w"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }
}

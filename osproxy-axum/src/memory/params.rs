//! The query string: read as the server reads it, and never ignored.
//!
//! A parameter is one of three things for an operation: answered, known to the server but not to us (refused by name), or unknown to
//! both (the server's own 400). The tables are in [`super::operation`].

use super::error::{ApiError, Cause};
use super::operation::Operation;
use super::suggest::did_you_mean;

/// Accepted by every operation, as on the server.
const COMMON: [&str; 5] = ["pretty", "human", "error_trace", "filter_path", "format"];

/// The parameters of one request, decoded.
#[derive(Debug, Default)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Splits at `&` and `;`, decodes `+` and escapes, and lets the last of two equal names win: the server's reading (G-06).
    pub(super) fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in query
            .unwrap_or_default()
            .split(['&', ';'])
            .filter(|part| !part.is_empty())
        {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let decoded = decode(name, true).zip(decode(value, true));
            let (name, value) = decoded
                .ok_or_else(|| ApiError::illegal_argument("failed to decode the query string"))?;
            pairs.retain(|(earlier, _)| *earlier != name);
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// Refuses what `operation` does not answer.
    pub(super) fn check(&self, operation: Operation, path: &str) -> Result<(), ApiError> {
        let table = operation.params();
        for name in ["pretty", "human", "error_trace"] {
            self.flag(name)?;
        }
        let mut unknown = Vec::new();
        for (name, value) in &self.pairs {
            let name = name.as_str();
            if table.refused.contains(&name) || (name == "format" && value != "json") {
                return Err(ApiError::unsupported(format_args!(
                    "parameter [{name}], or this value of it,"
                )));
            }
            if !COMMON.contains(&name) && !table.accepted.contains(&name) {
                unknown.push(name);
            }
        }
        unknown.sort_unstable();
        let shown = |name: &&str| format!("[{name}]{}", did_you_mean(name, table.accepted));
        let list: Vec<_> = unknown.iter().map(shown).collect();
        match list.len() {
            0 => Ok(()),
            len => {
                let plural = if len > 1 { "s" } else { "" };
                let list = list.join(", ");
                Err(ApiError::illegal_argument(format!(
                    "request [{path}] contains unrecognized parameter{plural}: {list}"
                )))
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// `true`, `false` or empty, which means true.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some("true" | "") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(value) => {
                let reason = format!(
                    "Failed to parse value [{value}] as only [true] or [false] are allowed."
                );
                Err(ApiError::illegal_argument(reason))
            }
        }
    }

    /// An integer; `kind` is `long` or `int`, as the server's message says.
    pub(super) fn integer(&self, name: &str, kind: &str) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value
            .parse()
            .ok()
            .filter(|number: &i64| kind == "long" || i32::try_from(*number).is_ok());
        number.map(Some).ok_or_else(|| {
            let reason = format!("Failed to parse {kind} parameter [{name}] with value [{value}]");
            let cause = Cause::new(
                "number_format_exception",
                format!("For input string: \"{value}\""),
            );
            ApiError::new(
                400,
                Cause::new("illegal_argument_exception", reason).caused_by(cause),
            )
        })
    }

    /// A list, split at commas and not trimmed, as the server splits it.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let list = self.get(name)?.split(',').filter(|item| !item.is_empty());
        Some(list.map(str::to_owned).collect())
    }

    /// Checks a time value such as `1m`; the double never waits, so only its form matters. Returns its text.
    pub(super) fn time(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let unit = value.strip_prefix(number).unwrap_or_default();
        let known = ["nanos", "micros", "ms", "s", "m", "h", "d"].contains(&unit)
            && number.parse::<u64>().is_ok();
        if known || matches!(value, "0" | "-1") {
            return Ok(Some(value));
        }
        Err(ApiError::illegal_argument(format!(
            "failed to parse setting [{name}] with value [{value}] as a time value: unit is missing or unrecognized"
        )))
    }
}

/// Percent-decodes once; `None` for a bad escape or text that is not UTF-8 afterwards.
pub(super) fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' if plus_is_space => b' ',
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_the_server_does() {
        let params = Params::parse(Some("a=1;b=x%20y+z&a=2&c&d=")).unwrap();
        assert_eq!(params.get("a"), Some("2"));
        assert_eq!(params.get("b"), Some("x y z"));
        assert_eq!(params.flag("c").unwrap(), Some(true));
        assert_eq!(params.flag("d").unwrap(), Some(true));
        assert!(params.flag("b").is_err());
    }

    #[test]
    fn bad_escapes_are_refused() {
        for query in ["a=%", "a=%2", "a=%zz", "a=%ff"] {
            assert!(Params::parse(Some(query)).is_err(), "{query}");
        }
    }

    #[test]
    fn times() {
        for (value, good) in [
            ("1m", true),
            ("60000ms", true),
            ("1", false),
            ("abc", false),
            ("0", true),
            ("-1", true),
            ("1w", false),
        ] {
            let params = Params::parse(Some(&format!("timeout={value}"))).unwrap();
            assert_eq!(params.time("timeout").is_ok(), good, "{value}");
        }
    }
}

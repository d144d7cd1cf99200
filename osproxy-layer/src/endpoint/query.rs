//! The query string, read strictly and written anew (catalogue row `G-06`).
//!
//! The server splits at `;` as at `&`, keeps the last of two equal names and reads `%%` as a percent sign; other readers
//! do not. So all three are refused, and what is sent on is encoded from the decoded pairs.
//!
//! ```
//! use osproxy_layer::endpoint::{Query, QueryError};
//!
//! let query = Query::parse("size=10&pretty&q=a+b")?;
//! assert_eq!(query.get("q"), Some("a b"));
//! assert_eq!(query.bool("pretty")?, Some(true));
//! assert_eq!(query.encode(), "size=10&pretty=&q=a%20b");
//! assert_eq!(Query::parse("size=1;q=x"), Err(QueryError::Delimiter));
//! # Ok::<(), QueryError>(())
//! ```

use std::borrow::Cow;
use std::fmt;

use super::percent::{self, Malformed, Plus};

/// More parameters than any endpoint has, and few enough to look for a name one by one.
const MOST_PAIRS: usize = 128;

/// The decoded parameters of a request, in the order sent, each name once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Query<'a> {
    /// Reads a raw query string, without its `?`. A name without `=` has an empty value; an empty piece (`a&&b`) is
    /// nothing, as on the server.
    pub fn parse(raw: &'a str) -> Result<Self, QueryError> {
        let seen = raw
            .bytes()
            .fold(0, |seen, byte| seen | percent::marks_of(byte));
        if seen & (percent::SEMICOLON | percent::HASH) != 0 {
            return Err(QueryError::Delimiter);
        }
        let plain = seen & (percent::ILLEGAL | percent::PERCENT | percent::PLUS) == 0;
        let decode = |text: &'a str| match plain {
            true => Ok(Cow::Borrowed(text)),
            false => percent::decode(text, Plus::Space),
        };
        let mut query = Self::default();
        let mut rest = Some(raw);
        while let Some(text) = rest {
            let (piece, tail) = cut(text, b'&');
            rest = tail;
            if piece.is_empty() {
                continue;
            }
            let (name, value) = cut(piece, b'=');
            let name = decode(name)?;
            if name.is_empty() {
                return Err(QueryError::EmptyName);
            }
            if query.get(&name).is_some() {
                let name = name.into_owned();
                return Err(QueryError::Duplicate { name });
            }
            if query.pairs.len() == MOST_PAIRS {
                return Err(QueryError::TooMany);
            }
            query.pairs.push((name, decode(value.unwrap_or(""))?));
        }
        Ok(query)
    }

    /// The value of a parameter. `Some("")` if it has none of its own.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find_map(|(key, value)| (key == name).then_some(&**value))
    }

    /// Whether a switch is on: sent as `true`, or without a value. What is neither a switch's value counts as off here; the
    /// server, or [`Query::bool`], refuses it.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some("" | "true"))
    }

    /// A boolean parameter as the server reads it: `true`, `false`, or empty for true.
    ///
    /// # Errors
    /// Any other value.
    pub fn bool(&self, name: &str) -> Result<Option<bool>, QueryError> {
        match self.get(name) {
            None => Ok(None),
            Some("" | "true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(QueryError::NotBoolean {
                name: name.to_owned(),
            }),
        }
    }

    /// The pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Sets a parameter, in the place of one of this name or at the end.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        match self.pairs.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.pairs.push((name, value)),
        }
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.pairs.iter().position(|(key, _)| key == name)?;
        Some(self.pairs.remove(at).1)
    }

    /// The query string to send, without a `?`. A space is `%20`.
    #[must_use]
    pub fn encode(&self) -> String {
        let length = self
            .iter()
            .map(|(name, value)| name.len() + value.len() + 2)
            .sum();
        let mut out = String::with_capacity(length);
        for (name, value) in self.iter() {
            if !out.is_empty() {
                out.push('&');
            }
            percent::encode_into(&mut out, name);
            out.push('=');
            percent::encode_into(&mut out, value);
        }
        out
    }

    /// The same pairs without the borrow.
    #[must_use]
    pub fn into_owned(self) -> Query<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        Query {
            pairs: self
                .pairs
                .into_iter()
                .map(|(name, value)| (own(name), own(value)))
                .collect(),
        }
    }
}

/// Cuts text at the first of an ASCII byte.
fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    let found = text.bytes().position(|byte| byte == at);
    match found.and_then(|end| Some((text.get(..end)?, text.get(end + 1..)?))) {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    }
}

/// Without names and values: they are the tenant's.
impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Why a query string is refused. Each is a 400.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryError {
    /// A raw `;`, at which the server would split, or `#`, at which it would stop.
    Delimiter,
    /// A part has no single reading.
    Malformed(Malformed),
    /// A value without a name.
    EmptyName,
    /// One name twice.
    Duplicate {
        /// The name, as the client sent it.
        name: String,
    },
    /// A value that is no boolean.
    NotBoolean {
        /// The name, as the client sent it.
        name: String,
    },
    /// Over 128 parameters.
    TooMany,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delimiter => f.write_str("`;` and `#` must be percent-encoded in a query string"),
            Self::Malformed(why) => write!(f, "in the query string, {why}"),
            Self::EmptyName => f.write_str("a parameter has no name"),
            Self::Duplicate { name } => write!(f, "the parameter [{name}] is given twice"),
            Self::NotBoolean { name } => {
                write!(f, "the parameter [{name}] must be `true` or `false`")
            }
            Self::TooMany => write!(f, "there are more than {MOST_PAIRS} parameters"),
        }
    }
}

impl std::error::Error for QueryError {}

impl From<Malformed> for QueryError {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pairs_are_read_as_the_server_reads_them() {
        let query = Query::parse("a=1&si%7Ae=%26+%2B&&pretty&e=&b=x=y&").unwrap();
        let pairs: Vec<_> = query.iter().collect();
        assert_eq!(
            pairs,
            [
                ("a", "1"),
                ("size", "& +"),
                ("pretty", ""),
                ("e", ""),
                ("b", "x=y")
            ]
        );
        assert!(Query::parse("").unwrap().is_empty());
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        let twice = |name: &str| QueryError::Duplicate { name: name.into() };
        let many = (0..129).map(|n| format!("p{n}&")).collect::<String>();
        for (raw, why) in [
            ("size=1;q=*:*", QueryError::Delimiter),
            ("q=a#b", QueryError::Delimiter),
            ("q=%%", Malformed::BadEscape.into()),
            ("q=%4", Malformed::BadEscape.into()),
            ("q=%FF", Malformed::NotUtf8.into()),
            ("q=é", Malformed::NotEncoded.into()),
            ("size=1&size=1", twice("size")),
            ("size=1&si%7Ae=2", twice("size")),
            ("=1", QueryError::EmptyName),
            (&many, QueryError::TooMany),
        ] {
            assert_eq!(Query::parse(raw), Err(why), "{raw}");
        }
        assert!(Query::parse("q=%3B").is_ok());
    }

    #[test]
    fn booleans_are_the_servers() {
        let query = Query::parse("a&b=true&c=false&d=TRUE&e=1").unwrap();
        assert_eq!(query.bool("a"), Ok(Some(true)));
        assert_eq!(query.bool("b"), Ok(Some(true)));
        assert_eq!(query.bool("c"), Ok(Some(false)));
        assert_eq!(query.bool("x"), Ok(None));
        for bad in ["d", "e"] {
            assert_eq!(
                query.bool(bad),
                Err(QueryError::NotBoolean { name: bad.into() })
            );
        }
    }

    #[test]
    fn set_and_remove_keep_the_order() {
        let mut query = Query::parse("a=1&b=2&c=3").unwrap();
        query.set("b", "x y");
        query.set("d", String::from("é"));
        assert_eq!(query.remove("a").as_deref(), Some("1"));
        assert_eq!(query.remove("a"), None);
        assert_eq!(query.encode(), "b=x%20y&c=3&d=%C3%A9");
        assert_eq!(format!("{query:?}"), "Query { len: 3, .. }");
    }

    proptest! {
        #[test]
        fn parse_undoes_encode(pairs: std::collections::BTreeMap<String, String>) {
            let mut query = Query::default();
            for (name, value) in pairs.into_iter().filter(|(name, _)| !name.is_empty()) {
                query.set(name, value);
            }
            let raw = query.encode();
            prop_assert_eq!(Query::parse(&raw), Ok(query));
        }

        #[test]
        fn parse_never_panics(raw: String) {
            let _ = Query::parse(&raw);
        }
    }
}

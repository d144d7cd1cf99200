//! Index names in a request: one exact name, or several with commas between them.
//!
//! Everything else that the server takes in their place (wildcards, exclusions, `_all`, date math, other clusters, hidden
//! names) can reach indices that the client did not name, and is refused by its name (catalogue row `G-03`). The same
//! grammar is for the path, the query string and every `_index` in a body.
//!
//! ```
//! use osproxy_layer::endpoint::{IndexError, IndexExpr};
//!
//! let expr = IndexExpr::parse("orders,logs-2024.01.01")?;
//! assert_eq!(expr.names().collect::<Vec<_>>(), ["orders", "logs-2024.01.01"]);
//! assert_eq!(IndexExpr::parse("logs-*"), Err(IndexError::Wildcard));
//! # Ok::<(), IndexError>(())
//! ```

use std::fmt;

/// The server's limit, in bytes.
const LONGEST_NAME: usize = 255;

/// Taken by the server for its views, so that `/views/_search` would have two meanings.
const RESERVED: [&str; 1] = ["views"];

/// One or several exact index names, as the client wrote them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IndexExpr<'a> {
    text: &'a str,
}

impl<'a> IndexExpr<'a> {
    /// Checks decoded text. It never stands for more than the names that are in it.
    pub fn parse(text: &'a str) -> Result<Self, IndexError> {
        for name in text.split(',') {
            check(name)?;
        }
        Ok(Self { text })
    }

    /// The names in order.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.text.split(',')
    }

    /// The name, if there is one only.
    #[must_use]
    pub fn single(self) -> Option<&'a str> {
        (!self.text.contains(',')).then_some(self.text)
    }

    /// Whether decoded text may name an index of another cluster. On a dedicated cluster, where wildcards and the like
    /// are the client's own business, this is still refused.
    #[must_use]
    pub fn names_other_cluster(text: &str) -> bool {
        text.contains(':')
    }
}

/// Without the names: they are the tenant's.
impl fmt::Debug for IndexExpr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexExpr").finish_non_exhaustive()
    }
}

fn check(name: &str) -> Result<(), IndexError> {
    match name.bytes().next() {
        None => return Err(IndexError::Empty),
        Some(b'_') if name == "_all" => return Err(IndexError::All),
        Some(b'_') => return Err(IndexError::LeadingUnderscore),
        Some(b'-') => return Err(IndexError::Exclusion),
        Some(b'.') => return Err(IndexError::Hidden),
        Some(b'<') => return Err(IndexError::DateMath),
        Some(_) => {}
    }
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' => {}
            b'*' => return Err(IndexError::Wildcard),
            b':' => return Err(IndexError::OtherCluster),
            b'A'..=b'Z' => return Err(IndexError::Uppercase),
            _ => return Err(IndexError::Character),
        }
    }
    if name.len() > LONGEST_NAME {
        Err(IndexError::TooLong)
    } else if RESERVED.contains(&name) {
        Err(IndexError::Reserved)
    } else {
        Ok(())
    }
}

/// Why text is not a list of exact index names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexError {
    /// A name is empty. The server may take it for "all indices" (row `G-04`).
    Empty,
    /// `_all`.
    All,
    /// A name starts with `_` (row `G-05`).
    LeadingUnderscore,
    /// A name starts with `-`, which excludes an index from those before it.
    Exclusion,
    /// A name starts with `.`, as hidden and system indices do.
    Hidden,
    /// `<...>`, whose name the server computes.
    DateMath,
    /// `*`.
    Wildcard,
    /// `cluster:index`.
    OtherCluster,
    /// A capital letter, which no index has.
    Uppercase,
    /// Any other character than `a-z`, `0-9`, `_`, `.` and `-`.
    Character,
    /// Over 255 bytes.
    TooLong,
    /// A name that the server has for something else.
    Reserved,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an index name is empty",
            Self::All => "`_all` does not name an index",
            Self::LeadingUnderscore => "an index name must not start with `_`",
            Self::Exclusion => "an exclusion (`-name`) does not name an index",
            Self::Hidden => "an index name must not start with `.`",
            Self::DateMath => "date math (`<...>`) does not name an index",
            Self::Wildcard => "a wildcard (`*`) does not name an index",
            Self::OtherCluster => "an index of another cluster (`cluster:index`) cannot be named",
            Self::Uppercase => "an index name must be lower case",
            Self::Character => {
                "an index name holds a character other than a-z, 0-9, `_`, `.` and `-`"
            }
            Self::TooLong => "an index name is over 255 bytes",
            Self::Reserved => "the index name `views` is reserved",
        })
    }
}

impl std::error::Error for IndexError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_names_pass() {
        for text in ["orders", "logs-2024.01.01", "a_b", "0", "a,b,a", "views2"] {
            let names: Vec<_> = IndexExpr::parse(text).unwrap().names().collect();
            assert_eq!(names.join(","), text);
        }
        assert_eq!(IndexExpr::parse("a").unwrap().single(), Some("a"));
        assert_eq!(IndexExpr::parse("a,b").unwrap().single(), None);
        assert!(IndexExpr::parse(&"a".repeat(255)).is_ok());
    }

    #[test]
    fn all_else_is_refused_by_name() {
        let long = "a".repeat(256);
        for (text, why) in [
            ("", IndexError::Empty),
            (",", IndexError::Empty),
            ("a,", IndexError::Empty),
            ("a,,b", IndexError::Empty),
            ("_all", IndexError::All),
            ("a,_all", IndexError::All),
            ("_search", IndexError::LeadingUnderscore),
            ("a,-b", IndexError::Exclusion),
            (".kibana", IndexError::Hidden),
            ("..", IndexError::Hidden),
            ("<logs-{now/d}>", IndexError::DateMath),
            ("*", IndexError::Wildcard),
            ("logs-*", IndexError::Wildcard),
            ("eu:orders", IndexError::OtherCluster),
            ("Orders", IndexError::Uppercase),
            ("a/b", IndexError::Character),
            ("a b", IndexError::Character),
            ("a+b", IndexError::Character),
            ("a?b", IndexError::Character),
            ("a%2cb", IndexError::Character),
            ("a;b", IndexError::Character),
            ("bücher", IndexError::Character),
            ("a\0", IndexError::Character),
            ("views", IndexError::Reserved),
            (&long, IndexError::TooLong),
        ] {
            assert_eq!(IndexExpr::parse(text), Err(why), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_is_made_of_safe_characters(text: String) {
            if let Ok(expr) = IndexExpr::parse(&text) {
                for name in expr.names() {
                    prop_assert!(name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()));
                    prop_assert!(!name.contains(['*', ':', '/', '<', ',', ' ']));
                }
            }
        }
    }
}

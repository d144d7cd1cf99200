//! `filter_path`: which parts of an answer the client wants to see.
//!
//! The node would prune the answer before it can be turned back, and take away what the reversal relies on (catalogue
//! C2-08). So the parameter stays here and is applied to the logical answer, as the node does it (tried on 3.8.0):
//! paths with dots, `*` within a name, `**` for any depth, `\.` for a dot in a name, `-` in front for what is left
//! out; arrays are looked through; a container of which nothing is left goes too; errors are never filtered.
//!
//! ```
//! use osproxy_layer::rewrite::filter_path::FilterPath;
//!
//! let filter = FilterPath::parse("hits.hits._source,-**.secret")?;
//! let answer = br#"{"took":1,"hits":{"hits":[{"_id":"1","_source":{"a":1.10,"secret":2}}]}}"#;
//! assert_eq!(filter.apply(answer)?, br#"{"hits":{"hits":[{"_source":{"a":1.10}}]}}"#);
//! # Ok::<(), osproxy_layer::rewrite::filter_path::FilterError>(())
//! ```

mod stream;

use std::fmt;

pub use stream::FilterStream;

/// How many paths and how many names a path may have: far more than clients send.
const MOST: usize = 256;

/// The paths of one request.
#[derive(Clone, PartialEq, Eq)]
pub struct FilterPath {
    include: Vec<Vec<Segment>>,
    exclude: Vec<Vec<Segment>>,
}

/// A step of a path.
#[derive(Clone, PartialEq, Eq)]
enum Segment {
    /// A name, perhaps with `*` in it.
    Name(String),
    /// `**`
    AnyDepth,
}

impl FilterPath {
    /// Reads the parameter.
    ///
    /// # Errors
    /// [`FilterError::TooMany`] past 256 paths, or names in one.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut filter = Self {
            include: Vec::new(),
            exclude: Vec::new(),
        };
        for path in text
            .split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty())
        {
            let (paths, path) = match path.strip_prefix('-') {
                Some(path) => (&mut filter.exclude, path),
                None => (&mut filter.include, path),
            };
            let segments = segments(path);
            if segments.len() > MOST || paths.len() >= MOST {
                return Err(FilterError::TooMany);
            }
            if !segments.is_empty() {
                paths.push(segments);
            }
        }
        Ok(filter)
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Filters a whole answer.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn apply(&self, answer: &[u8]) -> Result<Vec<u8>, FilterError> {
        let mut out = Vec::with_capacity(answer.len());
        let mut stream = FilterStream::new(self.clone());
        stream.push(answer, &mut out)?;
        stream.finish()?;
        Ok(out)
    }

    /// What holds at the root.
    fn root(&self) -> Reach {
        let all = |paths: &[Vec<Segment>]| (0..paths.len()).map(|path| (path, 0)).collect();
        Reach {
            include: if self.include.is_empty() {
                Included::Whole
            } else {
                Included::Through(all(&self.include))
            },
            exclude: all(&self.exclude),
        }
    }

    /// What holds one name further down. `None`: it is left out.
    fn step(&self, reach: &Reach, key: &str) -> Option<Reach> {
        let exclude = match walk(&self.exclude, &reach.exclude, key) {
            Walked::Matched => return None,
            Walked::Through(places) => places,
        };
        let include = match &reach.include {
            Included::Whole => Included::Whole,
            Included::Through(places) => match walk(&self.include, places, key) {
                Walked::Matched => Included::Whole,
                Walked::Through(places) if places.is_empty() => return None,
                Walked::Through(places) => Included::Through(places),
            },
        };
        Some(Reach { include, exclude })
    }
}

/// Which paths lead on from a place.
#[derive(Clone)]
struct Reach {
    include: Included,
    exclude: Places,
}

/// Positions in paths: (path, segment).
type Places = Vec<(usize, usize)>;

#[derive(Clone)]
enum Included {
    /// All below is wanted.
    Whole,
    /// Only what these lead to.
    Through(Places),
}

impl Reach {
    /// All below passes as it is.
    fn is_whole(&self) -> bool {
        self.exclude.is_empty() && self.takes_scalars()
    }

    /// A scalar here is kept: wanted, and not itself left out.
    fn takes_scalars(&self) -> bool {
        matches!(self.include, Included::Whole)
    }
}

enum Walked {
    Matched,
    Through(Places),
}

fn walk(paths: &[Vec<Segment>], places: &Places, key: &str) -> Walked {
    let mut next: Places = Vec::new();
    for &(path, from) in places {
        let Some(segments) = paths.get(path) else {
            continue;
        };
        let mut at = from;
        loop {
            match segments.get(at) {
                // Any depth: it stays, and what stands behind it may match here as well.
                Some(Segment::AnyDepth) if at + 1 == segments.len() => return Walked::Matched,
                Some(Segment::AnyDepth) => {
                    push(&mut next, (path, at));
                    at += 1;
                    continue;
                }
                Some(Segment::Name(name)) if glob(name, key) => {
                    if at + 1 == segments.len() {
                        return Walked::Matched;
                    }
                    push(&mut next, (path, at + 1));
                }
                _ => {}
            }
            break;
        }
    }
    Walked::Through(next)
}

fn push(places: &mut Places, place: (usize, usize)) {
    if !places.contains(&place) {
        places.push(place);
    }
}

/// `*` stands for any run of characters. Greedy with one point to go back to, so linear in practice and never more
/// than the product of the lengths.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(byte) if text.get(t) == Some(byte) => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|byte| *byte == b'*')
}

fn segments(path: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut name = String::new();
    let mut chars = path.chars().peekable();
    let mut end = |name: &mut String| {
        match name.as_str() {
            "" => {}
            "**" => segments.push(Segment::AnyDepth),
            _ => segments.push(Segment::Name(name.clone())),
        }
        name.clear();
    };
    while let Some(next) = chars.next() {
        match next {
            '.' => end(&mut name),
            '\\' if chars.peek() == Some(&'.') => name.extend(chars.next()),
            other => name.push(other),
        }
    }
    end(&mut name);
    segments
}

// The paths name a tenant's fields.
impl fmt::Debug for FilterPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterPath")
            .field("include", &self.include.len())
            .field("exclude", &self.exclude.len())
            .finish()
    }
}

/// Why a filter can't be used.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FilterError {
    /// Too many paths, or too long ones.
    TooMany,
    /// The answer is no JSON object.
    NotJson,
    /// The answer is nested too deeply, or a key is too long.
    TooLarge,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "parameter [filter_path] has too many paths",
            Self::NotJson => "an answer that is no JSON can't be filtered",
            Self::TooLarge => "an answer that is nested too deeply can't be filtered",
        })
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENT: &str = r#"{"_id":"1","_source":{"a":{"b":[{"c":1,"d":2},{"e":3}],"f":[]},"g":{},"h":"x.y","i.j":{"k":1}}}"#;

    fn filtered(paths: &str, answer: &str) -> String {
        let filter = FilterPath::parse(paths).expect("parses");
        String::from_utf8(filter.apply(answer.as_bytes()).expect("applies")).expect("UTF-8")
    }

    /// As a 3.8.0 node answered.
    #[test]
    fn filters_as_the_node_does() {
        for (paths, answer) in [
            ("_source.a.b.c", r#"{"_source":{"a":{"b":[{"c":1}]}}}"#),
            (
                "_source.a.b",
                r#"{"_source":{"a":{"b":[{"c":1,"d":2},{"e":3}]}}}"#,
            ),
            ("_source.a.f", r#"{"_source":{"a":{"f":[]}}}"#),
            ("_source.g", r#"{"_source":{"g":{}}}"#),
            ("_source.i.j.k", "{}"),
            (r"_source.i\.j", r#"{"_source":{"i.j":{"k":1}}}"#),
            ("_source.i*.k", r#"{"_source":{"i.j":{"k":1}}}"#),
            ("_source.**.c", r#"{"_source":{"a":{"b":[{"c":1}]}}}"#),
            ("_s*e.a.b.e", r#"{"_source":{"a":{"b":[{"e":3}]}}}"#),
            ("_source.*.b.c", r#"{"_source":{"a":{"b":[{"c":1}]}}}"#),
            ("_source.a.b.c,-_source.a.b.c", "{}"),
            ("nope", "{}"),
            ("_id.", r#"{"_id":"1"}"#),
            ("**", DOCUMENT),
            ("*", DOCUMENT),
            ("", DOCUMENT),
            ("-**", "{}"),
            ("-_source", r#"{"_id":"1"}"#),
            (
                "-_source.a.b.c,-_source.h,-_id",
                r#"{"_source":{"a":{"b":[{"d":2},{"e":3}],"f":[]},"g":{},"i.j":{"k":1}}}"#,
            ),
            (
                "-_source.a.b.*",
                r#"{"_id":"1","_source":{"a":{"f":[]},"g":{},"h":"x.y","i.j":{"k":1}}}"#,
            ),
            (
                "-_source.a.*",
                r#"{"_id":"1","_source":{"g":{},"h":"x.y","i.j":{"k":1}}}"#,
            ),
        ] {
            assert_eq!(filtered(paths, DOCUMENT), answer, "{paths}");
        }
    }

    #[test]
    fn numbers_and_escapes_pass_byte_for_byte() {
        let answer = r#"{"a": {"b" : 1.10, "c":"\"}]\\"}, "d":[1e2, -0, "," ]}"#;
        assert_eq!(
            filtered("a.b,d", answer),
            r#"{"a":{"b":1.10},"d":[1e2, -0, "," ]}"#
        );
        assert_eq!(filtered("a.c", answer), r#"{"a":{"c":"\"}]\\"}}"#);
        assert_eq!(filtered(r"a\u0062", r#"{"a\u0062":1}"#), "{}");
        assert_eq!(filtered("ab", r#"{"a\u0062":1}"#), r#"{"a\u0062":1}"#);
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        for bad in [
            "",
            "x",
            "[1",
            r#"{"a""#,
            r#"{"a":1"#,
            "{} {}",
            r#"{"a":{"b":1]}"#,
        ] {
            let filter = FilterPath::parse("a.b").expect("parses");
            assert!(filter.apply(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(
            FilterPath::parse("a.b")
                .expect("parses")
                .apply(deep.as_bytes())
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(cuts in prop::collection::vec(0usize..DOCUMENT.len(), 0..6), paths in "[-abcdi_s*.,]{0,12}") {
            let filter = FilterPath::parse(&paths).expect("few");
            let whole = filter.apply(DOCUMENT.as_bytes()).expect("applies");
            let mut cuts = cuts;
            cuts.sort_unstable();
            let (mut out, mut from) = (Vec::new(), 0);
            let mut stream = FilterStream::new(filter);
            for to in cuts.into_iter().chain([DOCUMENT.len()]) {
                stream.push(&DOCUMENT.as_bytes()[from..to], &mut out).expect("pushes");
                from = to;
            }
            stream.finish().expect("whole");
            prop_assert_eq!(&out, &whole);
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok());
        }

        #[test]
        fn globs_agree_with_the_plain_definition(pattern in "[ab*]{0,6}", text in "[ab]{0,6}") {
            fn plain(pattern: &[u8], text: &[u8]) -> bool {
                match pattern.split_first() {
                    None => text.is_empty(),
                    Some((b'*', rest)) => (0..=text.len()).any(|at| plain(rest, &text[at..])),
                    Some((byte, rest)) => text.first() == Some(byte) && plain(rest, &text[1..]),
                }
            }
            prop_assert_eq!(glob(&pattern, &text), plain(pattern.as_bytes(), text.as_bytes()));
        }
    }
}

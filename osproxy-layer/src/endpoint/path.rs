//! The path grammar: the raw path is split on `/` first and each segment decoded once after it, as the server does.
//!
//! What servers and proxies read differently is refused (catalogue rows `G-01` to `G-05`, `D-25`): empty inner segments
//! (`//_search` means *all indices* upstream), `.` and `..`, bad escapes, NUL. One trailing `/` is allowed, since shippers
//! send `/_bulk/`; it is not kept.
//!
//! ```
//! use osproxy_layer::endpoint::path;
//!
//! assert_eq!(path::join(&["orders", "_doc", "a/b é"]), "/orders/_doc/a%2Fb%20%C3%A9");
//! ```

use std::borrow::Cow;
use std::fmt;

use super::percent::{self, Malformed, Plus};

/// Builds a path from decoded segments: each is percent-encoded, but for the unreserved characters.
#[must_use]
pub fn join(segments: &[&str]) -> String {
    let length = segments.iter().map(|segment| segment.len() + 1).sum();
    let mut out = String::with_capacity(length);
    for segment in segments {
        push(&mut out, segment);
    }
    out
}

/// Appends `/` and one encoded segment.
pub(super) fn push(out: &mut String, segment: &str) {
    out.push('/');
    percent::encode_into(out, segment);
}

/// Why a path is refused before it is compared with any route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// It does not start with `/`.
    NotAbsolute,
    /// `//` inside it. The server keeps the empty part and may take it for "all indices".
    EmptySegment,
    /// A segment is `.` or `..`, encoded or not. URL libraries below us resolve them.
    DotSegment,
    /// A segment has no single reading.
    Malformed(Malformed),
    /// A NUL character.
    Nul,
    /// A `;` in the segment of an index.
    SemicolonInIndex,
    /// An encoded `/` in the segment of an index.
    SlashInIndex,
    /// A `?` or `#`, which cannot be part of a path.
    Delimiter,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "the path does not start with `/`",
            Self::EmptySegment => "the path has an empty segment",
            Self::DotSegment => "a segment of the path is `.` or `..`",
            Self::Malformed(why) => return why.fmt(f),
            Self::Nul => "the path holds a NUL character",
            Self::SemicolonInIndex => "an index name holds a `;`",
            Self::SlashInIndex => "an index name holds an encoded `/`",
            Self::Delimiter => "the path holds a `?` or `#`",
        })
    }
}

impl std::error::Error for PathError {}

impl From<Malformed> for PathError {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// How many segments are kept apart. No template has as many, so a longer path only matches a prefix.
const KEPT: usize = 8;

/// A raw path, cut into segments and checked: no segment is empty, malformed, `.` or `..`.
#[derive(Debug)]
pub(super) struct Segments<'a> {
    /// Without its first and its one allowed trailing `/`.
    path: &'a str,
    /// Where the first segments start and end.
    spans: [(usize, usize); KEPT],
    count: usize,
    /// No segment needs decoding, and none holds what an index must not: the usual case.
    plain: bool,
}

impl<'a> Segments<'a> {
    /// Cuts a path, in one pass over its bytes.
    pub(super) fn new(path: &'a str) -> Result<Self, PathError> {
        let path = path.strip_prefix('/').ok_or(PathError::NotAbsolute)?;
        let mut segments = Self {
            path,
            spans: [(0, 0); KEPT],
            count: 0,
            plain: true,
        };
        if path.is_empty() {
            return Ok(segments);
        }
        segments.path = path.strip_suffix('/').unwrap_or(path);
        let (mut start, mut seen) = (0, 0);
        for (at, byte) in segments.path.bytes().enumerate() {
            let marks = percent::marks_of(byte);
            if marks & percent::SLASH == 0 {
                seen |= marks;
            } else {
                segments.push(start, at, seen)?;
                (start, seen) = (at + 1, 0);
            }
        }
        segments.push(start, segments.path.len(), seen)?;
        Ok(segments)
    }

    fn push(&mut self, start: usize, end: usize, seen: u8) -> Result<(), PathError> {
        let odd = percent::ILLEGAL | percent::PERCENT | percent::QUESTION | percent::HASH;
        if end - start <= 2 || seen & odd != 0 {
            decode(self.path.get(start..end).unwrap_or_default())?;
        }
        if seen & (percent::PERCENT | percent::SEMICOLON) != 0 {
            self.plain = false;
        }
        if let Some(span) = self.spans.get_mut(self.count) {
            *span = (start, end);
        }
        self.count += 1;
        Ok(())
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.path.len()
    }

    /// How many segments there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// One of the first segments, raw.
    pub(super) fn get(&self, at: usize) -> Option<&'a str> {
        let &(start, end) = self.spans.get(at).filter(|_| at < self.count)?;
        self.path.get(start..end)
    }

    /// One of the first segments, decoded.
    pub(super) fn decoded(&self, at: usize) -> Result<Cow<'a, str>, PathError> {
        match self.get(at).unwrap_or_default() {
            raw if self.plain => Ok(Cow::Borrowed(raw)),
            raw => decode(raw),
        }
    }

    /// As [`decoded`](Self::decoded), for the segment of an index. Its names are for [`IndexExpr`](super::IndexExpr) to
    /// judge; what would change the shape of the path is refused here, on every placement.
    pub(super) fn decoded_index(&self, at: usize) -> Result<Cow<'a, str>, PathError> {
        let text = self.decoded(at)?;
        if self.plain {
            Ok(text)
        } else if text.contains(';') {
            Err(PathError::SemicolonInIndex)
        } else if text.contains('/') {
            Err(PathError::SlashInIndex)
        } else {
            Ok(text)
        }
    }

    /// The segments from one of the first on, raw.
    pub(super) fn from(&self, at: usize) -> impl Iterator<Item = &'a str> {
        let tail = match self.spans.get(at) {
            Some(&(start, _)) if at < self.count => self.path.get(start..).unwrap_or_default(),
            _ => "",
        };
        tail.split('/').filter(|raw| !raw.is_empty())
    }
}

/// Decodes one segment, and refuses those that no segment may be.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, PathError> {
    if segment.contains(['?', '#']) {
        return Err(PathError::Delimiter);
    }
    let text = percent::decode(segment, Plus::Literal)?;
    match &*text {
        "" => Err(PathError::EmptySegment),
        "." | ".." => Err(PathError::DotSegment),
        other if other.contains('\0') => Err(PathError::Nul),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(path: &str) -> Result<Vec<&str>, PathError> {
        Segments::new(path).map(|segments| segments.from(0).collect())
    }

    #[test]
    fn one_trailing_slash_and_no_empty_segment() {
        assert_eq!(check("/"), Ok(vec![]));
        assert_eq!(check("/_bulk/"), Ok(vec!["_bulk"]));
        for bad in ["//", "//_search", "/a//_search", "/_bulk//", "///"] {
            assert_eq!(check(bad), Err(PathError::EmptySegment), "{bad}");
        }
        assert_eq!(check(""), Err(PathError::NotAbsolute));
        assert_eq!(check("*"), Err(PathError::NotAbsolute));
    }

    #[test]
    fn what_a_segment_may_not_be() {
        for (path, why) in [
            ("/a/../b", PathError::DotSegment),
            ("/a/%2e%2E", PathError::DotSegment),
            ("/a/%2e./c", PathError::DotSegment),
            ("/.", PathError::DotSegment),
            ("/a/_doc/%00", PathError::Nul),
            ("/a/_doc/x?y", PathError::Delimiter),
            ("/a/b/c/d/e/f/g/h/i/j/..", PathError::DotSegment),
            ("/a/%%", Malformed::BadEscape.into()),
            ("/a/%FF", Malformed::NotUtf8.into()),
            ("/a/é", Malformed::NotEncoded.into()),
            ("/a b", Malformed::NotEncoded.into()),
        ] {
            assert_eq!(check(path), Err(why), "{path}");
        }
    }

    #[test]
    fn an_index_keeps_the_shape_of_the_path() {
        let index = |path| {
            Segments::new(path)
                .unwrap()
                .decoded_index(0)
                .map(Cow::into_owned)
        };
        assert_eq!(decode("a%2Fb").as_deref(), Ok("a/b"));
        assert_eq!(decode("a;b").as_deref(), Ok("a;b"));
        assert_eq!(index("/a%2Fb"), Err(PathError::SlashInIndex));
        assert_eq!(index("/a%3bb/x"), Err(PathError::SemicolonInIndex));
        assert_eq!(index("/a;b"), Err(PathError::SemicolonInIndex));
        assert_eq!(index("/a%2Cb"), Ok("a,b".to_owned()));
        assert_eq!(index("/a/x;y"), Ok("a".to_owned()));
    }

    #[test]
    fn long_paths_keep_their_tail() {
        let path = "/0/1/2/3/4/5/6/7/8/9";
        let segments = Segments::new(path).unwrap();
        assert_eq!(
            (segments.count(), segments.get(7), segments.get(8)),
            (10, Some("7"), None)
        );
        assert_eq!(segments.from(6).collect::<Vec<_>>(), ["6", "7", "8", "9"]);
        assert_eq!(Segments::new("/a").unwrap().from(1).count(), 0);
    }

    proptest! {
        #[test]
        fn what_join_writes_is_read_back(segments in proptest::collection::vec("[^\\x00]+", 1..12)) {
            prop_assume!(segments.iter().all(|segment| segment != "." && segment != ".."));
            let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
            let path = join(&parts);
            let cut = Segments::new(&path).unwrap();
            let back: Vec<_> = cut.from(0).map(|raw| decode(raw).unwrap().into_owned()).collect();
            prop_assert_eq!(&back, &segments);
            for (at, segment) in segments.iter().enumerate().take(KEPT) {
                let decoded = cut.decoded(at);
                prop_assert_eq!(decoded.as_deref(), Ok(segment.as_str()));
            }
        }
    }
}

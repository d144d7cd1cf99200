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

/// Checks every segment, and gives the raw path without its first and its one allowed trailing `/`. Empty for the root.
pub(super) fn check(path: &str) -> Result<&str, PathError> {
    let rest = path.strip_prefix('/').ok_or(PathError::NotAbsolute)?;
    if rest.is_empty() {
        return Ok(rest);
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    for segment in rest.split('/') {
        decode(segment)?;
    }
    Ok(rest)
}

/// Decodes one segment, and refuses those that no segment may be.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, PathError> {
    let text = percent::decode(segment, Plus::Literal)?;
    if segment.contains(['?', '#']) {
        return Err(PathError::Delimiter);
    }
    match &*text {
        "" => Err(PathError::EmptySegment),
        "." | ".." => Err(PathError::DotSegment),
        other if matches!(text, Cow::Owned(_)) && other.contains('\0') => Err(PathError::Nul),
        _ => Ok(text),
    }
}

/// Decodes the segment of an index. Its names are for [`IndexExpr`](super::IndexExpr) to judge; what would change the
/// shape of the path is refused here, on every placement.
pub(super) fn decode_index(segment: &str) -> Result<Cow<'_, str>, PathError> {
    let text = decode(segment)?;
    if text.contains(';') {
        Err(PathError::SemicolonInIndex)
    } else if text.contains('/') {
        Err(PathError::SlashInIndex)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_trailing_slash_and_no_empty_segment() {
        assert_eq!(check("/"), Ok(""));
        assert_eq!(check("/_bulk/"), Ok("_bulk"));
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
            ("/.", PathError::DotSegment),
            ("/a/_doc/%00", PathError::Nul),
            ("/a/_doc/x?y", PathError::Delimiter),
            ("/a/%%", Malformed::BadEscape.into()),
            ("/a/%FF", Malformed::NotUtf8.into()),
            ("/a/é", Malformed::NotEncoded.into()),
        ] {
            assert_eq!(check(path), Err(why), "{path}");
        }
    }

    #[test]
    fn an_index_keeps_the_shape_of_the_path() {
        assert_eq!(decode("a%2Fb").as_deref(), Ok("a/b"));
        assert_eq!(decode("a;b").as_deref(), Ok("a;b"));
        assert_eq!(decode_index("a%2Fb"), Err(PathError::SlashInIndex));
        assert_eq!(decode_index("a%3bb"), Err(PathError::SemicolonInIndex));
        assert_eq!(decode_index("a;b"), Err(PathError::SemicolonInIndex));
        assert_eq!(decode_index("a%2Cb").as_deref(), Ok("a,b"));
    }

    proptest! {
        #[test]
        fn what_join_writes_is_read_back(segments in proptest::collection::vec("[^\\x00]+", 1..5)) {
            prop_assume!(segments.iter().all(|segment| segment != "." && segment != ".."));
            let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
            let path = join(&parts);
            let raw = check(&path);
            prop_assert!(raw.is_ok());
            let back: Result<Vec<_>, _> = raw.unwrap().split('/').map(decode).collect();
            prop_assert_eq!(back.unwrap(), segments);
        }
    }
}

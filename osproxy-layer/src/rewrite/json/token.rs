//! The pieces that the lexer's walk is made of, each from an offset to the one behind what it read.

use super::{JsonError, JsonErrorKind, RawStr, scan};

/// Reads a key and its colon from `at` on, and gives the offset of the value.
#[inline(always)]
pub(super) fn key<'a, E, F>(
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    on_key: &mut F,
) -> Result<usize, E>
where
    E: From<JsonError>,
    F: FnMut(RawStr<'a>) -> Result<(), E>,
{
    if bytes.get(at) != Some(&b'"') {
        return Err(unexpected(bytes, at).into());
    }
    key_behind_quote(bytes, at + 1, depth, on_key)
}

/// [`key`], whose opening quote was read.
#[inline(always)]
pub(super) fn key_behind_quote<'a, E, F>(
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    on_key: &mut F,
) -> Result<usize, E>
where
    E: From<JsonError>,
    F: FnMut(RawStr<'a>) -> Result<(), E>,
{
    let end = if depth == 1 {
        let (key, end) = scan::scan(bytes, at)?;
        on_key(key)?;
        end
    } else {
        scan::skip(bytes, at)?
    };
    // Compact JSON has nothing around the colon.
    if let Some([b':', value]) = two(bytes, end)
        && value > b' '
    {
        return Ok(end + 1);
    }
    let colon = skip_space(bytes, end);
    if bytes.get(colon) != Some(&b':') {
        return Err(unexpected(bytes, colon).into());
    }
    Ok(skip_space(bytes, colon + 1))
}

/// The two bytes from `at` on.
#[inline(always)]
pub(super) fn two(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    bytes.get(at..)?.first_chunk::<2>().copied()
}

/// The offset behind the word that must stand at `at`.
pub(super) fn literal(bytes: &[u8], at: usize, word: &[u8]) -> Result<usize, JsonError> {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.starts_with(word) {
        return Ok(at + word.len());
    }
    let same = rest
        .iter()
        .zip(word)
        .take_while(|(left, right)| left == right)
        .count();
    Err(unexpected(bytes, at + same))
}

#[cold]
fn unexpected(bytes: &[u8], at: usize) -> JsonError {
    let kind = if at < bytes.len() {
        JsonErrorKind::Syntax
    } else {
        JsonErrorKind::Unterminated
    };
    JsonError::new(kind, at)
}

/// The first offset from `at` on that holds no white space.
#[inline(always)]
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0..=b' ') => skip_some_space(bytes, at),
        _ => at,
    }
}

/// Apart, so that compact JSON pays one comparison a token.
fn skip_some_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

//! Where a string ends. Most bytes of a document are inside strings, so they are looked at a word or a block at a time.

use super::{JsonError, JsonErrorKind, RawStr};

/// Scans the string whose first byte after the opening quote is at `start`; the offset returned is behind the closing one.
#[inline(always)]
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<(RawStr<'_>, usize), JsonError> {
    let (end, escaped) = end(bytes, start)?;
    Ok((
        RawStr {
            bytes: bytes.get(start..end - 1).unwrap_or_default(),
            offset: start,
            escaped,
        },
        end,
    ))
}

/// Like [`scan`], for a string that nobody reads.
#[inline(always)]
pub(super) fn skip(bytes: &[u8], start: usize) -> Result<usize, JsonError> {
    end(bytes, start).map(|(end, _)| end)
}

/// The offset behind the closing quote, and whether an escape occurs before it.
///
/// Keys and most values are short and plain: they end within four words, here and without a call.
#[inline(always)]
fn end(bytes: &[u8], start: usize) -> Result<(usize, bool), JsonError> {
    if let Some(head) = bytes.get(start..).and_then(<[u8]>::first_chunk::<32>) {
        let (words, _) = head.as_chunks::<8>();
        let mut at = start;
        for word in words {
            let word = u64::from_le_bytes(*word);
            let found = special(word) | word & HIGH_BITS;
            if found != 0 {
                let bits = found.trailing_zeros();
                if (word >> (bits & !7)) as u8 == b'"' {
                    return Ok((at + (bits / 8) as usize + 1, false));
                }
                break;
            }
            at += 8;
        }
        return end_of_any(bytes, start, at);
    }
    end_of_any(bytes, start, start)
}

/// The general case of [`end`]: the string may be long, have escapes, and be anything but ASCII. Up to `from` it is plain.
#[inline(never)]
fn end_of_any(bytes: &[u8], start: usize, from: usize) -> Result<(usize, bool), JsonError> {
    let mut at = skip_blocks(bytes, from, |byte| ((byte ^ 0x02) as i8) < 0x21);
    let mut high = 0;
    let mut escaped = false;
    loop {
        at = stop(bytes, at, &mut high);
        match bytes.get(at) {
            Some(b'"') => break,
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at)?;
            }
            Some(_) => return Err(JsonError::new(JsonErrorKind::Control, at)),
            None => return Err(JsonError::new(JsonErrorKind::Unterminated, at)),
        }
    }
    // Outside of strings a byte above 0x7f is a syntax error, so this is the whole text's UTF-8 check.
    if high & HIGH_BITS != 0
        && let Err(error) = std::str::from_utf8(bytes.get(start..at).unwrap_or_default())
    {
        return Err(JsonError::new(
            JsonErrorKind::NotUtf8,
            start + error.valid_up_to(),
        ));
    }
    Ok((at + 1, escaped))
}

/// The last eight bytes or, of fewer, all of them packed, some twice or blanks before them.
#[inline]
pub(super) fn last_word(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(head), Some(tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*head)) << 32 | u64::from(u32::from_le_bytes(*tail));
    }
    bytes
        .iter()
        .fold(repeat(b' '), |word, &byte| word << 8 | u64::from(byte))
}

pub(super) const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

pub(super) const HIGH_BITS: u64 = repeat(0x80);

/// Marks, with its top bit, the first byte of a word that is a quote, a backslash or a control character; what is behind that
/// byte may be marked too.
///
/// The classic "has a byte less than n" test, whose borrow spoils only what comes after the first true one. Flipping bit 1
/// puts the quote (0x22) next to the control characters and the space (0x20) out of their way.
#[inline(always)]
pub(super) const fn special(word: u64) -> u64 {
    let quote_or_control = (word ^ repeat(0x02)).wrapping_sub(repeat(0x21));
    let backslash = (word ^ repeat(b'\\')).wrapping_sub(repeat(0x01));
    (quote_or_control | backslash) & !word & HIGH_BITS
}

/// The offset of the first block of bytes, of those from `at` on, that holds a backslash or what else is to be found.
///
/// Written so that the compiler makes vector code of it, which takes a long message at twice the speed of words. Flipping bit
/// 1 is [`special`]'s trick; as a signed number a byte outside of ASCII is negative, and so less than any printable one.
#[inline(always)]
fn skip_blocks(bytes: &[u8], at: usize, found: impl Fn(u8) -> bool) -> usize {
    let (blocks, _) = bytes.get(at..).unwrap_or_default().as_chunks::<32>();
    let without = blocks.iter().take_while(|block| {
        !block
            .iter()
            .fold(false, |any, &byte| any | found(byte) | (byte == b'\\'))
    });
    at + 32 * without.count()
}

/// Like [`stop`], for a text whose UTF-8 is checked elsewhere.
pub(in crate::rewrite) fn stop_at(bytes: &[u8], at: usize) -> usize {
    let at = skip_blocks(bytes, at, |byte| byte ^ 0x02 < 0x21);
    stop(bytes, at, &mut 0)
}

/// The first offset from `at` on that holds a quote, a backslash or a control character, or the end of `bytes`. Ors what it
/// passes into `high`, whose top bits then tell whether any of it was outside ASCII.
#[inline]
fn stop(bytes: &[u8], mut at: usize, high: &mut u64) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let found = special(word);
        if found != 0 {
            let passed = found.trailing_zeros() & !7;
            *high |= word & !(u64::MAX << passed);
            return at + (passed / 8) as usize;
        }
        *high |= word;
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        *high |= u64::from(byte);
        at += 1;
    }
    at
}

/// Checks the escape whose backslash is at `at` and returns the offset behind it, the second half of a pair included.
fn escape(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let err = |kind| Err(JsonError::new(kind, at));
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match hex4(bytes, at + 2)? {
            0xD800..=0xDBFF => {
                if bytes.get(at + 6..at + 8) == Some(br"\u")
                    && matches!(hex4(bytes, at + 8)?, 0xDC00..=0xDFFF)
                {
                    Ok(at + 12)
                } else {
                    err(JsonErrorKind::LoneSurrogate)
                }
            }
            0xDC00..=0xDFFF => err(JsonErrorKind::LoneSurrogate),
            _ => Ok(at + 6),
        },
        Some(_) => err(JsonErrorKind::Escape),
        None => Err(JsonError::new(JsonErrorKind::Unterminated, at + 1)),
    }
}

fn hex4(bytes: &[u8], at: usize) -> Result<u32, JsonError> {
    let mut value = 0;
    for offset in at..at + 4 {
        let Some(&byte) = bytes.get(offset) else {
            return Err(JsonError::new(JsonErrorKind::Unterminated, offset));
        };
        let Some(digit) = char::from(byte).to_digit(16) else {
            return Err(JsonError::new(JsonErrorKind::Escape, offset));
        };
        value = value << 4 | digit;
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_stops_where_it_should() {
        for byte in 0..=255u8 {
            for at in 0..20 {
                let mut text = vec![b'x'; 24];
                text[at] = byte;
                let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                let mut high = 0;
                assert_eq!(
                    stop(&text, 0, &mut high),
                    if special { at } else { 24 },
                    "{byte:#x} at {at}"
                );
                assert_eq!(high & HIGH_BITS != 0, byte >= 0x80, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn what_lies_behind_the_string_is_not_its_own() {
        let (string, end) = scan("\"a\"\u{e9}".as_bytes(), 1).unwrap();
        assert_eq!((string.raw(), end), (&b"a"[..], 3));
        assert_eq!(format!("{string:?}"), "RawStr { len: 1, escaped: false }");
    }
}

//! Strings: where one ends, what it says, how one is written.
//!
//! Most bytes of a document are inside strings, so the scan looks at eight of them at a time.

use std::borrow::Cow;

use super::{JsonError, JsonErrorKind};

/// The inside of a string, between its quotes, as it was sent: escapes well formed and UTF-8 valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawStr<'a> {
    bytes: &'a [u8],
    offset: usize,
    escaped: bool,
}

impl<'a> RawStr<'a> {
    pub(super) const EMPTY: Self = Self {
        bytes: &[],
        offset: 0,
        escaped: false,
    };

    /// The bytes between the quotes, escapes and all.
    pub const fn raw(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where it stands in the text that was read: the offset behind the opening quote.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Whether an escape occurs, so that [`RawStr::raw`] is not yet what the string says.
    pub const fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// What the string says; borrowed when there is nothing to decode.
    #[inline]
    pub fn decode(&self) -> Cow<'a, str> {
        match std::str::from_utf8(self.bytes) {
            Ok(text) if self.escaped => Cow::Owned(decoded(text)),
            Ok(text) => Cow::Borrowed(text),
            // Never: the scan has checked it. This is the way to say so without a panic.
            Err(_) => String::from_utf8_lossy(self.bytes),
        }
    }

    /// Whether the string says `text`; allocates only for a string with escapes.
    pub fn is(&self, text: &str) -> bool {
        if self.escaped {
            self.decode() == text
        } else {
            self.bytes == text.as_bytes()
        }
    }
}

/// Says how long it is: the text may be a tenant's.
impl std::fmt::Debug for RawStr<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawStr")
            .field("len", &self.bytes.len())
            .field("escaped", &self.escaped)
            .finish()
    }
}

/// Decodes one whole string, quotes included.
///
/// # Errors
/// When `raw` is anything but one JSON string.
///
/// ```
/// use osproxy_layer::rewrite::json::unescape;
///
/// assert_eq!(unescape(br#""\u005ftenant""#)?, "_tenant");
/// assert!(unescape(br#""\ud800""#).is_err());
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
pub fn unescape(raw: &[u8]) -> Result<Cow<'_, str>, JsonError> {
    match raw.first() {
        Some(b'"') => {}
        Some(_) => return Err(JsonError::new(JsonErrorKind::Syntax, 0)),
        None => return Err(JsonError::new(JsonErrorKind::Unterminated, 0)),
    }
    let (string, end) = scan(raw, 1)?;
    if end == raw.len() {
        Ok(string.decode())
    } else {
        Err(JsonError::new(JsonErrorKind::TrailingBytes, end))
    }
}

/// Appends `text` as a JSON string, quotes included.
///
/// ```
/// let mut out = Vec::new();
/// osproxy_layer::rewrite::json::write_string(&mut out, "say \"hi\"\n");
/// assert_eq!(out, br#""say \"hi\"\n""#);
/// ```
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    if is_plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_escaped(out, text.as_bytes());
    }
    out.push(b'"');
}

/// Whether a string needs no escape.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    let (words, _) = bytes.as_chunks::<8>();
    words
        .iter()
        .all(|word| special(u64::from_le_bytes(*word)) == 0)
        && special(last_word(bytes)) == 0
}

fn write_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
}

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
/// Keys and most values are short and plain: they end within two words, here and without a call.
#[inline(always)]
fn end(bytes: &[u8], start: usize) -> Result<(usize, bool), JsonError> {
    if let Some(head) = bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
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
const fn special(word: u64) -> u64 {
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

/// Decodes text that [`scan`] has checked. Total all the same: what can't occur is left out, never a panic.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let mut unit = take_unit(&mut chars);
                if let 0xD800..=0xDBFF = unit {
                    chars.next();
                    chars.next();
                    unit = 0x1_0000 + ((unit - 0xD800) << 10 | (take_unit(&mut chars) & 0x3FF));
                }
                out.extend(char::from_u32(unit));
            }
            Some(itself) => out.push(itself),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

fn take_unit(chars: &mut std::str::Chars<'_>) -> u32 {
    chars
        .by_ref()
        .take(4)
        .fold(0, |value, char| value << 4 | char.to_digit(16).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_what_serde_decodes() {
        for raw in [
            r#""""#,
            r#""plain""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0000\u001f\u00e9\u20ac\uFFFF""#,
            r#""\ud83d\ude00 \uD83D\uDE00""#,
            r#""\u005ftenant""#,
            r#""é€😀 \\u0041""#,
        ] {
            let expected: String = serde_json::from_str(raw).unwrap();
            assert_eq!(unescape(raw.as_bytes()).unwrap(), expected, "{raw}");
        }
    }

    #[test]
    fn refuses_what_is_no_string() {
        use JsonErrorKind::*;
        for (raw, kind, offset) in [
            (&b""[..], Unterminated, 0),
            (b"a", Syntax, 0),
            (b"\"", Unterminated, 1),
            (b"\"abc", Unterminated, 4),
            (b"\"abcdefgh\\", Unterminated, 10),
            (b"\"\\u00", Unterminated, 5),
            (b"\"\\u00g0\"", Escape, 5),
            (b"\"\\x\"", Escape, 1),
            (b"\"\\ud800\"", LoneSurrogate, 1),
            (b"\"\\udc00\"", LoneSurrogate, 1),
            (b"\"\\ud800\\u0041\"", LoneSurrogate, 1),
            (b"\"\\ud800\\ud800\"", LoneSurrogate, 1),
            (b"\"\\ud800\\n\"", LoneSurrogate, 1),
            (b"\"0123456\n89\"", Control, 8),
            (b"\"\x00\"", Control, 1),
            (b"\"\x1f\"", Control, 1),
            (b"\"\xC1\x9Ftenant\"", NotUtf8, 1), // D-01: an overlong underscore
            (b"\"\xE0\x81\x9Ftenant\"", NotUtf8, 1),
            (b"\"ab\xED\xA0\x80\"", NotUtf8, 3), // a surrogate as bytes
            (b"\"\xF0\x9F\x98\"", NotUtf8, 1),
            (b"\"a\"b", TrailingBytes, 3),
        ] {
            assert_eq!(unescape(raw), Err(JsonError::new(kind, offset)), "{raw:?}");
        }
    }

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

    proptest! {
        #[test]
        fn writes_what_it_reads(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(&mut out, &text);
            prop_assert_eq!(unescape(&out).unwrap(), text.as_str());
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }

        #[test]
        fn agrees_with_serde(raw in r#""([ -~]|\\[\\"/bfnrtu0]|\\u[dD][89aAbBcCdDeEfF][0-9a-f]{2}|é|😀|\PC){0,12}""#) {
            let expected = serde_json::from_str::<String>(&raw).ok();
            prop_assert_eq!(unescape(raw.as_bytes()).ok().map(Cow::into_owned), expected);
        }
    }
}

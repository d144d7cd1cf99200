//! Strings: what one says, and how one is written.

use std::borrow::Cow;

use super::scan::{last_word, scan, special};
use super::{JsonError, JsonErrorKind};

/// The inside of a string, between its quotes, as it was sent: escapes well formed and UTF-8 valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawStr<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) offset: usize,
    pub(super) escaped: bool,
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

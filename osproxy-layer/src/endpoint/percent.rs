//! Percent coding, once in and once out, for path segments and query strings alike.
//!
//! A spelling that two readers could take for two things is refused, so what is sent on means what was read (catalogue
//! rows `G-01`, `G-02`, `G-06`).

use std::borrow::Cow;
use std::fmt;

/// Why a piece of a URI has no single reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// A `%` that two hexadecimal digits do not follow. `%%` is one: the server reads it as a percent sign.
    BadEscape,
    /// The decoded bytes are not UTF-8. The server would put U+FFFD in their place.
    NotUtf8,
    /// A byte that a URI must carry percent-encoded: a blank, a control character, or anything outside ASCII. The server
    /// takes a raw `é` in a path for two other characters, but for itself where the path has an escape (tried on 3.8.0).
    NotEncoded,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadEscape => "a `%` must be followed by two hexadecimal digits",
            Self::NotUtf8 => "a percent-encoded part is not UTF-8",
            Self::NotEncoded => {
                "blanks, control characters and non-ASCII characters must be percent-encoded"
            }
        })
    }
}

impl std::error::Error for Malformed {}

/// What a `+` stands for: itself in a path, a space in a query string (row `G-06`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    Literal,
    Space,
}

/// Decodes `text` once. Borrows where nothing is encoded.
pub(crate) fn decode(text: &str, plus: Plus) -> Result<Cow<'_, str>, Malformed> {
    let mut marks = 0;
    for byte in text.bytes() {
        marks |= marks_of(byte);
    }
    if marks & ILLEGAL != 0 {
        return Err(Malformed::NotEncoded);
    }
    let coded = match plus {
        Plus::Literal => PERCENT,
        Plus::Space => PERCENT | PLUS,
    };
    if marks & coded == 0 {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let high = bytes.next().and_then(hex).ok_or(Malformed::BadEscape)?;
                let low = bytes.next().and_then(hex).ok_or(Malformed::BadEscape)?;
                (high << 4) | low
            }
            b'+' if plus == Plus::Space => b' ',
            other => other,
        });
    }
    String::from_utf8(out)
        .map(Cow::Owned)
        .map_err(|_| Malformed::NotUtf8)
}

/// Appends `text` with everything but RFC 3986's unreserved characters percent-encoded.
pub(crate) fn encode_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| marks_of(byte) & UNRESERVED == 0)
    {
        // `at` is where a character starts, since every byte before it is ASCII.
        let (clean, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(clean);
        let mut chars = tail.chars();
        if let Some(first) = chars.next() {
            for &byte in first.encode_utf8(&mut [0; 4]).as_bytes() {
                push_escape(out, byte);
            }
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

fn push_escape(out: &mut String, byte: u8) {
    out.push('%');
    for nibble in [byte >> 4, byte & 0xF] {
        out.push(match nibble {
            0..=9 => char::from(b'0' + nibble),
            _ => char::from(b'A' + nibble - 10),
        });
    }
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Stands for itself, on the way in and out.
const UNRESERVED: u8 = 1;
/// Must not stand in a URI unencoded.
pub(super) const ILLEGAL: u8 = 1 << 1;
pub(super) const PERCENT: u8 = 1 << 2;
pub(super) const PLUS: u8 = 1 << 3;
pub(super) const SLASH: u8 = 1 << 4;
pub(super) const SEMICOLON: u8 = 1 << 5;
/// `?` and `#`, which end a path, and `#` a query string.
pub(super) const QUESTION: u8 = 1 << 6;
pub(super) const HASH: u8 = 1 << 7;

/// What a byte of a URI is: one look-up, as every byte of every request is asked this.
pub(super) fn marks_of(byte: u8) -> u8 {
    const MARKS: [u8; 256] = marks();
    MARKS.get(usize::from(byte)).copied().unwrap_or(ILLEGAL)
}

const fn marks() -> [u8; 256] {
    let mut table = [ILLEGAL; 256];
    let mut rest: &mut [u8] = &mut table;
    let mut byte: u8 = 0;
    while let [mark, tail @ ..] = rest {
        *mark = match byte {
            b'-' | b'.' | b'_' | b'~' => UNRESERVED,
            b'%' => PERCENT,
            b'+' => PLUS,
            b'/' => SLASH,
            b';' => SEMICOLON,
            b'?' => QUESTION,
            b'#' => HASH,
            _ if byte.is_ascii_alphanumeric() => UNRESERVED,
            _ if byte.is_ascii_graphic() => 0,
            _ => ILLEGAL,
        };
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_once_and_refuses_two_readings() {
        let path = |text| decode(text, Plus::Literal);
        assert_eq!(path("a%2Cb").as_deref(), Ok("a,b"));
        assert_eq!(path("a%252Cb").as_deref(), Ok("a%2Cb"));
        assert_eq!(path("a+b").as_deref(), Ok("a+b"));
        assert_eq!(decode("a+b%2B", Plus::Space).as_deref(), Ok("a b+"));
        assert_eq!(path("%c3%A9").as_deref(), Ok("é"));
        for bad in ["%", "%4", "%%", "%%41", "%zz", "%4g", "x%"] {
            assert_eq!(path(bad), Err(Malformed::BadEscape), "{bad}");
        }
        for bad in ["%C1%9F", "%FF", "%ED%A0%80"] {
            assert_eq!(path(bad), Err(Malformed::NotUtf8), "{bad}");
        }
        for bad in ["é", "a b", "\u{7f}", "a\n"] {
            assert_eq!(path(bad), Err(Malformed::NotEncoded), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(text: String) {
            let mut coded = String::new();
            encode_into(&mut coded, &text);
            let safe = |byte| marks_of(byte) & (UNRESERVED | PERCENT) != 0;
            prop_assert!(coded.bytes().all(safe));
            for plus in [Plus::Literal, Plus::Space] {
                let back = decode(&coded, plus);
                prop_assert_eq!(back.as_deref(), Ok(text.as_str()));
            }
        }

        #[test]
        fn decode_never_panics(text: String) {
            let _ = decode(&text, Plus::Space);
        }
    }
}

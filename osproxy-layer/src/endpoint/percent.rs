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
    /// A byte that a URI must carry percent-encoded: a blank, a control character, or anything outside ASCII.
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
pub(super) enum Plus {
    Literal,
    Space,
}

/// Decodes `text` once. Borrows where nothing is encoded.
pub(super) fn decode(text: &str, plus: Plus) -> Result<Cow<'_, str>, Malformed> {
    let mut coded = false;
    for byte in text.bytes() {
        if !byte.is_ascii_graphic() {
            return Err(Malformed::NotEncoded);
        }
        coded |= byte == b'%' || (byte == b'+' && plus == Plus::Space);
    }
    if !coded {
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
pub(super) fn encode_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_unreserved(byte)) {
        // Both halves exist: `at` is where a character starts, since every byte before it is ASCII.
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

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
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
            prop_assert!(coded.bytes().all(|byte| byte == b'%' || is_unreserved(byte)));
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

//! Cuts a body into lines, at `\n` and nowhere else.

use memchr::memchr;

use super::BulkError;

/// The lines of an NDJSON body, with one `\r` at the end of each cut off.
#[derive(Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

/// A line and its number, counted from 1.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) number: usize,
}

impl<'a> Lines<'a> {
    pub(super) const fn of(body: &'a [u8]) -> Self {
        Self {
            rest: body,
            number: 0,
        }
    }

    /// The next line; `None` at the end of the body.
    ///
    /// # Errors
    /// When bytes are left and no newline: a truncated body must not pass for a shorter one.
    pub(super) fn next(&mut self) -> Result<Option<Line<'a>>, BulkError> {
        let number = self.number + 1;
        let Some(end) = memchr(b'\n', self.rest) else {
            return if self.rest.is_empty() {
                Ok(None)
            } else {
                Err(BulkError::not_terminated(number))
            };
        };
        let (bytes, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest.get(1..).unwrap_or_default();
        self.number = number;
        Ok(Some(Line {
            bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes),
            number,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(body: &[u8]) -> (Vec<&[u8]>, bool) {
        let mut lines = Lines::of(body);
        let mut told = Vec::new();
        loop {
            match lines.next() {
                Ok(Some(line)) => told.push(line.bytes),
                Ok(None) => return (told, true),
                Err(error) => {
                    assert_eq!(error.line(), Some(told.len() + 1));
                    return (told, false);
                }
            }
        }
    }

    #[test]
    fn cuts_at_newlines_only() {
        for (body, expected, whole) in [
            (&b""[..], &[][..], true),
            (b"\n", &[&b""[..]][..], true),
            (b"a\nb\n", &[b"a", b"b"], true),
            (b"a\r\n\r\n", &[b"a", b""], true),
            (b"a\r\r\n", &[b"a\r"], true),
            (b"a\rb\n", &[b"a\rb"], true),
            (b"a\nb", &[b"a"], false),
            (b"a", &[], false),
            (b"\r", &[], false),
            (b"a\xE2\x80\xA8b\n", &[b"a\xE2\x80\xA8b"], true),
        ] {
            assert_eq!(lines(body), (expected.to_vec(), whole), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn joined_lines_are_the_body(parts in prop::collection::vec("[a-z{}\":\\t ]{0,8}", 0..8)) {
            let body: String = parts.iter().map(|part| format!("{part}\n")).collect();
            let expected: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
            prop_assert_eq!(lines(body.as_bytes()), (expected, true));
        }
    }
}

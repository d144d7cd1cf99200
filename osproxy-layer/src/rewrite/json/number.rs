//! Where a number ends. Its value is nobody's business here: it stays the text that was sent (D-07).

use super::{JsonError, JsonErrorKind};

/// The offset behind the number that begins at `at`.
pub(super) fn number(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let fault = |at: usize| {
        let kind = if at < bytes.len() {
            JsonErrorKind::Number
        } else {
            JsonErrorKind::Unterminated
        };
        Err(JsonError::new(kind, at))
    };
    let digits = |mut at: usize| {
        while let Some(b'0'..=b'9') = bytes.get(at) {
            at += 1;
        }
        at
    };
    let whole = if bytes.get(at) == Some(&b'-') {
        at + 1
    } else {
        at
    };
    let mut end = digits(whole);
    if end == whole || (end > whole + 1 && bytes.get(whole) == Some(&b'0')) {
        return fault(if end == whole { end } else { whole + 1 });
    }
    if bytes.get(end) == Some(&b'.') {
        let fraction = end + 1;
        end = digits(fraction);
        if end == fraction {
            return fault(end);
        }
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = end + 1;
        let exponent = if let Some(b'+' | b'-') = bytes.get(sign) {
            sign + 1
        } else {
            sign
        };
        end = digits(exponent);
        if end == exponent {
            return fault(end);
        }
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_the_grammar_ends() {
        for (text, end) in [
            ("0", 1),
            ("-0]", 2),
            ("10,", 2),
            ("1.50e-3 ", 7),
            ("1e400}", 5),
            ("0x1", 1),
            ("1-2", 1),
            ("-1.0E+10", 8),
        ] {
            assert_eq!(number(text.as_bytes(), 0), Ok(end), "{text}");
        }
    }

    #[test]
    fn faults_are_told_where_they_are() {
        use JsonErrorKind::*;
        for (text, kind, at) in [
            ("-", Unterminated, 1),
            ("-x", Number, 1),
            ("01", Number, 1),
            ("-00", Number, 2),
            ("1.", Unterminated, 2),
            ("1.x", Number, 2),
            ("1e", Unterminated, 2),
            ("1e+", Unterminated, 3),
            ("1e+x", Number, 3),
        ] {
            assert_eq!(
                number(text.as_bytes(), 0),
                Err(JsonError::new(kind, at)),
                "{text}"
            );
        }
    }
}

//! Finds where one JSON value ends, fed piece by piece.
//!
//! The lexer of [`json`](crate::rewrite::json) needs a whole text; an answer comes in chunks and is never whole. This is
//! the same grammar as a machine that can stop anywhere. It takes what the cluster may rightly print and the lexer
//! refuses in a request: half a surrogate pair in a stored document, which must not make a page unreadable (D-07).
//! UTF-8 is the caller's to check, over the chunk.

use super::ReverseError;
use crate::rewrite::json::{Lexer, MAX_DEPTH};

/// One value on its way.
#[derive(Clone, Debug)]
pub(super) struct Skim {
    state: State,
    /// One bit a level, the outermost first: set for an object.
    objects: [u64; WORDS],
    depth: u32,
    max_depth: u32,
}

const WORDS: usize = 4;

/// The deepest nesting of one value that is looked at by itself: what a request may have, and more than a document may.
const VALUE_DEPTH: u32 = MAX_DEPTH;

/// The deepest nesting of anything that is held whole: hits inside hits, and the deepest value inside the last.
const HELD_DEPTH: u32 = u64::BITS * WORDS as u32;

#[derive(Clone, Copy, Debug)]
enum State {
    Value,
    /// Behind `[`.
    FirstElement,
    /// Behind `{`.
    FirstKey,
    Key,
    Colon,
    /// Behind a value inside a container.
    After,
    String {
        key: bool,
    },
    Escape {
        key: bool,
    },
    Hex {
        key: bool,
        left: u8,
    },
    Number(Number),
    Literal(&'static [u8]),
}

/// Where in a number: only some places may be its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Skim {
    /// For a value that is copied or left out.
    pub(super) const fn value() -> Self {
        Self::new(VALUE_DEPTH)
    }

    /// For a value that is held and then looked at member by member, where [`Skim::value`] sets the bound.
    pub(super) const fn held() -> Self {
        Self::new(HELD_DEPTH)
    }

    const fn new(max_depth: u32) -> Self {
        Self {
            state: State::Value,
            objects: [0; WORDS],
            depth: 0,
            max_depth,
        }
    }

    /// Reads on in `bytes`. `Some` is the offset behind the value, `None` that it goes on in the next piece.
    ///
    /// A number ends only where something else begins, so a value that is nothing but a number never ends by itself.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Option<usize>, ReverseError> {
        if matches!(self.state, State::Value)
            && self.depth == 0
            && let Some(end) = at_once(bytes)
        {
            return Ok(Some(end));
        }
        let mut at = 0;
        loop {
            match self.state {
                State::String { key } => {
                    at = crate::rewrite::json::stop(bytes, at);
                    match bytes.get(at) {
                        Some(b'"') => self.state = if key { State::Colon } else { State::After },
                        Some(b'\\') => self.state = State::Escape { key },
                        Some(_) => return Err(ReverseError::NotJson),
                        None => return Ok(None),
                    }
                    at += 1;
                    if !key && self.depth == 0 && matches!(self.state, State::After) {
                        return Ok(Some(at));
                    }
                }
                State::Escape { key } => {
                    let Some(byte) = bytes.get(at) else {
                        return Ok(None);
                    };
                    self.state = match byte {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                            State::String { key }
                        }
                        b'u' => State::Hex { key, left: 4 },
                        _ => return Err(ReverseError::NotJson),
                    };
                    at += 1;
                }
                State::Hex { key, left } => {
                    let Some(byte) = bytes.get(at) else {
                        return Ok(None);
                    };
                    if !byte.is_ascii_hexdigit() {
                        return Err(ReverseError::NotJson);
                    }
                    self.state = match left {
                        0 | 1 => State::String { key },
                        _ => State::Hex {
                            key,
                            left: left - 1,
                        },
                    };
                    at += 1;
                }
                State::Number(number) => {
                    let Some(&byte) = bytes.get(at) else {
                        return Ok(None);
                    };
                    if let Some(next) = number.next(byte) {
                        self.state = State::Number(next);
                        at += 1;
                    } else if !number.may_end() {
                        return Err(ReverseError::NotJson);
                    } else if self.depth == 0 {
                        return Ok(Some(at));
                    } else {
                        self.state = State::After;
                    }
                }
                State::Literal(rest) => {
                    if let Some((expected, left)) = rest.split_first() {
                        match bytes.get(at) {
                            Some(byte) if byte == expected => {}
                            Some(_) => return Err(ReverseError::NotJson),
                            None => return Ok(None),
                        }
                        self.state = State::Literal(left);
                        at += 1;
                    } else if self.depth == 0 {
                        return Ok(Some(at));
                    } else {
                        self.state = State::After;
                    }
                }
                State::Value
                | State::FirstElement
                | State::FirstKey
                | State::Key
                | State::Colon
                | State::After => {
                    at = skip_space(bytes, at);
                    let Some(&byte) = bytes.get(at) else {
                        return Ok(None);
                    };
                    self.punctuation(byte)?;
                    at += 1;
                    if self.depth == 0 && matches!(self.state, State::After) {
                        return Ok(Some(at));
                    }
                }
            }
        }
    }

    fn punctuation(&mut self, byte: u8) -> Result<(), ReverseError> {
        self.state = match (self.state, byte) {
            (State::FirstElement, b']') | (State::FirstKey, b'}') => {
                self.close();
                State::After
            }
            (State::Value | State::FirstElement, _) => return self.begin(byte),
            (State::FirstKey | State::Key, b'"') => State::String { key: true },
            (State::Colon, b':') => State::Value,
            (State::After, b',') if self.in_object() => State::Key,
            (State::After, b',') => State::Value,
            (State::After, b'}') if self.in_object() => {
                self.close();
                State::After
            }
            (State::After, b']') if !self.in_object() => {
                self.close();
                State::After
            }
            _ => return Err(ReverseError::NotJson),
        };
        Ok(())
    }

    fn begin(&mut self, byte: u8) -> Result<(), ReverseError> {
        self.state = match byte {
            b'{' | b'[' => {
                if self.depth == self.max_depth {
                    return Err(ReverseError::TooDeep);
                }
                self.depth += 1;
                if let Some((word, bit)) = self.level() {
                    *word = *word & !bit | if byte == b'{' { bit } else { 0 };
                }
                if byte == b'{' {
                    State::FirstKey
                } else {
                    State::FirstElement
                }
            }
            b'"' => State::String { key: false },
            b'-' => State::Number(Number::Minus),
            b'0' => State::Number(Number::Zero),
            b'1'..=b'9' => State::Number(Number::Whole),
            b't' => State::Literal(b"rue"),
            b'f' => State::Literal(b"alse"),
            b'n' => State::Literal(b"ull"),
            _ => return Err(ReverseError::NotJson),
        };
        Ok(())
    }

    /// The word that holds the innermost level, and the level's bit in it.
    fn level(&mut self) -> Option<(&mut u64, u64)> {
        let number = self.depth.checked_sub(1)?;
        let word = self.objects.get_mut((number / u64::BITS) as usize)?;
        Some((word, 1 << (number % u64::BITS)))
    }

    fn in_object(&mut self) -> bool {
        self.level().is_some_and(|(word, bit)| *word & bit != 0)
    }

    const fn close(&mut self) {
        self.depth -= 1;
    }
}

/// The end of a value that is here as a whole, which most are: the lexer reads it at several times the speed. Where it finds
/// anything amiss the machine looks again, and has the last word.
fn at_once(bytes: &[u8]) -> Option<usize> {
    let span = Lexer::starting_at(bytes, 0).skip_value(VALUE_DEPTH).ok()?;
    let may_go_on =
        span.end == bytes.len() && matches!(bytes.get(span.start), Some(b'-' | b'0'..=b'9'));
    (!may_go_on).then_some(span.end)
}

impl Number {
    const fn next(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'0') => Self::Zero,
            (Self::Minus, b'1'..=b'9') | (Self::Whole, b'0'..=b'9') => Self::Whole,
            (Self::Zero | Self::Whole, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Whole | Self::Fraction, b'e' | b'E') => Self::E,
            (Self::E, b'+' | b'-') => Self::Sign,
            (Self::E | Self::Sign | Self::Exponent, b'0'..=b'9') => Self::Exponent,
            _ => return None,
        })
    }

    const fn may_end(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Whole | Self::Fraction | Self::Exponent
        )
    }
}

/// The first offset from `at` on that is not white space.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::json::{JsonErrorKind, validate};

    fn whole(text: &[u8]) -> Result<Option<usize>, ReverseError> {
        Skim::value().feed(text)
    }

    fn in_pieces(text: &[u8], size: usize) -> Result<Option<usize>, ReverseError> {
        let mut skim = Skim::value();
        let mut read = 0;
        for piece in text.chunks(size) {
            if let Some(end) = skim.feed(piece)? {
                return Ok(Some(read + end));
            }
            read += piece.len();
        }
        Ok(None)
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        for (text, end) in [
            (&b"{} x"[..], 2),
            (b" [1,2]]", 6),
            (br#""a\"b" "#, 6),
            (b"12,", 2),
            (b"-0.5e-7}", 7),
            (b"true,", 4),
            (b"null", 4),
            (br#"{"a":{"b":[{},[]]},"c":"}"}}"#, 27),
            (br#""\ud800""#, 8),
        ] {
            assert_eq!(
                whole(text),
                Ok(Some(end)),
                "{}",
                String::from_utf8_lossy(text)
            );
            for size in 1..text.len() {
                assert_eq!(in_pieces(text, size), Ok(Some(end)), "{size}");
            }
        }
    }

    #[test]
    fn what_is_no_json_is_refused_at_once() {
        for text in [
            "{a",
            "{\"a\"1",
            "[1 2",
            "[1,]",
            "{\"a\":1,}",
            "[01",
            "1.,",
            "-x",
            "1e,",
            "tru,",
            "nul]",
            "\"\t",
            "\"\\x",
            "\"\\u12g",
            "]",
            "[}",
            "{]",
            "/",
            "'",
            "+1",
            ".5",
            "\u{feff}{",
        ] {
            assert_eq!(whole(text.as_bytes()), Err(ReverseError::NotJson), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(whole(&vec![b'['; 1_000_000]), Err(ReverseError::TooDeep));
        assert_eq!(whole(&[b'['; 128]), Ok(None));
        let mut skim = Skim::held();
        assert_eq!(skim.feed(&[b'['; 256]), Ok(None));
        assert_eq!(skim.feed(b"["), Err(ReverseError::TooDeep));
        // Each level remembers what it is.
        let deep = br#"[{"a":"#.repeat(100);
        let mut skim = Skim::held();
        assert_eq!(skim.feed(&deep), Ok(None));
        assert_eq!(skim.feed(b"1"), Ok(None));
        assert_eq!(skim.feed(&b"}]".repeat(100)), Ok(Some(200)));
    }

    proptest! {
        #[test]
        fn agrees_with_the_lexer(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", " ", "\"a\"", "\"\\u00e9\\n\"", "12", "-", "0", ".5", "e1", "true", "nul", "\n", "é",
            ]), 0..14),
            size in 1..5usize,
        ) {
            // A number at the root has no end of its own.
            let text = format!("[{}", tokens.concat());
            let lexer = validate(text.as_bytes(), 128);
            let skim = whole(text.as_bytes());
            prop_assert_eq!(&skim, &in_pieces(text.as_bytes(), size));
            match lexer {
                Ok(()) => prop_assert_eq!(skim, Ok(Some(text.trim_end().len()))),
                Err(error) if error.kind() == JsonErrorKind::TrailingBytes => prop_assert!(matches!(skim, Ok(Some(_)))),
                Err(error) if error.kind() == JsonErrorKind::Unterminated => prop_assert_eq!(skim, Ok(None)),
                Err(_) => prop_assert!(!matches!(skim, Ok(Some(_)))),
            }
        }
    }
}

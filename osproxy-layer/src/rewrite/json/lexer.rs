//! The lexer: one pass over strict JSON, no recursion, no allocation.
//!
//! [`validate`] answers whether a text is one JSON value. [`Lexer`] is the cursor underneath, for readers that want to stop
//! at what they know. serde_json is its oracle: it accepts what serde_json reads as a value, but for numbers out of `f64`'s
//! range (kept as text here, so they are no trouble) and for nesting, whose bound is the caller's.

use std::ops::Range;

use super::number::number;
use super::token::{key, key_behind_quote, literal, skip_space, two};
use super::{JsonError, JsonErrorKind, RawKind, RawStr, scan};

/// The deepest nesting that any caller may ask for: one bit a level, in a single word.
pub const MAX_DEPTH: u32 = 128;

/// Checks that `bytes` are exactly one JSON value with at most `max_depth` containers inside each other.
///
/// A bound above [`MAX_DEPTH`] counts as [`MAX_DEPTH`]. Duplicate keys are not looked for: that is the business of whoever
/// reads the object.
///
/// # Errors
/// The first fault, with its offset.
///
/// ```
/// use osproxy_layer::rewrite::json::{JsonErrorKind, validate};
///
/// assert!(validate(br#" {"a":[1,2.50,"x"]} "#, 2).is_ok());
/// assert_eq!(validate(br#"{"a":[1]}"#, 1).unwrap_err().kind(), JsonErrorKind::Depth);
/// assert_eq!(validate(b"{} // note", 9).unwrap_err().kind(), JsonErrorKind::TrailingBytes);
/// ```
pub fn validate(bytes: &[u8], max_depth: u32) -> Result<(), JsonError> {
    let mut lexer = Lexer::new(bytes)?;
    lexer.skip_value(max_depth)?;
    lexer.end()
}

/// A cursor over a JSON text.
///
/// Every method first skips white space and leaves the cursor behind what it read. After an error the cursor is of no use.
///
/// ```
/// use osproxy_layer::rewrite::json::Lexer;
///
/// let mut lexer = Lexer::new(br#"{ "size": 10, "from": 0 }"#)?;
/// lexer.begin_object()?;
/// let mut first = true;
/// while let Some(key) = lexer.next_key(&mut first)? {
///     let span = lexer.skip_value(8)?;
///     assert!(key.is("size") || span == (22..23));
/// }
/// lexer.end()?;
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
#[derive(Clone)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    /// A cursor at the start of `bytes`.
    ///
    /// # Errors
    /// [`JsonErrorKind::Bom`]: the node skips a byte order mark and stores it, and no page with that hit is JSON any more
    /// (D-08).
    pub fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            return Err(JsonError::new(JsonErrorKind::Bom, 0));
        }
        Ok(Self { bytes, at: 0 })
    }

    /// A cursor in the middle of a text, where a value is known to start.
    pub(in crate::rewrite) const fn starting_at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The offset of the cursor.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The kind of the value that comes next, which is not read.
    ///
    /// # Errors
    /// When no value begins here.
    #[inline]
    pub fn peek(&mut self) -> Result<RawKind, JsonError> {
        RawKind::begun_by(self.peek_byte()?).ok_or_else(|| self.err(JsonErrorKind::Syntax))
    }

    /// Reads one string.
    ///
    /// # Errors
    /// When no valid string stands here.
    #[inline]
    pub fn string(&mut self) -> Result<RawStr<'a>, JsonError> {
        self.byte(b'"')?;
        let (string, end) = scan::scan(self.bytes, self.at)?;
        self.at = end;
        Ok(string)
    }

    /// Reads one number and gives its text.
    ///
    /// # Errors
    /// When no valid number stands here.
    pub fn number(&mut self) -> Result<&'a str, JsonError> {
        let kind = self.peek()?;
        let start = self.at;
        if kind != RawKind::Number {
            return Err(self.err(JsonErrorKind::Syntax));
        }
        self.at = number(self.bytes, start)?;
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(text).map_err(|_| JsonError::new(JsonErrorKind::NotUtf8, start))
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// When neither stands here.
    pub fn bool(&mut self) -> Result<bool, JsonError> {
        let value = self.peek_byte()? == b't';
        self.literal(if value { b"true" } else { b"false" })?;
        Ok(value)
    }

    /// Reads `null`.
    ///
    /// # Errors
    /// When it doesn't stand here.
    #[inline]
    pub fn null(&mut self) -> Result<(), JsonError> {
        self.peek_byte()?;
        self.literal(b"null")
    }

    /// Reads the `{` of an object; [`Lexer::next_key`] goes on.
    ///
    /// # Errors
    /// When no object begins here.
    #[inline]
    pub fn begin_object(&mut self) -> Result<(), JsonError> {
        self.byte(b'{')
    }

    /// Reads up to the next value of the object: its key and the colon. `None` when the object ends, its `}` read.
    ///
    /// `first` is true before the first member; the call clears it.
    ///
    /// # Errors
    /// When neither a member nor the end stands here.
    #[inline]
    pub fn next_key(&mut self, first: &mut bool) -> Result<Option<RawStr<'a>>, JsonError> {
        if !self.next_item(first, b'}')? {
            return Ok(None);
        }
        let key = self.string()?;
        self.byte(b':')?;
        Ok(Some(key))
    }

    /// Reads the `[` of an array; [`Lexer::next_element`] goes on.
    ///
    /// # Errors
    /// When no array begins here.
    pub fn begin_array(&mut self) -> Result<(), JsonError> {
        self.byte(b'[')
    }

    /// Reads up to the next element of the array. False when the array ends, its `]` read.
    ///
    /// `first` is true before the first element; the call clears it.
    ///
    /// # Errors
    /// When neither an element nor the end stands here.
    #[inline]
    pub fn next_element(&mut self, first: &mut bool) -> Result<bool, JsonError> {
        self.next_item(first, b']')
    }

    /// Checks one whole value and gives where it stands.
    ///
    /// # Errors
    /// The first fault of the value, [`JsonErrorKind::Depth`] when it has more than `max_depth` containers inside each
    /// other.
    pub fn skip_value(&mut self, max_depth: u32) -> Result<Range<usize>, JsonError> {
        self.walk_value(max_depth, |_| Ok(()))
    }

    /// Like [`Lexer::skip_value`], and calls `on_key` for each key of the value's own root, when it is an object.
    ///
    /// # Errors
    /// Those of [`Lexer::skip_value`] and those of `on_key`.
    #[inline]
    pub fn walk_value<E, F>(&mut self, max_depth: u32, mut on_key: F) -> Result<Range<usize>, E>
    where
        E: From<JsonError>,
        F: FnMut(RawStr<'a>) -> Result<(), E>,
    {
        let bytes = self.bytes;
        let max_depth = max_depth.min(MAX_DEPTH);
        // One bit a level, the innermost lowest: set for an object.
        let mut objects = 0u128;
        let mut depth = 0;
        let mut at = skip_space(bytes, self.at);
        let start = at;
        let fault = |kind, at| Err(JsonError::new(kind, at).into());
        loop {
            let Some(&byte) = bytes.get(at) else {
                return fault(JsonErrorKind::Unterminated, at);
            };
            match byte {
                b'"' => at = scan::skip(bytes, at + 1)?,
                b'{' | b'[' => {
                    if depth == max_depth {
                        return fault(JsonErrorKind::Depth, at);
                    }
                    depth += 1;
                    objects = objects << 1 | u128::from(byte == b'{');
                    at = skip_space(bytes, at + 1);
                    // `}` and `]` are each two above what opens them; an empty container is closed below.
                    if bytes.get(at) != Some(&(byte + 2)) {
                        if byte == b'{' {
                            at = key(bytes, at, depth, &mut on_key)?;
                        }
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => at = number(bytes, at)?,
                b't' => at = literal(bytes, at, b"true")?,
                b'f' => at = literal(bytes, at, b"false")?,
                b'n' => at = literal(bytes, at, b"null")?,
                _ => return fault(JsonErrorKind::Syntax, at),
            }
            // A value is complete, or a container was found empty: close what ends here.
            loop {
                if depth == 0 {
                    self.at = at;
                    return Ok(start..at);
                }
                let in_object = objects & 1 == 1;
                if in_object && two(bytes, at) == Some([b',', b'"']) {
                    at = key_behind_quote(bytes, at + 2, depth, &mut on_key)?;
                    break;
                }
                at = skip_space(bytes, at);
                match bytes.get(at) {
                    Some(b',') => {
                        at = skip_space(bytes, at + 1);
                        if in_object {
                            at = key(bytes, at, depth, &mut on_key)?;
                        }
                        break;
                    }
                    Some(b'}') if in_object => {}
                    Some(b']') if !in_object => {}
                    Some(_) => return fault(JsonErrorKind::Syntax, at),
                    None => return fault(JsonErrorKind::Unterminated, at),
                }
                at += 1;
                depth -= 1;
                objects >>= 1;
            }
        }
    }

    /// Checks that nothing but white space is left.
    ///
    /// # Errors
    /// [`JsonErrorKind::TrailingBytes`].
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.at = skip_space(self.bytes, self.at);
        if self.at < self.bytes.len() {
            Err(self.err(JsonErrorKind::TrailingBytes))
        } else {
            Ok(())
        }
    }

    #[inline]
    fn next_item(&mut self, first: &mut bool, close: u8) -> Result<bool, JsonError> {
        let byte = self.peek_byte()?;
        if byte == close {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.byte(b',')?;
        }
        Ok(true)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), JsonError> {
        self.at = literal(self.bytes, self.at, word)?;
        Ok(())
    }

    #[inline]
    fn byte(&mut self, expected: u8) -> Result<(), JsonError> {
        if self.peek_byte()? != expected {
            return Err(self.err(JsonErrorKind::Syntax));
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn peek_byte(&mut self) -> Result<u8, JsonError> {
        self.at = skip_space(self.bytes, self.at);
        self.bytes
            .get(self.at)
            .copied()
            .ok_or_else(|| self.err(JsonErrorKind::Unterminated))
    }

    const fn err(&self, kind: JsonErrorKind) -> JsonError {
        JsonError::new(kind, self.at)
    }
}

/// Says where it stands, not what it reads.
impl std::fmt::Debug for Lexer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexer")
            .field("at", &self.at)
            .field("len", &self.bytes.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, value::RawValue};

    use super::*;

    /// Whether serde_json takes the text; `None` when it stops at a number out of range, and so says nothing of the rest.
    fn serde_accepts(bytes: &[u8]) -> Option<bool> {
        if serde_json::from_slice::<&RawValue>(bytes).is_err() {
            return Some(false);
        }
        match serde_json::from_slice::<Value>(bytes) {
            Ok(_) => Some(true),
            Err(error) if error.to_string().starts_with("number out of range") => None,
            Err(_) => Some(false),
        }
    }

    fn agrees(bytes: &[u8]) -> bool {
        serde_accepts(bytes).is_none_or(|accepts| accepts == validate(bytes, 100).is_ok())
    }

    #[test]
    fn accepts_json() {
        for text in [
            "null",
            " true\t",
            "false\r\n",
            "0",
            "-0",
            "-0.0e-0",
            "1e400",
            "123456789012345678901234567890",
            "1.10",
            r#""""#,
            "{}",
            "[]",
            "[ ]",
            "{ }",
            "[[],{},[{}]]",
            r#"{"":null}"#,
            r#"{"a":1,"a":2}"#,
            "{\"a\" : [ 1 ,\n\t2 ] , \"b\" : { \"c\" : \"d\" } }",
            "\"\u{7f}\u{feff}\"",
        ] {
            assert_eq!(validate(text.as_bytes(), 100), Ok(()), "{text}");
            assert_ne!(serde_accepts(text.as_bytes()), Some(false), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_kind_and_offset() {
        use JsonErrorKind::*;
        for (text, kind, offset) in [
            (&b""[..], Unterminated, 0),
            (b"  ", Unterminated, 2),
            (b"\xEF\xBB\xBF{}", Bom, 0), // D-08
            (b"\xFF\xFE{\0}\0", Syntax, 0),
            (b"{\0", Syntax, 1), // UTF-16 without a mark
            (b"/* c */{}", Syntax, 0),
            (b"{} // c", TrailingBytes, 3),
            (b"{}#", TrailingBytes, 2),
            (b"{\"a\":1}{\"b\":2}", TrailingBytes, 7),
            (b"{\"a\":1 /* c */}", Syntax, 7),
            (b"1 2", TrailingBytes, 2),
            (b"{", Unterminated, 1),
            (b"{\"a\"", Unterminated, 4),
            (b"{\"a\":", Unterminated, 5),
            (b"{\"a\":1", Unterminated, 6),
            (b"{\"a\":1,", Unterminated, 7),
            (b"{\"a\":1,}", Syntax, 7),
            (b"{,}", Syntax, 1),
            (b"{a:1}", Syntax, 1),
            (b"{'a':1}", Syntax, 1),
            (b"{\"a\" 1}", Syntax, 5),
            (b"{\"a\":1 \"b\":2}", Syntax, 7),
            (b"{1:2}", Syntax, 1),
            (b"[1,]", Syntax, 3),
            (b"[,1]", Syntax, 1),
            (b"[1 2]", Syntax, 3),
            (b"[1}", Syntax, 2),
            (b"{\"a\":1]", Syntax, 6),
            (b"]", Syntax, 0),
            (b"nul", Unterminated, 3),
            (b"nulL", Syntax, 3),
            (b"True", Syntax, 0),
            (b"NaN", Syntax, 0),
            (b"Infinity", Syntax, 0),
            (b"+1", Syntax, 0),
            (b".5", Syntax, 0),
            (b"01", Number, 1),
            (b"-", Unterminated, 1),
            (b"-a", Number, 1),
            (b"-01", Number, 2),
            (b"1.", Unterminated, 2),
            (b"1.e1", Number, 2),
            (b"1e", Unterminated, 2),
            (b"[1e+]", Number, 4),
            (b"0x10", TrailingBytes, 1),
            (b"\"\\ud800\"", LoneSurrogate, 1), // D-07
            (b"{\"\\udfff\":1}", LoneSurrogate, 2),
            (b"{\"\xC1\x9Ftenant\":1}", NotUtf8, 2), // D-01
            (b"[\"tab\there\"]", Control, 5),
            (b"\xA0{}", Syntax, 0),
            (b"{\"a\":\x0B1}", Syntax, 5),
        ] {
            assert_eq!(
                validate(text, 100),
                Err(JsonError::new(kind, offset)),
                "{text:?}"
            );
            assert_eq!(serde_accepts(text), Some(false), "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded_and_counted() {
        for (text, depth) in [
            ("1", 0),
            ("[]", 1),
            (r#"{"a":[{}]}"#, 3),
            ("[[],[[]],[]]", 3),
        ] {
            assert_eq!(validate(text.as_bytes(), depth), Ok(()), "{text}");
            if depth > 0 {
                assert_eq!(
                    validate(text.as_bytes(), depth - 1).unwrap_err().kind(),
                    JsonErrorKind::Depth,
                    "{text}"
                );
            }
        }
        let nested = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
        assert_eq!(validate(&nested(128), u32::MAX), Ok(()));
        assert_eq!(
            validate(&nested(129), u32::MAX),
            Err(JsonError::new(JsonErrorKind::Depth, 128))
        );
    }

    #[test]
    fn a_million_open_brackets_are_an_error() {
        let bytes = vec![b'['; 1_000_000];
        assert_eq!(
            validate(&bytes, 100),
            Err(JsonError::new(JsonErrorKind::Depth, 100))
        );
        let bytes = br#"{"a":"#.repeat(1_000_000);
        assert_eq!(
            validate(&bytes, 100),
            Err(JsonError::new(JsonErrorKind::Depth, 500))
        );
    }

    #[test]
    fn only_the_root_keys_are_told() {
        let mut seen = Vec::new();
        let mut lexer = Lexer::new(br#" {"a":{"b":1},"c":[{"d":2}],"\u0065":3} x"#).unwrap();
        let span = lexer
            .walk_value(9, |key| {
                seen.push(key.decode().into_owned());
                Ok::<_, JsonError>(())
            })
            .unwrap();
        assert_eq!(span, 1..39);
        assert_eq!(seen, ["a", "c", "e"]);
        assert_eq!(
            lexer.end(),
            Err(JsonError::new(JsonErrorKind::TrailingBytes, 40))
        );
    }

    #[test]
    fn scalars_are_read_and_told_apart() {
        let mut lexer = Lexer::new(br#" [ "x" , 1.50, true,false , null ]"#).unwrap();
        let mut first = true;
        lexer.begin_array().unwrap();
        assert!(lexer.next_element(&mut first).unwrap());
        assert!(lexer.number().is_err());
        assert_eq!(lexer.string().unwrap().decode(), "x");
        assert!(lexer.next_element(&mut first).unwrap());
        assert_eq!(
            (lexer.peek().unwrap(), lexer.number().unwrap()),
            (RawKind::Number, "1.50")
        );
        assert!(lexer.next_element(&mut first).unwrap());
        assert!(lexer.bool().unwrap());
        assert!(lexer.next_element(&mut first).unwrap());
        assert!(!lexer.bool().unwrap());
        assert!(lexer.next_element(&mut first).unwrap());
        assert!(lexer.clone().bool().is_err());
        lexer.null().unwrap();
        assert!(!lexer.next_element(&mut first).unwrap());
        lexer.end().unwrap();
        assert_eq!(format!("{lexer:?}"), "Lexer { at: 34, len: 34 }");
    }

    fn json() -> impl Strategy<Value = Vec<u8>> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        ];
        let value = leaf.prop_recursive(6, 48, 6, |inner| {
            let space = r"[ \t\r\n]{0,2}";
            prop_oneof![
                (space, prop::collection::vec(inner.clone(), 0..6)).prop_map(
                    |(space, items)| format!(
                        "[{space}{}]",
                        items.join(&format!("{space},{space}"))
                    )
                ),
                (
                    space,
                    prop::collection::vec(("[a-z_.é]{0,10}", inner), 0..6)
                )
                    .prop_map(|(space, members)| {
                        let members: Vec<_> = members
                            .iter()
                            .map(|(key, value)| format!("{space}\"{key}\"{space}:{space}{value}"))
                            .collect();
                        format!("{{{space}{}{space}}}", members.join(","))
                    }),
            ]
        });
        value.prop_map(String::into_bytes)
    }

    proptest! {
        #[test]
        fn accepts_generated_json(text in json()) {
            prop_assert_ne!(serde_accepts(&text), Some(false));
            prop_assert_eq!(validate(&text, 100), Ok(()));
        }

        #[test]
        fn agrees_with_serde_on_damaged_json(
            text in json(), at in any::<prop::sample::Index>(), to in any::<u8>(), how in 0..4
        ) {
            let mut text = text;
            let at = at.index(text.len());
            match how {
                0 => text[at] = to,
                1 => { text.remove(at); }
                2 => text.insert(at, to),
                _ => text.truncate(at),
            }
            prop_assert!(agrees(&text));
        }

        #[test]
        fn agrees_with_serde_on_token_soup(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", " ", "\"a\"", "\"\\u00e9\"", "\"\\ud800\"", "1", "-", "0", ".5", "e1", "true", "nul", "\n",
            ]), 0..12)
        ) {
            let text = tokens.concat();
            prop_assert!(agrees(text.as_bytes()));
        }

        #[test]
        fn agrees_with_serde_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            prop_assert!(agrees(&bytes));
        }
    }
}

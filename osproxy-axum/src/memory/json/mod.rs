//! A JSON tree that keeps what the server keeps: the order of keys and the text of numbers.
//!
//! `serde_json::Value` sorts keys and turns `1.10` into a float, and the cargo features that change that would change it for the
//! host's whole binary, so the double has a small tree of its own. Reading goes through `serde_json` (strict JSON), with an explicit
//! bound on depth; writing follows Jackson, which is what the server writes with: `1e2` becomes `100.0`, `1e7` becomes `1.0E7`.

mod write;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(super) use write::java_double;

/// How deep a body may nest; the server's own bound on objects in a mapping is 20, Jackson's on any nesting is 1000.
const MAX_DEPTH: u32 = 100;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// The number as it was written.
    Number(Box<str>),
    String(String),
    Array(Vec<Self>),
    /// Members in the order sent; names are distinct.
    Object(Vec<(String, Self)>),
    /// Text that goes out as it is: a stored `_source`.
    Raw(Arc<str>),
}

/// Why a text is no JSON value; named like the server's exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    EndOfInput,
    Syntax,
    DuplicateKey,
    TooDeep,
    /// Which the server takes (catalogue row G-11) and the double does not.
    Comment,
    /// The token that follows.
    TrailingContent(&'static str),
}

impl Json {
    /// Reads exactly one value.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let raw: &RawValue =
            serde_json::from_str(text).map_err(|error| Malformed::of(&error, text))?;
        Self::read_bounded(raw)
    }

    /// Reads the first value and ignores what follows it, as the server does with the body of an `_update`.
    pub(super) fn parse_prefix(text: &str) -> Result<Self, Malformed> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(raw)) => Self::read_bounded(raw),
            Some(Err(error)) => Err(Malformed::of(&error, text)),
            None => Err(Malformed::EndOfInput),
        }
    }

    /// The first value of a text and what follows it.
    pub(super) fn split_first(text: &str) -> Option<(Self, &str)> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let value = Self::read_bounded(values.next()?.ok()?).ok()?;
        Some((value, text.get(values.byte_offset()..)?))
    }

    fn read_bounded(raw: &RawValue) -> Result<Self, Malformed> {
        if depth(raw.get()) > MAX_DEPTH {
            return Err(Malformed::TooDeep);
        }
        Self::read(raw)
    }

    /// Recursive: the depth was checked before.
    fn read(raw: &RawValue) -> Result<Self, Malformed> {
        let text = raw.get();
        let syntax = |_| Malformed::Syntax;
        Ok(match text.bytes().next() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).map_err(syntax)?;
                let mut seen = HashSet::with_capacity(members.len());
                if !members.iter().all(|(name, _)| seen.insert(name.as_str())) {
                    return Err(Malformed::DuplicateKey);
                }
                drop(seen);
                let read = |(name, value)| Ok((name, Self::read(value)?));
                Self::Object(members.into_iter().map(read).collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
                Self::Array(
                    items
                        .into_iter()
                        .map(Self::read)
                        .collect::<Result<_, _>>()?,
                )
            }
            Some(b'"') => Self::String(serde_json::from_str(text).map_err(syntax)?),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') => Self::Null,
            Some(_) => Self::Number(text.into()),
            None => return Err(Malformed::EndOfInput),
        })
    }

    /// An object from its members.
    pub(super) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// A member of an object; `None` for any other value.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    pub(super) fn members(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// An integer, also as a string or with an empty fraction: the server coerces in most places.
    pub(super) fn as_i64(&self) -> Option<i64> {
        self.text().and_then(|text| text.parse().ok())
    }

    pub(super) fn as_f64(&self) -> Option<f64> {
        self.text()
            .and_then(|text| text.parse().ok())
            .filter(|number: &f64| number.is_finite())
    }

    /// A boolean; the server also takes `"true"` and `"false"`.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The text of a scalar, as the server's parser gives it; `None` for null, arrays and objects.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(text) => Some(text),
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The name of the server's parser token for this value, which its error messages carry.
    pub(super) fn token(&self) -> &'static str {
        match self {
            Self::Null => "VALUE_NULL",
            Self::Bool(_) => "VALUE_BOOLEAN",
            Self::Number(_) => "VALUE_NUMBER",
            Self::String(_) => "VALUE_STRING",
            Self::Array(_) => "START_ARRAY",
            Self::Object(_) | Self::Raw(_) => "START_OBJECT",
        }
    }
}

/// How deep valid JSON nests, without recursion.
fn depth(text: &str) -> u32 {
    let (mut depth, mut deepest): (u32, u32) = (0, 0);
    outside_strings(text, |byte, _| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    });
    deepest
}

fn has_comment(text: &str) -> bool {
    let mut found = false;
    outside_strings(text, |byte, next| {
        found |= byte == b'/' && matches!(next, Some(b'/' | b'*'));
    });
    found
}

/// Shows every byte that stands in no string, and the one after it.
fn outside_strings(text: &str, mut see: impl FnMut(u8, Option<u8>)) {
    let mut bytes = text.bytes().peekable();
    let mut in_string = false;
    while let Some(byte) = bytes.next() {
        match (byte, in_string) {
            (b'\\', true) => {
                bytes.next();
            }
            (b'"', _) => in_string = !in_string,
            (byte, false) => see(byte, bytes.peek().copied()),
            (_, true) => {}
        }
    }
}

impl Malformed {
    fn of(error: &serde_json::Error, text: &str) -> Self {
        if has_comment(text) {
            return Self::Comment;
        }
        if error.is_eof() {
            return Self::EndOfInput;
        }
        // A first value that reads well means that the error lies behind it.
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(_)) => Self::trailing(
                text.get(values.byte_offset()..)
                    .unwrap_or_default()
                    .trim_start(),
            ),
            _ => Self::Syntax,
        }
    }

    /// What follows a value: a token that the server names, or one that it can't read.
    fn trailing(rest: &str) -> Self {
        let known = match rest.bytes().next() {
            Some(b'{') => return Self::TrailingContent("START_OBJECT"),
            Some(b'[') => return Self::TrailingContent("START_ARRAY"),
            _ => serde_json::Deserializer::from_str(rest)
                .into_iter::<&RawValue>()
                .next(),
        };
        match known {
            Some(Ok(raw)) => Json::read_bounded(raw)
                .map_or(Self::Syntax, |value| Self::TrailingContent(value.token())),
            _ => Self::Syntax,
        }
    }

    /// A reason in words of our own: the server's are Jackson's, with byte offsets.
    pub(super) fn reason(self) -> String {
        match self {
            Self::EndOfInput => "unexpected end of input".to_owned(),
            Self::Syntax => "the body is not valid JSON".to_owned(),
            Self::DuplicateKey => "an object has two members of one name".to_owned(),
            Self::TooDeep => "the body is nested too deeply".to_owned(),
            Self::Comment => "a comment in JSON".to_owned(),
            Self::TrailingContent(token) => {
                format!("Malformed content, found extra data after parsing: {token}")
            }
        }
    }
}

/// The members of an object, in order and still raw.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string().into())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.to_string().into())
    }
}

impl From<f64> for Json {
    /// Not-a-number and the infinities are strings, as the server writes them.
    fn from(number: f64) -> Self {
        let text = java_double(number);
        match text.strip_prefix('"') {
            Some(quoted) => Self::String(quoted.trim_end_matches('"').to_owned()),
            None => Self::Number(text.into()),
        }
    }
}

impl From<f32> for Json {
    /// Through the shortest text of the single, not of the double that it widens to.
    fn from(number: f32) -> Self {
        number
            .to_string()
            .parse::<f64>()
            .map_or(Self::Null, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_escapes_survive() {
        let text = "{\"z\":1,\"a\":[true,null,\"é\\n\\u001F/\"]}";
        assert_eq!(Json::parse(text).unwrap().compact(), text);
    }

    #[test]
    fn what_is_no_json_is_named() {
        let table = [
            ("{\"a\":", Malformed::EndOfInput),
            ("", Malformed::EndOfInput),
            ("{a:1}", Malformed::Syntax),
            ("{\"a\":1,\"a\":2}", Malformed::DuplicateKey),
            ("{\"b\":{\"a\":1,\"\\u0061\":2}}", Malformed::DuplicateKey),
            ("{\"a\":1} {}", Malformed::TrailingContent("START_OBJECT")),
            ("{\"a\":1} 5", Malformed::TrailingContent("VALUE_NUMBER")),
            ("{\"a\":1} // x", Malformed::Comment),
            ("{\"a\":1 /* x */}", Malformed::Comment),
            ("{\"a\":\"/*\",}", Malformed::Syntax),
            ("{\"a\":1}}", Malformed::Syntax),
            ("NaN", Malformed::Syntax),
        ];
        for (text, why) in table {
            assert_eq!(Json::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_million_brackets_are_an_error_on_a_bounded_stack() {
        let open = "[".repeat(1_000_000);
        assert_eq!(Json::parse(&open), Err(Malformed::EndOfInput));
        let closed = format!("{open}{}", "]".repeat(1_000_000));
        assert_eq!(Json::parse(&closed), Err(Malformed::TooDeep));
    }
}

//! A small tree of strict JSON, for what a screen must understand as a whole: a search body, an action line.
//!
//! Documents never become a tree (DESIGN section 5). A search body does: it is read into typed values, checked and
//! written anew, so that what the node parses is what we understood and nothing else (catalogue J2, G-10 to G-13).
//! Duplicate keys are refused at every depth, compared decoded; numbers stay text; the order of keys is kept.
//!
//! ```
//! use osproxy_layer::rewrite::json::tree::{self, Value};
//!
//! let body = tree::parse(br#"{ "size": 1.10, "query": {"match_all": {}} }"#, 32)?;
//! assert_eq!(tree::write(&body), br#"{"size":1.10,"query":{"match_all":{}}}"#);
//! assert!(tree::parse(br#"{"a":1,"\u0061":2}"#, 32).is_err());
//! # Ok::<(), tree::TreeError>(())
//! ```

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

pub use super::path::{Path, shown};
use super::{JsonError, JsonErrorKind, Lexer, MAX_DEPTH, RawKind, write_string};

/// A JSON value that borrows from the text it was read from.
#[derive(Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Cow<'a, str>),
    /// A string, decoded.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Object<'a>),
}

/// An object: its members in the order in which they were written, no key twice.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Value<'a> {
    /// A string value.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::String(text.into())
    }

    /// An object with these members. The caller sees to it that no key comes twice.
    pub fn object<K: Into<Cow<'a, str>>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(Object {
            members: members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        })
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is neither an array nor an object.
    pub const fn is_scalar(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// `an object`, `a number`: for an error message.
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl<'a> Object<'a> {
    /// The number of members.
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(key, value)| (&**key, value))
    }

    /// The members in order, values to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value<'a>)> {
        self.members.iter_mut().map(|(key, value)| (&**key, value))
    }

    /// The members in order, taken apart.
    pub fn into_members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        self.members.into_iter()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The value of a key, to be changed in place.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value<'a>> {
        self.iter_mut()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Replaces the value of a key in its place, or appends the member.
    pub fn set(&mut self, key: impl Into<Cow<'a, str>>, value: Value<'a>) {
        let key = key.into();
        match self.members.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.members.push((key, value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        let at = self.members.iter().position(|(name, _)| name == key)?;
        Some(self.members.remove(at).1)
    }

    /// Gives a member another key and leaves it in its place. The caller sees to it that the new key is free.
    pub fn rename(&mut self, from: &str, to: impl Into<Cow<'a, str>>) {
        if let Some((name, _)) = self.members.iter_mut().find(|(name, _)| name == from) {
            *name = to.into();
        }
    }
}

/// Why a text is not the JSON that a screen reads: what is wrong, at which byte, and inside which member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeError {
    error: JsonError,
    path: Path,
}

impl TreeError {
    /// What is wrong, and at which byte of the text.
    pub const fn error(&self) -> JsonError {
        self.error
    }

    /// The JSON path of the value that holds the mistake, such as `query.bool.must[0]`; empty at the root. It is made
    /// of the client's own keys and is for that client only.
    pub const fn path(&self) -> &Path {
        &self.path
    }
}

impl From<JsonError> for TreeError {
    fn from(error: JsonError) -> Self {
        Self {
            error,
            path: Path::default(),
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for TreeError {}

/// Reads exactly one JSON value.
///
/// `max_depth` counts containers inside each other and is at most [`MAX_DEPTH`], since reading is recursive.
///
/// # Errors
/// What the lexer refuses (see [`JsonErrorKind`]), a duplicate key at any depth, too many levels.
pub fn parse(text: &[u8], max_depth: u32) -> Result<Value<'_>, TreeError> {
    let mut lexer = Lexer::new(text)?;
    let value = read(&mut lexer, max_depth.min(MAX_DEPTH))?;
    lexer.end()?;
    Ok(value)
}

fn read<'a>(lexer: &mut Lexer<'a>, levels: u32) -> Result<Value<'a>, TreeError> {
    let kind = lexer.peek()?;
    let inner = match kind {
        RawKind::Object | RawKind::Array => match levels.checked_sub(1) {
            Some(inner) => inner,
            None => return Err(JsonError::new(JsonErrorKind::Depth, lexer.offset()).into()),
        },
        _ => levels,
    };
    Ok(match kind {
        RawKind::Null => {
            lexer.null()?;
            Value::Null
        }
        RawKind::Bool => Value::Bool(lexer.bool()?),
        RawKind::Number => Value::Number(Cow::Borrowed(lexer.number()?)),
        RawKind::String => Value::String(lexer.string()?.decode()),
        RawKind::Array => {
            lexer.begin_array()?;
            let mut first = true;
            let mut elements = Vec::new();
            while lexer.next_element(&mut first)? {
                let element = read(lexer, inner).map_err(|mut error| {
                    error.path.under_index(elements.len());
                    error
                })?;
                elements.push(element);
            }
            Value::Array(elements)
        }
        RawKind::Object => Value::Object(read_object(lexer, inner)?),
    })
}

fn read_object<'a>(lexer: &mut Lexer<'a>, inner: u32) -> Result<Object<'a>, TreeError> {
    lexer.begin_object()?;
    let mut first = true;
    let mut object = Object::default();
    let mut keys = Keys::default();
    loop {
        let offset = lexer.offset();
        let Some(key) = lexer.next_key(&mut first)? else {
            return Ok(object);
        };
        let key = key.decode();
        let within = |mut error: TreeError| {
            error.path.under_key(&key);
            error
        };
        if keys.seen(&object, &key) {
            return Err(within(
                JsonError::new(JsonErrorKind::DuplicateKey, offset).into(),
            ));
        }
        let value = read(lexer, inner).map_err(within)?;
        object.members.push((key, value));
    }
}

/// Finds duplicates: by comparing while an object is small, as nearly all are, and by hashing after that, so that a
/// large object costs no more than its size.
#[derive(Default)]
struct Keys {
    hashed: HashSet<String>,
}

impl Keys {
    const SMALL: usize = 16;

    fn seen(&mut self, object: &Object<'_>, key: &str) -> bool {
        if object.len() < Self::SMALL {
            return object.contains(key);
        }
        if self.hashed.is_empty() {
            self.hashed
                .extend(object.iter().map(|(name, _)| name.to_owned()));
        }
        !self.hashed.insert(key.to_owned())
    }
}

/// Writes a value as compact JSON.
pub fn write(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_into(&mut out, value);
    out
}

/// Appends a value as compact JSON. Numbers are written as they were read, strings in one canonical spelling.
pub fn write_into(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(text) => out.extend_from_slice(text.as_bytes()),
        Value::String(text) => write_string(out, text),
        Value::Array(elements) => {
            out.push(b'[');
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_into(out, element);
            }
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (at, (key, member)) in object.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_string(out, key);
                out.push(b':');
                write_into(out, member);
            }
            out.push(b'}');
        }
    }
}

/// The kind only: the rest is a tenant's.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind_name())
    }
}

/// The size only: the rest is a tenant's.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_order_and_spelling_survive() {
        for (text, written) in [
            (
                r#" { "b" : 1.10 , "a" : [ 1e2 , -0 , 12345678901234567890 ] } "#,
                r#"{"b":1.10,"a":[1e2,-0,12345678901234567890]}"#,
            ),
            (r#""a\u0062\/\n""#, r#""ab/\n""#),
            ("[true,false,null,{},[]]", "[true,false,null,{},[]]"),
        ] {
            let value = parse(text.as_bytes(), 8).unwrap();
            assert_eq!(String::from_utf8(write(&value)).unwrap(), written);
        }
    }

    #[test]
    fn what_is_refused_and_where() {
        for (text, kind, path) in [
            (
                r#"{"a":{"b":[0,{"c":1,"c":2}]}}"#,
                JsonErrorKind::DuplicateKey,
                "a.b[1].c",
            ),
            (r#"{"a":1,"\u0061":2}"#, JsonErrorKind::DuplicateKey, "a"),
            (r#"{"a":[[[[1]]]]}"#, JsonErrorKind::Depth, "a[0][0][0]"),
            (r#"{"a":1} x"#, JsonErrorKind::TrailingBytes, ""),
            (r#"{"a":/**/1}"#, JsonErrorKind::Syntax, "a"),
            ("\u{feff}{}", JsonErrorKind::Bom, ""),
            (r#"{"a":["\ud800"]}"#, JsonErrorKind::LoneSurrogate, "a[0]"),
            (r#"{"a":tru}"#, JsonErrorKind::Syntax, "a"),
            ("", JsonErrorKind::Unterminated, ""),
            (r#"{"a":[1"#, JsonErrorKind::Unterminated, "a"),
        ] {
            let error = parse(text.as_bytes(), 4).unwrap_err();
            assert_eq!(
                (error.error().kind(), error.path().to_string().as_str()),
                (kind, path),
                "{text}"
            );
        }
        assert_eq!(
            parse(b"\"\xC1\x9F\"", 4).unwrap_err().error().kind(),
            JsonErrorKind::NotUtf8
        );
    }

    #[test]
    fn a_million_levels_are_an_error_on_a_bounded_stack() {
        let deep = vec![b'['; 1_000_000];
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        let error = small
            .spawn(move || parse(&deep, u32::MAX).unwrap_err())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(error.error().kind(), JsonErrorKind::Depth);
    }

    #[test]
    fn duplicates_are_found_in_large_objects_too() {
        let mut keys: Vec<String> = (0..100).map(|n| format!("\"k{n}\":{n}")).collect();
        assert!(parse(format!("{{{}}}", keys.join(",")).as_bytes(), 4).is_ok());
        keys.push("\"k\\u0036\":0".to_owned());
        assert!(parse(format!("{{{}}}", keys.join(",")).as_bytes(), 4).is_err());
    }

    #[test]
    fn nothing_of_a_client_is_in_debug() {
        let value = parse(br#"{"secret":"secret"}"#, 4).unwrap();
        assert_eq!(format!("{value:?}"), "an object");
        let error = parse(br#"{"secret":{"secret":tru}}"#, 4).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("secret"));
    }

    #[test]
    fn a_shown_key_is_short_and_on_one_line() {
        assert_eq!(shown("a\nb"), "a\\nb");
        assert_eq!(shown(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map(".{0,3}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_serde_writes_and_writes_what_serde_reads(value in json()) {
            let text = serde_json::to_vec(&value).unwrap();
            let ours = parse(&text, 32).unwrap();
            let written = write(&ours);
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).unwrap(), value);
            prop_assert_eq!(parse(&written, 32).unwrap(), ours);
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u1 a\xC3\xA9".to_vec()), 0..32)) {
            let _ = parse(&bytes, 8);
        }
    }
}

//! An object's members and an array's elements, as slices with their offsets.

use std::borrow::Cow;
use std::ops::Range;

use super::{JsonError, Lexer, MAX_DEPTH, RawStr};

/// One member of an object.
#[derive(Clone)]
pub struct Member<'a> {
    /// The key as it was sent, between its quotes.
    pub raw_key: RawStr<'a>,
    /// What the key says.
    pub key: Cow<'a, str>,
    /// The value's bytes, without the white space around them.
    pub value: &'a [u8],
    /// Where the value stands in the object's text.
    pub span: Range<usize>,
}

/// One element of an array.
#[derive(Clone)]
pub struct Element<'a> {
    /// The element's bytes, without the white space around them.
    pub value: &'a [u8],
    /// Where the element stands in the array's text.
    pub span: Range<usize>,
}

/// The members of the object that a text begins with, in order, duplicates included.
///
/// A text that is no valid object ends in one error, so that a caller who forgot to [`validate`](super::validate) never
/// takes a part for the whole. What follows the object is not looked at.
///
/// ```
/// use osproxy_layer::rewrite::json::Members;
///
/// let keys: Result<Vec<_>, _> = Members::of(br#"{"a":1,"\u0062":2}"#).map(|member| Ok(member?.key)).collect();
/// # let keys: Result<Vec<_>, osproxy_layer::rewrite::json::JsonError> = keys;
/// assert_eq!(keys?, ["a", "b"]);
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Members<'a> {
    text: &'a [u8],
    cursor: Cursor<'a>,
}

impl<'a> Members<'a> {
    /// The members of `object`.
    pub fn of(object: &'a [u8]) -> Self {
        Self {
            text: object,
            cursor: Cursor::at(object, Lexer::begin_object),
        }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, JsonError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.step(|lexer, first| {
            let Some(raw_key) = lexer.next_key(first)? else {
                return Ok(None);
            };
            let span = lexer.skip_value(MAX_DEPTH)?;
            let value = self.text.get(span.clone()).unwrap_or_default();
            Ok(Some(Member {
                raw_key,
                key: raw_key.decode(),
                value,
                span,
            }))
        })
    }
}

/// The elements of the array that a text begins with; like [`Members`] in all else.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    text: &'a [u8],
    cursor: Cursor<'a>,
}

impl<'a> Elements<'a> {
    /// The elements of `array`.
    pub fn of(array: &'a [u8]) -> Self {
        Self {
            text: array,
            cursor: Cursor::at(array, Lexer::begin_array),
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, JsonError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.step(|lexer, first| {
            if !lexer.next_element(first)? {
                return Ok(None);
            }
            let span = lexer.skip_value(MAX_DEPTH)?;
            Ok(Some(Element {
                value: self.text.get(span.clone()).unwrap_or_default(),
                span,
            }))
        })
    }
}

/// Where an iterator stands: behind an item, before an error that is still to be told, or at the end.
#[derive(Clone, Debug)]
enum Cursor<'a> {
    Open { lexer: Lexer<'a>, first: bool },
    Broken(JsonError),
    Ended,
}

impl<'a> Cursor<'a> {
    fn at(text: &'a [u8], begin: fn(&mut Lexer<'a>) -> Result<(), JsonError>) -> Self {
        let opened = Lexer::new(text).and_then(|mut lexer| begin(&mut lexer).map(|()| lexer));
        match opened {
            Ok(lexer) => Self::Open { lexer, first: true },
            Err(error) => Self::Broken(error),
        }
    }

    fn step<T>(
        &mut self,
        read: impl FnOnce(&mut Lexer<'a>, &mut bool) -> Result<Option<T>, JsonError>,
    ) -> Option<Result<T, JsonError>> {
        let item = match self {
            Self::Open { lexer, first } => read(lexer, first).transpose(),
            Self::Broken(error) => Some(Err(*error)),
            Self::Ended => None,
        };
        if !matches!(item, Some(Ok(_))) {
            *self = Self::Ended;
        }
        item
    }
}

/// Neither key nor value: both are a tenant's.
impl std::fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

/// Not the value: it is a tenant's.
impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Element")
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::json::JsonErrorKind;

    #[test]
    fn members_in_order_with_their_offsets() {
        let text = b" { \"a\" : 1 , \"\\u0062\":[ 2 ], \"a\":{\"x\":{}} } tail";
        let members: Vec<_> = Members::of(text).collect::<Result<_, _>>().unwrap();
        let told: Vec<_> = members
            .iter()
            .map(|member| (&*member.key, member.value))
            .collect();
        assert_eq!(
            told,
            [("a", &b"1"[..]), ("b", b"[ 2 ]"), ("a", b"{\"x\":{}}")]
        );
        assert_eq!(members[1].raw_key.raw(), b"\\u0062");
        for member in &members {
            assert_eq!(&text[member.span.clone()], member.value);
        }
        assert_eq!(format!("{:?}", members[0]), "Member { span: 9..10, .. }");
    }

    #[test]
    fn elements_in_order() {
        let values: Vec<_> = Elements::of(br#"[1, "a,b", [2,3] , {}]"#)
            .map(|element| element.unwrap().value)
            .collect();
        assert_eq!(values, [&b"1"[..], b"\"a,b\"", b"[2,3]", b"{}"]);
        assert_eq!(Elements::of(b"[]").count(), 0);
        assert_eq!(Members::of(b"{ }").count(), 0);
    }

    #[test]
    fn what_is_broken_ends_in_one_error() {
        for (text, items, offset) in [
            (&b"[1]"[..], 0, 0),
            (b"", 0, 0),
            (b"{", 0, 1),
            (br#"{"a":1,"b"}"#, 1, 10),
            (br#"{"a":1,,"#, 1, 7),
        ] {
            let told: Vec<_> = Members::of(text).collect();
            assert_eq!(told.len(), items + 1, "{text:?}");
            assert_eq!(
                told.last().unwrap().as_ref().unwrap_err().offset(),
                offset,
                "{text:?}"
            );
        }
        let told: Vec<_> = Elements::of(br#"[1,"x]"#).collect();
        assert_eq!(
            told.last().unwrap().as_ref().unwrap_err().kind(),
            JsonErrorKind::Unterminated
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u1 a\xC3\xA9".to_vec()), 0..24)) {
            let _ = Members::of(&bytes).count();
            let _ = Elements::of(&bytes).count();
        }
    }
}

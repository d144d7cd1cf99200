//! Rewrites one object or array and keeps every byte of what stays: keys, order, spacing, numbers.

use std::ops::Range;

use super::ReverseError;
use super::skim::{Skim, skip_space};
use crate::rewrite::json::{Lexer, RawKind, RawStr};

/// What becomes of a member or an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate<T> {
    /// Copied.
    Keep,
    /// Left out, with its comma.
    Drop,
    /// Its value is looked at, and written anew or left out.
    Edit(T),
}

/// What an edit did: how many bytes the value had, and whether the member stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edited {
    Kept(usize),
    Left(usize),
}

/// Copies the object that `raw` begins with, member by member; the offset behind it is returned.
///
/// `fate` decides by the key. `edit` gets all that follows the key of a member that was chosen for it: it finds the end of
/// the value itself, so that nothing is read twice.
pub(super) fn object<T>(
    raw: &[u8],
    out: &mut Vec<u8>,
    mut fate: impl FnMut(&RawStr<'_>) -> Result<Fate<T>, ReverseError>,
    edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<Edited, ReverseError>,
) -> Result<usize, ReverseError> {
    let mut walk = Walk::object(raw)?;
    copy(
        &mut walk,
        out,
        |head| match &head.key {
            Some(key) => fate(key),
            None => Err(ReverseError::NotJson),
        },
        edit,
    )
}

/// Copies the array that `raw` begins with, element by element; the offset behind it is returned.
///
/// `fate` decides by the position, counted from 0.
pub(super) fn array<T>(
    raw: &[u8],
    out: &mut Vec<u8>,
    mut fate: impl FnMut(usize) -> Fate<T>,
    edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<Edited, ReverseError>,
) -> Result<usize, ReverseError> {
    let mut walk = Walk::array(raw)?;
    let mut position = 0;
    copy(
        &mut walk,
        out,
        |_| {
            position += 1;
            Ok(fate(position - 1))
        },
        edit,
    )
}

/// Checks that nothing but white space follows `end`, and copies it.
pub(super) fn tail(raw: &[u8], end: usize, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    if skip_space(raw, end) < raw.len() {
        return Err(ReverseError::NotJson);
    }
    out.extend_from_slice(slice(raw, end..raw.len()));
    Ok(())
}

fn copy<T>(
    walk: &mut Walk<'_>,
    out: &mut Vec<u8>,
    mut fate: impl FnMut(&Head<'_>) -> Result<Fate<T>, ReverseError>,
    mut edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<Edited, ReverseError>,
) -> Result<usize, ReverseError> {
    let raw = walk.raw;
    out.extend_from_slice(slice(raw, 0..walk.at));
    // Neighbours that stay are copied in one go, their commas included.
    let mut run: Option<Range<usize>> = None;
    let mut any = false;
    while let Some(head) = walk.head()? {
        match fate(&head)? {
            Fate::Keep => {
                let end = walk.skip()?;
                match &mut run {
                    Some(run) => run.end = end,
                    None => {
                        if any {
                            out.push(b',');
                        }
                        any = true;
                        run = Some(head.start..end);
                    }
                }
            }
            Fate::Drop => {
                flush(raw, &mut run, out);
                walk.skip()?;
            }
            Fate::Edit(how) => {
                flush(raw, &mut run, out);
                let mark = out.len();
                if any {
                    out.push(b',');
                }
                out.extend_from_slice(slice(raw, head.start..walk.at));
                match edit(how, walk.rest(), out)? {
                    Edited::Kept(length) => {
                        any = true;
                        walk.advance(length);
                    }
                    Edited::Left(length) => {
                        out.truncate(mark);
                        walk.advance(length);
                    }
                }
            }
        }
    }
    flush(raw, &mut run, out);
    out.extend_from_slice(slice(raw, walk.tail..walk.at));
    Ok(walk.at)
}

fn flush(raw: &[u8], run: &mut Option<Range<usize>>, out: &mut Vec<u8>) {
    if let Some(run) = run.take() {
        out.extend_from_slice(slice(raw, run));
    }
}

/// A part of `raw`; the offsets are our own, so it is never out of bounds.
pub(super) fn slice(raw: &[u8], range: Range<usize>) -> &[u8] {
    raw.get(range).unwrap_or_default()
}

/// The beginning of a member or element, up to its value.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// Behind the bracket or comma before it.
    start: usize,
    /// The key, in an object.
    pub(super) key: Option<RawStr<'a>>,
    /// Where the key stands, between its quotes.
    pub(super) key_span: Range<usize>,
    /// Behind the colon of a key, or where an element begins with its blanks.
    before_value: usize,
}

/// One member or element.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// The key, in an object.
    pub(super) key: Option<RawStr<'a>>,
    pub(super) value: &'a [u8],
    /// The value with the blanks on both sides of it.
    pub(super) spaced: &'a [u8],
}

/// The items of one container, in order. White space may stand before the container.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    raw: &'a [u8],
    object: bool,
    /// Behind what was read.
    at: usize,
    /// Behind the last item, once the container has ended.
    tail: usize,
    first: bool,
    ended: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn object(raw: &'a [u8]) -> Result<Self, ReverseError> {
        Self::begin(raw, true)
    }

    pub(super) fn array(raw: &'a [u8]) -> Result<Self, ReverseError> {
        Self::begin(raw, false)
    }

    fn begin(raw: &'a [u8], object: bool) -> Result<Self, ReverseError> {
        let at = skip_space(raw, 0);
        match raw.get(at) {
            Some(b'{') if object => {}
            Some(b'[') if !object => {}
            Some(_) => return Err(no_container(slice(raw, at..raw.len()), object)),
            None => return Err(ReverseError::Truncated),
        }
        Ok(Self {
            raw,
            object,
            at: at + 1,
            tail: at + 1,
            first: true,
            ended: false,
        })
    }

    /// The next item; `None` behind the last one.
    pub(super) fn next(&mut self) -> Result<Option<Item<'a>>, ReverseError> {
        let Some(head) = self.head()? else {
            return Ok(None);
        };
        let value = self.value()?;
        Ok(Some(Item {
            key: head.key,
            value,
            spaced: slice(self.raw, head.before_value..skip_space(self.raw, self.at)),
        }))
    }

    /// Reads the value behind a [`head`](Walk::head).
    pub(super) fn value(&mut self) -> Result<&'a [u8], ReverseError> {
        let start = self.at;
        let end = self.skip()?;
        Ok(slice(self.raw, start..end))
    }

    /// Reads up to the next value, which the caller reads: [`Walk::rest`], then [`Walk::advance`].
    pub(super) fn head(&mut self) -> Result<Option<Head<'a>>, ReverseError> {
        if self.ended {
            return Ok(None);
        }
        let first = std::mem::take(&mut self.first);
        let next = skip_space(self.raw, self.at);
        let close = if self.object { b'}' } else { b']' };
        match self.raw.get(next) {
            Some(byte) if *byte == close => {
                self.tail = self.at;
                self.at = next + 1;
                self.ended = true;
                return Ok(None);
            }
            Some(b',') if !first => self.at = next + 1,
            Some(_) if first => {}
            Some(_) => return Err(ReverseError::NotJson),
            None => return Err(ReverseError::Truncated),
        }
        let start = self.at;
        let (key, key_span) = if self.object {
            let (key, span) = self.key()?;
            (Some(key), span)
        } else {
            (None, start..start)
        };
        let before_value = self.at;
        self.at = skip_space(self.raw, self.at);
        Ok(Some(Head {
            start,
            key,
            key_span,
            before_value,
        }))
    }

    /// Behind what was read.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Goes on behind a value of this length.
    pub(super) const fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// All that was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        slice(self.raw, self.at..self.raw.len())
    }

    /// Reads over a value; the offset behind it is returned.
    fn skip(&mut self) -> Result<usize, ReverseError> {
        self.at += value(self.rest())?.len();
        Ok(self.at)
    }

    fn key(&mut self) -> Result<(RawStr<'a>, Range<usize>), ReverseError> {
        let rest = self.rest();
        let quote = skip_space(rest, 0);
        match rest.get(quote) {
            Some(b'"') => {}
            Some(_) => return Err(ReverseError::NotJson),
            None => return Err(ReverseError::Truncated),
        }
        let (key, length) = lexed_string(slice(rest, quote..rest.len()))?;
        let colon = skip_space(rest, quote + length);
        match rest.get(colon) {
            Some(b':') => {}
            Some(_) => return Err(ReverseError::NotJson),
            None => return Err(ReverseError::Truncated),
        }
        let start = self.at + quote + 1;
        self.at += colon + 1;
        Ok((key, start..start + key.raw().len()))
    }

    /// Checks that the whole text was this one container.
    pub(super) fn end(&self) -> Result<(), ReverseError> {
        if self.ended && skip_space(self.raw, self.at) == self.raw.len() {
            Ok(())
        } else {
            Err(ReverseError::NotJson)
        }
    }
}

/// What is wrong with `rest`, which begins no object or array.
pub(super) fn no_container(rest: &[u8], object: bool) -> ReverseError {
    match RawKind::of(rest) {
        Some(_) if object => ReverseError::Shape("an object was expected"),
        Some(_) => ReverseError::Shape("an array was expected"),
        None => ReverseError::NotJson,
    }
}

/// The value that `rest` begins with.
pub(super) fn value(rest: &[u8]) -> Result<&[u8], ReverseError> {
    match Skim::value().feed(rest)? {
        Some(length) => Ok(slice(rest, 0..length)),
        None => Err(ReverseError::Truncated),
    }
}

/// The string that `rest` begins with, and how long it is with its quotes.
pub(super) fn string(rest: &[u8]) -> Result<(RawStr<'_>, usize), ReverseError> {
    match rest.first() {
        Some(b'"') => lexed_string(rest),
        Some(_) => Err(ReverseError::Shape("a string was expected")),
        None => Err(ReverseError::Truncated),
    }
}

/// The lexer takes `\ud83d` at the end of what is there for half a pair; its other half may be on its way.
fn lexed_string(rest: &[u8]) -> Result<(RawStr<'_>, usize), ReverseError> {
    let mut lexer = Lexer::new(rest)?;
    match lexer.string() {
        Ok(string) => Ok((string, lexer.offset())),
        Err(error) => match Skim::value().feed(rest)? {
            Some(_) => Err(error.into()),
            None => Err(ReverseError::Truncated),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, dropped: &[&str]) -> String {
        let mut out = Vec::new();
        let end = object(
            text.as_bytes(),
            &mut out,
            |key| {
                Ok::<Fate<()>, _>(if dropped.contains(&&*key.decode()) {
                    Fate::Drop
                } else {
                    Fate::Keep
                })
            },
            |(), rest, _| Ok(Edited::Kept(rest.len())),
        )
        .unwrap();
        tail(text.as_bytes(), end, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_stays_keeps_its_bytes() {
        for (text, dropped, left) in [
            (r#"{"t":"x","a":1.10}"#, &["t"][..], r#"{"a":1.10}"#),
            (r#"{"t":"x", "a":1e2}"#, &["t"], r#"{ "a":1e2}"#),
            (r#"{"a":1,"t":"x"}"#, &["t"], r#"{"a":1}"#),
            (r#"{"a":1,"t":"x","b":2}"#, &["t"], r#"{"a":1,"b":2}"#),
            (r#"{"t":1,"t":2,"b":2,"t":3}"#, &["t"], r#"{"b":2}"#),
            (r#"{"a":1,"t":1,"t":2}"#, &["t"], r#"{"a":1}"#),
            (r#"{"t":{"a":[1]}}"#, &["t"], "{}"),
            (r#"{"\u0074":1,"a":"\u0074"}"#, &["t"], r#"{"a":"\u0074"}"#),
            (
                "{\n  \"a\" : 1,\n  \"t\" : 2\n}\n",
                &["t"],
                "{\n  \"a\" : 1\n}\n",
            ),
            (
                " { \"a\" : 1 , \"b\" : 2 } ",
                &[],
                " { \"a\" : 1 , \"b\" : 2 } ",
            ),
            ("{ }", &["t"], "{ }"),
        ] {
            assert_eq!(without(text, dropped), left, "{text}");
        }
    }

    #[test]
    fn an_edited_value_is_written_or_left_out() {
        let mut out = Vec::new();
        object(
            br#"{"a":1,"b":2 ,"c":3}"#,
            &mut out,
            |_| Ok(Fate::Edit(())),
            |(), rest, out| {
                let value = value(rest)?;
                out.extend_from_slice(b"<");
                out.extend_from_slice(value);
                Ok(if value == b"2" {
                    Edited::Left(value.len())
                } else {
                    Edited::Kept(value.len())
                })
            },
        )
        .unwrap();
        assert_eq!(out, br#"{"a":<1,"c":<3}"#);
    }

    #[test]
    fn elements_by_position() {
        let mut out = Vec::new();
        array(
            b"[ 1, [2], 3 ]",
            &mut out,
            |at| {
                if at == 1 {
                    Fate::Drop
                } else {
                    Fate::<()>::Keep
                }
            },
            |(), rest, _| Ok(Edited::Kept(rest.len())),
        )
        .unwrap();
        assert_eq!(out, b"[ 1, 3 ]");
    }

    #[test]
    fn half_an_object_is_none() {
        let text = br#"{ "a" : [1, {"b":"c"}], "d" : true }"#;
        for end in 0..text.len() {
            let cut = &text[..end];
            let mut out = Vec::new();
            let done = object(
                cut,
                &mut out,
                |_| Ok(Fate::<()>::Keep),
                |(), rest, _| Ok(Edited::Kept(rest.len())),
            );
            assert_eq!(done, Err(ReverseError::Truncated), "{end}");
        }
        for broken in [
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":1 \"b\":2}",
            "{,}",
            "{\"a\":1]",
        ] {
            let mut out = Vec::new();
            let done = object(
                broken.as_bytes(),
                &mut out,
                |_| Ok(Fate::<()>::Keep),
                |(), rest, _| Ok(Edited::Kept(rest.len())),
            );
            assert_eq!(done, Err(ReverseError::NotJson), "{broken}");
        }
        assert!(matches!(Walk::object(b"[]"), Err(ReverseError::Shape(_))));
        assert!(matches!(Walk::array(b"{}"), Err(ReverseError::Shape(_))));
    }
}

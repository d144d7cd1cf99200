//! Rewrites one object or array and keeps every byte of what stays: keys, order, spacing, numbers.

use std::ops::Range;

use super::ReverseError;
use super::skim::{Skim, skip_space};
use crate::rewrite::json::{Lexer, RawStr};

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

/// Copies the object that `raw` begins with, member by member; the offset behind it is returned.
///
/// `fate` decides by the key; `edit` writes the value of a member that was chosen for it and says whether it stays.
pub(super) fn object<T>(
    raw: &[u8],
    out: &mut Vec<u8>,
    mut fate: impl FnMut(&RawStr<'_>) -> Result<Fate<T>, ReverseError>,
    edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<bool, ReverseError>,
) -> Result<usize, ReverseError> {
    let mut walk = Walk::object(raw)?;
    copy(
        &mut walk,
        out,
        |item| match &item.key {
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
    edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<bool, ReverseError>,
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
    mut fate: impl FnMut(&Item<'_>) -> Result<Fate<T>, ReverseError>,
    mut edit: impl FnMut(T, &[u8], &mut Vec<u8>) -> Result<bool, ReverseError>,
) -> Result<usize, ReverseError> {
    let raw = walk.raw;
    out.extend_from_slice(slice(raw, 0..walk.at));
    // Neighbours that stay are copied in one go, their commas included.
    let mut run: Option<Range<usize>> = None;
    let mut any = false;
    while let Some(item) = walk.next()? {
        match fate(&item)? {
            Fate::Keep => match &mut run {
                Some(run) => run.end = item.value.end,
                None => {
                    if any {
                        out.push(b',');
                    }
                    any = true;
                    run = Some(item.start..item.value.end);
                }
            },
            Fate::Drop => flush(raw, &mut run, out),
            Fate::Edit(how) => {
                flush(raw, &mut run, out);
                let mark = out.len();
                if any {
                    out.push(b',');
                }
                out.extend_from_slice(slice(raw, item.start..item.value.start));
                if edit(how, slice(raw, item.value), out)? {
                    any = true;
                } else {
                    out.truncate(mark);
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

/// One member or element.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// Behind the bracket or comma before it.
    start: usize,
    /// The key, in an object.
    pub(super) key: Option<RawStr<'a>>,
    value: Range<usize>,
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
            Some(_) if object => return Err(ReverseError::Shape("an object was expected")),
            Some(_) => return Err(ReverseError::Shape("an array was expected")),
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
        let key = if self.object { Some(self.key()?) } else { None };
        let begin = skip_space(self.raw, self.at);
        let value = slice(self.raw, begin..self.raw.len());
        let Some(length) = Skim::default().feed(value)? else {
            return Err(ReverseError::Truncated);
        };
        self.at = begin + length;
        Ok(Some(Item {
            start,
            key,
            value: begin..self.at,
        }))
    }

    /// The bytes of an item's value.
    pub(super) fn value(&self, item: &Item<'_>) -> &'a [u8] {
        slice(self.raw, item.value.clone())
    }

    fn key(&mut self) -> Result<RawStr<'a>, ReverseError> {
        let rest = slice(self.raw, self.at..self.raw.len());
        let mut lexer = Lexer::new(rest)?;
        let key = lexer.string()?;
        let colon = skip_space(rest, lexer.offset());
        match rest.get(colon) {
            Some(b':') => {}
            Some(_) => return Err(ReverseError::NotJson),
            None => return Err(ReverseError::Truncated),
        }
        self.at += colon + 1;
        Ok(key)
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

/// Reads a string value whole.
pub(super) fn string(value: &[u8]) -> Result<RawStr<'_>, ReverseError> {
    if value.first() != Some(&b'"') {
        return Err(ReverseError::Shape("a string was expected"));
    }
    Ok(Lexer::new(value)?.string()?)
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
            |(), _, _| Ok(true),
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
            |(), value, out| {
                out.extend_from_slice(b"<");
                out.extend_from_slice(value);
                Ok(value != b"2")
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
            |(), _, _| Ok(true),
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
            let done = object(cut, &mut out, |_| Ok(Fate::<()>::Keep), |(), _, _| Ok(true));
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
                |(), _, _| Ok(true),
            );
            assert_eq!(done, Err(ReverseError::NotJson), "{broken}");
        }
        assert!(matches!(Walk::object(b"[]"), Err(ReverseError::Shape(_))));
        assert!(matches!(Walk::array(b"{}"), Err(ReverseError::Shape(_))));
    }
}

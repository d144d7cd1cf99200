//! The items of a bulk, in order.

use super::frame::{Line, Lines};
use super::meta::{MATCH_ANY, UNASSIGNED_SEQ_NO};
use super::{Action, BulkError, Meta, VersionType, action};

/// One item of a bulk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    action: Action,
    meta: Meta<'a>,
    line: usize,
    source: Option<&'a [u8]>,
}

impl<'a> Item<'a> {
    /// What it does.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// What its action line says.
    pub const fn meta(&self) -> &Meta<'a> {
        &self.meta
    }

    /// The number of its action line, counted from 1.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The line below the action, without its end, not yet looked at; a deletion has none. A blank line is an empty document,
    /// which is an error of the item and not of the request.
    pub const fn source(&self) -> Option<&'a [u8]> {
        self.source
    }
}

/// Reads a `_bulk` body item by item.
///
/// The node refuses a whole request for a fault that this finds at any line, so a caller that sends before the end must not
/// claim to refuse the request. After an error there is no further item.
///
/// An action line at the very end, whose source line lacks altogether, is no item: the node drops it (tried on 3.8).
///
/// ```
/// use osproxy_layer::rewrite::bulk::Items;
///
/// let items: Result<Vec<_>, _> = Items::of(b"{\"delete\":{\"_id\":\"1\"}}\n\n{\"create\":{}}\r\n{}\r\n")?.collect();
/// let items = items?;
/// assert_eq!(items.iter().map(|item| item.line()).collect::<Vec<_>>(), [1, 3]);
/// assert_eq!(items[1].source(), Some(&b"{}"[..]));
/// assert!(Items::of(b"{\"delete\":{\"_id\":\"1\"}}")?.next().is_some_and(|item| item.is_err()));
/// # Ok::<(), osproxy_layer::rewrite::bulk::BulkError>(())
/// ```
#[derive(Clone)]
pub struct Items<'a> {
    lines: Lines<'a>,
    ended: bool,
}

impl<'a> Items<'a> {
    /// The items of `body`.
    ///
    /// # Errors
    /// When there is no body.
    pub fn of(body: &'a [u8]) -> Result<Self, BulkError> {
        if body.is_empty() {
            return Err(BulkError::no_body());
        }
        Ok(Self {
            lines: Lines::of(body),
            ended: false,
        })
    }

    fn read(&mut self) -> Result<Option<Item<'a>>, BulkError> {
        while let Some(line) = self.lines.next()? {
            let Some((action, meta)) = action::read(line)? else {
                continue;
            };
            let source = if action == Action::Delete {
                None
            } else {
                let Some(source) = self.lines.next()? else {
                    return Ok(None);
                };
                Some(source.bytes)
            };
            check(action, &meta, line)?;
            return Ok(Some(Item {
                action,
                meta,
                line: line.number,
                source,
            }));
        }
        Ok(None)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>, BulkError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read().transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

/// Says nothing of the body.
impl std::fmt::Debug for Items<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// What the node refuses when it builds the item, before it has read the next line.
fn check(action: Action, meta: &Meta<'_>, line: Line<'_>) -> Result<(), BulkError> {
    let versioned = meta.version().is_some_and(|version| version != MATCH_ANY)
        || meta.version_type() != VersionType::Internal;
    if action == Action::Update && versioned {
        let reason = "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead";
        return Err(BulkError::illegal(line.number, reason.into()));
    }
    if let Some(seq_no) = meta.if_seq_no()
        && seq_no < 0
        && seq_no != UNASSIGNED_SEQ_NO
    {
        let reason = format!("sequence numbers must be non negative. got [{seq_no}].");
        return Err(BulkError::illegal(line.number, reason));
    }
    if let Some(term) = meta.if_primary_term()
        && term < 0
    {
        return Err(BulkError::illegal(
            line.number,
            format!("primary term must be non negative. got [{term}]"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Told<'a, Id> = (Action, Option<Id>, usize, Option<&'a str>);

    fn items(body: &str) -> Result<Vec<Told<'_, String>>, BulkError> {
        let told = Items::of(body.as_bytes())?.map(|item| {
            let item = item?;
            let source = item
                .source()
                .map(|source| std::str::from_utf8(source).unwrap());
            Ok((
                item.action(),
                item.meta().id().map(Into::into),
                item.line(),
                source,
            ))
        });
        told.collect()
    }

    #[test]
    fn items_with_their_lines() {
        let two: &[Told<'_, &str>] = &[
            (Action::Index, Some("1"), 1, Some(r#"{"a":1}"#)),
            (Action::Delete, Some("2"), 3, None),
        ];
        let cases: [(&str, &[Told<'_, &str>]); 10] = [
            (
                "{\"index\":{\"_id\":\"1\"}}\n{\"a\":1}\n{\"delete\":{\"_id\":\"2\"}}\n",
                two,
            ),
            (
                "{\"index\":{\"_id\":\"1\"}}\r\n{\"a\":1}\r\n{\"delete\":{\"_id\":\"2\"}}\r\n",
                two,
            ),
            ("\n", &[]),
            (" \n\r\n\t\n", &[]),
            (
                "\n\n{\"delete\":{\"_id\":\"2\"}}\n\n",
                &[(Action::Delete, Some("2"), 3, None)],
            ),
            (
                "{\"index\":{\"_id\":\"1\"}}\n\n",
                &[(Action::Index, Some("1"), 1, Some(""))],
            ),
            (
                "{\"index\":{\"_id\":\"1\"}}\n\r\n",
                &[(Action::Index, Some("1"), 1, Some(""))],
            ),
            ("{\"index\":{\"_id\":\"1\"}}\n", &[]),
            (
                "{\"delete\":{\"_id\":\"2\"}}\n{\"update\":{\"_id\":\"1\"}}\n",
                &[(Action::Delete, Some("2"), 1, None)],
            ),
            // D-22: a line is a line, whatever the JSON says; here the source is `{` and the next line no action.
            (
                "{\"delete\":{}}\n{\"create\":{}}\n{\n",
                &[
                    (Action::Delete, None, 1, None),
                    (Action::Create, None, 2, Some("{")),
                ],
            ),
        ];
        for (body, expected) in cases {
            let told = items(body).unwrap();
            let told: Vec<Told<'_, &str>> = told
                .iter()
                .map(|(action, id, line, source)| (*action, id.as_deref(), *line, *source))
                .collect();
            assert_eq!(told, expected, "{body:?}");
        }
    }

    #[test]
    fn what_is_refused_whole() {
        for (body, error_type, line, reason) in [
            ("", "parse_exception", None, "request body is required"),
            (
                "{\"index\":{}}\n{\"a\":1}",
                "illegal_argument_exception",
                Some(2),
                "The bulk request must be terminated by a newline [\\n]",
            ),
            (
                "{\"delete\":{}}",
                "illegal_argument_exception",
                Some(1),
                "The bulk request must be terminated by a newline [\\n]",
            ),
            (
                "{\"delete\":{}}\n ",
                "illegal_argument_exception",
                Some(2),
                "The bulk request must be terminated by a newline [\\n]",
            ),
            (
                "{\"index\":{}}\n{}\n\n{\"foo\":{}}\n{}\n",
                "illegal_argument_exception",
                Some(4),
                "Malformed action/metadata line [4], expected one of [create, delete, index, update] but found [foo]",
            ),
            (
                "{\"update\":{\"_id\":\"1\",\"version\":3}}\n{\"foo\":1}\n",
                "illegal_argument_exception",
                Some(1),
                "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead",
            ),
            (
                "{\"update\":{\"_id\":\"1\",\"version_type\":\"external\"}}\n{\"doc\":{}}\n",
                "illegal_argument_exception",
                Some(1),
                "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead",
            ),
            (
                "{\"index\":{\"if_seq_no\":-1}}\n{}\n",
                "illegal_argument_exception",
                Some(1),
                "sequence numbers must be non negative. got [-1].",
            ),
            (
                "{\"delete\":{\"if_primary_term\":-1}}\n",
                "illegal_argument_exception",
                Some(1),
                "primary term must be non negative. got [-1]",
            ),
        ] {
            let error = items(body).unwrap_err();
            assert_eq!(
                (error.error_type(), error.line(), error.reason()),
                (error_type, line, reason),
                "{body:?}"
            );
            assert!(!format!("{error:?}").contains("foo"), "{error:?}");
        }
        for passes in [
            "{\"update\":{\"version\":-3,\"version_type\":\"internal\"}}\n{}\n",
            "{\"index\":{\"if_seq_no\":-2}}\n{}\n",
            "{\"index\":{\"if_seq_no\":-1}}\n", // dropped before it is built
        ] {
            assert!(items(passes).is_ok(), "{passes}");
        }
    }

    #[test]
    fn nothing_follows_an_error() {
        let mut items = Items::of(b"x\n{\"delete\":{\"_id\":\"2\"}}\n").unwrap();
        assert!(items.next().unwrap().is_err());
        assert!(items.next().is_none());
    }

    proptest! {
        #[test]
        fn written_items_come_back(
            written in prop::collection::vec((0..4usize, prop::option::of("[a-z\"\\\\é/]{0,5}"), "[a-z{}\" ]{0,8}", "\r?", "[ \t]{0,1}"), 0..12)
        ) {
            let mut body = String::new();
            let mut expected = Vec::new();
            let mut lines = 0;
            for (which, id, source, cr, blank) in &written {
                let action = [Action::Index, Action::Create, Action::Update, Action::Delete][*which];
                let meta = id.as_ref().map_or(String::new(), |id| format!("\"_id\":{}", serde_json::to_string(id).unwrap()));
                if !blank.is_empty() {
                    body.push_str(&format!("{blank}{cr}\n"));
                    lines += 1;
                }
                body.push_str(&format!("{{\"{}\":{{{meta}}}}}{cr}\n", action.as_str()));
                lines += 1;
                let source = (action != Action::Delete).then_some(source.as_str());
                expected.push((action, id.clone(), lines, source));
                if let Some(source) = source {
                    body.push_str(&format!("{source}{cr}\n"));
                    lines += 1;
                }
            }
            if !body.is_empty() {
                prop_assert_eq!(items(&body).unwrap(), expected);
                body.pop();
                let cut = items(&body);
                prop_assert!(body.is_empty() || body.ends_with('\n') || cut.is_err());
            }
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"{}\":,\n\r indexlt_1\xFF".to_vec()), 1..64)) {
            let _ = Items::of(&bytes).unwrap().count();
        }
    }
}

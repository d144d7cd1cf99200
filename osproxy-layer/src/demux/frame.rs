//! What stands around the items of an answer that is put together here, compact or with line breaks.
//!
//! A cluster that is asked with `pretty` spaces its items for the place that they have in an answer of the same shape, so
//! only what is between them, and what is authored here, is spaced here.

use crate::rewrite::json::{new_line, respace};

/// The level of an item: in a list, in an object.
const LEVEL: usize = 2;

/// Writes a list item by item.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pretty: bool,
    any: bool,
}

impl Frame {
    pub(super) const fn new(pretty: bool) -> Self {
        Self { pretty, any: false }
    }

    /// What stands before the first item: members with values that are JSON, and the key of the list.
    pub(super) fn open(self, members: &[(&str, &str)], list: &str) -> Vec<u8> {
        let mut out = b"{".to_vec();
        for (key, value) in members {
            self.key(key, &mut out);
            out.extend_from_slice(value.as_bytes());
            out.push(b',');
        }
        self.key(list, &mut out);
        out.push(b'[');
        out
    }

    /// What stands before the next item.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.any, true) {
            out.push(b',');
        }
        if self.pretty {
            new_line(out, LEVEL);
        }
    }

    /// Spaces an item that was authored compactly from `mark` on.
    pub(super) fn authored(self, mark: usize, out: &mut Vec<u8>) {
        if self.pretty {
            respace(out, mark, LEVEL);
        }
    }

    /// What stands behind the last item.
    pub(super) fn close(self, out: &mut Vec<u8>) {
        match (self.pretty, self.any) {
            (false, _) => out.extend_from_slice(b"]}"),
            (true, false) => out.extend_from_slice(b" ]\n}\n"),
            (true, true) => out.extend_from_slice(b"\n  ]\n}\n"),
        }
    }

    fn key(self, key: &str, out: &mut Vec<u8>) {
        if self.pretty {
            new_line(out, 1);
        }
        out.push(b'"');
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(if self.pretty { b"\" : " } else { b"\":" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(pretty: bool, items: &[&str]) -> String {
        let mut frame = Frame::new(pretty);
        let mut out = frame.open(&[("took", "3"), ("errors", "false")], "items");
        for item in items {
            frame.next(&mut out);
            let mark = out.len();
            out.extend_from_slice(item.as_bytes());
            frame.authored(mark, &mut out);
        }
        frame.close(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn is_compact_or_spaced_as_the_node_does() {
        assert_eq!(
            framed(false, &["{\"a\":1}", "{}"]),
            r#"{"took":3,"errors":false,"items":[{"a":1},{}]}"#
        );
        assert_eq!(
            framed(false, &[]),
            r#"{"took":3,"errors":false,"items":[]}"#
        );
        assert_eq!(
            framed(true, &["{\"a\":1}", "{}"]),
            "{\n  \"took\" : 3,\n  \"errors\" : false,\n  \"items\" : [\n    {\n      \"a\" : 1\n    },\n    { }\n  ]\n}\n"
        );
        assert_eq!(
            framed(true, &[]),
            "{\n  \"took\" : 3,\n  \"errors\" : false,\n  \"items\" : [ ]\n}\n"
        );
    }
}

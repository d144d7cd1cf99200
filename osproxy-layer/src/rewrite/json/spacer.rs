//! JSON in chunks, written again with the line breaks of `pretty`: for what the client's filter has cut, which keeps no
//! spacing of the cluster's.

use memchr::memchr2;

use super::new_line;

/// Writes valid JSON with the node's spacing while it passes. Memory does not grow with the text.
///
/// Of what is no JSON nothing is lost either: bytes outside of strings that are blanks are the only ones left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spacer {
    level: usize,
    /// Whether the value is a text of its own, which a line break ends.
    whole: bool,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Behind a value, a key, or at the beginning.
    Between,
    /// Behind an opening bracket: whether anything follows decides what comes next.
    Opened,
    InString {
        escaped: bool,
    },
}

impl Spacer {
    /// For a whole text, an object or an array.
    pub(crate) const fn whole() -> Self {
        Self {
            whole: true,
            ..Self::at_level(0)
        }
    }

    /// For a value that stands at a level of a larger one.
    pub(crate) const fn at_level(level: usize) -> Self {
        Self {
            level,
            whole: false,
            at: At::Between,
        }
    }

    /// Reads a chunk.
    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let mut rest = chunk;
        while let Some((byte, behind)) = rest.split_first() {
            rest = match self.at {
                At::InString { escaped: true } => {
                    out.push(*byte);
                    self.at = At::InString { escaped: false };
                    behind
                }
                At::InString { escaped: false } => self.string(rest, out),
                At::Opened | At::Between => {
                    self.outside(*byte, out);
                    behind
                }
            };
        }
    }

    /// Copies up to what ends or escapes.
    fn string<'a>(&mut self, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(found) = memchr2(b'"', b'\\', rest) else {
            out.extend_from_slice(rest);
            return &[];
        };
        let (text, behind) = rest.split_at_checked(found + 1).unwrap_or((rest, &[]));
        out.extend_from_slice(text);
        self.at = match text.last() {
            Some(b'"') => At::Between,
            _ => At::InString { escaped: true },
        };
        behind
    }

    fn outside(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'}' | b']' => {
                self.level = self.level.saturating_sub(1);
                match self.at {
                    At::Opened => out.push(b' '),
                    _ => new_line(out, self.level),
                }
                out.push(byte);
                self.at = At::Between;
                if self.whole && self.level == 0 {
                    out.push(b'\n');
                }
            }
            _ => {
                if self.at == At::Opened {
                    new_line(out, self.level);
                }
                self.at = At::Between;
                match byte {
                    b'{' | b'[' => {
                        out.push(byte);
                        self.level += 1;
                        self.at = At::Opened;
                    }
                    b',' => {
                        out.push(byte);
                        new_line(out, self.level);
                    }
                    b':' => out.extend_from_slice(b" : "),
                    b'"' => {
                        out.push(byte);
                        self.at = At::InString { escaped: false };
                    }
                    _ => out.push(byte),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::json::{tree, write_pretty};

    fn spaced(text: &[u8], level: usize, cut: usize) -> Vec<u8> {
        let mut spacer = match level {
            0 => Spacer::whole(),
            _ => Spacer::at_level(level),
        };
        let mut out = Vec::new();
        for chunk in text.chunks(cut.max(1)) {
            spacer.push(chunk, &mut out);
        }
        out
    }

    #[test]
    fn spaces_as_the_node_does_whatever_the_spacing_was() {
        let text = br#" {"a":{ },"b":[],"c":[1.10, {"d\"\\":"x, {y}: []"}] ,"e":null}"#;
        let expected = "{\n  \"a\" : { },\n  \"b\" : [ ],\n  \"c\" : [\n    1.10,\n    {\n      \"d\\\"\\\\\" : \"x, {y}: []\"\n    }\n  ],\n  \"e\" : null\n}\n";
        for cut in [1, 2, 7, 1000] {
            assert_eq!(String::from_utf8_lossy(&spaced(text, 0, cut)), expected);
        }
        assert_eq!(spaced(expected.as_bytes(), 0, 3), expected.as_bytes());
        assert_eq!(spaced(b"[1]", 1, 9), b"[\n    1\n  ]");
    }

    proptest! {
        /// The tree's writer is the oracle.
        #[test]
        fn agrees_with_the_trees_writer(
            cut in 1_usize..40,
            value in proptest::collection::vec(("[a-z{}:,\"\\\\]{0,6}", -9_i32..9, any::<bool>()), 0..5),
        ) {
            let members: serde_json::Map<_, _> = value
                .into_iter()
                .map(|(key, number, nested)| {
                    let leaf = serde_json::json!([number, key]);
                    (key, if nested { serde_json::json!({"in": leaf, "none": {}}) } else { leaf })
                })
                .collect();
            let text = serde_json::to_vec(&members).unwrap();
            let expected = write_pretty(&tree::parse(&text, 16).unwrap());
            prop_assert_eq!(spaced(&text, 0, cut), expected);
        }
    }
}

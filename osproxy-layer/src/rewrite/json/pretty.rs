//! JSON with line breaks, as the node writes it for `pretty`: what is authored here has no spacing of the cluster's to
//! keep.
//!
//! ```text
//! {
//!   "name" : "osproxy",
//!   "roles" : [
//!     "data"
//!   ],
//!   "attributes" : { }
//! }
//! ```

use super::tree::{self, Value};
use super::{Spacer, write_string};

/// Writes a value and a line break after it.
pub(crate) fn write_pretty(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_at(&mut out, value, 0);
    out.push(b'\n');
    out
}

/// Writes what was authored as compact text, from `from` on, again with line breaks, as it stands at a level of a larger
/// value.
pub(crate) fn respace(out: &mut Vec<u8>, from: usize, level: usize) {
    let text = out.split_off(from.min(out.len()));
    Spacer::at_level(level).push(&text, out);
}

/// Recursive, but a tree has a bounded depth.
fn write_at(out: &mut Vec<u8>, value: &Value<'_>, level: usize) {
    match value {
        Value::Array(elements) if elements.is_empty() => out.extend_from_slice(b"[ ]"),
        Value::Object(object) if object.is_empty() => out.extend_from_slice(b"{ }"),
        Value::Array(elements) => {
            out.push(b'[');
            for (at, element) in elements.iter().enumerate() {
                separate(out, at, level + 1);
                write_at(out, element, level + 1);
            }
            new_line(out, level);
            out.push(b']');
        }
        Value::Object(object) => {
            out.push(b'{');
            for (at, (key, member)) in object.iter().enumerate() {
                separate(out, at, level + 1);
                write_string(out, key);
                out.extend_from_slice(b" : ");
                write_at(out, member, level + 1);
            }
            new_line(out, level);
            out.push(b'}');
        }
        scalar => tree::write_into(out, scalar),
    }
}

fn separate(out: &mut Vec<u8>, at: usize, level: usize) {
    if at > 0 {
        out.push(b',');
    }
    new_line(out, level);
}

/// A line break, and the indentation of a level.
pub(crate) fn new_line(out: &mut Vec<u8>, level: usize) {
    out.push(b'\n');
    out.resize(out.len() + 2 * level, b' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::json::tree;

    /// As a 3.8.0 node answered to `GET /_nodes/http?pretty` and `GET /{index}?pretty`, cut.
    #[test]
    fn is_spaced_as_the_nodes_own() {
        let text = r#"{
  "nodes" : {
    "a" : {
      "roles" : [
        "data",
        "ingest"
      ],
      "attributes" : { },
      "none" : [ ]
    }
  },
  "total" : 1.10
}
"#;
        let value = tree::parse(text.as_bytes(), 8).expect("parses");
        assert_eq!(String::from_utf8_lossy(&write_pretty(&value)), text);
    }

    #[test]
    fn what_was_authored_is_spaced_in_its_place() {
        let mut out = b"[\n  {\"a\":[1]}".to_vec();
        respace(&mut out, 4, 1);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "[\n  {\n    \"a\" : [\n      1\n    ]\n  }"
        );
    }

    #[test]
    fn an_array_of_rows_is_a_list_of_objects() {
        let value = tree::parse(br#"[{"a":"1"},{"b":null}]"#, 8).expect("parses");
        assert_eq!(
            String::from_utf8_lossy(&write_pretty(&value)),
            "[\n  {\n    \"a\" : \"1\"\n  },\n  {\n    \"b\" : null\n  }\n]\n"
        );
    }
}

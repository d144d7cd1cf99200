//! How a whole answer is written for its client: the parts that `filter_path` asks for, with line breaks where `pretty`
//! does.

use super::filter_path::{FilterError, FilterPath};
use super::json::tree::{self, Value};
use super::json::{MAX_DEPTH, write_pretty};

/// What a client wants of the writing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writing {
    pub(crate) pretty: bool,
    pub(crate) filter: Option<FilterPath>,
}

impl Writing {
    /// Writes a value that is an object or, for a table, an array of objects.
    pub(crate) fn write(&self, value: &Value<'_>) -> Result<Vec<u8>, FilterError> {
        let text = match (&self.filter, value) {
            (None, _) if self.pretty => return Ok(write_pretty(value)),
            (None, _) => return Ok(tree::write(value)),
            // The paths of a table's filter begin inside of a row.
            (Some(filter), Value::Array(rows)) => {
                let mut out = vec![b'['];
                for row in rows {
                    let kept = filter.apply(&tree::write(row))?;
                    if kept != b"{}" {
                        if out.len() > 1 {
                            out.push(b',');
                        }
                        out.extend_from_slice(&kept);
                    }
                }
                out.push(b']');
                out
            }
            (Some(filter), _) => filter.apply(&tree::write(value))?,
        };
        if !self.pretty {
            return Ok(text);
        }
        let filtered = tree::parse(&text, MAX_DEPTH).map_err(|_| FilterError::NotJson)?;
        Ok(write_pretty(&filtered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_and_spacing_go_together() {
        let value = tree::parse(br#"{"a":{"b":1,"c":2},"d":3}"#, 8).expect("parses");
        let writing = |pretty, filter: &str| Writing {
            pretty,
            filter: (!filter.is_empty()).then(|| FilterPath::parse(filter).expect("parses")),
        };
        for (pretty, filter, text) in [
            (false, "", r#"{"a":{"b":1,"c":2},"d":3}"#),
            (false, "a.b", r#"{"a":{"b":1}}"#),
            (true, "d", "{\n  \"d\" : 3\n}\n"),
        ] {
            let out = writing(pretty, filter).write(&value).expect("writes");
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
        let rows = tree::parse(br#"[{"a":"1","b":"2"},{"b":"3"}]"#, 8).expect("parses");
        let out = writing(false, "a").write(&rows).expect("writes");
        assert_eq!(String::from_utf8_lossy(&out), r#"[{"a":"1"}]"#);
    }
}

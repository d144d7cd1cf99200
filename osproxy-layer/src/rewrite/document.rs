//! The write path: one source document is checked and gets its injected fields, in one pass.
//!
//! The fields are spliced in behind the first `{`; every other byte stays as it was sent, so numbers, key order and spacing
//! of `_source` survive. What makes the splice safe is the check of the root's keys: none may be, in any spelling that the
//! node takes for it, a field that we inject, and none may be a field of the engine's own, which one document can break for
//! a whole index (rows D-01 to D-09 and P-08 of the catalogue). A nested key may be anything.
//!
//! ```
//! use osproxy_layer::rewrite::document::{DocumentRules, Injection, inject};
//!
//! let rules = DocumentRules::new("_tenant")?.allow_root_keys(["_class"]);
//! let injection = Injection::default().string("_tenant", "acme");
//! let mut out = Vec::new();
//! inject(br#"{ "total": 1.10 }"#, &rules, &injection, &mut out)?;
//! assert_eq!(out, br#"{"_tenant":"acme", "total": 1.10 }"#);
//! assert!(inject(br#"{"_tenant.":"globex"}"#, &rules, &injection, &mut out).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod rules;

pub use error::{DocumentError, RootKeyFault};
pub use rules::{DocumentRules, MAX_DOCUMENT_DEPTH, RulesError};

use super::json::{JsonError, JsonErrorKind, Lexer, RawKind, UniqueKeys, write_string};

/// The fields that are spliced into each document of one partition, rendered once.
///
/// ```
/// use osproxy_layer::rewrite::document::Injection;
///
/// let injection = Injection::default().string("_tenant", "acme").value("tier", &serde_json::json!(2));
/// assert_eq!(injection.as_bytes(), br#""_tenant":"acme","tier":2"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Injection {
    members: Vec<u8>,
}

impl Injection {
    /// Adds a field with a string.
    #[must_use]
    pub fn string(mut self, field: &str, value: &str) -> Self {
        self.key(field);
        write_string(&mut self.members, value);
        self
    }

    /// Adds a field with any JSON value, written without white space: a document may be a line of a bulk.
    #[must_use]
    pub fn value(mut self, field: &str, value: &serde_json::Value) -> Self {
        self.key(field);
        self.members.extend_from_slice(value.to_string().as_bytes());
        self
    }

    /// The members as they are spliced in, without the braces.
    pub fn as_bytes(&self) -> &[u8] {
        &self.members
    }

    fn key(&mut self, field: &str) {
        if !self.members.is_empty() {
            self.members.push(b',');
        }
        write_string(&mut self.members, field);
        self.members.push(b':');
    }
}

/// Neither names nor values: they are a tenant's.
impl std::fmt::Debug for Injection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Injection")
            .field("len", &self.members.len())
            .finish_non_exhaustive()
    }
}

/// Checks one whole document and appends it with its injected fields to `out`.
///
/// # Errors
/// A [`DocumentError`]; `out` is then as it was.
pub fn inject(
    source: &[u8],
    rules: &DocumentRules,
    injection: &Injection,
    out: &mut Vec<u8>,
) -> Result<(), DocumentError> {
    if source.is_empty() {
        return Err(DocumentError::Empty);
    }
    let mut lexer = Lexer::new(source)?;
    let point = splice_point(&mut lexer, rules, source)?;
    lexer.end()?;
    splice(source, &[point], injection, out);
    Ok(())
}

/// Where the members of an injection go into an object: behind its brace, with a comma when others follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct SplicePoint {
    at: usize,
    comma: bool,
}

/// Checks the document at the cursor, which is left behind it.
pub(super) fn splice_point<'a>(
    lexer: &mut Lexer<'a>,
    rules: &DocumentRules,
    text: &'a [u8],
) -> Result<SplicePoint, DocumentError> {
    match lexer.peek() {
        Ok(RawKind::Object) => {}
        // The node tells by the first byte whether it is a document at all, and so do we, before what else is wrong.
        _ => return Err(DocumentError::NotAnObject),
    }
    let at = lexer.offset() + 1;
    let mut comma = false;
    let mut keys = UniqueKeys::of(text);
    lexer.walk_value(MAX_DOCUMENT_DEPTH, |key| {
        comma = true;
        let print = keys.fingerprint(key);
        rules.check(key, print)?;
        if keys.insert_printed(key, print) {
            Ok(())
        } else {
            Err(DocumentError::from(JsonError::new(
                JsonErrorKind::DuplicateKey,
                key.offset(),
            )))
        }
    })?;
    Ok(SplicePoint { at, comma })
}

/// Appends `text` with the injection at each of its places, which are in order.
pub(super) fn splice(
    text: &[u8],
    points: &[SplicePoint],
    injection: &Injection,
    out: &mut Vec<u8>,
) {
    out.reserve(text.len() + points.len() * (injection.members.len() + 1));
    let mut written = 0;
    for point in points {
        out.extend_from_slice(text.get(written..point.at).unwrap_or_default());
        out.extend_from_slice(&injection.members);
        if point.comma && !injection.members.is_empty() {
            out.push(b',');
        }
        written = point.at;
    }
    out.extend_from_slice(text.get(written..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn rules() -> DocumentRules {
        DocumentRules::new("_tenant")
            .unwrap()
            .allow_root_keys(["_class"])
    }

    fn acme() -> Injection {
        Injection::default().string("_tenant", "acme")
    }

    fn injected(source: &str) -> Result<String, DocumentError> {
        let mut out = b"before".to_vec();
        let result = inject(source.as_bytes(), &rules(), &acme(), &mut out);
        let out = String::from_utf8(out).unwrap();
        let added = out.strip_prefix("before").unwrap().to_owned();
        if result.is_err() {
            assert_eq!(added, "", "an error must leave the buffer alone");
        }
        result.map(|()| added)
    }

    #[test]
    fn splices_behind_the_brace_and_touches_nothing_else() {
        for (source, expected) in [
            ("{}", r#"{"_tenant":"acme"}"#),
            (" { } ", r#" {"_tenant":"acme" } "#),
            (r#"{"a":1}"#, r#"{"_tenant":"acme","a":1}"#),
            (
                "{\r\n  \"b\" : 1.10,\n \"a\":1e2, \"n\":123456789012345678901234567890, \"e\":\"\\u0041\"}\n",
                "{\"_tenant\":\"acme\",\r\n  \"b\" : 1.10,\n \"a\":1e2, \"n\":123456789012345678901234567890, \"e\":\"\\u0041\"}\n",
            ),
            (
                r#"{"o":{"_tenant":"x","_id":1,"":2}}"#,
                r#"{"_tenant":"acme","o":{"_tenant":"x","_id":1,"":2}}"#,
            ),
            (
                r#"{"_class":"com.x.Y","_SYSTEMD_UNIT":"a"}"#,
                r#"{"_tenant":"acme","_class":"com.x.Y","_SYSTEMD_UNIT":"a"}"#,
            ),
        ] {
            assert_eq!(injected(source).unwrap(), expected);
        }
    }

    #[test]
    fn no_injection_leaves_the_bytes_alone() {
        let mut out = Vec::new();
        for source in [&b"{}"[..], b"{\"a\":1}"] {
            out.clear();
            inject(source, &rules(), &Injection::default(), &mut out).unwrap();
            assert_eq!(out, source);
        }
    }

    #[test]
    fn several_members_and_escaped_values() {
        let injection = Injection::default()
            .string("_tenant", "a\"b")
            .value("t", &serde_json::json!({"x": [1, "\n"]}));
        assert_eq!(
            injection.as_bytes(),
            br#""_tenant":"a\"b","t":{"x":[1,"\n"]}"#
        );
        assert_eq!(format!("{injection:?}"), "Injection { len: 35, .. }");
    }

    #[test]
    fn what_the_node_calls_no_document() {
        assert_eq!(injected(""), Err(DocumentError::Empty));
        for source in [" ", "[1]", "\"a\"", "1", "null", "garbage", "/* c */{}"] {
            assert_eq!(
                injected(source),
                Err(DocumentError::NotAnObject),
                "{source}"
            );
        }
    }

    #[test]
    fn what_is_broken_is_told_with_its_kind() {
        use JsonErrorKind::*;
        for (source, kind) in [
            (r#"{"a":"#, Unterminated),
            (r#"{"a":1,}"#, Syntax),
            (r#"{"a":1} x"#, TrailingBytes),
            (r#"{"a":1}{"b":1}"#, TrailingBytes),
            (r#"{"a":1} // c"#, TrailingBytes),
            (r#"{"a":1,"a":2}"#, DuplicateKey),
            (r#"{"a":1,"\u0061":2}"#, DuplicateKey),
            ("\u{feff}{}", Bom),
            (r#"{"s":"\ud800"}"#, LoneSurrogate),
        ] {
            match injected(source).unwrap_err() {
                DocumentError::Json(error) => assert_eq!(error.kind(), kind, "{source}"),
                other => panic!("{source}: {other:?}"),
            }
        }
        let deep = |levels: usize| format!("{}1{}", r#"{"d":"#.repeat(levels), "}".repeat(levels));
        assert!(injected(&deep(100)).is_ok());
        assert!(
            matches!(injected(&deep(101)), Err(DocumentError::Json(error)) if error.kind() == Depth)
        );
        let mut out = Vec::new();
        let overlong = inject(
            b"{\"\xC1\x9Ftenant\":\"globex\"}",
            &rules(),
            &acme(),
            &mut out,
        );
        assert!(matches!(overlong, Err(DocumentError::Json(error)) if error.kind() == NotUtf8));
    }

    proptest! {
        #[test]
        fn what_goes_out_is_what_came_in_and_the_field(
            members in prop::collection::btree_map("[a-z.A-Z_ ]{0,6}", "[0-9]{1,3}|\"[a-z\\\\\"]?\"|\\{\\}|\\[1, 2\\]", 0..6),
            space in "[ \n]{0,2}",
        ) {
            let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\":{space}{value}")).collect();
            let source = format!("{space}{{{space}{}}}{space}", members.join(","));
            if let Ok(out) = injected(&source) {
                let mut tree: Value = serde_json::from_str(&out).unwrap();
                prop_assert_eq!(tree.as_object_mut().unwrap().remove("_tenant"), Some(Value::from("acme")));
                prop_assert_eq!(tree, serde_json::from_str::<Value>(&source).unwrap());
                let comma = if members.is_empty() { "" } else { "," };
                prop_assert_eq!(out.replacen(&format!("\"_tenant\":\"acme\"{comma}"), "", 1), source);
            }
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u._1 a\xC3\xA9\n".to_vec()), 0..32)) {
            let _ = inject(&bytes, &rules(), &acme(), &mut Vec::new());
        }
    }
}

//! The body of `_update`: read strictly, its documents checked and injected like any other.
//!
//! An update writes in two ways: `doc` is merged into what is stored, `upsert` is stored where nothing is. Either can carry
//! the partition field in some spelling or lack it, so both are spliced (D-11, D-12); `doc` always, since a `doc_as_upsert`
//! in the URL turns it into a document of its own. A script could write anything (D-13).
//!
//! Reading and rewriting are two steps, because a bulk must know of a broken body before it sends anything, and of the
//! placement only later.
//!
//! ```
//! use osproxy_layer::rewrite::document::{DocumentRules, Injection};
//! use osproxy_layer::rewrite::update::{Scripts, UpdateBody};
//!
//! let body = UpdateBody::read(br#"{"doc":{"n":1},"doc_as_upsert":true}"#)?;
//! assert_eq!(body.facts().doc_as_upsert(), Some(true));
//! let mut out = Vec::new();
//! let rules = DocumentRules::new("_tenant")?;
//! body.rewrite(&rules, &Injection::default().string("_tenant", "acme"), Scripts::Refused, &mut out)?;
//! assert_eq!(out, br#"{"doc":{"_tenant":"acme","n":1},"doc_as_upsert":true}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
pub(in crate::rewrite) mod source_filter;

pub use error::UpdateError;
use source_filter::FilterError;

use std::ops::Range;

use super::document::{DocumentRules, Injection, MAX_DOCUMENT_DEPTH, splice, splice_point};
use super::json::{
    CoercionError, JsonError, JsonErrorKind, Lexer, MAX_DEPTH, RawKind, RawStr, Scalar, UniqueKeys,
};

/// An update's body that was read and found sound.
#[derive(Clone)]
pub struct UpdateBody<'a> {
    text: &'a [u8],
    /// Where `doc` and `upsert` begin, in the order of the text.
    documents: [Option<usize>; 2],
    facts: UpdateFacts,
}

/// What the body of an update says beside its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateFacts {
    has_doc: bool,
    has_upsert: bool,
    has_script: bool,
    doc_as_upsert: Option<bool>,
    scripted_upsert: Option<bool>,
    detect_noop: Option<bool>,
    if_seq_no: Option<i64>,
    if_primary_term: Option<i64>,
    source: Option<Range<usize>>,
}

/// Whether an update may bring a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third answer")]
pub enum Scripts {
    /// Where an index belongs to one partition.
    Allowed,
    /// Where it is shared (D-13).
    Refused,
}

/// The keys that the node knows, each with the kinds of values that it takes.
const KEYS: [(&str, Key, &[RawKind]); 9] = [
    ("doc", Key::Doc, &[RawKind::Object]),
    ("upsert", Key::Upsert, &[RawKind::Object]),
    (
        "doc_as_upsert",
        Key::DocAsUpsert,
        &[RawKind::Bool, RawKind::String],
    ),
    (
        "detect_noop",
        Key::DetectNoop,
        &[RawKind::Bool, RawKind::String],
    ),
    (
        "_source",
        Key::Source,
        &[
            RawKind::Bool,
            RawKind::String,
            RawKind::Array,
            RawKind::Object,
        ],
    ),
    ("script", Key::Script, &[RawKind::String, RawKind::Object]),
    (
        "scripted_upsert",
        Key::ScriptedUpsert,
        &[RawKind::Bool, RawKind::String],
    ),
    (
        "if_seq_no",
        Key::IfSeqNo,
        &[RawKind::Number, RawKind::String],
    ),
    (
        "if_primary_term",
        Key::IfPrimaryTerm,
        &[RawKind::Number, RawKind::String],
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Doc,
    Upsert,
    DocAsUpsert,
    DetectNoop,
    Source,
    Script,
    ScriptedUpsert,
    IfSeqNo,
    IfPrimaryTerm,
}

impl<'a> UpdateBody<'a> {
    /// Reads a body, or the line below a bulk's update action.
    ///
    /// An empty body of the single call is told here like an empty line of a bulk; the node words it differently, and may be
    /// asked itself, since nothing in it needs a rewrite.
    ///
    /// # Errors
    /// When it is no strict JSON object of the keys that the node knows, or goes on behind the object (D-11).
    pub fn read(text: &'a [u8]) -> Result<Self, UpdateError> {
        let mut lexer = Lexer::new(text)?;
        if lexer.clone().end().is_ok() {
            return Err(UpdateError::no_object(text, None));
        }
        match lexer.peek()? {
            RawKind::Object => lexer.begin_object()?,
            other => return Err(UpdateError::no_object(text, Some((lexer.offset(), other)))),
        }
        let mut body = Self {
            text,
            documents: [None; 2],
            facts: UpdateFacts::default(),
        };
        let mut seen = 0u16;
        let mut first = true;
        while let Some(name) = lexer.next_key(&mut first)? {
            let Some(&(field, key, kinds)) = KEYS.iter().find(|(field, ..)| name.is(field)) else {
                // The node has read the next token by now, and complains of that one first.
                if !matches!(
                    lexer.peek()?,
                    RawKind::Object | RawKind::Array | RawKind::String
                ) {
                    lexer.skip_value(MAX_DEPTH)?;
                }
                return Err(UpdateError::unknown(text, name));
            };
            let bit = 1 << key as u16;
            if seen & bit != 0 {
                return Err(duplicate(name).into());
            }
            seen |= bit;
            let kind = lexer.peek()?;
            if !kinds.contains(&kind) {
                return Err(UpdateError::unsupported(text, lexer.offset(), field, kind));
            }
            body.field(&mut lexer, field, key)?;
        }
        lexer.end()?;
        Ok(body)
    }

    /// What it says beside its documents.
    pub const fn facts(&self) -> &UpdateFacts {
        &self.facts
    }

    /// The `_source` filter for the answer, as JSON; it beats the URL's (D-14).
    pub fn source(&self) -> Option<&'a [u8]> {
        self.text.get(self.facts.source.clone()?)
    }

    /// Checks `doc` and `upsert` by the rules of a shared index and appends the body with both injected to `out`.
    ///
    /// # Errors
    /// When one of them is refused, or a script is; `out` is then as it was. In a bulk this fails the item alone.
    pub fn rewrite(
        &self,
        rules: &DocumentRules,
        injection: &Injection,
        scripts: Scripts,
        out: &mut Vec<u8>,
    ) -> Result<(), UpdateError> {
        if scripts == Scripts::Refused {
            if self.facts.has_script {
                return Err(UpdateError::script("script"));
            }
            if self.facts.scripted_upsert == Some(true) {
                return Err(UpdateError::script("scripted_upsert"));
            }
        }
        let mut points = Vec::with_capacity(self.documents.len());
        for start in self.documents.iter().flatten() {
            let mut lexer = Lexer::starting_at(self.text, *start);
            points.push(splice_point(&mut lexer, rules, self.text).map_err(UpdateError::document)?);
        }
        splice(self.text, &points, injection, out);
        Ok(())
    }

    fn field(
        &mut self,
        lexer: &mut Lexer<'a>,
        field: &'static str,
        key: Key,
    ) -> Result<(), UpdateError> {
        let text = self.text;
        let start = lexer.offset();
        let within = |error: JsonError| UpdateError::within(text, field, error);
        let coercion = |error: CoercionError| {
            UpdateError::value(text, start, field, error.error_type(), error.to_string())
        };
        let flag = |lexer: &mut Lexer<'a>| -> Result<Option<bool>, UpdateError> {
            Ok(Some(Scalar::read(lexer)?.boolean().map_err(coercion)?))
        };
        match key {
            Key::Doc | Key::Upsert => {
                let mut keys = UniqueKeys::of(text);
                lexer
                    .walk_value(MAX_DOCUMENT_DEPTH, |key| {
                        if keys.insert(key) {
                            Ok(())
                        } else {
                            Err(duplicate(key))
                        }
                    })
                    .map_err(within)?;
                let slot = usize::from(self.facts.has_doc || self.facts.has_upsert);
                if let Some(slot) = self.documents.get_mut(slot) {
                    *slot = Some(start);
                }
                if key == Key::Doc {
                    self.facts.has_doc = true;
                } else {
                    self.facts.has_upsert = true;
                }
            }
            Key::DocAsUpsert => {
                self.facts.doc_as_upsert = flag(lexer)?;
            }
            Key::DetectNoop => {
                self.facts.detect_noop = flag(lexer)?;
            }
            Key::ScriptedUpsert => {
                self.facts.scripted_upsert = flag(lexer)?;
            }
            Key::Source => {
                source_filter::skip(lexer).map_err(|error| match error {
                    FilterError::Json(error) => within(error),
                    FilterError::Shape(reason) => {
                        UpdateError::value(text, lexer.offset(), field, "parsing_exception", reason)
                    }
                })?;
                self.facts.source = Some(start..lexer.offset());
            }
            Key::Script => {
                lexer.skip_value(MAX_DEPTH).map_err(within)?;
                self.facts.has_script = true;
            }
            Key::IfSeqNo => {
                let value = Scalar::read(lexer)?.long().map_err(coercion)?;
                if value < 0 && value != UNASSIGNED_SEQ_NO {
                    let reason = format!("sequence numbers must be non negative. got [{value}].");
                    return Err(UpdateError::value(
                        text,
                        start,
                        field,
                        "illegal_argument_exception",
                        reason,
                    ));
                }
                self.facts.if_seq_no = Some(value);
            }
            Key::IfPrimaryTerm => {
                let value = Scalar::read(lexer)?.long().map_err(coercion)?;
                if value < 0 {
                    let reason = format!("primary term must be non negative. got [{value}]");
                    return Err(UpdateError::value(
                        text,
                        start,
                        field,
                        "illegal_argument_exception",
                        reason,
                    ));
                }
                self.facts.if_primary_term = Some(value);
            }
        }
        Ok(())
    }
}

/// The sequence number that stands for "none".
const UNASSIGNED_SEQ_NO: i64 = -2;

impl UpdateFacts {
    /// Whether there is a `doc`.
    pub const fn has_doc(&self) -> bool {
        self.has_doc
    }

    /// Whether there is an `upsert`.
    pub const fn has_upsert(&self) -> bool {
        self.has_upsert
    }

    /// Whether there is a `script`.
    pub const fn has_script(&self) -> bool {
        self.has_script
    }

    /// Whether `doc` is the document where there is none; the URL can say so too.
    pub const fn doc_as_upsert(&self) -> Option<bool> {
        self.doc_as_upsert
    }

    /// Whether the script runs on an upsert too.
    pub const fn scripted_upsert(&self) -> Option<bool> {
        self.scripted_upsert
    }

    /// Whether a change of nothing is no write.
    pub const fn detect_noop(&self) -> Option<bool> {
        self.detect_noop
    }

    /// The sequence number that the document must have; it beats a bulk line's.
    pub const fn if_seq_no(&self) -> Option<i64> {
        self.if_seq_no
    }

    /// The primary term that the document must have; it beats a bulk line's.
    pub const fn if_primary_term(&self) -> Option<i64> {
        self.if_primary_term
    }
}

/// Says nothing of the text.
impl std::fmt::Debug for UpdateBody<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateBody")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

fn duplicate(key: RawStr<'_>) -> JsonError {
    JsonError::new(JsonErrorKind::DuplicateKey, key.offset())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn rewritten(body: &str, scripts: Scripts) -> Result<String, UpdateError> {
        let rules = DocumentRules::new("_tenant")
            .unwrap()
            .allow_root_keys(["_class"]);
        let injection = Injection::default().string("_tenant", "acme");
        let mut out = Vec::new();
        UpdateBody::read(body.as_bytes())?.rewrite(&rules, &injection, scripts, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn both_documents_are_injected_and_nothing_else_changes() {
        for (body, expected) in [
            (r#"{"doc":{}}"#, r#"{"doc":{"_tenant":"acme"}}"#),
            (
                r#" {"upsert" : {"n":1.10}, "doc": { "a":{"_tenant":1} }, "detect_noop":false } "#,
                r#" {"upsert" : {"_tenant":"acme","n":1.10}, "doc": {"_tenant":"acme", "a":{"_tenant":1} }, "detect_noop":false } "#,
            ),
            (
                r#"{"d\u006fc":{"a":1}}"#,
                r#"{"d\u006fc":{"_tenant":"acme","a":1}}"#,
            ),
            (
                r#"{"doc":{"a":1},"doc_as_upsert":"true","_source":["a"],"if_seq_no":"3","if_primary_term":1}"#,
                r#"{"doc":{"_tenant":"acme","a":1},"doc_as_upsert":"true","_source":["a"],"if_seq_no":"3","if_primary_term":1}"#,
            ),
            (
                r#"{"doc":{"a":1},"scripted_upsert":false}"#,
                r#"{"doc":{"_tenant":"acme","a":1},"scripted_upsert":false}"#,
            ),
            ("{}", "{}"), // the node says what is missing
            (r#"{"upsert":{}}"#, r#"{"upsert":{"_tenant":"acme"}}"#),
        ] {
            assert_eq!(
                rewritten(body, Scripts::Refused).unwrap(),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn facts_are_told() {
        let body = UpdateBody::read(
            br#"{"script":"x","upsert":{},"doc_as_upsert":false,"detect_noop":"true","scripted_upsert":true,"_source":"a","if_seq_no":-2}"#,
        )
        .unwrap();
        let facts = body.facts();
        assert_eq!(
            (facts.has_doc(), facts.has_upsert(), facts.has_script()),
            (false, true, true)
        );
        assert_eq!(
            (facts.doc_as_upsert(), facts.detect_noop()),
            (Some(false), Some(true))
        );
        assert_eq!(
            (
                facts.scripted_upsert(),
                facts.if_seq_no(),
                facts.if_primary_term()
            ),
            (Some(true), Some(-2), None)
        );
        assert_eq!(body.source(), Some(&b"\"a\""[..]));
    }

    #[test]
    fn scripts_only_where_they_are_allowed() {
        let body = r#"{"script":{"source":"ctx._source.n++","params":{"a":[1]}},"upsert":{"n":1}}"#;
        let error = rewritten(body, Scripts::Refused).unwrap_err();
        assert_eq!(
            (error.error_type(), error.fails_request()),
            ("osproxy_refused_exception", false)
        );
        assert!(
            rewritten(body, Scripts::Allowed)
                .unwrap()
                .ends_with(r#""upsert":{"_tenant":"acme","n":1}}"#)
        );
        assert!(rewritten(r#"{"doc":{},"scripted_upsert":"true"}"#, Scripts::Refused).is_err());
    }

    #[test]
    fn what_the_node_refuses_in_its_words() {
        const PARSE: &str = "x_content_parse_exception";
        const JSON: &str = "json_parse_exception";
        for (body, error_type, reason, cause) in [
            (
                "",
                PARSE,
                "[1:0] [UpdateRequest] Expected START_OBJECT but was: null",
                None,
            ),
            (
                " ",
                PARSE,
                "[1:0] [UpdateRequest] Expected START_OBJECT but was: null",
                None,
            ),
            (
                "[]",
                PARSE,
                "[1:1] [UpdateRequest] Expected START_OBJECT but was: START_ARRAY",
                None,
            ),
            (
                "\"x\"",
                PARSE,
                "[1:1] [UpdateRequest] Expected START_OBJECT but was: VALUE_STRING",
                None,
            ),
            (
                r#"{"foo":1}"#,
                PARSE,
                "[1:2] [UpdateRequest] unknown field [foo]",
                None,
            ),
            (
                "{\"doc\":{\"a\":1},\n   \"foo\":2}",
                PARSE,
                "[2:4] [UpdateRequest] unknown field [foo]",
                None,
            ),
            (
                "{\"doc\":{\"é\":1},\"foo\":{}}",
                PARSE,
                "[1:17] [UpdateRequest] unknown field [foo]",
                None,
            ),
            (
                r#"{"doc":null}"#,
                PARSE,
                "[1:8] [UpdateRequest] doc doesn't support values of type: VALUE_NULL",
                None,
            ),
            (
                r#"{"doc":"x"}"#,
                PARSE,
                "[1:8] [UpdateRequest] doc doesn't support values of type: VALUE_STRING",
                None,
            ),
            (
                r#"{"doc":{"a":1},"upsert":[]}"#,
                PARSE,
                "[1:25] [UpdateRequest] upsert doesn't support values of type: START_ARRAY",
                None,
            ),
            (
                r#"{"doc":{"a":1},"doc_as_upsert":1}"#,
                PARSE,
                "[1:32] [UpdateRequest] doc_as_upsert doesn't support values of type: VALUE_NUMBER",
                None,
            ),
            (
                r#"{"doc":{"a":1},"doc_as_upsert":"True"}"#,
                PARSE,
                "[1:32] [UpdateRequest] failed to parse field [doc_as_upsert]",
                Some("illegal_argument_exception"),
            ),
            (
                r#"{"doc":{},"if_seq_no":-1}"#,
                PARSE,
                "[1:23] [UpdateRequest] failed to parse field [if_seq_no]",
                Some("illegal_argument_exception"),
            ),
            (
                r#"{"doc":{"a":}}"#,
                PARSE,
                "[1:13] [UpdateRequest] failed to parse field [doc]",
                Some(JSON),
            ),
            (
                r#"{"doc":{"k":1,"k":2}}"#,
                PARSE,
                "[1:16] [UpdateRequest] failed to parse field [doc]",
                Some(JSON),
            ),
            (r#"{"foo":01}"#, JSON, "invalid number at byte 8", None),
            (
                r#"{"doc":{"a":1},"doc":{"a":2}}"#,
                JSON,
                "duplicate key at byte 16",
                None,
            ),
            (
                r#"{"doc":{"a":1}"#,
                "unexpected_end_of_input_exception",
                "unexpected end at byte 14",
                None,
            ),
            (
                r#"{"doc":{}, "#,
                "unexpected_end_of_input_exception",
                "unexpected end at byte 11",
                None,
            ),
        ] {
            let error = UpdateBody::read(body.as_bytes()).unwrap_err();
            assert_eq!(
                (error.error_type(), error.reason()),
                (error_type, reason),
                "{body}"
            );
            assert_eq!(error.cause().map(|(name, _)| name), cause, "{body}");
            assert!(error.fails_request(), "{body}");
            assert!(!format!("{error:?}").contains("foo"), "{error:?}");
        }
    }

    #[test]
    fn what_only_we_refuse_fails_the_item_alone() {
        for body in [
            r#"{"doc":{"a":1}} x"#, // D-11
            r#"{"doc":{"a":1}}}"#,
            "\u{feff}{\"doc\":{}}",
            r#"{"doc":{"s":"\ud800"}}"#,
            r#"{"doc":{"_tenant":"globex"}}"#,
            r#"{"doc":{"_tenant.":null}}"#,
            r#"{"doc":{},"upsert":{"\u005ftenant":1}}"#,
            r#"{"upsert":{"_tombstone":1}}"#,
        ] {
            let error = rewritten(body, Scripts::Refused).unwrap_err();
            assert_eq!(
                (error.error_type(), error.fails_request()),
                ("osproxy_refused_exception", false),
                "{body}"
            );
        }
        let error = rewritten(r#"{"doc":{"_id":5}}"#, Scripts::Refused).unwrap_err();
        assert_eq!(
            (error.error_type(), error.fails_request()),
            ("mapper_parsing_exception", false)
        );
    }

    proptest! {
        #[test]
        fn what_goes_out_is_what_came_in_and_the_field(
            doc in "\\{(\"[a-z_.]{1,4}\":(1|\\{\\}|\"[a-z]\"))?\\}",
            upsert in prop::option::of("\\{ ?(\"[a-z]{1,4}\":1\\.10)?\\}"),
            swapped in any::<bool>(),
        ) {
            let mut members = vec![format!("\"doc\":{doc}")];
            members.extend(upsert.as_ref().map(|upsert| format!("\"upsert\":{upsert}")));
            if swapped { members.reverse(); }
            let body = format!("{{{}}}", members.join(", "));
            if let Ok(out) = rewritten(&body, Scripts::Refused) {
                let mut tree: Value = serde_json::from_str(&out).unwrap();
                for (_, document) in tree.as_object_mut().unwrap() {
                    prop_assert_eq!(document.as_object_mut().unwrap().remove("_tenant"), Some(Value::from("acme")));
                }
                prop_assert_eq!(tree, serde_json::from_str::<Value>(&body).unwrap());
            }
        }

        #[test]
        fn never_panics(tokens in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"doc\"", "\"upsert\"", "\"doc_as_upsert\"", "\"if_seq_no\"", "1", "-1", "true", "\"", "\n",
        ]), 0..16)) {
            let _ = rewritten(&tokens.concat(), Scripts::Refused);
        }
    }
}

//! Writes an action line anew.

use super::{Action, Meta, VersionType};
use crate::rewrite::json::write_string;

/// The action line of a physical item, built from typed values: no byte of the client's line is copied (D-20).
///
/// Of the client's [`Meta`] it takes what concerns the item's own document alone: version, sequence number and retries
/// (D-19). All else is set by the caller, or left out.
///
/// ```
/// use osproxy_layer::rewrite::bulk::{Action, Meta, PhysicalAction};
///
/// let mut out = Vec::new();
/// PhysicalAction::new(Action::Create, &Meta::default()).index("orders").id("acme:1").routing("acme").write(&mut out);
/// assert_eq!(out, b"{\"create\":{\"_index\":\"orders\",\"_id\":\"acme:1\",\"routing\":\"acme\"}}\n");
/// ```
#[derive(Clone)]
#[must_use]
pub struct PhysicalAction<'a> {
    action: Action,
    meta: &'a Meta<'a>,
    index: Option<&'a str>,
    id: Option<&'a str>,
    routing: Option<&'a str>,
    pipeline: Option<&'a str>,
    require_alias: Option<bool>,
    source: Option<&'a [u8]>,
    /// The sequence number and the primary term that the document must have, where they aren't the client's own.
    condition: Option<(u64, u64)>,
}

impl<'a> PhysicalAction<'a> {
    /// A line for `action` with the own-document part of `meta`.
    pub const fn new(action: Action, meta: &'a Meta<'a>) -> Self {
        Self {
            action,
            meta,
            index: None,
            id: None,
            routing: None,
            pipeline: None,
            require_alias: None,
            source: None,
            condition: None,
        }
    }

    /// Names the physical index.
    pub const fn index(mut self, index: &'a str) -> Self {
        self.index = Some(index);
        self
    }

    /// Names the physical id.
    pub const fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the routing.
    pub const fn routing(mut self, routing: &'a str) -> Self {
        self.routing = Some(routing);
        self
    }

    /// Sets the ingest pipeline; only where a tenant may choose one (D-16).
    pub const fn pipeline(mut self, pipeline: &'a str) -> Self {
        self.pipeline = Some(pipeline);
        self
    }

    /// Asks that the index be an alias.
    pub const fn require_alias(mut self, require_alias: bool) -> Self {
        self.require_alias = Some(require_alias);
        self
    }

    /// Sets the `_source` filter of an update's answer, one JSON value without a newline.
    pub const fn source(mut self, filter: &'a [u8]) -> Self {
        self.source = Some(filter);
        self
    }

    /// Turns the sequence number and the primary term that the document must have into the cluster's (F-12). One of them
    /// alone, and the numbers that mean none, stay as they are.
    pub fn opened(mut self, open: impl FnOnce((u64, u64)) -> (u64, u64)) -> Self {
        let number = self
            .meta
            .if_seq_no()
            .and_then(|number| u64::try_from(number).ok());
        let term = self
            .meta
            .if_primary_term()
            .and_then(|term| u64::try_from(term).ok());
        self.condition = number.zip(term).map(open);
        self
    }

    /// Appends the line, newline included.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut members = Members { out, first: true };
        members.out.extend_from_slice(b"{\"");
        members
            .out
            .extend_from_slice(self.action.as_str().as_bytes());
        members.out.extend_from_slice(b"\":{");
        members.string("_index", self.index);
        members.string("_id", self.id);
        members.string("routing", self.routing);
        members.integer("version", self.meta.version());
        if self.meta.version_type() != VersionType::Internal {
            members.string("version_type", Some(self.meta.version_type().as_str()));
        }
        match self.condition {
            Some((number, term)) => {
                members.raw("if_seq_no", number.to_string().as_bytes());
                members.raw("if_primary_term", term.to_string().as_bytes());
            }
            None => {
                members.integer("if_seq_no", self.meta.if_seq_no());
                members.integer("if_primary_term", self.meta.if_primary_term());
            }
        }
        if self.action == Action::Update {
            members.integer(
                "retry_on_conflict",
                self.meta.retry_on_conflict().map(i64::from),
            );
        }
        members.string("pipeline", self.pipeline);
        if let Some(require_alias) = self.require_alias {
            members.raw(
                "require_alias",
                if require_alias { b"true" } else { b"false" },
            );
        }
        if let Some(filter) = self.source {
            members.raw("_source", filter);
        }
        members.out.extend_from_slice(b"}}\n");
    }
}

/// No names: they are a tenant's.
impl std::fmt::Debug for PhysicalAction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PhysicalAction")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

struct Members<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl Members<'_> {
    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn string(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(key);
            write_string(self.out, value);
        }
    }

    fn integer(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.raw(key, value.to_string().as_bytes());
        }
    }

    fn raw(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.out.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::bulk::Items;

    fn rewritten(line: &str) -> String {
        let body = format!("{line}\n{{}}\n");
        let item = Items::of(body.as_bytes()).unwrap().next().unwrap().unwrap();
        let mut out = Vec::new();
        PhysicalAction::new(item.action(), item.meta())
            .index("p")
            .id("a:1")
            .write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn keeps_what_concerns_the_own_document() {
        for (line, expected) in [
            (r#"{"index":{}}"#, r#"{"index":{"_index":"p","_id":"a:1"}}"#),
            (
                r#"{ "index" : {"_index":"x","_id":7,"version":"5","version_type":"external","retry_on_conflict":3}, "attempts":0 }"#,
                r#"{"index":{"_index":"p","_id":"a:1","version":5,"version_type":"external"}}"#,
            ),
            (
                r#"{"update":{"retry_on_conflict":"3","if_seq_no":4,"if_primary_term":1,"_source":true}}"#,
                r#"{"update":{"_index":"p","_id":"a:1","if_seq_no":4,"if_primary_term":1,"retry_on_conflict":3}}"#,
            ),
            (
                r#"{"index":{"op_type":"create","routing":"r","pipeline":"q","require_alias":true,"version":null}}"#,
                r#"{"create":{"_index":"p","_id":"a:1"}}"#,
            ),
        ] {
            assert_eq!(rewritten(line), format!("{expected}\n"), "{line}");
        }
    }

    #[test]
    fn what_the_caller_sets() {
        let mut out = Vec::new();
        let meta = Meta::default();
        PhysicalAction::new(Action::Update, &meta)
            .routing("r\"")
            .pipeline("_none")
            .require_alias(true)
            .source(b"{\"includes\":\"a\"}")
            .write(&mut out);
        PhysicalAction::new(Action::Delete, &meta).write(&mut out);
        let expected = concat!(
            r#"{"update":{"routing":"r\"","pipeline":"_none","require_alias":true,"_source":{"includes":"a"}}}"#,
            "\n",
            r#"{"delete":{}}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn any_name_comes_back(index in any::<String>(), id in any::<String>(), routing in "\\PC{1,8}") {
            let meta = Meta::default();
            let mut out = Vec::new();
            PhysicalAction::new(Action::Delete, &meta).index(&index).id(&id).routing(&routing).write(&mut out);
            let item = Items::of(&out).unwrap().next().unwrap().unwrap();
            prop_assert_eq!(item.meta().index(), Some(&*index));
            prop_assert_eq!(item.meta().id(), Some(&*id));
            prop_assert_eq!(item.meta().routing(), Some(&*routing));
        }
    }
}

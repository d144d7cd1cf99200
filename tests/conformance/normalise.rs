//! What may differ between a single-tenant index and the stack. The list is closed, and printed by each run.
//!
//! A normalisation is an edit of a range of the answer's own text: all else, blanks and the order of keys included, is
//! compared byte for byte.
use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::side::Placement;
use crate::support::http::Reply;

/// Every normalisation, by the name under which its uses are counted.
pub const LIST: [(&str, &str); 8] = [
    (
        "index name",
        "the single-tenant index bears another name than the logical index",
    ),
    ("index uuid", "a physical index has its own"),
    (
        "minted id",
        "of the right shape, and the same wherever it comes back",
    ),
    ("took", "a time"),
    (
        "score",
        "on a shared index: term statistics are those of all its documents",
    ),
    (
        "_seq_no",
        "on a shared index: by order, since other tenants' writes count too",
    ),
    (
        "error",
        "on a shared index: type and status; the reason is written anew",
    ),
    ("scroll id", "sealed by the stack"),
];

/// How often each normalisation changed something.
pub type Uses = BTreeMap<&'static str, usize>;

/// What is known of a side when a scenario is over.
#[derive(Debug, Default)]
pub struct Known {
    /// Names that this side used, and the logical names that they stand for.
    pub names: Vec<(String, String)>,
    /// Ids that were minted, in the order of the steps.
    pub minted: Vec<String>,
    /// All sequence numbers that the side showed, sorted.
    pub seq_nos: Vec<u64>,
}

/// The answer as text, with all that may differ on `placement` taken out. A single-tenant answer is normalised for the
/// placement that it is compared with.
pub fn normalise(
    reply: &Reply,
    is_source: bool,
    placement: Placement,
    known: &Known,
    uses: &mut Uses,
) -> String {
    let mut body = reply.text();
    if !is_source && let Ok(root) = serde_json::from_str::<&RawValue>(&body) {
        let mut edits = Edits {
            text: &body,
            shared: placement == Placement::SharedIndex,
            known,
            found: Vec::new(),
        };
        edits.value("", root.get());
        body = edits.apply(uses);
    }
    let header = |name: &str| {
        reply
            .headers
            .get(name)
            .map_or("none", |value| value.to_str().unwrap_or("not ASCII"))
    };
    let mut text = format!(
        "{}\ncontent-type: {}\nlocation: {}\n\n{body}",
        reply.status.as_u16(),
        header("content-type"),
        header("location"),
    );
    for (name, logical) in &known.names {
        text = replace(text, name, logical, "index name", uses);
    }
    for (n, id) in known.minted.iter().enumerate() {
        text = replace(text, id, &format!("<id {n}>"), "minted id", uses);
    }
    for uuid in uuids(&reply.text()) {
        text = replace(text, &uuid, "<uuid>", "index uuid", uses);
    }
    text
}

/// All values under `name` in an answer, outside documents.
pub fn numbers(reply: &Reply, name: &str) -> Vec<u64> {
    let text = reply.text();
    let mut found = Vec::new();
    if let Ok(root) = serde_json::from_str::<&RawValue>(&text) {
        walk("", root.get(), &mut |key, raw| {
            if key == name {
                found.extend(raw.parse::<u64>());
            }
            key != "_source"
        });
    }
    found
}

fn uuids(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(root) = serde_json::from_str::<&RawValue>(text) {
        walk("", root.get(), &mut |key, raw| {
            if key == "index_uuid" {
                found.extend(serde_json::from_str::<String>(raw));
            }
            key != "_source"
        });
    }
    found.retain(|uuid| uuid != "_na_");
    found
}

struct Edits<'a> {
    text: &'a str,
    shared: bool,
    known: &'a Known,
    found: Vec<(Range<usize>, String, &'static str)>,
}

impl<'a> Edits<'a> {
    fn value(&mut self, key: &str, raw: &'a str) {
        let mut edits = Vec::new();
        walk(key, raw, &mut |key, raw| {
            let edit = self.edit(key, raw);
            let descend = edit.is_none() && key != "_source";
            edits.extend(edit.map(|(with, name)| (raw, with, name)));
            descend
        });
        for (raw, with, name) in edits {
            // `raw` is a slice of `text`, so the distance of their addresses is its place in it.
            let start = raw.as_ptr() as usize - self.text.as_ptr() as usize;
            self.found.push((start..start + raw.len(), with, name));
        }
    }

    fn edit(&self, key: &str, raw: &str) -> Option<(String, &'static str)> {
        let number = raw.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        match key {
            "took" if number => Some(("0".to_owned(), "took")),
            "_scroll_id" => Some(("\"<scroll>\"".to_owned(), "scroll id")),
            "_score" | "max_score" if self.shared && number => Some(("0".to_owned(), "score")),
            "_seq_no" if self.shared => {
                let order = raw
                    .parse()
                    .ok()
                    .and_then(|n| self.known.seq_nos.binary_search(&n).ok());
                Some((format!("{order:?}"), "_seq_no"))
            }
            "error" if self.shared && raw.starts_with('{') => {
                let error: BTreeMap<String, &RawValue> = serde_json::from_str(raw).ok()?;
                Some((
                    error
                        .get("type")
                        .map_or("none", |kind| kind.get())
                        .to_owned(),
                    "error",
                ))
            }
            _ => None,
        }
    }

    fn apply(self, uses: &mut Uses) -> String {
        let mut text = self.text.to_owned();
        for (range, with, name) in self.found.into_iter().rev() {
            if text[range.clone()] != with {
                *uses.entry(name).or_default() += 1;
            }
            text.replace_range(range, &with);
        }
        text
    }
}

/// Calls `visit` with the key and the raw text of every value, outermost first; it says whether to descend.
fn walk<'a>(key: &str, raw: &'a str, visit: &mut dyn FnMut(&str, &'a str) -> bool) {
    if !visit(key, raw) {
        return;
    }
    if raw.starts_with('{') {
        for (key, value) in serde_json::from_str::<Members<'a>>(raw)
            .map(|m| m.0)
            .unwrap_or_default()
        {
            walk(&key, value.get(), visit);
        }
    } else if raw.starts_with('[') {
        for value in serde_json::from_str::<Vec<&'a RawValue>>(raw).unwrap_or_default() {
            walk(key, value.get(), visit);
        }
    }
}

/// An object's members in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn replace(text: String, from: &str, to: &str, name: &'static str, uses: &mut Uses) -> String {
    let count = text.matches(from).count();
    if from == to || count == 0 {
        return text;
    }
    *uses.entry(name).or_default() += count;
    text.replace(from, to)
}

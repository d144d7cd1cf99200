//! What may differ between a single-tenant index and the stack. The list is closed, and printed by each run.
//!
//! A normalisation is an edit of a range of the answer's own text: all else, blanks and the order of keys included, is
//! compared byte for byte.
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

use super::order::Order;
use super::side::Placement;
use super::walk::walk;
use crate::support::http::Reply;

/// Every normalisation, by the name under which its uses are counted.
pub const LIST: [(&str, &str); 9] = [
    (
        "index name",
        "the single-tenant index bears another name than the logical index",
    ),
    ("index uuid", "a physical index has its own"),
    (
        "minted id",
        "of the right shape, and the same wherever it comes back",
    ),
    ("took", "a time, and the times of phases"),
    (
        "location",
        "the server writes a blank as +, which no reader of a path takes for one: percent encoding",
    ),
    ("scroll id", "sealed by the stack"),
    (
        "score",
        "on a shared index: term statistics are those of all its documents; in process: not computed",
    ),
    (
        "_seq_no",
        "by order: other tenants' writes count too, and what the stack refuses does not",
    ),
    (
        "error",
        "on a shared index, in process, and what the stack found itself: type and status; the reason is written anew",
    ),
];

/// How often each normalisation changed something.
pub type Uses = BTreeMap<&'static str, usize>;

/// What is known of a side.
#[derive(Debug, Default)]
pub struct Known {
    /// Names that this side used, and the logical names that they stand for.
    pub names: Vec<(String, String)>,
    /// Ids that were minted, in the order of the steps.
    pub minted: Vec<String>,
}

/// An answer of a side, and what is needed to compare it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub reply: &'a Reply,
    /// Whether it is a refusal of the stack's own.
    pub own: bool,
    /// Whether it is a document and nothing else.
    pub is_source: bool,
    pub known: &'a Known,
    pub order: &'a Order,
}

impl Shown<'_> {
    /// The answer as text, with all that may differ on `placement` taken out. A single-tenant answer is normalised for
    /// the placement that it is compared with; `own` tells that the answer there is a refusal of the stack's own.
    pub fn normalise(self, placement: Placement, own: bool, uses: &mut Uses) -> String {
        let Self { reply, known, .. } = self;
        let as_sent = reply.text();
        let mut body = as_sent.clone();
        if !self.is_source || !reply.status.is_success() {
            self.edit(placement, own, &as_sent, &mut body, uses);
        }
        let header = |name| {
            reply
                .headers
                .get(name)
                .map_or("none", |value| value.to_str().unwrap_or("not ASCII"))
        };
        let content_type = header("content-type");
        let mut location = header("location").to_owned();
        for (form, percent) in [("+", "%20"), ("*", "%2A"), ("%7E", "~")] {
            location = replace(location, form, percent, "location", uses);
        }
        let status = reply.status.as_u16();
        let mut text =
            format!("{status}\ncontent-type: {content_type}\nlocation: {location}\n\n{body}");
        for (name, logical) in &known.names {
            text = replace(text, name, logical, "index name", uses);
        }
        for (n, id) in known.minted.iter().enumerate() {
            text = replace(text, id, &format!("<id {n}>"), "minted id", uses);
        }
        for uuid in uuids(&as_sent) {
            text = replace(text, &uuid, "<uuid>", "index uuid", uses);
        }
        text
    }

    /// Replaces values in `body`, which is a copy of `as_sent`.
    fn edit(
        self,
        placement: Placement,
        own: bool,
        as_sent: &str,
        body: &mut String,
        uses: &mut Uses,
    ) {
        let loose = [Placement::SharedIndex, Placement::InProcess].contains(&placement);
        let mut index = String::new();
        let mut edits: Vec<(Range<usize>, String, &'static str)> = Vec::new();
        walk(as_sent, &mut |key, raw| {
            let number = raw.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            let edit = match key {
                "_index" => {
                    raw.clone_into(&mut index);
                    None
                }
                "took" if number => Some(("0".to_owned(), "took")),
                "phase_took" => Some(("{}".to_owned(), "took")),
                "_scroll_id" => Some(("\"<scroll>\"".to_owned(), "scroll id")),
                "_score" | "max_score" if loose && number => Some(("0".to_owned(), "score")),
                "_seq_no" => Some((self.order.place(&index, raw), "_seq_no")),
                "error" if (loose || own) && raw.starts_with('{') => Some((type_of(raw), "error")),
                _ => None,
            };
            let descend = edit.is_none();
            // `raw` is a slice of the text, so the distance of their addresses is its place in it.
            let start = raw.as_ptr() as usize - as_sent.as_ptr() as usize;
            edits.extend(edit.map(|(with, name)| (start..start + raw.len(), with, name)));
            descend
        });
        for (range, with, name) in edits.into_iter().rev() {
            if body[range.clone()] != with {
                *uses.entry(name).or_default() += 1;
            }
            body.replace_range(range, &with);
        }
    }
}

fn type_of(error: &str) -> String {
    let error: BTreeMap<String, &RawValue> = serde_json::from_str(error).unwrap_or_default();
    error
        .get("type")
        .map_or("none", |kind| kind.get())
        .to_owned()
}

fn uuids(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(text, &mut |key, raw| {
        if key == "index_uuid" {
            found.extend(serde_json::from_str::<String>(raw));
        }
        true
    });
    found.retain(|uuid| uuid != "_na_");
    found
}

fn replace(text: String, from: &str, to: &str, name: &'static str, uses: &mut Uses) -> String {
    let count = text.matches(from).count();
    if from == to || count == 0 {
        return text;
    }
    *uses.entry(name).or_default() += count;
    text.replace(from, to)
}

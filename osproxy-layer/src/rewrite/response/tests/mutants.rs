//! Every row of the reversal's tables matters: with it taken away, or with its value copied as it is, some sample is
//! answered in another way. (What a row does is overlooked for one look at the samples; nothing is compiled anew.)

use std::cell::Cell;

use super::*;
use crate::rewrite::screen::{Shape, SortValue, TopHits};

/// What is taken away: a row by where it stands in memory, or what it does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mutant {
    Hidden(*const ()),
    Kept(*const ()),
}

thread_local! {
    static MUTANT: Cell<Option<Mutant>> = const { Cell::new(None) };
}

/// What becomes of a key, by its row: `real`, or what an unknown key gets, or a copy.
pub(in super::super) fn mutated<R, F>(row: Option<&R>, real: F, unknown: F, kept: F) -> F {
    let Some(at) = row.map(|row| std::ptr::from_ref(row).cast()) else {
        return real;
    };
    match MUTANT.get() {
        Some(Mutant::Hidden(other)) if other == at => unknown,
        Some(Mutant::Kept(other)) if other == at => kept,
        _ => real,
    }
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Search,
    Get,
    Write,
    Explanation,
    Count,
    Bulk,
    PointInTime,
}

/// The answers of a shared index. Between them they hold every key of every table.
const SHARED: &[(Answer, &str)] = &[
    (
        Answer::Search,
        r#"{"took":1,"timed_out":false,"status":200,"terminated_early":false,"num_reduce_phases":2,"phase_took":{"query":1},"_shards":{"total":2,"successful":1,"skipped":0,"failed":1,"failures":[{"shard":0,"index":"orders-shared","node":"n","reason":{"type":"query_shard_exception","reason":"globex"},"_shard":0,"_index":"orders-shared","_node":"n","status":"X","primary":true}]},"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[HIT]},"aggregations":{"top":{"hits":{"hits":[HIT]}}},"suggest":{"s":[{"text":"x","options":[{"_index":"orders-shared","text":"globex"}]}]},"profile":{"shards":[{"id":"[n][orders-shared][0]"}]}}"#,
    ),
    (
        Answer::Search,
        r#"{"took":1,"_scroll_id":"raw","hits":{"hits":[]}}"#,
    ),
    (
        Answer::Search,
        r#"{"took":1,"pit_id":"raw","hits":{"hits":[]}}"#,
    ),
    (
        Answer::Get,
        r#"{"_index":"orders-shared","_id":"acme:1","_version":1,"_seq_no":2,"_primary_term":1,"_routing":"acme","found":true,"_source":{"_tenant":"acme","a":1},"fields":{"_tenant":["acme"],"a":[1]},"_ignored":["_tenant","a"]}"#,
    ),
    (
        Answer::Get,
        r#"{"_index":"orders-shared","_id":"acme:1","found":false}"#,
    ),
    // found in the shard of another routing, with nothing of it shown: no answer
    (
        Answer::Get,
        r#"{"_index":"orders-shared","_id":"acme:1","found":false,"_source":{}}"#,
    ),
    (
        Answer::Write,
        r#"{"_index":"orders-shared","_id":"acme:1","_version":1,"result":"updated","forced_refresh":true,"_shards":{"total":1,"failures":[{"_index":"orders-shared","_node":"n"}]},"_seq_no":1,"_primary_term":1,"get":{"_seq_no":1,"_primary_term":1,"found":true,"_routing":"acme","_source":{"_tenant":"acme"},"fields":{"_tenant":["acme"]}}}"#,
    ),
    // somebody else's
    (
        Answer::Write,
        r#"{"_index":"orders-shared","_id":"acme:1","get":{"_routing":"globex"}}"#,
    ),
    (
        Answer::Write,
        r#"{"_index":"orders-shared","_id":"acme:1","get":{"found":7}}"#,
    ),
    (
        Answer::Explanation,
        r#"{"_index":"orders-shared","_id":"acme:1","matched":true,"explanation":{"description":"[orders-shared]"},"get":{"found":true}}"#,
    ),
    (
        Answer::Count,
        r#"{"count":3,"terminated_early":true,"_shards":{"total":1,"failures":[{"node":"n"}]}}"#,
    ),
    (
        Answer::Bulk,
        r#"{"took":1,"ingest_took":2,"errors":true,"items":[{"index":{"_index":"orders-shared","_id":"acme:1","status":409,"error":{"type":"version_conflict_engine_exception","reason":"[acme:1]"}}}]}"#,
    ),
    // an item of no status is none
    (
        Answer::Bulk,
        r#"{"took":1,"errors":false,"items":[{"index":{"_index":"orders-shared","_id":"acme:1","status":"x"}}]}"#,
    ),
    (
        Answer::PointInTime,
        r#"{"pit_id":"raw","_shards":{"total":1},"creation_time":1}"#,
    ),
    (
        Answer::PointInTime,
        r#"{"_shards":{"total":1,"failures":[{"node":"n"}]},"creation_time":1}"#,
    ),
];

const HIT: &str = r#"{"_index":"orders-shared","_id":"acme:1","_score":1.0,"_routing":"acme","_source":{"_tenant":"acme","a":1},"sort":["acme:1"],"fields":{"_tenant":["acme"],"a":[1]},"highlight":{"_tenant":["acme"],"a":["x"]},"_version":1,"_seq_no":1,"_primary_term":1,"_ignored":["_tenant","a"],"matched_queries":["q"],"inner_hits":{"n":{"hits":{"hits":[{"_index":"orders-shared","_id":"acme:1","_nested":{"field":"n"},"_source":{"_tenant":"mine"}}]}}},"_explanation":{"x":1},"_shard":"[orders-shared][0]","_node":"n"}"#;

/// The same answers of an index of one's own: other names in them, nothing else.
fn own(raw: &str) -> String {
    raw.replace("orders-shared", "acme.orders")
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum On {
    OwnIndex,
    SharedIndex,
    /// Where the operator is strict.
    Strict,
}

impl On {
    fn reversal(self) -> Reversal {
        match self {
            Self::OwnIndex => dedicated(),
            Self::SharedIndex => shared(),
            Self::Strict => {
                let sealed = |_: &str, _: &str, (number, term)| Some((number + 100, term + 100));
                shared().hide_scores().seal_numbers(sealed)
            }
        }
    }
}

struct Sample {
    answer: Answer,
    raw: String,
    on: On,
    told: Result<String, ReverseError>,
}

impl Sample {
    fn new(answer: Answer, raw: String, on: On) -> Self {
        let told = Self::reversed(answer, &raw, on);
        Self {
            answer,
            raw,
            on,
            told,
        }
    }

    fn reversed(answer: Answer, raw: &str, on: On) -> Result<String, ReverseError> {
        let by = on.reversal();
        let raw = raw.as_bytes();
        let mut out = Vec::new();
        match answer {
            Answer::Get => get(raw, &by, &mut out)?,
            Answer::Write => write(raw, &by, &mut out)?,
            Answer::Explanation => explanation(raw, &by, &mut out)?,
            Answer::Count => count(raw, &by, &mut out)?,
            Answer::Search | Answer::Bulk | Answer::PointInTime => {
                let shape = Shape {
                    sort: vec![SortValue::Id; usize::from(on != On::OwnIndex)],
                    top_hits: vec![TopHits {
                        path: vec!["top".to_owned()],
                        sort: Vec::new(),
                    }],
                    inner_hits: true,
                    ..Shape::default()
                };
                let mut stream = match answer {
                    Answer::Search => Stream::search(by, shape),
                    Answer::Bulk => Stream::bulk(by),
                    _ => Stream::point_in_time(by),
                };
                stream.push(raw, &mut out)?;
                stream.finish()?;
            }
        }
        Ok(String::from_utf8(out).unwrap())
    }

    fn is_as_before(&self) -> bool {
        Self::reversed(self.answer, &self.raw, self.on) == self.told
    }
}

fn samples() -> Vec<Sample> {
    let raw = SHARED
        .iter()
        .map(|(answer, raw)| (*answer, raw.replace("HIT", HIT)));
    raw.flat_map(|(answer, raw)| {
        [
            Sample::new(answer, own(&raw), On::OwnIndex),
            Sample::new(answer, raw.clone(), On::SharedIndex),
            Sample::new(answer, raw, On::Strict),
        ]
    })
    .collect()
}

/// The rows whose mutant no sample tells from them, but for those whose mutant is the same row: what rows do on a shared
/// and on a dedicated index says so.
fn survivors(mutant: fn(*const ()) -> Mutant, is_another: fn(&TableRow) -> bool) -> Vec<String> {
    let samples = samples();
    let mut alive = Vec::new();
    let places = table::places().chain(stream::places());
    for ((name, row), told) in places.zip(rows()) {
        assert!(name.ends_with(&format!("[{}]", told.key())));
        if !is_another(&told) {
            continue;
        }
        MUTANT.set(Some(mutant(row)));
        if samples.iter().all(Sample::is_as_before) {
            alive.push(name);
        }
        MUTANT.set(None);
    }
    alive
}

#[test]
fn a_row_that_is_missing_shows() {
    // What a shared index drops and a dedicated one keeps is what becomes of unknown keys: such a row is there to be read.
    let is_another = |row: &TableRow| (row.shared(), row.dedicated()) != ("drop", "keep");
    assert_eq!(survivors(Mutant::Hidden, is_another), [""; 0]);
}

#[test]
fn a_row_that_copies_shows() {
    // These are kept as long as the operator is not strict.
    const STRICT: [&str; 3] = ["_score", "_seq_no", "_primary_term"];
    let is_another = |row: &TableRow| {
        (row.shared(), row.dedicated()) != ("keep", "keep") || STRICT.contains(&row.key())
    };
    assert_eq!(survivors(Mutant::Kept, is_another), [""; 0]);
}

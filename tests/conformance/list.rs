//! The list of requests: scenarios of ordered steps, as data in `lists/*.json`.
//!
//! ```json
//! { "name": "a second create is a conflict",
//!   "steps": [
//!     {"send": "PUT /{i}/_create/1", "body": {"n": 1.10}, "is": 201},
//!     {"send": "PUT /{i}/_create/1", "body": {"n": 2}, "is": 409}]}
//! ```
//!
//! `{i}` and `{j}` are two logical indices of the scenario's own, `{none}` is one that nobody creates, and `{$name}` is
//! what an earlier step saved. A body goes out byte for byte as it is written here; one that is no JSON is written as
//! a string.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::side::Placement;

/// Steps in order, on indices that no other scenario touches: so the state at each step is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    /// The mapping that the operator gives `{i}`. Without one the first write creates the index.
    pub mapping: Option<Box<RawValue>>,
    /// Whether the in-process cluster supports it.
    #[serde(default = "yes")]
    pub memory: bool,
    pub steps: Vec<Step>,
}

/// One request, and what is special about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Method, path and query.
    pub send: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Box<RawValue>>,
    /// The body as lines of NDJSON, each ended by a newline.
    pub lines: Option<Vec<Box<RawValue>>>,
    /// The body as hexadecimal bytes, for what is not UTF-8.
    pub hex: Option<String>,
    /// The status that a single-tenant index gives: it shows that the step does what it is meant to.
    pub is: u16,
    /// Names for values of the answer, by JSON pointer.
    #[serde(default)]
    pub save: BTreeMap<String, String>,
    /// Where the answer holds ids that were minted for this step.
    #[serde(default)]
    pub minted: Vec<String>,
    /// Where the stack must not answer as a single-tenant index does.
    #[serde(default)]
    pub instead: Vec<Instead>,
    #[serde(default = "yes")]
    pub memory: bool,
}

/// What the stack answers on some placements instead, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    pub on: Vec<Placement>,
    #[serde(default = "bad_request")]
    pub status: u16,
    /// `error.type` of the answer; `-` where it holds none, `*` where any will do.
    #[serde(default = "refused", rename = "type")]
    pub kind: String,
    pub why: String,
}

fn yes() -> bool {
    true
}

fn bad_request() -> u16 {
    400
}

fn refused() -> String {
    "osproxy_refused_exception".to_owned()
}

impl Step {
    pub fn method(&self) -> &str {
        self.send.split(' ').next().unwrap()
    }

    /// Path and query, with their placeholders.
    pub fn target(&self) -> &str {
        self.send
            .split(' ')
            .nth(1)
            .unwrap_or_else(|| panic!("{}: no path", self.send))
    }

    /// What the stack answers instead on a placement.
    pub fn instead(&self, placement: Placement) -> Option<&Instead> {
        self.instead
            .iter()
            .find(|instead| instead.on.contains(&placement))
    }

    /// The body with its placeholders, and the content type that goes with it.
    pub fn payload(&self) -> (Vec<u8>, Option<&'static str>) {
        match (&self.body, &self.lines, &self.hex) {
            (None, None, None) => (Vec::new(), None),
            (Some(body), None, None) => (text(body).into_bytes(), Some("application/json")),
            (None, Some(lines), None) => {
                let lines = lines
                    .iter()
                    .map(|line| text(line) + "\n")
                    .collect::<String>();
                (lines.into_bytes(), Some("application/x-ndjson"))
            }
            (None, None, Some(hex)) => {
                let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16).unwrap()).collect();
                (
                    digits.chunks(2).map(|d| (d[0] * 16 + d[1]) as u8).collect(),
                    Some("application/json"),
                )
            }
            _ => panic!("{}: more than one body", self.send),
        }
    }
}

/// A JSON string stands for its text, any other value for its own bytes.
fn text(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

/// All scenarios, in the order of the files' names.
pub fn load() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/lists");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let scenarios = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        serde_json::from_str::<Vec<Scenario>>(&text)
            .unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    });
    scenarios.collect()
}

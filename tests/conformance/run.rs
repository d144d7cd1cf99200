//! Runs a scenario on all sides at once, step by step, and compares each side with the first.
use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::Value;

use super::list::{Instead, Scenario, Step};
use super::normalise::{Known, Uses, normalise, numbers};
use super::side::{Placement, Side};
use crate::support::http::Reply;

/// What a run found.
#[derive(Debug, Default)]
pub struct Outcome {
    pub uses: Uses,
    pub compared: usize,
    pub failures: Vec<String>,
}

/// Sends every step to every side. The first side is the single-tenant index that the others are compared with.
pub async fn run(scenario: &Scenario, logical: &str, sides: &[Side], outcome: &mut Outcome) {
    let mut states: Vec<State> = sides.iter().map(|side| State::new(side, logical)).collect();
    for step in &scenario.steps {
        // At once, so that two tenants of one shared index also meet in time.
        join_all(
            sides
                .iter()
                .zip(&mut states)
                .map(|(side, state)| state.take(side, step)),
        )
        .await;
    }
    for (side, state) in sides.iter().zip(&mut states) {
        state.known.seq_nos.sort_unstable();
        outcome.failures.extend(
            state
                .failures
                .drain(..)
                .map(|f| format!("{} · {} · {f}", scenario.name, side.name)),
        );
    }
    let (direct, others) = states.split_first().unwrap();
    for (n, step) in scenario.steps.iter().enumerate() {
        for (side, state) in sides[1..].iter().zip(others) {
            let failure = compare(step, side.placement, (direct, state), n, &mut outcome.uses);
            outcome.failures.extend(
                failure.map(|f| format!("{} · {} · {}\n{f}", scenario.name, side.name, step.send)),
            );
            outcome.compared += 1;
        }
    }
}

/// What one side has seen of a scenario.
struct State {
    variables: HashMap<String, String>,
    known: Known,
    replies: Vec<Reply>,
    failures: Vec<String>,
}

impl State {
    fn new(side: &Side, logical: &str) -> Self {
        let mut state = Self {
            variables: HashMap::new(),
            known: Known::default(),
            replies: Vec::new(),
            failures: Vec::new(),
        };
        for name in ["i", "j", "none"] {
            let logical = format!("{logical}-{name}");
            let own = format!("{}{logical}", side.prefix);
            state.variables.insert(format!("{{{name}}}"), own.clone());
            if own != logical {
                state.known.names.push((own, logical));
            }
        }
        state
    }

    async fn take(&mut self, side: &Side, step: &Step) {
        let (body, content_type) = step.payload();
        let body = match String::from_utf8(body) {
            Ok(text) => self.fill(&text).into_bytes(),
            Err(bytes) => bytes.into_bytes(),
        };
        let mut headers: Vec<(&str, &str)> = step
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        if let Some(content_type) =
            content_type.filter(|_| !step.headers.contains_key("content-type"))
        {
            headers.push(("content-type", content_type));
        }
        headers.retain(|(_, value)| !value.is_empty());
        let reply = side
            .send(step.method(), &self.fill(step.target()), &headers, body)
            .await;
        if side.placement == Placement::SingleTenant && reply.status.as_u16() != step.is {
            self.failures.push(format!(
                "{}\n{} instead of {}: {}",
                step.send,
                reply.status,
                step.is,
                reply.text()
            ));
        }
        self.known.seq_nos.extend(numbers(&reply, "_seq_no"));
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if !step
            .instead
            .iter()
            .any(|instead| instead.on.contains(&side.placement))
        {
            for (name, pointer) in &step.save {
                let value = answer.pointer(pointer).cloned().unwrap_or_default();
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                self.variables.insert(format!("{{${name}}}"), text);
            }
            for pointer in &step.minted {
                match answer
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .filter(|id| is_minted(id))
                {
                    Some(id) => self.known.minted.push(id.to_owned()),
                    None => self.failures.push(format!(
                        "{}\nno minted id at {pointer}: {}",
                        step.send,
                        reply.text()
                    )),
                }
            }
        }
        self.replies.push(reply);
    }

    fn fill(&self, text: &str) -> String {
        self.variables
            .iter()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(name, value)
            })
    }
}

/// The shape of the server's own ids: 15 bytes in URL-safe base64.
fn is_minted(id: &str) -> bool {
    id.len() == 20
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn compare(
    step: &Step,
    placement: Placement,
    (direct, through): (&State, &State),
    n: usize,
    uses: &mut Uses,
) -> Option<String> {
    if let Some(instead) = step
        .instead
        .iter()
        .find(|instead| instead.on.contains(&placement))
    {
        return differs(step, instead, &through.replies[n]);
    }
    let is_source = step.target().contains("/_source/");
    let [want, got] = [direct, through]
        .map(|state| normalise(&state.replies[n], is_source, placement, &state.known, uses));
    (want != got).then(|| format!("--- single tenant\n{want}\n--- this placement\n{got}"))
}

/// How an answer differs from what the step says that the stack answers instead.
fn differs(step: &Step, instead: &Instead, reply: &Reply) -> Option<String> {
    let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let kind = answer["error"]["type"].as_str().unwrap_or("-");
    let no_body = step.method() == "HEAD";
    let right = reply.status.as_u16() == instead.status
        && (instead.kind == "*" || kind == instead.kind || no_body);
    (!right).then(|| {
        let Instead {
            status, kind, why, ..
        } = instead;
        format!(
            "--- wanted\n{status} {kind}: {why}\n--- got\n{}\n{}",
            reply.status.as_u16(),
            reply.text()
        )
    })
}

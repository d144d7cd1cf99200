//! Runs a scenario on all sides at once, step by step, and compares each side with the first.
use std::collections::HashMap;

use futures_util::future::{join, join_all};
use serde_json::Value;

use super::list::{Instead, Scenario, Step};
use super::normalise::{Known, Shown, Uses};
use super::order::Order;
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
        let (shared, own): (Vec<_>, Vec<_>) = sides
            .iter()
            .zip(&mut states)
            .partition(|(side, _)| side.placement == Placement::SharedIndex);
        // In turn on a shared index: two bulks at once would mix their documents, and so their order in a search.
        let in_turn = async {
            for (side, state) in shared {
                state.take(side, step).await;
            }
        };
        join(
            join_all(own.into_iter().map(|(side, state)| state.take(side, step))),
            in_turn,
        )
        .await;
    }
    for (side, state) in sides.iter().zip(&mut states) {
        outcome.failures.extend(
            state
                .failures
                .drain(..)
                .map(|f| format!("{} · {} · {f}", scenario.name, side.name)),
        );
    }
    let (direct, others) = states.split_first().unwrap();
    for (side, state) in sides[1..].iter().zip(others) {
        let order = Order::of(scenario, side.placement, &direct.replies, &state.replies);
        for (n, step) in scenario.steps.iter().enumerate() {
            let [want, got] =
                [(direct, &order[0]), (state, &order[1])].map(|(state, order)| Shown {
                    reply: &state.replies[n],
                    own: state.own[n],
                    is_source: step.target().contains("/_source/"),
                    known: &state.known,
                    order,
                });
            let failure = compare(step, side.placement, want, got, &mut outcome.uses);
            outcome.failures.extend(failure.map(|f| {
                format!(
                    "{} · {} · #{n} {}\n{f}",
                    scenario.name, side.name, step.send
                )
            }));
            outcome.compared += 1;
        }
    }
}

/// How an answer differs from what it should be.
fn compare(
    step: &Step,
    placement: Placement,
    want: Shown<'_>,
    got: Shown<'_>,
    uses: &mut Uses,
) -> Option<String> {
    let raw = got.reply.text();
    let reply = got.reply;
    // What the stack finds wrong itself, it says in its own words.
    let own = got.own;
    let [want, got] = [want, got].map(|shown| shown.normalise(placement, own, uses));
    match step.instead(placement) {
        // So that a step says nothing that is not so any more.
        Some(instead) if want == got => {
            Some(format!("it answers alike, so this can go: {}", instead.why))
        }
        Some(instead) => differs(step, instead, reply),
        None => (want != got).then(|| {
            format!("--- single tenant\n{want}\n--- this placement\n{got}\n--- as it came\n{raw}")
        }),
    }
}

/// What one side has seen of a scenario.
struct State {
    variables: HashMap<String, String>,
    known: Known,
    replies: Vec<Reply>,
    /// Which of them are refusals of the stack's own.
    own: Vec<bool>,
    failures: Vec<String>,
}

impl State {
    fn new(side: &Side, logical: &str) -> Self {
        let mut state = Self {
            variables: HashMap::new(),
            known: Known::default(),
            replies: Vec::new(),
            own: Vec::new(),
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
        let (reply, own) = side
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
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if step.instead(side.placement).is_none() {
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
        self.own.push(own);
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

//! Sequence numbers by order.
//!
//! Those of a shared index count the writes of all its tenants, so they differ from a single-tenant index's; but later
//! writes have greater ones. Each is replaced by its place among those that both of two sides showed.
use std::collections::BTreeMap;

use super::list::Scenario;
use super::side::Placement;
use super::walk::walk;
use crate::support::http::Reply;

/// The sequence numbers that a side showed, by index, sorted.
#[derive(Debug, Default)]
pub struct Order(BTreeMap<String, Vec<u64>>);

impl Order {
    /// The orders of two sides, over the places where both showed one: a step that only one side carried out must not
    /// shift the order of all later ones.
    pub fn of(
        scenario: &Scenario,
        placement: Placement,
        one: &[Reply],
        other: &[Reply],
    ) -> [Self; 2] {
        let mut both = [Self::default(), Self::default()];
        for ((step, one), other) in scenario.steps.iter().zip(one).zip(other) {
            let [one, other] = [one, other].map(shown);
            if step.instead(placement).is_none() && one.len() == other.len() {
                both[0].add(one);
                both[1].add(other);
            }
        }
        both
    }

    fn add(&mut self, shown: Vec<(String, u64)>) {
        for (index, number) in shown {
            let list = self.0.entry(index).or_default();
            if let Err(place) = list.binary_search(&number) {
                list.insert(place, number);
            }
        }
    }

    /// The place of a sequence number, as text.
    pub fn place(&self, index: &str, number: &str) -> String {
        let list = self.0.get(which(index)).map_or(&[][..], Vec::as_slice);
        let place = number
            .parse()
            .ok()
            .and_then(|number: u64| list.binary_search(&number).ok());
        place.map_or_else(|| "\"unknown\"".to_owned(), |place| place.to_string())
    }
}

/// The indices of a scenario differ in what comes last.
fn which(index: &str) -> &str {
    index
        .trim_matches('"')
        .rsplit('-')
        .next()
        .unwrap_or_default()
}

/// The sequence numbers of an answer, each with the index that was named last before it.
fn shown(reply: &Reply) -> Vec<(String, u64)> {
    let text = reply.text();
    let (mut index, mut found) = (String::new(), Vec::new());
    walk(&text, &mut |key, raw| {
        match key {
            "_index" => which(raw).clone_into(&mut index),
            "_seq_no" => found.extend(raw.parse().map(|number| (index.clone(), number))),
            _ => {}
        }
        true
    });
    found
}

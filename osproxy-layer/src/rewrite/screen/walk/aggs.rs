//! Aggregations: names of the client's own, each with one type and perhaps others below (section B of the catalogue).

use super::super::refusal::Refusal;
use super::super::table::AGGREGATION_TYPES;
use super::{Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

/// The two names that sub-aggregations go by. Both at once is refused: which one counts depends on the place (row B-22).
const BELOW: [&str; 2] = ["aggs", "aggregations"];

impl Walker<'_> {
    /// Aggregations by name.
    pub(super) fn aggs(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        for (name, one) in object.iter_mut() {
            self.aggs.push(name.to_owned());
            let told = self.agg(one, spot).map_err(|refusal| refusal.under(name));
            self.aggs.pop();
            told?;
        }
        Ok(())
    }

    /// One aggregation: exactly one type, `meta`, and what is below.
    fn agg(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        if BELOW.iter().all(|key| object.contains(key)) {
            let why = "it stands beside another key that means the same";
            return Err(self
                .refuse("key", "aggregations", why, "B-22")
                .under("aggregations"));
        }
        if types(object).count() != 1 {
            return Err(misshapen(
                value,
                spot,
                "an aggregation must have exactly one type",
            ));
        }
        for (key, member) in object.iter_mut() {
            let told = match key {
                "meta" => Ok(()), // echoed, at a place that the reversal knows (row B-21)
                key if BELOW.contains(&key) => self.aggs(member, spot),
                name => self.one_type(&AGGREGATION_TYPES, name, member),
            };
            told.map_err(|refusal| refusal.under(key))?;
        }
        Ok(())
    }
}

/// The keys of an aggregation that are types.
fn types<'o>(object: &'o Object<'_>) -> impl Iterator<Item = &'o str> {
    object
        .iter()
        .map(|(key, _)| key)
        .filter(|key| *key != "meta" && !BELOW.contains(key))
}

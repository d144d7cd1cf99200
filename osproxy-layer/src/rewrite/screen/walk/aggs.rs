//! Aggregations: names of the client's own, each with one type and perhaps others below (section B of the catalogue).

use super::super::refusal::Refusal;
use super::super::table::AGGREGATION_TYPES;
use super::{Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

/// The two names that sub-aggregations go by. Both at once is refused: which one counts depends on the place (row B-22).
const BELOW: [&str; 2] = ["aggs", "aggregations"];

/// Echoed, at a place that the reversal knows (row B-21).
const META: &str = "meta";

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
        let outer = self.above;
        let told = self.type_then_below(object, spot);
        self.above = outer;
        told
    }

    /// The type first, wherever it stands: it can change what may stand below.
    fn type_then_below(&mut self, object: &mut Object<'_>, spot: Spot) -> Result<(), Refusal> {
        for (key, member) in object.iter_mut() {
            if key != META && !BELOW.contains(&key) {
                self.one_type(&AGGREGATION_TYPES, key, member)
                    .map_err(|refusal| refusal.under(key))?;
            }
        }
        let below = |object: &Object<'_>| match BELOW.iter().find_map(|key| object.get(key)) {
            Some(Value::Object(aggs)) => !aggs.is_empty(),
            _ => false,
        };
        let wants_more = std::mem::take(&mut self.above.wants_more);
        if wants_more && self.scope.is_shared() && !below(object) {
            let construct = "an aggregation without others below".to_owned();
            return Err(Refusal::misshapen(
                construct,
                "this type needs some",
                "B-10",
            ));
        }
        for (key, member) in object.iter_mut() {
            if BELOW.contains(&key) {
                self.aggs(member, spot)
                    .map_err(|refusal| refusal.under(key))?;
            }
        }
        Ok(())
    }
}

impl Walker<'_> {
    /// An aggregation that is called `buckets` looks like a list of buckets in the answer, where it has one above it: hits
    /// below could not be told from buckets (row B-21).
    pub(super) fn no_buckets_above(&self) -> Result<(), Refusal> {
        if self.scope.is_shared() && self.aggs.iter().skip(1).any(|name| name == "buckets") {
            let why = "hits below an aggregation of this name could not be found in the answer";
            return Err(self.refuse("aggregation name", "buckets", why, "B-21"));
        }
        Ok(())
    }
}

/// What aggregations do to those below them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Above {
    /// One leads to documents inside documents.
    pub(super) nested: bool,
    /// One may have buckets without documents.
    pub(super) gaps: bool,
    /// The one that was just looked at is nothing without others below.
    pub(super) wants_more: bool,
}

impl Above {
    /// Why an aggregation that compares with a background can't stand here.
    pub(super) fn no_background(self) -> Option<&'static str> {
        if self.nested {
            Some("below a nested aggregation its background is not of the same documents")
        } else if self.gaps {
            Some(
                "in an empty bucket it prints the size of the whole index; give the histogram above a min_doc_count of 1",
            )
        } else {
            None
        }
    }
}

/// Whether a histogram has buckets without documents: unless it says that it has none.
pub(super) fn fills_gaps(histogram: &Value<'_>) -> bool {
    let Value::Object(histogram) = histogram else {
        return true;
    };
    match histogram.get("min_doc_count") {
        Some(Value::Number(least) | Value::String(least)) => {
            !least.parse::<u32>().is_ok_and(|least| least > 0)
        }
        _ => true,
    }
}

/// The keys of an aggregation that are types.
fn types<'o>(object: &'o Object<'_>) -> impl Iterator<Item = &'o str> {
    object
        .iter()
        .map(|(key, _)| key)
        .filter(|key| *key != META && !BELOW.contains(key))
}

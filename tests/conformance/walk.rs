//! Walks over an answer's own text, so that what is found in it can be compared or replaced in place.
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Calls `visit` with the key and the raw text of every value of a JSON text, outermost first, but for what is inside
/// of documents. It says whether to descend.
pub fn walk<'a>(text: &'a str, visit: &mut dyn FnMut(&str, &'a str) -> bool) {
    if let Ok(root) = serde_json::from_str::<&RawValue>(text) {
        value("", root.get(), visit);
    }
}

fn value<'a>(key: &str, raw: &'a str, visit: &mut dyn FnMut(&str, &'a str) -> bool) {
    if !visit(key, raw) || key == "_source" {
        return;
    }
    if raw.starts_with('{') {
        for (key, member) in serde_json::from_str::<Members<'a>>(raw)
            .map(|m| m.0)
            .unwrap_or_default()
        {
            value(&key, member.get(), visit);
        }
    } else if raw.starts_with('[') {
        for element in serde_json::from_str::<Vec<&'a RawValue>>(raw).unwrap_or_default() {
            value(key, element.get(), visit);
        }
    }
}

/// An object's members in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

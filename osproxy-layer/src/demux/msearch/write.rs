//! One search of a multi search, screened and written for its placement.

use crate::endpoint::Operation;
use crate::plan::{IndexPair, Item, screen_item};
use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Object, Value};
use crate::rewrite::screen::Shape;
use crate::router::Resolved;
use crate::switches::Switches;

/// URL parameters that belong to the request as a whole: the answer's form. Each search is screened with them, since
/// they decide its shape, and they are sent once.
pub(super) const WHOLE: [&str; 4] = [
    "typed_keys",
    "rest_total_hits_as_int",
    "max_concurrent_shard_requests",
    "pre_filter_shard_size",
];

/// Appends the physical pair of lines, and says what the answer will look like.
pub(super) fn write(
    search: &super::read::Search<'_>,
    whole: &[(&str, &str)],
    resolved: &Resolved,
    indices: &[IndexPair],
    switches: Switches,
    out: &mut Vec<u8>,
) -> Result<Shape, Rejection> {
    let mut url: Vec<(&str, &str)> = search
        .params
        .iter()
        .map(|(name, value)| (*name, &**value))
        .filter(|(name, _)| *name != "routing" || !switches.ignores_routing(resolved))
        .collect();
    url.extend_from_slice(whole);
    let screened = screen_item(
        Item {
            resolved,
            indices,
            body: search.body,
            url: &url,
            switches,
        },
        Operation::Search,
    )?;
    let mut header = Object::default();
    let names = indices
        .iter()
        .map(|pair| Value::text(pair.physical.as_str()))
        .collect();
    header.set("index", Value::Array(names));
    for (name, value) in screened.url() {
        if !WHOLE.contains(&&**name) {
            header.set(name.clone(), Value::text(value.clone()));
        }
    }
    tree::write_into(out, &Value::Object(header));
    out.push(b'\n');
    out.extend_from_slice(screened.body());
    if screened.body().is_empty() {
        out.extend_from_slice(b"{}");
    }
    out.push(b'\n');
    Ok(screened.shape().clone())
}

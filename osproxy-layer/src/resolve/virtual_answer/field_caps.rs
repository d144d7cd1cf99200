//! `_field_caps` on a shared placement: the node's answer, cut to the fields that tenants may see.
//!
//! The answer comes from the mapping, which is everybody's, so it needs what [`mapping`](super::mapping) needs. An
//! `index_filter` tells whether anybody's values reach into a range, and is refused (catalogue C3-07).

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use super::{mapping, registry};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Query, path};
use crate::future::Stopped;
use crate::plan::single_index;
use crate::rejection::Rejection;
use crate::resolve::caller::Caller;
use crate::rewrite::json::MAX_DEPTH;
use crate::rewrite::json::tree::{self, Value};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// Fields of the server's own that clients look for; what they hold is turned back in every hit.
const SERVERS: [&str; 3] = ["_id", "_index", "_source"];

/// What the cluster said, and what of it may be seen.
pub(super) struct FieldCaps {
    raw: Bytes,
    indices: Vec<Visible>,
}

/// One index, and its fields.
struct Visible {
    logical: String,
    physical: String,
    fields: Vec<String>,
}

/// Asks the cluster.
pub(super) async fn ask<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
    body: &[u8],
) -> Result<FieldCaps, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let fields = wanted(asked, body)?;
    let names = registry::list(caller, asked).await?.required(asked)?;
    if names.is_empty() {
        return Ok(FieldCaps {
            raw: Bytes::from_static(br#"{"indices":[],"fields":{}}"#),
            indices: Vec::new(),
        });
    }
    let mut indices = Vec::with_capacity(names.len());
    let mut targets = Vec::with_capacity(names.len());
    for (logical, text) in mapping::of_indices(caller, names).await? {
        let physical = single_index(caller.resolved, &logical)?.physical;
        let mapping = mapping::parse(&text)?;
        indices.push(Visible {
            logical,
            physical: physical.as_str().to_owned(),
            fields: mapping::fields(&mapping)
                .into_iter()
                .map(|field| field.full)
                .collect(),
        });
        targets.push(physical);
    }
    let mut query = Query::default();
    query.set("fields", fields);
    if let Some(unmapped) = asked.query.get("include_unmapped") {
        query.set("include_unmapped", unmapped.to_owned());
    }
    // An index that is declared and not there yet has no fields.
    query.set("ignore_unavailable", "true");
    let all: Vec<&str> = indices
        .iter()
        .map(|index| index.physical.as_str())
        .collect();
    let path = path::join(&[&all.join(","), "_field_caps"]);
    let (status, raw) = caller
        .ask(
            &[&*path, "?", &*query.encode()].concat(),
            targets,
            MAX_ANSWER,
        )
        .await?;
    if status != StatusCode::OK {
        return Err(Rejection::upstream("the cluster doesn't say what the fields can do").into());
    }
    Ok(FieldCaps { raw, indices })
}

/// The names and patterns of the fields: the server takes them in the URL alone.
fn wanted(asked: &Asked<'_>, body: &[u8]) -> Result<String, Rejection> {
    if asked.query.get("source").is_some() {
        return Err(Rejection::refused("parameter [source] is not offered here"));
    }
    let empty = body.is_empty()
        || serde_json::from_slice(body).is_ok_and(|sent: serde_json::Map<_, _>| sent.is_empty());
    if !empty {
        return Err(Rejection::refused(
            "[index_filter] is not allowed on placements of kind [shared_index]: it would tell of other tenants' values",
        ));
    }
    match asked.query.get("fields") {
        None | Some("") => Err(Rejection::malformed(
            "illegal_argument_exception",
            "specified fields can't be null or empty",
        )),
        Some(fields) => Ok(fields.to_owned()),
    }
}

impl FieldCaps {
    /// The logical answer.
    pub(super) fn value(&self) -> Result<Value<'_>, Rejection> {
        let unreadable = || Rejection::upstream("the answer of the cluster can't be shown");
        let Value::Object(answer) = tree::parse(&self.raw, MAX_DEPTH).map_err(|_| unreadable())?
        else {
            return Err(unreadable());
        };
        let there = self.those(answer.get("indices")).ok_or_else(unreadable)?;
        let Some(Value::Object(fields)) = answer.get("fields") else {
            return Err(unreadable());
        };
        let mut shown = Vec::new();
        for (name, types) in fields.iter() {
            let Value::Object(types) = types else {
                return Err(unreadable());
            };
            let mut kept = Vec::new();
            for (kind, caps) in types.iter() {
                if let Some(caps) = self.caps(name, caps, &there).ok_or_else(unreadable)? {
                    kept.push((kind.to_owned(), caps));
                }
            }
            if !kept.is_empty() {
                shown.push((name.to_owned(), Value::object(kept)));
            }
        }
        let names = there.iter().map(|index| Value::text(index.logical.clone()));
        Ok(Value::object([
            ("indices", Value::Array(names.collect())),
            ("fields", Value::object(shown)),
        ]))
    }

    /// What one field can do as one type. `Some(None)`: in no index that shows it.
    fn caps<'a>(
        &self,
        field: &str,
        caps: &Value<'a>,
        there: &[&Visible],
    ) -> Option<Option<Value<'a>>> {
        let Value::Object(caps) = caps else {
            return None;
        };
        let sees = |index: &&Visible| {
            SERVERS.contains(&field) || index.fields.iter().any(|name| name == field)
        };
        let of = match caps.get("indices") {
            None => there.to_vec(),
            listed => self.those(listed)?,
        };
        let seen: Vec<&Visible> = of.iter().copied().filter(sees).collect();
        if seen.is_empty() {
            return Some(None);
        }
        let mut shown = Vec::new();
        for (key, value) in caps.iter() {
            match key {
                "type" | "searchable" | "aggregatable" => {
                    shown.push((key.to_owned(), value.clone()));
                }
                "non_searchable_indices" | "non_aggregatable_indices" => {
                    let those = self.those(Some(value))?;
                    let those = those.into_iter().filter(sees);
                    shown.push((key.to_owned(), names(those)));
                }
                _ => {}
            }
        }
        if caps.contains("indices") || seen.len() < of.len() {
            shown.push(("indices".to_owned(), names(seen.into_iter())));
        }
        Some(Some(Value::object(shown)))
    }

    /// The indices of a list of physical names; `None` where one isn't of this request.
    fn those(&self, list: Option<&Value<'_>>) -> Option<Vec<&Visible>> {
        let Some(Value::Array(list)) = list else {
            return None;
        };
        list.iter()
            .map(|name| {
                let name = name.as_str()?;
                self.indices.iter().find(|index| index.physical == name)
            })
            .collect()
    }
}

fn names<'a, 'i>(indices: impl Iterator<Item = &'i Visible>) -> Value<'a> {
    Value::Array(
        indices
            .map(|index| Value::text(index.logical.clone()))
            .collect(),
    )
}

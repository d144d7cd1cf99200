//! `_update`: a partial document merged into the stored one. Scripts are refused.

use std::sync::Arc;

use super::call::{Call, Reply};
use super::error::{ApiError, Cause};
use super::index::{Index, Outcome, PRIMARY_TERM, Written};
use super::json::{Json, Malformed};
use super::source::{SourceFilter, reorder};
use super::store::Store;
use super::write::{self, ActiveShards, Refresh, Write, WriteParams};

/// The body of an update.
#[derive(Debug)]
pub(super) struct UpdateBody {
    doc: Option<Json>,
    upsert: Option<Json>,
    doc_as_upsert: bool,
    detect_noop: bool,
    /// Of the body; it wins over the one of the query string.
    pub(super) source: Option<SourceFilter>,
}

/// What an update did, and the source that it was asked to show.
#[derive(Debug)]
pub(super) struct Updated {
    pub(super) written: Written,
    source: Arc<str>,
}

pub(super) fn update(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    let params = WriteParams::from_query(&call.params)?;
    let refresh = Refresh::from_query(&call.params)?;
    let active = ActiveShards::from_query(&call.params)?;
    let retries = call
        .params
        .integer("retry_on_conflict", "int")?
        .unwrap_or(0);
    let filter = SourceFilter::from_params(&call.params)?;
    let text = call.text()?;
    let mut body = if text.is_empty() {
        UpdateBody::empty()
    } else {
        UpdateBody::parse(text)?
    };
    body.doc_as_upsert |= call.params.flag("doc_as_upsert")?.unwrap_or(false);
    let problems = body.problems(call.id(), &params, retries);
    if !problems.is_empty() {
        return Err(ApiError::validation(&problems));
    }
    write::refuse_alias(call, &params)?;
    let index = store.for_write(call.named_index())?;
    active.check(index)?;
    let updated = body.apply(index, call.id(), &params)?;
    let noop = updated.written.result == Outcome::Noop;
    // A single noop touches no shard; in a bulk the shard's own answer shows.
    let shards = if noop {
        super::index::shards(0, 0)
    } else {
        index.write_shards()
    };
    let forced = refresh == Refresh::Forced && !noop;
    let mut members = write::answer(index, call.id(), &updated.written, forced, shards);
    members.extend(updated.shown(body.source.as_ref().or(filter.as_ref())));
    Ok(write::reply(
        index,
        call.id(),
        params.routing.as_deref(),
        &updated.written,
        members,
    ))
}

impl UpdateBody {
    fn empty() -> Self {
        Self {
            doc: None,
            upsert: None,
            doc_as_upsert: false,
            detect_noop: true,
            source: None,
        }
    }

    /// Reads the body; what follows its object is ignored, as the server does (catalogue row D-13).
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let body = Json::parse_prefix(text).map_err(|why| broken(text, why))?;
        let Some(members) = body.members() else {
            let reason = format!(
                "[1:1] [UpdateRequest] Expected START_OBJECT but was: {}",
                body.token()
            );
            return Err(ApiError::bad("x_content_parse_exception", reason));
        };
        let mut update = Self::empty();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("doc", Json::Object(_)) => update.doc = Some(value.clone()),
                ("upsert", Json::Object(_)) => update.upsert = Some(value.clone()),
                ("doc_as_upsert", Json::Bool(on)) => update.doc_as_upsert = *on,
                ("detect_noop", Json::Bool(on)) => update.detect_noop = *on,
                ("_source", value) => update.source = Some(SourceFilter::from_json(value)?),
                ("scripted_upsert", Json::Bool(false)) => {}
                (
                    "script" | "scripted_upsert" | "if_seq_no" | "if_primary_term" | "lang"
                    | "params",
                    _,
                ) => {
                    return Err(ApiError::unsupported(format_args!("[{name}] in an update")));
                }
                ("doc" | "upsert" | "doc_as_upsert" | "detect_noop", value) => {
                    let reason = format!(
                        "[UpdateRequest] {name} doesn't support values of type: {}",
                        value.token()
                    );
                    return Err(ApiError::bad("x_content_parse_exception", reason));
                }
                (name, _) => {
                    return Err(ApiError::bad(
                        "x_content_parse_exception",
                        format!("[1:2] [UpdateRequest] unknown field [{name}]"),
                    ));
                }
            }
        }
        Ok(update)
    }

    pub(super) fn problems(&self, id: &str, params: &WriteParams, retries: i64) -> Vec<String> {
        let mut problems = params.problems(Write::Update, Some(id));
        let mut problem = |text: &str| problems.push(text.to_owned());
        if self.doc.is_none() {
            problem("script or doc is missing");
        }
        if params.if_seq_no.is_some() {
            if retries > 0 {
                problem("compare and write operations can not be retried");
            }
            if self.doc_as_upsert || self.upsert.is_some() {
                problem("upsert requests don't support `if_seq_no` and `if_primary_term`");
            }
        }
        if self.doc.is_none() && self.doc_as_upsert {
            problem("doc must be specified if doc_as_upsert is enabled");
        }
        problems
    }

    /// Merges into the stored document, or creates it.
    pub(super) fn apply(
        &self,
        index: &mut Index,
        id: &str,
        params: &WriteParams,
    ) -> Result<Updated, ApiError> {
        let routing = params.routing.as_deref();
        index.require_routing(id, routing)?;
        let Some(doc) = &self.doc else {
            return Err(ApiError::validation(&["script or doc is missing"]));
        };
        let Some(document) = index.document(id) else {
            let created = if self.doc_as_upsert {
                Some(doc)
            } else {
                self.upsert.as_ref()
            };
            let Some(created) = created else {
                return Err(index.document_missing(id));
            };
            let source = created.compact();
            let written = index.index(id, routing, &source, true, params.condition())?;
            return Ok(Updated {
                written,
                source: Arc::from(source),
            });
        };
        index.check_seq_no(document, params.condition())?;
        let mut merged = Json::parse(&document.source).map_err(ApiError::malformed_document)?;
        let changed = merge(&mut merged, &hashed(doc));
        if self.detect_noop && !changed {
            let written = Written {
                result: Outcome::Noop,
                version: document.version,
                seq_no: document.seq_no,
            };
            return Ok(Updated {
                written,
                source: Arc::clone(&document.source),
            });
        }
        let source = merged.compact();
        // The stored routing stays: the update found the document on its shard.
        let routing = document.routing.clone().or_else(|| params.routing.clone());
        let written = index.index(
            id,
            routing.as_deref(),
            &source,
            false,
            super::index::Condition::None,
        )?;
        Ok(Updated {
            written,
            source: Arc::from(source),
        })
    }
}

impl Updated {
    /// The member `get`, where a source was asked for.
    pub(super) fn shown(&self, filter: Option<&SourceFilter>) -> Option<(String, Json)> {
        let source = filter?.apply(&self.source, false)?;
        let members = [
            ("_seq_no", Json::from(self.written.seq_no)),
            ("_primary_term", Json::from(PRIMARY_TERM)),
            ("found", Json::Bool(true)),
            ("_source", source),
        ];
        Some(("get".to_owned(), Json::object(members)))
    }
}

/// A broken body: the server says in which document the break is, if it is in one.
fn broken(text: &str, why: Malformed) -> ApiError {
    let error = ApiError::malformed(why);
    match (broken_member(text), error) {
        (Some(name), ApiError::Exception { cause, .. }) if name == "doc" || name == "upsert" => {
            let reason = format!("[UpdateRequest] failed to parse field [{name}]");
            ApiError::new(
                400,
                Cause::new("x_content_parse_exception", reason).caused_by(*cause),
            )
        }
        (_, error) => error,
    }
}

/// The name of the first member whose value starts like an object and can't be read.
fn broken_member(text: &str) -> Option<String> {
    let mut rest = text.trim_start().strip_prefix('{')?;
    loop {
        let (name, after) = Json::split_first(rest)?;
        let value = after.trim_start().strip_prefix(':')?.trim_start();
        match Json::split_first(value) {
            None => {
                return name
                    .as_str()
                    .filter(|_| value.starts_with('{'))
                    .map(str::to_owned);
            }
            Some((_, after)) => rest = after.trim_start().strip_prefix(',')?,
        }
    }
}

/// The server parses the new parts into hash maps.
fn hashed(value: &Json) -> Json {
    let mut value = value.clone();
    reorder(&mut value);
    value
}

/// Overwrites what differs, object by object; arrays are values. True when something changed.
fn merge(old: &mut Json, new: &Json) -> bool {
    let (Json::Object(old), Json::Object(new)) = (old, new) else {
        return false;
    };
    let mut changed = false;
    for (name, value) in new {
        match old.iter_mut().find(|(other, _)| other == name) {
            None => {
                old.push((name.clone(), value.clone()));
                changed = true;
            }
            Some((_, present @ Json::Object(_))) if matches!(value, Json::Object(_)) => {
                changed |= merge(present, value);
            }
            Some((_, present)) => {
                changed |= !same(present, value);
                *present = value.clone();
            }
        }
    }
    changed
}

/// Equal after parsing: `1.10` is `1.1`, while `1` is not `1.0`.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) => {
            x.len() == y.len()
                && x.iter()
                    .all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        (Json::Array(x), Json::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        (Json::Number(_), Json::Number(_)) => a.compact() == b.compact(),
        _ => a == b,
    }
}

/// An update line of a bulk that carries a version.
pub(super) fn versioned_update() -> ApiError {
    let reason = "Update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead";
    ApiError::new(400, Cause::new("illegal_argument_exception", reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(old: &str, new: &str) -> (String, bool) {
        let mut old = Json::parse(old).unwrap();
        let changed = merge(&mut old, &hashed(&Json::parse(new).unwrap()));
        (old.compact(), changed)
    }

    #[test]
    fn merges_as_the_server_does() {
        let table = [
            (r#"{"a":1}"#, r#"{"a":1}"#, r#"{"a":1}"#, false),
            (r#"{"a":1.10}"#, r#"{"a":1.1}"#, r#"{"a":1.1}"#, false),
            (r#"{"a":1}"#, r#"{"a":1.0}"#, r#"{"a":1.0}"#, true),
            (
                r#"{"a":{"b":1}}"#,
                r#"{"a":{"c":2}}"#,
                r#"{"a":{"b":1,"c":2}}"#,
                true,
            ),
            (r#"{"a":{"b":1}}"#, r#"{"a":{}}"#, r#"{"a":{"b":1}}"#, false),
            (r#"{"a":[1]}"#, r#"{"a":[1,2]}"#, r#"{"a":[1,2]}"#, true),
            (r#"{"a":1}"#, r#"{"a":null}"#, r#"{"a":null}"#, true),
            (
                r#"{"b":1}"#,
                r#"{"yy":{"w":1,"a":2,"longer":3}}"#,
                r#"{"b":1,"yy":{"a":2,"longer":3,"w":1}}"#,
                true,
            ),
        ];
        for (old, new, result, changed) in table {
            assert_eq!(
                merged(old, new),
                (result.to_owned(), changed),
                "{old} {new}"
            );
        }
    }

    #[test]
    fn scripts_and_unknown_keys_are_refused() {
        for (body, reason) in [
            (
                r#"{"script":{"source":"x"}}"#,
                "[script] in an update is not supported",
            ),
            (r#"{"foo":1}"#, "unknown field [foo]"),
            (
                r#"{"doc":1}"#,
                "doc doesn't support values of type: VALUE_NUMBER",
            ),
        ] {
            assert!(
                UpdateBody::parse(body)
                    .unwrap_err()
                    .item()
                    .compact()
                    .contains(reason),
                "{body}"
            );
        }
    }
}

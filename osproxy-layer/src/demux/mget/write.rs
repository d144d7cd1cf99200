//! One document of a multi get, written for its placement.

use std::borrow::Cow;

use super::read::Doc;
use crate::endpoint::Query;
use crate::plan::{IndexPair, NO_FIELD, physical_id};
use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Object, Value};
use crate::router::{Resolved, SharedScope};

/// Appends the physical entry, a comma before it where it isn't the first.
pub(super) fn write(
    doc: &Doc<'_>,
    url: &Query<'_>,
    (resolved, pair): (&Resolved, &IndexPair),
    ignores_routing: bool,
    out: &mut Vec<u8>,
) -> Result<(), Rejection> {
    let mut entry = Object::default();
    entry.set("_index", Value::text(pair.physical.as_str()));
    match resolved.shared() {
        Some((shared, partition)) => {
            if doc.routing.is_some() && !ignores_routing {
                let reason = "[routing] of a document is not allowed on a shared index: documents of a tenant are \
                              routed by the tenant";
                return Err(Rejection::refused(reason));
            }
            entry.set("_id", Value::text(physical_id(shared, partition, &doc.id)?));
            if let Some(routing) = shared.routing(partition) {
                entry.set("routing", Value::text(routing));
            }
            shown_fields(doc, url, shared, &mut entry)?;
        }
        None => {
            entry.set("_id", Value::text(&*doc.id));
            if let Some(routing) = &doc.routing {
                entry.set("routing", Value::text(&**routing));
            }
            for (key, value) in [
                ("_source", &doc.source),
                ("stored_fields", &doc.stored_fields),
            ] {
                if let Some(value) = value {
                    entry.set(key, value.clone());
                }
            }
        }
    }
    for (key, value) in [
        ("version", &doc.version),
        ("version_type", &doc.version_type),
    ] {
        if let Some(value) = value {
            entry.set(key, value.clone());
        }
    }
    if !out.is_empty() {
        out.push(b',');
    }
    tree::write_into(out, &Value::Object(entry));
    Ok(())
}

/// Parameters of the URL that a shared document says itself, so that one rule decides for both.
pub(super) const SAID_BY_EACH: [&str; 4] = [
    "_source",
    "_source_includes",
    "_source_excludes",
    "stored_fields",
];

/// Which fields of a document come back: never less than what proves whose it is (catalogue H-02).
fn shown_fields<'a>(
    doc: &Doc<'a>,
    url: &Query<'_>,
    shared: &SharedScope,
    entry: &mut Object<'a>,
) -> Result<(), Rejection> {
    let stored = match &doc.stored_fields {
        Some(stored) => Some(stored.clone()),
        None => url.get("stored_fields").map(list),
    };
    if let Some(stored) = stored {
        if names(&stored)
            .iter()
            .any(|name| name.trim().starts_with('_'))
        {
            return Err(Rejection::refused(
                "[stored_fields] can't name fields that start with an underscore",
            ));
        }
        entry.set("stored_fields", stored);
    }
    let source = match &doc.source {
        Some(source) => Some(source.clone()),
        None => of_url(url),
    };
    match source {
        None => {}
        // `_source: false` would take `_routing` out of the answer too.
        Some(Value::Bool(false)) if entry.contains("stored_fields") => {}
        Some(Value::Bool(false)) => {
            entry.set("stored_fields", Value::Array(vec![Value::text("_none_")]));
        }
        Some(Value::Object(filter)) => {
            entry.set("_source", without_reserved_object(filter, shared)?);
        }
        Some(all @ Value::Bool(true)) => entry.set("_source", all),
        Some(includes) => entry.set("_source", without_reserved(&includes, shared)),
    }
    Ok(())
}

/// The source filter of the URL.
fn of_url<'a>(url: &Query<'_>) -> Option<Value<'a>> {
    let mut filter = Object::default();
    for (param, key) in [
        ("_source_includes", "includes"),
        ("_source_excludes", "excludes"),
    ] {
        if let Some(value) = url.get(param) {
            filter.set(key, list(value));
        }
    }
    match url.get("_source") {
        Some("false") => Some(Value::Bool(false)),
        Some(value) if !matches!(value, "" | "true") => {
            filter.set("includes", list(value));
            Some(Value::Object(filter))
        }
        _ if filter.is_empty() => None,
        _ => Some(Value::Object(filter)),
    }
}

fn list<'a>(text: &str) -> Value<'a> {
    Value::Array(
        text.split(',')
            .map(|name| Value::String(Cow::Owned(name.to_owned())))
            .collect(),
    )
}

fn names<'v>(value: &'v Value<'_>) -> Vec<&'v str> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => one.split(',').collect(),
        _ => Vec::new(),
    }
}

/// Includes without reserved names; emptied, they must not mean everything (catalogue C1-11).
fn without_reserved<'a>(includes: &Value<'_>, shared: &SharedScope) -> Value<'a> {
    let kept: Vec<Value<'a>> = names(includes)
        .into_iter()
        .filter(|name| !shared.documents.is_reserved(name.trim()))
        .map(|name| Value::String(Cow::Owned(name.to_owned())))
        .collect();
    if kept.is_empty() {
        Value::Array(vec![Value::text(NO_FIELD)])
    } else {
        Value::Array(kept)
    }
}

fn without_reserved_object<'a>(
    filter: Object<'_>,
    shared: &SharedScope,
) -> Result<Value<'a>, Rejection> {
    let mut kept = Object::default();
    for (key, value) in filter.into_members() {
        match &*key {
            "includes" | "include" if !names(&value).is_empty() => {
                kept.set("includes", without_reserved(&value, shared));
            }
            "includes" | "include" => {}
            "excludes" | "exclude" => {
                let all = names(&value)
                    .into_iter()
                    .map(|name| Value::String(Cow::Owned(name.to_owned())));
                kept.set("excludes", Value::Array(all.collect()));
            }
            other => {
                let reason = format!("unknown key [{}] of a source filter", tree::shown(other));
                return Err(Rejection::malformed("parsing_exception", reason));
            }
        }
    }
    Ok(if kept.is_empty() {
        Value::Bool(true)
    } else {
        Value::Object(kept)
    })
}

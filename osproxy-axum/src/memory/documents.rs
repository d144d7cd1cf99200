//! Calls by id: `_doc`, `_create` and `_source`.

use super::call::{Call, Reply};
use super::error::ApiError;
use super::index::{Document, Index, PRIMARY_TERM};
use super::json::Json;
use super::source::SourceFilter;
use super::store::Store;
use super::stored::StoredFields;
use super::write::{self, ActiveShards, Refresh, VersionType, Write, WriteParams};

/// `PUT` and `POST` of `_doc` and `_create`. `id`: `None` where the server mints one.
pub(super) fn index(
    store: &mut Store,
    call: &Call,
    id: Option<&str>,
    create: bool,
) -> Result<Reply, ApiError> {
    let mut params = WriteParams::from_query(&call.params)?;
    if create && !params.create && call.params.get("op_type").is_some() {
        return Err(ApiError::illegal_argument(
            "opType must be 'create', found: [index]",
        ));
    }
    // The server turns a write without an id into a creation, unless it is told what it is.
    params.create |= create || (id.is_none() && call.params.get("op_type").is_none());
    let refresh = Refresh::from_query(&call.params)?;
    let active = ActiveShards::from_query(&call.params)?;
    if call.body.is_empty() {
        return Err(ApiError::bad("parse_exception", "request body is required"));
    }
    let problems = params.problems(Write::Index, id);
    if !problems.is_empty() {
        return Err(ApiError::validation(&problems));
    }
    write::refuse_alias(call, &params)?;
    let minted;
    let id = match id {
        Some(id) => id,
        None => {
            minted = store.mint_id();
            minted.as_str()
        }
    };
    let source = call.text()?;
    let index = store.for_write(call.named_index())?;
    active.check(index)?;
    let routing = params.routing.as_deref();
    let written = index.index(id, routing, source, params.create, params.condition())?;
    let members = write::answer(
        index,
        id,
        &written,
        refresh == Refresh::Forced,
        index.write_shards(),
    );
    Ok(write::reply(index, id, routing, &written, members))
}

pub(super) fn delete(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    let params = WriteParams::from_query(&call.params)?;
    let refresh = Refresh::from_query(&call.params)?;
    let active = ActiveShards::from_query(&call.params)?;
    let problems = params.problems(Write::Delete, Some(call.id()));
    if !problems.is_empty() {
        return Err(ApiError::validation(&problems));
    }
    // Only a delete with an external version creates its index, for the sake of its tombstone.
    let index = match params.version_type {
        VersionType::Internal => store.existing_mut(call.named_index())?,
        VersionType::External | VersionType::ExternalOrEqual => {
            store.for_write(call.named_index())?
        }
    };
    active.check(index)?;
    let written = index.delete(call.id(), params.routing.as_deref(), params.condition())?;
    let members = write::answer(
        index,
        call.id(),
        &written,
        refresh == Refresh::Forced,
        index.write_shards(),
    );
    Ok(write::reply(index, call.id(), None, &written, members))
}

/// `GET` and `HEAD` of `_doc`.
pub(super) fn get(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let filter = SourceFilter::from_params(&call.params)?.unwrap_or_default();
    let stored = call
        .params
        .list("stored_fields")
        .map(StoredFields::new)
        .transpose()?;
    let (index, document) = find(store, call)?;
    let body = match document {
        None => not_found(&index.name, call.id()),
        Some(document) => found(index, document, &filter, stored.as_ref()),
    };
    Ok(Reply {
        status: if document.is_some() { 200 } else { 404 },
        body,
        location: None,
    })
}

/// `GET` and `HEAD` of `_source`.
pub(super) fn get_source(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let filter = SourceFilter::from_params(&call.params)?.unwrap_or_default();
    if filter.fetch == Some(false) {
        return Err(ApiError::validation(&[
            "fetching source can not be disabled",
        ]));
    }
    let (index, document) = find(store, call)?;
    match document.and_then(|document| filter.apply(&document.source, true)) {
        Some(source) => Ok(Reply::ok(source)),
        None => {
            let reason = format!("Document not found [{}]/[{}]", index.name, call.id());
            Err(ApiError::new(
                404,
                super::error::Cause::new("resource_not_found_exception", reason),
            ))
        }
    }
}

fn find<'a>(store: &'a Store, call: &Call) -> Result<(&'a Index, Option<&'a Document>), ApiError> {
    call.params.flag("realtime")?;
    call.params.flag("refresh")?;
    let version = call.params.integer("version", "long")?;
    call.params
        .get("version_type")
        .map(VersionType::parse)
        .transpose()?;
    let index = store.existing(call.named_index())?;
    index.require_routing(call.id(), call.params.get("routing"))?;
    let document = index.document(call.id());
    if let (Some(document), Some(version)) = (document, version) {
        check_version(index, document, version)?;
    }
    Ok((index, document))
}

/// A read's version must be the current one, whatever its type.
pub(super) fn check_version(
    index: &Index,
    document: &Document,
    version: i64,
) -> Result<(), ApiError> {
    let current = document.version;
    if current == version {
        return Ok(());
    }
    let found =
        format!("current version [{current}] is different than the one provided [{version}]");
    Err(index.conflict(&document.id, &found))
}

/// A found document as `_doc` and `_mget` show it.
pub(super) fn found(
    index: &Index,
    document: &Document,
    filter: &SourceFilter,
    stored: Option<&StoredFields>,
) -> Json {
    let mut members = vec![
        ("_index".to_owned(), Json::from(index.name.as_str())),
        ("_id".to_owned(), Json::from(document.id.as_str())),
        ("_version".to_owned(), Json::from(document.version)),
        ("_seq_no".to_owned(), Json::from(document.seq_no)),
        ("_primary_term".to_owned(), Json::from(PRIMARY_TERM)),
    ];
    // `_source=false` alone takes the routing away too (catalogue row H-02).
    let bare = filter.fetch == Some(false) && stored.is_none();
    let routing = document.routing.as_deref().filter(|_| !bare);
    members.extend(routing.map(|routing| ("_routing".to_owned(), Json::from(routing))));
    members.push(("found".to_owned(), Json::Bool(true)));
    members.extend(
        filter
            .apply(&document.source, stored.is_none())
            .map(|source| ("_source".to_owned(), source)),
    );
    let fields = stored.and_then(|stored| stored.fields(index, document));
    members.extend(fields.map(|fields| ("fields".to_owned(), fields)));
    Json::Object(members)
}

pub(super) fn not_found(index: &str, id: &str) -> Json {
    Json::object([
        ("_index", Json::from(index)),
        ("_id", Json::from(id)),
        ("found", Json::Bool(false)),
    ])
}

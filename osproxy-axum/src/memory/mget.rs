//! `_mget`: documents by id, each found, missing or in error on its own.

use super::call::{Call, Reply};
use super::documents::{self, check_version};
use super::error::ApiError;
use super::json::Json;
use super::source::SourceFilter;
use super::store::Store;
use super::stored::StoredFields;

/// One document asked for.
#[derive(Debug, Default)]
struct Wanted {
    index: Option<String>,
    id: Option<String>,
    routing: Option<String>,
    version: Option<i64>,
    filter: Option<SourceFilter>,
    stored: Option<StoredFields>,
}

pub(super) fn multi_get(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    call.params.flag("realtime")?;
    call.params.flag("refresh")?;
    let filter = SourceFilter::from_params(&call.params)?;
    let stored = call
        .params
        .list("stored_fields")
        .map(StoredFields::new)
        .transpose()?;
    let routing = call.params.get("routing");
    let Some(body) = call.json()? else {
        return Err(ApiError::bad(
            "parse_exception",
            "request body or source parameter is required",
        ));
    };
    let wanted = parse(&body)?;
    let mut problems = Vec::new();
    if wanted.is_empty() {
        problems.push("no documents to get".to_owned());
    }
    for (at, one) in wanted.iter().enumerate() {
        if one.index.is_none() && call.index().is_none() {
            problems.push(format!("index is missing for doc {at}"));
        }
        if one.id.is_none() {
            problems.push(format!("id is missing for doc {at}"));
        }
    }
    if !problems.is_empty() {
        return Err(ApiError::validation(&problems));
    }
    let defaults = Defaults {
        index: call.index(),
        routing,
        filter: filter.as_ref(),
        stored: stored.as_ref(),
    };
    let docs = wanted.iter().map(|one| defaults.get(store, one));
    Ok(Reply::ok(Json::object([(
        "docs",
        Json::Array(docs.collect()),
    )])))
}

/// What the path and the query string say for documents that don't.
struct Defaults<'a> {
    index: Option<&'a str>,
    routing: Option<&'a str>,
    filter: Option<&'a SourceFilter>,
    stored: Option<&'a StoredFields>,
}

impl Defaults<'_> {
    fn get(&self, store: &Store, wanted: &Wanted) -> Json {
        let index = wanted.index.as_deref().or(self.index).unwrap_or_default();
        let id = wanted.id.as_deref().unwrap_or_default();
        self.find(store, index, id, wanted).unwrap_or_else(|error| {
            Json::object([
                ("_index", Json::from(index)),
                ("_id", Json::from(id)),
                ("error", error.detail()),
            ])
        })
    }

    fn find(
        &self,
        store: &Store,
        index: &str,
        id: &str,
        wanted: &Wanted,
    ) -> Result<Json, ApiError> {
        let index = store.existing(index)?;
        index.require_routing(id, wanted.routing.as_deref().or(self.routing))?;
        let Some(document) = index.document(id) else {
            return Ok(documents::not_found(&index.name, id));
        };
        if let Some(version) = wanted.version {
            check_version(index, document, version)?;
        }
        let everything = SourceFilter::default();
        let filter = wanted
            .filter
            .as_ref()
            .or(self.filter)
            .unwrap_or(&everything);
        Ok(documents::found(
            index,
            document,
            filter,
            wanted.stored.as_ref().or(self.stored),
        ))
    }
}

fn parse(body: &Json) -> Result<Vec<Wanted>, ApiError> {
    let Some(members) = body.members() else {
        let reason = format!(
            "unexpected token [{}], expected [FIELD_NAME] or [START_ARRAY]",
            body.token()
        );
        return Err(ApiError::bad("parsing_exception", reason));
    };
    let mut wanted = Vec::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("docs", Json::Array(docs)) => {
                for doc in docs {
                    wanted.push(parse_doc(doc)?);
                }
            }
            ("ids", Json::Array(ids)) => {
                for id in ids {
                    let Some(id) = id.text() else {
                        return Err(ApiError::illegal_argument(
                            "ids array element should only contain ids",
                        ));
                    };
                    wanted.push(Wanted {
                        id: Some(id.to_owned()),
                        ..Wanted::default()
                    });
                }
            }
            (name, value) => {
                let reason = format!(
                    "unknown key [{name}] for a {}, expected [docs] or [ids]",
                    value.token()
                );
                return Err(ApiError::bad("parsing_exception", reason));
            }
        }
    }
    Ok(wanted)
}

fn parse_doc(doc: &Json) -> Result<Wanted, ApiError> {
    let Some(members) = doc.members() else {
        return Err(ApiError::illegal_argument(
            "docs array element should include an object",
        ));
    };
    let mut wanted = Wanted::default();
    for (name, value) in members {
        if *value == Json::Null {
            continue;
        }
        let text = || value.text().map(str::to_owned);
        match name.as_str() {
            "_index" => wanted.index = text(),
            "_id" => wanted.id = text(),
            "routing" => wanted.routing = text(),
            "version" => wanted.version = value.as_i64(),
            "version_type" => {
                super::write::VersionType::parse(value.text().unwrap_or_default())?;
            }
            "_source" => wanted.filter = Some(SourceFilter::from_json(value)?),
            "stored_fields" => {
                let one = |item: &Json| item.text().map(str::to_owned);
                let names = match value.items() {
                    Some(items) => items.iter().filter_map(one).collect(),
                    None => one(value).into_iter().collect(),
                };
                wanted.stored = Some(StoredFields::new(names)?);
            }
            name => {
                let reason = format!("failed to parse multi get request. unknown field [{name}]");
                return Err(ApiError::bad("parse_exception", reason));
            }
        }
    }
    Ok(wanted)
}

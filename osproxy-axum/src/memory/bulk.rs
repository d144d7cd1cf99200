//! `_bulk`: lines read as the server reads them, one result an item.
//!
//! A broken action line fails the request before anything is done; a broken source line fails its item.

use std::collections::HashMap;
use std::time::Instant;

use super::call::{Call, Reply};
use super::error::ApiError;
use super::json::Json;
use super::params::Params;
use super::source::SourceFilter;
use super::store::Store;
use super::update::{UpdateBody, versioned_update};
use super::write::{self, ActiveShards, Refresh, VersionType, Write, WriteParams};

/// One action with its source.
#[derive(Debug)]
struct Item<'a> {
    action: Action,
    index: String,
    id: Option<String>,
    params: WriteParams,
    retries: i64,
    filter: Option<SourceFilter>,
    source: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Index,
    Create,
    Update,
    Delete,
}

impl Action {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "index" => Self::Index,
            "create" => Self::Create,
            "update" => Self::Update,
            "delete" => Self::Delete,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// The update bodies, which the server parses with the lines, so that a broken one fails the request.
type Updates = HashMap<usize, UpdateBody>;

pub(super) fn bulk(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    let started = Instant::now();
    let refresh = Refresh::from_query(&call.params)?;
    let active = ActiveShards::from_query(&call.params)?;
    let defaults = Defaults::from_query(call)?;
    if call.body.is_empty() {
        return Err(ApiError::bad("parse_exception", "request body is required"));
    }
    let items = parse(call.text()?, &defaults)?;
    let updates = check(&items)?;
    let failed = create_indices(store, &items);
    let mut errors = false;
    let mut answers = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        // The line says `index` with `op_type: create`; the answer then says `create`.
        let action = if item.action == Action::Index && item.params.create {
            Action::Create
        } else {
            item.action
        };
        // An id is minted once the index is known.
        let mints =
            item.id.is_none() && item.action != Action::Delete && store.get(&item.index).is_some();
        let minted = mints.then(|| store.mint_id());
        let id = item.id.as_deref().or(minted.as_deref());
        let runnable = failed
            .get(&item.index)
            .map_or(Ok(()), |error| Err(error.clone()));
        let result = runnable.and_then(|()| {
            run(
                store,
                item,
                id.unwrap_or_default(),
                updates.get(&at),
                &active,
                refresh,
            )
        });
        let members = match result {
            Ok(members) => members,
            Err(error) => {
                errors = true;
                vec![
                    ("_index".to_owned(), Json::from(item.index.as_str())),
                    ("_id".to_owned(), id.map_or(Json::Null, Json::from)),
                    ("status".to_owned(), Json::from(u64::from(error.status()))),
                    ("error".to_owned(), error.item()),
                ]
            }
        };
        answers.push(Json::Object(vec![(
            action.name().to_owned(),
            Json::Object(members),
        )]));
    }
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or_default();
    Ok(Reply::ok(Json::object([
        ("took", Json::from(took)),
        ("errors", Json::Bool(errors)),
        ("items", Json::Array(answers)),
    ])))
}

/// Indices come into being before any item runs; one that some item wants to be an alias does not. Gives those that can't.
fn create_indices(store: &mut Store, items: &[Item<'_>]) -> HashMap<String, ApiError> {
    let mut failed = HashMap::new();
    for item in items {
        let creates =
            item.action != Action::Delete || item.params.version_type != VersionType::Internal;
        let wants_alias = items
            .iter()
            .any(|other| other.index == item.index && other.params.require_alias);
        if creates
            && !wants_alias
            && let Err(error) = store.for_write(&item.index)
        {
            failed.insert(item.index.clone(), error);
        }
    }
    failed
}

fn run(
    store: &mut Store,
    item: &Item<'_>,
    id: &str,
    update: Option<&UpdateBody>,
    active: &ActiveShards,
    refresh: Refresh,
) -> Result<Vec<(String, Json)>, ApiError> {
    if item.params.require_alias {
        return Err(ApiError::no_such_alias(&item.index));
    }
    let index = store.existing_mut(&item.index)?;
    if item.id.as_deref() == Some("") {
        return Err(ApiError::illegal_argument(
            "if _id is specified it must not be empty",
        ));
    }
    active.check(index)?;
    let routing = item.params.routing.as_deref();
    let forced = refresh == Refresh::Forced;
    let mut shown = None;
    let written = match (item.action, update) {
        (Action::Delete, _) => index.delete(id, routing, item.params.condition())?,
        (Action::Update, Some(body)) => {
            let updated = body.apply(index, id, &item.params)?;
            shown = updated.shown(item.filter.as_ref().or(body.source.as_ref()));
            updated.written
        }
        (action, _) => {
            let create = action == Action::Create || item.params.create;
            index.index(id, routing, item.source, create, item.params.condition())?
        }
    };
    let mut members = write::answer(index, id, &written, forced, index.write_shards());
    members.extend(shown);
    members.push((
        "status".to_owned(),
        Json::from(u64::from(written.result.status())),
    ));
    Ok(members)
}

/// What the query string and the path say for lines that don't.
#[derive(Debug)]
struct Defaults {
    index: Option<String>,
    routing: Option<String>,
    require_alias: bool,
    filter: Option<SourceFilter>,
}

impl Defaults {
    fn from_query(call: &Call) -> Result<Self, ApiError> {
        let params: &Params = &call.params;
        Ok(Self {
            index: call.index().or(params.get("index")).map(str::to_owned),
            routing: params
                .get("routing")
                .filter(|routing| !routing.is_empty())
                .map(str::to_owned),
            require_alias: params.flag("require_alias")?.unwrap_or(false),
            filter: SourceFilter::from_params(params)?,
        })
    }
}

fn parse<'a>(text: &'a str, defaults: &Defaults) -> Result<Vec<Item<'a>>, ApiError> {
    let Some(text) = text.strip_suffix('\n') else {
        return Err(ApiError::illegal_argument(
            "The bulk request must be terminated by a newline [\\n]",
        ));
    };
    let mut lines = text.split('\n').zip(1_usize..);
    let mut items = Vec::new();
    while let Some((line, number)) = lines.next() {
        // The server skips blank action lines.
        if line.trim().is_empty() {
            continue;
        }
        let mut item = action_line(line, number, defaults)?;
        if item.action != Action::Delete {
            // An action without its source line ends the body; the server forgets it.
            let Some((source, _)) = lines.next() else {
                break;
            };
            item.source = source.strip_suffix('\r').unwrap_or(source);
        }
        items.push(item);
    }
    if items.is_empty() {
        return Err(ApiError::validation(&["no requests added"]));
    }
    Ok(items)
}

fn action_line<'a>(line: &str, number: usize, defaults: &Defaults) -> Result<Item<'a>, ApiError> {
    let malformed = |text: String| {
        ApiError::illegal_argument(format!("Malformed action/metadata line [{number}], {text}"))
    };
    // What follows the first action, in its object or behind it, is not read (catalogue row D-18).
    let body = Json::parse_prefix(line).map_err(ApiError::malformed)?;
    let Some(members) = body.members() else {
        return Err(malformed(format!(
            "expected START_OBJECT but found [{}]",
            body.token()
        )));
    };
    let Some((name, meta)) = members.first() else {
        return Err(malformed(
            "expected FIELD_NAME but found [END_OBJECT]".to_owned(),
        ));
    };
    let Some(action) = Action::of(name) else {
        return Err(malformed(format!(
            "expected one of [create, delete, index, update] but found [{name}]"
        )));
    };
    let Some(meta) = meta.members() else {
        return Err(malformed(format!(
            "expected START_OBJECT or END_OBJECT but found [{}]",
            meta.token()
        )));
    };
    let mut item = Item {
        action,
        index: defaults.index.clone().unwrap_or_default(),
        id: None,
        params: WriteParams {
            routing: defaults.routing.clone(),
            create: action == Action::Create,
            require_alias: defaults.require_alias,
            ..WriteParams::default()
        },
        retries: 0,
        filter: defaults.filter.clone(),
        source: "",
    };
    for (name, value) in meta {
        if *value == Json::Null {
            continue;
        }
        if name == "_source" && value.items().is_none() {
            item.filter = Some(SourceFilter::from_json(value)?);
            continue;
        }
        let Some(text) = value.text() else {
            return Err(malformed(format!(
                "expected a simple value for field [{name}] but found [{}]",
                value.token()
            )));
        };
        let integer = || {
            text.parse()
                .map_err(|_| ApiError::illegal_argument(format!("For input string: \"{text}\"")))
        };
        match name.as_str() {
            "_index" => item.index = text.to_owned(),
            "_id" => item.id = Some(text.to_owned()),
            "routing" => {
                item.params.routing = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
            "op_type" => item.params.create |= text == "create" && action == Action::Index,
            "version" => item.params.version = Some(integer()?),
            "version_type" => item.params.version_type = VersionType::parse(text)?,
            "if_seq_no" => item.params.if_seq_no = Some(integer()?),
            "if_primary_term" => item.params.if_primary_term = Some(integer()?),
            "retry_on_conflict" => item.retries = integer()?,
            "require_alias" => item.params.require_alias = text == "true",
            "pipeline" => return Err(ApiError::unsupported("[pipeline] in a bulk line")),
            name => {
                let reason = format!(
                    "Action/metadata line [{number}] contains an unknown parameter [{name}]"
                );
                return Err(ApiError::illegal_argument(reason));
            }
        }
    }
    item.params = item.params.checked()?;
    Ok(item)
}

/// The checks that fail the request as a whole, once all lines are read.
fn check(items: &[Item<'_>]) -> Result<Updates, ApiError> {
    let mut updates = Updates::new();
    let mut problems = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if item.index.is_empty() {
            problems.push("index is missing".to_owned());
        }
        match item.action {
            Action::Update
                if item.params.version.is_some()
                    || item.params.version_type != VersionType::Internal =>
            {
                return Err(versioned_update());
            }
            Action::Update => {
                let body = UpdateBody::parse(item.source)?;
                problems.extend(
                    item.id
                        .as_deref()
                        .unwrap_or_default()
                        .is_empty()
                        .then(|| "id is missing".to_owned()),
                );
                problems.extend(body.problems(
                    item.id.as_deref().unwrap_or_default(),
                    &item.params,
                    item.retries,
                ));
                updates.insert(at, body);
            }
            Action::Delete => {
                problems.extend(
                    item.id
                        .as_deref()
                        .unwrap_or_default()
                        .is_empty()
                        .then(|| "id is missing".to_owned()),
                );
                problems.extend(item.params.problems(Write::Delete, item.id.as_deref()));
            }
            Action::Index | Action::Create => {
                problems.extend(item.params.problems(Write::Index, item.id.as_deref()));
            }
        }
    }
    if problems.is_empty() {
        Ok(updates)
    } else {
        Err(ApiError::validation(&problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        let defaults = Defaults {
            index: None,
            routing: None,
            require_alias: false,
            filter: None,
        };
        let result = parse(body, &defaults).and_then(|items| check(&items).map(|_| ()));
        result.map_or_else(|error| error.item().compact(), |()| "none".to_owned())
    }

    /// Sent to 3.8.0, which gave these words.
    #[test]
    fn lines_that_fail_the_request() {
        let table = [
            (
                "{\"index\":{\"_index\":\"i\",\"_id\":\"1\"}}\n{}",
                "The bulk request must be terminated by a newline",
            ),
            ("{\"index\":{\"_id\":\"1\"}}\n{}\n", "1: index is missing;"),
            (
                "{\"index\":{\"_index\":\"i\",\"foo\":1}}\n{}\n",
                "Action/metadata line [1] contains an unknown parameter [foo]",
            ),
            (
                "\n{\"foo\":{\"_index\":\"i\"}}\n{}\n",
                "line [2], expected one of [create, delete, index, update] but found [foo]",
            ),
            (
                "{\"index\":1}\n{}\n",
                "expected START_OBJECT or END_OBJECT but found [VALUE_NUMBER]",
            ),
            (
                "[\"index\"]\n{}\n",
                "expected START_OBJECT but found [START_ARRAY]",
            ),
            ("{}\n{}\n", "expected FIELD_NAME but found [END_OBJECT]"),
            ("{\"index\":{\"_index\":\"i\"}}\n", "1: no requests added;"),
            (
                "{\"update\":{\"_index\":\"i\"}}\n{\"doc\":{}}\n",
                "1: id is missing;",
            ),
            ("{\"delete\":{\"_index\":\"i\"}}\n", "1: id is missing;"),
            (
                "{\"update\":{\"_index\":\"i\",\"_id\":\"1\",\"version\":3}}\n{}\n",
                "Update requests do not support versioning",
            ),
            (
                "{\"index\":{\"_index\":\"i\",\"_id\":[1]}}\n{}\n",
                "expected a simple value for field [_id] but found [START_ARRAY]",
            ),
        ];
        for (body, reason) in table {
            let refusal = refusal(body);
            assert!(refusal.contains(reason), "{body}: {refusal}");
        }
    }

    #[test]
    fn lines_that_pass() {
        for body in [
            "{\"index\":{\"_index\":\"i\",\"_id\":null,\"routing\":5},\"attempts\":0}\n{\n",
            "{\"create\":{\"_index\":\"i\",\"_id\":7}}\r\n{}\r\n",
            "\n{\"delete\":{\"_index\":\"i\",\"_id\":\"1\"}} tail\n\n",
        ] {
            assert_eq!(refusal(body), "none", "{body}");
        }
    }
}

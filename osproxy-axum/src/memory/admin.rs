//! Calls on indices and on the cluster.

use super::call::{Call, Reply};
use super::error::{ApiError, Cause};
use super::index::{Index, shards};
use super::json::Json;
use super::mapping::Mapping;
use super::settings::Settings;
use super::store::Store;

/// The version that the double answers as.
const VERSION: &str = "3.8.0";

/// `GET /`, with every key that the server has: clients read more of it than one would think (opensearch-java fails when one lacks).
pub(super) fn info(store: &Store) -> Reply {
    let version = Json::object([
        ("distribution", Json::from("opensearch")),
        ("number", Json::from(VERSION)),
        ("build_type", Json::from("memory")),
        ("build_hash", Json::from("unknown")),
        ("build_date", Json::from("1970-01-01T00:00:00Z")),
        ("build_snapshot", Json::Bool(false)),
        ("lucene_version", Json::from("10.5.0")),
        ("minimum_wire_compatibility_version", Json::from("2.19.0")),
        ("minimum_index_compatibility_version", Json::from("2.0.0")),
    ]);
    Reply::ok(Json::object([
        ("name", Json::from("memory")),
        ("cluster_name", Json::from(CLUSTER_NAME)),
        ("cluster_uuid", Json::from(store.cluster_uuid.as_str())),
        ("version", version),
        (
            "tagline",
            Json::from("The OpenSearch Project: https://opensearch.org/"),
        ),
    ]))
}

const CLUSTER_NAME: &str = "memory";

pub(super) fn create_index(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    call.params.time("timeout")?;
    let name = call.named_index();
    let mut settings = Settings::default();
    let mut mapping = Mapping::default();
    if let Some(body) = call.json()? {
        let members = body.members().ok_or_else(|| {
            ApiError::bad(
                "parse_exception",
                "the body of a create index call is an object",
            )
        })?;
        for (name, value) in members {
            match name.as_str() {
                "settings" => settings = Settings::parse(value)?,
                "mappings" => mapping.merge(value).map_err(in_mapping)?,
                "aliases" if value.members().is_some_and(<[_]>::is_empty) => {}
                "aliases" => return Err(ApiError::unsupported("[aliases] of a new index")),
                name => {
                    return Err(ApiError::bad(
                        "parse_exception",
                        format!("unknown key [{name}] for create index"),
                    ));
                }
            }
        }
    }
    if let Some(index) = store.get(name) {
        let reason = format!("index [{name}/{}] already exists", index.uuid);
        let cause = Cause::new("resource_already_exists_exception", reason);
        return Err(ApiError::new(
            400,
            cause
                .with("index", name)
                .with("index_uuid", index.uuid.as_str()),
        ));
    }
    store.create(name, settings, mapping)?;
    let acknowledged = [
        ("acknowledged", Json::Bool(true)),
        ("shards_acknowledged", Json::Bool(true)),
        ("index", Json::from(name)),
    ];
    Ok(Reply::ok(Json::object(acknowledged)))
}

/// The server wraps what is wrong with the mapping of a new index.
fn in_mapping(error: ApiError) -> ApiError {
    match error {
        ApiError::Exception {
            status: 400, cause, ..
        } if cause.is("mapper_parsing_exception") || cause.is("illegal_argument_exception") => {
            let reason = format!("Failed to parse mapping [_doc]: {}", cause.reason());
            let own = cause.is("mapper_parsing_exception");
            let root = (*cause).clone();
            let error = ApiError::new(
                400,
                Cause::new("mapper_parsing_exception", reason).caused_by(*cause),
            );
            if own { error.rooted(root) } else { error }
        }
        other => other,
    }
}

pub(super) fn put_mapping(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    let names = store.resolve(call.index(), &call.params)?;
    let Some(body) = call.json()? else {
        return Err(ApiError::validation(&["mapping source is missing"]));
    };
    for name in names {
        let index = store.existing_mut(&name)?;
        let mut mapping = (*index.mapping).clone();
        mapping.merge(&body)?;
        index.mapping = mapping.into();
    }
    Ok(acknowledged())
}

pub(super) fn get_index(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let flat = call.params.flag("flat_settings")?.unwrap_or(false);
    each(store, call, |index| {
        Json::Object(vec![
            ("aliases".to_owned(), Json::Object(Vec::new())),
            ("mappings".to_owned(), index.mapping.to_json()),
            ("settings".to_owned(), settings_of(index, flat)),
        ])
    })
}

pub(super) fn get_mapping(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    each(store, call, |index| {
        Json::object([("mappings", index.mapping.to_json())])
    })
}

pub(super) fn get_settings(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let flat = call.params.flag("flat_settings")?.unwrap_or(false);
    each(store, call, |index| {
        Json::object([("settings", settings_of(index, flat))])
    })
}

/// Which indices a name stands for. There are no aliases and no data streams here.
pub(super) fn resolve_index(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let names = store.resolve(call.index(), &call.params)?;
    let open = || Json::Array(vec![Json::String("open".into())]);
    let index = |name: String| Json::object([("name", Json::String(name)), ("attributes", open())]);
    Ok(Reply::ok(Json::object([
        (
            "indices",
            Json::Array(names.into_iter().map(index).collect()),
        ),
        ("aliases", Json::Array(Vec::new())),
        ("data_streams", Json::Array(Vec::new())),
    ])))
}

fn settings_of(index: &Index, flat: bool) -> Json {
    index
        .settings
        .to_json(&index.name, &index.uuid, index.created_millis, flat)
}

/// One member an index, by name (the server's order is that of a hash map of its own objects).
fn each(store: &Store, call: &Call, show: impl Fn(&Index) -> Json) -> Result<Reply, ApiError> {
    let names = store.resolve(call.index(), &call.params)?;
    let shown = names
        .iter()
        .filter_map(|name| store.get(name))
        .map(|index| (index.name.clone(), show(index)));
    Ok(Reply::ok(Json::Object(shown.collect())))
}

pub(super) fn delete_index(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    for name in store.resolve(call.index(), &call.params)? {
        store.remove(&name);
    }
    Ok(acknowledged())
}

fn acknowledged() -> Reply {
    Reply::ok(Json::object([("acknowledged", Json::Bool(true))]))
}

pub(super) fn refresh(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let names = store.resolve(call.index(), &call.params)?;
    let indices = || names.iter().filter_map(|name| store.get(name));
    let total = indices()
        .map(|index| index.settings.shards * (1 + index.settings.replicas))
        .sum();
    let primaries = indices().map(|index| index.settings.shards).sum();
    Ok(Reply::ok(Json::object([(
        "_shards",
        shards(total, primaries),
    )])))
}

/// `_cluster/health`: one node, so every replica is unassigned and its index yellow. A wait that can't end times out at once.
pub(super) fn health(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    call.params.time("timeout")?;
    let names = store.resolve(call.index(), &call.params)?;
    let primaries = |index: &Index| index.settings.shards;
    let replicas = |index: &Index| index.settings.shards * index.settings.replicas;
    let chosen = || names.iter().filter_map(|name| store.get(name));
    let active: u64 = chosen().map(primaries).sum();
    let unassigned: u64 = chosen().map(replicas).sum();
    let all_active: u64 = store.indices().map(primaries).sum();
    let all: u64 = all_active + store.indices().map(replicas).sum::<u64>();
    let percent = if all == 0 {
        100.0
    } else {
        all_active as f64 * 100.0 / all as f64
    };
    let status = if unassigned == 0 { "green" } else { "yellow" };
    let timed_out = match call.params.get("wait_for_status") {
        None | Some("yellow" | "YELLOW" | "red" | "RED") => false,
        Some("green" | "GREEN") => status != "green",
        Some(other) => {
            return Err(ApiError::illegal_argument(format!(
                "unknown cluster health status [{other}]"
            )));
        }
    };
    let timed_out = timed_out || !enough_nodes(call.params.get("wait_for_nodes").unwrap_or("1"))?;
    for name in ["wait_for_active_shards", "wait_for_events"] {
        if call
            .params
            .get(name)
            .is_some_and(|value| value != "1" && value != "0" && value != "languid")
        {
            return Err(ApiError::unsupported(format_args!(
                "this value of the parameter [{name}]"
            )));
        }
    }
    let number = |number: u64| Json::from(number);
    let body = Json::object([
        ("cluster_name", Json::from(CLUSTER_NAME)),
        ("status", Json::from(status)),
        ("timed_out", Json::Bool(timed_out)),
        ("number_of_nodes", number(1)),
        ("number_of_data_nodes", number(1)),
        ("discovered_master", Json::Bool(true)),
        ("discovered_cluster_manager", Json::Bool(true)),
        ("active_primary_shards", number(active)),
        ("active_shards", number(active)),
        ("relocating_shards", number(0)),
        ("initializing_shards", number(0)),
        ("unassigned_shards", number(unassigned)),
        ("delayed_unassigned_shards", number(0)),
        ("number_of_pending_tasks", number(0)),
        ("number_of_in_flight_fetch", number(0)),
        ("task_max_waiting_in_queue_millis", number(0)),
        ("active_shards_percent_as_number", Json::from(percent)),
    ]);
    Ok(Reply {
        status: if timed_out { 408 } else { 200 },
        body,
        location: None,
    })
}

/// `wait_for_nodes`: `2`, `>=1`, `ge(1)` and the like, against the one node.
fn enough_nodes(text: &str) -> Result<bool, ApiError> {
    let forms = [(">=", "ge("), ("<=", "le("), (">", "gt("), ("<", "lt(")];
    let found = forms.iter().find_map(|(sign, word)| {
        let number = text
            .strip_prefix(sign)
            .or_else(|| text.strip_prefix(word)?.strip_suffix(')'))?;
        Some((*sign, number))
    });
    let (sign, number) = found.unwrap_or(("", text));
    let Ok(number) = number.parse::<u64>() else {
        return Err(ApiError::illegal_argument(format!(
            "For input string: \"{number}\""
        )));
    };
    Ok(match sign {
        ">=" => 1 >= number,
        "<=" => 1 <= number,
        ">" => 1 > number,
        "<" => 1 < number,
        _ => number == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_counts() {
        for (text, enough) in [
            ("1", true),
            (">=1", true),
            ("ge(2)", false),
            ("<2", true),
            ("gt(0)", true),
            ("2", false),
        ] {
            assert_eq!(enough_nodes(text).unwrap(), enough, "{text}");
        }
        assert!(enough_nodes("some").is_err());
    }
}

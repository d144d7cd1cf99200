//! `GET /_cluster/health`: what a test harness waits for before it begins.
//!
//! Every key of the node's answer is there: typed clients throw where one lacks. The cluster behind a placement is
//! masked: one node, which is this front, and a shard for each index. It is green as long as it answers, so a wait for a
//! status, for shards or for events is over at once; a wait for more nodes than one can't be, and is told so at once
//! (408 with `timed_out`, as the node does when the time is up).

use http::StatusCode;

use super::asked::Asked;
use super::output::{Authored, number, table};
use super::registry::Listed;
use super::time::{is_duration, now};
use crate::plan::is_met_by_one_node;
use crate::rejection::Rejection;
use crate::rewrite::cat::HEALTH;
use crate::rewrite::json::tree::Value;

/// The name that stands for every cluster.
pub(super) const CLUSTER_NAME: &str = "osproxy";

/// `_cluster/health[/{index}]`.
pub(super) fn health(asked: &Asked<'_>, listed: &Listed) -> Result<Authored<'static>, Rejection> {
    let nodes_enough = match asked.query.get("wait_for_nodes") {
        None | Some("") => true,
        Some(wanted) => is_met_by_one_node(wanted)?,
    };
    if let Some(timeout) = asked.query.get("timeout").filter(|text| !is_duration(text)) {
        let shown = crate::rewrite::json::tree::shown(timeout);
        return Err(Rejection::malformed(
            "illegal_argument_exception",
            format!(
                "failed to parse setting [timeout] with value [{shown}] as a time value: unit is missing or unrecognized"
            ),
        ));
    }
    // An index that isn't there is red until it is, so the wait for it ends as one for a status does.
    let found = listed.missing.is_none();
    let timed_out = !nodes_enough || !found;
    let mut members = vec![
        ("cluster_name", Value::text(CLUSTER_NAME)),
        ("status", Value::text(if found { "green" } else { "red" })),
        ("timed_out", Value::Bool(timed_out)),
        ("number_of_nodes", number(1)),
        ("number_of_data_nodes", number(1)),
        ("discovered_master", Value::Bool(true)),
        ("discovered_cluster_manager", Value::Bool(true)),
        ("active_primary_shards", number(listed.names.len())),
        ("active_shards", number(listed.names.len())),
        ("relocating_shards", number(0)),
        ("initializing_shards", number(0)),
        ("unassigned_shards", number(0)),
        ("delayed_unassigned_shards", number(0)),
        ("number_of_pending_tasks", number(0)),
        ("number_of_in_flight_fetch", number(0)),
        ("task_max_waiting_in_queue_millis", number(0)),
        (
            "active_shards_percent_as_number",
            Value::Number("100.0".into()),
        ),
    ];
    match asked.query.get("level") {
        Some("indices") => members.push(("indices", indices(listed, false))),
        Some("shards") => members.push(("indices", indices(listed, true))),
        Some("awareness_attributes") => members.push(("awareness_attributes", empty())),
        _ => {}
    }
    let status = if timed_out {
        StatusCode::REQUEST_TIMEOUT
    } else {
        StatusCode::OK
    };
    Ok(Authored::json(status, Value::object(members)))
}

/// `_cat/health`: the same as a table.
pub(super) fn cat(asked: &Asked<'_>, listed: &Listed) -> Result<Authored<'static>, Rejection> {
    let now = now();
    table(asked, HEALTH, |table| {
        table.push(|column| {
            Some(match column {
                "epoch" => now.epoch(),
                "timestamp" => now.clock(),
                "cluster" => CLUSTER_NAME.to_owned(),
                "status" => "green".to_owned(),
                "node.total" | "node.data" => "1".to_owned(),
                "discovered_cluster_manager" => "true".to_owned(),
                "shards" | "pri" => listed.names.len().to_string(),
                "relo" | "init" | "unassign" | "pending_tasks" => "0".to_owned(),
                "max_task_wait_time" => "-".to_owned(),
                "active_shards_percent" => "100.0%".to_owned(),
                _ => return None,
            })
        });
    })
}

fn indices(listed: &Listed, shards: bool) -> Value<'static> {
    Value::object(listed.names.iter().map(|name| {
        let mut members = vec![
            ("status", Value::text("green")),
            ("number_of_shards", number(1)),
            ("number_of_replicas", number(0)),
            ("active_primary_shards", number(1)),
            ("active_shards", number(1)),
            ("relocating_shards", number(0)),
            ("initializing_shards", number(0)),
            ("unassigned_shards", number(0)),
        ];
        if shards {
            let shard = [
                ("status", Value::text("green")),
                ("primary_active", Value::Bool(true)),
                ("active_shards", number(1)),
                ("relocating_shards", number(0)),
                ("initializing_shards", number(0)),
                ("unassigned_shards", number(0)),
            ];
            members.push(("shards", Value::object([("0", Value::object(shard))])));
        }
        (name.clone(), Value::object(members))
    }))
}

fn empty() -> Value<'static> {
    Value::object::<&str>([])
}

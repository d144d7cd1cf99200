//! `_cluster/health/{index}` on a dedicated index: the cluster tells of the index, and of itself nothing.

use super::answer::IndexAnswer;
use super::own::Own;
use super::{is_met_by_one_node, params, read};
use crate::plan::{Answer, Logical, Plan};
use crate::rejection::Rejection;
use crate::rewrite::response::IndexShape;

/// What the cluster waits for as it is asked to.
const FORWARDED: [&str; 6] = [
    "timeout",
    "wait_for_active_shards",
    "wait_for_events",
    "wait_for_no_initializing_shards",
    "wait_for_no_relocating_shards",
    "wait_for_status",
];

/// What would tell of the cluster: how many nodes it has, and where its shards are.
const KEPT: [&str; 3] = ["awareness_attribute", "level", "wait_for_nodes"];

/// Plans the call.
pub(in crate::plan) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let mut params = params::read(logical, &FORWARDED, &KEPT)?;
    match logical.query.get("level") {
        None | Some("cluster") => {}
        Some("indices") => params.forward.set("level", "indices"),
        Some(_) => {
            return Err(Rejection::refused(
                "parameter [level] is offered as [cluster] and [indices]: the others show the nodes of the cluster",
            ));
        }
    }
    if logical.query.get("awareness_attribute").is_some() {
        return Err(Rejection::refused(
            "parameter [awareness_attribute] is not allowed: it shows the nodes of the cluster",
        ));
    }
    let waits_in_vain = match logical.query.get("wait_for_nodes") {
        None | Some("") => false,
        Some(wanted) => !is_met_by_one_node(wanted)?,
    };
    let own = Own::spell(logical.resolved, params::expression(logical)?)?;
    let path = logical.endpoint.physical_path(Some(&own.text), None);
    let mut plan = read::assemble(logical, own, params, path, IndexShape::Health);
    if let Answer::Index(IndexAnswer {
        waits_in_vain: vain,
        ..
    }) = &mut plan.answer
    {
        *vain = waits_in_vain;
    }
    Ok(plan)
}

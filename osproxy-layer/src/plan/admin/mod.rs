//! Index-level calls: the names of an index, its mapping, its settings, its shards.
//!
//! On a shared placement nearly all of them are answered without the cluster; what is planned here is for an index of the
//! partition's own, and for the two calls about queries and text that a shared index has too.

mod analyze;
mod answer;
mod body;
mod expression;
mod health;
mod own;
mod params;
mod read;
mod validate;
mod wait;

pub(crate) use answer::IndexAnswer;
pub(crate) use expression::{Expression, Part};
pub(crate) use own::Own;
pub(crate) use wait::is_met_by_one_node;

use super::{Logical, Plan, not_offered};
use crate::endpoint::{Operation, PlacementKind};
use crate::rejection::Rejection;

/// Whether an operation is planned here on this kind of placement.
pub(super) fn is_offered(operation: Operation, kind: PlacementKind) -> bool {
    use Operation as Op;
    match operation {
        Op::Analyze | Op::ValidateQuery => true,
        Op::IndexCreate
        | Op::IndexExists
        | Op::IndexGet
        | Op::GetMapping
        | Op::PutMapping
        | Op::GetFieldMapping
        | Op::GetSettings
        | Op::GetAlias
        | Op::ExistsAlias
        | Op::Flush
        | Op::Stats
        | Op::ClusterHealth
        | Op::FieldCaps => kind == PlacementKind::DedicatedIndex,
        _ => false,
    }
}

/// Whether the indices of a wildcard are named one by one, on a dedicated index.
///
/// Elsewhere the wildcard is spelled for the cluster, less what belongs to shared patterns. Where the node insists on an
/// index for each wildcard, it does so even for one that is to be left out.
pub(super) fn names_each(operation: Operation, logical: &Logical<'_>) -> bool {
    use Operation as Op;
    let insists = logical.query.get("allow_no_indices") == Some("false");
    let kind = logical.resolved.kind();
    match operation {
        Op::PutMapping => kind == PlacementKind::DedicatedIndex,
        Op::IndexExists
        | Op::IndexGet
        | Op::GetMapping
        | Op::GetFieldMapping
        | Op::GetSettings
        | Op::Flush
        | Op::FieldCaps => insists && kind == PlacementKind::DedicatedIndex,
        _ => false,
    }
}

/// Whether such an operation takes a body.
pub(super) fn reads_body(operation: Operation) -> bool {
    use Operation as Op;
    matches!(
        operation,
        Op::IndexCreate | Op::PutMapping | Op::FieldCaps | Op::Analyze | Op::ValidateQuery
    )
}

/// Plans the physical request.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    use Operation as Op;
    match logical.endpoint.operation() {
        Op::IndexCreate => body::create(logical),
        Op::PutMapping => body::put_mapping(logical),
        Op::FieldCaps => body::field_caps(logical),
        Op::ClusterHealth => health::plan(logical),
        Op::Analyze => analyze::plan(logical),
        Op::ValidateQuery => validate::plan(logical),
        Op::IndexExists
        | Op::IndexGet
        | Op::GetMapping
        | Op::GetFieldMapping
        | Op::GetSettings
        | Op::GetAlias
        | Op::ExistsAlias
        | Op::Flush
        | Op::Stats => read::plan(logical),
        _ => Err(not_offered(logical.endpoint, logical.resolved.kind())),
    }
}

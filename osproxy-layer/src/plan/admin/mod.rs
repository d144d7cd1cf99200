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
pub(crate) use expression::Expression;
pub(crate) use own::Own;
pub(crate) use wait::is_met_by_one_node;

use super::{Logical, Plan, not_offered};
use crate::endpoint::{Operation, PlacementKind};
use crate::rejection::Rejection;
use expression::Part;

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

//! Reads of one document.

use super::{Answer, Logical, Payload, Plan, Presence, index, params};
use crate::endpoint::{Operation, path};
use crate::rejection::Rejection;
use crate::router::SharedScope;
use crate::spi::PartitionId;

/// A field that no document has: what a source filter says when nothing of it is left. An empty list would mean all.
pub(crate) const NO_FIELD: &str = "__osproxy_no_field";

/// Plans `GET` and `HEAD` of `_doc` and `_source`.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let pair = index::of_path(logical)?;
    let mut params = params::physical_params(logical.scoped())?;
    let id = logical.endpoint.id().unwrap_or_default();
    let operation = logical.endpoint.operation();
    let head = matches!(operation, Operation::Exists | Operation::ExistsSource);
    let answer = match (operation, logical.resolved.shared()) {
        (Operation::Get, _) => Answer::Get,
        (Operation::GetSource, Some(_)) => Answer::Source,
        (Operation::GetSource, None) => Answer::PlainSource,
        _ => Answer::Head,
    };
    let (path, presence) = match logical.resolved.shared() {
        Some((shared, partition)) => {
            let physical = shared.id.template().physical(partition, id)?;
            if !head {
                source_params(logical, &mut params, shared)?;
            }
            if let Some(routing) = shared.routing(partition) {
                params.forward.set("routing", routing.to_owned());
            }
            let path = if operation == Operation::GetSource {
                // The physical call takes these, and the node's own `_source` doesn't.
                for name in ["version", "version_type"] {
                    if logical.query.get(name).is_some() {
                        return Err(params::unknown(logical.scoped(), name));
                    }
                }
                // The client's own blanks stand around a source, and can't be told from those of a spaced answer.
                if params.pretty {
                    params.forward.remove("pretty");
                }
                // Its own answer is the bare document, which carries no proof of whose it is.
                path::join(&[pair.physical.as_str(), "_doc", &physical])
            } else {
                logical
                    .endpoint
                    .physical_path(Some(pair.physical.as_str()), Some(&physical))
            };
            (path, Presence::Read)
        }
        None => {
            for name in ["_source", "stored_fields"] {
                if let Some(value) = logical.query.get(name) {
                    params.forward.set(name, value.to_owned());
                }
            }
            (
                logical
                    .endpoint
                    .physical_path(Some(pair.physical.as_str()), None),
                Presence::Any,
            )
        }
    };
    Ok(Plan {
        method: logical.method.clone(),
        path,
        query: params.forward.encode(),
        payload: Payload::Empty,
        indices: vec![pair],
        answer,
        filter: params.filter,
        presence,
        lenient: false,
    })
}

/// Source filters and stored fields on a shared index: what the client may see of a document, while the answer keeps
/// what proves whose it is (catalogue H-02, C1-11, C1-12).
fn source_params(
    logical: &Logical<'_>,
    params: &mut params::Params,
    shared: &SharedScope,
) -> Result<(), Rejection> {
    let is_source = logical.endpoint.operation() == Operation::GetSource;
    match logical.query.get("_source") {
        None => {}
        Some("false") if is_source => {
            return Err(Rejection::malformed(
                "action_request_validation_exception",
                "Validation Failed: 1: fetching source can not be disabled;",
            ));
        }
        // `_source=false` would take `_routing` out of the answer too; this keeps it.
        Some("false") => params.forward.set("stored_fields", "_none_"),
        Some(value @ ("" | "true")) => params.forward.set("_source", value.to_owned()),
        Some(filter) => params
            .forward
            .set("_source", without_reserved(shared, filter)),
    }
    if let Some(filter) = logical.query.get("_source_includes") {
        params
            .forward
            .set("_source_includes", without_reserved(shared, filter));
    }
    if let Some(fields) = logical.query.get("stored_fields") {
        if fields.split(',').any(|field| field.trim().starts_with('_')) {
            return Err(Rejection::refused(
                "parameter [stored_fields] can't name fields that start with an underscore",
            ));
        }
        if params.forward.get("stored_fields").is_none() {
            // An empty list is none at all, which would take `_routing` out of the answer too.
            let fields = if fields.is_empty() { "_none_" } else { fields };
            params.forward.set("stored_fields", fields.to_owned());
        }
    }
    Ok(())
}

fn without_reserved(shared: &SharedScope, filter: &str) -> String {
    let kept: Vec<&str> = filter
        .split(',')
        .filter(|name| !shared.documents.is_reserved(name.trim()))
        .collect();
    if kept.is_empty() {
        NO_FIELD.to_owned()
    } else {
        kept.join(",")
    }
}

/// The physical id of a logical one, and the routing value, on a shared index.
pub(crate) fn physical_id(
    shared: &SharedScope,
    partition: &PartitionId,
    id: &str,
) -> Result<String, Rejection> {
    if shared.id.template().mints_from_body() {
        return Err(crate::spi::SpiError::IdMintedOnly.into());
    }
    Ok(shared.id.template().physical(partition, id)?)
}

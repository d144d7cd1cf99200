//! Writes of one document.

use bytes::Bytes;
use http::Method;

use super::{Answer, Logical, Payload, Plan, Presence, by_id, index, params};
use crate::cursor::Numbered;
use crate::endpoint::{Operation, path};
use crate::mint::random_id;
use crate::rejection::Rejection;
use crate::rewrite::document::{DocumentError, inject};
use crate::rewrite::update::{Scripts, UpdateBody};
use crate::router::SharedScope;
use crate::spi::{BodyDoc, PartitionId};

/// Plans index, create, update and delete.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    match logical.resolved.shared() {
        Some((shared, partition)) => on_shared(logical, shared, partition),
        None => on_dedicated(logical),
    }
}

/// Names are mapped; id and document pass as they are, and a server-made id is as good as ours.
fn on_dedicated(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let pair = index::of_path(logical)?;
    let params = params::physical_params(logical.scoped())?;
    let payload = if logical.endpoint.operation() == Operation::Delete {
        Payload::Empty
    } else {
        Payload::Stream
    };
    Ok(Plan {
        method: logical.method.clone(),
        path: logical
            .endpoint
            .physical_path(Some(pair.physical.as_str()), None),
        query: params.forward.encode(),
        payload,
        indices: vec![pair],
        answer: Answer::Write,
        filter: params.filter,
        presence: Presence::Any,
        lenient: false,
    })
}

fn on_shared(
    logical: &Logical<'_>,
    shared: &SharedScope,
    partition: &PartitionId,
) -> Result<Plan, Rejection> {
    let pair = index::of_path(logical)?;
    let mut params = params::physical_params(logical.scoped())?;
    if let Some(routing) = shared.routing(partition) {
        params.forward.set("routing", routing.to_owned());
    }
    if let Some(id) = logical.endpoint.id() {
        open_numbers(logical, &pair.logical, id, &mut params)?;
    }
    let operation = logical.endpoint.operation();
    let mut method = logical.method.clone();
    let path = match logical.endpoint.id() {
        Some(id) => {
            let physical = by_id::physical_id(shared, partition, id)?;
            logical
                .endpoint
                .physical_path(Some(pair.physical.as_str()), Some(&physical))
        }
        None => {
            // The server's own id would lack the partition; one that is made here must not overwrite a document.
            method = Method::PUT;
            params.forward.remove("op_type");
            let minted = minted(shared, partition, logical.body)?;
            path::join(&[pair.physical.as_str(), "_create", &minted])
        }
    };
    let payload = match operation {
        Operation::Delete => Payload::Empty,
        Operation::Update => Payload::Own(update(shared, logical.body)?),
        _ => Payload::Own(document(shared, logical.body)?),
    };
    // A delete creates its index only where it brings a version of its own (as the node does).
    let creates = operation != Operation::Delete
        || logical
            .query
            .get("version_type")
            .is_some_and(|kind| kind.starts_with("external"));
    Ok(Plan {
        method,
        path,
        query: params.forward.encode(),
        payload,
        indices: vec![pair],
        answer: Answer::Write,
        filter: params.filter,
        presence: if creates {
            Presence::Write
        } else {
            Presence::Read
        },
        lenient: false,
    })
}

/// A condition on sequence numbers, as the cluster knows them (catalogue F-12). One number alone, and what is no number, is
/// the node's to refuse.
fn open_numbers(
    logical: &Logical<'_>,
    index: &str,
    id: &str,
    params: &mut params::Params,
) -> Result<(), Rejection> {
    let Some(numbers) = logical
        .switches
        .numbers(logical.cursors, logical.resolved)?
    else {
        return Ok(());
    };
    let names = ["if_seq_no", "if_primary_term"];
    let [number, term] = names.map(|name| params.forward.get(name)?.parse().ok());
    if let (Some(number), Some(term)) = (number, term) {
        let (number, term) = numbers.open(Numbered { index, id }, (number, term));
        params.forward.set("if_seq_no", number.to_string());
        params.forward.set("if_primary_term", term.to_string());
    }
    Ok(())
}

/// The physical id of a document that comes without one.
pub(crate) fn minted(
    shared: &SharedScope,
    partition: &PartitionId,
    document: &[u8],
) -> Result<String, Rejection> {
    let template = shared.id.template();
    let logical = match template.minted(BodyDoc::new(document))? {
        Some(id) => id,
        None => {
            random_id().map_err(|_| Rejection::internal("no random numbers for a document id"))?
        }
    };
    Ok(template.physical(partition, &logical)?)
}

fn document(shared: &SharedScope, source: &[u8]) -> Result<Bytes, Rejection> {
    if source.is_empty() {
        return Err(Rejection::malformed(
            "parse_exception",
            "request body is required",
        ));
    }
    let mut out = Vec::with_capacity(source.len() + shared.injection.as_bytes().len() + 1);
    inject(source, &shared.documents, &shared.injection, &mut out)
        .map_err(|error| document_error(&error))?;
    Ok(out.into())
}

fn update(shared: &SharedScope, body: &[u8]) -> Result<Bytes, Rejection> {
    let malformed = |error: &crate::rewrite::update::UpdateError| {
        Rejection::malformed(error.error_type(), error.reason().to_owned())
    };
    let read = UpdateBody::read(body).map_err(|error| malformed(&error))?;
    let mut out = Vec::with_capacity(body.len() + 2 * shared.injection.as_bytes().len() + 2);
    read.rewrite(
        &shared.documents,
        &shared.injection,
        Scripts::Refused,
        &mut out,
    )
    .map_err(|error| malformed(&error))?;
    Ok(out.into())
}

pub(crate) fn document_error(error: &DocumentError) -> Rejection {
    Rejection::malformed(error.error_type(), error.reason())
}

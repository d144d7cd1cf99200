//! One item of a bulk, written for its placement.

use super::spelling::Spelling;
use crate::cursor::{Numbered, Numbers};
use crate::endpoint::PlacementKind;
use crate::plan::{document_error, minted, no_alias, physical_id};
use crate::rejection::Rejection;
use crate::rewrite::bulk::{Action, Item, PhysicalAction};
use crate::rewrite::document::inject;
use crate::rewrite::update::{Scripts, UpdateBody, UpdateError};
use crate::router::{Resolved, SharedScope};
use crate::spi::{IndexName, PartitionId};

/// An item and what of it was read beforehand.
pub(super) struct Read<'a> {
    pub(super) item: Item<'a>,
    /// The body of an update; boxed, for a bulk keeps all of its items.
    pub(super) update: Option<Box<Result<UpdateBody<'a>, UpdateError>>>,
}

/// Where an item goes.
pub(super) struct Destination<'a> {
    pub(super) resolved: &'a Resolved,
    pub(super) logical: &'a str,
    pub(super) physical: &'a IndexName,
    /// `require_alias` of the whole request.
    pub(super) require_alias: Option<bool>,
    /// What opens sequence numbers, where they are sealed.
    pub(super) numbers: Option<&'a Numbers>,
    /// The routing of items that name none.
    pub(super) routing: Option<&'a str>,
    /// Whether a routing of the item's own is passed over.
    pub(super) ignores_routing: bool,
    /// How its action line is spelled, where that is known already.
    pub(super) spelling: Option<&'a Spelling>,
}

/// Appends the item's physical lines to its group.
///
/// # Errors
/// The item's own error. The group's buffer is then as it was.
pub(super) fn write(
    read: &Read<'_>,
    to: &Destination<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Rejection> {
    let mark = out.len();
    let written = match to.resolved.shared() {
        Some((shared, partition)) => on_shared(read, to, shared, partition, out),
        None => on_dedicated(read, to, out),
    };
    if written.is_err() {
        out.truncate(mark);
    }
    written
}

/// Ids and documents are mapped (catalogue D-17 to D-19, D-26).
fn on_shared(
    read: &Read<'_>,
    to: &Destination<'_>,
    shared: &SharedScope,
    partition: &PartitionId,
    out: &mut Vec<u8>,
) -> Result<(), Rejection> {
    let (item, meta) = (&read.item, read.item.meta());
    own_index_only(item, to)?;
    if meta.routing().is_some() && !to.ignores_routing {
        return Err(refused(
            to,
            "routing",
            "documents of a tenant are routed by the tenant",
        ));
    }
    let source = item.source().unwrap_or_default();
    let spelled = match (to.spelling, meta.id()) {
        (Some(spelling), Some(id)) if meta.is_plain() => spelling.write(item.action(), id, out),
        _ => false,
    };
    if !spelled {
        action_line(item, to, shared, partition, out)?;
    }
    match (&read.update, item.action()) {
        (_, Action::Delete) => return Ok(()),
        (Some(update), _) => {
            let body = update.as_ref().as_ref().map_err(update_error)?;
            body.rewrite(&shared.documents, &shared.injection, Scripts::Refused, out)
                .map_err(|error| update_error(&error))?;
        }
        (None, _) => inject(source, &shared.documents, &shared.injection, out)
            .map_err(|error| document_error(&error))?,
    }
    out.push(b'\n');
    Ok(())
}

/// The action line from typed values, whatever the client's says.
fn action_line(
    item: &Item<'_>,
    to: &Destination<'_>,
    shared: &SharedScope,
    partition: &PartitionId,
    out: &mut Vec<u8>,
) -> Result<(), Rejection> {
    let meta = item.meta();
    let (action, id) = match (meta.id(), item.action()) {
        (Some(id), action) => (action, physical_id(shared, partition, id)?),
        (None, Action::Index | Action::Create) => {
            let source = item.source().unwrap_or_default();
            (Action::Create, minted(shared, partition, source)?)
        }
        (None, _) => {
            return Err(Rejection::malformed(
                "action_request_validation_exception",
                "Validation Failed: 1: id is missing;",
            ));
        }
    };
    let mut line = PhysicalAction::new(action, meta)
        .index(to.physical.as_str())
        .id(&id);
    if let Some(routing) = shared.routing(partition) {
        line = line.routing(routing);
    }
    if let (Some(numbers), Some(id)) = (to.numbers, meta.id()) {
        line = line.opened(|both| {
            let index = to.logical;
            numbers.open(Numbered { index, id }, both)
        });
    }
    if let Some(filter) = meta.source() {
        line = line.source(filter);
    }
    line.write(out);
    Ok(())
}

/// Names are mapped; the source line is the client's own, which framing has cut at its newline.
fn on_dedicated(read: &Read<'_>, to: &Destination<'_>, out: &mut Vec<u8>) -> Result<(), Rejection> {
    let (item, meta) = (&read.item, read.item.meta());
    let own_cluster = to.resolved.kind() == PlacementKind::DedicatedCluster;
    if !own_cluster {
        own_index_only(item, to)?;
    }
    let mut line = PhysicalAction::new(item.action(), meta).index(to.physical.as_str());
    if let Some(id) = meta.id() {
        line = line.id(id);
    }
    if let Some(routing) = meta.routing().or(to.routing) {
        line = line.routing(routing);
    }
    if let Some(pipeline) = meta.pipeline() {
        line = line.pipeline(pipeline);
    }
    if let Some(filter) = meta.source() {
        line = line.source(filter);
    }
    if let Some(require_alias) = meta
        .require_alias()
        .or(to.require_alias)
        .filter(|_| own_cluster)
    {
        line = line.require_alias(require_alias);
    }
    line.write(out);
    if let Some(source) = item.source() {
        out.extend_from_slice(source);
        out.push(b'\n');
    }
    Ok(())
}

/// What reaches past the item's own document on a cluster that others use.
fn own_index_only(item: &Item<'_>, to: &Destination<'_>) -> Result<(), Rejection> {
    let meta = item.meta();
    if meta.pipeline().is_some() {
        return Err(refused(
            to,
            "pipeline",
            "pipelines are the cluster's and can rewrite any document",
        ));
    }
    // The node reads the flag of a delete and does nothing with it.
    let wants_alias =
        item.action() != Action::Delete && meta.require_alias().or(to.require_alias) == Some(true);
    if wants_alias {
        return Err(no_alias(to.logical));
    }
    Ok(())
}

fn refused(to: &Destination<'_>, what: &str, why: &str) -> Rejection {
    let kind = to.resolved.kind().as_str();
    Rejection::refused(format!(
        "[{what}] of a bulk item is not allowed on placements of kind [{kind}]: {why}"
    ))
}

fn update_error(error: &UpdateError) -> Rejection {
    Rejection::malformed(error.error_type(), error.reason().to_owned())
}

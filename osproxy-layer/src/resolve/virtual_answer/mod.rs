//! Answers that are authored here, complete enough for typed clients.
//!
//! What a client asks before it begins (is there a cluster, which version, which nodes, is my index there) has no answer
//! of one tenant's on a cluster that others use. So it is written here: every key that the node's answer has, and nothing
//! of the cluster's but its version.

mod aliases;
mod asked;
mod count;
mod create;
mod field_caps;
mod health;
mod indices;
mod mapping;
mod nodes;
mod output;
mod own_indices;
mod registry;
mod templates;
mod time;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use self::asked::Asked;
use self::nodes::Address;
use self::output::{Authored, Output};
use super::caller::Caller;
use super::info;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Operation, PlacementKind};
use crate::future::Stopped;
use crate::plan::not_offered;

/// Whether an operation that the endpoint table has as rewritten is answered here: one whose answer needs more than one
/// call.
pub(super) fn gathers(operation: Operation, kind: PlacementKind) -> bool {
    match operation {
        Operation::CatCount => true,
        Operation::FieldCaps => kind == PlacementKind::SharedIndex,
        _ => false,
    }
}

/// The answer. `body` is what was sent, where the API takes something.
pub(super) async fn answer<S, R, B, T>(
    mut caller: Caller<'_, S, R>,
    body: &[u8],
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let asked = Asked::read(caller.parts, caller.state, caller.resolved)?;
    let output = Output::of(&asked)?;
    author(&mut caller, &asked, &output, body).await
}

async fn author<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
    output: &Output,
    body: &[u8],
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    use Operation as Op;
    let operation = asked.endpoint.operation();
    let shared = asked.resolved.shared().is_some();
    if !matches!(operation, Op::CatHealth | Op::CatIndices | Op::CatCount) {
        output::check_format(asked)?;
    }
    let authored = match operation {
        Op::Ping => Authored::head(true),
        Op::Info => {
            let version = info::version(caller).await?;
            return Ok(output.respond(Authored::ok(info::info(&version)?))?);
        }
        Op::NodesInfo => {
            let address = Address::of(caller.parts);
            let version = info::version(caller).await?;
            let part = asked.endpoint.value("node_id_or_metric");
            let filter = part.or(asked.endpoint.value("node_id"));
            nodes::nodes(filter, asked.endpoint.value("metric"), &address, &version)
        }
        Op::ClusterHealth => health::health(asked, &registry::declared(asked)?)?,
        Op::CatHealth => health::cat(asked, &registry::declared(asked)?)?,
        Op::GetTemplate
        | Op::ExistsTemplate
        | Op::GetIndexTemplate
        | Op::ExistsIndexTemplate
        | Op::GetComponentTemplate
        | Op::ExistsComponentTemplate => {
            templates::templates(asked, &caller.stack.settings().managed_templates)?
        }
        Op::IndexCreate => create::create(caller, asked, body).await?,
        Op::IndexExists => Authored::head(registry::list(caller, asked).await?.exists()),
        Op::CatCount => count::cat(caller, asked).await?,
        Op::CatIndices if !shared => own_indices::cat(caller, asked).await?,
        Op::ResolveIndex if !shared => own_indices::resolve(caller, asked).await?,
        Op::ResolveIndex => indices::resolve(registry::list(caller, asked).await?.names),
        Op::FieldCaps => {
            let answer = field_caps::ask(caller, asked, body).await?;
            return Ok(output.respond(Authored::ok(answer.value()?))?);
        }
        Op::CatIndices | Op::GetSettings | Op::GetAlias | Op::ExistsAlias => {
            let listed = registry::list(caller, asked).await?;
            if operation == Op::ExistsAlias && !listed.exists() {
                return Ok(output.respond(Authored::head(false))?);
            }
            let names = listed.required(asked)?;
            match operation {
                Op::CatIndices => indices::cat(asked, &names)?,
                Op::GetSettings => indices::settings(asked, names)?,
                _ => aliases::aliases(asked, names),
            }
        }
        Op::IndexGet | Op::GetMapping | Op::GetFieldMapping => {
            let names = registry::list(caller, asked).await?.required(asked)?;
            let mappings = mapping::of_indices(caller, names).await?;
            let value = match operation {
                Op::GetMapping => mapping::whole(&mappings)?,
                Op::GetFieldMapping => mapping::of_fields(asked, &mappings)?,
                _ => indices::whole(asked, &mappings)?,
            };
            return Ok(output.respond(Authored::ok(value))?);
        }
        _ => return Err(not_offered(asked.endpoint, asked.resolved.kind()).into()),
    };
    Ok(output.respond(authored)?)
}

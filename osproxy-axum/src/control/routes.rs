//! The calls.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::request::Parts;
use osproxy_layer::spi::{ClusterId, MigrationPhase, PartitionId, Placement};
use osproxy_layer::{MoveError, MoveStatus};

use super::answer::{self, BAD_PLACEMENT, Failure, Overview, PartitionState, Rehearsed};
use super::{Control, PlacementConfig};

/// The largest placement in bytes, as it is written.
const MAX_PLACEMENT: usize = 64 * 1024;

type Shared = State<Arc<Control>>;

pub(super) fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/placements", get(overview))
        .route("/placements/{partition}", get(one))
        .route("/placements/{partition}/move", post(begin))
        .route("/placements/{partition}/rehearse", post(rehearse))
        .route("/placements/{partition}/cutover", post(cutover))
        .route("/placements/{partition}/complete", post(complete))
        .route("/placements/{partition}/abort", post(abort))
        .fallback(async || {
            Failure::new(StatusCode::NOT_FOUND, "not_found", "there is no such call")
        })
        .method_not_allowed_fallback(async || {
            Failure::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "the call is there, with another method",
            )
        })
        .layer(DefaultBodyLimit::max(MAX_PLACEMENT))
        // Outermost: a stranger learns not even which calls there are.
        .layer(from_fn_with_state(Arc::clone(&control), authorize))
        .with_state(control)
}

/// Lets in who has the token, and logs what was done: neither the token nor the partition's name.
async fn authorize(State(control): Shared, request: Request, next: Next) -> Response {
    if !control.token.is_borne_by(request.headers()) {
        let reason = "this service wants its bearer token";
        return Failure::new(StatusCode::UNAUTHORIZED, "unauthorized", reason).into_response();
    }
    let path = request.uri().path().rsplit_once('/');
    let step = path.map_or("", |(_, last)| last).to_owned();
    let changes = *request.method() == http::Method::POST;
    let response = next.run(request).await;
    let is_call =
        ![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&response.status());
    if changes && is_call {
        tracing::info!(target: "osproxy::control", step, status = response.status().as_u16(), "a step of a move");
    }
    response
}

/// The partition that the path names.
struct Named(PartitionId);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        let partition = name
            .ok()
            .and_then(|Path(name)| PartitionId::parse(&name).ok());
        partition
            .map(Self)
            .ok_or_else(|| MoveError::Unplaced.into())
    }
}

async fn overview(State(control): Shared) -> Response {
    let mut known = control.table.statuses();
    known.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    let default = control.table.default_status();
    answer::ok(&Overview {
        version: control.table.version(),
        default: default.map(|status| answer::State::new(&status, None, false)),
        placements: known
            .iter()
            .map(|(partition, status)| control.shown(partition, true, status))
            .collect(),
    })
}

async fn one(State(control): Shared, Named(partition): Named) -> Result<Response, Failure> {
    control.show(&partition)
}

async fn begin(
    State(control): Shared,
    Named(partition): Named,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let status = control.placed(&partition)?;
    let body = body.map_err(|error| Failure::new(error.status(), "bad_body", error.body_text()))?;
    let to = control.read(&body)?;
    let now = status.placement().placement();
    // A copy into the same index would meet itself there, and emptying the target would empty the source.
    if now.cluster() == to.cluster() && now.index() == to.index() {
        let key = if to.index().is_some() {
            "index"
        } else {
            "cluster"
        };
        return Err(Failure::placement(key, "the partition lives there already"));
    }
    if status.phase() == MigrationPhase::Settled {
        // One whose lease ran out; it must not stand for the cutover of this move.
        drop(control.take(&partition));
    }
    control.table.begin_move(&partition, to)?;
    control.show(&partition)
}

async fn rehearse(State(control): Shared, Named(partition): Named) -> Result<Response, Failure> {
    control.placed(&partition)?;
    let held = control.table.rehearse(&partition).await?;
    let status = control.placed(&partition)?;
    Ok(answer::ok(&Rehearsed {
        held_ms: answer::millis(held),
        state: control.shown(&partition, true, &status),
    }))
}

/// Dropped while it waits (the caller has hung up), it drops the cutover, which aborts it.
async fn cutover(State(control): Shared, Named(partition): Named) -> Result<Response, Failure> {
    control.placed(&partition)?;
    let cutover = control.table.cutover(&partition).await?;
    control.keep(partition.clone(), cutover);
    control.show(&partition)
}

async fn complete(State(control): Shared, Named(partition): Named) -> Result<Response, Failure> {
    let status = control.placed(&partition)?;
    match control.take(&partition) {
        Some(cutover) => cutover.complete()?,
        None => return Err(not_drained(&status)),
    };
    control.show(&partition)
}

/// There is no cutover to complete, or it isn't this service's.
fn not_drained(status: &MoveStatus) -> Failure {
    let failure = Failure::from(MoveError::Phase(status.phase()));
    if status.phase() == MigrationPhase::Cutover {
        let reason = "the partition is in phase [cutover] and still waits for older writes";
        return failure.because(reason);
    }
    failure
}

async fn abort(State(control): Shared, Named(partition): Named) -> Result<Response, Failure> {
    control.placed(&partition)?;
    match control.take(&partition) {
        Some(cutover) => cutover.abort()?,
        None => control.table.abort(&partition)?,
    };
    control.show(&partition)
}

impl Control {
    /// The state of a partition that has a placement, be it the default's.
    fn placed(&self, partition: &PartitionId) -> Result<MoveStatus, Failure> {
        let status = self.table.status(partition);
        status.ok_or_else(|| MoveError::Unplaced.into())
    }

    fn show(&self, partition: &PartitionId) -> Result<Response, Failure> {
        let status = self.placed(partition)?;
        let own = self.table.is_own(partition);
        Ok(answer::ok(&self.shown(partition, own, &status)))
    }

    fn shown(&self, partition: &PartitionId, own: bool, status: &MoveStatus) -> PartitionState {
        let drained = status.phase() == MigrationPhase::Cutover && self.has_drained(partition);
        PartitionState::new(
            partition,
            own,
            answer::State::new(status, Some(partition), drained),
        )
    }

    /// A placement as it is written.
    fn read(&self, body: &[u8]) -> Result<Placement, Failure> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let written: PlacementConfig =
            serde_path_to_error::deserialize(&mut json).map_err(|error| {
                match error.path().iter().next() {
                    Some(_) => Failure::placement(error.path().to_string(), error.inner()),
                    None => Failure::new(StatusCode::BAD_REQUEST, BAD_PLACEMENT, error.inner()),
                }
            })?;
        json.end()
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, BAD_PLACEMENT, error))?;
        let placement = written
            .placement()
            .map_err(|error| Failure::placement(error.key(), error.problem()))?;
        if let Some(known) = &self.clusters
            && !known.contains(placement.cluster())
        {
            let known: Vec<_> = known.iter().map(ClusterId::as_str).collect();
            let reason = format!("there is no such cluster; known: {}", known.join(", "));
            return Err(Failure::placement("cluster", reason));
        }
        Ok(placement)
    }
}

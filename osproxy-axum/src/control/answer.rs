//! What the control service says: every answer is JSON.

use std::fmt;
use std::time::{Duration, SystemTime};

use axum_core::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use osproxy_layer::MoveStatus;
use osproxy_layer::spi::{PartitionId, Placement};
use serde::Serialize;

use super::PlacementConfig;
use super::clock;

/// A 200 with this body.
pub(super) fn ok(body: &impl Serialize) -> Response {
    write(StatusCode::OK, body)
}

fn write(status: StatusCode, body: &impl Serialize) -> Response {
    let mut text = serde_json::to_vec(body).unwrap_or_default();
    text.push(b'\n');
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    (status, headers, text).into_response()
}

/// `GET /placements`.
#[derive(Serialize)]
pub(super) struct Overview {
    /// How often the table was changed.
    pub(super) version: u64,
    /// What serves all other partitions.
    pub(super) default: Option<State>,
    pub(super) placements: Vec<PartitionState>,
}

/// One partition, by name.
#[derive(Serialize)]
pub(super) struct PartitionState {
    partition: String,
    /// Whether its placement is its own, and not the default's.
    own: bool,
    #[serde(flatten)]
    state: State,
}

impl PartitionState {
    pub(super) fn new(partition: &PartitionId, own: bool, state: State) -> Self {
        Self {
            partition: partition.as_str().to_owned(),
            own,
            state,
        }
    }
}

/// A placement, and how far its move has come.
#[derive(Serialize)]
pub(super) struct State {
    phase: &'static str,
    /// When it came into this phase.
    since: String,
    phase_ms: u64,
    epoch: u64,
    open_permits: usize,
    in_doubt: usize,
    writes_waiting: usize,
    /// How long the cutover has waited so far.
    cutover_waited_ms: Option<u64>,
    /// Whether the cutover has waited for all that it had to.
    drained: bool,
    /// How long the cutover may still stay open.
    lease_left_ms: Option<u64>,
    placement: PlacementConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<Documents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<PlacementConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_documents: Option<Documents>,
}

impl State {
    /// `partition` is `None` for the default, whose documents are spelled by partition.
    pub(super) fn new(status: &MoveStatus, partition: Option<&PartitionId>, drained: bool) -> Self {
        let placement = status.placement().placement();
        let documents =
            |placement: &Placement| partition.and_then(|of| Documents::new(placement, of));
        let since = SystemTime::now().checked_sub(status.since());
        Self {
            phase: status.phase().as_str(),
            since: clock::utc(since.unwrap_or(SystemTime::UNIX_EPOCH)),
            phase_ms: millis(status.since()),
            epoch: status.placement().epoch().get(),
            open_permits: status.open(),
            in_doubt: status.in_doubt(),
            writes_waiting: status.writes_waiting(),
            cutover_waited_ms: status.cutover_waited().map(millis),
            drained,
            lease_left_ms: status.lease_left().map(millis),
            placement: placement.into(),
            documents: documents(placement),
            to: status.to().map(PlacementConfig::from),
            to_documents: status.to().and_then(documents),
        }
    }
}

/// How a partition's documents are spelled on a shared index: what a copy of them has to take off or put on.
#[derive(Serialize)]
struct Documents {
    field: String,
    value: String,
    id_prefix: String,
    id_suffix: String,
    /// The routing of each document; `None` where the id decides.
    routing: Option<String>,
}

impl Documents {
    fn new(placement: &Placement, of: &PartitionId) -> Option<Self> {
        let Placement::SharedIndex(shared) = placement else {
            return None;
        };
        let (rule, template) = (shared.id_rule(), shared.id_rule().template());
        Some(Self {
            field: shared.field().as_str().to_owned(),
            value: of.as_str().to_owned(),
            id_prefix: template.prefix(of),
            id_suffix: template.suffix(of),
            routing: rule.sets_routing().then(|| of.as_str().to_owned()),
        })
    }
}

/// `POST …/rehearse`.
#[derive(Serialize)]
pub(super) struct Rehearsed {
    /// For how long writes were held.
    pub(super) held_ms: u64,
    #[serde(flatten)]
    pub(super) state: PartitionState,
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The type of a mistake in a placement.
pub(super) const BAD_PLACEMENT: &str = "bad_placement";

/// What went wrong, in OpenSearch's shape.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) body: FailureBody,
}

#[derive(Debug, Serialize)]
pub(super) struct FailureBody {
    pub(super) error: FailureError,
    status: u16,
    #[serde(flatten)]
    pub(super) more: Option<serde_json::Value>,
}

#[derive(Debug, Serialize)]
pub(super) struct FailureError {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, kind: &'static str, reason: impl fmt::Display) -> Self {
        Self {
            status,
            body: FailureBody {
                error: FailureError {
                    kind,
                    reason: reason.to_string(),
                    key: None,
                },
                status: status.as_u16(),
                more: None,
            },
        }
    }

    /// What is wrong with a key of a placement.
    pub(super) fn placement(key: impl Into<String>, reason: impl fmt::Display) -> Self {
        let mut failure = Self::new(StatusCode::BAD_REQUEST, BAD_PLACEMENT, reason);
        failure.body.error.key = Some(key.into());
        failure
    }

    /// For another reason.
    pub(super) fn because(mut self, reason: impl fmt::Display) -> Self {
        self.body.error.reason = reason.to_string();
        self
    }

    /// With further members beside `error` and `status`.
    pub(super) fn with(mut self, more: serde_json::Value) -> Self {
        self.body.more = Some(more);
        self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        write(self.status, &self.body)
    }
}

//! What a refused step of a move is answered with.

use http::StatusCode;
use osproxy_layer::{MoveError, PlacementError};
use serde_json::json;

use super::answer::{Failure, millis};

impl From<MoveError> for Failure {
    fn from(error: MoveError) -> Self {
        match &error {
            MoveError::Unplaced => Self::new(StatusCode::NOT_FOUND, "unknown_partition", error),
            MoveError::Phase(phase) => Self::new(StatusCode::CONFLICT, "wrong_phase", &error)
                .with(json!({ "phase": phase.as_str() })),
            MoveError::Placement(problem) => Self::placement(
                match problem {
                    PlacementError::ClusterNotDedicated { .. } => "cluster",
                    _ => "index",
                },
                problem,
            ),
            MoveError::Held {
                open,
                in_doubt,
                waited,
            } => Self::new(StatusCode::CONFLICT, "held", &error).with(json!({
                "open_permits": open,
                "in_doubt": in_doubt,
                "waited_ms": millis(*waited),
            })),
            MoveError::LeaseOver => Self::new(StatusCode::CONFLICT, "lease_over", error),
            _ => Self::new(StatusCode::CONFLICT, "move_error", error),
        }
    }
}

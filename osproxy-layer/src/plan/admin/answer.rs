//! How the answer of an index-level call is turned back.

use http::StatusCode;

use crate::plan::IndexPair;
use crate::rewrite::json::Members;
use crate::rewrite::response::{IndexShape, ReverseError, index_level};
use crate::rewrite::writing::Writing;
use crate::router::Resolved;

/// What is known of the answer before it comes.
#[derive(Clone)]
pub(crate) struct IndexAnswer {
    pub(super) shape: IndexShape,
    pub(super) writing: Writing,
    pub(super) resolved: Resolved,
    pub(super) pairs: Vec<IndexPair>,
    /// A wait for more nodes than this front has: it is told as one whose time is up.
    pub(super) waits_in_vain: bool,
}

impl IndexAnswer {
    /// Whether an answer of this status is one of the call's own shape, and no error object.
    pub(crate) fn takes(&self, status: StatusCode, raw: &[u8]) -> bool {
        let says = |name: &str| {
            Members::of(raw)
                .filter_map(Result::ok)
                .find(|member| member.key == name)
                .map(|member| member.value)
        };
        match (self.shape, status) {
            (_, status) if status.is_success() => true,
            (IndexShape::Health, StatusCode::REQUEST_TIMEOUT) => says("timed_out").is_some(),
            // An alias, or a field of no index, that isn't there: the error is no object.
            (IndexShape::Keyed, StatusCode::NOT_FOUND) => {
                says("error").is_none_or(|error| error.starts_with(b"\""))
            }
            _ => false,
        }
    }

    /// The logical answer, as the client wants it written.
    ///
    /// # Errors
    /// When it is not what the call answers, or names an index of somebody else.
    pub(crate) fn turn_back(
        &self,
        raw: &[u8],
        status: &mut StatusCode,
    ) -> Result<Vec<u8>, ReverseError> {
        let logical = |physical: &str| {
            let asked = self
                .pairs
                .iter()
                .find(|pair| pair.physical.as_str() == physical);
            asked
                .map(|pair| pair.logical.clone())
                .or_else(|| self.resolved.logical_index(physical))
        };
        let mut value = index_level(raw, self.shape, &logical)?;
        if self.waits_in_vain
            && let crate::rewrite::json::tree::Value::Object(health) = &mut value
        {
            health.set("timed_out", crate::rewrite::json::tree::Value::Bool(true));
            *status = StatusCode::REQUEST_TIMEOUT;
        }
        self.writing
            .write(&value)
            .map_err(|_| ReverseError::Shape("an answer that can't be filtered"))
    }
}

/// Names are a tenant's.
impl std::fmt::Debug for IndexAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexAnswer")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

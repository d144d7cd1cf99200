//! Index names: from logical to physical, and what turns them back.

use http::Method;

use super::{Answer, Logical, Payload, Plan, Presence, params};
use crate::endpoint::{IndexError, IndexExpr};
use crate::rejection::Rejection;
use crate::rewrite::response::{IdRule, Reversal};
use crate::router::Resolved;
use crate::spi::IndexName;

/// A logical index and the physical one behind it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IndexPair {
    pub(crate) logical: String,
    pub(crate) physical: IndexName,
}

/// The physical index of one logical name.
pub(crate) fn single_index(resolved: &Resolved, logical: &str) -> Result<IndexPair, Rejection> {
    let name = IndexExpr::parse(logical)
        .map_err(invalid)?
        .single()
        .ok_or_else(|| Rejection::refused("a list of indices is not allowed here"))?;
    let physical = resolved.physical_index(name)?;
    Ok(IndexPair {
        logical: name.to_owned(),
        physical,
    })
}

/// The physical indices of a request that may read several.
pub(super) fn several(
    logical: &Logical<'_>,
    param: Option<&str>,
) -> Result<Vec<IndexPair>, Rejection> {
    let (resolved, endpoint) = (logical.resolved, logical.endpoint);
    if let Some(expanded) = logical.expanded {
        return Ok(expanded.to_vec());
    }
    let text = match (endpoint.index(), param) {
        (Some(index), None) | (None, Some(index)) => index,
        (Some(_), Some(_)) => {
            return Err(Rejection::refused(
                "the index stands in the path, [index] can't name another",
            ));
        }
        (None, None) => {
            return Err(Rejection::refused(
                "a request on all indices of a tenant is not offered yet: name the index",
            ));
        }
    };
    let mut pairs: Vec<IndexPair> = Vec::new();
    for name in IndexExpr::parse(text).map_err(invalid)?.names() {
        if pairs.iter().all(|pair| pair.logical != name) {
            let physical = resolved.physical_index(name)?;
            if pairs.iter().any(|pair| pair.physical == physical) {
                // A routing decision that pins both to one index: an answer couldn't tell them apart.
                return Err(Rejection::refused(
                    "two of these indices are one on their cluster: name one of them",
                ));
            }
            pairs.push(IndexPair {
                logical: name.to_owned(),
                physical,
            });
        }
    }
    Ok(pairs)
}

/// The index of a request for one document.
pub(super) fn of_path(logical: &Logical<'_>) -> Result<IndexPair, Rejection> {
    single_index(
        logical.resolved,
        logical.endpoint.index().unwrap_or_default(),
    )
}

/// Names in the place of a list, for the path.
pub(super) fn joined(pairs: &[IndexPair]) -> String {
    let names: Vec<&str> = pairs.iter().map(|pair| pair.physical.as_str()).collect();
    names.join(",")
}

/// A name that the node would call invalid too, or an expression that could reach further than a name.
pub(crate) fn invalid(error: IndexError) -> Rejection {
    match error {
        IndexError::Uppercase | IndexError::Character | IndexError::TooLong | IndexError::Empty => {
            Rejection::malformed(
                "invalid_index_name_exception",
                format!("invalid index name: {error}"),
            )
        }
        other => Rejection::refused(format!("this index expression is not allowed: {other}")),
    }
}

/// What turns an answer from these indices back.
pub(crate) fn reversal(resolved: &Resolved, pairs: &[IndexPair]) -> Reversal {
    let names = pairs
        .iter()
        .map(|pair| (pair.physical.as_str(), pair.logical.as_str()));
    let Some((shared, partition)) = resolved.shared() else {
        return Reversal::dedicated(names);
    };
    let template = shared.id.template();
    let ids = IdRule::new(template.prefix(partition), template.suffix(partition));
    let mut reversal = Reversal::shared(names, ids)
        .strip(shared.rules.field().as_str())
        .own_keys(shared.rules.allowed_root_keys().iter().cloned());
    for field in &shared.extra_fields {
        reversal = reversal.strip(field.as_str());
    }
    match shared.routing(partition) {
        Some(routing) => reversal.expect_routing(routing),
        None => reversal,
    }
}

/// `_refresh` of named indices.
pub(super) fn plan_refresh(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let params = params::physical_params(logical.scoped())?;
    let indices = several(logical, None)?;
    Ok(Plan {
        method: Method::POST,
        path: logical
            .endpoint
            .physical_path(Some(&joined(&indices)), None),
        query: params.forward.encode(),
        payload: Payload::Empty,
        indices,
        answer: Answer::Shards,
        filter: params.filter,
        presence: Presence::Any,
        lenient: false,
    })
}

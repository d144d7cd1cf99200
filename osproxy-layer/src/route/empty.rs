//! Answers of requests that reach no index at all: the cluster needs not be asked, and the answer is the node's.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use super::answer::spaced;
use crate::body::ResponseBody;
use crate::plan::{Answer, Plan, Shows};
use crate::rejection::Rejection;

/// What the node answers to a query that is validated over no index.
const VALID_NOWHERE: &str = r#"{"_shards":{"total":0,"successful":0,"failed":0},"valid":true}"#;

/// What the node answers to a refresh of no index.
const NO_SHARDS: &str = r#"{"_shards":{"total":0,"successful":0,"failed":0}}"#;

/// What the node answers to a write by query over no index.
const NOTHING_BY_QUERY: &str = r#"{"took":0,"timed_out":false,"total":0,"deleted":0,"batches":0,"version_conflicts":0,"noops":0,"retries":{"bulk":0,"search":0},"throttled_millis":0,"requests_per_second":-1.0,"throttled_until_millis":0,"failures":[]}"#;

/// What the node answers to a count over no index.
const NO_COUNT: &str = r#"{"count":0,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0}}"#;

/// The members of the node's answer to a search over no index. `total_as_int` is the client's `rest_total_hits_as_int`.
pub(crate) fn no_hits(total_as_int: bool) -> String {
    let total = match total_as_int {
        true => "0",
        false => r#"{"value":0,"relation":"eq"}"#,
    };
    format!(
        r#""took":0,"timed_out":false,"_shards":{{"total":0,"successful":0,"skipped":0,"failed":0}},"hits":{{"total":{total},"max_score":0.0,"hits":[]}}"#
    )
}

/// The answer of a request whose wildcards match no index, as the node gives it.
pub(super) fn no_index<T>(plan: &Plan, pretty: bool) -> Response<ResponseBody<T>> {
    let body = match &plan.answer {
        Answer::ByQuery => NOTHING_BY_QUERY.into(),
        Answer::Index(_) => VALID_NOWHERE.into(),
        answer => of_reads(answer).unwrap_or(NO_SHARDS.into()),
    };
    respond(&body, plan, pretty)
}

/// A shared index that isn't there, for a request that doesn't create it: as the node answers.
pub(super) fn missing_index<T>(
    logical: &str,
    plan: &Plan,
    pretty: bool,
) -> Response<ResponseBody<T>> {
    if plan.lenient
        && let Some(body) = of_reads(&plan.answer)
    {
        return respond(&body, plan, pretty);
    }
    let looked_for = match &plan.answer {
        Answer::Get | Answer::Source | Answer::PlainSource | Answer::Write => "index_expression",
        _ => "index_or_alias",
    };
    let mut response = Rejection::no_such_index(logical, Some(looked_for)).into_response();
    if matches!(plan.answer, Answer::Head) {
        *response.body_mut() = ResponseBody::withheld();
    }
    response
}

/// What a search or a count finds nowhere.
fn of_reads(answer: &Answer) -> Option<Cow<'static, str>> {
    let hits = |total_as_int| Some(format!("{{{}}}", no_hits(total_as_int)).into());
    match answer {
        Answer::Search(shape) => hits(shape.total_as_int),
        Answer::Cursor(call) => match &call.shows {
            Shows::Hits(shape) => hits(shape.total_as_int),
            _ => None,
        },
        Answer::Count => Some(NO_COUNT.into()),
        _ => None,
    }
}

/// The part of it that the client asked for.
fn respond<T>(body: &str, plan: &Plan, pretty: bool) -> Response<ResponseBody<T>> {
    let mut out = body.as_bytes().to_vec();
    if let Some(kept) = plan
        .filter
        .as_ref()
        .and_then(|filter| filter.apply(&out).ok())
    {
        out = kept;
    }
    spaced(&mut out, pretty);
    let mut response = Response::new(ResponseBody::from(Bytes::from(out)));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    response
}

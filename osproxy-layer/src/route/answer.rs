//! An answer on its way back.

use bytes::Bytes;
use http::header::LOCATION;
use http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode};
use http_body::Body;

use crate::body::{BoxError, CollectError, ResponseBody, collect};
use crate::mount::MountPath;
use crate::plan::Answer;
use crate::rejection::Rejection;
use crate::rewrite::filter_path::FilterPath;
use crate::rewrite::json::{Members, Spacer};
use crate::rewrite::response::{
    self, HeaderFate, Reversal, ReverseError, SourceAnswer, Stream, header, location,
};
use crate::rewriter::{Rewriter, report_unreadable};

/// The largest error that is read whole, in bytes. A node's own are a few kilobytes.
const MAX_ERROR: usize = 4 * 1024 * 1024;

/// What one request knows about its answer.
pub(super) struct Shown {
    pub(super) answer: Answer,
    pub(super) filter: Option<FilterPath>,
    pub(super) reversal: Reversal,
    pub(super) mount: Option<MountPath>,
    pub(super) index: String,
    pub(super) id: String,
    /// The largest document that is read whole, in bytes.
    pub(super) limit: usize,
    /// Whether the client wants line breaks in what is authored here.
    pub(super) pretty: bool,
}

pub(super) fn mount_of(extensions: &Extensions) -> Option<MountPath> {
    extensions.get::<MountPath>().cloned()
}

/// Turns one answer back. It never fails: what can't be turned back is a 502.
pub(super) async fn turn_back<T>(
    response: Response<ResponseBody<T>>,
    shown: Shown,
) -> Response<ResponseBody<T>>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    // What the gate said is spelled for the client already.
    if response.extensions().get::<Rejection>().is_some() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let rewritten = !matches!(shown.answer, Answer::PlainSource) || !parts.status.is_success();
    parts.headers = headers(&parts.headers, rewritten, &shown);
    let body = match (&shown.answer, parts.status) {
        (Answer::Head, _) => Ok(ResponseBody::withheld()),
        (Answer::PlainSource, status) if status.is_success() => Ok(body),
        (Answer::Search(shape), status) if status.is_success() => {
            let stream = Stream::search(shown.reversal, shape.clone());
            primed(body, Rewriter::new(stream, shown.filter, shown.pretty)).await
        }
        (_, status) => whole(body, status, &shown, &mut parts.status).await,
    };
    match body {
        Ok(body) => Response::from_parts(parts, body),
        Err(rejection) => rejection.into_response(),
    }
}

/// A body that is turned back while it streams. Its first bytes are waited for, so that what can't be shown is a 502
/// while that can still be said.
pub(super) async fn primed<T>(
    body: ResponseBody<T>,
    rewriter: Rewriter,
) -> Result<ResponseBody<T>, Rejection>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let mut body = body.rewrite(rewriter).map_err(|error| broken(&error))?;
    body.prime().await.map_err(|error| broken(&error))?;
    Ok(body)
}

/// A body that is read whole first.
async fn whole<T>(
    body: ResponseBody<T>,
    status: StatusCode,
    shown: &Shown,
    shown_status: &mut StatusCode,
) -> Result<ResponseBody<T>, Rejection>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let limit = if status.is_success() || status == StatusCode::NOT_FOUND {
        shown.limit
    } else {
        MAX_ERROR
    };
    let raw = read_whole(body, limit).await?;
    if let Answer::Index(answer) = &shown.answer
        && answer.takes(status, &raw)
    {
        let turned = answer.turn_back(&raw, shown_status);
        let turned = turned.map_err(|error| unreadable(&error))?;
        return Ok(ResponseBody::from(Bytes::from(turned)));
    }
    let mut out = Vec::with_capacity(raw.len());
    if !status.is_success() && !is_answer(&shown.answer, status, &raw) {
        response::error(status, &raw, &shown.reversal, &mut out);
        spaced(&mut out, shown.pretty && shown.reversal.is_shared());
        return Ok(ResponseBody::from(Bytes::from(out)));
    }
    match &shown.answer {
        Answer::Write => response::write(&raw, &shown.reversal, &mut out),
        Answer::Get => response::get(&raw, &shown.reversal, &mut out),
        Answer::Explanation => response::explanation(&raw, &shown.reversal, &mut out),
        Answer::ByQuery => response::by_query(&raw, &shown.reversal, &mut out),
        Answer::Count => response::count(&raw, &shown.reversal, &mut out),
        Answer::Shards => response::count(&raw, &shown.reversal, &mut out),
        Answer::Source => source(&raw, shown, shown_status, &mut out),
        Answer::Head
        | Answer::PlainSource
        | Answer::Search(_)
        | Answer::Cursor(_)
        | Answer::Index(_) => Ok(()),
    }
    .map_err(|error| unreadable(&error))?;
    if let Some(filter) = shown
        .filter
        .as_ref()
        .filter(|_| !matches!(shown.answer, Answer::Source))
    {
        out = filter
            .apply(&out)
            .map_err(|_| Rejection::upstream("the answer of the cluster can't be filtered"))?;
        spaced(&mut out, shown.pretty);
    }
    Ok(ResponseBody::from(Bytes::from(out)))
}

/// Writes a whole body that was authored compactly again with line breaks, where they are wanted.
pub(crate) fn spaced(out: &mut Vec<u8>, pretty: bool) {
    if pretty {
        let text = std::mem::take(out);
        Spacer::whole().push(&text, out);
    }
}

/// A document that isn't there and a conflict by query are answers of their own shape, not error objects.
fn is_answer(answer: &Answer, status: StatusCode, raw: &[u8]) -> bool {
    let fits = match (answer, status) {
        (
            Answer::Write | Answer::Get | Answer::Source | Answer::Explanation,
            StatusCode::NOT_FOUND,
        ) => true,
        // A conflict is told with the figures of what was done.
        (Answer::ByQuery, StatusCode::CONFLICT) => true,
        _ => false,
    };
    fits && !is_error_object(raw)
}

fn is_error_object(raw: &[u8]) -> bool {
    Members::of(raw).any(|member| member.is_ok_and(|member| member.key == "error"))
}

fn source(
    raw: &[u8],
    shown: &Shown,
    status: &mut StatusCode,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    let answer = response::source(raw, &shown.reversal, out)?;
    if answer == SourceAnswer::Found {
        // All that the node does to a source that it keeps as text.
        if shown.pretty {
            out.push(b'\n');
        }
        return Ok(());
    }
    *status = StatusCode::NOT_FOUND;
    answer.write_missing(&shown.index, &shown.id, out);
    spaced(out, shown.pretty);
    Ok(())
}

/// Reads an answer whole.
pub(crate) async fn read_whole<T>(body: ResponseBody<T>, limit: usize) -> Result<Bytes, Rejection>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    match collect(body, limit).await {
        Ok(raw) => Ok(raw),
        Err(CollectError::TooLarge) => Err(Rejection::upstream(
            "the answer of the cluster is too large",
        )),
        Err(CollectError::Broken(error)) => Err(broken(&error)),
    }
}

/// An answer that can't be turned back.
pub(crate) fn unreadable(error: &ReverseError) -> Rejection {
    report_unreadable(error);
    Rejection::upstream("the answer of the cluster can't be shown")
}

fn broken(error: &BoxError) -> Rejection {
    match error.downcast_ref::<ReverseError>() {
        Some(reverse) => unreadable(reverse),
        None => Rejection::upstream("the answer of the cluster broke off"),
    }
}

/// Headers by the table. A rewritten body's length isn't the cluster's.
pub(super) fn headers(upstream: &HeaderMap, rewritten: bool, shown: &Shown) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(3);
    for (name, value) in upstream {
        match header(name.as_str()) {
            HeaderFate::Keep => {
                kept.append(name.clone(), value.clone());
            }
            HeaderFate::KeepWithBody if !rewritten => {
                kept.append(name.clone(), value.clone());
            }
            HeaderFate::Location => {
                let mount = shown.mount.as_ref().map_or("", MountPath::as_str);
                let logical = value
                    .to_str()
                    .ok()
                    .and_then(|raw| location(raw, &shown.reversal));
                let mounted =
                    logical.and_then(|path| HeaderValue::from_str(&[mount, &*path].concat()).ok());
                if let Some(value) = mounted {
                    kept.insert(LOCATION, value);
                }
            }
            _ => {}
        }
    }
    kept
}

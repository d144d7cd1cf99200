//! Sends the groups of a request, and hears what became of them.

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::header::RETRY_AFTER;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::answer;
use super::group::Group;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::outbound::Outbound;
use crate::plan::physical_headers;
use crate::rejection::{Rejection, RejectionKind};
use crate::rewrite::response::{self, Reversal};
use crate::route::{read_whole, spaced};
use crate::settings::Settings;
use crate::state::RequestState;

/// What became of one group.
pub(super) enum Outcome {
    /// The cluster's answer to the bulk.
    Answered(Bytes),
    /// Every item of it failed alike.
    Failed(Rejection),
}

/// A cluster answered fewer items than it was sent.
pub(super) fn lost() -> Rejection {
    Rejection::upstream("the cluster did not say what became of this item")
}

/// What became of a sent group.
enum Sent<T> {
    Outcome(Outcome),
    /// The only group failed as a whole, and its status is the client's answer.
    Whole(Response<ResponseBody<T>>),
}

impl<T> Sent<T> {
    /// The client's answer where the only group is one, else what became of each group.
    fn whole_or_outcomes(sent: Vec<Self>) -> Result<Response<ResponseBody<T>>, Vec<Outcome>> {
        match <[Self; 1]>::try_from(sent) {
            Ok([Self::Whole(response)]) => Ok(response),
            Ok([Self::Outcome(outcome)]) => Err(vec![outcome]),
            Err(sent) => Err(sent.into_iter().map(Self::into_outcome).collect()),
        }
    }

    fn into_outcome(self) -> Outcome {
        match self {
            Self::Outcome(outcome) => outcome,
            Self::Whole(response) => Outcome::Failed(refusal_of(response.status())),
        }
    }
}

/// Sends groups.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) parts: &'a Parts,
    pub(super) state: &'a RequestState,
    pub(super) call: Call<'a>,
    pub(super) settings: &'a Settings,
    /// Where a group that fails as a whole is the client's answer, for it is the only one and all went to it: what turns
    /// the error back.
    pub(super) whole: Option<&'a Reversal>,
}

/// What each group is sent as.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) path: &'static str,
    pub(super) media: &'static str,
    pub(super) query: &'a str,
    /// What stands around the items in the body.
    pub(super) around: (&'static str, &'static str),
    /// Whether what is authored here is written with line breaks.
    pub(super) pretty: bool,
}

impl Sender<'_> {
    /// Sends the groups side by side, up to a bound. The first takes the ready instance, each other a clone of its
    /// own, which it drives ready itself. Gives the client's answer where the only group failed as a whole, else what
    /// became of each group.
    pub(super) async fn send_all<S, B, T>(
        self,
        outbound: Outbound<S>,
        groups: Vec<Group>,
    ) -> Result<Response<ResponseBody<T>>, Vec<Outcome>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let mut sent: Vec<Option<Sent<T>>> = Vec::new();
        sent.resize_with(groups.len(), || None);
        let idle = outbound.clone();
        let mut first = Some(outbound);
        // A group is made for its first item; where every item was refused on writing, there is nothing to send.
        let mut waiting = groups
            .into_iter()
            .enumerate()
            .filter(|(_, group)| group.items > 0);
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.settings.max_groups {
                let Some((at, group)) = waiting.next() else {
                    break;
                };
                let outbound = first.take().unwrap_or_else(|| idle.clone());
                running.push(async move { (at, self.send(outbound, group).await) });
            }
            let Some((at, outcome)) = running.next().await else {
                break;
            };
            if let Some(slot) = sent.get_mut(at) {
                *slot = Some(outcome);
            }
        }
        let lost = || Sent::Outcome(Outcome::Failed(Rejection::unreachable()));
        Sent::whole_or_outcomes(
            sent.into_iter()
                .map(|sent| sent.unwrap_or_else(lost))
                .collect(),
        )
    }

    async fn send<S, B, T>(self, mut outbound: Outbound<S>, group: Group) -> Sent<T>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let limit = self.settings.max_answer(group.items);
        let Ok(request) = self.request(group) else {
            return Sent::Outcome(Outcome::Failed(Rejection::internal(
                "a path that makes no URI",
            )));
        };
        let Ok(response) = outbound.send(request).await else {
            return Sent::Outcome(Outcome::Failed(Rejection::unreachable()));
        };
        let status = response.status();
        if status.is_success() {
            return Sent::Outcome(match read_whole(response.into_body(), limit).await {
                Ok(raw) => Outcome::Answered(raw),
                Err(why) => Outcome::Failed(why),
            });
        }
        if let Some(own) = response.extensions().get::<Rejection>() {
            // Our own gate: its words are the client's.
            return Sent::Outcome(Outcome::Failed(own.clone()));
        }
        // When the cluster has room again is its own to say.
        let after = response.headers().get(RETRY_AFTER).cloned();
        if let Some(reversal) = self.whole
            && let Ok(raw) = read_whole(response.into_body(), self.settings.max_answer(0)).await
        {
            let mut shown = Vec::new();
            response::error(status, &raw, reversal, &mut shown);
            spaced(&mut shown, self.call.pretty && reversal.is_shared());
            return Sent::Whole(whole_error(status, after, shown));
        }
        let refusal = refusal_of(status);
        Sent::Outcome(Outcome::Failed(match after {
            Some(after) => refusal.with_header(RETRY_AFTER, after),
            None => refusal,
        }))
    }

    fn request<B>(self, group: Group) -> Result<Request<RequestBody<B>>, http::uri::InvalidUri> {
        let target = group.target();
        let call = self.call;
        let uri = if call.query.is_empty() {
            call.path.to_owned()
        } else {
            [call.path, "?", call.query].concat()
        };
        let media = Some(HeaderValue::from_static(call.media));
        let (before, after) = call.around;
        let body = if before.is_empty() {
            group.body
        } else {
            [before.as_bytes(), &group.body, after.as_bytes()].concat()
        };
        let mut request = Request::new(RequestBody::from(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.parse()?;
        *request.headers_mut() =
            physical_headers(&self.parts.headers, media, group.resolved.header_ops());
        *request.extensions_mut() = self.parts.extensions.clone();
        request.extensions_mut().insert(
            self.state
                .clone()
                .into_physical(target, group.stamps.into()),
        );
        Ok(request)
    }
}

/// The client's answer where all items failed alike.
fn whole_error<T>(
    status: StatusCode,
    retry_after: Option<HeaderValue>,
    body: Vec<u8>,
) -> Response<ResponseBody<T>> {
    let mut response = answer(body);
    *response.status_mut() = status;
    if let Some(after) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, after);
    }
    response
}

/// A request that a cluster refused: the status is its own, the words are ours.
fn refusal_of(status: StatusCode) -> Rejection {
    let reason = format!(
        "the cluster refused the request with status [{}]",
        status.as_u16()
    );
    Rejection::new(
        RejectionKind::Upstream,
        status,
        "osproxy_upstream_exception",
        reason,
    )
}

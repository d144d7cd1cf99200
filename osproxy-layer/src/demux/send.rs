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
use crate::gate::{Hold, Superseded};
use crate::outbound::Outbound;
use crate::plan::physical_headers;
use crate::rejection::{Rejection, RejectionKind};
use crate::rewrite::response::{self, Reversal};
use crate::route::{read_whole, spaced};
use crate::settings::Settings;
use crate::spi::PartitionId;
use crate::state::RequestState;

/// What became of one group.
pub(super) enum Outcome {
    /// The cluster's answer to the bulk.
    Answered(Bytes),
    /// Every item of it failed alike.
    Failed(Rejection),
}

impl Outcome {
    /// How long the cluster's answer is, in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Answered(raw) => raw.len(),
            Self::Failed(_) => 0,
        }
    }
}

/// A cluster answered fewer items than it was sent.
pub(super) fn lost() -> Rejection {
    Rejection::upstream("the cluster did not say what became of this item")
}

/// What became of a sent group.
pub(super) enum Sent<T> {
    Outcome(Outcome),
    /// The only group failed as a whole, and its status is the client's answer.
    Whole(Response<ResponseBody<T>>),
    /// It was not dispatched: of its partitions these have moved or are moving.
    Superseded(Moved),
}

/// What a group needs to be sent again.
pub(super) struct Moved {
    pub(super) partitions: Vec<PartitionId>,
    /// What is left of the time that it may wait.
    pub(super) hold: Hold,
}

impl<T> Sent<T> {
    /// The client's answer where the only group is one, else what became of each group.
    pub(super) fn whole_or_outcomes(
        sent: Vec<Option<Self>>,
    ) -> Result<Response<ResponseBody<T>>, Vec<Outcome>> {
        let lost = || Self::Outcome(Outcome::Failed(Rejection::unreachable()));
        let sent: Vec<Self> = sent
            .into_iter()
            .map(|sent| sent.unwrap_or_else(lost))
            .collect();
        match <[Self; 1]>::try_from(sent) {
            Ok([Self::Whole(response)]) => Ok(response),
            Ok([sent]) => Err(vec![sent.into_outcome()]),
            Err(sent) => Err(sent.into_iter().map(Self::into_outcome).collect()),
        }
    }

    fn into_outcome(self) -> Outcome {
        match self {
            Self::Outcome(outcome) => outcome,
            Self::Whole(response) => Outcome::Failed(refusal_of(response.status())),
            Self::Superseded(_) => Outcome::Failed(Superseded::rejection()),
        }
    }
}

/// The instances of the inner service that groups are sent with: the first takes the ready one, each other a clone of
/// its own, which it drives ready itself.
pub(super) struct Instances<S> {
    ready: Option<Outbound<S>>,
    idle: Outbound<S>,
}

impl<S: Clone> Instances<S> {
    pub(super) fn new(outbound: Outbound<S>) -> Self {
        Self {
            idle: outbound.clone(),
            ready: Some(outbound),
        }
    }

    pub(super) fn next(&mut self) -> Outbound<S> {
        self.ready.take().unwrap_or_else(|| self.idle.clone())
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
    /// Sends the groups side by side, up to a bound. Gives the client's answer where the only group failed as a whole,
    /// else what became of each group.
    pub(super) async fn send_all<S, B, T>(
        self,
        outbound: Outbound<S>,
        groups: Vec<Group>,
    ) -> Result<Response<ResponseBody<T>>, Vec<Outcome>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let mut sent: Vec<Option<Sent<T>>> = Vec::new();
        sent.resize_with(groups.len(), || None);
        let mut instances = Instances::new(outbound);
        let mut waiting = groups
            .into_iter()
            .enumerate()
            .filter(|(_, group)| !group.is_empty());
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.settings.max_groups {
                let Some((at, group)) = waiting.next() else {
                    break;
                };
                let outbound = instances.next();
                running.push(async move { (at, self.send(outbound, group).await) });
            }
            let Some((at, outcome)) = running.next().await else {
                break;
            };
            if let Some(slot) = sent.get_mut(at) {
                *slot = Some(outcome);
            }
        }
        Sent::whole_or_outcomes(sent)
    }

    /// Sends one group, and reads its answer.
    pub(super) async fn send<S, B, T>(self, mut outbound: Outbound<S>, group: Group) -> Sent<T>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let limit = self.settings.max_answer(group.items);
        let Ok(request) = self.request(group) else {
            return Sent::Outcome(Outcome::Failed(Rejection::internal(
                "a path that makes no URI",
            )));
        };
        let Ok(mut response) = outbound.send(request).await else {
            return Sent::Outcome(Outcome::Failed(Rejection::unreachable()));
        };
        if let Some(returned) = Superseded::take::<B, _>(&mut response) {
            let superseded: Option<&Superseded> = response.extensions().get();
            return Sent::Superseded(Moved {
                partitions: superseded.map_or_else(Vec::new, |moved| moved.partitions().to_vec()),
                hold: returned.hold,
            });
        }
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

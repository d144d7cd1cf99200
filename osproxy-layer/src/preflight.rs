//! Is the partition field of a shared index what the filter needs it to be?
//!
//! The filter is only as good as the mapping: on an analysed field `acme` also matches `acme-1`, which is what a fresh
//! cluster's dynamic mapping gives (catalogue P-01). So before a shared physical index serves its first request its
//! mapping is checked through the inner service, again by the first request after a minute, and again after a refusal.
//! An index that doesn't exist yet is created by its first write, with the field mapped.

mod fields;
mod mapping;
mod settings;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tower_service::Service;

use crate::body::{BoxError, CollectError, RequestBody, ResponseBody, collect};
use crate::endpoint::path;
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::physical_headers;
use crate::rejection::{Rejection, RejectionKind};
use crate::router::Resolved;
use crate::spi::{ClusterId, FieldName, IndexName, SharedIndex};
use crate::state::RequestState;

/// How long a good mapping is taken for granted.
const FRESH: Duration = Duration::from_secs(60);

/// The largest mapping that is read, in bytes.
const MAX_MAPPING: usize = 32 * 1024 * 1024;

/// What is known of shared indices, for one stack.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    slots: RwLock<HashMap<Key, Arc<Slot>>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    cluster: ClusterId,
    index: IndexName,
    field: FieldName,
}

/// One index.
#[derive(Debug, Default)]
struct Slot {
    /// When it was last found good.
    good_since: RwLock<Option<Instant>>,
    /// Held by whoever is asking, with what the one before was told.
    asking: Mutex<Option<Told>>,
    /// How often somebody was told.
    answers: AtomicU64,
}

/// What whoever asked was told, for those that have waited meanwhile.
#[derive(Clone, Debug)]
enum Told {
    Found(Found),
    Rejected(Rejection),
    /// The call failed. Its error was the asker's own.
    Failed,
}

impl Told {
    fn of<E>(asked: &Result<Found, Stopped<E>>) -> Self {
        match asked {
            Ok(found) => Self::Found(*found),
            Err(Stopped::Rejected(rejection)) => Self::Rejected(rejection.clone()),
            Err(Stopped::Failed(_)) => Self::Failed,
        }
    }

    fn into_result<E>(self) -> Result<Found, Stopped<E>> {
        match self {
            Self::Found(found) => Ok(found),
            Self::Rejected(rejection) => Err(rejection.into()),
            Self::Failed => Err(Rejection::unreachable().into()),
        }
    }
}

impl Slot {
    fn is_fresh(&self) -> bool {
        let since = *self
            .good_since
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < FRESH)
    }

    fn set(&self, since: Option<Instant>) {
        *self
            .good_since
            .write()
            .unwrap_or_else(PoisonError::into_inner) = since;
    }
}

/// Whether a shared index is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// It is, and its mapping is good.
    Good,
    /// There is no such index.
    Missing,
}

/// What a check needs beside the service: the request that it is made for.
pub(crate) struct Asker<'a> {
    pub(crate) resolved: &'a Resolved,
    pub(crate) rules: &'a SharedIndex,
    pub(crate) state: &'a RequestState,
    pub(crate) extensions: &'a http::Extensions,
}

impl Checks {
    /// Makes sure of one index, and creates it where it is missing and `create` says so.
    ///
    /// It is asked for once, however many requests wait: those hold no ready instance meanwhile.
    pub(crate) async fn ensure<S, B, T>(
        &self,
        outbound: &mut Outbound<S>,
        asker: &Asker<'_>,
        index: &IndexName,
        create: bool,
    ) -> Result<Found, Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let key = Key {
            cluster: asker.resolved.cluster().clone(),
            index: index.clone(),
            field: asker.rules.field().clone(),
        };
        let slot = self.slot(&key);
        if slot.is_fresh() {
            return Ok(Found::Good);
        }
        // Once a minute, so it must not make every request's future as large.
        Box::pin(self.ask_once(outbound, asker, &key, &slot, create)).await
    }

    async fn ask_once<S, B, T>(
        &self,
        outbound: &mut Outbound<S>,
        asker: &Asker<'_>,
        key: &Key,
        slot: &Arc<Slot>,
        create: bool,
    ) -> Result<Found, Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let before = slot.answers.load(Ordering::Acquire);
        let mut asking = outbound.unless_pending(slot.asking.lock()).await;
        if slot.is_fresh() {
            return Ok(Found::Good);
        }
        if slot.answers.load(Ordering::Acquire) != before
            && let Some(told) = &*asking
            && !(create && matches!(told, Told::Found(Found::Missing)))
        {
            // Somebody else was told while this one waited: a cluster that is slow to say no says it once.
            return told.clone().into_result();
        }
        slot.set(None);
        let asked = look_or_make(outbound, asker, &key.index, create).await;
        *asking = Some(Told::of(&asked));
        slot.answers.fetch_add(1, Ordering::AcqRel);
        match asked {
            Ok(Found::Good) => slot.set(Some(Instant::now())),
            // Names that lead nowhere are without number, and a client chooses them.
            Ok(Found::Missing) => self.forget(key, slot),
            Err(_) => {}
        }
        asked
    }

    fn slot(&self, key: &Key) -> Arc<Slot> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return Arc::clone(slot);
        }
        drop(slots);
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key.clone()).or_default())
    }

    fn forget(&self, key: &Key, slot: &Arc<Slot>) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.get(key).is_some_and(|known| Arc::ptr_eq(known, slot)) {
            slots.remove(key);
        }
    }
}

async fn look_or_make<S, B, T>(
    outbound: &mut Outbound<S>,
    asker: &Asker<'_>,
    index: &IndexName,
    create: bool,
) -> Result<Found, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let found = look(outbound, asker, index).await?;
    if found == Found::Good || !create {
        return Ok(found);
    }
    make(outbound, asker, index).await?;
    // Templates apply to what is created, so it is looked at like any other.
    look(outbound, asker, index).await
}

/// Reads the mapping.
async fn look<S, B, T>(
    outbound: &mut Outbound<S>,
    asker: &Asker<'_>,
    index: &IndexName,
) -> Result<Found, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let path = path::join(&[index.as_str()]);
    let (status, body) = ask(outbound, asker, index, Method::GET, &path, None).await?;
    match status {
        StatusCode::OK => mapping::check(&body, index, asker.rules)
            .map(|()| Found::Good)
            .map_err(Stopped::from),
        StatusCode::NOT_FOUND => Ok(Found::Missing),
        _ => Err(unreadable(status).into()),
    }
}

/// Creates the index. Somebody else may be doing the same, which is as good.
async fn make<S, B, T>(
    outbound: &mut Outbound<S>,
    asker: &Asker<'_>,
    index: &IndexName,
) -> Result<(), Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let path = path::join(&[index.as_str()]);
    let body = Bytes::from(asker.rules.index_body().to_string());
    let (status, body) = ask(outbound, asker, index, Method::PUT, &path, Some(body)).await?;
    let taken = status == StatusCode::BAD_REQUEST && mapping::is_already_there(&body);
    if status.is_success() || taken {
        Ok(())
    } else {
        Err(unreadable(status).into())
    }
}

/// A call of our own: it carries the target and no write stamp.
async fn ask<S, B, T>(
    outbound: &mut Outbound<S>,
    asker: &Asker<'_>,
    index: &IndexName,
    method: Method,
    path: &str,
    body: Option<Bytes>,
) -> Result<(StatusCode, Bytes), Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let media = body
        .is_some()
        .then(|| http::HeaderValue::from_static("application/json"));
    let mut request = Request::new(RequestBody::from(body.unwrap_or_default()));
    *request.method_mut() = method;
    *request.uri_mut() = path
        .parse()
        .map_err(|_| Rejection::internal("an index name that makes no path"))?;
    *request.headers_mut() =
        physical_headers(&HeaderMap::new(), media, asker.resolved.header_ops());
    *request.extensions_mut() = asker.extensions.clone();
    let target = asker.resolved.target([index.clone()]);
    request
        .extensions_mut()
        .insert(asker.state.clone().into_physical(target, Arc::new([])));
    let response = outbound.send(request).await.map_err(Stopped::Failed)?;
    let status = response.status();
    match collect(response.into_body(), MAX_MAPPING).await {
        Ok(body) => Ok((status, body)),
        Err(CollectError::TooLarge) => {
            Err(Rejection::upstream("the mapping of the index is too large to be checked").into())
        }
        Err(CollectError::Broken(_)) => {
            Err(Rejection::upstream("the mapping of the index can't be read").into())
        }
    }
}

/// A cluster that is busy or down says so with its own status; anything else is not ours to repeat.
fn unreadable(status: StatusCode) -> Rejection {
    let status = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => status,
        _ => StatusCode::BAD_GATEWAY,
    };
    let reason =
        "the mapping of the index can't be checked, so the index can't be shown to be safe";
    Rejection::new(
        RejectionKind::Upstream,
        status,
        "osproxy_upstream_exception",
        reason,
    )
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::Full;
    use tower::service_fn;

    use super::*;
    use crate::endpoint::Endpoint;
    use crate::spi::{Epoch, IndexPattern, PartitionId, Placement, PlacementAt, RequestCtx};

    /// A client chooses the names, so they must not pile up.
    #[tokio::test]
    async fn an_index_that_is_not_there_is_forgotten() {
        let pattern = IndexPattern::parse("{index}-shared").expect("parses");
        let rules = SharedIndex::new(ClusterId::from("eu"), pattern);
        let at = PlacementAt::new(Placement::from(rules.clone()), Epoch::ZERO);
        let endpoint = Arc::new(Endpoint::classify(&Method::GET, "/x/_doc/1").expect("a route"));
        let headers = HeaderMap::new();
        let ctx = RequestCtx::new(&Method::GET, &endpoint, &headers);
        let acme = PartitionId::parse("acme").expect("parses");
        let resolved = Resolved::from_placement(&ctx, acme, &at, None, &[]).expect("resolves");
        let state = RequestState::logical(Arc::clone(&endpoint), Some(resolved.clone()));
        let asker = Asker {
            resolved: &resolved,
            rules: &rules,
            state: &state,
            extensions: &http::Extensions::new(),
        };
        let missing = service_fn(|_: Request<RequestBody<Full<Bytes>>>| async {
            let mut response = Response::new(ResponseBody::<Full<Bytes>>::default());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok::<_, Infallible>(response)
        });
        let checks = Checks::default();
        for at in 0..100 {
            let mut outbound = Outbound::idle(missing);
            let index = IndexName::from(format!("x{at}-shared"));
            let found = checks.ensure(&mut outbound, &asker, &index, false).await;
            assert_eq!(found.ok(), Some(Found::Missing));
        }
        let slots = checks.slots.read().expect("no panic before");
        assert!(slots.is_empty());
    }
}

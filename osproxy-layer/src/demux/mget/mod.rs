//! `_mget`: documents by id, one upstream request a cluster.
//!
//! A document that is found by an id with the partition in it is the partition's; the answer carries the proof (its
//! id and its routing), which the reversal checks for each.

mod read;
mod write;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use self::read::Doc;
use super::answer;
use super::frame::Frame;
use super::group::Groups;
use super::multi::{Answers, Slot, error_object};
use super::place::{ItemView, Placer, Places};
use super::receive::{Received, filtered};
use super::send::{Call, Outcome, Sender};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::Query;
use crate::outbound::Outbound;
use crate::rejection::Rejection;
use crate::rewrite::json::{Members, write_string};
use crate::rewrite::response;
use crate::route::unreadable;
use crate::router::Router;
use crate::stack::Stack;

pub(super) async fn work<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Rejection>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let Received {
        parts,
        state,
        body,
        url,
        mut params,
        default_index,
        ..
    } = Received::read(&stack, &mut outbound, request).await?;
    let docs = read::read(&body, default_index.as_deref())?;
    let shared = state
        .resolved()
        .is_none_or(|resolved| resolved.shared().is_some());
    for name in write::SAID_BY_EACH {
        match url.get(name) {
            Some(value) if !shared => params.forward.set(name, value.to_owned()),
            _ => {
                params.forward.remove(name);
            }
        }
    }

    let mut placer = Placer {
        stack: &stack,
        parts: &parts,
        state: &state,
        places: Places::of(&stack)?,
    };
    let mut groups = Groups::default();
    let mut slots = Vec::with_capacity(docs.len());
    for doc in &docs {
        let placed = place(
            &mut placer,
            &mut groups,
            &mut outbound,
            doc,
            &url,
            default_index.as_deref(),
        )
        .await;
        slots.push(placed.unwrap_or_else(Slot::Refused));
    }
    let places = placer.places;
    let groups = groups.into_all();
    let whole = (groups.len() == 1 && slots.iter().all(|slot| matches!(slot, Slot::Sent { .. })))
        .then(|| places.of_whole());
    let query = params.forward.encode();
    let call = Call {
        path: "/_mget",
        media: "application/json",
        query: &query,
        around: ("{\"docs\":[", "]}"),
        pretty: params.pretty,
    };
    let sender = Sender {
        parts: &parts,
        state: &state,
        call,
        settings: stack.settings(),
        whole: whole.as_ref(),
    };
    let outcomes = match sender.send_all(outbound, groups).await {
        Ok(response) => return Ok(response),
        Err(outcomes) => outcomes,
    };
    let merged = Merge {
        places: &places,
        outcomes: &outcomes,
        default_index: default_index.as_deref(),
        frame: Frame::new(params.pretty),
    };
    let merged = merged.write(&docs, &slots);
    Ok(answer(filtered(merged, &params)?))
}

async fn place<S, R, B, T>(
    placer: &mut Placer<'_, R>,
    groups: &mut Groups,
    outbound: &mut Outbound<S>,
    doc: &Doc<'_>,
    url: &Query<'_>,
    default_index: Option<&str>,
) -> Result<Slot, Rejection>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let logical = doc.index.as_deref().or(default_index).unwrap_or_default();
    let place = placer
        .resolve(
            outbound,
            ItemView {
                logical,
                id: Some(&doc.id),
                document: &[],
            },
        )
        .await?;
    let index = placer.index(outbound, place, logical, false).await?;
    let (resolved, pair) = placer.places.destination(place, index)?;
    let (group, entries) = groups
        .of(resolved, 0)
        .ok_or_else(|| Rejection::internal("a group that was lost"))?;
    let ignores_routing = placer.switches().ignores_routing(resolved);
    write::write(
        doc,
        url,
        (resolved, pair),
        ignores_routing,
        &mut entries.body,
    )?;
    entries.note_read(&pair.physical);
    Ok(Slot::Sent { place, group })
}

/// The client's answer while it is put together.
struct Merge<'a> {
    places: &'a Places,
    outcomes: &'a [Outcome],
    default_index: Option<&'a str>,
    frame: Frame,
}

impl Merge<'_> {
    /// Writes the documents in the order asked.
    fn write(mut self, docs: &[Doc<'_>], slots: &[Slot]) -> Vec<u8> {
        let mut answers = Answers::new(self.outcomes, "docs");
        let mut out = self.frame.open(&[], "docs");
        for (doc, slot) in docs.iter().zip(slots) {
            self.frame.next(&mut out);
            let shown = match slot {
                Slot::Refused(why) => Err(why.clone()),
                Slot::Sent { place, group } => answers
                    .next(self.places, *place, *group)
                    .and_then(|(raw, reversal)| self.doc(raw, reversal, doc, &mut out)),
            };
            if let Err(why) = shown {
                let mut error = Vec::new();
                why.write_error(&mut error);
                self.failed(doc, &error, &mut out);
            }
        }
        self.frame.close(&mut out);
        out
    }

    fn doc(
        &self,
        raw: &[u8],
        reversal: &response::Reversal,
        doc: &Doc<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Rejection> {
        let failed = Members::of(raw)
            .filter_map(Result::ok)
            .any(|member| member.key == "error");
        if failed {
            let error = error_object(raw, StatusCode::BAD_REQUEST, reversal)
                .ok_or_else(super::send::lost)?;
            self.failed(doc, &error, out);
            return Ok(());
        }
        response::get(raw, reversal, out).map_err(|error| unreadable(&error))
    }

    /// A document that couldn't be read, as the node says it.
    fn failed(&self, doc: &Doc<'_>, error: &[u8], out: &mut Vec<u8>) {
        let mark = out.len();
        let index = doc.index.as_deref().or(self.default_index);
        out.extend_from_slice(b"{\"_index\":");
        write_string(out, index.unwrap_or_default());
        out.extend_from_slice(b",\"_id\":");
        write_string(out, &doc.id);
        out.extend_from_slice(b",\"error\":");
        out.extend_from_slice(error);
        out.push(b'}');
        self.frame.authored(mark, out);
    }
}

//! `_msearch`: searches, one upstream request a cluster.
//!
//! Each search is screened as a search of its own; a refused one is its own error in the answer.

mod read;
mod write;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use self::read::Search;
use super::answer;
use super::frame::Frame;
use super::group::Groups;
use super::multi::{Answers, Slot, error_object};
use super::place::{ItemView, Placer, Places};
use super::receive::{Received, filtered};
use super::send::{Call, Outcome, Sender, lost};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::IndexExpr;
use crate::expand::{self, Asking};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::invalid_index;
use crate::rejection::Rejection;
use crate::rewrite::json::Members;
use crate::rewrite::response::{Reversal, Stream};
use crate::rewrite::screen::Shape;
use crate::route::{no_hits, unreadable};
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
        params,
        default_index,
        ..
    } = Received::read(&stack, &mut outbound, request).await?;
    let searches = read::read(&body)?;
    let whole_params: Vec<(&str, &str)> = url
        .iter()
        .filter(|(name, _)| write::WHOLE.contains(name))
        .collect();
    let lenient = url.is_on("ignore_unavailable");

    let mut placer = Placer {
        stack: &stack,
        parts: &parts,
        state: &state,
        places: Places::of(&stack)?,
    };
    let mut groups = Groups::default();
    let mut items = Vec::with_capacity(searches.len());
    for search in &searches {
        let asked = Asked {
            search,
            whole: &whole_params,
            lenient,
        };
        let index = search.index.as_deref().or(default_index.as_deref());
        let item = place(&mut placer, &mut groups, &mut outbound, asked, index).await;
        items.push(item.unwrap_or_else(|why| Item {
            slot: Some(Slot::Refused(why)),
            shape: Shape::default(),
        }));
    }
    let places = placer.places;
    let groups = groups.into_all();
    let whole = (groups.len() == 1
        && items
            .iter()
            .all(|item| matches!(item.slot, Some(Slot::Sent { .. }))))
    .then(|| places.of_whole());
    let query = params.forward.encode();
    let call = Call {
        path: "/_msearch",
        media: "application/x-ndjson",
        query: &query,
        around: ("", ""),
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
    let merged = merge(&items, &places, &outcomes, Frame::new(params.pretty));
    Ok(answer(filtered(merged, &params)?))
}

/// One search on its way. Without a slot it is one over no index at all.
struct Item {
    slot: Option<Slot>,
    shape: Shape,
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    search: &'a Search<'a>,
    whole: &'a [(&'a str, &'a str)],
    /// `ignore_unavailable` of the whole request.
    lenient: bool,
}

async fn place<S, R, B, T>(
    placer: &mut Placer<'_, R>,
    groups: &mut Groups,
    outbound: &mut Outbound<S>,
    asked: Asked<'_>,
    index: Option<&str>,
) -> Result<Item, Rejection>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let said = asked
        .search
        .params
        .iter()
        .find(|(name, _)| *name == "ignore_unavailable");
    let lenient = said.map_or(asked.lenient, |(_, value)| value == "true");
    let view = ItemView {
        logical: index.unwrap_or_default(),
        id: None,
        document: &[],
    };
    let place = placer.resolve(outbound, view).await?;
    let names = names(placer, outbound, place, index, lenient).await?;
    let mut pairs = Vec::new();
    for name in &names {
        match placer.index(outbound, place, name, false).await {
            Ok(at) => {
                let (_, pair) = placer.places.destination(place, at)?;
                if !pairs.contains(pair) {
                    pairs.push(pair.clone());
                }
            }
            Err(why) if lenient && why.status() == StatusCode::NOT_FOUND => {}
            Err(why) => return Err(why),
        }
    }
    if pairs.is_empty() {
        return Ok(Item {
            slot: None,
            shape: Shape {
                total_as_int: asked.whole.iter().any(is_total_as_int),
                ..Shape::default()
            },
        });
    }
    let resolved = placer
        .places
        .get(place)
        .map(|place| place.resolved.clone())
        .ok_or_else(lost)?;
    let switches = placer.switches();
    let (group, lines) = groups
        .of(&resolved, 0)
        .ok_or_else(|| Rejection::internal("a group that was lost"))?;
    let shape = write::write(
        asked.search,
        asked.whole,
        &resolved,
        &pairs,
        switches,
        &mut lines.body,
    )?;
    for pair in &pairs {
        lines.note_read(&pair.physical);
    }
    Ok(Item {
        slot: Some(Slot::Sent { place, group }),
        shape,
    })
}

/// The logical indices of one search.
async fn names<S, R, B, T>(
    placer: &Placer<'_, R>,
    outbound: &mut Outbound<S>,
    place: usize,
    index: Option<&str>,
    lenient: bool,
) -> Result<Vec<String>, Rejection>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    if let Some(index) = index.filter(|index| !expand::is_needed(Some(index))) {
        let expr = IndexExpr::parse(index).map_err(invalid_index)?;
        return Ok(expr.names().map(str::to_owned).collect());
    }
    let resolved = &placer.places.get(place).ok_or_else(lost)?.resolved;
    let asking = Asking {
        resolved,
        state: placer.state,
        extensions: &placer.parts.extensions,
        lenient,
    };
    match expand::expand(outbound, asking, index).await {
        Ok(pairs) => Ok(pairs.into_iter().map(|pair| pair.logical).collect()),
        Err(Stopped::Rejected(why)) => Err(why),
        Err(Stopped::Failed(_)) => Err(Rejection::unreachable()),
    }
}

/// The client's answer, its searches in the order sent.
fn merge(items: &[Item], places: &Places, outcomes: &[Outcome], mut frame: Frame) -> Vec<u8> {
    let mut answers = Answers::new(outcomes, "responses");
    let took = answers.took().to_string();
    let mut out = frame.open(&[("took", &took)], "responses");
    for item in items {
        frame.next(&mut out);
        let mark = out.len();
        let shown = match &item.slot {
            None => {
                write_empty(item.shape.total_as_int, &mut out);
                Ok(Written::Here)
            }
            Some(Slot::Refused(why)) => Err(why.clone()),
            Some(Slot::Sent { place, group }) => answers
                .next(places, *place, *group)
                .and_then(|(raw, reversal)| write_search(raw, reversal, &item.shape, &mut out)),
        };
        match shown {
            Ok(Written::ByCluster) => {}
            Ok(Written::Here) => frame.authored(mark, &mut out),
            Err(why) => {
                out.truncate(mark);
                let mut error = Vec::new();
                why.write_error(&mut error);
                write_failed(&error, why.status(), &mut out);
                frame.authored(mark, &mut out);
            }
        }
    }
    frame.close(&mut out);
    out
}

/// Whose spacing an answer has.
enum Written {
    ByCluster,
    Here,
}

fn write_search(
    raw: &[u8],
    reversal: &Reversal,
    shape: &Shape,
    out: &mut Vec<u8>,
) -> Result<Written, Rejection> {
    let member = |name: &str| {
        Members::of(raw)
            .filter_map(Result::ok)
            .find(|member| member.key == name)
            .map(|member| member.value)
    };
    if member("error").is_some() {
        let text = member("status").and_then(|status| std::str::from_utf8(status).ok());
        let status = text
            .and_then(|text| text.parse::<StatusCode>().ok())
            .unwrap_or(StatusCode::BAD_GATEWAY);
        let error = error_object(raw, status, reversal).ok_or_else(lost)?;
        write_failed(&error, status, out);
        return Ok(Written::Here);
    }
    let mut stream = Stream::search(reversal.clone(), shape.clone());
    stream
        .push(raw, out)
        .and_then(|()| stream.finish())
        .map(|()| Written::ByCluster)
        .map_err(|error| unreadable(&error))
}

/// Whether it makes `hits.total` a number.
fn is_total_as_int((name, value): &(&str, &str)) -> bool {
    *name == "rest_total_hits_as_int" && matches!(*value, "" | "true")
}

/// A search over no index.
fn write_empty(total_as_int: bool, out: &mut Vec<u8>) {
    let hits = no_hits(total_as_int);
    out.extend_from_slice(format!("{{{hits},\"status\":200}}").as_bytes());
}

fn write_failed(error: &[u8], status: StatusCode, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"error\":");
    out.extend_from_slice(error);
    out.extend_from_slice(b",\"status\":");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b'}');
}

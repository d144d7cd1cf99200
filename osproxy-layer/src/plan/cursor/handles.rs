//! Requests that name the cursors that they are about: pages of a scroll, and the closing of either kind.
//!
//! A cursor stands in one place: the path, the query string or the body. The node takes the body's before the path's and
//! that before the query's, so a check of one alone would be a way around it (catalogue E-02). All that is sent is a
//! body.

use std::sync::Arc;

use http::Method;

use super::{CursorCall, Handle, Shows, call, invalid};
use crate::cursor::{self, Cursor, CursorKind, Home, KeepAlive, Owner};
use crate::plan::{Logical, Plan};
use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Value};
use crate::rewrite::json::write_string;

/// The most that one request may close. A client has one for each of its searches.
const MOST: usize = 1_000;

/// Containers inside each other in these bodies: an object, and a list in it.
const DEPTH: u32 = 4;

/// `GET` and `POST` of `_search/scroll`: the next page.
pub(in crate::plan) fn scroll(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let body = Body::read(logical.body_or_source()?, "scroll_id", false, true)?;
    let asked = match (body.scroll, logical.query.get("scroll")) {
        (Some(inside), Some(outside)) if inside != outside => {
            return Err(Rejection::refused(
                "[scroll] stands in the URL and in the body, and they differ",
            ));
        }
        (Some(text), _) => Some(text),
        (None, text) => text.map(str::to_owned),
    };
    let ids = one_place(logical, Some("scroll_id"), body.ids)?;
    let [sealed] = ids.as_slice() else {
        return Err(match ids.len() {
            0 => invalid("scrollId is missing"),
            _ => Rejection::refused("a page is one scroll's: name one scroll_id"),
        });
    };
    not_all(&ids)?;
    let params = logical.other_params(&["scroll", "scroll_id", "source", "source_content_type"])?;
    let Cursor {
        home,
        shape,
        upstream,
        ..
    } = logical.open(CursorKind::Scroll, sealed)?;
    let keep_alive = match &asked {
        Some(text) if !home.is_cluster() => Some(KeepAlive::parse("scroll", text)?),
        _ => None,
    };
    let mut body = b"{\"scroll_id\":".to_vec();
    write_string(&mut body, &upstream);
    if let Some(text) = &asked {
        body.extend_from_slice(b",\"scroll\":");
        write_string(&mut body, text);
    }
    body.push(b'}');
    let page = CursorCall {
        owner: Owner::of(logical.resolved),
        home,
        shows: Shows::Hits(shape),
        seals: Some(CursorKind::Scroll),
        keep_alive,
        positions: None,
        handles: vec![Handle {
            sealed: sealed.clone(),
            upstream,
        }],
    };
    Ok(call(Method::POST, "/_search/scroll", params, body, page))
}

/// `DELETE _search/scroll`. One that can't be opened is none, as for the node one that is gone: the others are closed.
pub(in crate::plan) fn clear_scroll(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let body = Body::read(logical.body_or_source()?, "scroll_id", true, false)?;
    let ids = one_place(logical, Some("scroll_id"), body.ids)?;
    if ids.is_empty() {
        return Err(invalid("no scroll ids specified"));
    }
    let (home, handles) = opened(logical, CursorKind::Scroll, &ids, Strictness::Any)?;
    let params = logical.other_params(&["scroll_id", "source", "source_content_type"])?;
    let body = list("scroll_id", &handles);
    let close = closing(logical, home, Shows::Freed, handles);
    Ok(call(Method::DELETE, "/_search/scroll", params, body, close))
}

/// `DELETE _search/point_in_time`. The answer tells of each whether it was closed, so one that can't be opened is a 404.
pub(in crate::plan) fn delete_points_in_time(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let body = Body::read(logical.body_or_source()?, "pit_id", true, false)?;
    let ids = one_place(logical, None, body.ids)?;
    if ids.is_empty() {
        return Err(invalid("no pit ids specified"));
    }
    let (home, handles) = opened(logical, CursorKind::PointInTime, &ids, Strictness::All)?;
    let params = logical.other_params(&["source", "source_content_type"])?;
    let body = list("pit_id", &handles);
    let close = closing(logical, home, Shows::Closed, handles);
    Ok(call(
        Method::DELETE,
        "/_search/point_in_time",
        params,
        body,
        close,
    ))
}

fn closing(
    logical: &Logical<'_>,
    home: Arc<Home>,
    shows: Shows,
    handles: Vec<Handle>,
) -> CursorCall {
    CursorCall {
        owner: Owner::of(logical.resolved),
        home,
        shows,
        seals: None,
        keep_alive: None,
        positions: None,
        handles,
    }
}

fn list(key: &str, handles: &[Handle]) -> Vec<u8> {
    let mut body = b"{".to_vec();
    write_string(&mut body, key);
    for (at, handle) in handles.iter().enumerate() {
        body.extend_from_slice(if at == 0 { b":[" } else { b"," });
        write_string(&mut body, &handle.upstream);
    }
    body.extend_from_slice(b"]}");
    body
}

/// How many of the cursors must open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Any,
    All,
}

/// Opens all of them. They must be on one cluster, since no request is for two.
fn opened(
    logical: &Logical<'_>,
    kind: CursorKind,
    ids: &[String],
    strictness: Strictness,
) -> Result<(Arc<Home>, Vec<Handle>), Rejection> {
    not_all(ids)?;
    if ids.len() > MOST {
        return Err(Rejection::refused(format!(
            "a request closes {MOST} cursors at most"
        )));
    }
    let mut first: Option<Arc<Home>> = None;
    let mut handles = Vec::with_capacity(ids.len());
    for sealed in ids {
        let cursor = match logical.open(kind, sealed) {
            Ok(cursor) => cursor,
            Err(gone) if strictness == Strictness::All || gone != cursor::missing() => {
                return Err(gone);
            }
            Err(_) => continue,
        };
        let home = first.get_or_insert_with(|| Arc::clone(&cursor.home));
        if !home.is_beside(&cursor.home) {
            return Err(Rejection::refused(
                "these cursors are on two clusters, since their tenant has moved: close them one by one",
            ));
        }
        handles.push(Handle {
            sealed: sealed.clone(),
            upstream: cursor.upstream,
        });
    }
    Ok((first.ok_or_else(cursor::missing)?, handles))
}

/// `_all` closes everybody's, in a body as well as in a path (catalogue E-03).
fn not_all(ids: &[String]) -> Result<(), Rejection> {
    if ids.iter().any(|id| id == "_all") {
        Err(Rejection::refused(
            "[_all] means the cursors of every tenant: name your own",
        ))
    } else {
        Ok(())
    }
}

/// The cursors of a request that has them in one place.
fn one_place(
    logical: &Logical<'_>,
    name: Option<&str>,
    body: Option<Vec<String>>,
) -> Result<Vec<String>, Rejection> {
    let in_url = |text: &str| text.split(',').map(str::to_owned).collect();
    let path = name.and_then(|name| logical.endpoint.value(name));
    let query = name.and_then(|name| logical.query.get(name));
    let mut places = [path.map(in_url), query.map(in_url), body]
        .into_iter()
        .flatten();
    match (places.next(), places.next()) {
        (ids, None) => Ok(ids.unwrap_or_default()),
        (_, Some(_)) => Err(Rejection::refused(
            "the cursor stands in two places: name it in the body, or in the URL",
        )),
    }
}

/// What the body of such a request says.
#[derive(Default)]
struct Body {
    ids: Option<Vec<String>>,
    scroll: Option<String>,
}

impl Body {
    /// `key` holds the cursor, or a list of them where the node takes one.
    fn read(text: &[u8], key: &str, listed: bool, scrolls: bool) -> Result<Self, Rejection> {
        let mut body = Self::default();
        if text.is_empty() {
            return Ok(body);
        }
        let tree = tree::parse(text, DEPTH)
            .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))?;
        let Value::Object(object) = tree else {
            return Err(Rejection::malformed(
                "illegal_argument_exception",
                "Malformed content, must start with an object",
            ));
        };
        for (name, value) in object.iter() {
            match value {
                Value::String(id) if name == key => body.ids = Some(vec![id.to_string()]),
                Value::Array(ids) if name == key && listed => {
                    let ids = ids.iter().map(|id| id.as_str().map(str::to_owned));
                    body.ids = Some(ids.collect::<Option<_>>().ok_or_else(|| unknown(name))?);
                }
                Value::String(time) if name == "scroll" && scrolls => {
                    body.scroll = Some(time.to_string());
                }
                _ => return Err(unknown(name)),
            }
        }
        Ok(body)
    }
}

/// As the node says it.
fn unknown(name: &str) -> Rejection {
    Rejection::malformed(
        "illegal_argument_exception",
        format!(
            "Unknown parameter [{}] in request body or parameter is of the wrong type",
            tree::shown(name)
        ),
    )
}

//! The screen: what a search must pass before it may run, and the body and parameters that run in its place.
//!
//! On an index that partitions share a search is provably inside its partition, or it is refused (DESIGN section 6). The
//! partition's filter is necessary for that and not sufficient: it says which documents match, not what is fetched from
//! elsewhere, what is computed beside the query, or what the answer prints. So everything is an allow-list, as data: the
//! tables under `table` and `url`, a row a construct, each row with its number in the isolation catalogue. One walker goes
//! through every place where a query can stand. What is accepted is written anew from the tree that was checked.
//!
//! On an index of the partition's own the same walker refuses what refers to another index, document or cursor, and types
//! that it doesn't know; the rest passes, byte for byte if nothing had to be translated.
//!
//! ```
//! use osproxy_layer::rewrite::screen::{self, Scope, SharedIndex};
//!
//! let scope = Scope::shared(SharedIndex {
//!     field: "_tenant",
//!     partition: "acme",
//!     id_prefix: "acme:",
//!     id_suffix: "",
//!     routing: Some("acme"),
//!     allow_root_keys: &["_class"],
//! });
//! let screened = screen::search(br#"{"query":{"ids":{"values":["1"]}}}"#, &[("size", "5")], &scope)?;
//! assert_eq!(
//!     std::str::from_utf8(screened.body()).unwrap(),
//!     r#"{"query":{"bool":{"must":[{"ids":{"values":["acme:1"]}}],"filter":[{"term":{"_tenant":"acme"}}]}}}"#,
//! );
//! assert_eq!(screened.url(), [("size".into(), "5".into()), ("routing".into(), "acme".into())]);
//!
//! let none: &[(&str, &str)] = &[];
//! let refusal = screen::search(br#"{"aggs":{"all":{"global":{}}}}"#, none, &scope).unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "[aggs.all.global] aggregation type [global] is not allowed on a shared index: \
//!      it counts the documents of every tenant",
//! );
//! # Ok::<(), screen::Refusal>(())
//! ```

mod highlight;
mod names;
mod query_text;
mod refusal;
pub mod schema;
mod scope;
mod shape;
mod simple_flags;
mod table;
#[cfg(test)]
mod tests;
mod url;
mod walk;
mod wrap;

use std::borrow::Cow;
use std::fmt;

pub use refusal::{Refusal, RefusalKind};
pub use scope::{IndexNames, Limits, Scope, SharedIndex};
pub use shape::{Shape, SortValue, TopHits};
pub use table::{Entry, rows};
pub use url::{Calls, Fold, PARAMS, Param, Url};

use crate::rewrite::json::tree::{self, Object, Value};
use schema::Row;
use table::{COUNT_BODY, SEARCH_BODY};
use walk::Walker;

/// A search or a count that may run.
pub struct Screened<'b> {
    body: Cow<'b, [u8]>,
    url: Vec<(String, String)>,
    shape: Shape,
}

impl<'b> Screened<'b> {
    /// The physical body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The physical body; borrowed where it is the client's own, unchanged.
    pub fn into_body(self) -> Cow<'b, [u8]> {
        self.body
    }

    /// The physical parameters, decoded, routing included.
    pub fn url(&self) -> &[(String, String)] {
        &self.url
    }

    /// What the answer will look like.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }
}

/// Screens a search: its body, which may be empty, and its URL parameters, decoded and each name once.
///
/// # Errors
/// The first construct that may not run, with its JSON path: a 400 for the client.
pub fn search<'b>(
    body: &'b [u8],
    url: &[(impl AsRef<str>, impl AsRef<str>)],
    scope: &Scope<'_>,
) -> Result<Screened<'b>, Refusal> {
    screen(body, url, scope, Calls::Search, &SEARCH_BODY)
}

/// Screens a count: a body with a query, or none, and the URL parameters.
///
/// # Errors
/// As for [`search`].
pub fn count<'b>(
    body: &'b [u8],
    url: &[(impl AsRef<str>, impl AsRef<str>)],
    scope: &Scope<'_>,
) -> Result<Screened<'b>, Refusal> {
    screen(body, url, scope, Calls::Count, &COUNT_BODY)
}

fn screen<'b>(
    body: &'b [u8],
    url: &[(impl AsRef<str>, impl AsRef<str>)],
    scope: &Scope<'_>,
    calls: Calls,
    row: &'static Row,
) -> Result<Screened<'b>, Refusal> {
    let mut walker = Walker::new(scope);
    let mut params = url::read(url, calls, scope, walker.shape_mut())?;
    let bytes = match params.body {
        None => body,
        Some(source) if body.is_empty() => source.as_bytes(),
        Some(_) => return Err(url::body_twice(scope)),
    };
    if calls == Calls::Count && params.query.is_some() && !bytes.is_empty() {
        return Err(url::query_twice(scope));
    }
    let mut tree = if bytes.is_empty() {
        Value::Object(Object::default())
    } else {
        tree::parse(bytes, scope.limits.depth.min(Limits::DEEPEST))?
    };
    walker.body(row, &mut tree, &mut params)?;
    let Value::Object(object) = &mut tree else {
        return Err(Refusal::misshapen(
            "the body".to_owned(),
            "it must be an object",
            row.catalogue,
        ));
    };
    let body = match scope.shared_index() {
        Some(index) => {
            let query = object.remove("query");
            let wrapped = match scope.strict {
                true => wrap::wrap_strictly(query, index),
                false => wrap::wrap(query, index),
            };
            object.set("query", wrapped);
            Cow::Owned(tree::write(&tree))
        }
        None if walker.changed() => Cow::Owned(tree::write(&tree)),
        None if params.body.is_some() => Cow::Owned(bytes.to_vec()),
        None => Cow::Borrowed(body),
    };
    Ok(Screened {
        body,
        url: params.forward,
        shape: walker.into_shape(),
    })
}

/// Neither body nor parameters: both are a tenant's.
impl fmt::Debug for Screened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screened")
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

//! URL parameters through the same model as the body.
//!
//! Many of them override the body in silence (section C2 of the catalogue): `q` takes the place of the whole query, the
//! partition's filter included. So each is sent on, becomes a part of the body that is screened, or is refused.

mod table;

pub use table::{Calls, Fold, PARAMS, Param, Url};

use std::borrow::Cow;

use super::refusal::{Refusal, construct};
use super::scope::Scope;
use super::shape::Shape;
use crate::rewrite::json::tree::Value;

/// What the parameters ask for.
#[derive(Debug, Default)]
pub(super) struct Params<'u> {
    /// What is sent on.
    pub(super) forward: Vec<(String, String)>,
    /// Sorts, to stand behind the body's own.
    pub(super) sort: Vec<Value<'u>>,
    /// The source filter, instead of the body's own.
    pub(super) source: Option<Value<'u>>,
    /// `q` and its friends as a query, instead of the body's own.
    pub(super) query: Option<Value<'u>>,
    /// Fields to print, behind the body's own.
    pub(super) docvalue_fields: Option<Value<'u>>,
    /// Fields to print, instead of the body's own.
    pub(super) stored_fields: Option<Value<'u>>,
    /// A body in the URL.
    pub(super) body: Option<&'u str>,
    body_type: Option<&'u str>,
    fetch: Option<bool>,
    includes: Option<Vec<Value<'u>>>,
    excludes: Option<Vec<Value<'u>>>,
    query_string: Vec<(&'static str, Value<'u>)>,
}

/// Reads the parameters of one call. Names come once each: the query string's parser sees to it.
pub(super) fn read<'u>(
    url: &'u [(impl AsRef<str>, impl AsRef<str>)],
    calls: Calls,
    scope: &Scope<'_>,
    shape: &mut Shape,
) -> Result<Params<'u>, Refusal> {
    let mut params = Params::default();
    for (name, value) in url {
        let (name, value) = (name.as_ref(), value.as_ref());
        let known = PARAMS.iter().find(|param| {
            param.name == name && (param.calls == Calls::Both || param.calls == calls)
        });
        #[cfg(test)]
        let known = known.filter(|param| !super::tests::mutants::is_hidden_param(param));
        let Some(param) = known else {
            let why = "it is not a parameter that is known here";
            return Err(refuse(name, scope, why, "G-06"));
        };
        params.one(param, value, scope)?;
        let on = matches!(value, "true" | "");
        match name {
            "rest_total_hits_as_int" => shape.total_as_int = on,
            "typed_keys" => shape.typed_keys = on,
            _ => {}
        }
    }
    if let Some(routing) = scope.shared_index().and_then(|index| index.routing) {
        params
            .forward
            .push(("routing".to_owned(), routing.to_owned()));
    }
    params.finish(scope)
}

impl<'u> Params<'u> {
    fn one(&mut self, param: &Param, value: &'u str, scope: &Scope<'_>) -> Result<(), Refusal> {
        let decision = match scope.is_shared() {
            true if scope.strict => param.strict.unwrap_or(param.shared),
            true => param.shared,
            false => param.dedicated,
        };
        #[cfg(test)]
        let decision = super::tests::mutants::decision_of(param, decision);
        match decision {
            Url::Forward => self.forward(param, value),
            Url::Drop => {}
            Url::Off(_) if value == "false" => {}
            Url::Refuse(why) | Url::Off(why) => {
                return Err(refuse(param.name, scope, why, param.catalogue));
            }
            Url::Preference => self.preference(param, value, scope)?,
            Url::Json if matches!(value, "" | "json") => {}
            Url::Json => {
                let why = "only json can be turned back";
                return Err(refuse(param.name, scope, why, param.catalogue));
            }
            Url::Names => {
                let physical = |part: &str| part.split(':').next() == Some("_index");
                if value.split(',').any(physical) {
                    let why = "it would print the physical name of the index";
                    return Err(refuse(param.name, scope, why, "A1-08"));
                }
                self.forward(param, value);
            }
            Url::Fold(fold) => self.fold(fold, value, param, scope)?,
        }
        Ok(())
    }

    fn forward(&mut self, param: &Param, value: &str) {
        self.forward.push((param.name.to_owned(), value.to_owned()));
    }

    /// Session strings are salted, so that partitions don't meet in one copy of a shard for one name's sake.
    fn preference(&mut self, param: &Param, value: &str, scope: &Scope<'_>) -> Result<(), Refusal> {
        match scope.shared_index() {
            _ if value == "_local" => self.forward(param, value),
            _ if value.starts_with('_') => {
                let why = "it asks for shards or nodes by name";
                return Err(refuse(param.name, scope, why, param.catalogue));
            }
            Some(index) => self.forward(param, &format!("p.{}.{value}", index.partition)),
            None => self.forward(param, value),
        }
        Ok(())
    }

    fn fold(
        &mut self,
        fold: Fold,
        value: &'u str,
        param: &Param,
        scope: &Scope<'_>,
    ) -> Result<(), Refusal> {
        let list = || names(value).map(Value::text).collect();
        match fold {
            Fold::Body => self.body = Some(value),
            Fold::BodyType => self.body_type = Some(value),
            Fold::Sort => self.sort = names(value).map(sort_by).collect::<Result<_, _>>()?,
            Fold::Source => match value {
                "true" | "" => self.fetch = Some(true),
                "false" => self.fetch = Some(false),
                _ if self.includes.is_none() => self.includes = Some(list()),
                _ => {}
            },
            // stronger than names in `_source`, wherever it stands
            Fold::Includes => self.includes = Some(list()),
            Fold::Excludes => self.excludes = Some(list()),
            Fold::DocvalueFields => self.docvalue_fields = Some(Value::Array(list())),
            Fold::StoredFields => self.stored_fields = Some(Value::Array(list())),
            Fold::QueryText(key) => self.query_string.push((key, Value::text(value))),
            Fold::QueryFlag(key) => match value {
                "true" | "" => self.query_string.push((key, Value::Bool(true))),
                "false" => self.query_string.push((key, Value::Bool(false))),
                _ => {
                    let why = "it is true or false";
                    return Err(refuse(param.name, scope, why, param.catalogue));
                }
            },
        }
        Ok(())
    }

    /// Puts together what several parameters say.
    fn finish(mut self, scope: &Scope<'_>) -> Result<Self, Refusal> {
        let json = |media: &str| {
            let essence = media.split(';').next().unwrap_or_default().trim();
            ["application/json", "application/vnd.opensearch+json"]
                .iter()
                .any(|json| json.eq_ignore_ascii_case(essence))
        };
        match (self.body, self.body_type) {
            (None, None) => {}
            (Some(_), Some(media)) if json(media) => {}
            _ => {
                let why = "a body in the URL needs source_content_type=application/json";
                return Err(refuse("source", scope, why, "C2-02"));
            }
        }
        let names = |key: &'static str, list: Option<Vec<Value<'u>>>| {
            list.map(|list| (Cow::Borrowed(key), Value::Array(list)))
        };
        let filter: Vec<_> = names("includes", self.includes.take())
            .into_iter()
            .chain(names("excludes", self.excludes.take()))
            .collect();
        let query = std::mem::take(&mut self.query_string);
        match query.iter().any(|(key, _)| *key == "query") {
            true => self.query = Some(Value::object([("query_string", Value::object(query))])),
            false if query.is_empty() => {}
            false => {
                let why = "it belongs to q, which is missing";
                return Err(refuse("q", scope, why, "C2-01"));
            }
        }
        self.source = match self.fetch {
            Some(false) => Some(Value::Bool(false)),
            Some(true) if filter.is_empty() => Some(Value::Bool(true)),
            None if filter.is_empty() => None,
            _ => Some(Value::object(filter)),
        };
        Ok(self)
    }
}

/// A comma-separated list as the server cuts it: empty parts at the end are none.
fn names(value: &str) -> impl Iterator<Item = &str> {
    value
        .trim_end_matches(',')
        .split(',')
        .filter(move |_| !value.is_empty())
}

/// `price:desc`. The server drops a sort in silence when its order is neither word; here it is refused.
fn sort_by(text: &str) -> Result<Value<'_>, Refusal> {
    match text.rsplit_once(':') {
        None => Ok(Value::text(text)),
        Some((name, order @ ("asc" | "desc"))) => Ok(Value::object([(name, Value::text(order))])),
        Some(_) => Err(Refusal::misshapen(
            "url parameter [sort]".to_owned(),
            "an order is asc or desc",
            "C1-08",
        )
        .under("url parameter sort")),
    }
}

/// A body beside a body in the URL: the server would take one and complain about the other.
pub(super) fn body_twice(scope: &Scope<'_>) -> Refusal {
    refuse("source", scope, "there is a body already", "C2-02")
}

/// `q` beside the body of a count: the server refuses the two.
pub(super) fn query_twice(scope: &Scope<'_>) -> Refusal {
    refuse("q", scope, "there is a body already", "C2-01")
}

fn refuse(name: &str, scope: &Scope<'_>, why: &'static str, row: &'static str) -> Refusal {
    let path = format!("url parameter {name}");
    Refusal::not_allowed(construct("url parameter", name), scope.place(), why, row).under(&path)
}

//! Which logical indices a shared placement has.
//!
//! Its registry is what it declares. Without a declaration nobody knows what all of them are: a name is asked for at the
//! cluster, and a list is empty, since what is there may be other tenants' alone (catalogue F-19).

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::future::Stopped;
use crate::plan::Expression;
use crate::preflight::Found;
use crate::rejection::Rejection;
use crate::resolve::caller::Caller;

/// The indices that a request names and that are there.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) names: Vec<String>,
    /// The first exact name that isn't.
    pub(super) missing: Option<String>,
    /// Whether the request has a wildcard.
    wild: bool,
}

/// By the declaration alone: without one, an exact name counts as there.
pub(super) fn declared(asked: &Asked<'_>) -> Result<Listed, Rejection> {
    let expression = Expression::parse(asked.indices()?)?;
    let declared = asked
        .resolved
        .shared()
        .and_then(|(shared, _)| shared.rules.indices());
    Ok(match declared {
        Some(declared) => Listed::of(&expression, declared),
        None => {
            let named: Vec<String> = expression.names().map(str::to_owned).collect();
            Listed::of(&expression, &named)
        }
    })
}

/// Whether the placement can tell which indices a request means: always but for a wildcard without a declaration.
pub(super) fn knows_all(asked: &Asked<'_>) -> Result<bool, Rejection> {
    let rules = asked.resolved.shared().map(|(shared, _)| &shared.rules);
    let told =
        rules.is_some_and(|rules| rules.indices().is_some() || rules.index().logical().is_some());
    Ok(told || !Expression::parse(asked.indices()?)?.is_wild())
}

/// By the declaration, or by asking the cluster for each exact name.
pub(super) async fn list<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
) -> Result<Listed, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let expression = Expression::parse(asked.indices()?)?;
    let Some((shared, _)) = asked.resolved.shared() else {
        return Ok(Listed::default());
    };
    if let Some(declared) = shared.rules.indices() {
        return Ok(Listed::of(&expression, declared));
    }
    // A fixed physical name serves one logical index, whose name is no secret.
    let only = shared
        .rules
        .index()
        .logical()
        .filter(|_| expression.is_wild());
    let mut there: Vec<String> = Vec::new();
    for name in expression.names().chain(only) {
        if !there.iter().any(|known| known == name)
            && caller.look(name, false).await? == Found::Good
        {
            there.push(name.to_owned());
        }
    }
    Ok(Listed::of(&expression, &there))
}

impl Listed {
    fn of(expression: &Expression<'_>, known: &[String]) -> Self {
        let (names, missing) = expression.pick(known);
        Self {
            names: names.into_iter().map(str::to_owned).collect(),
            missing: missing.map(str::to_owned),
            wild: expression.is_wild(),
        }
    }

    /// Whether a `HEAD` finds them.
    pub(super) fn exists(&self) -> bool {
        self.missing.is_none() && !self.names.is_empty()
    }

    /// The names, or the node's 404 where one isn't there and the client doesn't pass over it.
    pub(super) fn required(self, asked: &Asked<'_>) -> Result<Vec<String>, Rejection> {
        if let Some(missing) = self.missing.filter(|_| !asked.flag("ignore_unavailable")) {
            return Err(not_found(&missing));
        }
        if self.wild && self.names.is_empty() && !asked.flag_or_true("allow_no_indices") {
            let all = asked.indices()?.unwrap_or("_all");
            return Err(not_found(all));
        }
        Ok(self.names)
    }
}

/// The node's 404, with the client's own word for the index.
pub(super) fn not_found(name: &str) -> Rejection {
    Rejection::no_such_index(name, Some("index_or_alias"))
}

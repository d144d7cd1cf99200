//! The operator's list: routes of the cluster itself, for the operator's own callers.
//!
//! Most of a cluster's API is about the cluster and not about a tenant, and is refused to everybody. What the operator
//! wants to call through this front is listed, route by route, with the cluster it goes to and the callers that may call
//! it. For these callers the request goes there as it is, *before* anybody asks whose tenant they are: names in it are
//! physical ones, its answer is not turned back, and no write gate holds it. All others get the refusal as if there were
//! no list.

use std::fmt;
use std::sync::Arc;

use http::Method;

use crate::endpoint::{Decision, Endpoint, IndexExpr, PlacementKind, Query, Route, params, routes};
use crate::plan::{invalid_index, unknown_on};
use crate::rejection::Rejection;
use crate::spi::{ClusterId, Principal};

/// Routes of the cluster itself that may be called, by whom, and on which cluster. None by default.
///
/// ```
/// use http::Method;
/// use osproxy_layer::spi::ClusterId;
/// use osproxy_layer::{OperatorRoute, OperatorRouteError, OperatorRoutes};
///
/// let eu = || ClusterId::from("eu-1");
/// let listed = OperatorRoutes::new()
///     .with(OperatorRoute::new(&Method::GET, "/_cluster/stats", eu(), ["ops"])?)?
///     .with(OperatorRoute::new(&Method::GET, "/_cat/nodes", eu(), ["ops", "monitoring"])?)?;
/// assert_eq!(listed.len(), 2);
///
/// // What belongs to tenants, or to nobody, can't be listed.
/// let bulk = OperatorRoute::new(&Method::POST, "/_bulk", eu(), ["ops"]);
/// assert_eq!(bulk.unwrap_err(), OperatorRouteError::NotTheOperators);
/// # Ok::<(), OperatorRouteError>(())
/// ```
#[derive(Clone, Default)]
pub struct OperatorRoutes {
    routes: Arc<[OperatorRoute]>,
}

/// One route of the operator's list.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorRoute {
    method: Method,
    route: &'static Route,
    cluster: ClusterId,
    principals: Vec<String>,
    params: Vec<String>,
}

impl OperatorRoutes {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    ///
    /// # Errors
    /// When one of its callers is listed for the route already: which cluster the request is for would have two answers.
    pub fn with(self, route: OperatorRoute) -> Result<Self, OperatorRouteError> {
        let twice = self.routes.iter().any(|known| {
            let same = known.route == route.route && known.method == route.method;
            same && known
                .principals
                .iter()
                .any(|name| route.principals.contains(name))
        });
        if twice {
            return Err(OperatorRouteError::Twice);
        }
        let routes = self.routes.iter().cloned().chain([route]);
        Ok(Self {
            routes: routes.collect(),
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.routes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The entry for this caller and request.
    pub(crate) fn find(
        &self,
        method: &Method,
        endpoint: &Endpoint,
        caller: Option<&Principal>,
    ) -> Option<&OperatorRoute> {
        if self.is_empty() {
            return None;
        }
        let caller = caller?.id().as_str();
        self.routes.iter().find(|listed| {
            std::ptr::eq(listed.route, endpoint.route())
                && listed.method == *method
                && listed.principals.iter().any(|name| name == caller)
        })
    }
}

impl OperatorRoute {
    /// A route by its method and its template, as [`routes`] has it, such as `/_cat/shards/{index}`; the cluster that it
    /// goes to; and the principals that may call it.
    ///
    /// # Errors
    /// When there is no such route, when it is not the operator's (no placement has
    /// [`Decision::Operator`] for it: it is for tenants, or for nobody), or when nobody may call it.
    pub fn new<P: Into<String>>(
        method: &Method,
        template: &str,
        cluster: ClusterId,
        principals: impl IntoIterator<Item = P>,
    ) -> Result<Self, OperatorRouteError> {
        let route = routes()
            .find(|route| route.template() == template && route.methods().contains(method))
            .ok_or(OperatorRouteError::Unknown)?;
        let operators = |kind| route.decision(kind) == Decision::Operator;
        if ![
            PlacementKind::SharedIndex,
            PlacementKind::DedicatedIndex,
            PlacementKind::DedicatedCluster,
        ]
        .into_iter()
        .any(operators)
        {
            return Err(OperatorRouteError::NotTheOperators);
        }
        let principals: Vec<String> = principals.into_iter().map(Into::into).collect();
        if principals.is_empty() || principals.iter().any(String::is_empty) {
            return Err(OperatorRouteError::Nobody);
        }
        Ok(Self {
            method: method.clone(),
            route,
            cluster,
            principals,
            params: Vec::new(),
        })
    }

    /// With query-string parameters that may be sent too. Those that the table of [`params`] has for any other route may
    /// always be; what names an index, a document or another part of a path may never be.
    ///
    /// # Errors
    /// When one of them could stand for a part of a path, or for a cursor.
    pub fn with_params<P: Into<String>>(
        mut self,
        params: impl IntoIterator<Item = P>,
    ) -> Result<Self, OperatorRouteError> {
        for name in params {
            let name = name.into();
            if name.is_empty() || names_a_part(&name) {
                return Err(OperatorRouteError::ParamOfPath);
            }
            self.params.push(name);
        }
        Ok(self)
    }

    /// The cluster that it goes to.
    pub(crate) fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// Whether this request may go up.
    pub(crate) fn check(&self, endpoint: &Endpoint, query: &Query<'_>) -> Result<(), Rejection> {
        for (name, _) in query.iter() {
            let listed = self.params.iter().any(|param| param == name);
            if !listed && (names_a_part(name) || !params::is_known(name)) {
                return Err(unknown_on(endpoint, name));
            }
        }
        // A wildcard in a change is a slip that can't be undone.
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        for name in ["index", "alias"] {
            if let (false, Some(index)) = (reads, endpoint.value(name)) {
                IndexExpr::parse(index).map_err(invalid_index)?;
            }
        }
        let elsewhere = |name| {
            endpoint
                .value(name)
                .is_some_and(IndexExpr::names_other_cluster)
        };
        if ["index", "alias", "target", "new_index"]
            .into_iter()
            .any(elsewhere)
        {
            return Err(Rejection::refused(
                "an index of another cluster can't be named",
            ));
        }
        Ok(())
    }
}

/// Whether a parameter could fill in a part of the path on the server, where both share one map, or names a cursor.
fn names_a_part(name: &str) -> bool {
    name.starts_with("scroll") || routes().any(|route| route.captures().any(|part| part == name))
}

/// Routes and clusters, not callers.
impl fmt::Debug for OperatorRoutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter()).finish()
    }
}

impl fmt::Debug for OperatorRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorRoute")
            .field("method", &self.method)
            .field("route", &self.route.template())
            .field("cluster", &self.cluster)
            .field("principals", &self.principals.len())
            .finish_non_exhaustive()
    }
}

/// Why a route can't be listed.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperatorRouteError {
    /// No route has this method and this template.
    Unknown,
    /// The route is a tenant's on every placement, or may never pass.
    NotTheOperators,
    /// No principal is named, or one without a name.
    Nobody,
    /// A principal is listed for the route already.
    Twice,
    /// A parameter names what stands in a path, or a cursor.
    ParamOfPath,
}

impl fmt::Display for OperatorRouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => {
                "no route has this method and template: write it as the table of endpoints does, such as \"/_cat/shards/{index}\""
            }
            Self::NotTheOperators => {
                "this route is not the operator's: it is for tenants, or may never pass"
            }
            Self::Nobody => "name at least one principal that may call it",
            Self::Twice => "this principal is listed for this route already",
            Self::ParamOfPath => "a parameter can't name a part of a path or a cursor",
        })
    }
}

impl std::error::Error for OperatorRouteError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spi::PrincipalId;

    fn listed(method: &Method, template: &str) -> Result<OperatorRoute, OperatorRouteError> {
        OperatorRoute::new(method, template, ClusterId::from("eu"), ["ops"])
    }

    /// Every row of the table: what has an operator's cell can be listed, and nothing else.
    #[test]
    fn only_the_operators_cells_can_be_listed() {
        let mut can = 0;
        for route in routes() {
            let cells = [
                PlacementKind::SharedIndex,
                PlacementKind::DedicatedIndex,
                PlacementKind::DedicatedCluster,
            ]
            .map(|kind| route.decision(kind));
            for method in [
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::DELETE,
            ] {
                if !route.methods().contains(&method) {
                    continue;
                }
                let outcome = listed(&method, route.template());
                let operators = cells.contains(&Decision::Operator);
                can += usize::from(operators);
                assert_eq!(
                    outcome.as_ref().err(),
                    (!operators).then_some(&OperatorRouteError::NotTheOperators),
                    "{method} {}",
                    route.template()
                );
            }
        }
        assert!(can > 150, "{can}");
    }

    #[test]
    fn what_can_not_be_listed() {
        for (method, template, error) in [
            (Method::PUT, "/_cluster/stats", OperatorRouteError::Unknown),
            (Method::GET, "/_cluster/stats/", OperatorRouteError::Unknown),
            (Method::GET, "/_cluster/{x}", OperatorRouteError::Unknown),
            // The cursors of every tenant: refused on every placement.
            (
                Method::DELETE,
                "/_search/point_in_time/_all",
                OperatorRouteError::NotTheOperators,
            ),
        ] {
            assert_eq!(listed(&method, template), Err(error), "{template}");
        }
        let by = |names: &[&str]| {
            let cluster = ClusterId::from("eu");
            OperatorRoute::new(&Method::GET, "/_cluster/stats", cluster, names.to_vec())
        };
        assert_eq!(by(&[]), Err(OperatorRouteError::Nobody));
        assert_eq!(by(&["ops", ""]), Err(OperatorRouteError::Nobody));
        let once = OperatorRoutes::new()
            .with(by(&["ops", "a"]).unwrap())
            .unwrap();
        let twice = once.clone().with(by(&["b", "a"]).unwrap());
        assert_eq!(twice.unwrap_err(), OperatorRouteError::Twice);
        assert_eq!(once.with(by(&["b"]).unwrap()).unwrap().len(), 2);
        for name in ["index", "id", "metric", "scroll_id", ""] {
            let route = by(&["ops"]).unwrap().with_params([name]);
            assert_eq!(route, Err(OperatorRouteError::ParamOfPath), "{name}");
        }
    }

    #[test]
    fn an_entry_is_found_by_method_route_and_caller() {
        let list = OperatorRoutes::new()
            .with(listed(&Method::GET, "/_cat/shards/{index}").unwrap())
            .unwrap();
        let find = |method: &Method, path: &str, caller: Option<&str>| {
            let endpoint = Endpoint::classify(method, path).unwrap();
            let caller = caller.map(|name| Principal::new(PrincipalId::from(name)));
            list.find(method, &endpoint, caller.as_ref()).is_some()
        };
        assert!(find(&Method::GET, "/_cat/shards/x", Some("ops")));
        assert!(!find(&Method::GET, "/_cat/shards", Some("ops")));
        assert!(!find(&Method::GET, "/_cat/shards/x", Some("op")));
        assert!(!find(&Method::GET, "/_cat/shards/x", None));
        assert!(!format!("{list:?}").contains("ops"));
    }

    #[test]
    fn parameters_and_names_are_checked() {
        let check = |method: &Method, template: &str, path: &str, query: &str| {
            let endpoint = Endpoint::classify(method, path).unwrap();
            let route = listed(method, template).unwrap().with_params(["new_one"]);
            let query = Query::parse(query).unwrap();
            route.unwrap().check(&endpoint, &query).is_ok()
        };
        let cat = |query| check(&Method::GET, "/_cat/nodes", "/_cat/nodes", query);
        assert!(cat("v=true&h=name&format=json&new_one=1"));
        for bad in [
            "other_one=1",
            "index=a",
            "id=a",
            "node_id=a",
            "scroll=1m",
            "metric=a",
        ] {
            assert!(!cat(bad), "{bad}");
        }
        let shards = |index| {
            let path = format!("/_cat/shards/{index}");
            check(&Method::GET, "/_cat/shards/{index}", &path, "")
        };
        assert!(shards("a*") && shards("a,b") && !shards("eu:a"));
        let delete = |index| check(&Method::DELETE, "/{index}", &format!("/{index}"), "");
        assert!(delete("a,b.c"));
        for bad in ["a*", "*", "a,-b", "<a>", ".kibana", "eu:a"] {
            assert!(!delete(bad), "{bad}");
        }
    }
}

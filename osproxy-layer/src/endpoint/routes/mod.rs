//! The table of routes, one row a route: methods, template, operation group, operation, class, the decision on a shared
//! index, a dedicated index and a dedicated cluster, and why it is refused where it is.
//!
//! Reading: literal segments go before captures, `{type}` and an index never start with `_` (but for `_all`), `**` takes
//! the rest of the path and comes last. What no row names is refused.

use super::decision::Decision;
use super::methods::Methods;
use super::route::{Route, position};
use super::{EndpointClass, Operation};

mod cat;
mod cluster;
mod document;
mod indices_root;
mod indices_scoped;
mod nodes;
mod plugins;
mod root;
mod search;
mod snapshot;

static TABLES: [&[Route]; 10] = [
    document::ROUTES,
    search::ROUTES,
    root::ROUTES,
    indices_root::ROUTES,
    indices_scoped::ROUTES,
    cat::ROUTES,
    cluster::ROUTES,
    nodes::ROUTES,
    snapshot::ROUTES,
    plugins::ROUTES,
];

/// Every row of the table, for documentation and tests.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    TABLES.iter().copied().flatten()
}

const fn row(
    methods: u16,
    template: &'static str,
    group: &'static str,
    operation: Operation,
    class: EndpointClass,
    decisions: [Decision; 3],
    reason: &'static str,
) -> Route {
    let index_at = match position(template, "{index}") {
        None => position(template, "{alias}"), // stands in the place of an index
        found => found,
    };
    Route {
        methods: Methods::new(methods),
        template,
        group,
        operation,
        class,
        decisions,
        reason,
        deprecated: false,
        index_at,
        // Without an index `{id}` is the id of a script or a pipeline, not of a document.
        id_at: match index_at {
            Some(_) => position(template, "{id}"),
            None => None,
        },
    }
}

/// A row that the server calls deprecated.
const fn old(
    methods: u16,
    template: &'static str,
    group: &'static str,
    operation: Operation,
    class: EndpointClass,
    decisions: [Decision; 3],
    reason: &'static str,
) -> Route {
    Route {
        deprecated: true,
        ..row(
            methods, template, group, operation, class, decisions, reason,
        )
    }
}

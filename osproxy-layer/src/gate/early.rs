//! Calls that answer before their writes are done.

use crate::endpoint::{Endpoint, Operation, Query};

/// Whether a call's answer comes before all of it is applied: a permit that ends at its head would cover nothing, so where
/// a partition can move the call is refused.
pub(super) fn answers_early(endpoint: &Endpoint, query: Option<&str>) -> bool {
    match endpoint.operation() {
        Operation::BulkStream => true,
        Operation::DeleteByQuery | Operation::UpdateByQuery | Operation::Reindex => {
            Query::parse(query.unwrap_or_default()).is_ok_and(|query| {
                let waits = query.get("wait_for_completion");
                waits.is_some_and(|waits| !matches!(waits, "" | "true"))
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    #[test]
    fn what_waits_for_its_end_answers_in_time() {
        for (path, query, early) in [
            ("/orders/_bulk/stream", None, true),
            ("/orders/_bulk", None, false),
            ("/orders/_delete_by_query", None, false),
            (
                "/orders/_delete_by_query",
                Some("wait_for_completion"),
                false,
            ),
            (
                "/orders/_delete_by_query",
                Some("wait_for_completion=true"),
                false,
            ),
            (
                "/orders/_update_by_query",
                Some("wait_for_completion=false"),
                true,
            ),
            (
                "/_reindex",
                Some("refresh=true&wait%5Ffor_completion=false"),
                true,
            ),
            ("/orders/_doc", Some("wait_for_completion=false"), false),
        ] {
            let endpoint = Endpoint::classify(&Method::POST, path).expect("a route");
            assert_eq!(answers_early(&endpoint, query), early, "{path} {query:?}");
        }
    }
}

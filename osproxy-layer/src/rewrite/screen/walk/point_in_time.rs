//! The point in time that a search is for (row C1-22).

use super::super::refusal::Refusal;
use super::{Spot, Walker, misshapen};
use crate::rewrite::json::tree::Value;

const NO_INDEX: &str = "a point in time is searched by itself: no index may be named beside it";

impl Walker<'_> {
    /// Puts the cluster's own id in the place of the client's. Who screens has opened that one; without it, a search that
    /// names its indices can't have one, as on the node.
    pub(super) fn point_in_time(
        &mut self,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        let Some(upstream) = self.scope.point_in_time else {
            return Err(self.refuse("key", spot.row.name, NO_INDEX, spot.row.catalogue));
        };
        let object = self.object(value, spot)?;
        for (key, member) in object.iter() {
            let text = matches!(key, "id" | "keep_alive") && matches!(member, Value::String(_));
            if !text {
                let why = "a point in time has an id and a keep_alive, both of them text";
                return Err(misshapen(member, spot, why).under(key));
            }
        }
        object.set("id", Value::text(upstream.to_owned()));
        self.changed = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::names::tests::ACME;
    use super::super::super::{Scope, SharedIndex, search};

    const NO_URL: &[(&str, &str)] = &[];

    fn screened(body: &str, scope: &Scope<'_>) -> Result<String, String> {
        search(body.as_bytes(), NO_URL, scope)
            .map(|screened| String::from_utf8(screened.body().to_vec()).unwrap())
            .map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn the_clusters_id_stands_for_the_clients_and_the_filter_stays() {
        let scope = Scope::shared(SharedIndex {
            routing: None,
            ..ACME
        });
        for (body, told) in [
            (
                r#"{"pit":{"id":"sealed","keep_alive":"1m"}}"#,
                r#"{"pit":{"id":"own","keep_alive":"1m"},"query":{"bool":{"must":[{"match_all":{}}],"filter":[{"term":{"_tenant":"acme"}}]}}}"#,
            ),
            (
                r#"{"pit":{"\u0069d":"sealed"},"query":{"term":{"a":1}}}"#,
                r#"{"pit":{"id":"own"},"query":{"bool":{"must":[{"term":{"a":1}}],"filter":[{"term":{"_tenant":"acme"}}]}}}"#,
            ),
        ] {
            assert_eq!(
                screened(body, &scope.point_in_time("own")).as_deref(),
                Ok(told)
            );
        }
        let dedicated = Scope::dedicated(&[]);
        assert_eq!(
            screened(
                r#"{"pit":{"id":"sealed"}}"#,
                &dedicated.point_in_time("own")
            )
            .as_deref(),
            Ok(r#"{"pit":{"id":"own"}}"#)
        );
    }

    #[test]
    fn positions_are_opened() {
        let open = |text: &str| text.strip_prefix("sealed ").map(str::to_owned);
        let scope = Scope::shared(ACME).point_in_time("own").positions(&open);
        let body = |after: &str| {
            format!(
                r#"{{"sort":["_shard_doc","a"],"search_after":[{after},"x"],"pit":{{"id":"s"}}}}"#
            )
        };
        let told = screened(&body(r#""sealed 4294967296""#), &scope).unwrap();
        assert!(
            told.contains(r#""search_after":[4294967296,"x"]"#),
            "{told}"
        );
        for after in ["621", "null", r#""621""#, "{}"] {
            assert!(screened(&body(after), &scope).is_err(), "{after}");
        }
    }

    #[test]
    fn what_no_point_in_time_has_is_refused() {
        let (shared, dedicated) = (Scope::shared(ACME), Scope::dedicated(&[]));
        for scope in [shared, dedicated] {
            assert!(screened(r#"{"pit":{"id":"sealed"}}"#, &scope).is_err());
            let scope = scope.point_in_time("own");
            for pit in [
                "null",
                "1",
                r#""x""#,
                "[]",
                r#"{"id":1}"#,
                r#"{"id":"a","keep_alive":5}"#,
                r#"{"id":"a","keep_alive":null}"#,
                r#"{"id":"a","index":"x"}"#,
                r#"{"id":"a","id":"b"}"#,
            ] {
                let body = format!(r#"{{"pit":{pit}}}"#);
                assert!(screened(&body, &scope).is_err(), "{pit}");
            }
        }
    }
}

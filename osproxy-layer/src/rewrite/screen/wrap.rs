//! The partition's filter around a query (row C1-01).

use super::scope::SharedIndex;
use crate::rewrite::json::tree::Value;

/// `{"term":{FIELD:PARTITION}}`.
pub(super) fn partition<'a>(index: &SharedIndex<'_>) -> Value<'a> {
    let term = [(
        index.field.to_owned(),
        Value::text(index.partition.to_owned()),
    )];
    Value::object([("term", Value::object(term))])
}

/// `{"bool":{"must":[CLIENT],"filter":[{"term":{FIELD:PARTITION}}]}}`: the client's query scores as it would alone, and
/// whatever it says can't be heard outside its own clause. No query is `match_all`, since an empty `must` scores 0 where
/// a plain search scores 1.
pub(super) fn wrap<'a>(query: Option<Value<'a>>, index: &SharedIndex<'_>) -> Value<'a> {
    let client = query.unwrap_or_else(|| Value::object([("match_all", Value::object::<&str>([]))]));
    Value::object([(
        "bool",
        Value::object([
            ("must", Value::Array(vec![client])),
            ("filter", Value::Array(vec![partition(index)])),
        ]),
    )])
}

/// The same where no tenant may read the statistics of the index: what only filters is not scored, so that all hits score
/// alike, and nothing can be picked by a score (rows F-01, F-02).
pub(super) fn wrap_strictly<'a>(query: Option<Value<'a>>, index: &SharedIndex<'_>) -> Value<'a> {
    unscored(query.into_iter().chain([partition(index)]))
}

/// `{"bool":{"filter":[QUERY, …]}}`.
pub(super) fn unscored<'a>(queries: impl IntoIterator<Item = Value<'a>>) -> Value<'a> {
    let filter = Value::Array(queries.into_iter().collect());
    Value::object([("bool", Value::object([("filter", filter)]))])
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::ACME;
    use super::*;
    use crate::rewrite::json::tree;

    #[test]
    fn around_a_query_and_around_none() {
        let query = tree::parse(br#"{"term":{"a":1}}"#, 8).unwrap();
        for (query, must) in [
            (Some(query), r#"{"term":{"a":1}}"#),
            (None, r#"{"match_all":{}}"#),
        ] {
            let wrapped = tree::write(&wrap(query, &ACME));
            let told = format!(
                r#"{{"bool":{{"must":[{must}],"filter":[{{"term":{{"_tenant":"acme"}}}}]}}}}"#
            );
            assert_eq!(String::from_utf8(wrapped).unwrap(), told);
        }
    }
}

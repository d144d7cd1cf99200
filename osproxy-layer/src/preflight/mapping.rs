//! What a mapping must say of the partition field, and what makes it say so.

use serde_json::{Value, json};

use super::{fields, settings};

use crate::rejection::{Rejection, RejectionKind};
use crate::spi::{IndexName, PartitionId, SharedIndex};

impl SharedIndex {
    /// The body that a shared index is created with: the partition field as a keyword.
    ///
    /// ```
    /// use osproxy_layer::spi::{ClusterId, IndexPattern, SharedIndex};
    ///
    /// let shared = SharedIndex::new(ClusterId::from("eu-1"), IndexPattern::parse("{index}-shared").unwrap());
    /// assert_eq!(shared.index_body()["mappings"]["properties"]["_tenant"]["type"], "keyword");
    /// ```
    #[must_use]
    pub fn index_body(&self) -> Value {
        json!({ "mappings": { "properties": { self.field().as_str(): { "type": "keyword" } } } })
    }

    /// An index template under which every index of this placement passes the mapping check, for operators who create
    /// indices themselves: the body of `PUT /_index_template/{name}`.
    ///
    /// The stack installs none: a composable template would hide the operator's own.
    #[must_use]
    pub fn index_template(&self) -> Value {
        let pattern = self
            .index()
            .as_str()
            .replace("{partition}", "*")
            .replace("{index}", "*");
        json!({ "index_patterns": [pattern], "template": self.index_body() })
    }
}

/// Checks the answer to `GET /{index}`: section P of the catalogue.
///
/// What an operator may decide stays the operator's: a dynamic mapping (P-07) shows tenants each other's field names,
/// which the docs say.
pub(super) fn check(body: &[u8], index: &IndexName, rules: &SharedIndex) -> Result<(), Rejection> {
    let answer: Value = serde_json::from_slice(body)
        .map_err(|_| Rejection::upstream("the mapping of the index is no JSON"))?;
    // P-12: an alias or a data stream answers under the names of what is behind it.
    let Some(found) = answer.get(index.as_str()) else {
        return Err(unsafe_index(
            rules,
            "its physical name is an alias or a data stream, not an index",
        ));
    };
    let mappings = found.get("mappings").unwrap_or(&Value::Null);
    let properties = mappings.get("properties").unwrap_or(&Value::Null);
    let fault = match properties.get(rules.field().as_str()) {
        None => Some("its mapping lacks the partition field"),
        Some(field) => faults(field),
    };
    let fault = fault
        .or_else(|| fields::fault(properties, rules))
        .or_else(|| fields::template_fault(mappings, rules))
        .or_else(|| settings::fault(found.get("settings").unwrap_or(&Value::Null)));
    fault.map_or(Ok(()), |fault| Err(unsafe_index(rules, fault)))
}

/// What is wrong with the mapping of the partition field.
fn faults(field: &Value) -> Option<&'static str> {
    let set = |key: &str| field.get(key).is_some_and(|value| !value.is_null());
    let number = |key: &str| field.get(key).and_then(Value::as_u64);
    let longest = u64::try_from(PartitionId::MAX_LEN).unwrap_or(u64::MAX);
    if field.get("type").and_then(Value::as_str) != Some("keyword") {
        Some(
            "its partition field is not a keyword, so that one tenant's name could match another's",
        )
    } else if set("normalizer") {
        Some("its partition field has a normalizer, which merges names")
    } else if set("null_value") {
        Some("its partition field has a null_value, which gives documents without one to a tenant")
    } else if number("ignore_above").is_some_and(|above| above < longest) {
        Some("its partition field ignores long names")
    } else if field.get("index").and_then(Value::as_bool) == Some(false) {
        Some("its partition field is not indexed")
    } else {
        None
    }
}

/// What a retry can't mend is a 400. The remedy is the operator's, so it is told.
fn unsafe_index(rules: &SharedIndex, fault: &'static str) -> Rejection {
    let field = rules.field();
    Rejection::new(
        RejectionKind::Refused,
        http::StatusCode::BAD_REQUEST,
        crate::REFUSED,
        format!(
            "the shared index is not safe: {fault}. Create it anew from the placement's index template, with \
             [{field}] mapped as {{\"type\":\"keyword\"}}, and copy the documents over"
        ),
    )
}

/// Whether an index couldn't be created because it is there.
pub(super) fn is_already_there(body: &[u8]) -> bool {
    let kind = |answer: Value| {
        answer
            .get("error")?
            .get("type")?
            .as_str()
            .map(str::to_owned)
    };
    serde_json::from_slice(body).ok().and_then(kind).as_deref()
        == Some("resource_already_exists_exception")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spi::{ClusterId, IndexPattern};

    fn rules() -> SharedIndex {
        SharedIndex::new(
            ClusterId::from("c"),
            IndexPattern::parse("{index}-shared").expect("parses"),
        )
    }

    fn verdict(field: &Value) -> Result<(), Rejection> {
        let body =
            json!({ "orders-shared": { "mappings": { "properties": { "_tenant": field } } } });
        check(
            body.to_string().as_bytes(),
            &IndexName::from("orders-shared"),
            &rules(),
        )
    }

    #[test]
    fn only_a_plain_keyword_passes() {
        assert!(verdict(&json!({ "type": "keyword" })).is_ok());
        assert!(verdict(&json!({ "type": "keyword", "ignore_above": 64 })).is_ok());
        for bad in [
            json!({ "type": "text" }),
            json!({ "type": "text", "fields": { "keyword": { "type": "keyword" } } }),
            json!({ "type": "wildcard" }),
            json!({ "type": "alias", "path": "other" }),
            json!({ "properties": { "x": { "type": "keyword" } } }),
            json!({ "type": "keyword", "normalizer": "lower" }),
            json!({ "type": "keyword", "null_value": "acme" }),
            json!({ "type": "keyword", "ignore_above": 63 }),
            json!({ "type": "keyword", "index": false }),
        ] {
            assert!(verdict(&bad).is_err(), "{bad}");
        }
    }

    fn whole(index: &Value) -> Result<(), Rejection> {
        let body = json!({ "orders-shared": index });
        check(
            body.to_string().as_bytes(),
            &IndexName::from("orders-shared"),
            &rules(),
        )
    }

    fn with_field(other: &Value) -> Result<(), Rejection> {
        whole(
            &json!({ "mappings": { "properties": { "_tenant": { "type": "keyword" }, "other": other } } }),
        )
    }

    #[test]
    fn fields_that_reach_past_their_document_are_refused() {
        assert!(with_field(&json!({ "type": "text", "copy_to": ["all"] })).is_ok());
        assert!(
            with_field(&json!({ "type": "nested", "properties": { "a": { "type": "long" } } }))
                .is_ok()
        );
        for bad in [
            json!({ "type": "text", "copy_to": ["all", "_tenant"] }),
            json!({ "type": "text", "copy_to": "_tenant." }),
            json!({ "properties": { "deep": { "type": "text", "copy_to": "_tenant" } } }),
            json!({ "type": "join", "relations": { "a": "b" } }),
            json!({ "type": "percolator" }),
            json!({ "type": "completion" }),
            json!({ "type": "text", "fields": { "suggest": { "type": "completion" } } }),
            json!({ "type": "alias", "path": "_id" }),
            json!({ "type": "alias", "path": "_tenant" }),
        ] {
            assert!(with_field(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn templates_and_settings_that_rewrite_documents_are_refused() {
        let mapped = json!({ "properties": { "_tenant": { "type": "keyword" } } });
        let template = |mapping: Value| {
            let mut mappings = mapped.clone();
            mappings["dynamic_templates"] =
                json!([{ "any": { "match": "*", "mapping": mapping } }]);
            whole(&json!({ "mappings": mappings }))
        };
        assert!(template(json!({ "type": "keyword" })).is_ok());
        assert!(template(json!({ "type": "keyword", "copy_to": "_tenant" })).is_err());
        assert!(template(json!({ "type": "keyword", "copy_to": "{name}" })).is_err());
        assert!(template(json!({ "type": "join" })).is_err());
        let setting = |settings: Value| {
            whole(&json!({ "mappings": mapped.clone(), "settings": { "index": settings } }))
        };
        assert!(setting(json!({ "number_of_shards": "1", "default_pipeline": "_none" })).is_ok());
        for bad in [
            json!({ "default_pipeline": "p" }),
            json!({ "final_pipeline": "p" }),
            json!({ "search": { "default_pipeline": "p" } }),
            json!({ "composite_index": "true" }),
            json!({ "append_only": { "enabled": "true" } }),
        ] {
            assert!(setting(bad.clone()).is_err(), "{bad}");
        }
        let derived = json!({ "mappings": { "properties": { "_tenant": { "type": "keyword" } }, "derived": { "x": {} } } });
        assert!(whole(&derived).is_err());
    }

    #[test]
    fn an_alias_or_a_missing_field_is_refused() {
        let index = IndexName::from("orders-shared");
        let alias =
            br#"{"orders-000001":{"mappings":{"properties":{"_tenant":{"type":"keyword"}}}}}"#;
        assert!(check(alias, &index, &rules()).is_err());
        assert!(check(br#"{"orders-shared":{"mappings":{}}}"#, &index, &rules()).is_err());
        assert!(check(b"<html>", &index, &rules()).is_err());
    }

    #[test]
    fn what_we_create_passes_our_own_check() {
        let body = rules().index_body();
        let field = body["mappings"]["properties"]["_tenant"].clone();
        assert!(verdict(&field).is_ok());
        assert_eq!(
            rules().index_template()["index_patterns"],
            json!(["*-shared"])
        );
    }
}

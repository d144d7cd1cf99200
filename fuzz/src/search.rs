//! A search that passes is inside the partition, whatever it says.

use osproxy_layer::rewrite::screen::{self, Scope, SharedIndex};
use serde_json::{Value, json};

/// A search that passes is inside the partition, whatever it says.
pub fn search(bytes: &[u8]) {
    let none: &[(&str, &str)] = &[];
    let scope = Scope::shared(SharedIndex {
        field: "_tenant",
        partition: "acme",
        id_prefix: "acme:",
        id_suffix: "",
        routing: Some("acme"),
        allow_root_keys: &["_class"],
    });
    if let Ok(screened) = screen::search(bytes, none, &scope) {
        let told: Value = serde_json::from_slice(screened.body()).expect("our own JSON");
        let wrapped = told["query"]["bool"].as_object().expect("the wrap");
        assert_eq!(told["query"].as_object().map(|query| query.len()), Some(1));
        assert_eq!(wrapped.len(), 2);
        assert_eq!(wrapped["filter"], json!([{"term": {"_tenant": "acme"}}]));
    }
    if let Ok(screened) = screen::search(bytes, none, &Scope::dedicated(&[])) {
        if !bytes.is_empty() {
            serde_json::from_slice::<&serde_json::value::RawValue>(screened.body())
                .expect("JSON as it came, or our own");
        }
    }
    let _ = screen::count(bytes, none, &scope);
}

//! Every document of a rewritten update has the partition field once, with our value.

use osproxy_layer::rewrite::document::{DocumentRules, Injection};
use osproxy_layer::rewrite::json::Members;
use osproxy_layer::rewrite::update::{Scripts, UpdateBody};

/// Every document of a rewritten update has the partition field once, with our value.
pub fn update(bytes: &[u8]) {
    let Ok(body) = UpdateBody::read(bytes) else {
        return;
    };
    let rules = DocumentRules::new("_tenant").expect("one field name");
    let injection = Injection::default().string("_tenant", "acme");
    let mut out = Vec::new();
    if body
        .rewrite(&rules, &injection, Scripts::Refused, &mut out)
        .is_err()
    {
        assert!(out.is_empty());
        return;
    }
    let again = UpdateBody::read(&out).expect("what we write is sound");
    assert_eq!(again.facts().has_doc(), body.facts().has_doc());
    assert!(!again.facts().has_script());
    for member in Members::of(&out) {
        let member = member.expect("what we write is sound");
        if member.key == "doc" || member.key == "upsert" {
            let fields: Vec<_> = Members::of(member.value)
                .collect::<Result<_, _>>()
                .expect("an object");
            assert_eq!(
                (&*fields[0].key, fields[0].value),
                ("_tenant", &b"\"acme\""[..])
            );
            assert_eq!(
                fields.iter().filter(|field| field.key == "_tenant").count(),
                1
            );
        }
    }
}

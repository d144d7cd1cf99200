//! An injected document has the partition field once, with our value, and is otherwise what came in.

use osproxy_layer::rewrite::document::{DocumentRules, Injection, inject};
use osproxy_layer::rewrite::json::Members;

/// An injected document has the partition field once, with our value, and is otherwise what came in.
pub fn document(bytes: &[u8]) {
    let rules = DocumentRules::new("_tenant")
        .expect("one field name")
        .allow_root_keys(["_class", "_tenant"]);
    let injection = Injection::default().string("_tenant", "acme");
    let mut out = Vec::new();
    if inject(bytes, &rules, &injection, &mut out).is_err() {
        assert!(out.is_empty());
        return;
    }
    let members: Vec<_> = Members::of(&out)
        .collect::<Result<_, _>>()
        .expect("what we write is sound");
    assert_eq!(
        (&*members[0].key, members[0].value),
        ("_tenant", &b"\"acme\""[..])
    );
    for member in &members[1..] {
        // As the node resolves a name: split on dots, drop what is empty.
        let first = member.key.split('.').find(|part| !part.trim().is_empty());
        assert!(first.is_some_and(|first| first != "_tenant"));
    }
    let comma = usize::from(members.len() > 1);
    let at = bytes
        .iter()
        .position(|&byte| byte == b'{')
        .expect("an object")
        + 1;
    let inserted = injection.as_bytes().len() + comma;
    assert_eq!(
        (&out[..at], &out[at + inserted..]),
        (&bytes[..at], &bytes[at..])
    );
}

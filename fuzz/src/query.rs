//! A query string that is read and written anew says the same thing.

use std::collections::HashSet;

use osproxy_layer::endpoint::Query;

/// A query string that is read and written anew says the same thing, and names each parameter once.
pub fn query(bytes: &[u8]) {
    let Ok(raw) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(query) = Query::parse(raw) else {
        return;
    };
    let names: HashSet<_> = query.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), query.len());
    let anew = query.encode();
    let again = Query::parse(&anew).expect("what we write is sound");
    assert!(query.iter().eq(again.iter()), "{anew}");
    assert_eq!(anew, again.encode());
    // As another reader of the line would cut it.
    let pieces = anew.split('&').filter(|piece| !piece.is_empty());
    assert_eq!(pieces.count(), query.len());
    assert!(!anew.contains([';', '#', ' ', '+']));
}

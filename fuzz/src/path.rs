//! A path that is read and written anew says the same thing, and a name of ours in it stays one name.

use http::Method;
use osproxy_layer::endpoint::{Endpoint, IndexExpr};

const METHODS: [Method; 6] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::OPTIONS,
];

/// A path that is read and written anew says the same thing, and a name of ours in it stays one name.
///
/// The first byte chooses the method.
pub fn path(bytes: &[u8]) {
    let Some((method, path)) = bytes.split_first() else {
        return;
    };
    let method = &METHODS[usize::from(*method) % METHODS.len()];
    let Ok(path) = std::str::from_utf8(path) else {
        return;
    };
    let _ = IndexExpr::parse(path);
    let Ok(endpoint) = Endpoint::classify(method, path) else {
        return;
    };
    let anew = endpoint.physical_path(None, None);
    let again = Endpoint::classify(method, &anew).expect("what we write is sound");
    assert_eq!(endpoint.route(), again.route(), "{anew}");
    assert_eq!(
        (endpoint.index(), endpoint.id()),
        (again.index(), again.id())
    );
    for name in endpoint.route().captures() {
        assert_eq!(endpoint.value(name), again.value(name), "{name}");
    }
    assert_eq!(anew, again.physical_path(None, None));
    if endpoint.index().is_none() {
        return;
    }
    // An id may be made of anything; as an id of ours it must not reach another segment.
    let id = String::from_utf8_lossy(bytes).into_owned();
    let physical = endpoint.physical_path(Some("orders-shared"), endpoint.id().map(|_| &*id));
    if id.is_empty() || matches!(&*id, "." | "..") || id.contains('\0') {
        return;
    }
    let sent = Endpoint::classify(method, &physical).expect("what we write is sound");
    assert_eq!(sent.route(), endpoint.route(), "{physical}");
    assert_eq!(sent.index(), Some("orders-shared"));
    if endpoint.id().is_some() {
        assert_eq!(sent.id(), Some(&*id));
    }
}

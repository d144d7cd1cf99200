//! The lexer accepts what serde_json accepts, and what reads on top of it agrees with serde_json's tree.

use osproxy_layer::rewrite::json::{Elements, JsonErrorKind, Members, scalar, unescape, validate};
use serde_json::Value;
use serde_json::value::RawValue;

/// The lexer accepts what serde_json accepts, and what reads on top of it agrees with serde_json's tree.
pub fn json(bytes: &[u8]) {
    let verdict = validate(bytes, 100);
    match verdict {
        Ok(()) => assert_ne!(serde_accepts(bytes), Some(false), "only we accept it"),
        // serde_json has a bound of its own.
        Err(error) if error.kind() == JsonErrorKind::Depth => {}
        Err(error) => assert_ne!(
            serde_accepts(bytes),
            Some(true),
            "only we refuse it: {error}"
        ),
    }
    let members: Result<Vec<_>, _> = Members::of(bytes).collect();
    let elements: Result<Vec<_>, _> = Elements::of(bytes).collect();
    let found = scalar(bytes, "a.b");
    let Ok(Ok(tree)) = verdict.map(|()| serde_json::from_slice::<Value>(bytes)) else {
        return;
    };
    match &tree {
        Value::Object(object) => {
            for member in members.expect("a valid object has members") {
                let value: Value = serde_json::from_slice(member.value).expect("a valid value");
                assert_eq!(&bytes[member.span], member.value);
                // The tree keeps the last of several.
                assert!(object.contains_key(&*member.key));
                drop(value);
            }
            let nested = object
                .get("a")
                .and_then(|value| value.get("b"))
                .and_then(Value::as_str);
            if let (Ok(Some(text)), Some(nested)) = (&found, nested) {
                assert_eq!(text, nested);
            }
        }
        Value::Array(array) => assert_eq!(
            elements.expect("a valid array has elements").len(),
            array.len()
        ),
        Value::String(text) => assert_eq!(
            &*unescape(bytes.trim_ascii()).expect("a valid string"),
            text
        ),
        _ => {}
    }
}

/// `None` when serde_json stops at a number out of range, and so says nothing of the rest.
fn serde_accepts(bytes: &[u8]) -> Option<bool> {
    if serde_json::from_slice::<&RawValue>(bytes).is_err() {
        return Some(false);
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(_) => Some(true),
        Err(error) if error.to_string().starts_with("number out of range") => None,
        Err(_) => Some(false),
    }
}

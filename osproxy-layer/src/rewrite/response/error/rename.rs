//! Passes an error on with logical names for physical ones.

use std::borrow::Cow;

use super::super::edit::{self, Walk};
use super::super::skim::skip_space;
use super::super::{Reversal, ReverseError};
use crate::rewrite::json::{Lexer, write_string};

/// Copies a whole body, which must be one JSON object.
pub(super) fn body(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    if std::str::from_utf8(raw).is_err() {
        return Err(ReverseError::NotJson);
    }
    let mut walk = Walk::object(raw)?;
    while walk.next()?.is_some() {}
    walk.end()?;
    texts(raw, reversal, out)
}

/// Copies valid JSON; every string that is no key has its index names turned back.
pub(in super::super) fn texts(
    raw: &[u8],
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    let mut copied = 0;
    let mut at = 0;
    while let Some(quote) = memchr::memchr(b'"', edit::slice(raw, at..raw.len())) {
        let start = at + quote;
        let rest = edit::slice(raw, start..raw.len());
        let mut lexer = Lexer::new(rest)?;
        let text = lexer.string()?;
        at = start + lexer.offset();
        if raw.get(skip_space(raw, at)) == Some(&b':') {
            continue;
        }
        if let Cow::Owned(renamed) = reversal.names().rename(&text.decode()) {
            out.extend_from_slice(edit::slice(raw, copied..start));
            write_string(out, &renamed);
            copied = at;
        }
    }
    out.extend_from_slice(edit::slice(raw, copied..raw.len()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::rewrite::response::error;

    fn renamed(raw: &str) -> String {
        let reversal = Reversal::dedicated([("acme.orders", "orders")]);
        let mut out = Vec::new();
        error(StatusCode::NOT_FOUND, raw.as_bytes(), &reversal, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_change_and_nothing_else() {
        for (raw, body) in [
            (
                r#"{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [acme.orders]","index":"acme.orders","resource.id":"acme.orders","index_uuid":"_na_"}],"type":"x","reason":"no such index [acme.orders]","caused_by":{"reason":"[acme.orders/u][[acme.orders][0]] EngineException"}},"status":404}"#,
                r#"{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [orders]","index":"orders","resource.id":"orders","index_uuid":"_na_"}],"type":"x","reason":"no such index [orders]","caused_by":{"reason":"[orders/u][[orders][0]] EngineException"}},"status":404}"#,
            ),
            (
                r#"{ "error" : "a\nacme.orders \"b\"" }"#,
                r#"{ "error" : "a\norders \"b\"" }"#,
            ),
            (
                r#"{"error":{"reason":"acme.orders-2","acme.orders":1.10}}"#,
                r#"{"error":{"reason":"acme.orders-2","acme.orders":1.10}}"#,
            ),
        ] {
            assert_eq!(renamed(raw), body);
        }
    }

    #[test]
    fn what_is_no_json_gets_a_body_of_ours() {
        for raw in [
            "",
            "<html>",
            r#"{"error":"#,
            "[]",
            r#"{"error":"acme.orders\ud800"}"#,
        ] {
            let body = renamed(raw);
            assert!(
                body.contains("osproxy_upstream_exception") && body.ends_with(r#""status":404}"#)
            );
            assert!(!body.contains("acme"));
        }
    }
}

//! The answer to a write by query: figures, and what failed.

use http::StatusCode;

use super::{Reversal, ReverseError, error};
use crate::rewrite::json::{Elements, Members, RawKind, unescape, validate, write_string};

/// Figures that are kept as they are. Anything else is dropped, but for the failures and the slices.
const FIGURES: [&str; 15] = [
    "took",
    "timed_out",
    "total",
    "created",
    "updated",
    "deleted",
    "batches",
    "version_conflicts",
    "noops",
    "retries",
    "throttled",
    "throttled_millis",
    "requests_per_second",
    "throttled_until",
    "throttled_until_millis",
];

/// How deep an answer nests: figures, failures, and their causes.
const MAX_DEPTH: u32 = 64;

/// Turns the answer to `_delete_by_query` or `_update_by_query` back (catalogue D-29).
///
/// # Errors
/// When it is no JSON, or names another partition's document.
///
/// ```
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, by_query};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""));
/// let raw = br#"{"took":3,"total":1,"deleted":0,"failures":[{"index":"orders-shared","id":"acme:1","cause":{"type":"version_conflict_engine_exception","reason":"[acme:1]: .."},"status":409}]}"#;
/// let mut out = Vec::new();
/// by_query(raw, &shared, &mut out)?;
/// let text = String::from_utf8(out).unwrap();
/// assert!(text.starts_with(r#"{"took":3,"total":1,"deleted":0,"failures":[{"index":"orders","id":"1","#));
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub fn by_query(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    validate(raw, MAX_DEPTH)?;
    let mark = out.len();
    let written = summary(raw, reversal, true, out);
    if written.is_err() {
        out.truncate(mark);
    }
    written
}

fn summary(
    raw: &[u8],
    reversal: &Reversal,
    outermost: bool,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    if RawKind::of(raw) != Some(RawKind::Object) {
        return Err(ReverseError::Shape(
            "the answer to a write by query is an object",
        ));
    }
    out.push(b'{');
    let mut any = false;
    for member in Members::of(raw) {
        let member = member?;
        let mark = out.len();
        if any {
            out.push(b',');
        }
        write_string(out, &member.key);
        out.push(b':');
        match &*member.key {
            "slice_id" => out.extend_from_slice(member.value),
            "failures" => each(member.value, out, |one, out| failure(one, reversal, out))?,
            "slices" if outermost => each(member.value, out, |one, out| {
                summary(one, reversal, false, out)
            })?,
            key if FIGURES.contains(&key) => out.extend_from_slice(member.value),
            _ => {
                out.truncate(mark);
                continue;
            }
        }
        any = true;
    }
    out.push(b'}');
    Ok(())
}

fn each(
    list: &[u8],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&[u8], &mut Vec<u8>) -> Result<(), ReverseError>,
) -> Result<(), ReverseError> {
    if RawKind::of(list) != Some(RawKind::Array) {
        return Err(ReverseError::Shape("failures are a list"));
    }
    out.push(b'[');
    for (at, element) in Elements::of(list).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(element?.value, out)?;
    }
    out.push(b']');
    Ok(())
}

/// A document that couldn't be written, or a shard that couldn't be searched.
fn failure(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    let member = |name: &str| {
        Members::of(raw)
            .filter_map(Result::ok)
            .find(|member| member.key == name)
            .map(|member| member.value)
    };
    let status = member("status")
        .and_then(|raw| std::str::from_utf8(raw).ok())
        .and_then(|text| text.parse().ok());
    let status: StatusCode = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    out.push(b'{');
    if let Some(index) = member("index").filter(|raw| RawKind::of(raw) == Some(RawKind::String)) {
        out.extend_from_slice(b"\"index\":");
        write_string(out, reversal.logical_index(&unescape(index)?)?);
        out.push(b',');
    }
    if let Some(id) = member("id") {
        out.extend_from_slice(b"\"id\":");
        write_string(out, reversal.logical_id(&unescape(id)?)?);
        out.push(b',');
    }
    let cause = member("cause")
        .or_else(|| member("reason"))
        .unwrap_or(b"{}");
    out.extend_from_slice(if member("cause").is_some() {
        b"\"cause\":"
    } else {
        b"\"reason\":"
    });
    out.extend_from_slice(&shown_cause(cause, status, reversal));
    out.extend_from_slice(b",\"status\":");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b'}');
    Ok(())
}

/// A cause as an error of a whole answer shows it, without its root causes.
fn shown_cause(cause: &[u8], status: StatusCode, reversal: &Reversal) -> Vec<u8> {
    let whole = [
        b"{\"error\":",
        cause,
        b",\"status\":",
        status.as_str().as_bytes(),
        b"}",
    ]
    .concat();
    let mut shown = Vec::new();
    error(status, &whole, reversal, &mut shown);
    let object = Members::of(&shown)
        .filter_map(Result::ok)
        .find(|member| member.key == "error");
    let mut out = vec![b'{'];
    for member in object
        .iter()
        .flat_map(|object| Members::of(object.value))
        .filter_map(Result::ok)
    {
        if member.key != "root_cause" {
            if out.len() > 1 {
                out.push(b',');
            }
            write_string(&mut out, &member.key);
            out.push(b':');
            out.extend_from_slice(member.value);
        }
    }
    out.push(b'}');
    out
}

#[cfg(test)]
mod tests {
    use super::super::IdRule;
    use super::*;

    fn shown(raw: &str) -> Result<String, ReverseError> {
        let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""));
        let mut out = Vec::new();
        by_query(raw.as_bytes(), &shared, &mut out).map(|()| String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn figures_are_kept_and_the_rest_is_dropped() {
        let raw = r#"{"took":1,"timed_out":false,"slice_id":0,"total":2,"deleted":2,"task":"n1:7","slices":[{"slice_id":1,"total":1,"failures":[],"node":"n1"}],"failures":[]}"#;
        let expected = r#"{"took":1,"timed_out":false,"slice_id":0,"total":2,"deleted":2,"slices":[{"slice_id":1,"total":1,"failures":[]}],"failures":[]}"#;
        assert_eq!(shown(raw).as_deref(), Ok(expected));
    }

    #[test]
    fn a_failure_names_the_clients_document_in_words_of_ours() {
        let raw = r#"{"failures":[{"index":"orders-shared","id":"acme:1","cause":{"type":"version_conflict_engine_exception","reason":"[acme:1] secret","index_uuid":"u"},"status":409}]}"#;
        let text = shown(raw).expect("turned back");
        assert!(
            text.contains(r#""index":"orders","id":"1""#)
                && !text.contains("secret")
                && !text.contains("acme:")
        );
    }

    #[test]
    fn another_partitions_document_is_a_breach() {
        for raw in [
            r#"{"failures":[{"index":"orders-shared","id":"globex:1","cause":{},"status":409}]}"#,
            r#"{"failures":[{"index":"carts-shared","id":"acme:1","cause":{},"status":409}]}"#,
        ] {
            assert!(shown(raw).is_err_and(|error| error.is_breach()), "{raw}");
        }
        assert!(shown("[]").is_err());
        assert!(shown(r#"{"took":1"#).is_err());
    }
}

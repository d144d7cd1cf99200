//! Writes an error anew from its type.

use std::borrow::Cow;

use http::StatusCode;

use super::super::edit::{self, Walk};
use super::super::{ErrorPolicy, Reversal, ReverseError};
use super::known::{self, Known, UNKNOWN, UNREADABLE};
use super::rename;
use crate::rewrite::json::write_string;

/// How many causes are told. The server names one a kind of failure; a request that fails in more ways than these is
/// explained well enough.
const MAX_CAUSES: usize = 8;

/// How the server names what it did not find: words of its own, nobody's data.
const RESOURCE_TYPES: [&str; 3] = ["index_or_alias", "index_expression", "aliases"];

/// What an error says that the client may know.
#[derive(Clone, PartialEq, Eq)]
struct Cause {
    known: &'static Known,
    /// The logical name of the index that the error names.
    index: Option<String>,
    /// The logical name of the resource that is missing, when it is an index of the request.
    resource: Option<String>,
    resource_type: Option<&'static str>,
    /// Whether the index has no uuid, being none; an index's uuid is not told.
    no_uuid: bool,
}

impl Cause {
    const fn new(known: &'static Known) -> Self {
        Self {
            known,
            index: None,
            resource: None,
            resource_type: None,
            no_uuid: false,
        }
    }
}

/// Writes a whole error body, whatever `raw` is.
pub(super) fn body(status: StatusCode, raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) {
    let (causes, cause) =
        read(raw, reversal).unwrap_or_else(|_| (Vec::new(), Cause::new(&UNREADABLE)));
    out.extend_from_slice(br#"{"error":{"root_cause":["#);
    let causes = if causes.is_empty() {
        std::slice::from_ref(&cause)
    } else {
        causes.as_slice()
    };
    for (at, cause) in causes.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",{" } else { b"{" });
        write(cause, reversal, out);
        out.push(b'}');
    }
    out.extend_from_slice(b"],");
    write(&cause, reversal, out);
    out.extend_from_slice(br#"},"status":"#);
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b'}');
}

/// Writes the error of one bulk item or one failed shard.
pub(in super::super) fn item(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) {
    if reversal.policy() == ErrorPolicy::Rename {
        let mark = out.len();
        if rename::texts(raw, reversal, out).is_ok() {
            return;
        }
        out.truncate(mark);
    }
    let cause = read_cause(raw, reversal).unwrap_or_else(|_| Cause::new(&UNREADABLE));
    out.push(b'{');
    write(&cause, reversal, out);
    out.push(b'}');
}

/// `{"error": {"root_cause": [cause, …], …}}`, or a text in place of the object, as for an unknown path.
fn read(raw: &[u8], reversal: &Reversal) -> Result<(Vec<Cause>, Cause), ReverseError> {
    let mut walk = Walk::object(raw)?;
    let mut error = None;
    while let Some(item) = walk.next()? {
        if item.key.is_some_and(|key| key.is("error")) {
            error = Some(item.value);
        }
    }
    walk.end()?;
    let Some(error) = error else {
        return Err(ReverseError::Shape("no error in an error"));
    };
    if error.first() == Some(&b'"') {
        return Ok((Vec::new(), Cause::new(&UNKNOWN)));
    }
    Ok((read_causes(error, reversal)?, read_cause(error, reversal)?))
}

fn read_causes(error: &[u8], reversal: &Reversal) -> Result<Vec<Cause>, ReverseError> {
    let mut causes: Vec<Cause> = Vec::new();
    let mut walk = Walk::object(error)?;
    while let Some(item) = walk.next()? {
        if !item.key.is_some_and(|key| key.is("root_cause")) {
            continue;
        }
        let mut list = Walk::array(item.value)?;
        while let Some(item) = list.next()? {
            let cause = read_cause(item.value, reversal)?;
            if causes.len() < MAX_CAUSES && !causes.contains(&cause) {
                causes.push(cause);
            }
        }
    }
    Ok(causes)
}

fn read_cause(raw: &[u8], reversal: &Reversal) -> Result<Cause, ReverseError> {
    let mut cause = Cause::new(&UNKNOWN);
    let mut walk = Walk::object(raw)?;
    while let Some(item) = walk.next()? {
        let value = item.value;
        let Some(key) = item.key else { continue };
        if value.first() != Some(&b'"') {
            continue;
        }
        let text = edit::string(value)?.0.decode();
        let logical = || reversal.names().logical(&text).map(str::to_owned);
        match key.raw() {
            b"type" => cause.known = known::find(&text).unwrap_or(&UNKNOWN),
            b"index" => cause.index = logical(),
            b"resource.id" => cause.resource = logical(),
            b"resource.type" => {
                cause.resource_type = RESOURCE_TYPES.into_iter().find(|known| *known == text);
            }
            b"index_uuid" => cause.no_uuid = text == "_na_",
            _ => {}
        }
    }
    Ok(cause)
}

/// `"type":…,"reason":…` and what else the cluster named, in its order.
fn write(cause: &Cause, reversal: &Reversal, out: &mut Vec<u8>) {
    let reason = reason(cause, reversal);
    let members = [
        ("type", Some(cause.known.kind)),
        ("reason", Some(&*reason)),
        ("index", cause.index.as_deref()),
        ("resource.id", cause.resource.as_deref()),
        ("resource.type", cause.resource_type),
        ("index_uuid", cause.no_uuid.then_some("_na_")),
    ];
    let mut first = true;
    for (key, value) in members {
        let Some(value) = value else { continue };
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        write_string(out, key);
        out.push(b':');
        write_string(out, value);
    }
}

fn reason(cause: &Cause, reversal: &Reversal) -> Cow<'static, str> {
    let reason = cause.known.reason;
    if !reason.contains("{index}") {
        return Cow::Borrowed(reason);
    }
    let index = cause.index.as_deref().or_else(|| reversal.names().only());
    Cow::Owned(match index {
        Some(index) => reason.replace("{index}", index),
        None => reason.replace(" [{index}]", ""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::response::{IdRule, error};

    fn shared() -> Reversal {
        Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
            .expect_routing("acme")
            .strip("_tenant")
    }

    fn reauthored(status: u16, raw: &str) -> String {
        let mut out = Vec::new();
        error(
            StatusCode::from_u16(status).unwrap(),
            raw.as_bytes(),
            &shared(),
            &mut out,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_text_is_ours_and_the_type_is_the_servers() {
        for (status, raw, body) in [
            (
                409,
                r#"{"error":{"root_cause":[{"type":"version_conflict_engine_exception","reason":"[acme:1]: version conflict, required seqNo [7], primary term [1]. current document has seqNo [9] and primary term [1]","index":"orders-shared","shard":"0","index_uuid":"u"}],"type":"version_conflict_engine_exception","reason":"[acme:1]: version conflict","index":"orders-shared","shard":"0","index_uuid":"u"},"status":409}"#,
                r#"{"error":{"root_cause":[{"type":"version_conflict_engine_exception","reason":"version conflict: the document is not the version that the request expects","index":"orders"}],"type":"version_conflict_engine_exception","reason":"version conflict: the document is not the version that the request expects","index":"orders"},"status":409}"#,
            ),
            (
                404,
                r#"{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [orders-shared]","index":"orders-shared","resource.id":"orders-shared","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [orders-shared]","index":"orders-shared","resource.id":"orders-shared","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}"#,
                r#"{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [orders]","index":"orders","resource.id":"orders","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [orders]","index":"orders","resource.id":"orders","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}"#,
            ),
            (
                400,
                r#"{"error":{"root_cause":[{"type":"query_shard_exception","reason":"failed to create query: secret","index":"orders-shared","index_uuid":"u"},{"type":"query_shard_exception","reason":"b","index":"orders-shared"}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"orders-shared","node":"n","reason":{"type":"x","reason":"secret"}}]},"status":400}"#,
                r#"{"error":{"root_cause":[{"type":"query_shard_exception","reason":"the query does not fit the mapping","index":"orders"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":400}"#,
            ),
            (
                400,
                r#"{"error":{"type":"brand_new_exception","reason":"secret","index":"globex.orders"},"status":400}"#,
                r#"{"error":{"root_cause":[{"type":"osproxy_upstream_exception","reason":"the cluster refused the request; its own text is not shown on a shared index"}],"type":"osproxy_upstream_exception","reason":"the cluster refused the request; its own text is not shown on a shared index"},"status":400}"#,
            ),
            (
                405,
                r#"{"error":"Incorrect HTTP method for uri [/orders-shared] and method [PUT]","status":405}"#,
                r#"{"error":{"root_cause":[{"type":"osproxy_upstream_exception","reason":"the cluster refused the request; its own text is not shown on a shared index"}],"type":"osproxy_upstream_exception","reason":"the cluster refused the request; its own text is not shown on a shared index"},"status":405}"#,
            ),
        ] {
            assert_eq!(reauthored(status, raw), body, "{raw}");
        }
    }

    #[test]
    fn what_is_no_error_of_the_server_gets_a_body_of_ours() {
        for raw in [
            "",
            "<html>secret</html>",
            r#"{"error":{"type":"parsing_exception"}"#,
            r#"{"error":{"type":"parsing_exception"}} x"#,
            r#"{"message":"secret"}"#,
            r#"{"error":[1]}"#,
            r#"{"error":{"type":"\ud800"}}"#,
            "\u{feff}{}",
        ] {
            let body = reauthored(502, raw);
            assert!(body.contains(UNREADABLE.reason), "{raw}: {body}");
            assert!(body.ends_with(r#""status":502}"#) && !body.contains("secret"));
        }
    }

    #[test]
    fn the_status_is_the_answers_not_the_bodys() {
        let body = reauthored(
            429,
            r#"{"error":{"type":"circuit_breaking_exception"},"status":503}"#,
        );
        assert!(body.ends_with(r#""status":429}"#));
    }

    #[test]
    fn an_items_error_is_written_alike() {
        let mut out = Vec::new();
        item(
            br#"{"type":"mapper_parsing_exception","reason":"failed to parse field [price] of type [long] in document with id 'acme:1'. Preview of field's value: 'secret'","caused_by":{"type":"illegal_argument_exception","reason":"secret"}}"#,
            &shared(),
            &mut out,
        );
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"type":"mapper_parsing_exception","reason":"failed to parse the document: a value does not fit the type of its field"}"#
        );
    }

    #[test]
    fn many_causes_are_cut() {
        let causes: Vec<String> = (0..99)
            .map(|at| {
                let kind = ["parse_exception", "timeout_exception", "engine_exception"][at % 3];
                format!(r#"{{"type":"{kind}","reason":"secret"}}"#)
            })
            .collect();
        let raw = format!(
            r#"{{"error":{{"root_cause":[{}],"type":"engine_exception"}}}}"#,
            causes.join(",")
        );
        assert_eq!(reauthored(500, &raw).matches("\"type\"").count(), 4);
    }
}

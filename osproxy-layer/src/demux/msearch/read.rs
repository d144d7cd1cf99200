//! Reading the body of `_msearch`: pairs of a header line and a search.

use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Value};

/// One search of the request.
pub(super) struct Search<'a> {
    /// The logical indices, as an expression still. `None`: the path's.
    pub(super) index: Option<String>,
    /// What the header says of the search, as the URL of a single search would.
    pub(super) params: Vec<(&'static str, String)>,
    /// The search itself.
    pub(super) body: &'a [u8],
}

/// Keys of a header line, each with the URL parameter that means the same, and its other spellings (catalogue C3-02).
/// What names the index is told apart below.
const KEYS: [(&str, &str); 14] = [
    ("search_type", "search_type"),
    ("searchType", "search_type"),
    ("request_cache", "request_cache"),
    ("requestCache", "request_cache"),
    ("preference", "preference"),
    ("routing", "routing"),
    (
        "allow_partial_search_results",
        "allow_partial_search_results",
    ),
    ("ccs_minimize_roundtrips", "ccs_minimize_roundtrips"),
    ("cancel_after_time_interval", "cancel_after_time_interval"),
    ("ignore_unavailable", "ignore_unavailable"),
    ("ignoreUnavailable", "ignore_unavailable"),
    ("allow_no_indices", "allow_no_indices"),
    ("expand_wildcards", "expand_wildcards"),
    ("ignore_throttled", "ignore_throttled"),
];

/// Spellings of the index in a header line. Two of them in one line are refused: the last wins on the node.
const INDEX_KEYS: [&str; 2] = ["index", "indices"];

/// How deep a header line may nest.
const MAX_DEPTH: u32 = 3;

/// Reads the whole body. A malformed line is an error of the whole request, as on the node.
pub(super) fn read(body: &[u8]) -> Result<Vec<Search<'_>>, Rejection> {
    if body.is_empty() {
        return Err(Rejection::malformed(
            "parse_exception",
            "request body is required",
        ));
    }
    let Some(lines) = body.strip_suffix(b"\n") else {
        let reason = "The msearch request must be terminated by a newline [\n]";
        return Err(Rejection::malformed("illegal_argument_exception", reason));
    };
    // One newline at the very start is no line; any other blank line is an empty header.
    let lines = lines.strip_prefix(b"\n").unwrap_or(lines);
    let mut lines = lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut searches = Vec::new();
    while let Some(header) = lines.next() {
        let (index, params) = read_header(header)?;
        let Some(body) = lines.next() else {
            break;
        };
        searches.push(Search {
            index,
            params,
            body,
        });
    }
    if searches.is_empty() {
        let reason = "Validation Failed: 1: no requests added;";
        return Err(Rejection::malformed(
            "action_request_validation_exception",
            reason,
        ));
    }
    Ok(searches)
}

type Header = (Option<String>, Vec<(&'static str, String)>);

fn read_header(line: &[u8]) -> Result<Header, Rejection> {
    if line.is_empty() {
        return Ok((None, Vec::new()));
    }
    let header = tree::parse(line, MAX_DEPTH)
        .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))?;
    let Value::Object(header) = header else {
        return Err(illegal("a header line of a multi search is an object"));
    };
    let mut index = None;
    let mut params: Vec<(&'static str, String)> = Vec::new();
    for (key, value) in header.into_members() {
        if value == Value::Null {
            continue;
        }
        if INDEX_KEYS.contains(&&*key) {
            let names = text(&value).ok_or_else(|| {
                illegal("the index of a header line is a name or a list of names")
            })?;
            if index.replace(names).is_some() {
                return Err(Rejection::refused(
                    "a header line names its index once, as [index] or as [indices]",
                ));
            }
            continue;
        }
        let known = KEYS.iter().find(|(name, _)| *name == &*key);
        let Some((_, param)) = known else {
            return Err(illegal(format!(
                "key [{}] is not supported in the metadata section",
                tree::shown(&key)
            )));
        };
        let value = text(&value)
            .ok_or_else(|| illegal(format!("key [{key}] of a header line is no text")))?;
        if params.iter().any(|(name, _)| name == param) {
            return Err(Rejection::refused(format!(
                "a header line says [{param}] twice"
            )));
        }
        params.push((param, value));
    }
    Ok((index, params))
}

/// A text, or a list as the server joins one.
fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone().into_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.clone().into_owned()),
        Value::Array(all) => {
            let names: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
            names.map(|names| names.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn illegal(reason: impl Into<String>) -> Rejection {
    Rejection::malformed("illegal_argument_exception", reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_bodies_are_paired() {
        let body = b"{\"index\":[\"a\",\"b\"],\"preference\":null}\n{}\n\n{\"size\":1}\n{\"indices\":\"c\",\"searchType\":\"x\"}\n{}\n";
        let searches = read(body).unwrap_or_else(|error| panic!("{error}"));
        let seen: Vec<_> = searches
            .iter()
            .map(|search| (search.index.as_deref(), search.params.len(), search.body))
            .collect();
        assert_eq!(
            seen,
            [
                (Some("a,b"), 0, &b"{}"[..]),
                (None, 0, b"{\"size\":1}"),
                (Some("c"), 1, b"{}")
            ]
        );
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for bad in [
            "{}\n{}",
            "",
            "\n",
            "{\"index\":\"a\",\"indices\":\"b\"}\n{}\n",
            "{\"index\":\"a\",\"index\":\"b\"}\n{}\n",
            "{\"search_type\":\"a\",\"searchType\":\"b\"}\n{}\n",
            "{\"index\":\"a\"} {\"index\":\"b\"}\n{}\n",
            "{\"search_pipeline\":\"p\"}\n{}\n",
            "{\"index\":{\"a\":1}}\n{}\n",
            "[]\n{}\n",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

//! Reading a query from a body. One row a type; every key of a type is read, refused, or the server's own error.

use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::keys::{Keys, OTHERS, float, parsing, set};
use super::{Bool, Kind, Minimum, Query, Range};

/// The server's bounds are in the thousands; ours is the request depth that the screen allows (catalogue row A1-03).
const MAX_DEPTH: u32 = 64;

/// Reads one query.
pub(in super::super) fn parse(value: &Json) -> Result<Query, ApiError> {
    read(value, 0)
}

fn read(value: &Json, depth: u32) -> Result<Query, ApiError> {
    if depth > MAX_DEPTH {
        return Err(ApiError::unsupported(format_args!(
            "a query nested deeper than {MAX_DEPTH}"
        )));
    }
    let Some(members) = value.members() else {
        return Err(parsing(
            "[_na] query malformed, must start with start_object".to_owned(),
        ));
    };
    let (name, body) = match members {
        [] => return Err(ApiError::illegal_argument("query malformed, empty clause")),
        [(name, body)] => (name.as_str(), body),
        [(name, _), ..] => {
            return Err(parsing(format!(
                "[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"
            )));
        }
    };
    if OTHERS.contains(&name) {
        return Err(ApiError::unsupported(format_args!("query [{name}]")));
    }
    let mut boost = 1.0;
    let kind = match name {
        "match_all" | "match_none" => {
            Keys { name, body }.read(|key, value| match key {
                "boost" => set(&mut boost, float(value)),
                _ => Ok(false),
            })?;
            if name == "match_all" {
                Kind::MatchAll
            } else {
                Kind::MatchNone
            }
        }
        "bool" => Kind::Bool(Box::new(read_bool(body, &mut boost, depth)?)),
        "constant_score" => {
            let mut filter = None;
            Keys { name, body }.read(|key, value| match key {
                "filter" => {
                    filter = Some(read(value, depth + 1)?);
                    Ok(true)
                }
                "boost" => set(&mut boost, float(value)),
                _ => Ok(false),
            })?;
            let filter = filter.ok_or_else(|| {
                parsing("[constant_score] requires a 'filter' element".to_owned())
            })?;
            Kind::ConstantScore(Box::new(filter))
        }
        "ids" => {
            let mut values = Vec::new();
            Keys { name, body }.read(|key, value| match (key, value) {
                ("values", Json::Array(items)) => {
                    values = items
                        .iter()
                        .filter_map(Json::text)
                        .map(str::to_owned)
                        .collect();
                    Ok(true)
                }
                ("boost", value) => set(&mut boost, float(value)),
                _ => Ok(false),
            })?;
            Kind::Ids { values }
        }
        "exists" => {
            let mut field = None;
            Keys { name, body }.read(|key, value| match key {
                "field" => {
                    field = value.as_str().map(str::to_owned);
                    Ok(true)
                }
                "boost" => set(&mut boost, float(value)),
                _ => Ok(false),
            })?;
            Kind::Exists {
                field: field.ok_or_else(|| {
                    parsing("[exists] must be provided with a [field]".to_owned())
                })?,
            }
        }
        "terms" => read_terms(body, &mut boost)?,
        "term" | "match" | "match_phrase" | "range" | "prefix" | "wildcard" => {
            read_field_query(name, body, &mut boost)?
        }
        name => {
            let cause = Cause::new(
                "named_object_not_found_exception",
                format!("unknown field [{name}]"),
            );
            return Err(ApiError::new(
                400,
                Cause::new("parsing_exception", format!("unknown query [{name}]")).caused_by(cause),
            ));
        }
    };
    Ok(Query { kind, boost })
}

fn read_bool(body: &Json, boost: &mut f32, depth: u32) -> Result<Bool, ApiError> {
    let mut parsed = Bool::default();
    Keys { name: "bool", body }.read(|key, value| {
        let clauses = match key {
            "must" => &mut parsed.must,
            "filter" => &mut parsed.filter,
            "should" => &mut parsed.should,
            "must_not" | "mustNot" => &mut parsed.must_not,
            "minimum_should_match" => {
                parsed.minimum = Some(minimum(value)?);
                return Ok(true);
            }
            "adjust_pure_negative" => return Ok(*value == Json::Bool(true)),
            "boost" => return set(boost, float(value)),
            _ => return Ok(false),
        };
        match value {
            Json::Null => {}
            Json::Array(items) => {
                for item in items {
                    clauses.push(read(item, depth + 1)?);
                }
            }
            one => clauses.push(read(one, depth + 1)?),
        }
        Ok(true)
    })?;
    Ok(parsed)
}

fn read_terms(body: &Json, boost: &mut f32) -> Result<Kind, ApiError> {
    let mut found: Option<(String, Vec<Json>)> = None;
    Keys {
        name: "terms",
        body,
    }
    .read(|key, value| match (key, value) {
        ("boost", value) => set(boost, float(value)),
        ("value_type", _) => Ok(false),
        (field, Json::Array(_)) if found.is_some() => Err(parsing(format!(
            "[terms] query does not support multiple fields: [{field}]"
        ))),
        (field, Json::Array(items)) => {
            if items.iter().any(|item| item.text().is_none()) {
                return Err(ApiError::illegal_argument(
                    "No value specified for terms query",
                ));
            }
            found = Some((field.to_owned(), items.clone()));
            Ok(true)
        }
        // A lookup in another document (catalogue rows A1-11 and A1-12).
        (_, Json::Object(_)) => Err(ApiError::unsupported("a lookup in a [terms] query")),
        (field, _) => Err(parsing(format!("[terms] query does not support [{field}]"))),
    })?;
    let (field, values) = found.ok_or_else(|| parsing("[terms] query requires a field name, followed by array of terms or a document lookup specification".to_owned()))?;
    Ok(Kind::Terms { field, values })
}

/// The queries of the form `{field: value}` or `{field: {...}}`.
fn read_field_query(name: &str, body: &Json, boost: &mut f32) -> Result<Kind, ApiError> {
    let members = match body.members() {
        Some([]) => return Err(ApiError::illegal_argument("field name is null or empty")),
        Some(members) => members,
        None => {
            return Err(parsing(format!(
                "[{name}] query malformed, no start_object after query name"
            )));
        }
    };
    let (field, value) = match members {
        [(field, value)] => (field.clone(), value),
        [(first, _), (second, _), ..] => {
            return Err(parsing(format!(
                "[{name}] query doesn't support multiple fields, found [{first}] and [{second}]"
            )));
        }
        [] => return Err(ApiError::illegal_argument("field name is null or empty")),
    };
    if let Json::Array(_) = value {
        return Err(parsing(format!(
            "[{name}] query does not support array of values"
        )));
    }
    if name == "range" {
        return read_range(field, value, boost);
    }
    let mut text = (value.members().is_none()).then(|| value.clone());
    let (mut case_insensitive, mut and, mut least) = (false, false, None);
    if value.members().is_some() {
        Keys { name, body: value }.read(|key, value| match (name, key) {
            (_, "boost") => set(boost, float(value)),
            (_, "_name") => Ok(false),
            ("term" | "prefix" | "wildcard", "value")
            | ("match" | "match_phrase", "query")
            | ("wildcard", "wildcard") => {
                text = Some(value.clone());
                Ok(true)
            }
            ("term" | "prefix" | "wildcard", "case_insensitive") => {
                set(&mut case_insensitive, value.as_bool())
            }
            ("match", "operator") => set(&mut and, value.as_str().and_then(operator)),
            ("match", "minimum_should_match") => {
                least = Some(minimum(value)?);
                Ok(true)
            }
            ("match", "lenient" | "auto_generate_synonyms_phrase_query") => {
                Ok(*value == Json::Bool(false))
            }
            ("match_phrase", "slop") => Ok(value.as_i64() == Some(0)),
            ("prefix" | "wildcard", "rewrite") => Ok(value.as_str() == Some("constant_score")),
            _ => Ok(false),
        })?;
    }
    let text = text.filter(|text| text.text().is_some());
    let text = text.ok_or_else(|| ApiError::illegal_argument("value cannot be null"))?;
    let as_string = || text.text().unwrap_or_default().to_owned();
    Ok(match name {
        "term" => Kind::Term {
            field,
            value: text,
            case_insensitive,
        },
        "match" => Kind::Match {
            field,
            text,
            and,
            minimum: least,
        },
        "match_phrase" => Kind::Phrase { field, text },
        "prefix" => Kind::Prefix {
            field,
            value: as_string(),
            case_insensitive,
        },
        _ => Kind::Wildcard {
            field,
            value: as_string(),
            case_insensitive,
        },
    })
}

fn read_range(field: String, value: &Json, boost: &mut f32) -> Result<Kind, ApiError> {
    let mut range = Range {
        field,
        ..Range::default()
    };
    let bound =
        |value: &Json, inclusive: bool| (*value != Json::Null).then(|| (value.clone(), inclusive));
    Keys {
        name: "range",
        body: value,
    }
    .read(|key, value| {
        if value.text().is_none() && *value != Json::Null {
            return Ok(false);
        }
        match key {
            "gte" => range.from = bound(value, true),
            "gt" => range.from = bound(value, false),
            "lte" => range.to = bound(value, true),
            "lt" => range.to = bound(value, false),
            "from" => range.from = bound(value, true),
            "to" => range.to = bound(value, true),
            "include_lower" => match &mut range.from {
                Some((_, inclusive)) => *inclusive = value.as_bool().unwrap_or(true),
                None => return Ok(false),
            },
            "include_upper" => match &mut range.to {
                Some((_, inclusive)) => *inclusive = value.as_bool().unwrap_or(true),
                None => return Ok(false),
            },
            "format" => range.format = value.as_str().map(str::to_owned),
            "boost" => return set(boost, float(value)),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Kind::Range(range))
}

fn operator(name: &str) -> Option<bool> {
    match name.to_ascii_lowercase().as_str() {
        "and" => Some(true),
        "or" => Some(false),
        _ => None,
    }
}

fn minimum(value: &Json) -> Result<Minimum, ApiError> {
    let text = value.text().unwrap_or_default().trim();
    let parsed = match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().map(Minimum::Percent),
        None => text.parse().ok().map(Minimum::Count),
    };
    parsed.ok_or_else(|| {
        ApiError::unsupported("[minimum_should_match] other than a number or a percentage")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        let table = [
            (r#"{"foo":{}}"#, "unknown query [foo]"),
            (
                r#"{"script":{"script":"x"}}"#,
                "query [script] is not supported by MemoryCluster",
            ),
            (
                r#"{"term":{"a":"x","b":"y"}}"#,
                "[term] query doesn't support multiple fields, found [a] and [b]",
            ),
            (
                r#"{"term":{"a":["x"]}}"#,
                "[term] query does not support array of values",
            ),
            (
                r#"{"term":{"a":{"value":"x","foo":1}}}"#,
                "[term] query does not support [foo]",
            ),
            (
                r#"{"terms":{"a":"x"}}"#,
                "[terms] query does not support [a]",
            ),
            (
                r#"{"terms":{"a":{"index":"i","id":"1","path":"p"}}}"#,
                "a lookup in a [terms] query",
            ),
            (r#"{}"#, "query malformed, empty clause"),
            (r#"{"bool":{"foo":1}}"#, "[bool] unknown field [foo]"),
            (
                r#"{"match":{"a":{"query":"x","fuzziness":1}}}"#,
                "[fuzziness], or this value of it, in a [match] query",
            ),
            (
                r#"{"match_all":{},"match_none":{}}"#,
                "malformed query, expected [END_OBJECT] but found [FIELD_NAME]",
            ),
            (
                r#"{"prefix":{"a":{"value":"x","rewrite":"top_terms_1"}}}"#,
                "[rewrite], or this value of it",
            ),
        ];
        for (query, reason) in table {
            let error = parse(&Json::parse(query).unwrap())
                .unwrap_err()
                .body()
                .compact();
            assert!(error.contains(reason), "{query}: {error}");
        }
    }

    #[test]
    fn minimums() {
        for (text, total, needed) in [
            ("2", 3, 2),
            ("-1", 3, 2),
            ("75%", 4, 3),
            ("-25%", 4, 3),
            ("100%", 2, 2),
            ("-9", 3, 0),
        ] {
            assert_eq!(
                minimum(&Json::from(text)).unwrap().of(total),
                needed,
                "{text}"
            );
        }
    }
}

//! Reading aggregations from a body. Each type has its list of keys; another key is refused.

use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::super::query;
use super::buckets::{Filters, Range};
use super::histogram::{DateHistogram, Histogram};
use super::keys::{Keys, OTHERS, no_field, parsing};
use super::metric::{self, Metric};
use super::terms::Terms;
use super::{Aggregation, Kind};

/// Bound on nesting.
const MAX_DEPTH: u32 = 16;

/// Reads the object under `aggs`.
pub(in super::super) fn parse(value: &Json) -> Result<Vec<Aggregation>, ApiError> {
    read(value, 0)
}

fn read(value: &Json, depth: u32) -> Result<Vec<Aggregation>, ApiError> {
    if depth > MAX_DEPTH {
        return Err(ApiError::unsupported(format_args!(
            "aggregations nested deeper than {MAX_DEPTH}"
        )));
    }
    let Some(members) = value.members() else {
        return Err(parsing(format!(
            "Expected [START_OBJECT] but found [{}]",
            value.token()
        )));
    };
    members
        .iter()
        .map(|(name, definition)| read_one(name, definition, depth))
        .collect()
}

fn read_one(name: &str, definition: &Json, depth: u32) -> Result<Aggregation, ApiError> {
    if name.is_empty() || name.contains(['[', ']', '>']) {
        return Err(parsing(format!(
            "Invalid aggregation name [{name}]. Aggregation names can contain any character except '[', ']', and '>'"
        )));
    }
    let Some(members) = definition.members() else {
        let reason = format!(
            "Aggregation definition for [{name} starts with a [{}], expected a [START_OBJECT].",
            definition.token()
        );
        return Err(parsing(reason));
    };
    let mut found: Option<(&str, &Json)> = None;
    let mut subs = Vec::new();
    let mut meta = None;
    for (key, value) in members {
        match (key.as_str(), value) {
            ("aggs" | "aggregations", value) if subs.is_empty() => subs = read(value, depth + 1)?,
            ("aggs" | "aggregations", _) => {
                return Err(parsing(format!(
                    "Found two sub aggregation definitions under [{name}]"
                )));
            }
            ("meta", Json::Object(_)) => meta = Some(value.clone()),
            (key, _) => match found {
                Some((first, _)) => {
                    return Err(parsing(format!(
                        "Found two aggregation type definitions in [{name}]: [{first}] and [{key}]"
                    )));
                }
                None => found = Some((key, value)),
            },
        }
    }
    let Some((kind, body)) = found else {
        return Err(parsing(format!(
            "Missing definition for aggregation [{name}]"
        )));
    };
    let keys = Keys::of(kind, body)?;
    let kind = match kind {
        "terms" => Kind::Terms(Terms::parse(keys, name)?),
        "histogram" => Kind::Histogram(Histogram::parse(keys)?),
        "date_histogram" => Kind::DateHistogram(DateHistogram::parse(keys)?),
        "range" => Kind::Range(Range::parse(keys)?),
        "filter" => Kind::Filter(query::parse(body)?),
        "filters" => Kind::Filters(Filters::parse(keys)?),
        "missing" => {
            let mut field = None;
            keys.read(|key, value| {
                let known = key == "field";
                field = value.as_str().map(str::to_owned).filter(|_| known);
                Ok(known)
            })?;
            Kind::Missing {
                field: field.ok_or_else(no_field)?,
            }
        }
        other => match metric::Kind::of(other) {
            Some(kind) if !subs.is_empty() => {
                let reason = format!(
                    "Aggregator [{name}] of type [{}] cannot accept sub-aggregations",
                    kind.name()
                );
                return Err(ApiError::new(
                    500,
                    Cause::new("aggregation_initialization_exception", reason),
                ));
            }
            Some(kind) => Kind::Metric(Metric::parse(keys, kind)?),
            None if OTHERS.contains(&other) => {
                return Err(ApiError::unsupported(format_args!("aggregation [{other}]")));
            }
            None => {
                let cause = Cause::new(
                    "named_object_not_found_exception",
                    format!("unknown field [{other}]"),
                );
                let reason = format!("Unknown aggregation type [{other}]");
                return Err(ApiError::new(
                    400,
                    Cause::new("parsing_exception", reason).caused_by(cause),
                ));
            }
        },
    };
    if let Kind::Terms(terms) = &kind {
        terms.check_order(&subs)?;
    }
    Ok(Aggregation {
        name: name.to_owned(),
        kind,
        subs,
        meta,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        let table = [
            (
                r#"{"h":{"foo":{"field":"k"}}}"#,
                "Unknown aggregation type [foo]",
            ),
            (
                r#"{"h":{"global":{}}}"#,
                "aggregation [global] is not supported by MemoryCluster",
            ),
            (
                r#"{"h":{"terms":{"field":"k","foo":1}}}"#,
                "[terms] unknown field [foo]",
            ),
            (
                r#"{"h":{"terms":{"field":"k","min_doc_count":0}}}"#,
                "[min_doc_count], or this value of it",
            ),
            (
                r#"{"h":{"terms":{"field":"k","script":"x"}}}"#,
                "[script], or this value of it",
            ),
            (
                r#"{"h":{"terms":{"size":1}}}"#,
                "Required one of fields [field, script]",
            ),
            (
                r#"{"h":{"terms":{"field":"k","size":0}}}"#,
                "[size] must be greater than 0. Found [0] in [h]",
            ),
            (
                r#"{"h":{"avg":{"field":"n"},"aggs":{"x":{"avg":{"field":"n"}}}}}"#,
                "cannot accept sub-aggregations",
            ),
            (r#"{"h":{}}"#, "Missing definition for aggregation [h]"),
            (
                r#"{"h":{"avg":{"field":"n"},"sum":{"field":"n"}}}"#,
                "Found two aggregation type definitions in [h]: [avg] and [sum]",
            ),
            (
                r#"{"h[":{"avg":{"field":"n"}}}"#,
                "Invalid aggregation name [h[]",
            ),
            (
                r#"{"h":{"date_histogram":{"field":"d","calendar_interval":"2d"}}}"#,
                "could not be parsed as a calendar interval",
            ),
            (
                r#"{"h":{"date_histogram":{"field":"d","calendar_interval":"1d","time_zone":"Europe/Paris"}}}"#,
                "[time_zone], or this value",
            ),
        ];
        for (aggs, reason) in table {
            let error = parse(&Json::parse(aggs).unwrap())
                .unwrap_err()
                .body()
                .compact();
            assert!(error.contains(reason), "{aggs}: {error}");
        }
    }
}

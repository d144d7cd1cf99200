//! Reading aggregations from a body. Each type has its list of keys; another key is refused.

use super::super::date::{self, Unit};
use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::super::query;
use super::buckets::{Filters, Range};
use super::histogram::{Common, DateHistogram, Histogram, Width};
use super::metric::{self, Metric};
use super::terms::{By, Order, Terms};
use super::{Aggregation, Kind};

/// Bound on nesting.
const MAX_DEPTH: u32 = 16;

/// Types that the server has and the double has not.
const OTHERS: &[&str] = &[
    "adjacency_matrix",
    "auto_date_histogram",
    "avg_bucket",
    "bucket_script",
    "bucket_selector",
    "bucket_sort",
    "children",
    "composite",
    "cumulative_sum",
    "date_range",
    "derivative",
    "diversified_sampler",
    "extended_stats_bucket",
    "geo_bounds",
    "geo_centroid",
    "geo_distance",
    "geohash_grid",
    "geohex_grid",
    "geotile_grid",
    "global",
    "ip_range",
    "matrix_stats",
    "max_bucket",
    "median_absolute_deviation",
    "min_bucket",
    "moving_avg",
    "moving_fn",
    "multi_terms",
    "nested",
    "parent",
    "percentile_ranks",
    "percentiles",
    "percentiles_bucket",
    "rare_terms",
    "reverse_nested",
    "sampler",
    "scripted_metric",
    "serial_diff",
    "significant_terms",
    "significant_text",
    "stats_bucket",
    "sum_bucket",
    "top_hits",
    "variable_width_histogram",
    "weighted_avg",
];

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
        "terms" => Kind::Terms(terms(keys, name)?),
        "histogram" => Kind::Histogram(histogram(keys)?),
        "date_histogram" => Kind::DateHistogram(date_histogram(keys)?),
        "range" => Kind::Range(range(keys)?),
        "filter" => Kind::Filter(query::parse(body)?),
        "filters" => Kind::Filters(filters(keys)?),
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
            Some(kind) => Kind::Metric(read_metric(keys, kind)?),
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

fn terms(keys: Keys<'_>, name: &str) -> Result<Terms, ApiError> {
    let mut field = None;
    let by_count = || {
        vec![Order {
            by: By::Count,
            descending: true,
        }]
    };
    let mut terms = Terms {
        field: String::new(),
        size: 10,
        min_doc_count: 1,
        order: by_count(),
        missing: None,
        include: None,
        exclude: Vec::new(),
        show_errors: false,
    };
    keys.read(|key, value| {
        match key {
            "field" => field = value.as_str().map(str::to_owned),
            "size" => {
                terms.size = value
                    .as_i64()
                    .and_then(|size| usize::try_from(size).ok())
                    .unwrap_or(0);
                if terms.size == 0 {
                    let found = value.text().unwrap_or_default();
                    let cause = Cause::new(
                        "illegal_argument_exception",
                        format!("[size] must be greater than 0. Found [{found}] in [{name}]"),
                    );
                    let reason = "[terms] failed to parse field [size]";
                    return Err(ApiError::new(
                        400,
                        Cause::new("x_content_parse_exception", reason).caused_by(cause),
                    ));
                }
            }
            // Buckets of nothing would show values of documents that don't match (catalogue row B-02): refused, as the screen does.
            "min_doc_count" => match value.as_i64() {
                Some(count @ 1..) => {
                    terms.min_doc_count = usize::try_from(count).unwrap_or(usize::MAX);
                }
                _ => return Ok(false),
            },
            "order" => terms.order = orders(value)?,
            "missing" => terms.missing = Some(value.clone()),
            "include" | "exclude" => {
                let Some(items) = value.items() else {
                    return Ok(false);
                };
                let list = items
                    .iter()
                    .filter_map(Json::text)
                    .map(str::to_owned)
                    .collect();
                if key == "include" {
                    terms.include = Some(list);
                } else {
                    terms.exclude = list;
                }
            }
            "show_term_doc_count_error" => terms.show_errors = value.as_bool().unwrap_or(false),
            "shard_size" | "shard_min_doc_count" => return Ok(value.as_i64().is_some()),
            "collect_mode" | "execution_hint" => return Ok(value.as_str().is_some()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    terms.field = field.ok_or_else(no_field)?;
    Ok(terms)
}

fn orders(value: &Json) -> Result<Vec<Order>, ApiError> {
    let one = |value: &Json| match value.members() {
        Some([(path, direction)]) => {
            let by = match path.as_str() {
                "_count" => By::Count,
                "_key" | "_term" => By::Key,
                path if path.contains(['>', '[']) => {
                    return Err(ApiError::unsupported("an order by a path of aggregations"));
                }
                path => {
                    let (name, property) = path.split_once('.').unwrap_or((path, "value"));
                    By::Metric(name.to_owned(), property.to_owned())
                }
            };
            match direction.as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("asc") => Ok(Order {
                    by,
                    descending: false,
                }),
                Some("desc") => Ok(Order {
                    by,
                    descending: true,
                }),
                _ => Err(parsing("Unknown order direction".to_owned())),
            }
        }
        _ => Err(parsing(
            "Must specify at least one field for [order]".to_owned(),
        )),
    };
    match value {
        Json::Array(items) => items.iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}

/// The keys that both histograms have; false for another.
fn common(common: &mut Common, key: &str, value: &Json) -> Result<bool, ApiError> {
    match key {
        "field" => value
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut common.field),
        "keyed" => common.keyed = value.as_bool().unwrap_or(false),
        "min_doc_count" => match value.as_i64().and_then(|count| usize::try_from(count).ok()) {
            Some(count) => common.min_doc_count = count,
            None => return Ok(false),
        },
        "order" => match orders(value)?.as_slice() {
            [
                Order {
                    by: by @ (By::Count | By::Key),
                    descending,
                },
            ] => {
                common.by = by.clone();
                common.descending = *descending;
            }
            _ => return Ok(false),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

fn no_common() -> Common {
    Common {
        field: String::new(),
        min_doc_count: 0,
        keyed: false,
        by: By::Key,
        descending: false,
    }
}

fn histogram(keys: Keys<'_>) -> Result<Histogram, ApiError> {
    let mut histogram = Histogram {
        common: no_common(),
        interval: 0.0,
        offset: 0.0,
    };
    keys.read(|key, value| match key {
        "interval" => Ok(set(&mut histogram.interval, value.as_f64())),
        "offset" => Ok(set(&mut histogram.offset, value.as_f64())),
        key => common(&mut histogram.common, key, value),
    })?;
    if histogram.interval <= 0.0 {
        return Err(ApiError::illegal_argument(
            "[interval] must be >0 for histogram aggregation",
        ));
    }
    if histogram.common.field.is_empty() {
        return Err(no_field());
    }
    Ok(histogram)
}

fn date_histogram(keys: Keys<'_>) -> Result<DateHistogram, ApiError> {
    let mut width = None;
    let mut parsed = (no_common(), None, 0);
    keys.read(|key, value| {
        let text = value.text().unwrap_or_default();
        match key {
            "calendar_interval" => {
                let unit = Unit::of_calendar_interval(text).ok_or_else(|| {
                    let cause = format!(
                        "The supplied interval [{text}] could not be parsed as a calendar interval."
                    );
                    let cause = Cause::new("illegal_argument_exception", cause);
                    let reason = "[date_histogram] failed to parse field [calendar_interval]";
                    ApiError::new(
                        400,
                        Cause::new("x_content_parse_exception", reason).caused_by(cause),
                    )
                })?;
                width = Some(Width::Calendar(unit));
            }
            "fixed_interval" => {
                width = Some(Width::Fixed(
                    date::fixed_interval(text).ok_or_else(|| bad_interval(text))?,
                ));
            }
            // Deprecated, and in use: a unit of the calendar if it is one.
            "interval" => {
                let unit = Unit::of_calendar_interval(text).map(Width::Calendar);
                width = Some(
                    unit.or(date::fixed_interval(text).map(Width::Fixed))
                        .ok_or_else(|| bad_interval(text))?,
                );
            }
            "format" => match date::formats(text).as_deref() {
                Some([format]) => parsed.1 = Some(*format),
                _ => return Ok(false),
            },
            "time_zone" => return Ok(set(&mut parsed.2, date::offset(text))),
            key => return common(&mut parsed.0, key, value),
        }
        Ok(true)
    })?;
    let (common, format, zone) = parsed;
    if common.field.is_empty() {
        return Err(no_field());
    }
    Ok(DateHistogram {
        common,
        width,
        format,
        zone,
    })
}

fn bad_interval(text: &str) -> ApiError {
    ApiError::illegal_argument(format!(
        "failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time value"
    ))
}

fn range(keys: Keys<'_>) -> Result<Range, ApiError> {
    let mut range = Range {
        field: String::new(),
        ranges: Vec::new(),
        keyed: false,
    };
    keys.read(|key, value| {
        match (key, value) {
            ("field", value) => value
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut range.field),
            ("keyed", value) => range.keyed = value.as_bool().unwrap_or(false),
            ("ranges", Json::Array(items)) => {
                for item in items {
                    let mut one = (None, None, None);
                    for (key, value) in item.members().unwrap_or_default() {
                        match key.as_str() {
                            "from" => one.0 = value.as_f64(),
                            "to" => one.1 = value.as_f64(),
                            "key" => one.2 = value.as_str().map(str::to_owned),
                            _ => return Ok(false),
                        }
                    }
                    range.ranges.push(one);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if range.field.is_empty() {
        return Err(no_field());
    }
    Ok(range)
}

fn filters(keys: Keys<'_>) -> Result<Filters, ApiError> {
    let mut filters = Filters {
        queries: Vec::new(),
        keyed: true,
        other: None,
    };
    keys.read(|key, value| {
        match (key, value) {
            ("filters", Json::Object(members)) => {
                for (name, query) in members {
                    filters.queries.push((name.clone(), query::parse(query)?));
                }
            }
            ("filters", Json::Array(items)) => {
                filters.keyed = false;
                for query in items {
                    filters.queries.push((String::new(), query::parse(query)?));
                }
            }
            ("other_bucket", Json::Bool(on)) => {
                let name = filters.other.take().unwrap_or_else(|| "_other_".to_owned());
                filters.other = on.then_some(name);
            }
            ("other_bucket_key", Json::String(name)) => filters.other = Some(name.clone()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(filters)
}

fn read_metric(keys: Keys<'_>, kind: metric::Kind) -> Result<Metric, ApiError> {
    let mut metric = Metric {
        kind,
        field: String::new(),
        missing: None,
        sigma: 2.0,
    };
    let counts = matches!(kind, metric::Kind::ValueCount | metric::Kind::Cardinality);
    keys.read(|key, value| {
        match key {
            "field" => value
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut metric.field),
            "missing" if !counts => {
                metric.missing = value.as_f64();
                return Ok(metric.missing.is_some());
            }
            "sigma" if kind == metric::Kind::ExtendedStats => {
                return Ok(set(&mut metric.sigma, value.as_f64()));
            }
            "precision_threshold" if kind == metric::Kind::Cardinality => {
                return Ok(value.as_i64().is_some());
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if metric.field.is_empty() {
        return Err(no_field());
    }
    Ok(metric)
}

/// The body of an aggregation, each of whose keys is to be understood or refused.
struct Keys<'a> {
    kind: &'a str,
    members: &'a [(String, Json)],
}

impl<'a> Keys<'a> {
    fn of(kind: &'a str, body: &'a Json) -> Result<Self, ApiError> {
        let members = body
            .members()
            .ok_or_else(|| parsing(format!("Expected [START_OBJECT] under [{kind}]")))?;
        Ok(Self { kind, members })
    }

    fn read(
        self,
        mut understand: impl FnMut(&str, &Json) -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let kind = self.kind;
        for (key, value) in self.members {
            if understand(key, value)? {
                continue;
            }
            if KNOWN_KEYS.contains(&key.as_str()) {
                return Err(ApiError::unsupported(format_args!(
                    "[{key}], or this value of it, in a [{kind}] aggregation"
                )));
            }
            return Err(ApiError::bad(
                "x_content_parse_exception",
                format!("[{kind}] unknown field [{key}]"),
            ));
        }
        Ok(())
    }
}

/// Keys of aggregations that the server has.
const KNOWN_KEYS: &[&str] = &[
    "exclude",
    "extended_bounds",
    "field",
    "filters",
    "format",
    "hard_bounds",
    "include",
    "interval",
    "keyed",
    "min_doc_count",
    "missing",
    "offset",
    "order",
    "other_bucket",
    "other_bucket_key",
    "precision_threshold",
    "ranges",
    "rehash",
    "script",
    "shard_min_doc_count",
    "shard_size",
    "sigma",
    "size",
    "time_zone",
    "value_type",
];

fn set<T>(slot: &mut T, value: Option<T>) -> bool {
    let given = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    given
}

fn no_field() -> ApiError {
    ApiError::illegal_argument("Required one of fields [field, script], but none were specified. ")
}

fn parsing(reason: String) -> ApiError {
    ApiError::bad("parsing_exception", reason)
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

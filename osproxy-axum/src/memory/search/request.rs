//! Reading a search: the body, then the query string, which wins but for its sort.

use super::super::aggs::{self, Aggregation};
use super::super::call::Call;
use super::super::error::ApiError;
use super::super::json::Json;
use super::super::query::{self, Query};
use super::super::source::SourceFilter;
use super::sort::{self, Sort};

/// What is asked.
#[derive(Debug)]
pub(super) struct SearchRequest {
    pub(super) query: Query,
    pub(super) post_filter: Option<Query>,
    pub(super) from: u64,
    pub(super) size: u64,
    pub(super) sorts: Vec<Sort>,
    pub(super) search_after: Option<Vec<Json>>,
    pub(super) source: SourceFilter,
    pub(super) track_total: TrackTotal,
    pub(super) total_as_int: bool,
    pub(super) track_scores: bool,
    pub(super) min_score: Option<f32>,
    pub(super) version: bool,
    pub(super) seq_no: bool,
    pub(super) aggs: Vec<Aggregation>,
    pub(super) typed_keys: bool,
}

/// How far hits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrackTotal {
    No,
    UpTo(u64),
    All,
}

/// Keys of a search body that the server has and the double has not.
const OTHERS: &[&str] = &[
    "collapse",
    "derived",
    "docvalue_fields",
    "explain",
    "ext",
    "fields",
    "highlight",
    "include_named_queries_score",
    "indices_boost",
    "pit",
    "profile",
    "rescore",
    "script_fields",
    "search_pipeline",
    "slice",
    "stats",
    "stored_fields",
    "suggest",
    "terminate_after",
    "verbose_pipeline",
];

impl SearchRequest {
    pub(super) fn read(call: &Call) -> Result<Self, ApiError> {
        let mut request = Self {
            query: Query::match_all(),
            post_filter: None,
            from: 0,
            size: 10,
            sorts: Vec::new(),
            search_after: None,
            source: SourceFilter::default(),
            track_total: TrackTotal::UpTo(10_000),
            total_as_int: false,
            track_scores: false,
            min_score: None,
            version: false,
            seq_no: false,
            aggs: Vec::new(),
            typed_keys: false,
        };
        if let Some(body) = call.json()? {
            request.read_body(&body)?;
        }
        request.read_query(call)?;
        Ok(request)
    }

    fn read_body(&mut self, body: &Json) -> Result<(), ApiError> {
        let Some(members) = body.members() else {
            let reason = format!("Expected [START_OBJECT] but found [{}]", body.token());
            return Err(ApiError::bad("parsing_exception", reason));
        };
        for (key, value) in members {
            let understood = match (key.as_str(), value) {
                ("query", Json::Object(_)) => {
                    self.query = query::parse(value)?;
                    true
                }
                ("post_filter", Json::Object(_)) => {
                    self.post_filter = Some(query::parse(value)?);
                    true
                }
                ("aggs" | "aggregations", Json::Object(_)) => {
                    self.aggs = aggs::parse(value)?;
                    true
                }
                ("sort", value) => {
                    self.sorts = sort::parse(value)?;
                    true
                }
                ("_source", value) => {
                    self.source = SourceFilter::from_json(value)?;
                    true
                }
                ("search_after", Json::Array(values)) => {
                    self.search_after = Some(values.clone());
                    true
                }
                ("from", value) => set(&mut self.from, bounded("from", value.as_i64())?),
                ("size", value) => set(&mut self.size, bounded("size", value.as_i64())?),
                ("track_total_hits", value) => {
                    set(&mut self.track_total, value.text().and_then(track_total))
                }
                ("track_scores", value) => set(&mut self.track_scores, value.as_bool()),
                ("version", value) => set(&mut self.version, value.as_bool()),
                ("seq_no_primary_term", value) => set(&mut self.seq_no, value.as_bool()),
                ("min_score", value) => {
                    self.min_score = value.as_f64().map(|score| score as f32);
                    self.min_score.is_some()
                }
                ("timeout", value) => value.as_str().is_some(),
                ("explain" | "profile", value) => *value == Json::Bool(false),
                (key, _) if OTHERS.contains(&key) => {
                    return Err(ApiError::unsupported(format_args!("[{key}] in a search")));
                }
                _ => false,
            };
            if !understood {
                if OTHERS.contains(&key.as_str()) {
                    return Err(ApiError::unsupported(format_args!(
                        "this value of [{key}] in a search"
                    )));
                }
                return Err(ApiError::bad(
                    "parsing_exception",
                    format!("Unknown key for a {} in [{key}].", value.token()),
                ));
            }
        }
        Ok(())
    }

    fn read_query(&mut self, call: &Call) -> Result<(), ApiError> {
        let params = &call.params;
        params.time("timeout")?;
        match params.get("search_type") {
            None | Some("query_then_fetch" | "dfs_query_then_fetch") => {}
            Some(other) => {
                return Err(ApiError::illegal_argument(format!(
                    "No search type for [{other}]"
                )));
            }
        }
        for name in ["request_cache", "ignore_unavailable"] {
            params.flag(name)?;
        }
        params.integer("max_concurrent_shard_requests", "int")?;
        set(
            &mut self.from,
            bounded("from", params.integer("from", "int")?)?,
        );
        set(
            &mut self.size,
            bounded("size", params.integer("size", "int")?)?,
        );
        set(&mut self.track_scores, params.flag("track_scores")?);
        set(&mut self.version, params.flag("version")?);
        set(&mut self.seq_no, params.flag("seq_no_primary_term")?);
        set(&mut self.typed_keys, params.flag("typed_keys")?);
        set(
            &mut self.total_as_int,
            params.flag("rest_total_hits_as_int")?,
        );
        if let Some(text) = params.get("track_total_hits") {
            let parsed = track_total(if text.is_empty() { "true" } else { text });
            self.track_total = parsed.ok_or_else(|| {
                ApiError::illegal_argument(format!("For input string: \"{text}\""))
            })?;
        }
        if let Some(filter) = SourceFilter::from_params(params)? {
            self.source = filter;
        }
        // Levels of the query string come after those of the body.
        for item in params.list("sort").unwrap_or_default() {
            self.sorts.push(Sort::from_text(&item)?);
        }
        if self.total_as_int && matches!(self.track_total, TrackTotal::UpTo(_)) {
            match params.get("track_total_hits") {
                None => self.track_total = TrackTotal::All,
                Some(_) => {
                    let reason = "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate";
                    return Err(ApiError::illegal_argument(reason));
                }
            }
        }
        Ok(())
    }
}

/// The body of `_count` and `_delete_by_query`: a query and nothing else.
pub(super) fn only_query(call: &Call) -> Result<Query, ApiError> {
    let Some(body) = call.json()? else {
        return Ok(Query::match_all());
    };
    let mut query = Query::match_all();
    for (key, value) in body.members().unwrap_or_default() {
        if key != "query" {
            return Err(ApiError::bad(
                "parsing_exception",
                format!("request does not support [{key}]"),
            ));
        }
        query = query::parse(value)?;
    }
    Ok(query)
}

/// Sets `slot` when there is a value; false when there is none.
fn set<T>(slot: &mut T, value: Option<T>) -> bool {
    let given = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    given
}

fn bounded(name: &str, number: Option<i64>) -> Result<Option<u64>, ApiError> {
    let negative = |number| {
        ApiError::illegal_argument(format!(
            "[{name}] parameter cannot be negative, found [{number}]"
        ))
    };
    number
        .map(|number| u64::try_from(number).map_err(|_| negative(number)))
        .transpose()
}

fn track_total(text: &str) -> Option<TrackTotal> {
    match text {
        "true" => Some(TrackTotal::All),
        "false" => Some(TrackTotal::No),
        number => match number.parse::<i64>().ok()? {
            -1 => Some(TrackTotal::All),
            number => u64::try_from(number).ok().map(TrackTotal::UpTo),
        },
    }
}

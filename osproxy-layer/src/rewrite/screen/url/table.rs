//! The URL parameters of a search and of a count (section C2, and the parameter table of the two operations).

use super::super::schema::SCORE;

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// The calls that have it.
    pub calls: Calls,
    /// What is done with it on an index that partitions share.
    pub shared: Url,
    /// What is done with it on a shared index whose statistics no tenant may read, where that is something else.
    pub strict: Option<Url>,
    /// What is done with it on an index of the partition's own.
    pub dedicated: Url,
    /// The row of the isolation catalogue.
    pub catalogue: &'static str,
}

/// Which calls have a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Search only.
    Search,
    /// Count only.
    Count,
    /// Both.
    Both,
}

/// What is done with a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Url {
    /// It is sent on.
    Forward,
    /// It means nothing here, or is not for the client; it is not sent.
    Drop,
    /// It is refused; the text tells the client why.
    Refuse(&'static str),
    /// A switch: off is as good as absent, on is refused.
    Off(&'static str),
    /// Session strings and `_local` pass; what asks for shards and nodes is refused (row C2-06).
    Preference,
    /// `json` is what is sent anyway; anything else could not be turned back (row C2-07).
    Json,
    /// A list of names: sent on if none is the index's.
    Names,
    /// It becomes a part of the body.
    Fold(Fold),
}

/// Which part of the body a parameter becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// `sort=a:desc,b`: behind the body's own sorts, as the server does.
    Sort,
    /// `_source`: a boolean or includes, instead of the body's filter.
    Source,
    /// `_source_includes`.
    Includes,
    /// `_source_excludes`.
    Excludes,
    /// `docvalue_fields`: behind the body's own.
    DocvalueFields,
    /// `stored_fields`: instead of the body's own.
    StoredFields,
    /// `q` or one of its friends: text under this key of a query string, which stands in the place of the body's query.
    QueryText(&'static str),
    /// The same, a boolean.
    QueryFlag(&'static str),
    /// `source`: the whole body (row C2-02).
    Body,
    /// `source_content_type`.
    BodyType,
}

const PIPELINE: &str = "it changes the search after the check";
const SUGGEST: &str = "it reads the words of every tenant";
const PATH: &str = "the index stands in the path";
const LATER: &str = "it is not offered here";
const STREAM: &str = "it is experimental";

/// Every parameter that is known.
pub static PARAMS: &[Param] = &[
    both(
        "q",
        Url::Fold(Fold::QueryText("query")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "df",
        Url::Fold(Fold::QueryText("default_field")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "analyzer",
        Url::Fold(Fold::QueryText("analyzer")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "analyze_wildcard",
        Url::Fold(Fold::QueryFlag("analyze_wildcard")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "default_operator",
        Url::Fold(Fold::QueryText("default_operator")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "lenient",
        Url::Fold(Fold::QueryFlag("lenient")),
        Url::Forward,
        "C2-01",
    ),
    both(
        "source",
        Url::Fold(Fold::Body),
        Url::Fold(Fold::Body),
        "C2-02",
    ),
    both(
        "source_content_type",
        Url::Fold(Fold::BodyType),
        Url::Fold(Fold::BodyType),
        "C2-02",
    ),
    search("suggest_field", Url::Refuse(SUGGEST), Url::Forward, "C2-03"),
    search("suggest_mode", Url::Refuse(SUGGEST), Url::Forward, "C2-03"),
    search("suggest_size", Url::Refuse(SUGGEST), Url::Forward, "C2-03"),
    search("suggest_text", Url::Refuse(SUGGEST), Url::Forward, "C2-03"),
    both("index", Url::Refuse(PATH), Url::Refuse(PATH), "C2-04"),
    search(
        "search_pipeline",
        Url::Refuse(PIPELINE),
        Url::Refuse(PIPELINE),
        "C2-05",
    ),
    search(
        "verbose_pipeline",
        Url::Refuse(PIPELINE),
        Url::Refuse(PIPELINE),
        "C2-05",
    ),
    search(
        "explain",
        Url::Off("it prints how often all tenants use a word"),
        Url::Forward,
        "C2-05",
    ),
    search("stats", Url::Drop, Url::Drop, "C2-05"),
    search(
        "docvalue_fields",
        Url::Fold(Fold::DocvalueFields),
        Url::Names,
        "C2-05",
    ),
    search(
        "stored_fields",
        Url::Fold(Fold::StoredFields),
        Url::Names,
        "C2-05",
    ),
    search("_source", Url::Fold(Fold::Source), Url::Forward, "C2-05"),
    search(
        "_source_includes",
        Url::Fold(Fold::Includes),
        Url::Forward,
        "C2-05",
    ),
    search(
        "_source_excludes",
        Url::Fold(Fold::Excludes),
        Url::Forward,
        "C2-05",
    ),
    search("sort", Url::Fold(Fold::Sort), Url::Names, "C2-05"),
    search("seq_no_primary_term", Url::Forward, Url::Forward, "C2-05"),
    search("version", Url::Forward, Url::Forward, "C1-18"),
    search("from", Url::Forward, Url::Forward, "C1-19"),
    search("size", Url::Forward, Url::Forward, "C1-19"),
    search("track_scores", Url::Forward, Url::Forward, "C1-19").strict(Url::Off(SCORE)),
    search("track_total_hits", Url::Forward, Url::Forward, "C1-19"),
    both("terminate_after", Url::Forward, Url::Forward, "C1-19"),
    count("min_score", Url::Forward, Url::Forward, "C1-19").strict(Url::Refuse(SCORE)),
    search(
        "include_named_queries_score",
        Url::Forward,
        Url::Forward,
        "C1-25",
    )
    .strict(Url::Off(SCORE)),
    both(
        "routing",
        Url::Refuse("the partition has its own routing"),
        Url::Forward,
        "C2-06",
    ),
    both("preference", Url::Preference, Url::Preference, "C2-06"),
    both("format", Url::Json, Url::Json, "C2-07"),
    both(
        "filter_path",
        Url::Refuse(LATER),
        Url::Refuse(LATER),
        "C2-08",
    ),
    both("error_trace", Url::Drop, Url::Drop, "C2-09"),
    both("human", Url::Forward, Url::Forward, "C2-09"),
    both("pretty", Url::Forward, Url::Forward, "C2-09"),
    both("ignore_unavailable", Url::Forward, Url::Forward, "C2-10"),
    // of one concrete name nothing is left to expand
    both("allow_no_indices", Url::Drop, Url::Drop, "C2-10"),
    both("expand_wildcards", Url::Drop, Url::Drop, "C2-10"),
    both("ignore_throttled", Url::Drop, Url::Drop, "C2-10"),
    search(
        "ccs_minimize_roundtrips",
        Url::Forward,
        Url::Forward,
        "C2-10",
    ),
    search("batched_reduce_size", Url::Forward, Url::Forward, "C2-10"),
    search("pre_filter_shard_size", Url::Forward, Url::Forward, "C2-10"),
    search(
        "max_concurrent_shard_requests",
        Url::Forward,
        Url::Forward,
        "C2-10",
    ),
    search("phase_took", Url::Forward, Url::Forward, "C2-10"),
    search(
        "streaming_mode",
        Url::Refuse(STREAM),
        Url::Refuse(STREAM),
        "C2-10",
    ),
    search(
        "stream_scoring_mode",
        Url::Refuse(STREAM),
        Url::Refuse(STREAM),
        "C2-10",
    ),
    search("request_cache", Url::Forward, Url::Forward, "C2-11"),
    search(
        "allow_partial_search_results",
        Url::Forward,
        Url::Forward,
        "C2-11",
    ),
    search(
        "cancel_after_time_interval",
        Url::Forward,
        Url::Forward,
        "C2-11",
    ),
    search("timeout", Url::Forward, Url::Forward, "C2-11"),
    search("search_type", Url::Forward, Url::Forward, "C2-12"),
    // its time is checked, and the answer's cursor sealed, by whoever sends it
    search("scroll", Url::Forward, Url::Forward, "E-01"),
    search("rest_total_hits_as_int", Url::Forward, Url::Forward, "H-07"),
    search("typed_keys", Url::Forward, Url::Forward, "B-21"),
];

impl Param {
    /// With this being done where no tenant may read the statistics of a shared index.
    const fn strict(mut self, decision: Url) -> Self {
        self.strict = Some(decision);
        self
    }
}

const fn both(name: &'static str, shared: Url, dedicated: Url, catalogue: &'static str) -> Param {
    Param {
        name,
        calls: Calls::Both,
        shared,
        strict: None,
        dedicated,
        catalogue,
    }
}

const fn search(name: &'static str, shared: Url, dedicated: Url, catalogue: &'static str) -> Param {
    Param {
        calls: Calls::Search,
        ..both(name, shared, dedicated, catalogue)
    }
}

const fn count(name: &'static str, shared: Url, dedicated: Url, catalogue: &'static str) -> Param {
    Param {
        calls: Calls::Count,
        ..both(name, shared, dedicated, catalogue)
    }
}

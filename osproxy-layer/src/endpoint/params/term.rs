//! Parameters of what looks into fields, terms and single scores.

use super::common::{BODY_IN_URL, INDICES, OUTPUT, QUERY_STRING};
use super::value::VERSIONS;
use super::value::ValueKind::{Boolean, Integer, List, Text};
use super::why::{CAMEL_CASE, ID_IN_PATH, ROUTING, SENT_QUERY};
use super::{Rows, forward, reject, rewrite};
use crate::endpoint::ParamDecision::Forward;

#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) static GROUPS: &[Rows] = &[
    Rows { group: "explain", sets: &[OUTPUT, BODY_IN_URL, QUERY_STRING], own: &[
        forward("_source", List),
        forward("_source_excludes", List),
        forward("_source_includes", List),
        rewrite("preference", Text),
        reject("routing", List, ROUTING).on_dedicated_index(Forward),
        rewrite("stored_fields", List),
    ] },
    Rows { group: "indices.validate_query", sets: &[OUTPUT, BODY_IN_URL, INDICES, QUERY_STRING], own: &[
        reject("all_shards", Boolean, SENT_QUERY).on_dedicated_index(Forward),
        reject("explain", Boolean, SENT_QUERY).on_dedicated_index(Forward),
        rewrite("index", Text),
        reject("rewrite", Boolean, SENT_QUERY).on_dedicated_index(Forward),
    ] },
    Rows { group: "field_caps", sets: &[OUTPUT, BODY_IN_URL, INDICES], own: &[
        rewrite("fields", List).on_dedicated_index(Forward),
        forward("include_unmapped", Boolean),
        rewrite("index", Text),
    ] },
    Rows { group: "termvectors", sets: &[OUTPUT, BODY_IN_URL], own: &[
        reject("fieldStatistics", Boolean, CAMEL_CASE),
        rewrite("field_statistics", Boolean).on_dedicated_index(Forward),
        rewrite("fields", List),
        reject("id", Text, ID_IN_PATH),
        forward("offsets", Boolean),
        forward("payloads", Boolean),
        forward("positions", Boolean),
        rewrite("preference", Text),
        forward("realtime", Boolean),
        reject("routing", List, ROUTING).on_dedicated_index(Forward),
        reject("termStatistics", Boolean, CAMEL_CASE),
        rewrite("term_statistics", Boolean).on_dedicated_index(Forward),
        forward("version", Integer),
        forward("version_type", VERSIONS),
    ] },
    Rows { group: "mtermvectors", sets: &[OUTPUT, BODY_IN_URL], own: &[
        rewrite("field_statistics", Boolean).on_dedicated_index(Forward),
        rewrite("fields", List),
        rewrite("ids", List),
        rewrite("index", Text),
        forward("offsets", Boolean),
        forward("payloads", Boolean),
        forward("positions", Boolean),
        rewrite("preference", Text),
        forward("realtime", Boolean),
        reject("routing", List, ROUTING).on_dedicated_index(Forward),
        rewrite("term_statistics", Boolean).on_dedicated_index(Forward),
        forward("version", Integer),
        forward("version_type", VERSIONS),
    ] },
];

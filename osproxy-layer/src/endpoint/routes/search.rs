//! Searches and what stands beside them: counts, cursors, templates, field and term information.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Forward, Reject, Rewrite};
use crate::endpoint::methods::{DELETE, GET, POST};
use crate::endpoint::why::{ALL_CURSORS, EXPLAIN, NONE, RENDERED, STORED_SCRIPTS};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET | POST, "/_count",                        "count",                  O::Count,         C::Count,          [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/_field_caps",                   "field_caps",             O::FieldCaps,     C::FieldCaps,      [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/_msearch",                      "msearch",                O::Msearch,       C::MultiSearch,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/_msearch/template",             "msearch_template",       O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], RENDERED),
    row(GET | POST, "/_mtermvectors",                 "mtermvectors",           O::MTermVectors,  C::TermVectors,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/_render/template",              "render_search_template", O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(GET | POST, "/_render/template/{id}",         "render_search_template", O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(GET | POST, "/_search",                       "search",                 O::Search,        C::Search,         [Rewrite, Rewrite,  Forward ], NONE),
    row(DELETE,     "/_search/point_in_time",         "delete_pit",             O::DeletePit,     C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    row(GET,        "/_search/point_in_time/_all",    "get_all_pits",           O::Other,         C::Cursor,         [Reject,  Reject,   Reject  ], ALL_CURSORS),
    row(DELETE,     "/_search/point_in_time/_all",    "delete_all_pits",        O::Other,         C::Cursor,         [Reject,  Reject,   Reject  ], ALL_CURSORS),
    row(GET | POST, "/_search/scroll",                "scroll",                 O::Scroll,        C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    row(DELETE,     "/_search/scroll",                "clear_scroll",           O::ClearScroll,   C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    old(GET | POST, "/_search/scroll/{scroll_id}",    "scroll",                 O::Scroll,        C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    old(DELETE,     "/_search/scroll/{scroll_id}",    "clear_scroll",           O::ClearScroll,   C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    row(GET | POST, "/_search/template",              "search_template",        O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], RENDERED),
    row(GET | POST, "/{index}/_count",                "count",                  O::Count,         C::Count,          [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_explain/{id}",         "explain",                O::Explain,       C::Explain,        [Reject,  Rewrite,  Forward ], EXPLAIN),
    row(GET | POST, "/{index}/_field_caps",           "field_caps",             O::FieldCaps,     C::FieldCaps,      [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_msearch",              "msearch",                O::Msearch,       C::MultiSearch,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_msearch/template",     "msearch_template",       O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], RENDERED),
    row(GET | POST, "/{index}/_mtermvectors",         "mtermvectors",           O::MTermVectors,  C::TermVectors,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_search",               "search",                 O::Search,        C::Search,         [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_search/point_in_time", "create_pit",             O::CreatePit,     C::Cursor,         [Rewrite, Rewrite,  Rewrite ], NONE),
    row(GET | POST, "/{index}/_search/template",      "search_template",        O::Other,         C::SearchTemplate, [Reject,  Reject,   Forward ], RENDERED),
    row(GET | POST, "/{index}/_termvectors",          "termvectors",            O::TermVectors,   C::TermVectors,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_termvectors/{id}",     "termvectors",            O::TermVectors,   C::TermVectors,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/_validate/query",               "indices.validate_query", O::ValidateQuery, C::Validate,       [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_validate/query",       "indices.validate_query", O::ValidateQuery, C::Validate,       [Rewrite, Rewrite,  Forward ], NONE),
];

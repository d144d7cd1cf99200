//! An index of the partition's own.

use super::*;

const NAMES: &[IndexNames<'static>] = &[IndexNames {
    logical: "orders",
    physical: "acme.orders",
}];

fn own(body: &str) -> Result<String, Refusal> {
    search(body.as_bytes(), NO_URL, &Scope::dedicated(NAMES)).map(|screened| {
        let text = text(&screened);
        assert_eq!(
            matches!(screened.into_body(), Cow::Borrowed(_)),
            text == body,
            "{body}"
        );
        text
    })
}

/// These pass as they came, byte for byte.
const AS_THEY_ARE: &[&str] = &[
    "",
    "{}",
    " { \"query\" : { \"match_all\" : { } } } ",
    r#"{"query":{"match":{"a":{"query":"b","cutoff_frequency":1.10,"fuzziness":1}}}}"#,
    r#"{"query":{"script":{"script":{"source":"doc['a']","params":{"index":"x"}}}}}"#,
    r#"{"query":{"script_score":{"query":{"match_all":{}},"script":"1","min_score":1}}}"#,
    r#"{"query":{"function_score":{"functions":[{"filter":{"term":{"a":1}},"script_score":{"script":"1"}}],"min_score":2}}}"#,
    r#"{"query":{"has_child":{"type":"c","query":{"match_all":{}},"inner_hits":{}}}}"#,
    r#"{"query":{"more_like_this":{"like":["text",{"doc":{"a":1}}],"fields":["a"]}}}"#,
    r#"{"query":{"more_like_this":{"like":"text"}}}"#,
    r#"{"query":{"percolate":{"field":"q","document":{"index":"x"}}}}"#,
    r#"{"query":{"term":{"_id":"1"}},"explain":true,"profile":true,"suggest":{"text":"x","a":{"term":{"field":"b"}}}}"#,
    r#"{"query":{"geo_shape":{"at":{"shape":{"type":"point"},"relation":"within"},"ignore_unmapped":true}}}"#,
    r#"{"query":{"knn":{"v":{"vector":[1,2],"k":3,"filter":{"term":{"a":1}}}}}}"#,
    r#"{"query":{"hybrid":{"queries":[{"match_all":{}}]}}}"#,
    r#"{"query":{"intervals":{"a":{"match":{"query":"b","filter":{"script":"x"}}}}}}"#,
    r#"{"query":{"query_string":{"query":"a:b"}}}"#,
    r#"{"aggs":{"a":{"global":{},"aggs":{"b":{"scripted_metric":{"map_script":"x"}}}},"t":{"terms":{"field":"_id","min_doc_count":0}}}}"#,
    r#"{"aggs":{"c":{"composite":{"sources":[{"a":{"terms":{"script":"x"}}}]}},"s":{"significant_terms":{"field":"a","background_filter":{"term":{"a":1}}}}}}"#,
    r#"{"sort":["a",{"_script":{"script":"x"}},{"b":"desc"},{"c":{"nested":{"path":"c","filter":{"term":{"c.d":1}}}}}],"_source":["a"],"script_fields":{"x":{"script":"1"}}}"#,
    r#"{"rescore":[{"window_size":5,"query":{"rescore_query":{"match_all":{}}}}],"collapse":{"field":"a","inner_hits":{"name":"x"}},"highlight":{"fields":[{"a":{}}]}}"#,
    r#"{"query":{"match_all":{"a_key_of_the_future":{"b":[1]}}}}"#,
];

#[test]
fn what_passes_as_it_came() {
    for body in AS_THEY_ARE {
        assert_eq!(
            own(body).unwrap_or_else(|refusal| panic!("{body}: {refusal}")),
            *body
        );
    }
}

#[test]
fn what_is_translated() {
    for (body, told) in [
        (
            r#"{"query":{"term":{"_index":"orders"}}}"#,
            r#"{"query":{"term":{"_index":"acme.orders"}}}"#,
        ),
        (
            r#"{"query":{"terms":{"_index":["orders"]}}}"#,
            r#"{"query":{"terms":{"_index":["acme.orders"]}}}"#,
        ),
        (r#"{"ext":{},"stats":["a"],"size": 1}"#, r#"{"size":1}"#),
    ] {
        assert_eq!(own(body).unwrap(), told);
    }
}

/// These lead out of the index, wherever they hide.
const LOOKUP: &str = r#"{"terms":{"a":{"index":"globex.orders","id":"1","path":"p"}}}"#;

#[test]
fn a_lookup_is_found_in_every_place_for_a_query() {
    let path = "terms.a";
    for (body, place) in [
        (r#"{"query":?}"#, "query"),
        (r#"{"post_filter":?}"#, "post_filter"),
        (
            r#"{"query":{"bool":{"should":[?]}}}"#,
            "query.bool.should[0]",
        ),
        (
            r#"{"query":{"dis_max":{"queries":[?]}}}"#,
            "query.dis_max.queries[0]",
        ),
        (
            r#"{"query":{"boosting":{"positive":{"match_all":{}},"negative":?}}}"#,
            "query.boosting.negative",
        ),
        (
            r#"{"query":{"constant_score":{"filter":?}}}"#,
            "query.constant_score.filter",
        ),
        (
            r#"{"query":{"function_score":{"query":?}}}"#,
            "query.function_score.query",
        ),
        (
            r#"{"query":{"function_score":{"functions":[{"weight":1},{"filter":?}]}}}"#,
            "query.function_score.functions[1].filter",
        ),
        (
            r#"{"query":{"script_score":{"query":?}}}"#,
            "query.script_score.query",
        ),
        (
            r#"{"query":{"nested":{"path":"a","query":?}}}"#,
            "query.nested.query",
        ),
        (
            r#"{"query":{"nested":{"path":"a","query":{"match_all":{}},"inner_hits":{"highlight":{"fields":{"a":{"highlight_query":?}}}}}}}"#,
            "query.nested.query",
        ),
        (
            r#"{"query":{"has_child":{"type":"c","query":?}}}"#,
            "query.has_child.query",
        ),
        (
            r#"{"query":{"has_parent":{"parent_type":"c","query":?}}}"#,
            "query.has_parent.query",
        ),
        (
            r#"{"query":{"hybrid":{"queries":[?]}}}"#,
            "query.hybrid.queries[0]",
        ),
        (
            r#"{"query":{"hybrid":{"queries":[],"filter":?}}}"#,
            "query.hybrid.filter",
        ),
        (
            r#"{"query":{"knn":{"v":{"filter":?}}}}"#,
            "query.knn.v.filter",
        ),
        (
            r#"{"query":{"neural":{"v":{"filter":?}}}}"#,
            "query.neural.v.filter",
        ),
        (
            r#"{"query":{"span_near":{"clauses":[?]}}}"#,
            "query.span_near.clauses[0]",
        ),
        (
            r#"{"query":{"span_multi":{"match":?}}}"#,
            "query.span_multi.match",
        ),
        (
            r#"{"query":{"field_masking_span":{"query":?}}}"#,
            "query.field_masking_span.query",
        ),
        (
            r#"{"rescore":{"query":{"rescore_query":?}}}"#,
            "rescore.query.rescore_query",
        ),
        (
            r#"{"rescore":[{"query":{"rescore_query":?}}]}"#,
            "rescore[0].query.rescore_query",
        ),
        (
            r#"{"highlight":{"highlight_query":?}}"#,
            "highlight.highlight_query",
        ),
        (
            r#"{"highlight":{"fields":{"a":{"highlight_query":?}}}}"#,
            "highlight.fields.a.highlight_query",
        ),
        (
            r#"{"highlight":{"fields":[{"a":{"highlight_query":?}}]}}"#,
            "highlight.fields[0].a.highlight_query",
        ),
        (
            r#"{"sort":[{"a":{"nested":{"path":"a","filter":?}}}]}"#,
            "sort[0].a.nested.filter",
        ),
        (
            r#"{"sort":{"a":{"nested":{"path":"a","nested":{"path":"b","filter":?}}}}}"#,
            "sort.a.nested.nested.filter",
        ),
        (
            r#"{"sort":{"a":{"nested_filter":?}}}"#,
            "sort.a.nested_filter",
        ),
        (
            r#"{"sort":{"_geo_distance":{"at":[1,2],"nested":{"path":"a","filter":?}}}}"#,
            "sort._geo_distance.nested.filter",
        ),
        (
            r#"{"sort":{"_script":{"script":"1","nested":{"path":"a","filter":?}}}}"#,
            "sort._script.nested.filter",
        ),
        (r#"{"aggs":{"f":{"filter":?}}}"#, "aggs.f.filter"),
        (
            r#"{"aggs":{"f":{"filters":{"filters":{"x":?}}}}}"#,
            "aggs.f.filters.filters.x",
        ),
        (
            r#"{"aggs":{"f":{"filters":{"filters":[?]}}}}"#,
            "aggs.f.filters.filters[0]",
        ),
        (
            r#"{"aggs":{"f":{"adjacency_matrix":{"filters":{"x":?}}}}}"#,
            "aggs.f.adjacency_matrix.filters.x",
        ),
        (
            r#"{"aggs":{"f":{"significant_terms":{"field":"a","background_filter":?}}}}"#,
            "aggs.f.significant_terms.background_filter",
        ),
        (
            r#"{"aggs":{"t":{"terms":{"field":"a"},"aggs":{"h":{"top_hits":{"sort":{"a":{"nested":{"path":"a","filter":?}}}}}}}}}"#,
            "aggs.t.aggs.h.top_hits.sort.a.nested.filter",
        ),
        (
            r#"{"collapse":{"field":"a","inner_hits":[{"name":"x","highlight":{"highlight_query":?}}]}}"#,
            "collapse.inner_hits[0].highlight.highlight_query",
        ),
    ] {
        let body = body.replace('?', LOOKUP);
        let refusal = own(&body).expect_err(&body);
        assert_eq!(refusal.row(), "A1-11", "{body}");
        let told = refusal.path();
        assert!(told.ends_with(path), "{body}: {told}");
        if !body.contains(r#""inner_hits":{"highlight""#) {
            assert_eq!(told, format!("{place}.{path}"), "{body}");
        }
    }
}

#[test]
fn what_leads_out_is_refused() {
    for (body, path, row) in [
        (
            r#"{"query":{"more_like_this":{"like":[{"_index":"x","_id":"1"}]}}}"#,
            "query.more_like_this.like[0]._index",
            "A2-01",
        ),
        (
            r#"{"query":{"more_like_this":{"unlike":{"_id":"1"}}}}"#,
            "query.more_like_this.unlike._id",
            "A2-01",
        ),
        (
            r#"{"query":{"percolate":{"field":"q","index":"x","id":"1"}}}"#,
            "query.percolate.index",
            "A2-03",
        ),
        (
            r#"{"query":{"percolate":{"field":"q","id":"1"}}}"#,
            "query.percolate.id",
            "A2-03",
        ),
        (
            r#"{"query":{"geo_shape":{"a":{"indexed_shape":{"index":"x","id":"1"}}}}}"#,
            "query.geo_shape.a.indexed_shape",
            "A1-33",
        ),
        (
            r#"{"query":{"xy_shape":{"a":{"indexed_shape":{"id":"1"}}}}}"#,
            "query.xy_shape.a.indexed_shape",
            "A1-33",
        ),
        (
            r#"{"query":{"wrapper":{"query":"e30="}}}"#,
            "query.wrapper",
            "A1-34",
        ),
        (r#"{"query":{"template":{}}}"#, "query.template", "A5-04"),
        (r#"{"query":{"agentic":{}}}"#, "query.agentic", "A5-05"),
        (
            r#"{"query":{"of_the_future":{}}}"#,
            "query.of_the_future",
            "A1-36",
        ),
        (
            r#"{"aggs":{"a":{"of_the_future":{}}}}"#,
            "aggs.a.of_the_future",
            "B-23",
        ),
        (r#"{"of_the_future":1}"#, "of_the_future", "C1-27"),
        (r#"{"pit":{"id":"x"}}"#, "pit", "C1-22"),
        (r#"{"indices_boost":[{"x":1}]}"#, "indices_boost", "C1-20"),
        (r#"{"ext":{"x":1}}"#, "ext", "C1-23"),
        (r#"{"search_pipeline":{}}"#, "search_pipeline", "C1-24"),
        (
            r#"{"suggest":{"a":{"phrase":{"collate":{"query":{"source":"x"}}}}}}"#,
            "suggest.a.phrase.collate",
            "C1-04",
        ),
        (
            r#"{"query":{"term":{"_index":"globex.orders"}}}"#,
            "query.term._index",
            "A1-05",
        ),
        (
            r#"{"query":{"prefix":{"_index":"g"}}}"#,
            "query.prefix._index",
            "A1-08",
        ),
        (
            r#"{"aggs":{"a":{"terms":{"field":"_index"}}}}"#,
            "aggs.a.terms.field",
            "A1-08",
        ),
        (r#"{"sort":"_index"}"#, "sort", "A1-08"),
        (
            r#"{"query":{"match_all":{"new":{"deep":[{"index":"x"}]}}}}"#,
            "query.match_all.new.deep[0].index",
            "C1-27",
        ),
        (
            r#"{"query":{"bool":{"must":"x"}}}"#,
            "query.bool.must",
            "A1-01",
        ),
    ] {
        let refusal = own(body).expect_err(body);
        assert_eq!(
            (refusal.path().as_str(), refusal.row()),
            (path, row),
            "{body}"
        );
    }
}

#[test]
fn the_reversal_knows_where_hits_are() {
    let body = r#"{"aggs":{"t":{"terms":{"field":"a"},"aggs":{"hits":{"top_hits":{"size":1}}}},"u":{"top_hits":{}}},"query":{"nested":{"path":"a","query":{"match_all":{}},"inner_hits":{}}}}"#;
    let names = Scope::dedicated(NAMES);
    let screened = search(body.as_bytes(), NO_URL, &names).unwrap();
    let paths: Vec<_> = screened
        .shape()
        .top_hits
        .iter()
        .map(|hits| hits.path.join(">"))
        .collect();
    assert_eq!(paths, ["t>hits", "u"]);
    assert!(screened.shape().inner_hits);
}

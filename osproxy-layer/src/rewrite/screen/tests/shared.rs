//! A shared index.

use super::*;

/// Queries, and what they become inside the wrap; `""`: as they are.
pub(super) const QUERIES: &[(&str, &str)] = &[
    (r#"{"match_all":{}}"#, ""),
    (r#"{"match_all":{"boost":1.50,"_name":"all"}}"#, ""),
    (r#"{"term":{"user":"ann"}}"#, ""),
    (
        r#"{"term":{"user.keyword":{"value":"ann","boost":2,"_name":"n","case_insensitive":true}}}"#,
        "",
    ),
    (r#"{"term":{"a._tenant":1.10}}"#, ""),
    (r#"{"term":{"_class":"x"}}"#, ""),
    (r#"{"term":{"_HOSTNAME":"x"}}"#, ""),
    (r#"{"terms":{"user":["ann","bob"],"boost":2}}"#, ""),
    (
        r#"{"range":{"price":{"gte":1,"lt":"2","format":"x","relation":"within"}}}"#,
        "",
    ),
    (r#"{"exists":{"field":"user"}}"#, ""),
    (r#"{"match":{"text":"a b"}}"#, ""),
    (
        r#"{"match":{"text":{"query":"a b","operator":"and","minimum_should_match":"75%","analyzer":"standard","lenient":true,"zero_terms_query":"all"}}}"#,
        "",
    ),
    (
        r#"{"bool":{"must":[],"filter":[],"should":[],"must_not":[]}}"#,
        "",
    ),
    (
        r#"{"bool":{"must":{"term":{"a":1}},"filter":[{"bool":{"should":[{"match_all":{}}],"minimum_should_match":1}}]}}"#,
        "",
    ),
    (
        r#"{"bool":{"must":null,"filter":{"term":{"a":1}}}}"#,
        r#"{"bool":{"filter":{"term":{"a":1}}}}"#,
    ),
    // A1-05: every value, whatever it looks like
    (r#"{"term":{"_id":"1"}}"#, r#"{"term":{"_id":"acme:1"}}"#),
    (
        r#"{"term":{"_id":"acme:1"}}"#,
        r#"{"term":{"_id":"acme:acme:1"}}"#,
    ),
    (
        r#"{"term":{"_id":"globex:1"}}"#,
        r#"{"term":{"_id":"acme:globex:1"}}"#,
    ),
    (
        r#"{"term":{"\u005fid":{"value":17,"boost":2}}}"#,
        r#"{"term":{"_id":{"value":"acme:17","boost":2}}}"#,
    ),
    (
        r#"{"terms":{"_id":["1",-2,true],"_name":"n"}}"#,
        r#"{"terms":{"_id":["acme:1","acme:-2","acme:true"],"_name":"n"}}"#,
    ),
    (
        r#"{"match":{"_id":"1 2"}}"#,
        r#"{"match":{"_id":"acme:1 2"}}"#,
    ),
    (
        r#"{"match":{"_id":{"query":"1","boost":2}}}"#,
        r#"{"match":{"_id":{"query":"acme:1","boost":2}}}"#,
    ),
    (
        r#"{"ids":{"values":["1",2]}}"#,
        r#"{"ids":{"values":["acme:1","acme:2"]}}"#,
    ),
    (
        r#"{"ids":{"values":"1"}}"#,
        r#"{"ids":{"values":"acme:1"}}"#,
    ),
    (r#"{"bool":{"must_not":[{"ids":{"values":[]}}]}}"#, ""),
    // A1-07
    (
        r#"{"exists":{"field":"_id","boost":3}}"#,
        r#"{"match_all":{"boost":3}}"#,
    ),
    (r#"{"match_none":{}}"#, ""),
    (
        r#"{"constant_score":{"filter":{"term":{"_id":"1"}},"boost":2}}"#,
        r#"{"constant_score":{"filter":{"term":{"_id":"acme:1"}},"boost":2}}"#,
    ),
    (
        r#"{"dis_max":{"queries":[{"match_all":{}}],"tie_breaker":0.5}}"#,
        "",
    ),
    (
        r#"{"boosting":{"positive":{"match_all":{}},"negative":{"ids":{"values":[1]}},"negative_boost":0.5}}"#,
        r#"{"boosting":{"positive":{"match_all":{}},"negative":{"ids":{"values":["acme:1"]}},"negative_boost":0.5}}"#,
    ),
    (
        r#"{"terms":{"n":["OjAAAAEAAAAAAAIAEAAAAAEAAgADAA=="],"value_type":"bitmap"}}"#,
        "",
    ),
    (
        r#"{"terms_set":{"tag":{"terms":["a","b"],"minimum_should_match_field":"need"}}}"#,
        "",
    ),
    (r#"{"prefix":{"a":"b"}}"#, ""),
    (
        r#"{"prefix":{"a":{"value":"b","rewrite":"constant_score_blended","case_insensitive":true}}}"#,
        "",
    ),
    (
        r#"{"wildcard":{"a":{"wildcard":"b*","rewrite":"Constant_Score","boost":2}}}"#,
        "",
    ),
    (
        r#"{"regexp":{"a":{"value":"b.*","flags":"ALL","max_determinized_states":100}}}"#,
        "",
    ),
    (
        r#"{"fuzzy":{"a":"b"}}"#,
        r#"{"fuzzy":{"a":{"value":"b","rewrite":"constant_score"}}}"#,
    ),
    (
        r#"{"fuzzy":{"a":{"value":"b","rewrite":"top_terms_1","max_expansions":1}}}"#,
        r#"{"fuzzy":{"a":{"value":"b","rewrite":"constant_score","max_expansions":1}}}"#,
    ),
    (
        r#"{"match_phrase":{"_id":"1"}}"#,
        r#"{"match_phrase":{"_id":"acme:1"}}"#,
    ),
    (
        r#"{"match_phrase":{"a":{"query":"b c","slop":2,"analyzer":"standard"}}}"#,
        "",
    ),
    (
        r#"{"match_bool_prefix":{"a":{"query":"b","fuzziness":1}}}"#,
        r#"{"match_bool_prefix":{"a":{"query":"b","fuzziness":1,"fuzzy_rewrite":"constant_score"}}}"#,
    ),
    (
        r#"{"multi_match":{"query":"b","fields":["a^2","b.*","*"],"type":"best_fields"}}"#,
        "",
    ),
    (
        r#"{"multi_match":{"query":"b","type":"bool_prefix","fuzziness":1}}"#,
        r#"{"multi_match":{"query":"b","type":"bool_prefix","fuzziness":1,"fuzzy_rewrite":"constant_score"}}"#,
    ),
    (r#"{"combined_fields":{"query":"b","fields":["a"]}}"#, ""),
    (
        r#"{"query_string":{"query":"a:b AND _exists_:c","default_field":"*^2"}}"#,
        r#"{"query_string":{"query":"a:b AND _exists_:c","default_field":"*^2","fuzzy_rewrite":"constant_score"}}"#,
    ),
    (
        r#"{"query_string":{"query":"ann~","fuzzy_rewrite":"top_terms_1"}}"#,
        r#"{"query_string":{"query":"ann~","fuzzy_rewrite":"constant_score"}}"#,
    ),
    (
        r#"{"simple_query_string":{"query":"a + b*","flags":"or|prefix"}}"#,
        r#"{"simple_query_string":{"query":"a + b*","flags":"OR|PREFIX"}}"#,
    ),
    (
        r#"{"simple_query_string":{"query":"\"a b\"~2"}}"#,
        r#"{"simple_query_string":{"query":"\"a b\"~2","flags":"AND|NOT|OR|PREFIX|PHRASE|PRECEDENCE|ESCAPE|WHITESPACE|NEAR"}}"#,
    ),
    (
        r#"{"nested":{"path":"a","query":{"term":{"a.b":1}},"score_mode":"sum","ignore_unmapped":true}}"#,
        "",
    ),
    (
        r#"{"function_score":{"query":{"match_all":{}},"functions":[{"filter":{"ids":{"values":[1]}},"weight":2},{"gauss":{"at":{"origin":{"lat":1,"lon":2},"scale":"2km"},"multi_value_mode":"avg"}},{"field_value_factor":{"field":"n","missing":1}},{"random_score":{"seed":1,"field":"n"}}]}}"#,
        r#"{"function_score":{"query":{"match_all":{}},"functions":[{"filter":{"ids":{"values":["acme:1"]}},"weight":2},{"gauss":{"at":{"origin":{"lat":1,"lon":2},"scale":"2km"},"multi_value_mode":"avg"}},{"field_value_factor":{"field":"n","missing":1}},{"random_score":{"seed":1,"field":"n"}}]}}"#,
    ),
    (
        r#"{"distance_feature":{"field":"at","origin":[1,2],"pivot":"1km"}}"#,
        "",
    ),
    (
        r#"{"rank_feature":{"field":"r","saturation":{"pivot":3},"boost":2}}"#,
        "",
    ),
    (r#"{"rank_feature":{"field":"r","linear":{}}}"#, ""),
    (
        r#"{"span_near":{"clauses":[{"span_term":{"a":"b"}},{"span_gap":{"a":2}},{"span_or":{"clauses":[{"span_term":{"a":{"value":"c"}}}]}}],"slop":1,"in_order":true}}"#,
        "",
    ),
    (
        r#"{"span_not":{"include":{"span_first":{"match":{"span_term":{"a":"b"}},"end":3}},"exclude":{"field_masking_span":{"query":{"span_term":{"c":"b"}},"field":"a"}},"pre":1}}"#,
        "",
    ),
    (
        r#"{"span_within":{"little":{"span_term":{"a":"b"}},"big":{"span_containing":{"little":{"span_term":{"a":"b"}},"big":{"span_term":{"a":"b"}}}}}}"#,
        "",
    ),
    (
        r#"{"intervals":{"a":{"all_of":{"ordered":true,"intervals":[{"match":{"query":"b","use_field":"c"}},{"any_of":{"intervals":[{"match":{"query":"d"}}]}}],"filter":{"not_containing":{"match":{"query":"e"}}}},"boost":2}}}"#,
        "",
    ),
    (
        r#"{"geo_distance":{"distance":"2km","at":{"lat":1,"lon":2},"ignore_unmapped":true}}"#,
        "",
    ),
    (
        r#"{"geo_bounding_box":{"at":{"top_left":[1,2],"bottom_right":"u0"},"type":"indexed"}}"#,
        "",
    ),
    (
        r#"{"geo_polygon":{"at":{"points":[[1,2],[3,4],[5,6]]}}}"#,
        "",
    ),
    (
        r#"{"geo_shape":{"at":{"shape":{"type":"envelope","coordinates":[[1,2],[3,0]]},"relation":"within"},"ignore_unmapped":true}}"#,
        "",
    ),
    (r#"{"xy_shape":{"at":{"shape":"POINT (1 2)"}}}"#, ""),
    (
        r#"{"knn":{"v":{"vector":[1,2],"k":3}}}"#,
        r#"{"knn":{"v":{"vector":[1,2],"k":3,"filter":{"term":{"_tenant":"acme"}}}}}"#,
    ),
    (
        r#"{"knn":{"v":{"vector":[1],"k":3,"filter":{"ids":{"values":[1]}}}}}"#,
        r#"{"knn":{"v":{"vector":[1],"k":3,"filter":{"bool":{"must":[{"ids":{"values":["acme:1"]}}],"filter":[{"term":{"_tenant":"acme"}}]}}}}}"#,
    ),
    // A1-19: no term of the shard decides which others count
    (
        r#"{"match":{"text":{"query":"ann","fuzziness":1,"fuzzy_rewrite":"top_terms_1"}}}"#,
        r#"{"match":{"text":{"query":"ann","fuzziness":1,"fuzzy_rewrite":"constant_score"}}}"#,
    ),
    (
        r#"{"match":{"text":{"query":"ann","fuzziness":"AUTO"}}}"#,
        r#"{"match":{"text":{"query":"ann","fuzziness":"AUTO","fuzzy_rewrite":"constant_score"}}}"#,
    ),
];

#[test]
fn queries_that_pass() {
    for (query, told) in QUERIES {
        let told = if told.is_empty() { query } else { told };
        let body = rewritten(&format!(r#"{{"query":{query}}}"#))
            .unwrap_or_else(|refusal| panic!("{query}: {refusal}"));
        assert_eq!(body, format!(r#"{{"query":{}}}"#, wrapped(told)), "{query}");
        let counted = format!(r#"{{"query":{query}}}"#);
        let counted = count(counted.as_bytes(), NO_URL, &acme()).unwrap();
        assert_eq!(text(&counted), body);
    }
}

/// Bodies, and what they become beside the wrapped `match_all` behind them; `""`: as they are.
pub(super) const BODIES: &[(&str, &str)] = &[
    ("", "{"),
    ("{}", "{"),
    (
        r#"{"size":0,"from":"10","timeout":"1s","terminate_after":5,"track_scores":true,"track_total_hits":10,"version":true,"min_score":1.0}"#,
        "",
    ),
    (
        r#"{"explain":false,"profile":false,"script_fields":{},"suggest":{},"ext":{},"indices_boost":[],"derived":{},"size":1}"#,
        r#"{"size":1"#,
    ),
    (r#"{"stats":["a"],"size":1}"#, r#"{"size":1"#),
    (r#"{"aggs":{}}"#, ""),
    (
        r#"{"aggs":{"a":{"terms":{"field":"user","size":5,"min_doc_count":1,"order":[{"_count":"desc"}],"include":["a"],"exclude":"b.*"},"meta":{"global":{"x":1}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"user","min_doc_count":"2"},"aggregations":{"b":{"avg":{"field":"price","missing":0}}}}}}"#,
        "",
    ),
    (
        r#"{"aggregations":{"global":{"date_histogram":{"field":"at","fixed_interval":"1h","min_doc_count":0,"extended_bounds":{"min":1,"max":2}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"p":{"percentiles":{"field":"price","percents":[1,99.9],"tdigest":{"compression":100}}},"w":{"weighted_avg":{"value":{"field":"a"},"weight":{"field":"b","missing":1}}},"m":{"matrix_stats":{"fields":["a","b"],"missing":{"a":1}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"multi_terms":{"terms":[{"field":"a"},{"field":"b","missing":"x"}],"min_doc_count":2,"size":3,"order":{"_key":"asc"}}},"b":{"rare_terms":{"field":"a","max_doc_count":2,"include":["x"]}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"sampler":{"shard_size":5},"aggs":{"b":{"diversified_sampler":{"field":"a","max_docs_per_value":1},"aggs":{"c":{"avg":{"field":"n"}}}}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"filter":{"ids":{"values":["1"]}}},"b":{"filters":{"filters":{"x":{"match_all":{}}},"other_bucket_key":"y"}},"c":{"filters":{"filters":[{"match_all":{}}]}},"d":{"adjacency_matrix":{"filters":{"x":{"match_all":{}}},"separator":"+"}}}}"#,
        r#"{"aggs":{"a":{"filter":{"ids":{"values":["acme:1"]}}},"b":{"filters":{"filters":{"x":{"match_all":{}}},"other_bucket_key":"y"}},"c":{"filters":{"filters":[{"match_all":{}}]}},"d":{"adjacency_matrix":{"filters":{"x":{"match_all":{}}},"separator":"+"}}}"#,
    ),
    (
        r#"{"aggs":{"a":{"missing":{"field":"a"}},"b":{"range":{"field":"n","ranges":[{"key":"x","from":1},{"to":"2"}],"keyed":true}},"c":{"ip_range":{"field":"ip","ranges":[{"mask":"10.0.0.0/8"}]}},"d":{"histogram":{"field":"n","interval":2.5,"min_doc_count":0,"hard_bounds":{"min":1,"max":2}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"auto_date_histogram":{"field":"at","buckets":5}},"b":{"variable_width_histogram":{"field":"n","buckets":3}},"c":{"geo_distance":{"field":"w","origin":{"lat":1,"lon":2},"ranges":[{"to":5}],"unit":"km"}},"d":{"geohash_grid":{"field":"w","precision":3,"bounds":{"top_left":"u"}}},"e":{"geo_bounds":{"field":"w","wrap_longitude":true}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"composite":{"size":3,"sources":[{"x":{"terms":{"field":"a","missing_bucket":true,"order":"desc"}}},{"y":{"date_histogram":{"field":"at","calendar_interval":"month"}}}],"after":{"x":"r","y":1}}}}}"#,
        "",
    ),
    (
        r#"{"aggs":{"a":{"aggs":{"b":{"reverse_nested":{},"aggs":{"c":{"significant_terms":{"field":"t"}}}}},"nested":{"path":"items"}}}}"#,
        r#"{"aggs":{"a":{"aggs":{"b":{"reverse_nested":{},"aggs":{"c":{"significant_terms":{"field":"t","background_filter":{"term":{"_tenant":"acme"}}}}}}},"nested":{"path":"items"}}}"#,
    ),
    (
        r#"{"aggs":{"a":{"histogram":{"field":"n","interval":1,"min_doc_count":1},"aggs":{"b":{"significant_terms":{"field":"t"}}}},"c":{"significant_terms":{"field":"t"}}}}"#,
        r#"{"aggs":{"a":{"histogram":{"field":"n","interval":1,"min_doc_count":1},"aggs":{"b":{"significant_terms":{"field":"t","background_filter":{"term":{"_tenant":"acme"}}}}}},"c":{"significant_terms":{"field":"t","background_filter":{"term":{"_tenant":"acme"}}}}}"#,
    ),
    (
        r#"{"aggs":{"a":{"significant_text":{"field":"t","source_fields":["t"],"filter_duplicate_text":true,"background_filter":{"term":{"_id":"1"}},"gnd":{},"min_doc_count":1}}}}"#,
        r#"{"aggs":{"a":{"significant_text":{"field":"t","source_fields":["t"],"filter_duplicate_text":true,"gnd":{},"min_doc_count":1,"background_filter":{"bool":{"must":[{"term":{"_id":"acme:1"}}],"filter":[{"term":{"_tenant":"acme"}}]}}}}}"#,
    ),
    (
        r#"{"aggs":{"a":{"date_histogram":{"field":"at","calendar_interval":"month"},"aggs":{"s":{"sum":{"field":"n"}},"d":{"derivative":{"buckets_path":"s","gap_policy":"skip"}},"b":{"bucket_sort":{"sort":[{"s":{"order":"desc"}}],"size":2}}}},"m":{"percentiles_bucket":{"buckets_path":"a>s","percents":[50]}}}}"#,
        "",
    ),
    (r#"{"_source":false}"#, ""),
    (r#"{"_source":true}"#, ""),
    (
        r#"{"_source":"user.*"}"#,
        r#"{"_source":{"includes":["user.*"],"excludes":["_tenant"]}"#,
    ),
    (
        r#"{"_source":["user","_tenant"]}"#,
        r#"{"_source":{"includes":["user"],"excludes":["_tenant"]}"#,
    ),
    (
        r#"{"_source":["_tenant","_id","_tenant."]}"#,
        r#"{"_source":{"includes":["_osproxy_nothing"],"excludes":["_tenant"]}"#,
    ),
    (
        r#"{"_source":"_tenant"}"#,
        r#"{"_source":{"includes":["_osproxy_nothing"],"excludes":["_tenant"]}"#,
    ),
    (
        r#"{"_source":{"include":"a","exclude":["b"]}}"#,
        r#"{"_source":{"includes":["a"],"excludes":["b","_tenant"]}"#,
    ),
    (
        r#"{"_source":{"excludes":["_tenant"]}}"#,
        r#"{"_source":{"excludes":["_tenant"]}"#,
    ),
    (
        r#"{"_source":["_t*"]}"#,
        r#"{"_source":{"includes":["_t*"],"excludes":["_tenant"]}"#,
    ),
    (r#"{"_source":[]}"#, r#"{"_source":{}"#),
    (
        r#"{"sort":"price"}"#,
        r#"{"sort":{"price":{"unmapped_type":"keyword"}}"#,
    ),
    (
        r#"{"sort":["_score","_doc"]}"#,
        r#"{"sort":["_score","_doc"]"#,
    ),
    (
        r#"{"sort":[{"price":"desc"},{"_score":"asc"}]}"#,
        r#"{"sort":[{"price":{"order":"desc","unmapped_type":"keyword"}},{"_score":{"order":"asc"}}]"#,
    ),
    (
        r#"{"sort":{"a":{"order":"asc","mode":"avg","missing":"_last"},"b":{"unmapped_type":"boolean"}}}"#,
        r#"{"sort":{"a":{"order":"asc","mode":"avg","missing":"_last","unmapped_type":"long"},"b":{"unmapped_type":"boolean"}}"#,
    ),
    (
        r#"{"sort":{"at":{"numeric_type":"date_nanos","missing":1}}}"#,
        r#"{"sort":{"at":{"numeric_type":"date_nanos","missing":1,"unmapped_type":"long"}}"#,
    ),
];

#[test]
fn bodies_that_pass() {
    for (body, told) in BODIES {
        let told = if told.is_empty() {
            body.strip_suffix('}').unwrap()
        } else {
            told
        };
        let comma = if told == "{" { "" } else { "," };
        let all = wrapped(r#"{"match_all":{}}"#);
        let screened = rewritten(body).unwrap_or_else(|refusal| panic!("{body}: {refusal}"));
        assert_eq!(
            screened,
            format!(r#"{told}{comma}"query":{all}}}"#),
            "{body}"
        );
    }
}

/// Bodies that are refused: where, what, by which row.
pub(super) const REFUSED: &[(&str, &str, &str, &str)] = &[
    (
        r#"{"query":{"prefix":{"_id":"a"}}}"#,
        "query.prefix._id",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"query":{"wildcard":{"a":{"value":"b","rewrite":"top_terms_5"}}}}"#,
        "query.wildcard.a.rewrite",
        "value of [rewrite]",
        "A1-17",
    ),
    (
        r#"{"query":{"prefix":{"a":{"value":"b","rewrite":"scoring_boolean"}}}}"#,
        "query.prefix.a.rewrite",
        "value of [rewrite]",
        "A1-17",
    ),
    (
        r#"{"query":{"match_phrase_prefix":{"a":"b"}}}"#,
        "query.match_phrase_prefix",
        "query type [match_phrase_prefix]",
        "A1-20",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","type":"Phrase_Prefix"}}}"#,
        "query.multi_match.type",
        "value of [type]",
        "A1-20",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","fields":["a","_t*"]}}}"#,
        "query.multi_match.fields[1]",
        "field [_t*]",
        "A1-24",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","fields":["*nant^3"]}}}"#,
        "query.multi_match.fields[0]",
        "field [*nant]",
        "A1-24",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","fields":"_tenant^2"}}}"#,
        "query.multi_match.fields",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","fields":"_id"}}}"#,
        "query.multi_match.fields",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","fields":[["a"]]}}}"#,
        "query.multi_match.fields[0]",
        "construct [fields] is an array",
        "A1-24",
    ),
    (
        r#"{"query":{"common":{"a":{"query":"b"}}}}"#,
        "query.common",
        "query type [common]",
        "A1-23",
    ),
    (
        r#"{"query":{"multi_match":{"query":"b","cutoff_frequency":1}}}"#,
        "query.multi_match.cutoff_frequency",
        "key [cutoff_frequency]",
        "A1-23",
    ),
    (
        r#"{"query":{"query_string":{"query":"a _tenant:b"}}}"#,
        "query.query_string.query",
        "text of [query]",
        "A1-25",
    ),
    (
        r#"{"query":{"query_string":{"query":"a:b","rewrite":"constant_score"}}}"#,
        "query.query_string.rewrite",
        "key [rewrite]",
        "A1-25",
    ),
    (
        r#"{"query":{"query_string":{"query":"a:b","type":"phrase_prefix"}}}"#,
        "query.query_string.type",
        "value of [type]",
        "A1-25",
    ),
    (
        r#"{"query":{"query_string":{"query":"a:b~","type":"MOST_fields"}}}"#,
        "query.query_string.query",
        "text of [query]",
        "A1-25",
    ),
    (
        r#"{"query":{"query_string":{"query":"a","default_field":"_id"}}}"#,
        "query.query_string.default_field",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"query":{"query_string":{"query":1}}}"#,
        "query.query_string",
        "key [query]",
        "A1-25",
    ),
    (
        r#"{"query":{"simple_query_string":{"query":"ann~1"}}}"#,
        "query.simple_query_string.query",
        "text of [query]",
        "A1-26",
    ),
    (
        r#"{"query":{"simple_query_string":{"query":"a","flags":"x"}}}"#,
        "query.simple_query_string.flags",
        "value of [flags]",
        "A1-26",
    ),
    (
        r#"{"query":{"terms_set":{"a":{"terms":["b"],"minimum_should_match_script":{"source":"1"}}}}}"#,
        "query.terms_set.a.minimum_should_match_script",
        "key [minimum_should_match_script]",
        "A1-28",
    ),
    (
        r#"{"query":{"terms":{"_id":["1"],"value_type":"bitmap"}}}"#,
        "query.terms.value_type",
        "key [value_type]",
        "A1-05",
    ),
    (
        r#"{"query":{"function_score":{"min_score":1}}}"#,
        "query.function_score.min_score",
        "key [min_score]",
        "A1-27",
    ),
    (
        r#"{"query":{"function_score":{"script_score":{"script":"1"}}}}"#,
        "query.function_score.script_score",
        "key [script_score]",
        "A1-28",
    ),
    (
        r#"{"query":{"function_score":{"functions":[{"weight":1,"filter":{"script":{}}}]}}}"#,
        "query.function_score.functions[0].filter.script",
        "query type [script]",
        "A1-28",
    ),
    (
        r#"{"query":{"function_score":{"random_score":{"seed":1}}}}"#,
        "query.function_score.random_score",
        "key [field]",
        "A1-27",
    ),
    (
        r#"{"query":{"function_score":{"random_score":{"seed":1,"field":"_seq_no"}}}}"#,
        "query.function_score.random_score.field",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"query":{"function_score":{"gauss":{"_seq_no":{"origin":1,"scale":1}}}}}"#,
        "query.function_score.gauss._seq_no",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"query":{"script_score":{"query":{"match_all":{}},"script":"1"}}}"#,
        "query.script_score",
        "query type [script_score]",
        "A1-28",
    ),
    (
        r#"{"query":{"rank_feature":{"field":"r"}}}"#,
        "query.rank_feature",
        "construct [rank_feature]",
        "A1-30",
    ),
    (
        r#"{"query":{"rank_feature":{"field":"r","saturation":{}}}}"#,
        "query.rank_feature.saturation",
        "key [pivot]",
        "A1-30",
    ),
    (
        r#"{"query":{"nested":{"path":"a","query":{"script":{}}}}}"#,
        "query.nested.query.script",
        "query type [script]",
        "A1-28",
    ),
    (
        r#"{"query":{"nested":{"path":"_tenant","query":{"match_all":{}}}}}"#,
        "query.nested.path",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"geo_shape":{"a":{"indexed_shape":{"id":"1"}}}}}"#,
        "query.geo_shape.a.indexed_shape",
        "key [indexed_shape]",
        "A1-33",
    ),
    (
        r#"{"query":{"geo_distance":{"_tenant":[1,2],"distance":"1m"}}}"#,
        "query.geo_distance._tenant",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"span_multi":{"match":{"prefix":{"a":"b"}}}}}"#,
        "query.span_multi",
        "query type [span_multi]",
        "A3-05",
    ),
    (
        r#"{"query":{"span_near":{"clauses":[{"span_term":{"_id":"b"}}]}}}"#,
        "query.span_near.clauses[0].span_term._id",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"query":{"field_masking_span":{"query":{"span_term":{"a":"b"}},"field":"_tenant"}}}"#,
        "query.field_masking_span.field",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"intervals":{"a":{"prefix":{"prefix":"b"}}}}}"#,
        "query.intervals.a.prefix",
        "key [prefix]",
        "A3-07",
    ),
    (
        r#"{"query":{"intervals":{"a":{"all_of":{"intervals":[{"wildcard":{}}]}}}}}"#,
        "query.intervals.a.all_of.intervals[0].wildcard",
        "intervals rule [wildcard]",
        "A3-07",
    ),
    (
        r#"{"query":{"intervals":{"a":{"match":{"query":"b","filter":{"script":{}}}}}}}"#,
        "query.intervals.a.match.filter.script",
        "intervals filter [script]",
        "A1-28",
    ),
    (
        r#"{"query":{"intervals":{"a":{"match":{"query":"b","use_field":"_tenant"}}}}}"#,
        "query.intervals.a.match.use_field",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"intervals":{"a":{"match":{"query":"b","filter":{"before":{"fuzzy":{}}}}}}}}"#,
        "query.intervals.a.match.filter.before.fuzzy",
        "intervals rule [fuzzy]",
        "A3-07",
    ),
    (
        r#"{"query":{"more_like_this":{"like":"x"}}}"#,
        "query.more_like_this",
        "query type [more_like_this]",
        "A2-02",
    ),
    (
        r#"{"query":{"has_child":{"type":"c","query":{"match_all":{}}}}}"#,
        "query.has_child",
        "query type [has_child]",
        "A3-02",
    ),
    (
        r#"{"query":{"has_parent":{}}}"#,
        "query.has_parent",
        "query type [has_parent]",
        "A3-01",
    ),
    (
        r#"{"query":{"parent_id":{}}}"#,
        "query.parent_id",
        "query type [parent_id]",
        "A3-03",
    ),
    (
        r#"{"query":{"knn":{"v":{"k":1}}}}"#,
        "query.knn.v",
        "key [vector]",
        "A4-01",
    ),
    (
        r#"{"query":{"knn":{"v":{"vector":[1],"filter":{"script":{}}}}}}"#,
        "query.knn.v.filter.script",
        "query type [script]",
        "A1-28",
    ),
    (
        r#"{"query":{"neural":{"v":{}}}}"#,
        "query.neural",
        "query type [neural]",
        "A4-03",
    ),
    (
        r#"{"query":{"neural_sparse":{"v":{}}}}"#,
        "query.neural_sparse",
        "query type [neural_sparse]",
        "A4-04",
    ),
    (
        r#"{"query":{"sltr":{}}}"#,
        "query.sltr",
        "query type [sltr]",
        "A1-36",
    ),
    (
        r#"{"query":{"bool":{"must":[{"match_all":{}},{"percolate":{}}]}}}"#,
        "query.bool.must[1].percolate",
        "query type [percolate]",
        "A2-04",
    ),
    (
        r#"{"query":{"bool":{"filter":{"bool":{"must_not":{"script":{}}}}}}}"#,
        "query.bool.filter.bool.must_not.script",
        "query type [script]",
        "A1-28",
    ),
    (
        r#"{"query":{"no_such":{}}}"#,
        "query.no_such",
        "query type [no_such]",
        "A1-36",
    ),
    (
        r#"{"query":{"wrapper":{"query":"e30="}}}"#,
        "query.wrapper",
        "query type [wrapper]",
        "A1-34",
    ),
    (
        r#"{"query":{"hybrid":{"queries":[]}}}"#,
        "query.hybrid",
        "query type [hybrid]",
        "A5-01",
    ),
    (r#"{"query":{}}"#, "query", "an object with 0 keys", "A1-02"),
    (
        r#"{"query":{"match_all":{},"term":{"a":1}}}"#,
        "query",
        "an object with 2 keys",
        "A1-02",
    ),
    (
        r#"{"query":null}"#,
        "query",
        "construct [query] is null",
        "C1-01",
    ),
    (
        r#"{"query":[]}"#,
        "query",
        "construct [query] is an array",
        "C1-01",
    ),
    (
        r#"{"query":{"bool":null}}"#,
        "query.bool",
        "construct [bool] is null",
        "A1-01",
    ),
    (
        r#"{"query":{"bool":{"must":[null]}}}"#,
        "query.bool.must[0]",
        "construct [must] is null",
        "A1-01",
    ),
    (
        r#"{"query":{"bool":{"must":[[{"match_all":{}}]]}}}"#,
        "query.bool.must[0]",
        "construct [must] is an array",
        "A1-01",
    ),
    (
        r#"{"query":{"bool":{"mustNot":[]}}}"#,
        "query.bool.mustNot",
        "key [mustNot]",
        "C1-27",
    ),
    (
        r#"{"query":{"term":{"a":1,"b":2}}}"#,
        "query.term.b",
        "key [b]",
        "A1-05",
    ),
    (
        r#"{"query":{"term":{"a":[1]}}}"#,
        "query.term.a",
        "construct [term] is an array",
        "A1-05",
    ),
    (
        r#"{"query":{"term":{"a":{"value":{"x":1}}}}}"#,
        "query.term.a.value",
        "construct [value] is an object",
        "A1-04",
    ),
    (
        r#"{"query":{"term":{"a":{}}}}"#,
        "query.term.a",
        "key [value]",
        "A1-05",
    ),
    (
        r#"{"query":{"term":{"_tenant":"globex"}}}"#,
        "query.term._tenant",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"term":{"\u005ftenant":"globex"}}}"#,
        "query.term._tenant",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"query":{"term":{"_tenant.":"globex"}}}"#,
        "query.term._tenant.",
        "field [_tenant.]",
        "A1-10",
    ),
    (
        r#"{"query":{"term":{"_index":"x"}}}"#,
        "query.term._index",
        "field [_index]",
        "A1-08",
    ),
    (
        r#"{"query":{"term":{"_routing":"x"}}}"#,
        "query.term._routing",
        "field [_routing]",
        "A1-09",
    ),
    (
        r#"{"query":{"term":{"_seq_no":1}}}"#,
        "query.term._seq_no",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"query":{"term":{"a*":1}}}"#,
        "query.term.a*",
        "field [a*]",
        "A1-24",
    ),
    (
        r#"{"query":{"term":{"rel#parent":1}}}"#,
        "query.term.rel#parent",
        "field [rel#parent]",
        "A1-10",
    ),
    (
        r#"{"query":{"term":{"_id":1.0}}}"#,
        "query.term._id",
        "construct [term] is a number",
        "A1-05",
    ),
    (
        r#"{"query":{"term":{"_id":null}}}"#,
        "query.term._id",
        "construct [term] is null",
        "A1-05",
    ),
    (
        r#"{"query":{"term":{"_id":{"value":"1","case_insensitive":true}}}}"#,
        "query.term._id.case_insensitive",
        "key [case_insensitive]",
        "A1-05",
    ),
    (
        r#"{"query":{"match":{"_id":{"query":"1","fuzziness":2}}}}"#,
        "query.match._id.fuzziness",
        "key [fuzziness]",
        "A1-05",
    ),
    (
        r#"{"query":{"range":{"_id":{"gt":"1"}}}}"#,
        "query.range._id",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"query":{"range":{"_seq_no":{"gt":1}}}}"#,
        "query.range._seq_no",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"query":{"exists":{"field":"_routing"}}}"#,
        "query.exists.field",
        "field [_routing]",
        "A1-09",
    ),
    (
        r#"{"query":{"exists":{"field":"*"}}}"#,
        "query.exists.field",
        "field [*]",
        "A1-24",
    ),
    (
        r#"{"query":{"exists":{}}}"#,
        "query.exists",
        "key [field]",
        "A1-07",
    ),
    (
        r#"{"query":{"terms":{"a":{"index":"x","id":"1","path":"p"}}}}"#,
        "query.terms.a",
        "object form of [terms]",
        "A1-11",
    ),
    (
        r#"{"query":{"terms":{"a":"x"}}}"#,
        "query.terms.a",
        "construct [terms] is a string",
        "A1-05",
    ),
    (
        r#"{"query":{"terms":{"boost":1}}}"#,
        "query.terms",
        "construct [terms] is an object",
        "A1-05",
    ),
    (
        r#"{"query":{"match":{"a":{"query":"b","cutoff_frequency":0.1}}}}"#,
        "query.match.a.cutoff_frequency",
        "key [cutoff_frequency]",
        "A1-23",
    ),
    (
        r#"{"query":{"ids":{"values":[{}]}}}"#,
        "query.ids.values[0]",
        "construct [values] is an object",
        "A1-05",
    ),
    (
        r#"{"aggs":{"a":{"global":{}}}}"#,
        "aggs.a.global",
        "aggregation type [global]",
        "B-01",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"u","min_doc_count":0}}}}"#,
        "aggs.a.terms.min_doc_count",
        "value of [min_doc_count]",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"u","min_doc_count":0.9}}}}"#,
        "aggs.a.terms.min_doc_count",
        "value of [min_doc_count]",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"u","min_doc_count":"0"}}}}"#,
        "aggs.a.terms.min_doc_count",
        "value of [min_doc_count]",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"u","min_doc_count":1e-1}}}}"#,
        "aggs.a.terms.min_doc_count",
        "value of [min_doc_count]",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"u","min_doc_count":null}}}}"#,
        "aggs.a.terms.min_doc_count",
        "construct [min_doc_count] is null",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"avg":{"field":"p"},"aggs":{"b":{"terms":{"field":"u","min_doc_count":0}}}}}}"#,
        "aggs.a.aggs.b.terms.min_doc_count",
        "value of [min_doc_count]",
        "B-02",
    ),
    (
        r#"{"aggs":{"a":{"terms":{"field":"_id"}}}}"#,
        "aggs.a.terms.field",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"aggs":{"a":{"max":{"field":"_seq_no"}}}}"#,
        "aggs.a.max.field",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"aggs":{"a":{"avg":{"script":"1"}}}}"#,
        "aggs.a.avg.script",
        "key [script]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"weighted_avg":{"value":{"script":"1"}}}}}"#,
        "aggs.a.weighted_avg.value.script",
        "key [script]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"matrix_stats":{"fields":["a","_tenant"]}}}}"#,
        "aggs.a.matrix_stats.fields[1]",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{}}}"#,
        "aggs.a",
        "construct [aggs] is an object",
        "C1-03",
    ),
    (
        r#"{"aggs":{"a":{"avg":{"field":"a"},"sum":{"field":"a"}}}}"#,
        "aggs.a",
        "construct [aggs] is an object",
        "C1-03",
    ),
    (
        r#"{"aggs":{"a":{"avg":{"field":"a"},"aggs":{},"aggregations":{}}}}"#,
        "aggs.a.aggregations",
        "key [aggregations]",
        "B-22",
    ),
    (
        r#"{"aggs":{},"aggregations":{}}"#,
        "aggregations",
        "key [aggregations]",
        "B-22",
    ),
    (
        r#"{"aggs":{"a":{"multi_terms":{"terms":[{"field":"a"},{"field":"_id"}]}}}}"#,
        "aggs.a.multi_terms.terms[1].field",
        "field [_id]",
        "A1-06",
    ),
    (
        r#"{"aggs":{"a":{"multi_terms":{"terms":[],"min_doc_count":0}}}}"#,
        "aggs.a.multi_terms.min_doc_count",
        "value of [min_doc_count]",
        "B-04",
    ),
    (
        r#"{"aggs":{"a":{"filter":{"script":{}}}}}"#,
        "aggs.a.filter.script",
        "query type [script]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"filters":{"filters":{"x":{"term":{"_tenant":"x"}}}}}}}"#,
        "aggs.a.filters.filters.x.term._tenant",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{"adjacency_matrix":{"filters":{"x":{"wrapper":{}}}}}}}"#,
        "aggs.a.adjacency_matrix.filters.x.wrapper",
        "query type [wrapper]",
        "A1-34",
    ),
    (
        r#"{"aggs":{"a":{"significant_terms":{"field":"a","background_filter":{"term":{"_tenant":"globex"}}}}}}"#,
        "aggs.a.significant_terms.background_filter.term._tenant",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{"significant_terms":{"field":"a","min_doc_count":0}}}}"#,
        "aggs.a.significant_terms.min_doc_count",
        "value of [min_doc_count]",
        "B-09",
    ),
    (
        r#"{"aggs":{"a":{"significant_terms":{"field":"a","script_heuristic":{}}}}}"#,
        "aggs.a.significant_terms.script_heuristic",
        "key [script_heuristic]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"significant_text":{"field":"a","source_fields":["_tenant"]}}}}"#,
        "aggs.a.significant_text.source_fields[0]",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{"aggs":{"b":{"significant_terms":{"field":"a"}}},"nested":{"path":"a"}}}}"#,
        "aggs.a.aggs.b.significant_terms",
        "aggregation type [significant_terms]",
        "B-09",
    ),
    (
        r#"{"aggs":{"a":{"aggs":{"b":{"significant_terms":{"field":"a"}}},"histogram":{"field":"a","interval":1}}}}"#,
        "aggs.a.aggs.b.significant_terms",
        "aggregation type [significant_terms]",
        "B-09",
    ),
    (
        r#"{"aggs":{"a":{"date_histogram":{"field":"a","min_doc_count":"0"},"aggs":{"b":{"terms":{"field":"a"},"aggs":{"c":{"significant_text":{"field":"a"}}}}}}}}"#,
        "aggs.a.aggs.b.aggs.c.significant_text",
        "aggregation type [significant_text]",
        "B-09",
    ),
    (
        r#"{"aggs":{"a":{"auto_date_histogram":{"field":"a"},"aggs":{"b":{"significant_terms":{"field":"a"}}}}}}"#,
        "aggs.a.aggs.b.significant_terms",
        "aggregation type [significant_terms]",
        "B-09",
    ),
    (
        r#"{"aggs":{"a":{"sampler":{}}}}"#,
        "aggs.a",
        "an aggregation without others below",
        "B-10",
    ),
    (
        r#"{"aggs":{"a":{"diversified_sampler":{"field":"a"},"aggs":{}}}}"#,
        "aggs.a",
        "an aggregation without others below",
        "B-10",
    ),
    (
        r#"{"aggs":{"a":{"composite":{"sources":[{"x":{"terms":{"field":"_tenant"}}}]}}}}"#,
        "aggs.a.composite.sources[0].x.terms.field",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{"composite":{"sources":[{"x":{"terms":{"script":"1"}}}]}}}}"#,
        "aggs.a.composite.sources[0].x.terms.script",
        "key [script]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"nested":{"path":"_tenant"}}}}"#,
        "aggs.a.nested.path",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"aggs":{"a":{"children":{"type":"x"}}}}"#,
        "aggs.a.children",
        "aggregation type [children]",
        "B-15",
    ),
    (
        r#"{"aggs":{"a":{"parent":{"type":"x"}}}}"#,
        "aggs.a.parent",
        "aggregation type [parent]",
        "B-15",
    ),
    (
        r#"{"aggs":{"a":{"scripted_metric":{}}}}"#,
        "aggs.a.scripted_metric",
        "aggregation type [scripted_metric]",
        "B-18",
    ),
    (
        r#"{"aggs":{"a":{"bucket_script":{}}}}"#,
        "aggs.a.bucket_script",
        "aggregation type [bucket_script]",
        "B-20",
    ),
    (
        r#"{"aggs":{"a":{"histogram":{"field":"a","script":"1"}}}}"#,
        "aggs.a.histogram.script",
        "key [script]",
        "A1-28",
    ),
    (
        r#"{"aggs":{"a":{"no_such":{}}}}"#,
        "aggs.a.no_such",
        "aggregation type [no_such]",
        "B-23",
    ),
    (r#"{"sort":"_id"}"#, "sort", "sort by [_id]", "C1-08"),
    (
        r#"{"sort":["_tenant"]}"#,
        "sort[0]",
        "field [_tenant]",
        "A1-10",
    ),
    (
        r#"{"sort":[{"_seq_no":"asc"}]}"#,
        "sort[0]._seq_no",
        "field [_seq_no]",
        "A1-09",
    ),
    (
        r#"{"sort":[{"_script":{}}]}"#,
        "sort[0]._script",
        "sort by [_script]",
        "C1-08",
    ),
    (
        r#"{"sort":[{"a":{"nested":{"path":"a","filter":{"script":{}}}}}]}"#,
        "sort[0].a.nested",
        "key [nested]",
        "C1-08",
    ),
    (
        r#"{"sort":[1]}"#,
        "sort[0]",
        "construct [sort] is a number",
        "C1-08",
    ),
    (
        r#"{"_source":null}"#,
        "_source",
        "construct [_source] is null",
        "C1-11",
    ),
    (
        r#"{"_source":{"includes":["a"],"include":["b"]}}"#,
        "_source.includes",
        "key [includes]",
        "C1-11",
    ),
    (r#"{"_source":{"x":[]}}"#, "_source.x", "key [x]", "C1-11"),
    (
        r#"{"_source":["a",1]}"#,
        "_source[1]",
        "construct [_source] is a number",
        "C1-11",
    ),
    (
        r#"{"size":{"a":1}}"#,
        "size",
        "construct [size] is an object",
        "C1-19",
    ),
    (
        r#"{"suggest":{"a":{}}}"#,
        "suggest",
        "key [suggest]",
        "C1-04",
    ),
    (r#"{"profile":true}"#, "profile", "key [profile]", "C1-17"),
    (r#"{"explain":true}"#, "explain", "key [explain]", "C1-16"),
    (r#"{"ext":{"a":1}}"#, "ext", "key [ext]", "C1-23"),
    (r#"{"pit":{"id":"x"}}"#, "pit", "key [pit]", "C1-22"),
    (
        r#"{"search_pipeline":"x"}"#,
        "search_pipeline",
        "key [search_pipeline]",
        "C1-24",
    ),
    (
        r#"{"runtime_mappings":{}}"#,
        "runtime_mappings",
        "key [runtime_mappings]",
        "C1-27",
    ),
    (r#"[]"#, "", "construct [search] is an array", "C1-01"),
    (r#"1"#, "", "construct [search] is a number", "C1-01"),
    (
        r#"{"query":{"match_all":{}},"query":{"match_all":{}}}"#,
        "query",
        "duplicate key at byte 25",
        "G-13",
    ),
    (
        r#"{"query":/**/{"match_all":{}}}"#,
        "query",
        "unexpected character at byte 9",
        "G-13",
    ),
    (r#"{} x"#, "", "bytes after the value at byte 3", "G-13"),
];

#[test]
fn bodies_that_are_refused() {
    for (body, path, construct, row) in REFUSED {
        let refusal = rewritten(body).expect_err(body);
        assert_eq!(
            (refusal.path().as_str(), refusal.construct(), refusal.row()),
            (*path, *construct, *row),
            "{body}"
        );
    }
}

#[test]
fn a_count_is_a_query_and_nothing_else() {
    for body in ["", "{}"] {
        let screened = count(body.as_bytes(), NO_URL, &acme()).unwrap();
        assert_eq!(
            text(&screened),
            format!(r#"{{"query":{}}}"#, wrapped(r#"{"match_all":{}}"#))
        );
    }
    let refusal = count(br#"{"size":1}"#, NO_URL, &acme()).unwrap_err();
    assert_eq!((refusal.path().as_str(), refusal.row()), ("size", "C1-27"));
}

#[test]
fn a_refusal_says_where_what_and_why() {
    let refusal = rewritten(r#"{"query":{"bool":{"must":[{"percolate":{}}]}}}"#).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "[query.bool.must[0].percolate] query type [percolate] is not allowed on a shared index: it runs stored queries of every tenant"
    );
    assert_eq!(refusal.kind(), RefusalKind::NotAllowed);
    let refusal = rewritten(r#"{"query":{"term":{"secret":["secret"]}}}"#).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "[query.term.secret] construct [term] is an array: it must be a single value"
    );
    assert_eq!(refusal.kind(), RefusalKind::Misshapen);
    assert!(!format!("{refusal:?}").contains("secret"));
    assert_eq!(rewritten("{").unwrap_err().kind(), RefusalKind::Malformed);
}

#[test]
fn clauses_and_depth_are_bounded() {
    let clause = r#"{"match_all":{}}"#;
    let query = |clauses: usize| {
        format!(
            r#"{{"query":{{"bool":{{"must":[{}]}}}}}}"#,
            vec![clause; clauses].join(",")
        )
    };
    assert!(rewritten(&query(1023)).is_ok());
    assert_eq!(rewritten(&query(1024)).unwrap_err().row(), "A1-03");

    let deep = |levels: usize| {
        format!(
            "{}{clause}{}",
            r#"{"bool":{"must":"#.repeat(levels),
            "}}".repeat(levels)
        )
    };
    assert!(rewritten(&format!(r#"{{"query":{}}}"#, deep(14))).is_ok());
    assert_eq!(
        rewritten(&format!(r#"{{"query":{}}}"#, deep(15)))
            .unwrap_err()
            .kind(),
        RefusalKind::Malformed
    );

    let most = Scope::shared(ACME).limits(Limits {
        depth: u32::MAX,
        clauses: u32::MAX,
    });
    let body = format!(r#"{{"query":{}}}"#, deep(30));
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let told = small
        .spawn(move || search(body.as_bytes(), NO_URL, &most).map(|_| ()))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(told, Ok(()));
}

#[test]
fn what_the_reversal_must_know() {
    let shape = |body: &str| {
        search(body.as_bytes(), NO_URL, &acme())
            .unwrap()
            .shape()
            .clone()
    };
    assert_eq!(shape("{}"), Shape::default());
    assert_eq!(
        shape(r#"{"sort":["a",{"_doc":"asc"}]}"#).sort,
        [SortValue::Plain, SortValue::Position]
    );
    assert!(shape(r#"{"_source":["a"]}"#).source_filtered);
    assert!(!shape(r#"{"_source":false}"#).source_filtered);
}

//! Aggregations over the buckets of other aggregations (rows B-19, B-20).

use super::{Kind, Row, later, own_only};

pub(super) static ROWS: &[Row] = &[
    later("avg_bucket", Kind::Json, "B-19"),
    later("max_bucket", Kind::Json, "B-19"),
    later("min_bucket", Kind::Json, "B-19"),
    later("sum_bucket", Kind::Json, "B-19"),
    later("stats_bucket", Kind::Json, "B-19"),
    later("extended_stats_bucket", Kind::Json, "B-19"),
    later("percentiles_bucket", Kind::Json, "B-19"),
    later("derivative", Kind::Json, "B-19"),
    later("cumulative_sum", Kind::Json, "B-19"),
    later("serial_diff", Kind::Json, "B-19"),
    later("bucket_sort", Kind::Json, "B-19"),
    later("moving_avg", Kind::Json, "B-19"),
    own_only("bucket_script", Kind::Json, "B-20", SCRIPT),
    own_only("bucket_selector", Kind::Json, "B-20", SCRIPT),
    own_only("moving_fn", Kind::Json, "B-20", SCRIPT),
];

const SCRIPT: &str = "it runs a script";

//! `wait_for_nodes`: this front is the one node that there is.

use crate::rejection::Rejection;
use crate::rewrite::json::tree::shown;

/// Whether one node is what `wait_for_nodes` waits for: `1`, `>=1`, `ge(1)` and so on, as the node reads it.
pub(crate) fn is_met_by_one_node(wanted: &str) -> Result<bool, Rejection> {
    type Compare = fn(&i64, &i64) -> bool;
    const SIGNS: [(&str, &str, Compare); 8] = [
        (">=", "", i64::ge),
        ("ge(", ")", i64::ge),
        ("<=", "", i64::le),
        ("le(", ")", i64::le),
        (">", "", i64::gt),
        ("gt(", ")", i64::gt),
        ("<", "", i64::lt),
        ("lt(", ")", i64::lt),
    ];
    let (text, compare) = SIGNS
        .iter()
        .find_map(|(before, after, compare)| {
            let rest = wanted.strip_prefix(before)?;
            Some((rest.strip_suffix(after)?, *compare))
        })
        .unwrap_or((wanted, i64::eq as Compare));
    let wanted: i32 = text.parse().map_err(|_| {
        let shown = shown(text);
        Rejection::malformed(
            "number_format_exception",
            format!("For input string: \"{shown}\""),
        )
    })?;
    Ok(compare(&1, &i64::from(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_node_is_enough_or_not() {
        for (wanted, met) in [
            ("1", true),
            ("2", false),
            (">=1", true),
            ("ge(1)", true),
            (">=2", false),
            ("<=3", true),
            ("le(0)", false),
            (">0", true),
            ("gt(1)", false),
            ("<2", true),
            ("lt(1)", false),
        ] {
            assert_eq!(is_met_by_one_node(wanted), Ok(met), "{wanted}");
        }
        for bad in ["foo", ">=", "ge(1", "1.5", "=1"] {
            let error = is_met_by_one_node(bad).expect_err(bad);
            assert_eq!(error.error_type(), "number_format_exception");
        }
    }
}

//! "Did you mean": the names near one that is not known, as the server suggests them.

/// The suffix of the message; empty when nothing is near.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    let mut near: Vec<(f32, &str)> = known
        .iter()
        .map(|known| (similarity(name, known), *known))
        .collect();
    near.retain(|(similarity, _)| *similarity > 0.5);
    near.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(x.cmp(y)));
    let names: Vec<_> = near.iter().map(|(_, name)| *name).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!(" -> did you mean [{only}]?"),
        names => format!(" -> did you mean any of [{}]?", names.join(", ")),
    }
}

/// Lucene's similarity: one less the edits, transpositions counting as one, over the shorter length.
fn similarity(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let shorter = a.len().min(b.len());
    if shorter == 0 {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, x) in a.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, y) in b.iter().enumerate() {
            let at =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let mut edits = (at(&last, column + 1) + 1)
                .min(at(&next, column) + 1)
                .min(at(&last, column) + usize::from(x != y));
            let swapped =
                row > 0 && column > 0 && a.get(row - 1) == Some(y) && b.get(column - 1) == Some(x);
            if swapped {
                edits = edits.min(at(&before, column - 1) + 1);
            }
            next.push(edits);
        }
        before = std::mem::replace(&mut last, next);
    }
    let edits = last.last().copied().unwrap_or_default();
    1.0 - edits as f32 / shorter as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_that_the_server_gave() {
        assert_eq!(
            did_you_mean("source", &["_source", "refresh"]),
            " -> did you mean [_source]?"
        );
        assert_eq!(
            did_you_mean("Refresh", &["refresh"]),
            " -> did you mean [refresh]?"
        );
        assert_eq!(did_you_mean("foo", &["refresh", "routing"]), "");
    }
}

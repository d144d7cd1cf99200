//! `_source`: the bytes that were sent, or a filtered copy.
//!
//! Without a filter the stored text goes out untouched. With one, the server parses it, filters the tree and writes it anew, so numbers
//! and the order of keys change (catalogue row C1-11); so they do here.

use std::sync::Arc;

use super::error::ApiError;
use super::java::hash_map_order;
use super::json::Json;
use super::params::Params;

/// What of a `_source` is to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SourceFilter {
    /// `None`: not said, which a search takes as yes and an update as no.
    pub(super) fetch: Option<bool>,
    includes: Vec<String>,
    excludes: Vec<String>,
}

impl SourceFilter {
    /// Reads `_source`, `_source_includes` and `_source_excludes` from the query string; `None` when there is none of them.
    pub(super) fn from_params(params: &Params) -> Result<Option<Self>, ApiError> {
        let mut filter = Self::default();
        match params.get("_source") {
            None => {}
            Some("true" | "") => filter.fetch = Some(true),
            Some("false") => filter.fetch = Some(false),
            Some(_) => filter.includes = params.list("_source").unwrap_or_default(),
        }
        if let Some(includes) = params.list("_source_includes") {
            filter.includes = includes;
        }
        filter.excludes = params.list("_source_excludes").unwrap_or_default();
        if filter == Self::default() {
            return Ok(None);
        }
        filter.checked().map(Some)
    }

    /// Reads the value of `_source` in a body.
    pub(super) fn from_json(value: &Json) -> Result<Self, ApiError> {
        let mut filter = Self {
            fetch: Some(true),
            ..Self::default()
        };
        match value {
            Json::Bool(fetch) => filter.fetch = Some(*fetch),
            Json::String(pattern) => filter.includes.push(pattern.clone()),
            Json::Array(_) => filter.includes = patterns(value)?,
            Json::Object(members) => {
                for (name, value) in members {
                    let list = match name.as_str() {
                        "includes" | "include" => &mut filter.includes,
                        "excludes" | "exclude" => &mut filter.excludes,
                        name => {
                            return Err(ApiError::bad(
                                "parsing_exception",
                                format!("Unknown key for a {} in [{name}].", value.token()),
                            ));
                        }
                    };
                    *list = patterns(value)?;
                }
            }
            value => {
                let reason = format!(
                    "Expected one of [VALUE_BOOLEAN, START_OBJECT] but found [{}]",
                    value.token()
                );
                return Err(ApiError::bad("parsing_exception", reason));
            }
        }
        filter.checked()
    }

    fn checked(self) -> Result<Self, ApiError> {
        match self
            .includes
            .iter()
            .find(|entry| self.excludes.contains(entry))
        {
            Some(entry) => Err(ApiError::illegal_argument(format!(
                "The same entry [{entry}] cannot be both included and excluded in _source."
            ))),
            None => Ok(self),
        }
    }

    /// The `_source` to show; `None` when it is not to be shown. `by_default`: what an unsaid `fetch` means.
    pub(super) fn apply(&self, source: &Arc<str>, by_default: bool) -> Option<Json> {
        let filtering = !self.includes.is_empty() || !self.excludes.is_empty();
        if !self.fetch.unwrap_or(by_default || filtering) {
            return None;
        }
        if !filtering {
            return Some(Json::Raw(Arc::clone(source)));
        }
        // A stored source was parsed when it was written, so this can't fail.
        let tree = Json::parse(source).unwrap_or(Json::Object(Vec::new()));
        let include = if self.includes.is_empty() {
            vec![Pattern::everything()]
        } else {
            compile(&self.includes)
        };
        let exclude = compile(&self.excludes);
        let members = match tree {
            Json::Object(members) => members,
            _ => Vec::new(),
        };
        Some(Json::Object(filter(
            members,
            &Run::start(&include),
            &Run::start(&exclude),
        )))
    }
}

fn patterns(value: &Json) -> Result<Vec<String>, ApiError> {
    let one = |item: &Json| item.as_str().map(str::to_owned);
    let list = match value {
        Json::String(pattern) => Some(vec![pattern.clone()]),
        Json::Array(items) => items.iter().map(one).collect(),
        _ => None,
    };
    list.ok_or_else(|| {
        ApiError::bad(
            "parsing_exception",
            format!("Unknown key for a {} in [_source].", value.token()),
        )
    })
}

fn compile(patterns: &[String]) -> Vec<Pattern> {
    patterns
        .iter()
        .map(|pattern| Pattern {
            chars: pattern.chars().collect(),
        })
        .collect()
}

/// Puts every object in the order of a Java map, as parsing on the server does.
pub(super) fn reorder(value: &mut Json) {
    match value {
        Json::Object(members) => {
            members.iter_mut().for_each(|(_, value)| reorder(value));
            hash_map_order(members);
        }
        Json::Array(items) => items.iter_mut().for_each(reorder),
        _ => {}
    }
}

fn filter(
    members: Vec<(String, Json)>,
    include: &Run<'_>,
    exclude: &Run<'_>,
) -> Vec<(String, Json)> {
    let mut kept = Vec::new();
    for (name, value) in members {
        let include = include.after(&name);
        let exclude = exclude.after(&name);
        if !include.is_alive() || exclude.is_accepted() {
            continue;
        }
        let whole = include.is_accepted();
        if whole && !exclude.after(".").is_alive() {
            kept.push((name, value));
            continue;
        }
        // The object itself is included, so all in it is but for the excludes.
        let everything = [Pattern::everything()];
        let include = if whole {
            Run::start(&everything)
        } else {
            include
        };
        let value = match value {
            Json::Object(members) => {
                let members = filter(members, &include.after("."), &exclude.after("."));
                (whole || !members.is_empty()).then_some(Json::Object(members))
            }
            Json::Array(items) => {
                let items = filter_items(items, &include, &exclude);
                (whole || !items.is_empty()).then_some(Json::Array(items))
            }
            value => whole.then_some(value),
        };
        kept.extend(value.map(|value| (name, value)));
    }
    hash_map_order(&mut kept);
    kept
}

fn filter_items(items: Vec<Json>, include: &Run<'_>, exclude: &Run<'_>) -> Vec<Json> {
    let mut kept = Vec::new();
    for item in items {
        match item {
            Json::Object(members) => {
                let members = filter(members, &include.after("."), &exclude.after("."));
                kept.extend((!members.is_empty()).then_some(Json::Object(members)));
            }
            Json::Array(items) => {
                let items = filter_items(items, include, exclude);
                kept.extend((!items.is_empty()).then_some(Json::Array(items)));
            }
            item if include.is_accepted() => kept.push(item),
            _ => {}
        }
    }
    kept
}

/// A pattern with `*`, which also stands for dots. It accepts what it matches and all below it.
struct Pattern {
    chars: Vec<char>,
}

impl Pattern {
    fn everything() -> Self {
        Self { chars: vec!['*'] }
    }
}

/// Where each of several patterns stands after some text.
struct Run<'a> {
    /// Positions in the pattern; one past its end stands for "below a match".
    states: Vec<(&'a Pattern, Vec<usize>)>,
}

impl<'a> Run<'a> {
    fn start(patterns: &'a [Pattern]) -> Self {
        Self {
            states: patterns
                .iter()
                .map(|pattern| (pattern, closure(pattern, vec![0])))
                .collect(),
        }
    }

    fn after(&self, text: &str) -> Self {
        let step = |(pattern, states): &(&'a Pattern, Vec<usize>)| {
            let next = text
                .chars()
                .fold(states.clone(), |states, c| advance(pattern, &states, c));
            (*pattern, next)
        };
        Self {
            states: self.states.iter().map(step).collect(),
        }
    }

    fn is_alive(&self) -> bool {
        self.states.iter().any(|(_, states)| !states.is_empty())
    }

    fn is_accepted(&self) -> bool {
        self.states
            .iter()
            .any(|(pattern, states)| states.iter().any(|at| *at >= pattern.chars.len()))
    }
}

fn advance(pattern: &Pattern, states: &[usize], c: char) -> Vec<usize> {
    let end = pattern.chars.len();
    let mut next = Vec::new();
    for at in states {
        match pattern.chars.get(*at) {
            Some('*') => next.push(*at),
            Some(expected) if *expected == c => next.push(at + 1),
            Some(_) => {}
            None if *at > end || c == '.' => next.push(end + 1),
            None => {}
        }
    }
    closure(pattern, next)
}

/// Adds the positions behind stars, which may stand for nothing.
fn closure(pattern: &Pattern, mut states: Vec<usize>) -> Vec<usize> {
    let mut at = 0;
    while let Some(state) = states.get(at).copied() {
        if pattern.chars.get(state) == Some(&'*') {
            states.push(state + 1);
        }
        at += 1;
    }
    states.sort_unstable();
    states.dedup();
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, query: &str) -> String {
        let filter = SourceFilter::from_params(&Params::parse(Some(query)).unwrap())
            .unwrap()
            .unwrap();
        filter
            .apply(&Arc::from(source), true)
            .map_or_else(|| "none".to_owned(), |source| source.compact())
    }

    /// Sent to and given by 3.8.0.
    #[test]
    fn filters_as_the_server_does() {
        let source = r#"{"o":[{"p":1,"q":2},{"p":3}],"m":{"n":{"o":1}},"empty":{},"el":[],"arr":[1,[2,3],null]}"#;
        let table = [
            ("_source_includes=o.p", r#"{"o":[{"p":1},{"p":3}]}"#),
            (
                "_source_excludes=o.p",
                r#"{"arr":[1,[2,3],null],"el":[],"m":{"n":{"o":1}},"o":[{"q":2}],"empty":{}}"#,
            ),
            (
                "_source_excludes=o.p,o.q",
                r#"{"arr":[1,[2,3],null],"el":[],"m":{"n":{"o":1}},"o":[],"empty":{}}"#,
            ),
            ("_source_includes=m", r#"{"m":{"n":{"o":1}}}"#),
            ("_source_includes=m.n", r#"{"m":{"n":{"o":1}}}"#),
            ("_source_includes=*.n", r#"{"m":{"n":{"o":1}}}"#),
            (
                "_source_includes=empty,el,arr",
                r#"{"arr":[1,[2,3],null],"el":[],"empty":{}}"#,
            ),
            ("_source_includes=nothing", "{}"),
            (
                "_source_includes=m&_source_excludes=m.n.o",
                r#"{"m":{"n":{}}}"#,
            ),
            (
                "_source_excludes=m.n.o",
                r#"{"arr":[1,[2,3],null],"el":[],"m":{"n":{}},"o":[{"p":1,"q":2},{"p":3}],"empty":{}}"#,
            ),
            ("_source=TRUE", "{}"),
            ("_source=", source),
            ("_source=false", "none"),
            ("_source=m,empty", r#"{"m":{"n":{"o":1}},"empty":{}}"#),
            ("_source=m*&_source_includes=empty", r#"{"empty":{}}"#),
        ];
        for (query, given) in table {
            assert_eq!(shown(source, query), given, "{query}");
        }
    }

    #[test]
    fn a_filtered_source_is_written_anew() {
        let source = r#"{"z": 1.10, "y":1e2, "u" : {"b":1,"a":2}}"#;
        assert_eq!(
            shown(source, "_source_excludes=nothing"),
            r#"{"u":{"b":1,"a":2},"y":100.0,"z":1.1}"#
        );
    }

    #[test]
    fn an_entry_in_both_lists_is_refused() {
        let params = Params::parse(Some("_source_includes=m&_source_excludes=m")).unwrap();
        assert!(SourceFilter::from_params(&params).is_err());
    }
}

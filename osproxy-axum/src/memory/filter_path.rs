//! `filter_path`: the members of an answer that a client wants to see.
//!
//! A path is a list of names with dots between; `*` stands for anything in a name, `**` for any number of names, and a path after a
//! dash takes away. Arrays are stepped through. What holds nothing any more is left out.

use super::json::Json;
use super::store::glob;

/// The paths of one request.
#[derive(Debug, Default)]
pub(super) struct FilterPath {
    includes: Vec<Vec<String>>,
    excludes: Vec<Vec<String>>,
}

impl FilterPath {
    /// Reads the value of the parameter; `None` when it names nothing, which filters nothing.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut paths = Self::default();
        for path in text
            .split(',')
            .map(str::trim)
            .filter(|path| !path.is_empty())
        {
            let (list, path) = match path.strip_prefix('-') {
                Some(path) => (&mut paths.excludes, path),
                None => (&mut paths.includes, path),
            };
            list.push(segments(path));
        }
        (!paths.includes.is_empty() || !paths.excludes.is_empty()).then_some(paths)
    }

    /// What is left of an answer; an empty object when nothing is.
    pub(super) fn apply(&self, body: Json) -> Json {
        let body = parsed(body);
        let included = if self.includes.is_empty() {
            Some(body)
        } else {
            include(body, &starts(&self.includes))
        };
        let left = match included {
            Some(body) if !self.excludes.is_empty() => exclude(body, &starts(&self.excludes)),
            included => included,
        };
        left.unwrap_or(Json::Object(Vec::new()))
    }
}

/// Splits at dots that no backslash escapes.
fn segments(path: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, segments.last_mut()) {
            ('\\', Some(last)) if chars.peek() == Some(&'.') => last.extend(chars.next()),
            ('.', _) => segments.push(String::new()),
            (c, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    segments
}

/// The rests of paths that may still match below.
type Rests<'a> = Vec<&'a [String]>;

fn starts(paths: &[Vec<String>]) -> Rests<'_> {
    paths.iter().map(Vec::as_slice).collect()
}

enum Step<'a> {
    /// A path ends here: all below belongs to it.
    Whole,
    /// Paths go on below; none when no path leads here.
    Below(Rests<'a>),
}

fn step<'a>(rests: &Rests<'a>, name: &str) -> Step<'a> {
    let mut below = Vec::new();
    for rest in rests {
        let Some((first, next)) = rest.split_first() else {
            continue;
        };
        let any = first == "**";
        if !any && !glob(first, name) {
            continue;
        }
        if next.is_empty() {
            return Step::Whole;
        }
        if any {
            below.push(*rest);
        }
        below.push(next);
    }
    Step::Below(below)
}

fn include(value: Json, rests: &Rests<'_>) -> Option<Json> {
    let keep = |members: Vec<(String, Json)>| {
        let kept = members
            .into_iter()
            .filter_map(|(name, value)| match step(rests, &name) {
                Step::Whole => Some((name, value)),
                Step::Below(below) if below.is_empty() => None,
                Step::Below(below) => include(value, &below).map(|value| (name, value)),
            });
        kept.collect::<Vec<_>>()
    };
    match value {
        Json::Object(members) => Some(keep(members))
            .filter(|kept| !kept.is_empty())
            .map(Json::Object),
        Json::Array(items) => {
            let kept: Vec<_> = items
                .into_iter()
                .filter_map(|item| include(item, rests))
                .collect();
            Some(kept).filter(|kept| !kept.is_empty()).map(Json::Array)
        }
        _ => None,
    }
}

fn exclude(value: Json, rests: &Rests<'_>) -> Option<Json> {
    let keep = |members: Vec<(String, Json)>| {
        let kept = members
            .into_iter()
            .filter_map(|(name, value)| match step(rests, &name) {
                Step::Whole => None,
                Step::Below(below) if below.is_empty() => Some((name, value)),
                Step::Below(below) => exclude(value, &below).map(|value| (name, value)),
            });
        kept.collect::<Vec<_>>()
    };
    match value {
        Json::Object(members) => Some(keep(members))
            .filter(|kept| !kept.is_empty())
            .map(Json::Object),
        Json::Array(items) => {
            let kept: Vec<_> = items
                .into_iter()
                .filter_map(|item| exclude(item, rests))
                .collect();
            Some(kept).filter(|kept| !kept.is_empty()).map(Json::Array)
        }
        scalar => Some(scalar),
    }
}

/// The server parses a stored `_source` that it filters, and writes it anew.
fn parsed(value: Json) -> Json {
    match value {
        Json::Raw(text) => Json::parse(&text).unwrap_or(Json::Raw(text)),
        Json::Array(items) => Json::Array(items.into_iter().map(parsed).collect()),
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, value)| (name, parsed(value)))
                .collect(),
        ),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_as_the_server_does() {
        let body = r#"{"_id":"1","_source":{"n":1,"o":{"a":1,"b":{"c":2}},"f":1.10},"l":[{"x":1,"y":2},{"y":3}],"e":{}}"#;
        let table = [
            ("_id,_source.n", r#"{"_id":"1","_source":{"n":1}}"#),
            ("_source.o", r#"{"_source":{"o":{"a":1,"b":{"c":2}}}}"#),
            ("-_source,-l", r#"{"_id":"1","e":{}}"#),
            ("_source.*,-_source.o", r#"{"_source":{"n":1,"f":1.1}}"#),
            ("**.c", r#"{"_source":{"o":{"b":{"c":2}}}}"#),
            ("_source.o,-_source.o.b", r#"{"_source":{"o":{"a":1}}}"#),
            ("l.x", r#"{"l":[{"x":1}]}"#),
            ("nothing", "{}"),
            (
                "_s*",
                r#"{"_source":{"n":1,"o":{"a":1,"b":{"c":2}},"f":1.1}}"#,
            ),
            ("e", r#"{"e":{}}"#),
        ];
        for (paths, left) in table {
            let filter = FilterPath::parse(paths).unwrap();
            assert_eq!(
                filter.apply(Json::parse(body).unwrap()).compact(),
                left,
                "{paths}"
            );
        }
        assert!(FilterPath::parse("").is_none());
        let stored = Json::object([("a", Json::Array(vec![Json::Raw("{\"f\": 1.10}".into())]))]);
        assert_eq!(
            FilterPath::parse("a").unwrap().apply(stored).compact(),
            "{\"a\":[{\"f\":1.1}]}"
        );
    }
}

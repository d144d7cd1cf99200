//! The objects that a search is made of, each with the keys that it may have, as the screen's tables have them.
use std::collections::VecDeque;

use osproxy_layer::rewrite::screen::schema::{
    ByField, Decision, Hook, Keys, Kind, Long, Names, Row,
};

use super::text::{code, codes, table};

/// An object of a request.
struct Object {
    /// Where it stands, below the construct that the list is about: `match.<field>`.
    paths: Vec<String>,
    groups: &'static [&'static [Row]],
    /// What holds it together, if anything does.
    bound: Option<&'static Keys>,
}

/// One line for each object below these constructs: what passes, what is changed, what is refused.
pub fn lines<'r>(constructs: impl IntoIterator<Item = &'r Row>) -> String {
    let objects = constructs.into_iter().flat_map(Found::below);
    let rows = objects.map(|object| {
        let rows = || object.groups.iter().copied().flatten();
        let passes = rows().filter(|row| row.shared == Decision::Allow);
        let refused = rows().filter(|row| is_refused(row.shared));
        let passing: Vec<_> = passes.map(described).collect();
        let refusing: Vec<_> = refused.map(refusal).collect();
        [
            codes(object.paths.iter().map(String::as_str)),
            passing.join(", "),
            changed(&object).join("; "),
            refusing.join(", "),
        ]
    });
    table(
        [
            "object",
            "passes",
            "changed on a shared index",
            "refused on a shared index",
        ],
        rows,
    )
}

const fn is_refused(decision: Decision) -> bool {
    matches!(decision, Decision::Refuse(_) | Decision::Empty(_))
}

/// Rows of refusals have their number, and say where the refusal is for a dedicated index too.
fn refusal(row: &Row) -> String {
    let everywhere = match row.dedicated {
        Decision::Refuse(_) => ", on an own index too",
        Decision::Empty(_) => ", on an own index too, unless empty",
        _ if matches!(row.shared, Decision::Empty(_)) => ", unless empty",
        _ => "",
    };
    format!("{} ({}{everywhere})", code(row.name), row.catalogue)
}

fn described(row: &Row) -> String {
    let what = match row.kind {
        Kind::OneOf(words) => format!(" (only {})", words.join(", ")),
        Kind::AtLeast(least) => format!(" (at least {least})"),
        Kind::Query => " (a query)".to_owned(),
        Kind::Queries
        | Kind::List(Kind::Query)
        | Kind::Named(Kind::Query)
        | Kind::NamedOrList(Kind::Query) => " (queries)".to_owned(),
        Kind::Field => " (a field)".to_owned(),
        Kind::Fields(names) | Kind::FieldsOr(names, _) => format!(" ({})", fields(names)),
        Kind::Geometry => " (a shape, of bounded depth)".to_owned(),
        _ => String::new(),
    };
    code(row.name) + &what
}

const fn fields(names: Names) -> &'static str {
    match names {
        Names::Full => "fields",
        Names::Searched => "fields, or a wildcard that reaches no reserved name",
        Names::Printed => "fields or wildcards",
    }
}

/// What is written anew in an object, or must be there.
fn changed(object: &Object) -> Vec<String> {
    let rows = object.groups.iter().copied().flatten();
    let mut told: Vec<_> = rows
        .filter(|row| row.shared == Decision::Rewrite)
        .map(|row| {
            let how = match row.kind {
                Kind::Always(word) => format!(" is sent as `{word}`"),
                Kind::Dropped => " is not sent".to_owned(),
                Kind::Ids => ": ids become physical ones".to_owned(),
                Kind::Query => ": the partition's filter goes in".to_owned(),
                _ => String::new(),
            };
            format!("{}{how} ({})", code(row.name), row.catalogue)
        })
        .collect();
    let Some(keys) = object.bound else {
        return told;
    };
    told.extend(keys.force.iter().map(|force| {
        let when = force.when.map_or(String::new(), |key| {
            format!(" where {} is there", code(key))
        });
        format!(
            "{} is set to `{}`{when} ({})",
            code(force.key),
            force.word,
            force.catalogue
        )
    }));
    told.extend(keys.hook.map(hook));
    if !keys.required.is_empty() {
        told.push(format!(
            "{} must be there",
            codes(keys.required.iter().copied())
        ));
    }
    if !keys.any_of.is_empty() {
        told.push(format!(
            "one of {} must be there",
            codes(keys.any_of.iter().copied())
        ));
    }
    told.extend(
        keys.exclusive
            .iter()
            .map(|(one, other)| format!("{} and {} exclude each other", code(one), code(other))),
    );
    told
}

fn hook(hook: Hook) -> String {
    match hook {
        Hook::Filter(key) => format!("the partition's filter goes into {}", code(key)),
        Hook::VectorFilter(key) => {
            format!(
                "the partition's filter goes into {}; not inside nested documents",
                code(key)
            )
        }
        Hook::QueryString => {
            "the text is read: no reserved field, fuzzy words stay uncapped".to_owned()
        }
        Hook::SimpleQueryString => "`flags` are sent without fuzzy words".to_owned(),
    }
}

/// What is below one construct, nearest first. An object that stands in several places is one line, with the places that
/// are as near as its first; some hold themselves.
struct Found {
    objects: Vec<Object>,
    seen: Vec<(*const (), usize)>,
    next: VecDeque<(String, Kind)>,
}

impl Found {
    fn below(row: &Row) -> Vec<Object> {
        let mut found = Self {
            objects: Vec::new(),
            seen: Vec::new(),
            next: VecDeque::from([(row.name.to_owned(), row.kind)]),
        };
        while let Some((path, kind)) = found.next.pop_front() {
            found.kind(path, kind);
        }
        found.objects
    }

    fn kind(&mut self, path: String, kind: Kind) {
        if let Some(keys) = kind.object() {
            self.keys(path, keys);
            return;
        }
        match kind {
            Kind::List(inner) | Kind::OneOrMany(inner) => self.kind(path, *inner),
            Kind::Named(inner) | Kind::NamedOrList(inner) => self.kind(path + ".<name>", *inner),
            Kind::FieldMap(_, inner) => self.kind(path + ".<field>", *inner),
            Kind::ByField(by) => self.by_field(path, by),
            Kind::Typed(types) => types
                .rows
                .iter()
                .copied()
                .flatten()
                .for_each(|row| self.later(&path, row)),
            _ => {}
        }
    }

    fn keys(&mut self, path: String, keys: &'static Keys) {
        let this = std::ptr::from_ref(keys).cast();
        if self.object(this, &path, keys.rows, Some(keys)) {
            self.members(&path, keys.rows);
        }
    }

    fn by_field(&mut self, path: String, by: &'static ByField) {
        let this = std::ptr::from_ref(by).cast();
        if by.siblings.is_empty() || self.object(this, &path, by.siblings, None) {
            self.members(&path, by.siblings);
        }
        if let Long::Keys(keys) | Long::Lengthen(keys, _) = by.long {
            self.keys(path + ".<field>", keys);
        }
    }

    /// Whether the object was not there yet.
    fn object(
        &mut self,
        this: *const (),
        path: &str,
        groups: &'static [&'static [Row]],
        bound: Option<&'static Keys>,
    ) -> bool {
        let depth = path.matches('.').count();
        if let Some(at) = self.seen.iter().position(|(other, _)| *other == this) {
            if self.seen[at].1 == depth {
                self.objects[at].paths.push(path.to_owned());
            }
            return false;
        }
        self.seen.push((this, depth));
        self.objects.push(Object {
            paths: vec![path.to_owned()],
            groups,
            bound,
        });
        true
    }

    fn members(&mut self, path: &str, groups: &[&'static [Row]]) {
        for row in groups.iter().copied().flatten() {
            self.later(path, row);
        }
    }

    fn later(&mut self, path: &str, row: &Row) {
        self.next
            .push_back((format!("{path}.{}", row.name), row.kind));
    }
}

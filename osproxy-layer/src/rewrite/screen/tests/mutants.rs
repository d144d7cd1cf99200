//! Every row matters, and all that a row says: with it taken away, or a part of it, some sample is answered in another way.
//!
//! A row is overlooked for the time of one look at the samples that come by it; nothing is compiled anew. What survives
//! is listed with its reason.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::dedicated::{own_passes, own_query_places, own_refused};
use super::schema::{ByField, Decision, Keys, Kind, Long, Row};
use super::shared::{bodies, queries, refused};
use super::*;

/// What is taken away.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mutant {
    /// A row.
    Hidden(*const Row),
    /// The refusal of a row.
    Allowed(*const Row),
    /// What a row's value must be: any JSON will do.
    Loose(*const Row),
    /// A part of what binds the keys of an object together.
    Unbound(*const Keys, Part),
    /// A parameter of the URL.
    HiddenParam(*const Param),
    /// What is done with a parameter: it is sent on.
    Forwarded(*const Param),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Closed,
    Required(usize),
    AnyOf,
    Exclusive(usize),
    Force(usize),
    Hook,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    rows: BTreeSet<*const Row>,
    keys: BTreeSet<*const Keys>,
}

thread_local! {
    static MUTANT: Cell<Option<Mutant>> = const { Cell::new(None) };
    static SEEN: RefCell<Seen> = RefCell::default();
}

/// Whether a row is to be overlooked.
pub(in super::super) fn is_hidden(row: &Row) -> bool {
    SEEN.with_borrow_mut(|seen| seen.rows.insert(row));
    MUTANT.get() == Some(Mutant::Hidden(row))
}

/// Whether a row's refusal is to be overlooked.
pub(in super::super) fn is_allowed(row: &Row) -> bool {
    MUTANT.get() == Some(Mutant::Allowed(row))
}

/// Whether a parameter is to be overlooked.
pub(in super::super) fn is_hidden_param(param: &Param) -> bool {
    MUTANT.get() == Some(Mutant::HiddenParam(param))
}

/// What is done with a parameter.
pub(in super::super) fn decision_of(param: &Param, real: Url) -> Url {
    match MUTANT.get() == Some(Mutant::Forwarded(param)) {
        true => Url::Forward,
        false => real,
    }
}

/// What a row's value must be.
pub(in super::super) fn kind_of(row: &Row) -> Kind {
    SEEN.with_borrow_mut(|seen| seen.rows.insert(row));
    match MUTANT.get() == Some(Mutant::Loose(row)) {
        true => Kind::Json,
        false => row.kind,
    }
}

/// The keys of an object, perhaps with something missing.
pub(in super::super) fn in_effect(keys: &'static Keys) -> &'static Keys {
    SEEN.with_borrow_mut(|seen| seen.keys.insert(keys));
    let Some(Mutant::Unbound(other, part)) = MUTANT.get() else {
        return keys;
    };
    if !std::ptr::eq(other, keys) {
        return keys;
    }
    let mut less = *keys;
    match part {
        Part::Closed => less.closed = false,
        Part::Required(at) => less.required = without(less.required, at),
        Part::AnyOf => less.any_of = &[],
        Part::Exclusive(at) => less.exclusive = without(less.exclusive, at),
        Part::Force(at) => less.force = without(less.force, at),
        Part::Hook => less.hook = None,
    }
    Box::leak(Box::new(less))
}

fn without<T: Copy>(list: &[T], at: usize) -> &'static [T] {
    let mut list = list.to_vec();
    list.remove(at);
    list.leak()
}

/// A body, for which placement and call, and what the screen says of it.
struct Sample {
    body: String,
    scope: Scope<'static>,
    calls: Calls,
    told: Result<String, Refusal>,
    seen: Seen,
}

impl Sample {
    fn new(body: String, scope: Scope<'static>, calls: Calls) -> Self {
        SEEN.take();
        let told = Self::screened(&body, &scope, calls);
        Self {
            body,
            scope,
            calls,
            told,
            seen: SEEN.take(),
        }
    }

    fn screened(body: &str, scope: &Scope<'_>, calls: Calls) -> Result<String, Refusal> {
        let screened = match calls {
            Calls::Count => count(body.as_bytes(), NO_URL, scope),
            _ => search(body.as_bytes(), NO_URL, scope),
        };
        screened.map(|screened| text(&screened))
    }

    fn is_as_before(&self) -> bool {
        Self::screened(&self.body, &self.scope, self.calls) == self.told
    }

    fn comes_by(&self, mutant: Mutant) -> bool {
        match mutant {
            Mutant::Hidden(row) | Mutant::Allowed(row) | Mutant::Loose(row) => {
                self.seen.rows.contains(&row)
            }
            Mutant::Unbound(keys, _) => self.seen.keys.contains(&keys),
            Mutant::HiddenParam(_) | Mutant::Forwarded(_) => false,
        }
    }
}

fn samples() -> Vec<Sample> {
    let passing = || {
        let queries = queries().map(|(query, _)| format!(r#"{{"query":{query}}}"#));
        bodies().map(|(body, _)| body.to_owned()).chain(queries)
    };
    let misshapen = passing().flat_map(|body| variants(&body));
    let shared = passing()
        .chain(misshapen)
        .chain(refused().map(|[_, _, _, body]| body.to_owned()))
        .map(|body| Sample::new(body, acme(), Calls::Search));
    let own = own_passes()
        .map(str::to_owned)
        .chain(own_query_places().map(|[_, body]| body))
        .chain(own_refused().map(|[_, _, body]| body.to_owned()))
        .map(|body| Sample::new(body, Scope::dedicated(&[]), Calls::Search));
    let counts = [
        r#"{"query":{"match_all":{}}}"#,
        r#"{"query":{"wrapper":{}}}"#,
        r#"{"size":1}"#,
        "[]",
    ];
    let counted = counts.into_iter().flat_map(|body| {
        let scopes = [acme(), Scope::dedicated(&[])];
        scopes.map(|scope| Sample::new(body.to_owned(), scope, Calls::Count))
    });
    shared.chain(own).chain(counted).collect()
}

/// The same body with each of its values in turn being an object that the server would have to make sense of, and with
/// each member in turn left out.
fn variants(body: &str) -> Vec<String> {
    use serde_json::{Value, json};
    fn each(value: &mut Value, root: &dyn Fn(&Value) -> String, out: &mut Vec<String>) {
        // A clone a variant: bodies are small.
        match value.clone() {
            Value::Object(object) => {
                for (key, inner) in object {
                    let mut less = value.clone();
                    less.as_object_mut().unwrap().remove(&key);
                    out.push(root(&less));
                    let outer = value.clone();
                    let nest = |inner: &Value| {
                        let mut whole = outer.clone();
                        whole[&key] = inner.clone();
                        root(&whole)
                    };
                    out.push(nest(&json!({"script": {}})));
                    each(&mut inner.clone(), &nest, out);
                }
            }
            Value::Array(list) => {
                for (at, inner) in list.into_iter().enumerate() {
                    let outer = value.clone();
                    let nest = |inner: &Value| {
                        let mut whole = outer.clone();
                        whole[at] = inner.clone();
                        root(&whole)
                    };
                    each(&mut inner.clone(), &nest, out);
                }
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    let mut value = serde_json::from_str(body).unwrap();
    each(&mut value, &|whole| whole.to_string(), &mut out);
    out
}

/// The mutants that no sample tells from the real thing.
fn survivors(mutants: impl IntoIterator<Item = (String, Mutant)>) -> Vec<String> {
    let samples = samples();
    let mut alive = Vec::new();
    for (name, mutant) in mutants {
        MUTANT.set(Some(mutant));
        let mut coming_by = samples.iter().filter(|sample| sample.comes_by(mutant));
        if coming_by.all(Sample::is_as_before) {
            alive.push(name);
        }
        MUTANT.set(None);
    }
    alive
}

fn name(entry: &Entry) -> String {
    format!("{} [{}]", entry.place, entry.row.name)
}

#[test]
fn a_row_that_is_missing_shows() {
    let all = rows();
    let mutants = all
        .iter()
        .map(|entry| (name(entry), Mutant::Hidden(entry.row)));
    // the roots are members of nothing
    assert_eq!(
        survivors(mutants),
        [
            "search body [search]",
            "sort by [field]",
            "count body [count]"
        ]
    );
}

#[test]
fn a_refusal_that_is_missing_shows() {
    let refuses = |decision| matches!(decision, Decision::Refuse(_) | Decision::Empty(_));
    let all = rows();
    let mutants = all
        .iter()
        .filter(|entry| refuses(entry.row.shared) || refuses(entry.row.dedicated))
        .map(|entry| (name(entry), Mutant::Allowed(entry.row)));
    assert_eq!(survivors(mutants), [""; 0]);
}

#[test]
fn a_value_that_may_be_anything_shows() {
    let refused = |row: &Row| matches!(row.shared, Decision::Refuse(_));
    let all = rows();
    let mutants = all
        .iter()
        .filter(|entry| !matches!(entry.row.kind, Kind::Json) && !refused(entry.row))
        .map(|entry| (name(entry), Mutant::Loose(entry.row)));
    assert_eq!(
        survivors(mutants),
        [
            // the object that they stand in is bound to hold this word
            "key of [fuzzy] [rewrite]",
            "key of [query_string] [fuzzy_rewrite]",
            // refused on a shared index unless empty, and on an own one the node's to look at
            "key of [inner_hits] [explain]",
            "key of [search] [explain]",
            "key of [search] [profile]",
        ]
    );
}

#[test]
fn what_binds_the_keys_of_an_object_shows() {
    let mut found = Vec::new();
    for entry in rows() {
        bound(&name(&entry), entry.row.kind, &mut found);
    }
    let mut mutants = Vec::new();
    for (name, keys) in found {
        let parts = [
            (keys.closed, Part::Closed),
            (!keys.any_of.is_empty(), Part::AnyOf),
            (keys.hook.is_some(), Part::Hook),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(there, part)| there.then_some(part));
        let parts = parts
            .chain((0..keys.required.len()).map(Part::Required))
            .chain((0..keys.exclusive.len()).map(Part::Exclusive))
            .chain((0..keys.force.len()).map(Part::Force));
        mutants
            .extend(parts.map(|part| (format!("{name}: {part:?}"), Mutant::Unbound(keys, part))));
    }
    assert!(mutants.len() > 40, "{}", mutants.len());
    assert_eq!(survivors(mutants), [""; 0]);
}

/// The objects that a kind leads to, each once.
fn bound(name: &str, kind: Kind, found: &mut Vec<(String, &'static Keys)>) {
    let mut add = |keys: &'static Keys| {
        if !found.iter().any(|(_, other)| std::ptr::eq(*other, keys)) {
            found.push((name.to_owned(), keys));
        }
    };
    if let Some(keys) = kind.object() {
        add(keys);
        return;
    }
    match kind {
        Kind::ByField(ByField {
            long: Long::Keys(keys) | Long::Lengthen(keys, _),
            ..
        }) => add(keys),
        Kind::List(kind)
        | Kind::OneOrMany(kind)
        | Kind::Named(kind)
        | Kind::FieldMap(_, kind)
        | Kind::NamedOrList(kind) => bound(name, *kind, found),
        _ => {}
    }
}

/// Values of which each parameter takes one, and refuses another where it refuses any.
const VALUES: [&str; 5] = ["true", "a", "_index", "_shards:0", "yaml"];

fn asked(param: &Param) -> Vec<String> {
    let mut told = Vec::new();
    for value in VALUES {
        let mut url = vec![(param.name, value)];
        match param.name {
            // a friend of `q` is nothing without it
            "df" | "analyzer" | "default_operator" | "lenient" | "analyze_wildcard" => {
                url.push(("q", "a"));
            }
            "source" => {
                url = vec![
                    ("source", "{}"),
                    ("source_content_type", "application/json"),
                ];
            }
            "source_content_type" => {
                url = vec![
                    ("source_content_type", "application/json"),
                    ("source", "{}"),
                ];
            }
            _ => {}
        }
        for scope in [acme(), Scope::dedicated(&[])] {
            let screened = match param.calls {
                Calls::Count => count(b"", &url, &scope),
                _ => search(b"", &url, &scope),
            };
            told.push(format!(
                "{:?}",
                screened.map(|screened| (text(&screened), screened.url().to_vec()))
            ));
        }
    }
    told
}

#[test]
fn a_parameter_that_is_missing_or_sent_on_shows() {
    let mut alive = Vec::new();
    for param in PARAMS {
        let forwarded = param.shared == Url::Forward && param.dedicated == Url::Forward;
        let told = asked(param);
        for mutant in [Mutant::HiddenParam(param), Mutant::Forwarded(param)] {
            MUTANT.set(Some(mutant));
            if asked(param) == told && !(forwarded && mutant == Mutant::Forwarded(param)) {
                alive.push(param.name);
            }
            MUTANT.set(None);
        }
    }
    assert_eq!(alive, [""; 0]);
}

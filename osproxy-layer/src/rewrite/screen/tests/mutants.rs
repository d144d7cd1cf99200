//! Every row matters: with it taken away, or with its refusal taken away, some sample is answered in another way.
//!
//! A row is overlooked for the time of one look at the samples; nothing is compiled anew.

use std::cell::Cell;

use super::dedicated::{own_passes, own_query_places, own_refused};
use super::schema::{Decision, Row};
use super::shared::{bodies, queries, refused};
use super::*;

thread_local! {
    static HIDDEN: Cell<Option<*const Row>> = const { Cell::new(None) };
    static ALLOWED: Cell<Option<*const Row>> = const { Cell::new(None) };
}

/// Whether a row is to be overlooked.
pub(in super::super) fn is_hidden(row: &Row) -> bool {
    HIDDEN.get() == Some(std::ptr::from_ref(row))
}

/// Whether a row's refusal is to be overlooked.
pub(in super::super) fn is_allowed(row: &Row) -> bool {
    ALLOWED.get() == Some(std::ptr::from_ref(row))
}

/// A body, for which placement and call, and what the screen says of it.
struct Sample {
    body: String,
    scope: Scope<'static>,
    calls: Calls,
    told: Result<String, Refusal>,
}

impl Sample {
    fn new(body: String, scope: Scope<'static>, calls: Calls) -> Self {
        let told = Self::screened(&body, &scope, calls);
        Self {
            body,
            scope,
            calls,
            told,
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
}

fn samples() -> Vec<Sample> {
    let shared = bodies()
        .map(|(body, _)| body.to_owned())
        .chain(queries().map(|(query, _)| format!(r#"{{"query":{query}}}"#)))
        .chain(refused().map(|[_, _, _, body]| body.to_owned()))
        .map(|body| Sample::new(body, acme(), Calls::Search));
    let own = own_passes()
        .map(str::to_owned)
        .chain(own_query_places().map(|[_, body]| body))
        .chain(own_refused().map(|[_, _, body]| body.to_owned()))
        .map(|body| Sample::new(body, Scope::dedicated(&[]), Calls::Search));
    let counted = [acme(), Scope::dedicated(&[])].map(|scope| {
        Sample::new(
            r#"{"query":{"match_all":{}}}"#.to_owned(),
            scope,
            Calls::Count,
        )
    });
    shared.chain(own).chain(counted).collect()
}

fn survivors(
    is_wanted: impl Fn(&Row) -> bool,
    mutant: impl Fn(Option<&'static Row>),
) -> Vec<String> {
    let samples = samples();
    let mut alive = Vec::new();
    for entry in rows().iter().filter(|entry| is_wanted(entry.row)) {
        mutant(Some(entry.row));
        if samples.iter().all(Sample::is_as_before) {
            alive.push(format!("{} [{}]", entry.place, entry.row.name));
        }
        mutant(None);
    }
    alive
}

#[test]
fn a_row_that_is_missing_shows() {
    let alive = survivors(|_| true, |row| HIDDEN.set(row.map(std::ptr::from_ref)));
    // the roots are members of nothing
    assert_eq!(
        alive,
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
    let alive = survivors(
        |row| refuses(row.shared) || refuses(row.dedicated),
        |row| ALLOWED.set(row.map(std::ptr::from_ref)),
    );
    assert_eq!(alive, [""; 0]);
}

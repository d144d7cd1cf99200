//! Aggregations: [`parse`] reads them, [`terms`], [`histogram`] and [`buckets`] group documents, [`metric`] computes over values.

mod buckets;
mod field;
mod histogram;
mod keys;
mod metric;
mod order;
mod parse;
mod terms;

pub(super) use parse::parse;

use super::error::ApiError;
use super::index::{Document, Index};
use super::java::hash_map_order;
use super::json::Json;
use super::query::Query;

/// One aggregation with those below it.
#[derive(Clone, Debug)]
pub(super) struct Aggregation {
    name: String,
    kind: Kind,
    subs: Vec<Self>,
    meta: Option<Json>,
}

#[derive(Clone, Debug)]
enum Kind {
    Terms(terms::Terms),
    Histogram(histogram::Histogram),
    DateHistogram(histogram::DateHistogram),
    Range(buckets::Range),
    Filter(Query),
    Filters(buckets::Filters),
    Missing { field: String },
    Metric(metric::Metric),
}

/// What an answer is computed from.
pub(super) struct Scope<'a> {
    pub(super) indices: &'a [&'a Index],
    pub(super) node: &'a str,
    pub(super) typed_keys: bool,
}

/// A document and the number of its index.
type Member<'a> = (usize, &'a Document);

/// Computes aggregations over documents; gives the members of `aggregations`, in the server's order.
pub(super) fn run(
    aggs: &[Aggregation],
    scope: &Scope<'_>,
    documents: &[Member<'_>],
) -> Result<Vec<(String, Json)>, ApiError> {
    let mut answers = Vec::with_capacity(aggs.len());
    for agg in aggs {
        let (kind, body) =
            agg.run(scope, documents)
                .map_err(|error| match scope.indices.first() {
                    // Only once: an inner error is wrapped where it arises.
                    Some(index) if !error.is_search_failure() => {
                        error.on_shard(&index.name, scope.node)
                    }
                    _ => error,
                })?;
        let mut members: Vec<(String, Json)> = agg
            .meta
            .iter()
            .map(|meta| ("meta".to_owned(), meta.clone()))
            .collect();
        members.extend(body);
        answers.push((agg.name.clone(), (kind, Json::Object(members))));
    }
    hash_map_order(&mut answers);
    let named = answers.into_iter().map(|(name, (kind, body))| {
        let name = if scope.typed_keys {
            format!("{kind}#{name}")
        } else {
            name
        };
        (name, body)
    });
    Ok(named.collect())
}

type Body = Vec<(String, Json)>;

impl Aggregation {
    /// The type that `typed_keys` shows, and the members of the answer.
    fn run(
        &self,
        scope: &Scope<'_>,
        documents: &[Member<'_>],
    ) -> Result<(&'static str, Body), ApiError> {
        let subs = Subs {
            aggs: &self.subs,
            scope,
        };
        match &self.kind {
            Kind::Terms(terms) => terms.run(&subs, documents),
            Kind::Histogram(histogram) => Ok(("histogram", histogram.run(&subs, documents)?)),
            Kind::DateHistogram(histogram) => {
                Ok(("date_histogram", histogram.run(&subs, documents)?))
            }
            Kind::Range(range) => Ok(("range", range.run(&subs, documents)?)),
            Kind::Filter(query) => Ok((
                "filter",
                subs.bucket(Vec::new(), &buckets::filtered(query, scope, documents)?)?,
            )),
            Kind::Filters(filters) => Ok(("filters", filters.run(&subs, documents)?)),
            Kind::Missing { field } => {
                let field = field::Field::of(scope, field, "missing")?;
                let missing: Vec<_> = documents
                    .iter()
                    .filter(|member| field.values(member).is_empty())
                    .copied()
                    .collect();
                Ok(("missing", subs.bucket(Vec::new(), &missing)?))
            }
            Kind::Metric(metric) => Ok((metric.kind.name(), metric.run(scope, documents)?)),
        }
    }
}

/// The aggregations below a bucket.
struct Subs<'a> {
    aggs: &'a [Aggregation],
    scope: &'a Scope<'a>,
}

impl Subs<'_> {
    /// A bucket: its key, its count, and what is below it.
    fn bucket(&self, key: Body, documents: &[Member<'_>]) -> Result<Body, ApiError> {
        let mut members = key;
        members.push(("doc_count".to_owned(), Json::from(documents.len() as u64)));
        members.extend(run(self.aggs, self.scope, documents)?);
        Ok(members)
    }
}

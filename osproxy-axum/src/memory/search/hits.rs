//! Finding, ordering and showing hits.

use std::cmp::Ordering;

use super::super::error::ApiError;
use super::super::index::{Document, Index, PRIMARY_TERM};
use super::super::json::Json;
use super::request::{SearchRequest, TrackTotal};
use super::sort::{By, Column, Sort, SortValue};

/// A document that matches.
#[derive(Debug)]
struct Hit<'a> {
    /// The number of its index in the search.
    index: usize,
    document: &'a Document,
    score: f32,
    sort: Vec<SortValue>,
}

/// All that a search found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// Before the post filter: what aggregations see.
    matched: Vec<(usize, &'a Document)>,
    /// In order.
    hits: Vec<Hit<'a>>,
    /// Those that come before `search_after`; they count but are not shown.
    skipped: usize,
    no_indices: bool,
    /// Whether every index can count its hits without looking at them.
    countable: bool,
}

impl<'a> Found<'a> {
    pub(super) fn collect(
        indices: &[&'a Index],
        request: &SearchRequest,
        node: &str,
    ) -> Result<Self, ApiError> {
        let mut found = Self {
            matched: Vec::new(),
            hits: Vec::new(),
            skipped: 0,
            no_indices: indices.is_empty(),
            countable: true,
        };
        let sorts = effective(&request.sorts);
        let mut after = None;
        for (number, index) in indices.iter().enumerate() {
            found
                .collect_index(number, index, request, sorts, &mut after)
                .map_err(|error| error.on_shard(&index.name, node))?;
        }
        let by_score = |a: &Hit<'_>, b: &Hit<'_>| b.score.total_cmp(&a.score);
        // Stable: ties stay in the order of indices and of writes.
        match sorts {
            [] => found.hits.sort_by(by_score),
            sorts => found.hits.sort_by(|a, b| order(sorts, &a.sort, &b.sort)),
        }
        if let Some(after) = after {
            found.skipped = found
                .hits
                .partition_point(|hit| order(sorts, &hit.sort, &after) != Ordering::Greater);
        }
        Ok(found)
    }

    fn collect_index(
        &mut self,
        number: usize,
        index: &'a Index,
        request: &SearchRequest,
        sorts: &[Sort],
        after: &mut Option<Vec<SortValue>>,
    ) -> Result<(), ApiError> {
        let matcher = request.query.compile(index)?;
        self.countable &= matcher.is_countable();
        let post_filter = request
            .post_filter
            .as_ref()
            .map(|query| query.compile(index))
            .transpose()?;
        let columns = sorts
            .iter()
            .map(|sort| sort.compile(index))
            .collect::<Result<Vec<Column<'_>>, _>>()?;
        if let Some(values) = &request.search_after {
            if values.len() != columns.len() {
                if columns.is_empty() {
                    return Err(ApiError::illegal_argument(
                        "Sort must contain at least one field.",
                    ));
                }
                let reason = format!(
                    "search_after has {} value(s) but sort has {}.",
                    values.len(),
                    columns.len()
                );
                return Err(ApiError::illegal_argument(reason));
            }
            if request.from > 0 {
                return Err(ApiError::illegal_argument(
                    "`from` parameter must be set to 0 when `search_after` is used.",
                ));
            }
            let read = columns
                .iter()
                .zip(values)
                .map(|(column, value)| column.read_after(value));
            *after = Some(read.collect::<Result<_, _>>()?);
        }
        for (position, document) in index.documents().enumerate() {
            let Some(score) = matcher.score(document) else {
                continue;
            };
            if request.min_score.is_some_and(|least| score < least) {
                continue;
            }
            self.matched.push((number, document));
            if post_filter
                .as_ref()
                .is_some_and(|filter| !filter.matches(document))
            {
                continue;
            }
            let sort = columns
                .iter()
                .map(|column| column.value(document, score, position))
                .collect::<Result<_, _>>()?;
            self.hits.push(Hit {
                index: number,
                document,
                score,
                sort,
            });
        }
        Ok(())
    }

    pub(super) fn is_countable(&self) -> bool {
        self.countable
    }

    pub(super) fn documents(&self) -> Vec<(usize, &'a Document)> {
        self.matched.clone()
    }

    /// The member `hits` of the answer.
    pub(super) fn hits(&self, indices: &[&Index], request: &SearchRequest) -> Json {
        let sorts = effective(&request.sorts);
        let scored = sorts.is_empty()
            || request.track_scores
            || sorts.iter().any(|sort| sort.by == By::Score);
        let mut members = Vec::new();
        let total = self.hits.len() as u64;
        let (shown, relation) = match request.track_total {
            TrackTotal::UpTo(limit) if total > limit => (limit, "gte"),
            _ => (total, "eq"),
        };
        match request.track_total {
            TrackTotal::No if request.total_as_int => {
                members.push(("total".to_owned(), Json::from(-1_i64)));
            }
            TrackTotal::No => {}
            _ if request.total_as_int => members.push(("total".to_owned(), Json::from(total))),
            _ => {
                let total = Json::object([
                    ("value", Json::from(shown)),
                    ("relation", Json::from(relation)),
                ]);
                members.push(("total".to_owned(), total));
            }
        }
        let tracked = sorts.is_empty() || request.track_scores;
        let highest = self.hits.iter().map(|hit| hit.score).max_by(f32::total_cmp);
        let max_score = match highest.filter(|_| tracked && request.size > 0) {
            Some(score) => Json::from(score),
            None if self.no_indices => Json::from(0.0_f64),
            None => Json::Null,
        };
        members.push(("max_score".to_owned(), max_score));
        let window = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let page = self
            .hits
            .iter()
            .skip(self.skipped)
            .skip(window(request.from))
            .take(window(request.size));
        let hits = page.map(|hit| hit.to_json(indices, request, scored, sorts));
        members.push(("hits".to_owned(), Json::Array(hits.collect())));
        Json::Object(members)
    }
}

impl Hit<'_> {
    fn to_json(
        &self,
        indices: &[&Index],
        request: &SearchRequest,
        scored: bool,
        sorts: &[Sort],
    ) -> Json {
        let name = indices
            .get(self.index)
            .map(|index| index.name.as_str())
            .unwrap_or_default();
        let document = self.document;
        let mut members = vec![
            ("_index".to_owned(), Json::from(name)),
            ("_id".to_owned(), Json::from(document.id.as_str())),
        ];
        if request.version {
            members.push(("_version".to_owned(), Json::from(document.version)));
        }
        if request.seq_no {
            members.push(("_seq_no".to_owned(), Json::from(document.seq_no)));
            members.push(("_primary_term".to_owned(), Json::from(PRIMARY_TERM)));
        }
        members.push((
            "_score".to_owned(),
            if scored {
                Json::from(self.score)
            } else {
                Json::Null
            },
        ));
        members.extend(
            document
                .routing
                .as_deref()
                .map(|routing| ("_routing".to_owned(), Json::from(routing))),
        );
        members.extend(
            request
                .source
                .apply(&document.source, true)
                .map(|source| ("_source".to_owned(), source)),
        );
        if !sorts.is_empty() {
            members.push((
                "sort".to_owned(),
                Json::Array(self.sort.iter().map(SortValue::to_json).collect()),
            ));
        }
        Json::Object(members)
    }
}

/// The levels that order hits: none when it is by the score alone.
fn effective(sorts: &[Sort]) -> &[Sort] {
    match sorts {
        [only] if only.is_default() => &[],
        sorts => sorts,
    }
}

fn order(sorts: &[Sort], a: &[SortValue], b: &[SortValue]) -> Ordering {
    let levels = sorts.iter().zip(a.iter().zip(b));
    levels
        .map(|(sort, (a, b))| sort.order(a, b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

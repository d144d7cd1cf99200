//! A query bound to one index: field types decide what its values mean.

use std::collections::HashSet;

use super::super::error::ApiError;
use super::super::index::{Document, Index};
use super::super::mapping::Value;
use super::bm25::{self, Weight};
use super::field::{Field, exists};
use super::pattern::Pattern;
use super::{Kind, Query};

/// A query that can be asked of the documents of its index.
#[derive(Clone, Debug)]
pub(in super::super) enum Matcher {
    None,
    /// Every document, with this score.
    All(f32),
    /// Those that the test passes, with this score.
    Test(Test, f32),
    Tokens {
        field: String,
        phrase: Vec<String>,
        weight: Weight,
    },
    Boolean {
        field: String,
        value: bool,
        weight: Weight,
    },
    Bool(Box<BoolMatcher>),
    /// Those of the inner one, with this score.
    Constant(Box<Self>, f32),
}

/// A test that gives no score of its own.
#[derive(Clone, Debug)]
pub(in super::super) enum Test {
    Ids(HashSet<String>),
    /// One exact value.
    Is {
        field: String,
        value: Value,
    },
    Any {
        field: String,
        values: Vec<Value>,
    },
    Between {
        field: String,
        from: Option<(Value, bool)>,
        to: Option<(Value, bool)>,
    },
    Exists(String),
    ExistsBelow(String),
    Prefix {
        field: String,
        prefix: String,
        fold: bool,
    },
    Wildcard {
        field: String,
        pattern: Pattern,
        fold: bool,
    },
}

#[derive(Clone, Debug)]
pub(in super::super) struct BoolMatcher {
    must: Vec<Matcher>,
    filter: Vec<Matcher>,
    should: Vec<Matcher>,
    must_not: Vec<Matcher>,
    /// How many of `should` must match.
    needed: usize,
}

impl Matcher {
    /// The score of a document that matches.
    pub(in super::super) fn score(&self, document: &Document) -> Option<f32> {
        match self {
            Self::None => None,
            Self::All(score) => Some(*score),
            Self::Test(test, score) => test.passes(document).then_some(*score),
            Self::Tokens {
                field,
                phrase,
                weight,
            } => {
                let values = document.fields.get(field)?;
                let frequency = bm25::frequency(values, phrase);
                (frequency > 0).then(|| weight.score(frequency, bm25::length(values)))
            }
            Self::Boolean {
                field,
                value,
                weight,
            } => {
                let values = document.fields.get(field)?;
                values
                    .contains(&Value::Bool(*value))
                    .then(|| weight.score(1, 1))
            }
            Self::Bool(matcher) => matcher.score(document),
            Self::Constant(matcher, score) => matcher.score(document).map(|_| *score),
        }
    }

    pub(super) fn at_least(needed: usize, should: Vec<Self>) -> Self {
        let (must, filter, must_not) = (Vec::new(), Vec::new(), Vec::new());
        Self::Bool(Box::new(BoolMatcher {
            must,
            filter,
            should,
            must_not,
            needed,
        }))
    }

    /// Whether the server knows how many documents match without looking at them: then a search for nothing but aggregations
    /// ends its counting early, and says so (tried on 3.8.0, on an index without deleted documents).
    pub(in super::super) fn is_countable(&self) -> bool {
        match self {
            Self::None | Self::All(_) | Self::Boolean { .. } => true,
            Self::Tokens { phrase, .. } => phrase.len() == 1,
            Self::Test(
                Test::Exists(_)
                | Test::Is {
                    value: Value::Keyword(_),
                    ..
                },
                _,
            ) => true,
            Self::Test(..) => false,
            Self::Constant(inner, _) => inner.is_countable(),
            Self::Bool(query) => query
                .only_clause()
                .is_some_and(|clause| clause.is_none_or(Self::is_countable)),
        }
    }

    pub(in super::super) fn matches(&self, document: &Document) -> bool {
        self.score(document).is_some()
    }
}

impl BoolMatcher {
    /// The one clause that the query comes down to; `Some(None)` when it is every document.
    fn only_clause(&self) -> Option<Option<&Matcher>> {
        let required = self
            .must
            .iter()
            .chain(&self.filter)
            .filter(|clause| !matches!(clause, Matcher::All(_)));
        let required: Vec<_> = required.collect();
        match (
            required.as_slice(),
            self.should.as_slice(),
            self.must_not.is_empty(),
        ) {
            ([], [], true) => Some(None),
            ([only], [], true) => Some(Some(only)),
            ([], [only], true) if self.must.is_empty() && self.filter.is_empty() => {
                Some(Some(only))
            }
            _ => None,
        }
    }

    fn score(&self, document: &Document) -> Option<f32> {
        if self
            .must_not
            .iter()
            .any(|matcher| matcher.matches(document))
        {
            return None;
        }
        if !self.filter.iter().all(|matcher| matcher.matches(document)) {
            return None;
        }
        let mut sum = 0.0_f64;
        for matcher in &self.must {
            sum += f64::from(matcher.score(document)?);
        }
        let mut matched = 0;
        for score in self
            .should
            .iter()
            .filter_map(|matcher| matcher.score(document))
        {
            matched += 1;
            sum += f64::from(score);
        }
        (matched >= self.needed).then_some(sum as f32)
    }
}

impl Test {
    fn passes(&self, document: &Document) -> bool {
        let values = |field: &String| document.fields.get(field).map_or(&[][..], Vec::as_slice);
        let keyword = |field: &String, test: &dyn Fn(&str) -> bool| {
            values(field).iter().any(|value| match value {
                Value::Keyword(text) => test(text),
                Value::Text(tokens) => tokens.iter().any(|token| test(token)),
                _ => false,
            })
        };
        match self {
            Self::Ids(ids) => ids.contains(&document.id),
            Self::Is { field, value } => values(field).contains(value),
            Self::Any {
                field,
                values: wanted,
            } => values(field).iter().any(|value| wanted.contains(value)),
            Self::Between { field, from, to } => values(field).iter().any(|value| {
                let above = from
                    .as_ref()
                    .is_none_or(|(from, inclusive)| match value.order(from) {
                        std::cmp::Ordering::Greater => true,
                        order => *inclusive && order.is_eq(),
                    });
                let below = to
                    .as_ref()
                    .is_none_or(|(to, inclusive)| match value.order(to) {
                        std::cmp::Ordering::Less => true,
                        order => *inclusive && order.is_eq(),
                    });
                above && below
            }),
            Self::Exists(field) => !values(field).is_empty(),
            Self::ExistsBelow(object) => document.fields.iter().any(|(field, values)| {
                let below = field
                    .strip_prefix(object)
                    .is_some_and(|rest| rest.starts_with('.'));
                below && !values.is_empty()
            }),
            Self::Prefix {
                field,
                prefix,
                fold,
            } => keyword(field, &|text| {
                if *fold {
                    text.to_lowercase().starts_with(prefix)
                } else {
                    text.starts_with(prefix)
                }
            }),
            Self::Wildcard {
                field,
                pattern,
                fold,
            } => keyword(field, &|text| {
                if *fold {
                    pattern.matches(&text.to_lowercase())
                } else {
                    pattern.matches(text)
                }
            }),
        }
    }
}

impl Query {
    /// Binds the query to an index.
    pub(in super::super) fn compile(&self, index: &Index) -> Result<Matcher, ApiError> {
        self.bind(index, 1.0)
    }

    fn bind(&self, index: &Index, outer: f32) -> Result<Matcher, ApiError> {
        let boost = self.boost * outer;
        // A boost goes down to the terms, as Lucene multiplies it into their weights.
        let all = |queries: &[Self], boost: f32| {
            queries
                .iter()
                .map(|query| query.bind(index, boost))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match &self.kind {
            Kind::MatchAll => Matcher::All(boost),
            Kind::MatchNone => Matcher::None,
            Kind::ConstantScore(filter) => {
                Matcher::Constant(Box::new(filter.bind(index, 1.0)?), boost)
            }
            Kind::Bool(query) => {
                let empty = query.must.is_empty()
                    && query.filter.is_empty()
                    && query.should.is_empty()
                    && query.must_not.is_empty();
                if empty {
                    return Ok(Matcher::All(boost));
                }
                let optional =
                    !query.must.is_empty() || !query.filter.is_empty() || query.should.is_empty();
                // A list of nothing but `should` demands one, whatever the minimum says.
                let least = usize::from(!optional);
                let needed = query
                    .minimum
                    .map_or(least, |minimum| minimum.of(query.should.len()).max(least));
                Matcher::Bool(Box::new(BoolMatcher {
                    must: all(&query.must, boost)?,
                    filter: all(&query.filter, 1.0)?,
                    should: all(&query.should, boost)?,
                    must_not: all(&query.must_not, 1.0)?,
                    needed,
                }))
            }
            Kind::Ids { values } => {
                Matcher::Test(Test::Ids(values.iter().cloned().collect()), boost)
            }
            Kind::Exists { field } => exists(index, field, boost)?,
            Kind::Term {
                field,
                value,
                case_insensitive,
            } => Field::of(index, field)?.term(value, *case_insensitive, boost)?,
            Kind::Terms { field, values } => Field::of(index, field)?.terms(values, boost)?,
            Kind::Match {
                field,
                text,
                and,
                minimum,
            } => {
                let field = Field::of(index, field)?;
                let clauses = field.match_clauses(text, boost)?;
                match clauses.len() {
                    0 => Matcher::None,
                    1 => clauses.into_iter().next().unwrap_or(Matcher::None),
                    len => {
                        let needed = if *and {
                            len
                        } else {
                            minimum.map_or(1, |minimum| minimum.of(len).max(1))
                        };
                        Matcher::at_least(needed, clauses)
                    }
                }
            }
            Kind::Phrase { field, text } => Field::of(index, field)?.phrase(text, boost)?,
            Kind::Range(range) => Field::of(index, &range.field)?.range(range, boost)?,
            Kind::Prefix {
                field,
                value,
                case_insensitive,
            } => {
                let field = Field::of(index, field)?;
                let fold = *case_insensitive;
                let Some(prefix) = field.pattern("prefix", value, fold)? else {
                    return Ok(Matcher::None);
                };
                Matcher::Test(
                    Test::Prefix {
                        field: field.name.to_owned(),
                        prefix,
                        fold,
                    },
                    boost,
                )
            }
            Kind::Wildcard {
                field,
                value,
                case_insensitive,
            } => {
                let field = Field::of(index, field)?;
                let fold = *case_insensitive;
                let Some(pattern) = field.pattern("wildcard", value, fold)? else {
                    return Ok(Matcher::None);
                };
                Matcher::Test(
                    Test::Wildcard {
                        field: field.name.to_owned(),
                        pattern: Pattern::new(&pattern),
                        fold,
                    },
                    boost,
                )
            }
        })
    }
}

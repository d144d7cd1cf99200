//! Queries on one field: how its type reads their values.

use super::super::analysis;
use super::super::date::{self, Fill, Format};
use super::super::error::{ApiError, Cause};
use super::super::index::Index;
use super::super::json::Json;
use super::super::mapping::{Kind, Leaf, Value};
use super::super::store::now_millis;
use super::bm25::Weight;
use super::compile::{Matcher, Test};
use super::pattern::Pattern;

/// A field of an index, as a query names it.
pub(super) struct Field<'a> {
    index: &'a Index,
    pub(super) name: &'a str,
    pub(super) target: Target<'a>,
}

pub(super) enum Target<'a> {
    Leaf(&'a Leaf),
    Id,
    /// No document has it, so nothing matches.
    Unmapped,
}

/// `exists`, which also takes objects.
pub(super) fn exists(index: &Index, field: &str, boost: f32) -> Result<Matcher, ApiError> {
    if index.mapping.is_object(field) {
        return Ok(Matcher::Test(Test::ExistsBelow(field.to_owned()), boost));
    }
    let field = Field::of(index, field)?;
    Ok(match field.target {
        Target::Leaf(_) => Matcher::Test(Test::Exists(field.name.to_owned()), boost),
        Target::Id => Matcher::All(boost),
        Target::Unmapped => Matcher::None,
    })
}

impl<'a> Field<'a> {
    pub(super) fn of(index: &'a Index, name: &'a str) -> Result<Self, ApiError> {
        if name == "_id" {
            return Ok(Self {
                index,
                name,
                target: Target::Id,
            });
        }
        if let Some((name, leaf)) = index.mapping.leaf(name) {
            if !leaf.is_searchable() {
                let why = if leaf.kind == Kind::Text {
                    "not indexed"
                } else {
                    "both not indexed, and does not have doc_values enabled"
                };
                let cause = Cause::new(
                    "illegal_argument_exception",
                    format!("Cannot search on field [{name}] since it is {why}."),
                );
                return Err(failed(index, cause));
            }
            return Ok(Self {
                index,
                name,
                target: Target::Leaf(leaf),
            });
        }
        // Metadata fields and patterns of names mean more on the server than "unmapped".
        if name.starts_with('_')
            && [
                "_index",
                "_routing",
                "_seq_no",
                "_source",
                "_version",
                "_ignored",
                "_field_names",
            ]
            .contains(&name)
        {
            return Err(ApiError::unsupported(format_args!("a query on [{name}]")));
        }
        if name.contains('*') {
            return Err(ApiError::unsupported("a pattern as the field of a query"));
        }
        Ok(Self {
            index,
            name,
            target: Target::Unmapped,
        })
    }

    pub(super) fn term(
        &self,
        value: &Json,
        case_insensitive: bool,
        boost: f32,
    ) -> Result<Matcher, ApiError> {
        let text = value.text().unwrap_or_default();
        let name = || self.name.to_owned();
        let leaf = match self.target {
            Target::Unmapped => return Ok(Matcher::None),
            Target::Id if case_insensitive => {
                return Err(ApiError::unsupported("[case_insensitive] on [_id]"));
            }
            Target::Id => return Ok(Matcher::Test(Test::Ids([text.to_owned()].into()), boost)),
            Target::Leaf(leaf) => leaf,
        };
        match leaf.kind {
            Kind::Text if case_insensitive => Err(ApiError::unsupported(
                "[case_insensitive] on a field of type [text]",
            )),
            Kind::Text => Ok(self.tokens(vec![text.to_owned()], boost)),
            Kind::Keyword if case_insensitive => {
                let escaped: String = text
                    .to_lowercase()
                    .chars()
                    .flat_map(|c| ['\\', c])
                    .collect();
                Ok(Matcher::Test(
                    Test::Wildcard {
                        field: name(),
                        pattern: Pattern::new(&escaped),
                        fold: true,
                    },
                    boost,
                ))
            }
            Kind::Boolean => {
                let value = boolean(value).map_err(|cause| failed(self.index, cause))?;
                Ok(Matcher::Boolean {
                    field: name(),
                    value,
                    weight: Weight::of_boolean(self.index, self.name, value, boost),
                })
            }
            Kind::Date => {
                let from = self.date(leaf, text, None, Fill::Start)?;
                let to = self.date(leaf, text, None, Fill::End)?;
                Ok(between(
                    name(),
                    Some((Value::Date(from), true)),
                    Some((Value::Date(to), true)),
                    boost,
                ))
            }
            _ => Ok(match self.exact(leaf, value)? {
                Some(value) => Matcher::Test(
                    Test::Is {
                        field: name(),
                        value,
                    },
                    boost,
                ),
                None => Matcher::None,
            }),
        }
    }

    pub(super) fn terms(&self, values: &[Json], boost: f32) -> Result<Matcher, ApiError> {
        let leaf = match self.target {
            Target::Unmapped => return Ok(Matcher::None),
            Target::Id => {
                let ids = values
                    .iter()
                    .filter_map(Json::text)
                    .map(str::to_owned)
                    .collect();
                return Ok(Matcher::Test(Test::Ids(ids), boost));
            }
            Target::Leaf(leaf) => leaf,
        };
        if matches!(leaf.kind, Kind::Text | Kind::Date) {
            // A set of terms scores nothing but its boost.
            let mut should = Vec::new();
            for value in values {
                should.push(self.term(value, false, 1.0)?);
            }
            return Ok(Matcher::Constant(Box::new(Matcher::any(should)), boost));
        }
        let mut exact = Vec::new();
        for value in values {
            if leaf.kind == Kind::Boolean {
                exact.push(Value::Bool(
                    boolean(value).map_err(|cause| failed(self.index, cause))?,
                ));
            } else {
                exact.extend(self.exact(leaf, value)?);
            }
        }
        Ok(Matcher::Test(
            Test::Any {
                field: self.name.to_owned(),
                values: exact,
            },
            boost,
        ))
    }

    /// One clause a token, or one term for a field without tokens.
    pub(super) fn match_clauses(&self, text: &Json, boost: f32) -> Result<Vec<Matcher>, ApiError> {
        match self.target {
            Target::Leaf(leaf) if leaf.kind == Kind::Text => {
                let tokens = analysis::tokens(text.text().unwrap_or_default());
                Ok(tokens
                    .into_iter()
                    .map(|token| self.tokens(vec![token], boost))
                    .collect())
            }
            _ => Ok(vec![self.term(text, false, boost)?]),
        }
    }

    pub(super) fn phrase(&self, text: &Json, boost: f32) -> Result<Matcher, ApiError> {
        match self.target {
            Target::Leaf(leaf) if leaf.kind == Kind::Text => {
                let tokens = analysis::tokens(text.text().unwrap_or_default());
                Ok(if tokens.is_empty() {
                    Matcher::None
                } else {
                    self.tokens(tokens, boost)
                })
            }
            _ => self.term(text, false, boost),
        }
    }

    /// The text that a prefix or pattern is compared with; `None` when nothing can match.
    pub(super) fn pattern(
        &self,
        query: &str,
        text: &str,
        fold: bool,
    ) -> Result<Option<String>, ApiError> {
        match self.target {
            Target::Unmapped => Ok(None),
            Target::Leaf(leaf) if leaf.kind == Kind::Keyword => {
                let text = leaf.normalise(text);
                Ok(Some(if fold { text.to_lowercase() } else { text }))
            }
            Target::Leaf(leaf) if leaf.kind == Kind::Text => Ok(Some(if fold {
                text.to_lowercase()
            } else {
                text.to_owned()
            })),
            _ => {
                let kind = if let Target::Leaf(leaf) = self.target {
                    leaf.kind.name()
                } else {
                    "_id"
                };
                let reason = format!(
                    "Can only use {query} queries on keyword and text fields - not on [{}] which is of type [{kind}]",
                    self.name
                );
                Err(ApiError::new(400, self.index.query_failure(reason)))
            }
        }
    }

    fn tokens(&self, phrase: Vec<String>, boost: f32) -> Matcher {
        let weight = Weight::of_tokens(self.index, self.name, &phrase, boost);
        Matcher::Tokens {
            field: self.name.to_owned(),
            phrase,
            weight,
        }
    }

    /// The value of a keyword or number; `None` for one that the field can't hold, such as `1.5` in an integer.
    fn exact(&self, leaf: &Leaf, value: &Json) -> Result<Option<Value>, ApiError> {
        let text = value.text().unwrap_or_default();
        if leaf.kind == Kind::Keyword {
            return Ok(Some(Value::Keyword(leaf.normalise(text))));
        }
        if leaf.kind.is_float() {
            return Ok(Some(Value::Double(leaf.round(self.number(text)?))));
        }
        if let Ok(number) = text.parse() {
            return Ok(Some(Value::Long(number)));
        }
        let number = self.number(text)?;
        Ok((number.fract() == 0.0 && number.abs() < 9.2e18).then_some(Value::Long(number as i64)))
    }

    pub(super) fn number(&self, text: &str) -> Result<f64, ApiError> {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| {
            failed(
                self.index,
                Cause::new(
                    "number_format_exception",
                    format!("For input string: \"{text}\""),
                ),
            )
        })
    }

    pub(super) fn date(
        &self,
        leaf: &Leaf,
        text: &str,
        format: Option<&str>,
        fill: Fill,
    ) -> Result<i64, ApiError> {
        let given: Vec<Format>;
        let formats = match format {
            None => &leaf.formats,
            Some(name) => {
                given = date::formats(name)
                    .ok_or_else(|| ApiError::unsupported("this [format] of a range"))?;
                &given
            }
        };
        let now = i64::try_from(now_millis()).unwrap_or(i64::MAX);
        date::parse_math(text, formats, fill, now).ok_or_else(|| {
            let name = format.unwrap_or_else(|| leaf.format_name());
            let reason = format!("failed to parse date field [{text}] with format [{name}]");
            let parser = Cause::new(
                "date_time_parse_exception",
                "Failed to parse with all enclosed parsers",
            );
            let inner = Cause::new("illegal_argument_exception", reason.clone()).caused_by(parser);
            let cause =
                Cause::new("parse_exception", format!("{reason}: [{reason}]")).caused_by(inner);
            failed(self.index, cause.clone()).rooted(cause)
        })
    }
}

impl Matcher {
    /// Any of them, scored by their sum.
    pub(super) fn any(matchers: Vec<Self>) -> Self {
        Self::at_least(1, matchers)
    }
}

pub(super) fn between(
    field: String,
    from: Option<(Value, bool)>,
    to: Option<(Value, bool)>,
    boost: f32,
) -> Matcher {
    Matcher::Test(Test::Between { field, from, to }, boost)
}

/// A query that can't be made of its value on this index.
fn failed(index: &Index, cause: Cause) -> ApiError {
    let failure = index.query_failure(format!("failed to create query: {}", cause.reason()));
    ApiError::new(400, failure.caused_by(cause))
}

fn boolean(value: &Json) -> Result<bool, Cause> {
    match value.text().unwrap_or_default() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        text => {
            let reason = format!("Can't parse boolean value [{text}], expected [true] or [false]");
            Err(Cause::new("illegal_argument_exception", reason))
        }
    }
}

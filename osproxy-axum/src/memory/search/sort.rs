//! Sorting: what a sort names, the value that it gives a document, and the order of values.

use std::cmp::Ordering;

use super::super::error::{ApiError, Cause};
use super::super::index::{Document, Index};
use super::super::json::Json;
use super::super::mapping::{Kind, Value};
use super::no_column;

/// One level of a sort.
#[derive(Clone, Debug)]
pub(super) struct Sort {
    pub(super) by: By,
    descending: bool,
    missing: Missing,
    /// Take the highest of several values; unsaid, the sort's direction decides.
    highest: Option<bool>,
    unmapped: Option<Kind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    Score,
    /// The position in the index.
    Doc,
    Id,
    Field(String),
}

#[derive(Clone, Debug)]
enum Missing {
    First,
    Last,
    Value(Json),
}

/// The value of a document under a sort.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SortValue {
    /// No text: always where `missing` says.
    Null,
    Long(i64),
    Double(f64),
    Single(f32),
    Text(String),
}

impl SortValue {
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Long(number) => Json::from(*number),
            Self::Double(number) => Json::from(*number),
            Self::Single(number) => Json::from(*number),
            Self::Text(text) => Json::from(text.as_str()),
        }
    }
}

/// Reads `sort`: one level or a list of them.
pub(super) fn parse(value: &Json) -> Result<Vec<Sort>, ApiError> {
    match value {
        Json::Array(items) => {
            let lists: Result<Vec<_>, _> = items.iter().map(level).collect();
            Ok(lists?.into_iter().flatten().collect())
        }
        one => level(one),
    }
}

fn level(value: &Json) -> Result<Vec<Sort>, ApiError> {
    match value {
        Json::String(field) => Ok(vec![Sort::new(field)]),
        Json::Object(members) => members
            .iter()
            .map(|(field, options)| Sort::from_json(field, options))
            .collect(),
        _ => Err(ApiError::illegal_argument(
            "malformed sort format, within the sort array, an object, or an actual string are allowed",
        )),
    }
}

impl Sort {
    fn new(field: &str) -> Self {
        let by = match field {
            "_score" => By::Score,
            "_doc" => By::Doc,
            "_id" => By::Id,
            field => By::Field(field.to_owned()),
        };
        let descending = by == By::Score;
        Self {
            by,
            descending,
            missing: Missing::Last,
            highest: None,
            unmapped: None,
        }
    }

    /// `field` or `field:desc`, as in the query string.
    pub(super) fn from_text(text: &str) -> Result<Self, ApiError> {
        let (field, order) = text.rsplit_once(':').unwrap_or((text, ""));
        let mut sort = Self::new(field);
        match order {
            "" => {}
            "asc" => sort.descending = false,
            "desc" => sort.descending = true,
            _ => sort = Self::new(text),
        }
        Ok(sort)
    }

    fn from_json(field: &str, options: &Json) -> Result<Self, ApiError> {
        let mut sort = Self::new(field);
        if let Some(order) = options.as_str() {
            sort.descending = descending(order)?;
            return Ok(sort);
        }
        let Some(members) = options.members() else {
            return Err(ApiError::unsupported(format_args!("the sort on [{field}]")));
        };
        for (key, value) in members {
            match (key.as_str(), value.text()) {
                ("order", Some(order)) => sort.descending = descending(order)?,
                ("missing", Some("_first")) => sort.missing = Missing::First,
                ("missing", Some("_last")) => sort.missing = Missing::Last,
                ("missing", Some(_)) => sort.missing = Missing::Value(value.clone()),
                ("mode", Some("min")) => sort.highest = Some(false),
                ("mode", Some("max")) => sort.highest = Some(true),
                ("unmapped_type", Some(name)) => {
                    let unsupported =
                        || ApiError::unsupported(format_args!("[unmapped_type] [{name}]"));
                    sort.unmapped = Some(Kind::of(name).ok_or_else(unsupported)?);
                }
                (
                    "mode" | "nested" | "nested_path" | "nested_filter" | "numeric_type" | "format",
                    _,
                ) => {
                    return Err(ApiError::unsupported(format_args!(
                        "[{key}], or this value of it, in a sort"
                    )));
                }
                _ => {
                    return Err(ApiError::bad(
                        "x_content_parse_exception",
                        format!("[field_sort] unknown field [{key}]"),
                    ));
                }
            }
        }
        Ok(sort)
    }

    /// A sort by nothing but the score is the order that a search has anyway.
    pub(super) fn is_default(&self) -> bool {
        self.by == By::Score && self.descending
    }

    /// Binds the sort to an index.
    pub(super) fn compile<'a>(&'a self, index: &'a Index) -> Result<Column<'a>, ApiError> {
        let By::Field(field) = &self.by else {
            return Ok(Column {
                sort: self,
                path: "",
                kind: None,
            });
        };
        let (path, kind) = match (index.mapping.leaf(field), self.unmapped) {
            (Some((path, leaf)), _) => {
                if let Some(error) = no_column(path, leaf) {
                    return Err(error);
                }
                (path, leaf.kind)
            }
            (None, Some(kind)) => (field.as_str(), kind),
            (None, None) if field.starts_with('_') => {
                return Err(ApiError::unsupported(format_args!("a sort on [{field}]")));
            }
            (None, None) => {
                let failure = index.query_failure(format!(
                    "No mapping found for [{field}] in order to sort on"
                ));
                return Err(ApiError::new(400, failure));
            }
        };
        Ok(Column {
            sort: self,
            path,
            kind: Some(kind),
        })
    }

    /// The order of two values of this level.
    pub(super) fn order(&self, a: &SortValue, b: &SortValue) -> Ordering {
        let null_first = matches!(self.missing, Missing::First);
        let ascending = match (a, b) {
            (SortValue::Null, SortValue::Null) => return Ordering::Equal,
            (SortValue::Null, _) => {
                return if null_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            (_, SortValue::Null) => {
                return if null_first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                };
            }
            (SortValue::Long(a), SortValue::Long(b)) => a.cmp(b),
            (SortValue::Double(a), SortValue::Double(b)) => a.total_cmp(b),
            (SortValue::Single(a), SortValue::Single(b)) => a.total_cmp(b),
            (SortValue::Text(a), SortValue::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        if self.descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

fn descending(order: &str) -> Result<bool, ApiError> {
    match order.to_ascii_lowercase().as_str() {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(ApiError::illegal_argument(format!(
            "No enum constant org.opensearch.search.sort.SortOrder.{}",
            order.to_uppercase()
        ))),
    }
}

/// A sort on one index.
#[derive(Debug)]
pub(super) struct Column<'a> {
    sort: &'a Sort,
    path: &'a str,
    kind: Option<Kind>,
}

impl Column<'_> {
    pub(super) fn value(
        &self,
        document: &Document,
        score: f32,
        position: usize,
    ) -> Result<SortValue, ApiError> {
        let Some(kind) = self.kind else {
            return Ok(match self.sort.by {
                By::Score => SortValue::Single(score),
                By::Id => SortValue::Text(document.id.clone()),
                _ => SortValue::Long(i64::try_from(position).unwrap_or(i64::MAX)),
            });
        };
        let values = document
            .fields
            .get(self.path)
            .map_or(&[][..], Vec::as_slice);
        let highest = self.sort.highest.unwrap_or(self.sort.descending);
        let value = if highest {
            values.iter().max_by(|a, b| a.order(b))
        } else {
            values.iter().min_by(|a, b| a.order(b))
        };
        match value {
            None => self.missing(kind),
            Some(Value::Long(number) | Value::Date(number)) => Ok(SortValue::Long(*number)),
            Some(Value::Double(number)) => Ok(SortValue::Double(*number)),
            Some(Value::Bool(value)) => Ok(SortValue::Long(i64::from(*value))),
            Some(Value::Keyword(text)) => Ok(SortValue::Text(text.clone())),
            Some(Value::Text(_)) => Ok(SortValue::Null),
        }
    }

    /// A document without a value: the server sorts numbers as their extreme.
    fn missing(&self, kind: Kind) -> Result<SortValue, ApiError> {
        let lowest = matches!(self.sort.missing, Missing::First) != self.sort.descending;
        Ok(match (&self.sort.missing, kind) {
            (Missing::Value(value), kind) => read_value(value, kind)?,
            (_, Kind::Keyword | Kind::Text) => SortValue::Null,
            (_, Kind::Double | Kind::Float) => SortValue::Double(if lowest {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }),
            (_, Kind::Long | Kind::Date) => {
                SortValue::Long(if lowest { i64::MIN } else { i64::MAX })
            }
            _ => SortValue::Long(i64::from(if lowest { i32::MIN } else { i32::MAX })),
        })
    }

    /// Reads a value of `search_after`.
    pub(super) fn read_after(&self, value: &Json) -> Result<SortValue, ApiError> {
        match (self.kind, &self.sort.by) {
            (Some(kind), _) => read_value(value, kind),
            (None, By::Id) => read_value(value, Kind::Keyword),
            (None, By::Score) => Ok(value
                .as_f64()
                .map_or(SortValue::Null, |score| SortValue::Single(score as f32))),
            (None, _) => read_value(value, Kind::Long),
        }
    }
}

fn read_value(value: &Json, kind: Kind) -> Result<SortValue, ApiError> {
    let text = match value {
        Json::Null => return Ok(SortValue::Null),
        value => value.text().unwrap_or_default(),
    };
    let bad = || {
        let reason = format!(
            "Failed to parse search_after value for field, a value of type [{}] is needed",
            kind.name()
        );
        ApiError::new(400, Cause::new("illegal_argument_exception", reason))
    };
    Ok(match kind {
        Kind::Keyword | Kind::Text => SortValue::Text(text.to_owned()),
        Kind::Double | Kind::Float => match text {
            "Infinity" => SortValue::Double(f64::INFINITY),
            "-Infinity" => SortValue::Double(f64::NEG_INFINITY),
            text => SortValue::Double(
                text.parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
                    .ok_or_else(bad)?,
            ),
        },
        Kind::Date => {
            let date = super::super::date::parse(
                text,
                super::super::date::DEFAULT,
                super::super::date::Fill::Start,
            );
            SortValue::Long(text.parse().ok().or(date).ok_or_else(bad)?)
        }
        Kind::Boolean => SortValue::Long(match text {
            "true" => 1,
            "false" => 0,
            text => text.parse().map_err(|_| bad())?,
        }),
        _ => SortValue::Long(text.parse().map_err(|_| bad())?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_options_are_refused() {
        for (sort, reason) in [
            (r#"[{"a":{"foo":1}}]"#, "[field_sort] unknown field [foo]"),
            (
                r#"[{"a":{"mode":"avg"}}]"#,
                "not supported by MemoryCluster",
            ),
            (r#"[{"_script":{"script":"x"}}]"#, "unknown field [script]"),
            (r#"[{"a":{"order":"up"}}]"#, "No enum constant"),
            (r#"[1]"#, "malformed sort format"),
        ] {
            let error = parse(&Json::parse(sort).unwrap())
                .unwrap_err()
                .item()
                .compact();
            assert!(error.contains(reason), "{sort}: {error}");
        }
    }

    #[test]
    fn texts_of_the_query_string() {
        let sort = Sort::from_text("n:desc").unwrap();
        assert!(sort.descending && sort.by == By::Field("n".into()));
        assert_eq!(Sort::from_text("a:b").unwrap().by, By::Field("a:b".into()));
    }
}

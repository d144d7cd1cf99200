//! Buckets by filters and by ranges.

use super::super::error::ApiError;
use super::super::json::{Json, java_double};
use super::super::mapping::{Kind as FieldKind, Value};
use super::super::query::{Matcher, Query, parse};
use super::field::Field;
use super::keys::{Keys, no_field};
use super::{Body, Member, Scope, Subs};

/// The documents of a `filter`.
pub(super) fn filtered<'d>(
    query: &Query,
    scope: &Scope<'_>,
    documents: &[Member<'d>],
) -> Result<Vec<Member<'d>>, ApiError> {
    let matchers = matchers(query, scope)?;
    Ok(documents
        .iter()
        .filter(|member| matches(&matchers, member))
        .copied()
        .collect())
}

fn matchers(query: &Query, scope: &Scope<'_>) -> Result<Vec<Matcher>, ApiError> {
    scope
        .indices
        .iter()
        .map(|index| query.compile(index))
        .collect()
}

fn matches(matchers: &[Matcher], (index, document): &Member<'_>) -> bool {
    matchers
        .get(*index)
        .is_some_and(|matcher| matcher.matches(document))
}

/// `filters`: one bucket a query, named or not.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    pub(super) queries: Vec<(String, Query)>,
    pub(super) keyed: bool,
    /// The name of a bucket for the rest.
    pub(super) other: Option<String>,
}

impl Filters {
    pub(super) fn parse(keys: Keys<'_>) -> Result<Self, ApiError> {
        let mut filters = Self {
            queries: Vec::new(),
            keyed: true,
            other: None,
        };
        keys.read(|key, value| {
            match (key, value) {
                ("filters", Json::Object(members)) => {
                    for (name, query) in members {
                        filters.queries.push((name.clone(), parse(query)?));
                    }
                }
                ("filters", Json::Array(items)) => {
                    filters.keyed = false;
                    for query in items {
                        filters.queries.push((String::new(), parse(query)?));
                    }
                }
                ("other_bucket", Json::Bool(on)) => {
                    let name = filters.other.take().unwrap_or_else(|| "_other_".to_owned());
                    filters.other = on.then_some(name);
                }
                ("other_bucket_key", Json::String(name)) => filters.other = Some(name.clone()),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(filters)
    }

    pub(super) fn run(&self, subs: &Subs<'_>, documents: &[Member<'_>]) -> Result<Body, ApiError> {
        let mut rest = documents.to_vec();
        let mut buckets = Vec::new();
        for (name, query) in &self.queries {
            let matchers = matchers(query, subs.scope)?;
            let own: Vec<_> = documents
                .iter()
                .filter(|member| matches(&matchers, member))
                .copied()
                .collect();
            rest.retain(|member| !matches(&matchers, member));
            buckets.push((name.clone(), Json::Object(subs.bucket(Vec::new(), &own)?)));
        }
        if self.keyed {
            buckets.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        if let Some(name) = &self.other {
            buckets.push((name.clone(), Json::Object(subs.bucket(Vec::new(), &rest)?)));
        }
        Ok(list(buckets, self.keyed))
    }
}

/// `range`: buckets from inclusive to exclusive bounds.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) field: String,
    pub(super) ranges: Vec<(Option<f64>, Option<f64>, Option<String>)>,
    pub(super) keyed: bool,
}

impl Range {
    pub(super) fn parse(keys: Keys<'_>) -> Result<Self, ApiError> {
        let mut range = Self {
            field: String::new(),
            ranges: Vec::new(),
            keyed: false,
        };
        keys.read(|key, value| {
            match (key, value) {
                ("field", value) => value
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut range.field),
                ("keyed", value) => range.keyed = value.as_bool().unwrap_or(false),
                ("ranges", Json::Array(items)) => {
                    for item in items {
                        let mut one = (None, None, None);
                        for (key, value) in item.members().unwrap_or_default() {
                            match key.as_str() {
                                "from" => one.0 = value.as_f64(),
                                "to" => one.1 = value.as_f64(),
                                "key" => one.2 = value.as_str().map(str::to_owned),
                                _ => return Ok(false),
                            }
                        }
                        range.ranges.push(one);
                    }
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if range.field.is_empty() {
            return Err(no_field());
        }
        Ok(range)
    }

    pub(super) fn run(&self, subs: &Subs<'_>, documents: &[Member<'_>]) -> Result<Body, ApiError> {
        let field = Field::numeric(subs.scope, &self.field, "range")?;
        if let Some(leaf) = field
            .leaf
            .filter(|leaf| matches!(leaf.kind, FieldKind::Date | FieldKind::Boolean))
        {
            return Err(ApiError::unsupported(format_args!(
                "[range] on a field of type [{}]",
                leaf.kind.name()
            )));
        }
        let mut ranges = self.ranges.clone();
        let low = |bound: Option<f64>| bound.unwrap_or(f64::NEG_INFINITY);
        let high = |bound: Option<f64>| bound.unwrap_or(f64::INFINITY);
        ranges.sort_by(|a, b| {
            low(a.0)
                .total_cmp(&low(b.0))
                .then(high(a.1).total_cmp(&high(b.1)))
        });
        let mut buckets = Vec::new();
        for (from, to, key) in ranges {
            let inside = |value: &Value| {
                value
                    .number()
                    .is_some_and(|number| number >= low(from) && number < high(to))
            };
            let own: Vec<_> = documents
                .iter()
                .filter(|member| field.values(member).iter().any(inside))
                .copied()
                .collect();
            let bound = |bound: Option<f64>| bound.map_or_else(|| "*".to_owned(), java_double);
            let name = key.unwrap_or_else(|| format!("{}-{}", bound(from), bound(to)));
            let mut members = Vec::new();
            if !self.keyed {
                members.push(("key".to_owned(), Json::from(name.as_str())));
            }
            members.extend(from.map(|from| ("from".to_owned(), Json::from(from))));
            members.extend(to.map(|to| ("to".to_owned(), Json::from(to))));
            buckets.push((name, Json::Object(subs.bucket(members, &own)?)));
        }
        Ok(list(buckets, self.keyed))
    }
}

/// The member `buckets`: by name, or a list.
pub(super) fn list(buckets: Vec<(String, Json)>, keyed: bool) -> Body {
    let buckets = if keyed {
        Json::Object(buckets)
    } else {
        Json::Array(buckets.into_iter().map(|(_, bucket)| bucket).collect())
    };
    vec![("buckets".to_owned(), buckets)]
}

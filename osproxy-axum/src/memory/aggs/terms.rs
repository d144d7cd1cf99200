//! `terms`: one bucket a value.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::date;
use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::super::mapping::{Kind as FieldKind, Leaf, Value};
use super::field::Field;
use super::keys::{Keys, no_field};
use super::order::{self, By, Order};
use super::{Body, Member, Subs};

/// A `terms` aggregation.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) field: String,
    pub(super) size: usize,
    pub(super) min_doc_count: usize,
    pub(super) order: Vec<Order>,
    pub(super) missing: Option<Json>,
    pub(super) include: Option<Vec<String>>,
    pub(super) exclude: Vec<String>,
    pub(super) show_errors: bool,
}

/// A value as a key of a sorted map.
#[derive(Clone, Debug)]
struct Key(Value);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.order(&other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

impl Terms {
    /// Reads the body; `name` is that of the aggregation, for messages.
    pub(super) fn parse(keys: Keys<'_>, name: &str) -> Result<Self, ApiError> {
        let mut field = None;
        let by_count = || {
            vec![Order {
                by: By::Count,
                descending: true,
            }]
        };
        let mut terms = Self {
            field: String::new(),
            size: 10,
            min_doc_count: 1,
            order: by_count(),
            missing: None,
            include: None,
            exclude: Vec::new(),
            show_errors: false,
        };
        keys.read(|key, value| {
            match key {
                "field" => field = value.as_str().map(str::to_owned),
                "size" => {
                    terms.size = value
                        .as_i64()
                        .and_then(|size| usize::try_from(size).ok())
                        .unwrap_or(0);
                    if terms.size == 0 {
                        let found = value.text().unwrap_or_default();
                        let cause = Cause::new(
                            "illegal_argument_exception",
                            format!("[size] must be greater than 0. Found [{found}] in [{name}]"),
                        );
                        let reason = "[terms] failed to parse field [size]";
                        return Err(ApiError::new(
                            400,
                            Cause::new("x_content_parse_exception", reason).caused_by(cause),
                        ));
                    }
                }
                // Buckets of nothing would show values of documents that don't match (catalogue row B-02): refused, as the screen does.
                "min_doc_count" => match value.as_i64() {
                    Some(count @ 1..) => {
                        terms.min_doc_count = usize::try_from(count).unwrap_or(usize::MAX);
                    }
                    _ => return Ok(false),
                },
                "order" => terms.order = order::parse(value)?,
                "missing" => terms.missing = Some(value.clone()),
                "include" | "exclude" => {
                    let Some(items) = value.items() else {
                        return Ok(false);
                    };
                    let list = items
                        .iter()
                        .filter_map(Json::text)
                        .map(str::to_owned)
                        .collect();
                    if key == "include" {
                        terms.include = Some(list);
                    } else {
                        terms.exclude = list;
                    }
                }
                "show_term_doc_count_error" => terms.show_errors = value.as_bool().unwrap_or(false),
                "shard_size" | "shard_min_doc_count" => return Ok(value.as_i64().is_some()),
                "collect_mode" | "execution_hint" => return Ok(value.as_str().is_some()),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        terms.field = field.ok_or_else(no_field)?;
        Ok(terms)
    }

    pub(super) fn run(
        &self,
        subs: &Subs<'_>,
        documents: &[Member<'_>],
    ) -> Result<(&'static str, Body), ApiError> {
        let field = Field::of(subs.scope, &self.field, "terms")?;
        let missing = self
            .missing
            .as_ref()
            .zip(field.leaf)
            .map(|(value, leaf)| missing(value, leaf))
            .transpose()?;
        let listed = self.include.is_some() || !self.exclude.is_empty();
        if listed
            && field
                .leaf
                .is_some_and(|leaf| leaf.kind != FieldKind::Keyword)
        {
            return Err(ApiError::unsupported(
                "[include] and [exclude] on a field that is no keyword",
            ));
        }
        let mut groups: BTreeMap<Key, Vec<Member<'_>>> = BTreeMap::new();
        for member in documents {
            let mut keys: Vec<Key> = field.values(member).iter().cloned().map(Key).collect();
            if keys.is_empty() {
                keys.extend(missing.iter().cloned().map(Key));
            }
            keys.sort();
            keys.dedup();
            for key in keys.into_iter().filter(|key| self.is_listed(&key.0)) {
                groups.entry(key).or_default().push(*member);
            }
        }
        let mut buckets = Vec::new();
        for (Key(value), own) in groups
            .into_iter()
            .filter(|(_, own)| own.len() >= self.min_doc_count)
        {
            let mut members = subs.bucket(key(&value, field.leaf), &own)?;
            if self.show_errors {
                let after = members
                    .iter()
                    .position(|(name, _)| name == "doc_count")
                    .map_or(members.len(), |at| at + 1);
                members.insert(
                    after,
                    ("doc_count_error_upper_bound".to_owned(), Json::from(0_u64)),
                );
            }
            buckets.push(Bucket {
                count: own.len(),
                value,
                body: Json::Object(members),
            });
        }
        // Stable over the sorted keys, which break ties.
        buckets.sort_by(|a, b| {
            self.order
                .iter()
                .map(|order| order.compare(a, b))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        let others: usize = buckets
            .iter()
            .skip(self.size)
            .map(|bucket| bucket.count)
            .sum();
        let shown = buckets
            .into_iter()
            .take(self.size)
            .map(|bucket| bucket.body);
        let body = vec![
            ("doc_count_error_upper_bound".to_owned(), Json::from(0_u64)),
            ("sum_other_doc_count".to_owned(), Json::from(others as u64)),
            ("buckets".to_owned(), Json::Array(shown.collect())),
        ];
        let kind = match field.leaf.map(|leaf| leaf.kind) {
            None | Some(FieldKind::Keyword | FieldKind::Text) => "sterms",
            Some(FieldKind::Double | FieldKind::Float) => "dterms",
            Some(_) => "lterms",
        };
        Ok((kind, body))
    }

    fn is_listed(&self, value: &Value) -> bool {
        let Value::Keyword(text) = value else {
            return true;
        };
        self.include
            .as_ref()
            .is_none_or(|include| include.contains(text))
            && !self.exclude.contains(text)
    }

    /// Whether an order names a metric that is not there.
    pub(super) fn check_order(&self, subs: &[super::Aggregation]) -> Result<(), ApiError> {
        for order in &self.order {
            let By::Metric(name, property) = &order.by else {
                continue;
            };
            let metric = subs.iter().find(|sub| sub.name == *name);
            if !matches!(metric.map(|sub| &sub.kind), Some(super::Kind::Metric(_))) {
                let reason = format!(
                    "Invalid aggregator order path [{name}]. The provided aggregation [{name}] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets."
                );
                return Err(ApiError::new(
                    500,
                    Cause::new("aggregation_execution_exception", reason),
                ));
            }
            let known = [
                "value",
                "avg",
                "min",
                "max",
                "sum",
                "count",
                "variance",
                "std_deviation",
            ];
            if !known.contains(&property.as_str()) {
                return Err(ApiError::unsupported(format_args!(
                    "an order by [{property}]"
                )));
            }
        }
        Ok(())
    }
}

struct Bucket {
    count: usize,
    value: Value,
    body: Json,
}

impl Order {
    fn compare(&self, a: &Bucket, b: &Bucket) -> Ordering {
        let order = match &self.by {
            By::Count => a.count.cmp(&b.count),
            By::Key => a.value.order(&b.value),
            By::Metric(name, property) => {
                let number = |bucket: &Bucket| {
                    bucket
                        .body
                        .get(name)
                        .and_then(|metric| metric.get(property))
                        .and_then(Json::as_f64)
                };
                match (number(a), number(b)) {
                    (Some(a), Some(b)) => a.total_cmp(&b),
                    // A metric over nothing comes last in either direction.
                    (None, Some(_)) => return Ordering::Greater,
                    (Some(_), None) => return Ordering::Less,
                    (None, None) => return Ordering::Equal,
                }
            }
        };
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

fn key(value: &Value, leaf: Option<&Leaf>) -> Body {
    let (key, text) = match value {
        Value::Long(number) => (Json::from(*number), None),
        Value::Double(number) => (Json::from(*number), None),
        Value::Bool(value) => (Json::from(i64::from(*value)), Some(value.to_string())),
        Value::Date(time) => (
            Json::from(*time),
            leaf.map(|leaf| date::write(*time, leaf.format(), 0)),
        ),
        Value::Keyword(text) => (Json::from(text.as_str()), None),
        Value::Text(tokens) => (Json::from(tokens.join(" ")), None),
    };
    let mut members = vec![("key".to_owned(), key)];
    members.extend(text.map(|text| ("key_as_string".to_owned(), Json::from(text))));
    members
}

fn missing(value: &Json, leaf: &Leaf) -> Result<Value, ApiError> {
    let unsuitable = || {
        ApiError::unsupported(format_args!(
            "this [missing] on a field of type [{}]",
            leaf.kind.name()
        ))
    };
    Ok(match leaf.kind {
        FieldKind::Keyword => Value::Keyword(value.text().ok_or_else(unsuitable)?.to_owned()),
        FieldKind::Double | FieldKind::Float => {
            Value::Double(value.as_f64().ok_or_else(unsuitable)?)
        }
        FieldKind::Boolean => Value::Bool(value.as_bool().ok_or_else(unsuitable)?),
        kind if kind.is_integer() => Value::Long(value.as_i64().ok_or_else(unsuitable)?),
        _ => return Err(unsuitable()),
    })
}

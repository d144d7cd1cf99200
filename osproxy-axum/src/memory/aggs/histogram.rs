//! `histogram` and `date_histogram`: buckets of one width, or of one unit of the calendar.

use std::collections::BTreeMap;

use super::super::date::{self, Format, Unit};
use super::super::error::{ApiError, Cause};
use super::super::json::{Json, java_double};
use super::super::mapping::{Kind as FieldKind, Value};
use super::buckets::list;
use super::field::Field;
use super::keys::{Keys, no_field, set};
use super::order::{self, By, Order};
use super::{Body, Member, Subs};

/// `search.max_buckets`.
const MAX_BUCKETS: usize = 65_535;

/// What both have.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) field: String,
    pub(super) min_doc_count: usize,
    pub(super) keyed: bool,
    pub(super) by: By,
    pub(super) descending: bool,
}

/// A `histogram`.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    pub(super) common: Common,
    pub(super) interval: f64,
    pub(super) offset: f64,
}

/// A `date_histogram`.
#[derive(Clone, Debug)]
pub(super) struct DateHistogram {
    pub(super) common: Common,
    /// Checked when it runs, as on the server.
    pub(super) width: Option<Width>,
    pub(super) format: Option<Format>,
    /// Of the time zone, in milliseconds.
    pub(super) zone: i64,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Width {
    Calendar(Unit),
    Fixed(i64),
}

impl Width {
    fn floor(self, time: i64) -> i64 {
        match self {
            Self::Calendar(unit) => unit.floor(time),
            Self::Fixed(length) => time.div_euclid(length).saturating_mul(length),
        }
    }

    fn next(self, start: i64) -> Option<i64> {
        match self {
            Self::Calendar(unit) => unit.add(start, 1),
            Self::Fixed(length) => start.checked_add(length),
        }
    }
}

impl Histogram {
    pub(super) fn parse(keys: Keys<'_>) -> Result<Self, ApiError> {
        let mut histogram = Self {
            common: Common::new(),
            interval: 0.0,
            offset: 0.0,
        };
        keys.read(|key, value| match key {
            "interval" => Ok(set(&mut histogram.interval, value.as_f64())),
            "offset" => Ok(set(&mut histogram.offset, value.as_f64())),
            key => histogram.common.understand(key, value),
        })?;
        if histogram.interval <= 0.0 {
            return Err(ApiError::illegal_argument(
                "[interval] must be >0 for histogram aggregation",
            ));
        }
        if histogram.common.field.is_empty() {
            return Err(no_field());
        }
        Ok(histogram)
    }

    pub(super) fn run(&self, subs: &Subs<'_>, documents: &[Member<'_>]) -> Result<Body, ApiError> {
        let field = Field::numeric(subs.scope, &self.common.field, "histogram")?;
        if let Some(leaf) = field
            .leaf
            .filter(|leaf| matches!(leaf.kind, FieldKind::Date | FieldKind::Boolean))
        {
            return Err(ApiError::unsupported(format_args!(
                "[histogram] on a field of type [{}]",
                leaf.kind.name()
            )));
        }
        // Buckets by number, which is exact where the keys are not.
        let bucket =
            |value: &Value| Some(((value.number()? - self.offset) / self.interval).floor() as i64);
        let key = |bucket: i64| bucket as f64 * self.interval + self.offset;
        let groups = group(documents, |member| {
            field.values(member).iter().filter_map(bucket).collect()
        });
        let groups = self.common.fill(groups, |bucket| bucket.checked_add(1))?;
        let mut buckets = Vec::new();
        for (bucket, own) in groups {
            let members = vec![("key".to_owned(), Json::from(key(bucket)))];
            buckets.push((
                java_double(key(bucket)),
                own.len(),
                Json::Object(subs.bucket(members, &own)?),
            ));
        }
        Ok(self.common.show(buckets))
    }
}

impl DateHistogram {
    pub(super) fn parse(keys: Keys<'_>) -> Result<Self, ApiError> {
        let mut width = None;
        let mut parsed = (Common::new(), None, 0);
        keys.read(|key, value| {
            let text = value.text().unwrap_or_default();
            match key {
                "calendar_interval" => {
                    let unit = Unit::of_calendar_interval(text).ok_or_else(|| {
                    let cause = format!(
                        "The supplied interval [{text}] could not be parsed as a calendar interval."
                    );
                    let cause = Cause::new("illegal_argument_exception", cause);
                    let reason = "[date_histogram] failed to parse field [calendar_interval]";
                    ApiError::new(
                        400,
                        Cause::new("x_content_parse_exception", reason).caused_by(cause),
                    )
                })?;
                    width = Some(Width::Calendar(unit));
                }
                "fixed_interval" => {
                    width = Some(Width::Fixed(
                        date::fixed_interval(text).ok_or_else(|| bad_interval(text))?,
                    ));
                }
                // Deprecated, and in use: a unit of the calendar if it is one.
                "interval" => {
                    let unit = Unit::of_calendar_interval(text).map(Width::Calendar);
                    width = Some(
                        unit.or(date::fixed_interval(text).map(Width::Fixed))
                            .ok_or_else(|| bad_interval(text))?,
                    );
                }
                "format" => match date::formats(text).as_deref() {
                    Some([format]) => parsed.1 = Some(*format),
                    _ => return Ok(false),
                },
                "time_zone" => return Ok(set(&mut parsed.2, date::offset(text))),
                key => return parsed.0.understand(key, value),
            }
            Ok(true)
        })?;
        let (common, format, zone) = parsed;
        if common.field.is_empty() {
            return Err(no_field());
        }
        Ok(Self {
            common,
            width,
            format,
            zone,
        })
    }

    pub(super) fn run(&self, subs: &Subs<'_>, documents: &[Member<'_>]) -> Result<Body, ApiError> {
        let width = self.width.ok_or_else(|| {
            ApiError::illegal_argument("Invalid interval specified, must be non-null and non-empty")
        })?;
        let field = Field::numeric(subs.scope, &self.common.field, "date_histogram")?;
        if let Some(leaf) = field
            .leaf
            .filter(|leaf| !matches!(leaf.kind, FieldKind::Date))
        {
            return Err(ApiError::unsupported(format_args!(
                "[date_histogram] on a field of type [{}]",
                leaf.kind.name()
            )));
        }
        let format = self
            .format
            .or(field.leaf.map(|leaf| leaf.format()))
            .unwrap_or(Format::DateOptionalTime);
        let start = |value: &Value| match value {
            Value::Date(time) => Some(width.floor(time.checked_add(self.zone)?)),
            _ => None,
        };
        let groups = group(documents, |member| {
            field.values(member).iter().filter_map(start).collect()
        });
        let groups = self.common.fill(groups, |start| width.next(start))?;
        let mut buckets = Vec::new();
        for (local, own) in groups {
            let key = local.saturating_sub(self.zone);
            let text = date::write(key, format, self.zone);
            let members = vec![
                ("key_as_string".to_owned(), Json::from(text.as_str())),
                ("key".to_owned(), Json::from(key)),
            ];
            buckets.push((text, own.len(), Json::Object(subs.bucket(members, &own)?)));
        }
        Ok(self.common.show(buckets))
    }
}

type Groups<'d> = BTreeMap<i64, Vec<Member<'d>>>;

/// Groups documents by their buckets; two values in one bucket count once.
fn group<'d>(documents: &[Member<'d>], buckets: impl Fn(&Member<'d>) -> Vec<i64>) -> Groups<'d> {
    let mut groups = Groups::new();
    for member in documents {
        let mut own = buckets(member);
        own.sort_unstable();
        own.dedup();
        for bucket in own {
            groups.entry(bucket).or_default().push(*member);
        }
    }
    groups
}

impl Common {
    fn new() -> Self {
        Self {
            field: String::new(),
            min_doc_count: 0,
            keyed: false,
            by: By::Key,
            descending: false,
        }
    }

    /// The keys that both histograms have; false for another.
    fn understand(&mut self, key: &str, value: &Json) -> Result<bool, ApiError> {
        match key {
            "field" => value
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut self.field),
            "keyed" => self.keyed = value.as_bool().unwrap_or(false),
            "min_doc_count" => match value.as_i64().and_then(|count| usize::try_from(count).ok()) {
                Some(count) => self.min_doc_count = count,
                None => return Ok(false),
            },
            "order" => match order::parse(value)?.as_slice() {
                [
                    Order {
                        by: by @ (By::Count | By::Key),
                        descending,
                    },
                ] => {
                    self.by = by.clone();
                    self.descending = *descending;
                }
                _ => return Ok(false),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds the empty buckets between the first and the last, or drops the small ones.
    fn fill<'d>(
        &self,
        mut groups: Groups<'d>,
        next: impl Fn(i64) -> Option<i64>,
    ) -> Result<Groups<'d>, ApiError> {
        if self.min_doc_count > 0 {
            groups.retain(|_, own| own.len() >= self.min_doc_count);
            return Ok(groups);
        }
        let (Some(first), Some(last)) = (
            groups.keys().next().copied(),
            groups.keys().next_back().copied(),
        ) else {
            return Ok(groups);
        };
        let mut at = first;
        while at < last {
            groups.entry(at).or_default();
            if groups.len() > MAX_BUCKETS {
                let reason = format!(
                    "Trying to create too many buckets. Must be less than or equal to: [{MAX_BUCKETS}] but was [{}]. This limit can be set by changing the [search.max_buckets] cluster level setting.",
                    groups.len()
                );
                return Err(ApiError::new(
                    503,
                    Cause::new("too_many_buckets_exception", reason),
                ));
            }
            match next(at) {
                Some(next) if next > at => at = next,
                _ => break,
            }
        }
        Ok(groups)
    }

    fn show(&self, mut buckets: Vec<(String, usize, Json)>) -> Body {
        // Stable over the sorted keys.
        match (&self.by, self.descending) {
            (By::Count, true) => buckets.sort_by(|(_, a, _), (_, b, _)| b.cmp(a)),
            (By::Count, false) => buckets.sort_by_key(|(_, count, _)| *count),
            (_, true) => buckets.reverse(),
            (_, false) => {}
        }
        list(
            buckets
                .into_iter()
                .map(|(name, _, bucket)| (name, bucket))
                .collect(),
            self.keyed,
        )
    }
}

fn bad_interval(text: &str) -> ApiError {
    ApiError::illegal_argument(format!(
        "failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time value"
    ))
}

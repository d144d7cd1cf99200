//! Metrics: one number, or a few, over the values of a field.

use super::super::date;
use super::super::error::ApiError;
use super::super::json::Json;
use super::super::mapping::{Kind as FieldKind, Leaf, Value};
use super::field::Field;
use super::keys::{Keys, no_field, set};
use super::{Body, Member, Scope};

/// A metric and its field.
#[derive(Clone, Debug)]
pub(super) struct Metric {
    pub(super) kind: Kind,
    pub(super) field: String,
    /// What a document without the field counts as.
    pub(super) missing: Option<f64>,
    /// Of `extended_stats`: how many deviations the bounds are away.
    pub(super) sigma: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Avg,
    Sum,
    Min,
    Max,
    Stats,
    ExtendedStats,
    ValueCount,
    Cardinality,
}

impl Kind {
    const ALL: [(&'static str, Self); 8] = [
        ("avg", Self::Avg),
        ("sum", Self::Sum),
        ("min", Self::Min),
        ("max", Self::Max),
        ("stats", Self::Stats),
        ("extended_stats", Self::ExtendedStats),
        ("value_count", Self::ValueCount),
        ("cardinality", Self::Cardinality),
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, kind)| *kind)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }
}

impl Metric {
    pub(super) fn parse(keys: Keys<'_>, kind: Kind) -> Result<Self, ApiError> {
        let mut metric = Self {
            kind,
            field: String::new(),
            missing: None,
            sigma: 2.0,
        };
        let counts = matches!(kind, Kind::ValueCount | Kind::Cardinality);
        keys.read(|key, value| {
            match key {
                "field" => value
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut metric.field),
                "missing" if !counts => {
                    metric.missing = value.as_f64();
                    return Ok(metric.missing.is_some());
                }
                "sigma" if kind == Kind::ExtendedStats => {
                    return Ok(set(&mut metric.sigma, value.as_f64()));
                }
                "precision_threshold" if kind == Kind::Cardinality => {
                    return Ok(value.as_i64().is_some());
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if metric.field.is_empty() {
            return Err(no_field());
        }
        Ok(metric)
    }

    pub(super) fn run(
        &self,
        scope: &Scope<'_>,
        documents: &[Member<'_>],
    ) -> Result<Body, ApiError> {
        let of_any = matches!(self.kind, Kind::ValueCount | Kind::Cardinality);
        let name = self.kind.name();
        let field = if of_any {
            Field::of(scope, &self.field, name)?
        } else {
            Field::numeric(scope, &self.field, name)?
        };
        let mut values: Vec<Value> = Vec::new();
        for member in documents {
            let own = field.values(member);
            match self.missing {
                Some(missing) if own.is_empty() => values.push(Value::Double(missing)),
                _ => values.extend(own.iter().cloned()),
            }
        }
        if self.kind == Kind::ValueCount {
            return Ok(vec![("value".to_owned(), Json::from(values.len() as u64))]);
        }
        if self.kind == Kind::Cardinality {
            values.sort_by(Value::order);
            values.dedup_by(|a, b| a.order(b).is_eq());
            return Ok(vec![("value".to_owned(), Json::from(values.len() as u64))]);
        }
        let numbers: Vec<f64> = values.iter().filter_map(Value::number).collect();
        let stats = Stats::of(&numbers);
        let show = Show { leaf: field.leaf };
        Ok(match self.kind {
            Kind::Avg => show.single(stats.avg()),
            Kind::Sum => show.single(Some(stats.sum)),
            Kind::Min => show.single(stats.min),
            Kind::Max => show.single(stats.max),
            Kind::ExtendedStats => {
                if field.leaf.is_some_and(|leaf| leaf.kind == FieldKind::Date) {
                    return Err(ApiError::unsupported("[extended_stats] on a date"));
                }
                let mut members = show.stats(&stats);
                members.extend(stats.extended(self.sigma));
                members
            }
            _ => show.stats(&stats),
        })
    }
}

/// What `stats` shows.
struct Stats {
    count: u64,
    min: Option<f64>,
    max: Option<f64>,
    sum: f64,
    squares: f64,
}

impl Stats {
    fn of(numbers: &[f64]) -> Self {
        let mut sum = Compensated::default();
        let mut squares = Compensated::default();
        for number in numbers {
            sum.add(*number);
            squares.add(number * number);
        }
        Self {
            count: numbers.len() as u64,
            min: numbers.iter().copied().min_by(f64::total_cmp),
            max: numbers.iter().copied().max_by(f64::total_cmp),
            sum: sum.value,
            squares: squares.value,
        }
    }

    fn avg(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    fn extended(&self, sigma: f64) -> Body {
        let count = self.count as f64;
        let spread = (self.squares - self.sum * self.sum / count).max(0.0);
        let some = |number: f64| (self.count > 0).then_some(number);
        let population = some(spread / count);
        let sampling = some(spread / (count - 1.0));
        let bound =
            |deviation: Option<f64>, sign: f64| Some(self.avg()? + sign * sigma * deviation?);
        let root = |variance: Option<f64>| variance.map(f64::sqrt);
        let (of_population, of_sampling) = (root(population), root(sampling));
        let bounds = [
            ("upper", bound(of_population, 1.0)),
            ("lower", bound(of_population, -1.0)),
            ("upper_population", bound(of_population, 1.0)),
            ("lower_population", bound(of_population, -1.0)),
            ("upper_sampling", bound(of_sampling, 1.0)),
            ("lower_sampling", bound(of_sampling, -1.0)),
        ];
        let mut members: Body = [
            ("sum_of_squares", some(self.squares)),
            ("variance", population),
            ("variance_population", population),
            ("variance_sampling", sampling),
            ("std_deviation", of_population),
            ("std_deviation_population", of_population),
            ("std_deviation_sampling", of_sampling),
        ]
        .map(|(name, number)| (name.to_owned(), optional(number)))
        .into();
        members.push((
            "std_deviation_bounds".to_owned(),
            Json::object(bounds.map(|(name, number)| (name, optional(number)))),
        ));
        members
    }
}

/// Kahan's sum, as the server adds.
#[derive(Default)]
struct Compensated {
    value: f64,
    lost: f64,
}

impl Compensated {
    fn add(&mut self, number: f64) {
        let corrected = number + self.lost;
        let sum = self.value + corrected;
        self.lost = corrected - (sum - self.value);
        self.value = sum;
    }
}

/// Numbers as the field's type shows them.
struct Show<'a> {
    leaf: Option<&'a Leaf>,
}

impl Show<'_> {
    fn single(&self, number: Option<f64>) -> Body {
        let mut members = vec![("value".to_owned(), optional(number))];
        members.extend(number.and_then(|number| self.text("value", number)));
        members
    }

    fn stats(&self, stats: &Stats) -> Body {
        let numbers = [
            ("min", stats.min),
            ("max", stats.max),
            ("avg", stats.avg()),
            ("sum", Some(stats.sum)),
        ];
        let mut members = vec![("count".to_owned(), Json::from(stats.count))];
        members.extend(numbers.map(|(name, number)| (name.to_owned(), optional(number))));
        if stats.count > 0 {
            members.extend(
                numbers
                    .into_iter()
                    .filter_map(|(name, number)| self.text(name, number?)),
            );
        }
        members
    }

    fn text(&self, name: &str, number: f64) -> Option<(String, Json)> {
        let leaf = self.leaf?;
        let text = match leaf.kind {
            FieldKind::Date => date::write(number as i64, leaf.format(), 0),
            FieldKind::Boolean => (number != 0.0).to_string(),
            _ => return None,
        };
        Some((format!("{name}_as_string"), Json::from(text)))
    }
}

fn optional(number: Option<f64>) -> Json {
    number.map_or(Json::Null, Json::from)
}

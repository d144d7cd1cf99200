//! The walker: goes through a body by the tables, refuses what they don't let through, changes what they say.
//!
//! There is one walker for all query positions, since a position without one is a hole (rule 4 of the catalogue's model),
//! and one for both placements. It knows kinds, not names. Depth is bounded by the reader, so recursion is.

mod aggs;
mod data;
mod hooks;
mod keys;
mod point_in_time;
mod query;
mod sort;
mod source;
mod terms;
mod whole;

use self::aggs::Above;
use self::terms::Seen;
use super::refusal::{Refusal, construct};
use super::schema::{Decision, Keys, Kind, Row};
use super::scope::{Scope, SharedIndex};
use super::shape::{Shape, SortValue, TopHits};

use crate::rewrite::json::tree::{Object, Value};

/// Goes through one body.
#[derive(Debug)]
pub(super) struct Walker<'s> {
    scope: &'s Scope<'s>,
    shape: Shape,
    /// Whether anything was changed: on a dedicated index an unchanged body goes on as it came.
    changed: bool,
    clauses: u32,
    /// How many queries for nested documents the walker is inside.
    nested_queries: u32,
    seen: Seen,
    /// Whether hits are sorted by a field of nested documents first.
    nested_sort: bool,
    /// What the aggregations above the walker do to those below.
    above: Above,
    /// The names of the aggregations from the root down to where the walker is.
    aggs: Vec<String>,
}

/// Where a value stands: the row that let it through, and what the enclosing field is.
#[derive(Clone, Copy, Debug)]
struct Spot {
    row: &'static Row,
    field: Compared,
}

/// What a compared value is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    /// An ordinary field, or none.
    Ordinary,
    /// `_id` on a shared index: values are logical ids.
    Id,
    /// `_index` on a dedicated index: values are logical names.
    Index,
}

impl Spot {
    fn of(row: &'static Row) -> Self {
        Self {
            row,
            field: Compared::Ordinary,
        }
    }
}

/// Whether a member stays in its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
}

impl<'s> Walker<'s> {
    pub(super) fn new(scope: &'s Scope<'s>) -> Self {
        Self {
            scope,
            shape: Shape::default(),
            changed: false,
            clauses: 0,
            nested_queries: 0,
            seen: Seen::default(),
            nested_sort: false,
            above: Above::default(),
            aggs: Vec::new(),
        }
    }

    /// Whether the body is no longer as it came.
    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    /// What the answer will look like.
    pub(super) fn into_shape(self) -> Shape {
        self.shape
    }

    /// What a row decides about a construct, then what the construct holds.
    fn row(
        &mut self,
        row: &'static Row,
        what: &str,
        value: &mut Value<'_>,
        field: Compared,
    ) -> Result<Fate, Refusal> {
        self.see(row, value);
        #[cfg(not(test))]
        let kind = row.kind;
        #[cfg(test)]
        let kind = super::tests::mutants::kind_of(row);
        match self.decision(row) {
            Decision::Allow | Decision::Rewrite => self.kind(kind, value, Spot { row, field }),
            Decision::Empty(_) if data::is_empty(value) => {
                self.changed = true;
                Ok(Fate::Drop)
            }
            Decision::Refuse(why) | Decision::Empty(why) => {
                Err(self.refuse(what, row.name, why, row.catalogue))
            }
        }
    }

    fn kind(&mut self, kind: Kind, value: &mut Value<'_>, spot: Spot) -> Result<Fate, Refusal> {
        match kind {
            Kind::Scalar
            | Kind::Json
            | Kind::OneOf(_)
            | Kind::AtLeast(_)
            | Kind::Always(_)
            | Kind::Dropped
            | Kind::Geometry => return self.data(kind, value, spot),
            Kind::Field => self.field(value, spot)?,
            Kind::Fields(names) => self.fields(names, None, value, spot)?,
            Kind::FieldsOr(names, entry) => self.fields(names, Some(entry), value, spot)?,
            Kind::Compared => self.compared(value, spot)?,
            Kind::Ids => self.ids(value, spot)?,
            Kind::Keys(keys) => self.keys(keys, value, spot)?,
            Kind::List(kind) => self.list(kind, value, spot)?,
            Kind::OneOrMany(kind) => match value {
                Value::Array(_) => self.list(kind, value, spot)?,
                _ => return self.kind(*kind, value, spot),
            },
            Kind::Named(kind) => self.named(kind, value, spot)?,
            Kind::FieldMap(names, kind) => self.field_map(names, kind, value, spot)?,
            Kind::NamedOrList(kind) => match value {
                Value::Array(_) => self.list(kind, value, spot)?,
                _ => self.named(kind, value, spot)?,
            },
            Kind::ByField(by_field) => self.by_field(by_field, value, spot)?,
            Kind::Typed(types) => self.typed(types, value, spot)?,
            Kind::Query => self.query(value, spot)?,
            Kind::Queries => return self.queries(value, spot),
            Kind::NestedQuery(keys) => {
                self.nested_queries += 1;
                self.keys(keys, value, spot)?;
                self.nested_queries -= 1;
                self.without_inner_scores(value);
            }
            Kind::Exists(keys) => self.keys(keys, value, spot)?,
            Kind::Aggs => self.aggs(value, spot)?,
            Kind::NestedAgg(keys) => {
                self.keys(keys, value, spot)?;
                self.above.nested =
                    matches!(value, Value::Object(object) if object.contains("path"));
            }
            Kind::ParentAgg(keys) => {
                self.keys(keys, value, spot)?;
                self.above.wants_more = true;
            }
            Kind::GapsAgg(keys) => {
                self.keys(keys, value, spot)?;
                self.above.gaps |= aggs::fills_gaps(value);
            }
            Kind::RootAgg(keys) => {
                if let (Some(why), true) = (self.above.no_background(), self.scope.is_shared()) {
                    let what = "aggregation type";
                    return Err(self.refuse(what, spot.row.name, why, spot.row.catalogue));
                }
                self.keys(keys, value, spot)?;
            }
            Kind::TopHits(keys) => {
                let sort = self.hits(keys, value, spot)?;
                self.no_buckets_above()?;
                let path = self.aggs.clone();
                self.shape.top_hits.push(TopHits { path, sort });
            }
            Kind::InnerHits(keys) => {
                let sort = self.hits(keys, value, spot)?;
                self.shape.inner_hits = true;
                if sort.iter().any(|value| *value != SortValue::Plain) {
                    let why = "in inner hits its values can't be reversed";
                    return Err(self.refuse("key", "sort", why, "C1-08").under("sort"));
                }
            }
            Kind::Sort => self.sort(value, spot)?,
            Kind::Source => self.source(value, spot)?,
            Kind::PointInTime => self.point_in_time(value, spot)?,
        }
        Ok(Fate::Keep)
    }

    /// The body of something that answers with hits of its own: what their sort values are.
    fn hits(
        &mut self,
        keys: &'static Keys,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<Vec<SortValue>, Refusal> {
        let outer = std::mem::take(&mut self.shape.sort);
        let outer_nested = self.nested_sort;
        let told = self.keys(keys, value, spot);
        let own = std::mem::replace(&mut self.shape.sort, outer);
        self.nested_sort = outer_nested;
        told.map(|()| own)
    }

    fn decision(&self, row: &Row) -> Decision {
        #[cfg(test)]
        if super::tests::mutants::is_allowed(row) {
            return Decision::Allow;
        }
        if self.scope.is_shared() {
            row.strict
                .filter(|_| self.scope.strict)
                .unwrap_or(row.shared)
        } else {
            row.dedicated
        }
    }

    fn shared(&self) -> Option<&'s SharedIndex<'s>> {
        self.scope.shared_index()
    }

    /// Whether what a kind merely holds as data is looked at: always on a shared index, on a dedicated one only where
    /// its row says that it changes something.
    fn strict(&self, spot: Spot) -> bool {
        self.scope.is_shared() || self.decision(spot.row) == Decision::Rewrite
    }

    fn refuse(&self, what: &str, name: &str, why: &'static str, row: &'static str) -> Refusal {
        Refusal::not_allowed(construct(what, name), self.scope.place(), why, row)
    }

    /// The object that a construct must be.
    fn object<'v, 'a>(
        &self,
        value: &'v mut Value<'a>,
        spot: Spot,
    ) -> Result<&'v mut Object<'a>, Refusal> {
        match value {
            Value::Object(object) => Ok(object),
            other => Err(misshapen(other, spot, "it must be an object")),
        }
    }
}

/// A value is not of the shape that its construct has.
fn misshapen(value: &Value<'_>, spot: Spot, why: &'static str) -> Refusal {
    let name = construct("construct", spot.row.name);
    Refusal::misshapen(
        format!("{name} is {}", value.kind_name()),
        why,
        spot.row.catalogue,
    )
}

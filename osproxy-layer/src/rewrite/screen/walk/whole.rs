//! What is done to a body as a whole, once its members have been walked.

use super::super::highlight;
use super::super::refusal::Refusal;
use super::super::schema::Row;
use super::super::shape::{Shape, SortValue};
use super::super::table::{DOCVALUE_FIELDS, FIELD_SORT, QUERY_TYPES, STORED_FIELDS};
use super::super::url::Params;
use super::{Compared, Spot, Walker};
use crate::rewrite::json::tree::{Object, Value};

impl<'s> Walker<'s> {
    /// Screens a whole body by its row, with what the URL says of it.
    pub(in super::super) fn body<'a>(
        &mut self,
        row: &'static Row,
        body: &mut Value<'a>,
        params: &mut Params<'a>,
    ) -> Result<(), Refusal> {
        self.row(row, "body", body, Compared::Ordinary)?;
        let object = self.object(body, Spot::of(row))?;
        self.fold(object, params)?;
        self.no_vectors_beside_many_terms()?;
        if self.scope.is_shared() {
            self.search_after(object)?;
            self.count_all(object, params);
            if object.contains("highlight")
                || object.contains("collapse")
                || !self.shape.top_hits.is_empty()
            {
                let all = Value::object([("match_all", Value::Object(Object::default()))]);
                let query = object.get("query").cloned().unwrap_or(all);
                highlight::by_query(object, &query);
            }
        }
        Ok(())
    }

    /// Puts into a body what the URL says of it, screened alike.
    fn fold<'a>(&mut self, body: &mut Object<'a>, params: &mut Params<'a>) -> Result<(), Refusal> {
        if let Some(mut query) = params.query.take() {
            self.typed(&QUERY_TYPES, &mut query, Spot::of(&FIELD_SORT))
                .map_err(|refusal| refusal.under("url parameter q"))?;
            body.set("query", query);
        }
        if !params.sort.is_empty() {
            let mut sort = Value::Array(std::mem::take(&mut params.sort));
            self.sort(&mut sort, Spot::of(&FIELD_SORT))
                .map_err(|refusal| refusal.under("url parameter sort"))?;
            append(body, "sort", sort);
        }
        if let Some(mut source) = params.source.take() {
            self.shape.source_filtered = false;
            self.source(&mut source, Spot::of(&FIELD_SORT))
                .map_err(|refusal| refusal.under("url parameter _source"))?;
            body.set("_source", source);
        }
        if let Some(mut fields) = params.docvalue_fields.take() {
            self.row(&DOCVALUE_FIELDS, "key", &mut fields, Compared::Ordinary)
                .map_err(|refusal| refusal.under("url parameter docvalue_fields"))?;
            append(body, "docvalue_fields", fields);
        }
        if let Some(mut fields) = params.stored_fields.take() {
            self.row(&STORED_FIELDS, "key", &mut fields, Compared::Ordinary)
                .map_err(|refusal| refusal.under("url parameter stored_fields"))?;
            body.set("stored_fields", fields);
        }
        Ok(())
    }

    /// A sort by numbers of nested documents misses hits beside a filter, and there is always one here, or fails, once the
    /// server may stop counting (tried on 3.8.0): which hits depends on other tenants' documents. So it may not stop.
    fn count_all(&self, body: &mut Object<'_>, params: &mut Params<'_>) {
        if self.nested_sort {
            params
                .forward
                .retain(|(name, _)| name != "track_total_hits");
            body.set("track_total_hits", Value::Bool(true));
        }
    }

    /// The values to go on from are those of the last hit's sort, so they are turned as the sort is (row C1-09).
    fn search_after(&mut self, body: &mut Object<'_>) -> Result<(), Refusal> {
        let Some(Value::Array(values)) = body.get_mut("search_after") else {
            return Ok(());
        };
        let kinds = std::mem::take(&mut self.shape.sort);
        for (at, (value, kind)) in values.iter_mut().zip(&kinds).enumerate() {
            let told = match kind {
                SortValue::Plain => Ok(()),
                SortValue::Id => self.id(value, Spot::of(&FIELD_SORT)),
                SortValue::Position => self.position(value),
            };
            told.map_err(|refusal| refusal.at(at).under("search_after"))?;
        }
        self.shape.sort = kinds;
        Ok(())
    }

    /// A position in a shard, as the client was told it: in a search of a point in time, sealed.
    fn position(&self, value: &mut Value<'_>) -> Result<(), Refusal> {
        let Some(open) = self.scope.positions else {
            let why = "only in a point in time can a search go on from a position";
            return Err(self.refuse("key", "search_after", why, "C1-09"));
        };
        let number = value.as_str().and_then(open).ok_or_else(|| {
            let why = "it must be what the last hit's sort has in its place";
            Refusal::misshapen("a position".to_owned(), why, "C1-09")
        })?;
        *value = Value::Number(number.into());
        Ok(())
    }

    /// What the parameters say of the answer is noted here too.
    pub(in super::super) fn shape_mut(&mut self) -> &mut Shape {
        &mut self.shape
    }
}

/// Puts a list behind what stands there already, as the server does with these parameters.
fn append<'a>(body: &mut Object<'a>, key: &'static str, more: Value<'a>) {
    let mut all = match body.remove(key) {
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    if let Value::Array(more) = more {
        all.extend(more);
    }
    body.set(key, Value::Array(all));
}

//! What a few constructs need on a shared index beyond their rows.

use super::super::query_text::{fuzzy_word, names_reserved_field};
use super::super::refusal::Refusal;
use super::super::schema::Hook;
use super::super::simple_flags;
use super::super::wrap::{partition, unscored, wrap};
use super::Walker;
use crate::rewrite::json::tree::{Object, Value};

impl Walker<'_> {
    pub(super) fn hook(&mut self, hook: Hook, object: &mut Object<'_>) -> Result<(), Refusal> {
        match hook {
            Hook::Filter(key) => self.filter(key, object),
            Hook::VectorFilter(key) => {
                if self.nested_queries > 0 {
                    let why = "whether the partition's filter reaches nested vectors is not shown";
                    return Err(self.refuse("nested", "knn", why, "A4-02"));
                }
                self.filter(key, object);
            }
            Hook::QueryString => self.query_string(object)?,
            Hook::SimpleQueryString => self.simple_query_string(object)?,
        }
        Ok(())
    }

    /// The hits inside a nested query are picked by its own scores, so where there are none it has none (row F-02).
    pub(super) fn without_inner_scores(&mut self, nested: &mut Value<'_>) {
        let Value::Object(nested) = nested else {
            return;
        };
        if self.scope.strict
            && self.scope.is_shared()
            && let Some(query) = nested.remove("query")
        {
            nested.set("query", unscored([query]));
            self.changed = true;
        }
    }

    /// A set that is computed beside the query is narrowed to the partition by a filter of its own (rows A4-01, B-09).
    fn filter(&mut self, key: &'static str, object: &mut Object<'_>) {
        let Some(index) = self.shared() else { return };
        let filter = match object.remove(key) {
            None => partition(index),
            client => wrap(client, index),
        };
        object.set(key, filter);
        self.changed = true;
    }

    /// The words of a query string can name fields (row A1-25).
    fn query_string(&self, object: &Object<'_>) -> Result<(), Refusal> {
        let Some(text) = object.get("query").and_then(Value::as_str) else {
            return Err(Refusal::misshapen(
                super::construct("key", "query"),
                "it must be a string",
                "A1-25",
            ));
        };
        let Some(index) = self.shared() else {
            return Ok(());
        };
        if names_reserved_field(text, index) {
            let why = "it names a field that starts with an underscore";
            return Err(self.refuse("text of", "query", why, "A1-25").under("query"));
        }
        // 2.19 does not honour `fuzzy_rewrite` there.
        let most = object
            .get("type")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.eq_ignore_ascii_case("most_fields"));
        if most && text.contains('~') {
            let why = "fuzzy words depend on the words of every tenant in this type";
            return Err(self.refuse("text of", "query", why, "A1-25").under("query"));
        }
        Ok(())
    }

    /// A fuzzy word of a simple query string keeps the closest words of the whole shard, and nothing can be forced: the
    /// operator is switched off, and a text that uses it is refused rather than read in another way (row A1-26).
    fn simple_query_string(&mut self, object: &mut Object<'_>) -> Result<(), Refusal> {
        let flags =
            simple_flags::parse(object.get("flags")).map_err(|refusal| refusal.under("flags"))?;
        let text = object
            .get("query")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if flags.fuzzy() && fuzzy_word(text) {
            let why = "fuzzy words depend on the words of every tenant; match with fuzziness is offered instead";
            return Err(self.refuse("text of", "query", why, "A1-26").under("query"));
        }
        object.set("flags", Value::text(flags.without_fuzzy()));
        self.changed = true;
        Ok(())
    }
}

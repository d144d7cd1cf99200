//! The `range` query.

use super::super::date::Fill;
use super::super::error::ApiError;
use super::super::json::Json;
use super::super::mapping::{Kind, Value};
use super::Range;
use super::compile::Matcher;
use super::field::{Field, Target, between};

impl Field<'_> {
    pub(super) fn range(&self, range: &Range, boost: f32) -> Result<Matcher, ApiError> {
        let leaf = match self.target {
            Target::Unmapped => return Ok(Matcher::None),
            Target::Id => return Err(ApiError::unsupported("a range on [_id]")),
            Target::Leaf(leaf) => leaf,
        };
        if range.format.is_some() && leaf.kind != Kind::Date {
            return Err(ApiError::unsupported(
                "[format] of a range on a field that is no date",
            ));
        }
        let bound = |bound: &Option<(Json, bool)>,
                     lower: bool|
         -> Result<Option<(Value, bool)>, ApiError> {
            let Some((value, inclusive)) = bound else {
                return Ok(None);
            };
            let text = value.text().unwrap_or_default();
            Ok(Some(match leaf.kind {
                Kind::Keyword => (Value::Keyword(leaf.normalise(text)), *inclusive),
                Kind::Date => {
                    let fill = if lower == *inclusive {
                        Fill::Start
                    } else {
                        Fill::End
                    };
                    (
                        Value::Date(self.date(leaf, text, range.format.as_deref(), fill)?),
                        *inclusive,
                    )
                }
                Kind::Double | Kind::Float => {
                    (Value::Double(leaf.round(self.number(text)?)), *inclusive)
                }
                Kind::Text | Kind::Boolean => {
                    return Err(ApiError::unsupported(format_args!(
                        "a range on a field of type [{}]",
                        leaf.kind.name()
                    )));
                }
                _ => match text.parse() {
                    Ok(number) => (Value::Long(number), *inclusive),
                    // Between two whole numbers: the next one inwards is included.
                    Err(_) => {
                        let number = self.number(text)?;
                        let whole = if lower { number.ceil() } else { number.floor() };
                        (Value::Long(whole as i64), *inclusive || whole != number)
                    }
                },
            }))
        };
        Ok(between(
            self.name.to_owned(),
            bound(&range.from, true)?,
            bound(&range.to, false)?,
            boost,
        ))
    }
}

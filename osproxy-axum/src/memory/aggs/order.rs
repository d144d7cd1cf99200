//! The `order` of buckets.

use super::super::error::ApiError;
use super::super::json::Json;
use super::keys::parsing;

/// What buckets are ordered by.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) by: By,
    pub(super) descending: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum By {
    Count,
    Key,
    /// A metric below, and which of its numbers.
    Metric(String, String),
}

/// Reads one order or a list of them.
pub(super) fn parse(value: &Json) -> Result<Vec<Order>, ApiError> {
    let one = |value: &Json| match value.members() {
        Some([(path, direction)]) => {
            let by = match path.as_str() {
                "_count" => By::Count,
                "_key" | "_term" => By::Key,
                path if path.contains(['>', '[']) => {
                    return Err(ApiError::unsupported("an order by a path of aggregations"));
                }
                path => {
                    let (name, property) = path.split_once('.').unwrap_or((path, "value"));
                    By::Metric(name.to_owned(), property.to_owned())
                }
            };
            match direction.as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("asc") => Ok(Order {
                    by,
                    descending: false,
                }),
                Some("desc") => Ok(Order {
                    by,
                    descending: true,
                }),
                _ => Err(parsing("Unknown order direction".to_owned())),
            }
        }
        _ => Err(parsing(
            "Must specify at least one field for [order]".to_owned(),
        )),
    };
    match value {
        Json::Array(items) => items.iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}

//! Reading a mapping from a request. What the double can't evaluate is refused by name, never stored and forgotten.

use std::collections::BTreeMap;

use super::super::date;
use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::{Dynamic, Field, Kind, Leaf, Mapping, Object};

/// Types that the server has and the double has not.
const OTHER_TYPES: &[&str] = &[
    "binary",
    "completion",
    "constant_keyword",
    "date_nanos",
    "date_range",
    "derived",
    "double_range",
    "flat_object",
    "float_range",
    "geo_point",
    "geo_shape",
    "half_float",
    "integer_range",
    "ip",
    "ip_range",
    "join",
    "knn_vector",
    "long_range",
    "match_only_text",
    "nested",
    "percolator",
    "rank_feature",
    "rank_features",
    "scaled_float",
    "search_as_you_type",
    "semantic",
    "star_tree",
    "token_count",
    "unsigned_long",
    "wildcard",
    "xy_point",
    "xy_shape",
];

/// Parameters of fields that the server has and the double has not.
const OTHER_PARAMS: &[&str] = &[
    "boost",
    "eager_global_ordinals",
    "enabled",
    "fielddata",
    "fielddata_frequency_filter",
    "index_options",
    "index_phrases",
    "index_prefixes",
    "locale",
    "meta",
    "norms",
    "position_increment_gap",
    "print_format",
    "search_analyzer",
    "search_quote_analyzer",
    "similarity",
    "skip_list",
    "split_queries_on_whitespace",
    "term_vector",
    "use_similarity",
];

impl Mapping {
    /// Adds the fields of a `mappings` object, or of the body of `PUT /{index}/_mapping`.
    pub(in super::super) fn merge(&mut self, body: &Json) -> Result<(), ApiError> {
        let members = body
            .members()
            .ok_or_else(|| bad("the mapping is not an object"))?;
        for (name, value) in members {
            match (name.as_str(), value) {
                ("properties", value) => merge_properties(&mut self.root.properties, value, "")?,
                ("dynamic", value) => self.root.dynamic = Some(dynamic(value)?),
                ("_meta", value @ Json::Object(_)) => self.meta = Some(value.clone()),
                ("date_detection", Json::Bool(on)) => self.date_detection = Some(*on),
                ("numeric_detection", Json::Bool(false)) => {}
                ("_routing", Json::Object(members)) => match members.as_slice() {
                    [(name, Json::Bool(required))] if name == "required" => {
                        self.routing_required = *required;
                    }
                    _ => {
                        return Err(ApiError::unsupported(
                            "mapping parameter [_routing] with other members than [required]",
                        ));
                    }
                },
                ("_source", Json::Object(members)) => match members.as_slice() {
                    [(name, Json::Bool(true))] if name == "enabled" => {}
                    _ => return Err(ApiError::unsupported("mapping parameter [_source]")),
                },
                (
                    "dynamic_templates"
                    | "dynamic_date_formats"
                    | "numeric_detection"
                    | "_field_names"
                    | "derived",
                    _,
                ) => {
                    return Err(ApiError::unsupported(format_args!(
                        "mapping parameter [{name}]"
                    )));
                }
                (name, value) => {
                    let shown = value.text().unwrap_or("...");
                    return Err(bad(format!(
                        "Root mapping definition has unsupported parameters:  [{name} : {shown}]"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// An error of the mapping of a new index: the inner exception is the root cause.
pub(in super::super) fn bad(reason: impl Into<String>) -> ApiError {
    let inner = Cause::new("mapper_parsing_exception", reason.into());
    ApiError::new(400, inner)
}

fn merge_properties(
    properties: &mut BTreeMap<String, Field>,
    value: &Json,
    parent: &str,
) -> Result<(), ApiError> {
    let members = value
        .members()
        .ok_or_else(|| bad("Expected map for property [properties]"))?;
    for (name, definition) in members {
        if name.is_empty() || name.split('.').any(str::is_empty) {
            return Err(bad("a field name has an empty part"));
        }
        // `a.b` in a mapping is `b` in the object `a`.
        let path = if parent.is_empty() {
            name.clone()
        } else {
            format!("{parent}.{name}")
        };
        let mut at = &mut *properties;
        let mut last = name.as_str();
        while let Some((object, rest)) = last.split_once('.') {
            let field = at
                .entry(object.to_owned())
                .or_insert_with(|| Field::Object(Object::default()));
            let Field::Object(inner) = field else {
                return Err(changed(&path, "object", "a field"));
            };
            at = &mut inner.properties;
            last = rest;
        }
        merge_field(at, last, definition, &path)?;
    }
    Ok(())
}

fn merge_field(
    properties: &mut BTreeMap<String, Field>,
    name: &str,
    definition: &Json,
    path: &str,
) -> Result<(), ApiError> {
    let members = definition.members().ok_or_else(|| {
        bad(format!(
            "Expected map for property [fields] on field [{name}]"
        ))
    })?;
    let kind = definition.get("type").and_then(Json::as_str);
    if kind == Some("object") || (kind.is_none() && definition.get("properties").is_some()) {
        let field = properties
            .entry(name.to_owned())
            .or_insert_with(|| Field::Object(Object::default()));
        let Field::Object(object) = field else {
            return Err(changed(path, "object", "a field"));
        };
        return merge_object(object, members, path);
    }
    let Some(kind) = kind else {
        return Err(bad(format!("No type specified for field [{name}]")));
    };
    if kind == "alias" {
        return match (
            definition.get("path").and_then(Json::as_str),
            properties.get(name),
        ) {
            (Some(target), None | Some(Field::Alias(_))) => {
                properties.insert(name.to_owned(), Field::Alias(target.to_owned()));
                Ok(())
            }
            _ => Err(bad(format!(
                "The [path] property must be specified for field [{name}]."
            ))),
        };
    }
    let leaf = leaf(name, kind, members, false)?;
    match properties.get_mut(name) {
        None => {
            properties.insert(name.to_owned(), Field::Leaf(Box::new(leaf)));
            Ok(())
        }
        Some(Field::Leaf(old)) if old.kind != leaf.kind => {
            Err(changed(path, old.kind.name(), leaf.kind.name()))
        }
        Some(Field::Leaf(old)) if old.params == leaf.params => {
            old.fields.extend(leaf.fields);
            Ok(())
        }
        Some(_) => Err(ApiError::unsupported(format_args!(
            "a change of the existing field [{path}]"
        ))),
    }
}

fn changed(path: &str, from: &str, to: &str) -> ApiError {
    ApiError::illegal_argument(format!(
        "mapper [{path}] cannot be changed from type [{from}] to [{to}]"
    ))
}

fn merge_object(
    object: &mut Object,
    members: &[(String, Json)],
    path: &str,
) -> Result<(), ApiError> {
    for (name, value) in members {
        match name.as_str() {
            "type" => {}
            "properties" => merge_properties(&mut object.properties, value, path)?,
            "dynamic" => object.dynamic = Some(dynamic(value)?),
            "enabled" if *value == Json::Bool(true) => {}
            name => {
                return Err(ApiError::unsupported(format_args!(
                    "mapping parameter [{name}] on the object [{path}]"
                )));
            }
        }
    }
    Ok(())
}

fn leaf(
    name: &str,
    kind_name: &str,
    members: &[(String, Json)],
    is_multi_field: bool,
) -> Result<Leaf, ApiError> {
    if OTHER_TYPES.contains(&kind_name) {
        return Err(ApiError::unsupported(format_args!(
            "field type [{kind_name}]"
        )));
    }
    let Some(kind) = Kind::of(kind_name) else {
        return Err(bad(format!(
            "No handler for type [{kind_name}] declared on field [{name}]"
        )));
    };
    let mut leaf = Leaf::new(kind);
    for (param, value) in members {
        let unsupported = || {
            ApiError::unsupported(format_args!(
                "mapping parameter [{param}] on a field of type [{kind_name}]"
            ))
        };
        // `false`: the value is the default, which the server does not show either.
        let shown = match (param.as_str(), value, kind) {
            ("type", ..) => false,
            ("index", Json::Bool(on), _) => {
                leaf.index = *on;
                !on
            }
            ("doc_values", Json::Bool(on), kind) if kind != Kind::Text => {
                leaf.doc_values = *on;
                !on
            }
            ("store", Json::Bool(on), Kind::Text | Kind::Keyword) => {
                leaf.store = *on;
                *on
            }
            ("store" | "ignore_malformed", Json::Bool(false), _)
            | ("coerce", Json::Bool(true), _) => false,
            ("null_value", value, kind) if kind != Kind::Text && value.text().is_some() => {
                leaf.null_value = Some(value.clone());
                true
            }
            ("ignore_above", value @ Json::Number(_), Kind::Keyword) => {
                leaf.ignore_above = Some(
                    value
                        .as_i64()
                        .and_then(|limit| usize::try_from(limit).ok())
                        .ok_or_else(unsupported)?,
                );
                true
            }
            ("normalizer", Json::String(name), Kind::Keyword) if name == "lowercase" => {
                leaf.lowercase = true;
                true
            }
            ("format", Json::String(format), Kind::Date) => {
                leaf.formats = date::formats(format).ok_or_else(unsupported)?;
                format != date::DEFAULT_NAME
            }
            ("analyzer", Json::String(analyzer), Kind::Text) if analyzer == "standard" => true,
            ("copy_to", value, _) if !is_multi_field => {
                leaf.copy_to = strings(value).ok_or_else(unsupported)?;
                false
            }
            ("fields", Json::Object(fields), _) if !is_multi_field => {
                for (name, definition) in fields {
                    let members = definition.members().ok_or_else(unsupported)?;
                    let kind = definition.get("type").and_then(Json::as_str);
                    let kind =
                        kind.ok_or_else(|| bad(format!("No type specified for field [{name}]")))?;
                    leaf.fields
                        .insert(name.clone(), self::leaf(name, kind, members, true)?);
                }
                false
            }
            (param, ..) => {
                let known = [
                    "store",
                    "ignore_malformed",
                    "coerce",
                    "null_value",
                    "ignore_above",
                    "normalizer",
                    "format",
                ];
                let known = known.contains(&param)
                    || ["index", "doc_values", "analyzer", "copy_to", "fields"].contains(&param);
                if known || OTHER_PARAMS.contains(&param) {
                    return Err(unsupported());
                }
                return Err(bad(format!(
                    "unknown parameter [{param}] on mapper [{name}] of type [{kind_name}]"
                )));
            }
        };
        if shown {
            leaf.params.push((param.clone(), value.clone()));
        }
    }
    let place = |(name, _): &(String, Json)| ORDER.iter().position(|other| other == name);
    leaf.params.sort_by_key(place);
    Ok(leaf)
}

/// The order in which the server shows parameters.
const ORDER: [&str; 8] = [
    "index",
    "doc_values",
    "store",
    "format",
    "null_value",
    "ignore_above",
    "normalizer",
    "analyzer",
];

/// One string or a list of them.
fn strings(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::String(one) => Some(vec![one.clone()]),
        Json::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    }
}

fn dynamic(value: &Json) -> Result<Dynamic, ApiError> {
    match value.text() {
        Some("true") => Ok(Dynamic::Add),
        Some("false") => Ok(Dynamic::Ignore),
        Some("strict") => Ok(Dynamic::Refuse),
        Some("strict_allow_templates" | "false_allow_templates") => Err(ApiError::unsupported(
            "mapping parameter [dynamic] with templates",
        )),
        other => {
            let shown = other.unwrap_or_default();
            let inner = Cause::new(
                "illegal_argument_exception",
                format!("Failed to parse value [{shown}] as only [true] or [false] are allowed."),
            );
            let outer = Cause::new(
                "illegal_argument_exception",
                "Could not convert [dynamic.dynamic] to boolean",
            );
            Err(ApiError::new(400, outer.caused_by(inner)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(mapping: &str) -> Option<String> {
        let body = Json::parse(mapping).unwrap();
        Mapping::default()
            .merge(&body)
            .err()
            .map(|error| error.item().compact())
    }

    #[test]
    fn what_can_not_be_evaluated_is_refused() {
        let table = [
            (
                r#"{"properties":{"a":{"type":"nested"}}}"#,
                "field type [nested] is not supported",
            ),
            (
                r#"{"properties":{"a":{"type":"foo"}}}"#,
                "No handler for type [foo]",
            ),
            (
                r#"{"properties":{"a":{"type":"keyword","foo":1}}}"#,
                "unknown parameter [foo] on mapper [a] of type [keyword]",
            ),
            (
                r#"{"properties":{"a":{"type":"keyword","normalizer":"mine"}}}"#,
                "mapping parameter [normalizer]",
            ),
            (
                r#"{"properties":{"a":{"type":"text","analyzer":"english"}}}"#,
                "mapping parameter [analyzer]",
            ),
            (
                r#"{"properties":{"a":{"type":"date","format":"HH"}}}"#,
                "mapping parameter [format]",
            ),
            (
                r#"{"properties":{"a":{}}}"#,
                "No type specified for field [a]",
            ),
            (
                r#"{"dynamic_templates":[]}"#,
                "mapping parameter [dynamic_templates]",
            ),
            (
                r#"{"_source":{"enabled":false}}"#,
                "mapping parameter [_source]",
            ),
            (
                r#"{"foo":1}"#,
                "Root mapping definition has unsupported parameters:  [foo : 1]",
            ),
        ];
        for (mapping, reason) in table {
            let error = refusal(mapping).unwrap_or_default();
            assert!(error.contains(reason), "{mapping}: {error}");
        }
    }

    #[test]
    fn a_field_keeps_its_type() {
        let mut mapping = Mapping::default();
        mapping
            .merge(&Json::parse(r#"{"properties":{"a":{"type":"keyword"}}}"#).unwrap())
            .unwrap();
        let error = mapping
            .merge(&Json::parse(r#"{"properties":{"a":{"type":"long"}}}"#).unwrap())
            .unwrap_err();
        assert!(
            error
                .item()
                .compact()
                .contains("mapper [a] cannot be changed from type [keyword] to [long]")
        );
    }
}

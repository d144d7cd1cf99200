//! A mapping as `_mapping` shows it: fields sorted by name, defaults left out.

use super::super::json::Json;
use super::{Dynamic, Field, Kind, Leaf, Mapping, Object};

impl Mapping {
    pub(in super::super) fn to_json(&self) -> Json {
        let mut members = Vec::new();
        if let Some(dynamic) = self.root.dynamic {
            members.push(("dynamic".to_owned(), dynamic.to_json()));
        }
        if let Some(meta) = &self.meta {
            members.push(("_meta".to_owned(), meta.clone()));
        }
        if self.routing_required {
            members.push((
                "_routing".to_owned(),
                Json::object([("required", Json::Bool(true))]),
            ));
        }
        if let Some(on) = self.date_detection {
            members.push(("date_detection".to_owned(), Json::Bool(on)));
        }
        if !self.root.properties.is_empty() {
            members.push(("properties".to_owned(), self.root.properties_json()));
        }
        Json::Object(members)
    }
}

impl Dynamic {
    fn to_json(self) -> Json {
        Json::from(match self {
            Self::Add => "true",
            Self::Ignore => "false",
            Self::Refuse => "strict",
        })
    }
}

impl Object {
    fn properties_json(&self) -> Json {
        let one = |(name, field): (&String, &Field)| {
            let definition = match field {
                Field::Object(object) => object.to_json(),
                Field::Leaf(leaf) => leaf.to_json(),
                Field::Alias(path) => Json::object([
                    ("type", Json::from("alias")),
                    ("path", Json::from(path.as_str())),
                ]),
            };
            (name.clone(), definition)
        };
        Json::Object(self.properties.iter().map(one).collect())
    }

    fn to_json(&self) -> Json {
        let mut members = Vec::new();
        if self.properties.is_empty() {
            members.push(("type".to_owned(), Json::from("object")));
        }
        if let Some(dynamic) = self.dynamic {
            members.push(("dynamic".to_owned(), dynamic.to_json()));
        }
        if !self.properties.is_empty() {
            members.push(("properties".to_owned(), self.properties_json()));
        }
        Json::Object(members)
    }
}

impl Leaf {
    fn to_json(&self) -> Json {
        let mut members = vec![("type".to_owned(), Json::from(self.kind.name()))];
        let fields = (!self.fields.is_empty()).then(|| {
            let one = |(name, leaf): (&String, &Self)| (name.clone(), leaf.to_json());
            (
                "fields".to_owned(),
                Json::Object(self.fields.iter().map(one).collect()),
            )
        });
        // A text field shows its multi-fields before its parameters, all others after them.
        let (before, after) = if self.kind == Kind::Text {
            (fields, None)
        } else {
            (None, fields)
        };
        members.extend(before);
        members.extend(self.params.iter().cloned());
        members.extend(after);
        if !self.copy_to.is_empty() {
            let targets = self
                .copy_to
                .iter()
                .map(|target| Json::from(target.as_str()));
            members.push(("copy_to".to_owned(), Json::Array(targets.collect())));
        }
        Json::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sent to and shown by 3.8.0.
    #[test]
    fn shows_what_the_server_shows() {
        let sent = r#"{"properties":{"_tenant":{"type":"keyword"},"t":{"type":"text","analyzer":"standard","fields":{"raw":{"type":"keyword","ignore_above":10,"normalizer":"lowercase"}}},"o":{"properties":{"d":{"type":"date","format":"yyyy-MM-dd"}}},"n":{"type":"integer","null_value":3},"oo":{"type":"object","dynamic":"strict"},"k":{"type":"keyword","index":false,"doc_values":false,"copy_to":"_tenant"}},"dynamic":"strict","_routing":{"required":true}}"#;
        let shown = r#"{"dynamic":"strict","_routing":{"required":true},"properties":{"_tenant":{"type":"keyword"},"k":{"type":"keyword","index":false,"doc_values":false,"copy_to":["_tenant"]},"n":{"type":"integer","null_value":3},"o":{"properties":{"d":{"type":"date","format":"yyyy-MM-dd"}}},"oo":{"type":"object","dynamic":"strict"},"t":{"type":"text","fields":{"raw":{"type":"keyword","ignore_above":10,"normalizer":"lowercase"}},"analyzer":"standard"}}}"#;
        let mut mapping = Mapping::default();
        mapping.merge(&Json::parse(sent).unwrap()).unwrap();
        assert_eq!(mapping.to_json().compact(), shown);
    }
}

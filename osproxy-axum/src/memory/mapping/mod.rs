//! Mappings: what a field is, and so what a query on it finds.
//!
//! [`parse`] reads one from a request, [`render`] writes it as `_mapping` shows it, [`document`] turns a document into the values that
//! queries, sorts and aggregations see, adding unmapped fields on the way as dynamic mapping does.

mod document;
mod dynamic;
mod parse;
mod render;
mod value;

use std::collections::BTreeMap;

use super::date::{self, Format};
use super::json::Json;

pub(super) use document::{Fields, read_document};
pub(super) use value::Value;

/// The mapping of an index.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    pub(super) routing_required: bool,
    meta: Option<Json>,
    date_detection: Option<bool>,
    root: Object,
}

/// What happens to a field that is not mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dynamic {
    Add,
    Ignore,
    Refuse,
}

#[derive(Clone, Debug, Default)]
struct Object {
    dynamic: Option<Dynamic>,
    properties: BTreeMap<String, Field>,
}

#[derive(Clone, Debug)]
enum Field {
    Object(Object),
    Leaf(Box<Leaf>),
    /// The path that the alias stands for.
    Alias(String),
}

/// A field with values.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) kind: Kind,
    /// As sent, for `_mapping`.
    params: Vec<(String, Json)>,
    fields: BTreeMap<String, Self>,
    copy_to: Vec<String>,
    ignore_above: Option<usize>,
    null_value: Option<Json>,
    /// The built-in normaliser `lowercase`.
    lowercase: bool,
    pub(super) formats: Vec<Format>,
    index: bool,
    /// Kept beside the source, for `stored_fields`.
    pub(super) store: bool,
    pub(super) doc_values: bool,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Keyword,
    Long,
    Integer,
    Short,
    Byte,
    Double,
    Float,
    Boolean,
    Date,
}

impl Kind {
    const ALL: [(&'static str, Self); 10] = [
        ("text", Self::Text),
        ("keyword", Self::Keyword),
        ("long", Self::Long),
        ("integer", Self::Integer),
        ("short", Self::Short),
        ("byte", Self::Byte),
        ("double", Self::Double),
        ("float", Self::Float),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
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

    /// Whether values are whole numbers.
    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Long | Self::Integer | Self::Short | Self::Byte)
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self, Self::Double | Self::Float)
    }
}

impl Leaf {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            params: Vec::new(),
            fields: BTreeMap::new(),
            copy_to: Vec::new(),
            ignore_above: None,
            null_value: None,
            lowercase: false,
            formats: date::DEFAULT.to_vec(),
            index: true,
            store: false,
            doc_values: kind != Kind::Text,
        }
    }

    /// What dynamic mapping makes of a string: text, and a keyword below it.
    fn dynamic_text() -> Self {
        let mut keyword = Self::new(Kind::Keyword);
        keyword.ignore_above = Some(256);
        keyword
            .params
            .push(("ignore_above".to_owned(), Json::from(256_u64)));
        let mut text = Self::new(Kind::Text);
        text.fields.insert("keyword".to_owned(), keyword);
        text
    }

    /// Whether a query can be answered from the index or, slowly, from the column.
    pub(super) fn is_searchable(&self) -> bool {
        self.index || self.doc_values
    }

    /// The format that dates are written in.
    pub(super) fn format(&self) -> Format {
        self.formats
            .first()
            .copied()
            .unwrap_or(Format::DateOptionalTime)
    }

    /// The name of its date format, as messages show it.
    pub(super) fn format_name(&self) -> &str {
        let given = self.params.iter().find(|(name, _)| name == "format");
        given
            .and_then(|(_, value)| value.as_str())
            .unwrap_or(date::DEFAULT_NAME)
    }
}

impl Mapping {
    /// The field that a dotted path names, with its full path behind an alias.
    pub(super) fn leaf<'a>(&'a self, path: &'a str) -> Option<(&'a str, &'a Leaf)> {
        match self.find(path)? {
            Found::Leaf(leaf) => Some((path, leaf)),
            Found::Alias(target) => match self.find(target)? {
                Found::Leaf(leaf) => Some((target, leaf)),
                Found::Object | Found::Alias(_) => None,
            },
            Found::Object => None,
        }
    }

    /// Whether the path names an object.
    pub(super) fn is_object(&self, path: &str) -> bool {
        matches!(self.find(path), Some(Found::Object))
    }

    fn find(&self, path: &str) -> Option<Found<'_>> {
        let mut at = Found::Object;
        let mut object = &self.root;
        for part in path.split('.') {
            at = match at {
                // Below a leaf are its multi-fields.
                Found::Leaf(leaf) => Found::Leaf(leaf.fields.get(part)?),
                Found::Alias(_) => return None,
                Found::Object => match object.properties.get(part)? {
                    Field::Leaf(leaf) => Found::Leaf(leaf),
                    Field::Alias(target) => Found::Alias(target),
                    Field::Object(inner) => {
                        object = inner;
                        Found::Object
                    }
                },
            };
        }
        Some(at)
    }

    /// How many fields there are, as the server counts them against its limit.
    fn count(&self) -> usize {
        self.root.count()
    }
}

impl Object {
    fn count(&self) -> usize {
        let one = |field: &Field| match field {
            Field::Object(inner) => 1 + inner.count(),
            Field::Leaf(leaf) => 1 + leaf.fields.len(),
            Field::Alias(_) => 1,
        };
        self.properties.values().map(one).sum()
    }
}

/// What a path names.
enum Found<'a> {
    Object,
    Leaf(&'a Leaf),
    Alias(&'a str),
}

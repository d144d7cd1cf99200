//! The language of the screen's tables: a row a construct.
//!
//! A row says what a key, a query type, an aggregation type holds (its [`Kind`]), what is done with it on a shared and on
//! a dedicated index (its [`Decision`]s), and by which row of the catalogue. The walker knows kinds, never names; so a
//! construct is let through by adding its row, and by nothing else.

/// What is done with a construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It passes, if what it holds does.
    Allow,
    /// It passes after the change that its kind stands for.
    Rewrite,
    /// It is refused; the text tells the client why.
    Refuse(&'static str),
    /// Empty (`false`, `{}`, `[]`) it means the same as absent, and is not sent; else it is refused (row C1-26).
    Empty(&'static str),
}

/// One construct: a key of an object, a query type, an aggregation type.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The construct's name in a request.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What is done with it on an index that partitions share.
    pub shared: Decision,
    /// What is done with it on a shared index whose statistics no tenant may read, where that is something else (rows F-01,
    /// F-02).
    pub strict: Option<Decision>,
    /// What is done with it on an index of the partition's own.
    pub dedicated: Decision,
    /// The row of the isolation catalogue, such as `A1-22`.
    pub catalogue: &'static str,
}

/// What a construct holds.
///
/// On a shared index a value that is not of its row's kind is refused. On a dedicated index kinds that merely hold data
/// are not looked at: the node checks them, and nothing in them refers to anything outside.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string, number, boolean or null.
    Scalar,
    /// Any JSON that the server takes as data.
    Json,
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
    /// A whole number, written with digits only (`0.9` would pass a comparison and be cut to 0), of at least this value.
    AtLeast(u64),
    /// Whatever the client says, this word is sent.
    Always(&'static str),
    /// Allowed, but not sent.
    Dropped,
    /// The name of one field.
    Field,
    /// One field name or a list of them.
    Fields(Names),
    /// The same, where an entry may be an object that names the field under `field`.
    FieldsOr(Names, &'static Keys),
    /// A shape: an object, or text, which the server reads recursively too.
    Geometry,
    /// A value that is compared with the enclosing field: translated where that field is `_id` or `_index`.
    Compared,
    /// One id or a list of them: translated.
    Ids,
    /// An object with these keys.
    Keys(&'static Keys),
    /// An array of this kind.
    List(&'static Self),
    /// One of this kind, or an array of it.
    OneOrMany(&'static Self),
    /// An object whose keys are names that the client chose.
    Named(&'static Self),
    /// An object whose keys are field names.
    FieldMap(Names, &'static Self),
    /// An object whose keys are names that the client chose, or an array.
    NamedOrList(&'static Self),
    /// An object that names one field, and what is asked of it.
    ByField(&'static ByField),
    /// An object with exactly one key, which is one of these types.
    Typed(&'static Types),
    /// A query.
    Query,
    /// A query or an array of queries; null is none.
    Queries,
    /// The body of a query for documents inside documents.
    NestedQuery(&'static Keys),
    /// The body of an `exists` query.
    Exists(&'static Keys),
    /// Aggregations by name.
    Aggs,
    /// The body of an aggregation that leads to documents inside documents, or back from them if it has no `path`.
    NestedAgg(&'static Keys),
    /// The body of an aggregation that is nothing without others below: the server fails on it, or not, depending on how
    /// many terms the whole shard has (tried on 3.8.0).
    ParentAgg(&'static Keys),
    /// The body of an aggregation that fills gaps with empty buckets, unless its `min_doc_count` is at least 1.
    GapsAgg(&'static Keys),
    /// The body of an aggregation that compares with a background of whole documents: so not below a nested one, nor in a
    /// bucket that may be empty, where the server prints the size of the whole shard (tried on 3.8.0).
    RootAgg(&'static Keys),
    /// The body of a `top_hits` aggregation.
    TopHits(&'static Keys),
    /// The body of an `inner_hits`.
    InnerHits(&'static Keys),
    /// A sort.
    Sort,
    /// A source filter.
    Source,
    /// The point in time that is searched.
    PointInTime,
}

/// How field names may be written in a place for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// In full.
    Full,
    /// With a boost (`title^3`), or a wildcard that reaches no reserved name; a lone `*` reaches none (row A1-24).
    Searched,
    /// With any wildcard, since what is printed of reserved names is left out of the answer (rows C1-05, C1-12).
    Printed,
}

/// The keys that an object may have.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// The rows, in groups, since many objects have some in common.
    pub rows: &'static [&'static [Row]],
    /// Whether keys without a row are refused on a dedicated index too.
    pub closed: bool,
    /// Keys that must be there.
    pub required: &'static [&'static str],
    /// Pairs of keys of which one at most may be there.
    pub exclusive: &'static [(&'static str, &'static str)],
    /// Keys of which one at least must be there.
    pub any_of: &'static [&'static str],
    /// What is written into the object on a shared index.
    pub force: &'static [Force],
    /// What else is done to the object on a shared index.
    pub hook: Option<Hook>,
}

/// What a shared index needs beyond its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// The partition's filter goes into the filter under this key too.
    Filter(&'static str),
    /// The same for the nearest vectors, which can't be narrowed inside nested documents.
    VectorFilter(&'static str),
    /// The text is in the query string's language.
    QueryString,
    /// The text is in the simple query string's language.
    SimpleQueryString,
}

/// A key that is written into an object on a shared index, whatever the client says.
#[derive(Clone, Copy, Debug)]
pub struct Force {
    /// The key.
    pub key: &'static str,
    /// Its value, a word.
    pub word: &'static str,
    /// Only where this key is there.
    pub when: Option<&'static str>,
    /// The row of the isolation catalogue.
    pub catalogue: &'static str,
}

/// An object that names one field: `{"user": "ann"}`, `{"user": {"value": "ann"}, "boost": 2}`.
#[derive(Clone, Copy, Debug)]
pub struct ByField {
    /// Whether the field may be `_id`, whose values are then translated. Of the long form's keys and the siblings only
    /// the compared one, `boost` and `_name` may stand beside it: what analyses or expands an id is not translated.
    pub id: bool,
    /// The short form: what stands for the value where it is not an object.
    pub short: Option<Kind>,
    /// The long form: an object with these keys.
    pub long: Long,
    /// Keys that may stand beside the field.
    pub siblings: &'static [&'static [Row]],
}

/// The long form of a [`ByField`].
#[derive(Clone, Copy, Debug)]
pub enum Long {
    /// An object with these keys.
    Keys(&'static Keys),
    /// As before, and a short form is made long under this key, since the long one forces something.
    Lengthen(&'static Keys, &'static str),
    /// Any JSON that the server takes as data.
    Json,
    /// An object is a reference to something else: refused, for this reason, by this row of the catalogue.
    Refuse(&'static str, &'static str),
}

/// Types, of which an object names exactly one.
#[derive(Clone, Copy, Debug)]
pub struct Types {
    /// `query type`: for the refusal.
    pub what: &'static str,
    /// The types.
    pub rows: &'static [&'static [Row]],
    /// The catalogue's row for types that are not known.
    pub unknown: &'static str,
}

impl Kind {
    /// The keys of the object that a value of this kind is, where it is one.
    #[must_use]
    pub const fn object(self) -> Option<&'static Keys> {
        match self {
            Self::Keys(keys)
            | Self::Exists(keys)
            | Self::NestedQuery(keys)
            | Self::NestedAgg(keys)
            | Self::ParentAgg(keys)
            | Self::GapsAgg(keys)
            | Self::RootAgg(keys)
            | Self::TopHits(keys)
            | Self::InnerHits(keys)
            | Self::FieldsOr(_, keys) => Some(keys),
            _ => None,
        }
    }
}

impl Keys {
    /// These rows, and nothing that binds them together.
    pub const fn of(rows: &'static [&'static [Row]]) -> Self {
        Self {
            rows,
            closed: false,
            required: &[],
            exclusive: &[],
            any_of: &[],
            force: &[],
            hook: None,
        }
    }

    /// With keys that have no row being refused everywhere.
    #[must_use]
    pub const fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// With these keys being required.
    #[must_use]
    pub const fn required(mut self, keys: &'static [&'static str]) -> Self {
        self.required = keys;
        self
    }

    /// With these pairs excluding each other.
    #[must_use]
    pub const fn exclusive(mut self, pairs: &'static [(&'static str, &'static str)]) -> Self {
        self.exclusive = pairs;
        self
    }

    /// With one of these keys being required.
    #[must_use]
    pub const fn any_of(mut self, keys: &'static [&'static str]) -> Self {
        self.any_of = keys;
        self
    }

    /// With this being done too.
    #[must_use]
    pub const fn hook(mut self, hook: Hook) -> Self {
        self.hook = Some(hook);
        self
    }

    /// With these words being forced.
    #[must_use]
    pub const fn force(mut self, force: &'static [Force]) -> Self {
        self.force = force;
        self
    }
}

impl Row {
    /// With this being done where no tenant may read the statistics of a shared index.
    #[must_use]
    pub const fn strict(mut self, decision: Decision) -> Self {
        self.strict = Some(decision);
        self
    }
}

/// Why what is computed from scores is refused where there are none.
pub const SCORE: &str =
    "it is computed from scores, which tell how often all tenants use a word; sort by a field";

/// The row of a name.
pub fn find(rows: &'static [&'static [Row]], name: &str) -> Option<&'static Row> {
    let row = rows.iter().copied().flatten().find(|row| row.name == name);
    #[cfg(test)]
    let row = row.filter(|row| !super::tests::mutants::is_hidden(row));
    row
}

/// A construct that passes on both placements.
pub const fn allow(name: &'static str, kind: Kind, catalogue: &'static str) -> Row {
    Row {
        name,
        kind,
        shared: Decision::Allow,
        strict: None,
        dedicated: Decision::Allow,
        catalogue,
    }
}

/// A construct that is changed on a shared index and passes on a dedicated one.
pub const fn rewrite(name: &'static str, kind: Kind, catalogue: &'static str) -> Row {
    Row {
        shared: Decision::Rewrite,
        ..allow(name, kind, catalogue)
    }
}

/// A construct that is changed on both placements.
pub const fn rewrite_both(name: &'static str, kind: Kind, catalogue: &'static str) -> Row {
    Row {
        shared: Decision::Rewrite,
        dedicated: Decision::Rewrite,
        ..allow(name, kind, catalogue)
    }
}

/// A construct that is refused on a shared index and passes on a dedicated one, if what it holds does.
pub const fn own_only(
    name: &'static str,
    kind: Kind,
    catalogue: &'static str,
    why: &'static str,
) -> Row {
    Row {
        shared: Decision::Refuse(why),
        ..allow(name, kind, catalogue)
    }
}

/// As [`own_only`], but an empty one passes everywhere: some clients always send it.
pub const fn own_or_empty(
    name: &'static str,
    kind: Kind,
    catalogue: &'static str,
    why: &'static str,
) -> Row {
    Row {
        shared: Decision::Empty(why),
        ..allow(name, kind, catalogue)
    }
}

/// A construct that is refused on both placements unless it is empty.
pub const fn empty_only(name: &'static str, catalogue: &'static str, why: &'static str) -> Row {
    Row {
        shared: Decision::Empty(why),
        dedicated: Decision::Empty(why),
        ..allow(name, Kind::Json, catalogue)
    }
}

/// A construct that is refused on both placements.
pub const fn refuse(name: &'static str, catalogue: &'static str, why: &'static str) -> Row {
    Row {
        shared: Decision::Refuse(why),
        dedicated: Decision::Refuse(why),
        ..allow(name, Kind::Json, catalogue)
    }
}

//! Where a stream stands in an answer, and what it does with what it finds there.
//!
//! Places are reached from the root by the request's shape alone. A name that a client chose is looked up only where the
//! shape says that the client chose names, so an aggregation called `hits` is no list of hits (B-21).

use super::super::cursor::Cursor;
use super::super::rows::TableRow;
use crate::rewrite::screen::{Shape, SortValue};

/// A container whose members are looked at one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The answer to a search.
    Search,
    /// `hits`: totals, and the list; the hits have the shape of this number.
    Hits(usize),
    /// The list of hits.
    HitList(usize),
    /// Aggregations by name.
    Aggregations,
    /// The aggregation of this number.
    Aggregation(usize),
    /// Its buckets.
    Buckets(usize),
    /// One of them.
    Bucket(usize),
    /// Suggestions by name.
    Suggest,
    /// The entries of one.
    Suggestions,
    /// `profile`.
    Profile,
    /// `profile.shards`.
    ProfileShards,
    /// The answer to a bulk.
    Bulk,
    /// `items`.
    Items,
    /// The answer to the opening of a point in time.
    PointInTime,
    /// An answer of a cluster of the partition's own: only cursors are looked for.
    OwnCluster,
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Copied while it passes.
    Copy,
    /// Shown as `null`.
    Null,
    /// Left out, with its key.
    Drop,
    /// A cursor: sealed where the client asked for one, else the tripwire.
    Cursor(Cursor),
    /// Something of which the request's shape doesn't say what it is.
    Ambiguous,
    /// Held until it is whole, then turned back.
    Hold(Held),
    /// Looked at member by member.
    Enter(Place),
}

/// What is held whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Hit(usize),
    Item,
    Shards,
    Suggestion,
    Cursor,
    /// Anything with index names in its texts.
    Texts,
}

/// A key of a root, what is done on a shared and on a dedicated index, and the catalogue's row.
struct Row(&'static str, Act, Act, &'static str);

static SEARCH: &[Row] = &[
    Row("took", Act::Copy, Act::Copy, "F-13"),
    Row("timed_out", Act::Copy, Act::Copy, "C2-11"),
    Row("status", Act::Copy, Act::Copy, "H-01"),
    Row("terminated_early", Act::Copy, Act::Copy, "C1-19"),
    Row("num_reduce_phases", Act::Copy, Act::Copy, "F-13"),
    Row("phase_took", Act::Copy, Act::Copy, "C2-10"),
    Row(
        "_shards",
        Act::Hold(Held::Shards),
        Act::Hold(Held::Shards),
        "F-13",
    ),
    Row(
        "hits",
        Act::Enter(Place::Hits(0)),
        Act::Enter(Place::Hits(0)),
        "H-01",
    ),
    Row(
        "aggregations",
        Act::Enter(Place::Aggregations),
        Act::Enter(Place::Aggregations),
        "H-04",
    ),
    Row("suggest", Act::Drop, Act::Enter(Place::Suggest), "C1-04"),
    Row("profile", Act::Drop, Act::Enter(Place::Profile), "C1-17"),
    SCROLL,
    POINT_IN_TIME,
];

const SCROLL: Row = Row(
    "_scroll_id",
    Act::Cursor(Cursor::Scroll),
    Act::Cursor(Cursor::Scroll),
    "E-01",
);

const POINT_IN_TIME: Row = Row(
    "pit_id",
    Act::Cursor(Cursor::PointInTime),
    Act::Cursor(Cursor::PointInTime),
    "E-05",
);

static OPENED_POINT_IN_TIME: &[Row] = &[
    POINT_IN_TIME,
    Row(
        "_shards",
        Act::Hold(Held::Shards),
        Act::Hold(Held::Shards),
        "F-13",
    ),
    Row("creation_time", Act::Copy, Act::Copy, "E-04"),
];

static OWN_CLUSTER: &[Row] = &[SCROLL, POINT_IN_TIME];

static BULK: &[Row] = &[
    Row("took", Act::Copy, Act::Copy, "F-13"),
    Row("ingest_took", Act::Copy, Act::Copy, "F-13"),
    Row("errors", Act::Copy, Act::Copy, "H-01"),
    Row(
        "items",
        Act::Enter(Place::Items),
        Act::Enter(Place::Items),
        "H-01",
    ),
];

/// Aggregations that lead to hits and the shapes of all hits, by number: places hold numbers, not references.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// What the sort values of hits are. The first are the search's own hits.
    sorts: Vec<Vec<SortValue>>,
    nodes: Vec<Node>,
    roots: Vec<usize>,
    typed_keys: bool,
    /// Whether scores are not shown.
    hides_scores: bool,
}

/// An aggregation that leads to hits.
#[derive(Clone, Debug)]
struct Node {
    name: String,
    /// The number of its hits, for a `top_hits`.
    hits: Option<usize>,
    children: Vec<usize>,
}

impl Plan {
    pub(super) fn new(shape: Shape) -> Self {
        let mut plan = Self {
            sorts: vec![shape.sort],
            nodes: Vec::new(),
            roots: Vec::new(),
            typed_keys: shape.typed_keys,
            hides_scores: false,
        };
        for top_hits in shape.top_hits {
            plan.sorts.push(top_hits.sort);
            let hits = plan.sorts.len() - 1;
            let mut parent = None;
            for name in top_hits.path {
                parent = Some(plan.node(parent, name));
            }
            if let Some(node) = parent.and_then(|number| plan.nodes.get_mut(number)) {
                node.hits = Some(hits);
            }
        }
        plan
    }

    /// With scores that are not shown, if so.
    pub(super) const fn hides_scores(mut self, hides: bool) -> Self {
        self.hides_scores = hides;
        self
    }

    /// The number of the aggregation `name` below `parent`, which is made when it is new.
    fn node(&mut self, parent: Option<usize>, name: String) -> usize {
        if let Some(number) = self.find(self.children(parent), &name) {
            return number;
        }
        let number = self.nodes.len();
        self.nodes.push(Node {
            name,
            hits: None,
            children: Vec::new(),
        });
        let siblings = match parent.and_then(|parent| self.nodes.get_mut(parent)) {
            Some(parent) => &mut parent.children,
            None => &mut self.roots,
        };
        siblings.push(number);
        number
    }

    fn children(&self, parent: Option<usize>) -> &[usize] {
        match parent {
            Some(number) => self
                .nodes
                .get(number)
                .map_or(&[], |node| node.children.as_slice()),
            None => &self.roots,
        }
    }

    fn find(&self, among: &[usize], name: &str) -> Option<usize> {
        let named = |number: &&usize| {
            self.nodes
                .get(**number)
                .is_some_and(|node| node.name == name)
        };
        among.iter().find(named).copied()
    }

    /// What the sort values of these hits are.
    pub(super) fn sort(&self, hits: usize) -> &[SortValue] {
        self.sorts.get(hits).map_or(&[], Vec::as_slice)
    }

    /// What is done with a member of an object.
    pub(super) fn member(&self, place: Place, key: &str, shared: bool) -> Act {
        let table = match place {
            Place::Search => SEARCH,
            Place::Bulk => BULK,
            Place::PointInTime => OPENED_POINT_IN_TIME,
            Place::OwnCluster => OWN_CLUSTER,
            Place::Hits(number) => {
                return match key {
                    "hits" => Act::Enter(Place::HitList(number)),
                    "max_score" if self.hides_scores => Act::Null,
                    "total" | "max_score" => Act::Copy,
                    _ => unknown(shared),
                };
            }
            Place::Aggregations => return self.child(None, key),
            Place::Aggregation(number) => return self.aggregation(number, key),
            // Buckets by key: every key is the client's or the data's.
            Place::Buckets(number) => return Act::Enter(Place::Bucket(number)),
            Place::Bucket(number) => return self.child(Some(number), key),
            Place::Suggest => return Act::Enter(Place::Suggestions),
            Place::Profile if key == "shards" => return Act::Enter(Place::ProfileShards),
            // Lists have no keys.
            Place::Profile
            | Place::HitList(_)
            | Place::Suggestions
            | Place::ProfileShards
            | Place::Items => return unknown(shared),
        };
        let row = table.iter().find(|Row(name, ..)| *name == key);
        let act = match row {
            Some(Row(_, act, _, _)) if shared => *act,
            Some(Row(_, _, act, _)) => *act,
            None => unknown(shared),
        };
        #[cfg(test)]
        let act = super::super::tests::mutants::mutated(row, act, unknown(shared), Act::Copy);
        act
    }

    /// What is done with an element of an array.
    pub(super) const fn element(&self, place: Place) -> Act {
        match place {
            Place::HitList(number) => Act::Hold(Held::Hit(number)),
            Place::Items => Act::Hold(Held::Item),
            Place::Buckets(number) => Act::Enter(Place::Bucket(number)),
            Place::Suggestions => Act::Hold(Held::Suggestion),
            Place::ProfileShards => Act::Hold(Held::Texts),
            _ => Act::Drop,
        }
    }

    /// An aggregation by the name that the answer gives it.
    fn child(&self, parent: Option<usize>, key: &str) -> Act {
        let name = if self.typed_keys {
            key.split_once('#').map_or(key, |(_, name)| name)
        } else {
            key
        };
        match self.find(self.children(parent), name) {
            Some(number) => Act::Enter(Place::Aggregation(number)),
            None => Act::Copy,
        }
    }

    /// A member of an aggregation that is a `top_hits`, a list of buckets, or one bucket: the server writes them alike, so
    /// which of them it is shows by `hits` and `buckets`. A bucket with an aggregation called `buckets` in it could be
    /// either.
    fn aggregation(&self, number: usize, key: &str) -> Act {
        match self.nodes.get(number).and_then(|node| node.hits) {
            Some(hits) if key == "hits" => Act::Enter(Place::Hits(hits)),
            Some(_) => Act::Copy,
            None if key != "buckets" => self.child(Some(number), key),
            None if self.find(self.children(Some(number)), key).is_none() => {
                Act::Enter(Place::Buckets(number))
            }
            None => Act::Ambiguous,
        }
    }
}

impl Place {
    /// Whether `byte` begins the kind of container that stands here.
    pub(super) const fn begins_with(self, byte: u8) -> bool {
        match self {
            Self::Buckets(_) => matches!(byte, b'{' | b'['),
            Self::HitList(_) | Self::Items | Self::Suggestions | Self::ProfileShards => {
                byte == b'['
            }
            Self::Search
            | Self::Hits(_)
            | Self::Aggregations
            | Self::Aggregation(_)
            | Self::Bucket(_)
            | Self::Suggest
            | Self::Profile
            | Self::Bulk
            | Self::PointInTime
            | Self::OwnCluster => byte == b'{',
        }
    }

    /// Whether a scalar may stand in its place: a bucket's own `key` or `doc_count` may bear the name of an aggregation in
    /// it, and no scalar holds a document.
    pub(super) const fn may_be_scalar(self) -> bool {
        !matches!(self, Self::HitList(_) | Self::Items)
    }
}

const fn unknown(shared: bool) -> Act {
    if shared { Act::Drop } else { Act::Copy }
}

fn tables() -> [(&'static str, &'static [Row]); 3] {
    [
        ("search", SEARCH),
        ("bulk", BULK),
        ("point in time", OPENED_POINT_IN_TIME),
    ]
}

/// Where each row stands in memory.
#[cfg(test)]
pub(in super::super) fn places() -> impl Iterator<Item = (String, *const ())> {
    tables().into_iter().flat_map(|(name, table)| {
        let place = |row: &Row| std::ptr::from_ref(row).cast();
        table
            .iter()
            .map(move |row| (format!("{name} [{}]", row.0), place(row)))
    })
}

/// The rows of the roots.
pub(in super::super) fn rows() -> impl Iterator<Item = TableRow> {
    tables().into_iter().flat_map(|(name, table)| {
        table
            .iter()
            .map(move |Row(key, shared, dedicated, catalogue)| TableRow {
                table: name,
                key,
                shared: shared.word(),
                dedicated: dedicated.word(),
                catalogue,
            })
    })
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Copy => "keep",
            Self::Drop => "drop",
            Self::Ambiguous => "refuse",
            Self::Null | Self::Hold(_) | Self::Enter(_) | Self::Cursor(_) => "rewrite",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::screen::TopHits;

    fn plan(typed_keys: bool, paths: &[&[&str]]) -> Plan {
        let top_hits = paths.iter().map(|path| TopHits {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            sort: Vec::new(),
        });
        Plan::new(Shape {
            typed_keys,
            top_hits: top_hits.collect(),
            ..Shape::default()
        })
    }

    #[test]
    fn names_are_looked_up_only_where_the_client_chose_them() {
        let plan = plan(false, &[&["hits", "top"], &["hits", "key"], &["top"]]);
        let Act::Enter(terms) = plan.member(Place::Aggregations, "hits", true) else {
            panic!("not found");
        };
        assert_eq!(plan.member(terms, "hits", true), Act::Copy);
        let Act::Enter(buckets) = plan.member(terms, "buckets", true) else {
            panic!("no buckets");
        };
        let Act::Enter(bucket) = plan.element(buckets) else {
            panic!("no bucket");
        };
        assert_eq!(plan.member(bucket, "hits", true), Act::Copy);
        assert_eq!(plan.member(bucket, "buckets", true), Act::Copy);
        for (name, hits) in [("top", 1), ("key", 2)] {
            let Act::Enter(top) = plan.member(bucket, name, true) else {
                panic!("no {name}");
            };
            assert_eq!(
                plan.member(top, "hits", true),
                Act::Enter(Place::Hits(hits))
            );
            assert_eq!(plan.member(top, "meta", true), Act::Copy);
            assert_eq!(plan.member(top, "buckets", true), Act::Copy);
        }
        assert_ne!(plan.member(Place::Aggregations, "top", true), Act::Copy);
        assert_eq!(plan.member(Place::Aggregations, "key", true), Act::Copy);
    }

    #[test]
    fn what_could_be_either_is_refused() {
        let plan = plan(false, &[&["f", "buckets"]]);
        let Act::Enter(filter) = plan.member(Place::Aggregations, "f", true) else {
            panic!("not found");
        };
        assert_eq!(plan.member(filter, "buckets", true), Act::Ambiguous);
    }

    #[test]
    fn typed_keys_are_cut_once_and_only_when_asked_for() {
        let found = |typed, key| {
            plan(typed, &[&["a#b"]]).member(Place::Aggregations, key, true) != Act::Copy
        };
        assert!(found(true, "top_hits#a#b"));
        assert!(!found(true, "sterms#b"));
        assert!(found(false, "a#b"));
        assert!(!found(false, "b"));
    }

    #[test]
    fn unknown_keys_of_a_root() {
        let plan = Plan::default();
        assert_eq!(
            plan.member(Place::Search, "processor_results", true),
            Act::Drop
        );
        assert_eq!(
            plan.member(Place::Search, "processor_results", false),
            Act::Copy
        );
        assert_eq!(
            plan.member(Place::Search, "_scroll_id", false),
            Act::Cursor(Cursor::Scroll)
        );
        assert_eq!(plan.member(Place::OwnCluster, "hits", false), Act::Copy);
        assert_eq!(plan.member(Place::Bulk, "x", true), Act::Drop);
    }
}

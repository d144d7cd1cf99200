//! The tables of this module in one list, for whoever audits them against the catalogue of leaks.

use super::{error, stream, table};

/// One row of a table: what becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableRow {
    pub(super) table: &'static str,
    pub(super) key: &'static str,
    pub(super) shared: &'static str,
    pub(super) dedicated: &'static str,
    pub(super) catalogue: &'static str,
}

impl TableRow {
    /// The kind of object.
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// The key; for an error, its type.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// What happens on a shared index: `keep`, `drop`, `rewrite` or `refuse`.
    pub const fn shared(&self) -> &'static str {
        self.shared
    }

    /// What happens on a dedicated index.
    pub const fn dedicated(&self) -> &'static str {
        self.dedicated
    }

    /// The row of the catalogue that says so.
    pub const fn catalogue(&self) -> &'static str {
        self.catalogue
    }
}

/// All rows. A key that is in none is dropped on a shared index and kept on a dedicated one.
///
/// ```
/// let ids = osproxy_layer::rewrite::response::rows().filter(|row| row.key() == "_id");
/// assert!(ids.map(|row| (row.shared(), row.dedicated())).all(|fates| fates == ("rewrite", "keep")));
/// ```
pub fn rows() -> impl Iterator<Item = TableRow> {
    table::rows().chain(stream::rows()).chain(error::rows())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_its_reason_and_no_key_twice() {
        let mut seen = std::collections::HashSet::new();
        for row in rows() {
            let (section, number) = row.catalogue.split_once('-').unwrap();
            assert!(!section.is_empty() && number.len() == 2, "{row:?}");
            assert!(seen.insert((row.table, row.key)), "{row:?}");
        }
    }

    #[test]
    fn what_names_a_document_is_never_copied_from_a_shared_index() {
        for row in rows() {
            if matches!(
                row.key,
                "_index" | "_id" | "_routing" | "_source" | "fields" | "get" | "error"
            ) {
                assert_ne!(row.shared, "keep", "{row:?}");
            }
        }
    }
}

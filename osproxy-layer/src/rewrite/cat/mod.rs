//! The tables of `_cat`, rendered here: as text in columns, or as JSON.
//!
//! The rules are the node's (tried on 3.8.0): `h` picks columns by name, alias or wildcard and shows them under the name
//! asked for; `s` sorts by columns, numbers as numbers; `v` puts the names above; `help` lists the columns.

mod columns;
mod text;

use std::cmp::Ordering;

pub(crate) use columns::{COUNT, HEALTH, INDICES};

use super::filter_path::glob;
use super::json::tree::Value;

/// A column that a table may show.
#[derive(Debug)]
pub(crate) struct Column {
    name: &'static str,
    aliases: &'static [&'static str],
    /// Numbers stand at the right.
    right: bool,
    /// Whether it shows without being asked for.
    shown: bool,
    about: &'static str,
}

/// A table: for each row, a cell for each of `columns`. A cell without a value is `null` in JSON and blank in text.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [Column],
    rows: Vec<Vec<Option<String>>>,
}

/// What the client wants of a table, by its parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// `h`
    pub(crate) columns: Option<String>,
    /// `s`
    pub(crate) sort: Option<String>,
    /// `v`
    pub(crate) header: bool,
    /// `ts`: whether the columns with the time show without being asked for.
    pub(crate) time: bool,
}

/// A sort key that names no column.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownSortKey;

/// A column under the name that it was asked for.
struct Shown<'a> {
    at: usize,
    column: &'static Column,
    name: &'a str,
}

/// The columns that `ts=false` leaves out.
const TIME: [&str; 2] = ["epoch", "timestamp"];

impl Table {
    pub(crate) const fn new(columns: &'static [Column]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row: the cells by the names of their columns. A column that isn't named has no value.
    pub(crate) fn push(&mut self, cell: impl Fn(&str) -> Option<String>) {
        self.rows.push(
            self.columns
                .iter()
                .map(|column| cell(column.name))
                .collect(),
        );
    }

    /// The table as text.
    pub(crate) fn text(mut self, view: &View) -> Result<String, UnknownSortKey> {
        self.sort(view)?;
        let shown = self.shown(view);
        let mut lines: Vec<Vec<&str>> = Vec::new();
        if view.header {
            lines.push(shown.iter().map(|column| column.name).collect());
        }
        for row in &self.rows {
            let cell = |shown: &Shown<'_>| cell(row, shown.at).unwrap_or_default();
            lines.push(shown.iter().map(cell).collect());
        }
        let right: Vec<bool> = shown.iter().map(|shown| shown.column.right).collect();
        Ok(text::render(&lines, &right))
    }

    /// The table as an array of objects.
    pub(crate) fn json(mut self, view: &View) -> Result<Value<'static>, UnknownSortKey> {
        self.sort(view)?;
        let shown = self.shown(view);
        let object = |row: &Vec<Option<String>>| {
            let members = shown.iter().map(|column| {
                let value =
                    cell(row, column.at).map_or(Value::Null, |text| Value::text(text.to_owned()));
                (column.name.to_owned(), value)
            });
            Value::object(members)
        };
        Ok(Value::Array(self.rows.iter().map(object).collect()))
    }

    /// The answer to `help`.
    pub(crate) fn help(columns: &'static [Column]) -> String {
        text::help(columns)
    }

    fn shown<'v>(&self, view: &'v View) -> Vec<Shown<'v>> {
        let all = || self.columns.iter().enumerate();
        let Some(wanted) = &view.columns else {
            return all()
                .filter(|(_, column)| column.shown && (view.time || !TIME.contains(&column.name)))
                .map(|(at, column)| Shown {
                    at,
                    column,
                    name: column.name,
                })
                .collect();
        };
        let mut shown: Vec<Shown<'v>> = Vec::new();
        let mut add = |at: usize, column: &'static Column, name: &'v str| {
            if !shown.iter().any(|there| there.name == name) {
                shown.push(Shown { at, column, name });
            }
        };
        for name in wanted.split(',').map(str::trim) {
            if name.contains('*') {
                for (at, column) in all().filter(|(_, column)| column.is_like(name)) {
                    add(at, column, column.name);
                }
            } else if let Some((at, column)) = called(self.columns, name) {
                add(at, column, name);
            }
        }
        shown
    }

    fn sort(&mut self, view: &View) -> Result<(), UnknownSortKey> {
        let mut keys = Vec::new();
        for key in view.sort.iter().flat_map(|keys| keys.split(',')) {
            let key = key.trim();
            let (name, down) = match key.strip_suffix(":desc") {
                Some(name) => (name, true),
                None => (key.strip_suffix(":asc").unwrap_or(key), false),
            };
            let (at, _) = called(self.columns, name).ok_or(UnknownSortKey)?;
            keys.push((at, down));
        }
        self.rows.sort_by(|one, other| {
            let ordered = keys.iter().map(|&(at, down)| {
                let order = compare(cell(one, at), cell(other, at));
                if down { order.reverse() } else { order }
            });
            ordered.fold(Ordering::Equal, Ordering::then)
        });
        Ok(())
    }
}

impl Column {
    fn is_like(&self, pattern: &str) -> bool {
        glob(pattern, self.name) || self.aliases.iter().any(|alias| glob(pattern, alias))
    }
}

/// The column of a name, or else the last with this alias: two of `_cat/health` have `t`.
fn called(columns: &'static [Column], name: &str) -> Option<(usize, &'static Column)> {
    let all = || columns.iter().enumerate();
    all()
        .find(|(_, column)| column.name == name)
        .or_else(|| all().rfind(|(_, column)| column.aliases.contains(&name)))
}

fn cell(row: &[Option<String>], at: usize) -> Option<&str> {
    row.get(at)?.as_deref()
}

/// What has no value comes first; numbers are compared as numbers.
fn compare(one: Option<&str>, other: Option<&str>) -> Ordering {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => one.cmp(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices() -> Table {
        let mut table = Table::new(INDICES);
        for (name, docs) in [("orders", Some("9")), ("logs", Some("10")), ("users", None)] {
            table.push(|column| match column {
                "health" => Some("green".to_owned()),
                "status" => Some("open".to_owned()),
                "index" => Some(name.to_owned()),
                "pri" => Some("1".to_owned()),
                "docs.count" => docs.map(str::to_owned),
                _ => None,
            });
        }
        table
    }

    fn view(columns: &str, sort: &str) -> View {
        View {
            columns: (!columns.is_empty()).then(|| columns.to_owned()),
            sort: (!sort.is_empty()).then(|| sort.to_owned()),
            header: true,
            time: true,
        }
    }

    #[test]
    fn columns_are_padded_and_numbers_stand_at_the_right() {
        let text = indices().text(&view("status,i,dc", "")).expect("a table");
        assert_eq!(
            text,
            "status i      dc\nopen   orders  9\nopen   logs   10\nopen   users    \n"
        );
    }

    #[test]
    fn rows_are_sorted_by_number_and_by_name() {
        for (sort, first) in [
            ("docs.count:desc", "logs"),
            ("dc", "users"),
            ("index:asc", "logs"),
            ("health,index:desc", "users"),
        ] {
            let text = indices().text(&view("index", sort)).expect("a table");
            assert_eq!(text.lines().nth(1).map(str::trim), Some(first), "{sort}");
        }
        assert_eq!(indices().text(&view("", "nope")), Err(UnknownSortKey));
    }

    #[test]
    fn json_has_the_names_that_were_asked_for() {
        let json = indices()
            .json(&view("i,docs.c*,nope", "i"))
            .expect("a table");
        assert_eq!(
            String::from_utf8_lossy(&crate::rewrite::json::tree::write(&json)),
            r#"[{"i":"logs","docs.count":"10"},{"i":"orders","docs.count":"9"},{"i":"users","docs.count":null}]"#
        );
    }

    #[test]
    fn the_time_can_be_left_out() {
        let mut table = Table::new(HEALTH);
        table.push(|column| Some(column.to_owned()));
        let text = table.text(&View::default()).expect("a table");
        assert!(text.starts_with("cluster status"), "{text}");
    }
}

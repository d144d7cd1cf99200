//! Markdown.

/// A table: a head and rows. A `|` of a cell's own is escaped.
pub fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: [String; N]| {
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let mut out = line(head.map(str::to_owned));
    out += &format!("|{}\n", "---|".repeat(N));
    rows.into_iter().for_each(|row| out += &line(row));
    out
}

pub fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Names in code, with commas between them.
pub fn codes<'t>(names: impl IntoIterator<Item = &'t str>) -> String {
    let names: Vec<_> = names.into_iter().map(code).collect();
    names.join(", ")
}

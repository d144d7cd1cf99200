//! Lines of text in columns.

use super::Column;

/// Pads cells to the width of their column; `right` says which columns are aligned at the right. The last column of a
/// line isn't padded where it stands at the left.
pub(super) fn render(lines: &[Vec<&str>], right: &[bool]) -> String {
    let widths = widths(lines, right.len());
    let mut out = String::new();
    for line in lines {
        for (at, cell) in line.iter().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            let width = widths.get(at).copied().unwrap_or_default();
            let padding = width.saturating_sub(cell.chars().count());
            let (before, after) = match right.get(at) {
                Some(true) => (padding, 0),
                _ if at + 1 == line.len() => (0, 0),
                _ => (0, padding),
            };
            push_spaces(&mut out, before);
            out.push_str(cell);
            push_spaces(&mut out, after);
        }
        out.push('\n');
    }
    out
}

/// The columns of a table with their other names and what they are.
pub(super) fn help(columns: &[Column]) -> String {
    let aliases: Vec<String> = columns
        .iter()
        .map(|column| column.aliases.join(","))
        .collect();
    let lines: Vec<Vec<&str>> = columns
        .iter()
        .zip(&aliases)
        .map(|(column, aliases)| vec![column.name, aliases.as_str(), column.about])
        .collect();
    let widths = widths(&lines, 3);
    let mut out = String::new();
    for line in &lines {
        for (at, cell) in line.iter().enumerate() {
            if at > 0 {
                out.push_str(" | ");
            }
            out.push_str(cell);
            let width = widths.get(at).copied().unwrap_or_default();
            push_spaces(&mut out, width.saturating_sub(cell.chars().count()));
        }
        out.push('\n');
    }
    out
}

fn widths(lines: &[Vec<&str>], columns: usize) -> Vec<usize> {
    let mut widths = vec![0; columns];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

fn push_spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests {
    use super::super::{COUNT, HEALTH};
    use super::*;

    /// As a 3.8.0 node wrote it.
    #[test]
    fn help_is_the_nodes_own() {
        assert_eq!(
            help(COUNT),
            "epoch     | t,time                  | seconds since 1970-01-01 00:00:00\n\
             timestamp | ts,hms,hhmmss           | time in HH:MM:SS                 \n\
             count     | dc,docs.count,docsCount | the document count               \n"
        );
        assert!(help(HEALTH).starts_with(
            "epoch                      | t,time                                   | seconds since 1970-01-01 00:00:00   \n"
        ));
    }

    #[test]
    fn a_last_column_at_the_left_is_not_padded() {
        let lines = [vec!["uuid", "index"], vec!["a", "b"]];
        assert_eq!(render(&lines, &[false, false]), "uuid index\na    b\n");
        assert_eq!(render(&lines, &[true, true]), "uuid index\n   a     b\n");
        assert_eq!(render(&[vec![]], &[]), "\n");
        assert_eq!(render(&[], &[true]), "");
    }
}

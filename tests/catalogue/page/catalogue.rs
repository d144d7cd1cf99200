//! The catalogue's rows, and what shows each to hold.
use super::super::list;
use super::super::shown::Evidence;
use super::text::table;

pub fn rows() -> String {
    let evidence = Evidence::collect();
    let rows = list::rows().into_iter().map(|row| {
        let words = evidence.words(&row).join(", ");
        [
            row.number,
            row.title,
            row.decision.to_lowercase().replace('+', ", "),
            words,
        ]
    });
    table(["row", "what", "decision", "where it is shown"], rows)
}

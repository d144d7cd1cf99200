//! What is refused once the operator is strict.
use osproxy_layer::rewrite::screen::schema::Decision;
use osproxy_layer::rewrite::screen::{PARAMS, Url, rows};

use super::text::{code, table};

pub fn refused() -> String {
    let constructs = rows().into_iter().filter_map(|entry| {
        let told = match entry.row.strict? {
            Decision::Refuse(_) => "refused",
            Decision::Empty(_) => "refused, unless empty or `false`",
            Decision::Allow | Decision::Rewrite => "passes",
        };
        let place = entry.place.replace(['[', ']'], "`");
        Some([
            code(entry.row.name),
            place,
            told.to_owned(),
            entry.row.catalogue.to_owned(),
        ])
    });
    let params = PARAMS.iter().filter_map(|param| {
        let told = match param.strict? {
            Url::Refuse(_) => "refused",
            Url::Off(_) => "refused, unless `false`",
            _ => "passes",
        };
        Some([
            code(param.name),
            "parameter".to_owned(),
            told.to_owned(),
            param.catalogue.to_owned(),
        ])
    });
    table(
        ["construct", "place", "strict", "row"],
        constructs.chain(params),
    )
}

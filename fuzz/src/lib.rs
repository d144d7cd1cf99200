//! What the fuzz targets do with their bytes, and the same for their seeds, without a fuzzer: `cargo test --lib`.

mod document;
mod json;
mod ndjson;
mod path;
mod query;
mod response;
mod search;
mod update;

pub use document::document;
pub use json::json;
pub use ndjson::ndjson;
pub use path::path;
pub use query::query;
pub use response::response;
pub use search::search;
pub use update::update;

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: [(&str, fn(&[u8])); 8] = [
        ("document", document),
        ("json", json),
        ("ndjson", ndjson),
        ("path", path),
        ("query", query),
        ("response", response),
        ("search", search),
        ("update", update),
    ];

    /// Each seed, whole and broken off at each of its bytes, and with each byte left out.
    #[test]
    fn seeds_whole_and_broken() {
        for (name, target) in TARGETS {
            let folder = format!("{}/seeds/{name}", env!("CARGO_MANIFEST_DIR"));
            let seeds: Vec<_> = std::fs::read_dir(&folder)
                .unwrap_or_else(|error| panic!("{folder}: {error}"))
                .map(|file| std::fs::read(file.unwrap().path()).unwrap())
                .collect();
            assert!(seeds.len() > 2, "{folder}");
            for seed in seeds {
                for at in 0..=seed.len() {
                    target(&seed[..at]);
                    let less = [&seed[..at], seed.get(at + 1..).unwrap_or_default()].concat();
                    target(&less);
                }
            }
        }
    }

    #[test]
    fn every_target_is_here() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz_targets");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_owned())
            .collect();
        files.sort();
        assert!(files.iter().eq(TARGETS.iter().map(|(name, _)| *name)));
    }
}

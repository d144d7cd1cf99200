//! The list of protections that are taken away by hand (`tests/mutants/run.py`) fits the code.
use std::path::Path;

#[test]
fn each_of_them_is_in_its_file() {
    let list: toml::Table = include_str!("../mutants/list.toml").parse().unwrap();
    let mutants = list["mutant"].as_array().unwrap();
    assert!(mutants.len() > 30);
    for mutant in mutants {
        let text = |key: &str| mutant[key].as_str().unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(text("file"));
        let code = std::fs::read_to_string(file).unwrap();
        let own = code.split("#[cfg(test)]\nmod tests").next().unwrap();
        assert_eq!(own.matches(text("from")).count(), 1, "{}", text("name"));
        assert_ne!(text("from"), text("to"));
    }
}

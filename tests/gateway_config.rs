//! The gateway's file: what is read, and what each mistake is told.

#[path = "../examples/gateway/callers.rs"]
mod callers;
#[path = "../examples/gateway/clusters.rs"]
mod clusters;
#[path = "../examples/gateway/config.rs"]
mod config;
#[path = "../examples/gateway/config_error.rs"]
mod config_error;
#[path = "../examples/gateway/control.rs"]
mod control;
#[path = "../examples/gateway/cursors.rs"]
mod cursors;
#[path = "../examples/gateway/operator.rs"]
mod operator;
#[path = "../examples/gateway/placements.rs"]
mod placements;
#[path = "../examples/gateway/sources.rs"]
mod sources;
#[path = "../examples/gateway/switches.rs"]
mod switches;

use std::time::Duration;

use bytes::Bytes;
use config::Config;
use config_error::ConfigError;
use http_body_util::Full;
use osproxy_layer::OsproxyLayer;
use osproxy_layer::spi::{PartitionId, PartitionKeySpecKind, Placement};

/// The file of the README.
const GOOD: &str = r#"
listen = "127.0.0.1:9201"
zero_buckets = "omit"
client_routing = "ignore"
strict = true
managed_templates = ["logstash", "ecs-*"]
[clusters.eu-1]
endpoint = "http://127.0.0.1:9200"
[clusters.own]
endpoint = "http://127.0.0.1:9210/os"
username = "osproxy"
password = "cluster-pass"
[tokens.acme-token]
principal = "acme-svc"
attributes = { tenant = "acme" }
[users.acme]
password = "acme-pass"
principal = "acme-svc"
attributes = { tenant = "acme" }
[tokens.ops-token]
principal = "ops"
[partition]
from = ["principal:tenant"]
[placements.acme]
kind = "shared_index"
cluster = "eu-1"
index = "{index}-shared"
field = "_tenant"
id = "{partition}:{id}"
routing = "{partition}"
allow_root_keys = ["_class"]
indices = ["orders"]
[placements.acme.schema.orders]
dynamic = "strict"
[placements.acme.schema.orders.properties]
customer = { type = "keyword" }
total = { type = "scaled_float", scaling_factor = 100 }
[placements.globex]
kind = "dedicated_index"
cluster = "eu-1"
index = "{partition}.{index}"
[placements.hooli]
kind = "dedicated_cluster"
cluster = "own"
[placements.initech]
kind = "shared_index"
cluster = "eu-1"
index = "archive-all"
logical = "archive"
[placements."*"]
kind = "shared_index"
cluster = "eu-1"
index = "{index}-shared"
[cursors]
keys = ["2026-11:ilnqyTTRw7XcVcEZAgYGyQPUnv4ZFqZbPu1tFGzBm2E=", "2026-10:3f1d0b8e9a7c45d2b6e0f4a1c3957d68e2b4a6c8d0f1e3a5b7c9d1f2e4a6b8c0"]
[[operator]]
method = "GET"
route = "/_cluster/stats"
cluster = "eu-1"
principals = ["ops"]
[[operator]]
method = "GET"
route = "/_cat/shards/{index}"
cluster = "own"
principals = ["ops", "acme-svc"]
params = ["new_one"]
[control]
listen = "127.0.0.1:9202"
token = "control-token"
hold = "2500ms"
lease = "2m"
"#;

/// All that the gateway builds of a file.
fn build(text: &str) -> Result<(), ConfigError> {
    let config = Config::parse(text)?;
    clusters::client::<Full<Bytes>>(&config)?;
    callers::auth(&config)?;
    sources::partition(&config)?;
    let table = placements::table(&config)?;
    control::routes(&config, &table)?;
    control::hold(&config)?;
    cursors::keys(&config)?;
    operator::routes(&config)?;
    switches::apply(&config, OsproxyLayer::new(()))?;
    Ok(())
}

#[test]
fn the_whole_file_is_read() {
    build(GOOD).expect("a good file");
    let config = Config::parse(GOOD).expect("a good file");
    assert_eq!(config.listen, "127.0.0.1:9201");
    let table = placements::table(&config).expect("a table");
    let placed = |name: &str| {
        table
            .get(&PartitionId::parse(name).expect("a name"))
            .expect("placed")
    };
    let Placement::SharedIndex(acme) = placed("acme").placement().clone() else {
        panic!("acme is on a shared index");
    };
    assert_eq!(acme.field().as_str(), "_tenant");
    assert!(acme.id_rule().sets_routing());
    assert_eq!(acme.indices(), Some(&["orders".to_owned()][..]));
    let schema = acme.schema("orders").expect("a schema");
    assert!(schema.has_field("customer") && schema.has_field("total"));
    let stack = switches::apply(&config, OsproxyLayer::new(())).expect("good switches");
    let stack = format!("{stack:?}");
    for chosen in [
        "zero_buckets: Omit",
        "client_routing: Ignore",
        "strict: true",
        "managed_templates: 2",
    ] {
        assert!(stack.contains(chosen), "{stack}");
    }
    assert_eq!(operator::routes(&config).expect("good routes").len(), 2);
    assert!(matches!(
        placed("globex").placement(),
        Placement::DedicatedIndex { .. }
    ));
    assert!(matches!(
        placed("hooli").placement(),
        Placement::DedicatedCluster { .. }
    ));
    assert!(matches!(
        placed("whoever").placement(),
        Placement::SharedIndex(_)
    ));
    let keys = cursors::keys(&config).expect("good keys").expect("keys");
    assert_eq!(keys.current(), "2026-11");
    assert!(
        control::routes(&config, &table)
            .expect("a service")
            .is_some()
    );
    let hold = control::hold(&config).expect("a time");
    assert_eq!(hold, Some(Duration::from_millis(2500)));
    let listen = config.control.as_ref().map(|control| &*control.listen);
    assert_eq!(listen, Some("127.0.0.1:9202"));
    assert!(format!("{:?}", control::bounds(&config)).contains("lease: 120s"));
    assert_eq!(
        sources::partition(&config).expect("a source").kind(),
        PartitionKeySpecKind::PrincipalAttr
    );
}

#[test]
fn short_files_have_defaults() {
    let short = r#"
        listen = "127.0.0.1:0"
        [clusters.c]
        endpoint = "http://127.0.0.1:9200"
        [partition]
        from = ["header:x-tenant", "body:tenant_id"]
        [placements."*"]
        kind = "shared_index"
        cluster = "c"
        index = "{index}-shared"
        routing = ""
    "#;
    build(short).expect("a good file");
    let config = Config::parse(short).expect("a good file");
    assert!(cursors::keys(&config).expect("none").is_none());
    assert!(operator::routes(&config).expect("none").is_empty());
    let stack = switches::apply(&config, OsproxyLayer::new(())).expect("none");
    assert_eq!(format!("{stack:?}"), format!("{:?}", OsproxyLayer::new(())));
    let table = placements::table(&config).expect("a table");
    assert!(control::routes(&config, &table).expect("none").is_none());
    assert_eq!(control::hold(&config).expect("none"), None);
    let at = table
        .get(&PartitionId::parse("a").expect("a name"))
        .expect("placed");
    let Placement::SharedIndex(shared) = at.placement() else {
        panic!("a shared index");
    };
    assert!(!shared.id_rule().sets_routing());
    assert_eq!(shared.id_rule().template().as_str(), "{partition}:{id}");
    assert_eq!(shared.allowed_root_keys().as_ref(), ["_class".to_owned()]);
}

/// (what is replaced, by what, the key that is named, a word of what would be right)
#[rustfmt::skip] // one row a mistake
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("listen = \"127.0.0.1:9201\"", "listen = 9201", "listen (line 2)", "expected a string"),
    ("listen = \"127.0.0.1:9201\"", "", "line 1", "missing field `listen`"),
    ("listen = \"127.0.0.1:9201\"", "listen = ", "line 2", "string"),
    ("[clusters.own]", "[clusters.eu-1]", "line 9", "duplicate key"),
    ("[partition]", "[partitions]", "partitions (line ", "expected one of"),
    ("field =", "feild =", "placements.acme.feild", "expected one of `kind`, `cluster`"),
    ("\"shared_index\"", "\"shared\"", "placements.acme.kind", "`shared_index`, `dedicated_index`, `dedicated_cluster`"),
    ("tenant = \"acme\"", "tenant = 7", "tokens.*.attributes.tenant", "expected a string"),
    ("password = \"acme-pass\"", "password = 7777", "users.acme.password", "expected a string"),
    ("http://127.0.0.1:9200", "127.0.0.1:9200", "clusters.eu-1.endpoint", "http:// or https://"),
    ("http://127.0.0.1:9200", "http://a:b@host", "clusters.eu-1.endpoint", "set them beside it"),
    ("username = \"osproxy\"", "", "clusters.own.username", "a password needs a username"),
    ("password = \"cluster-pass\"", "", "clusters.own.password", "a username needs a password"),
    ("username = \"osproxy\"", "username = \"a:b\"", "clusters.own.username", "no colon"),
    ("[tokens.acme-token]", "[tokens.\"acme token\"]", "tokens.*", "visible ASCII"),
    ("principal = \"acme-svc\"", "principal = \"\"", "tokens.*.principal", "a name"),
    ("\"acme-pass\"", "\"\"", "users.acme.password", "not empty"),
    ("password = \"acme-pass\"", "", "users.acme (line ", "missing field `password`"),
    ("[users.acme]", "[users.\"ac:me\"]", "users.ac:me", "no colon"),
    ("\"principal:tenant\"", "", "partition.from", "principal:ATTRIBUTE"),
    ("\"principal:tenant\"", "\"cookie:tenant\"", "partition.from", "header:NAME"),
    ("\"principal:tenant\"", "\"principal:\"", "partition.from", "principal:ATTRIBUTE"),
    ("\"principal:tenant\"", "\"header:x tenant\"", "partition.from", "no name of a header"),
    ("\"principal:tenant\"", "\"principal:tenant\", \"header:x-tenant\"", "partition.trust_header", "true"),
    ("\"principal:tenant\"", "\"header:x-tenant\", \"principal:tenant\"", "partition.trust_header", "true"),
    ("cluster = \"own\"", "cluster = \"us-1\"", "placements.hooli.cluster", "known: eu-1, own"),
    ("[placements.globex]", "[placements.\"glo bex\"]", "placements.glo bex", "letters, digits"),
    ("index = \"{partition}.{index}\"", "", "placements.globex.index", "{partition}.{index}"),
    ("index = \"{partition}.{index}\"", "index = \"{tenant}.{index}\"", "placements.globex.index", "{partition}"),
    ("index = \"{partition}.{index}\"", "index = \"{partition}.{index}\"\nid = \"x\"", "placements.globex.id", "no such key"),
    ("cluster = \"own\"", "cluster = \"own\"\nindex = \"x\"", "placements.hooli.index", "no such key"),
    ("logical = \"archive\"", "", "placements.initech.logical", "fixed name"),
    ("logical = \"archive\"", "logical = \"archive\"\nfield = \"tenant\"", "placements.initech.field", "'_'"),
    ("id = \"{partition}:{id}\"", "id = \"{id}\"", "placements.acme.id", "{partition}"),
    ("routing = \"{partition}\"", "routing = \"{id}\"", "placements.acme.routing", "one shard a partition"),
    ("[\"_class\"]", "[\"_id\"]", "placements.acme.allow_root_keys", "meaning"),
    ("cluster = \"own\"", "cluster = \"eu-1\"", "placements.hooli", "dedicated"),
    ("index = \"{partition}.{index}\"", "index = \"{index}-shared\"", "placements.globex", "could give one name"),
    ("\"omit\"", "\"drop\"", "zero_buckets", "`refuse` or `omit`"),
    ("\"ignore\"", "\"drop\"", "client_routing", "`refuse` or `ignore`"),
    ("strict = true", "strict = \"yes\"", "strict (line ", "a boolean"),
    ("\"logstash\"", "\"\"", "managed_templates.0", "index template"),
    ("\"logstash\"", "7", "managed_templates.0", "a string"),
    ("schema.orders.properties", "schema.carts.properties", "placements.acme.schema.carts", "the placement's indices"),
    ("schema.orders.properties", "schema.orders.fields", "placements.acme.schema.orders", "[properties]"),
    ("customer =", "_tenant =", "placements.acme.schema.orders", "meaning"),
    ("{ type = \"keyword\" }", "\"keyword\"", "placements.acme.schema.orders", "an object"),
    ("logical = \"archive\"", "logical = \"archive\"\nschema.old.properties = {}", "placements.initech.schema.old", "another"),
    ("index = \"{partition}.{index}\"", "index = \"{partition}.{index}\"\nschema.a.properties = {}", "placements.globex.schema", "no such key"),
    ("\"/_cluster/stats\"", "\"/_cluster/stat\"", "operator.0.route", "no route"),
    ("\"/_cluster/stats\"", "\"/{index}/_search\"", "operator.0.route", "for tenants"),
    ("\"/_cluster/stats\"", "\"/_search/point_in_time/_all\"", "operator.0.route", "never pass"),
    ("method = \"GET\"", "method = \"PUT\"", "operator.0.route", "no route"),
    ("method = \"GET\"", "method = \"G T\"", "operator.0.method", "GET"),
    ("method = \"GET\"", "methods = \"GET\"", "operator.0.methods", "expected one of `method`"),
    ("cluster = \"own\"\nprincipals", "cluster = \"us-1\"\nprincipals", "operator.1.cluster", "known: eu-1, own"),
    ("principals = [\"ops\"]", "principals = []", "operator.0.principals", "at least one"),
    ("principals = [\"ops\"]", "principals = [\"ops\", \"oops\"]", "operator.0.principals.1", "no token and no user"),
    ("\"/_cluster/stats\"", "\"/_cat/shards/{index}\"", "operator.1.principals", "already"),
    ("\"new_one\"", "\"index\"", "operator.1.params", "part of a path"),
    ("\"2026-11:", "\"2026 11:", "cursors.keys.0", "letters, digits"),
    ("\"2026-10:3f", "\"2026-10:", "cursors.keys.1", "32 bytes"),
    ("\"2026-10:", "\"2026-11:", "cursors.keys.1", "same name"),
    ("\"2026-11:ilnq", "\"ilnq", "cursors.keys.0", "name:key"),
    ("\nkeys = [", "\nkeys = [7777, ", "cursors.keys.0", "expected a string"),
    ("[cursors]", "[cursors]\nkey = 1", "cursors.key", "expected `keys`"),
    ("listen = \"127.0.0.1:9202\"", "", "control (line ", "missing field `listen`"),
    ("token = \"control-token\"", "", "control (line ", "missing field `token`"),
    ("token = \"control-token\"", "token = \"\"", "control.token", "visible ASCII"),
    ("token = \"control-token\"", "token = \"control-token é\"", "control.token", "visible ASCII"),
    ("token = \"control-token\"", "token = 7777", "control.token", "expected a string"),
    ("hold = \"2500ms\"", "hold = 5", "control.hold", "expected a string"),
    ("hold = \"2500ms\"", "hold = \"5\"", "control.hold", "\"5s\""),
    ("hold = \"2500ms\"", "hold = \"s\"", "control.hold", "\"5s\""),
    ("hold = \"2500ms\"", "hold = \"-1s\"", "control.hold", "\"5s\""),
    ("lease = \"2m\"", "lease = \"2h\"", "control.lease", "\"2m\""),
    ("[control]", "[control]\npause = \"5s\"", "control.pause", "expected one of `listen`, `token`, `hold`, `lease`"),
];

#[test]
fn each_mistake_names_its_key_and_what_would_be_right() {
    for (right, wrong, key, advice) in MISTAKES {
        let text = GOOD.replacen(right, wrong, 1);
        assert_ne!(text, GOOD, "{right}");
        let error = build(&text).expect_err(wrong).to_string();
        assert!(
            error.starts_with(key) && error.contains(advice),
            "{wrong}: {error}"
        );
        for secret in [
            "acme-token",
            "acme token",
            "acme-pass",
            "cluster-pass",
            "7777",
            "control-token",
            "ilnqyTT",
            "3f1d0b",
        ] {
            assert!(!error.contains(secret), "{wrong}: {error}");
        }
    }
}

#[test]
fn header_and_principal_together_want_a_word_of_trust() {
    let both = GOOD.replace(
        "\"principal:tenant\"",
        "\"principal:tenant\", \"header:x-tenant\"",
    );
    build(&both.replace(
        "[placements.acme]",
        "trust_header = true\n[placements.acme]",
    ))
    .expect("trusted");
}

#[test]
fn a_principal_without_callers_is_a_mistake() {
    let start = GOOD.find("[tokens").expect("tokens");
    let end = GOOD.find("[partition]").expect("a partition");
    let error = build(&format!("{}{}", &GOOD[..start], &GOOD[end..]))
        .expect_err("nobody")
        .to_string();
    assert!(
        error.starts_with("partition.from: a principal comes from"),
        "{error}"
    );
}

/// The file to start from, as it is and with what it has commented out.
#[test]
fn the_file_to_start_from_is_right() {
    let file = include_str!("../examples/gateway/gateway.toml");
    build(file).expect("a good file");
    let written = |line: &str| {
        let value = line.split_once(" = ");
        line.starts_with('[') || value.is_some_and(|(key, _)| !key.contains(' '))
    };
    let lines = file.lines().map(|line| match line.strip_prefix("# ") {
        Some("[cursors]") => line,
        Some(option) if written(option) && !option.contains('…') => option,
        _ => line,
    });
    let all = lines.collect::<Vec<_>>().join("\n");
    build(&all).expect("what is commented out is right");
    let config = Config::parse(&all).expect("a good file");
    assert_eq!(config.operator.len(), 1);
    assert!(config.control.is_some());
    let table = placements::table(&config).expect("a table");
    let at = table
        .get(&PartitionId::parse("acme").expect("a name"))
        .expect("placed");
    let Placement::SharedIndex(shared) = at.placement() else {
        panic!("a shared index");
    };
    assert!(shared.schema("orders").is_some());
}

//! The documents, bodies and answers that are counted with.

use std::fmt::Write as _;

/// What a document looks like.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A time, a level, a tenant and a message.
    Message,
    /// A line of a log: nine fields, most of the bytes in one message.
    Line,
    /// What an agent makes of one: 37 keys in objects and lists, short values, numbers.
    Dense,
}

impl Kind {
    /// A document of 1 KiB.
    pub fn document(self, number: usize) -> String {
        let mut document = match self {
            Self::Message => message(number),
            Self::Line => line(number),
            Self::Dense => dense(number),
        };
        while document.len() < SIZE - END.len() {
            document.push_str("payment of 49.90 EUR accepted by the provider; ");
        }
        document.truncate(SIZE - END.len());
        document + END
    }
}

const SIZE: usize = 1024;
const END: &str = "\"}";

fn message(number: usize) -> String {
    format!(
        r#"{{"@timestamp":"2026-03-0{}T11:22:33.{:03}Z","level":"info","customer":"t{}","message":""#,
        number % 9 + 1,
        number % 1000,
        number % 64,
    )
}

fn line(number: usize) -> String {
    format!(
        concat!(
            r#"{{"@timestamp":"2026-03-0{}T11:22:33.{:03}Z","level":"info","customer":"t{}","service":"checkout-api","#,
            r#""host":"ip-10-0-3-{}","trace":"4bf92f3577b34da6a3ce929d0e0e{:04x}","status":201,"duration_ms":38.417,"message":""#
        ),
        number % 9 + 1,
        number % 1000,
        number % 64,
        number % 200,
        number % 65_536,
    )
}

fn dense(number: usize) -> String {
    format!(
        concat!(
            r#"{{"@timestamp":"2026-03-0{}T11:22:33.{:03}Z","level":"info","customer":"t{}","service":"checkout-api","#,
            r#""version":"4.18.2","host":{{"name":"ip-10-0-3-{}.eu-west-1.compute.internal","ip":"10.0.3.{}"}},"#,
            r#""trace":{{"id":"4bf92f3577b34da6a3ce929d0e0e{:04x}","span":"00f067aa0ba902b7"}},"method":"POST","#,
            r#""path":"/v2/carts/8731/checkout?currency=EUR&region=eu","status":201,"duration_ms":38.417,"bytes":5120,"#,
            r#""user":{{"id":"u-99120","plan":"business","roles":["buyer","approver"]}},"retries":0,"cached":false,"#,
            r#""tags":["payments","eu","canary"],"geo":{{"country":"NL","city":"Amsterdam","lat":52.3702,"lon":4.8952}},"#,
            r#""agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36","#,
            r#""error":null,"logger":"com.example.checkout.PaymentService","thread":"http-nio-8080-exec-12","message":""#
        ),
        number % 9 + 1,
        number % 1000,
        number % 64,
        number % 200,
        number % 200,
        number % 65_536,
    )
}

/// A bulk of so many documents.
pub fn bulk(kind: Kind, documents: usize) -> String {
    let mut body = String::new();
    for number in 0..documents {
        let document = kind.document(number);
        let _ = writeln!(body, "{{\"index\":{{\"_id\":\"d{number}\"}}}}\n{document}");
    }
    body
}

/// The answer to a bulk of the documents with these numbers.
pub fn bulk_answer(
    partition: impl Fn(usize) -> String,
    numbers: impl Iterator<Item = usize>,
) -> String {
    let items: Vec<_> = numbers
        .map(|number| {
            let partition = partition(number);
            format!(
                r#"{{"index":{{"_index":"orders-shared","_id":"{partition}:d{number}","_version":1,"result":"created","_shards":{{"total":2,"successful":1,"failed":0}},"_seq_no":{number},"_primary_term":1,"status":201}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"took":30,"errors":false,"items":[{}]}}"#,
        items.join(",")
    )
}

/// The answer to one write of `acme`.
pub const WRITTEN: &str = r#"{"_index":"orders-shared","_id":"acme:d1","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}"#;

/// A stored document of `acme`, as a read by its id answers.
pub fn found(number: usize) -> String {
    let source = stored(Kind::Line, number);
    format!(
        r#"{{"_index":"orders-shared","_id":"acme:d{number}","_version":1,"_seq_no":{number},"_primary_term":1,"_routing":"acme","found":true,"_source":{source}}}"#
    )
}

fn stored(kind: Kind, number: usize) -> String {
    kind.document(number)
        .replacen('{', r#"{"_tenant":"acme","#, 1)
}

/// An `_mget` of so many documents.
pub fn mget(documents: usize) -> String {
    let ids: Vec<_> = (0..documents)
        .map(|number| format!("\"d{number}\""))
        .collect();
    format!(r#"{{"ids":[{}]}}"#, ids.join(","))
}

/// The answer to it.
pub fn mget_answer(documents: usize) -> String {
    let found: Vec<_> = (0..documents).map(found).collect();
    format!(r#"{{"docs":[{}]}}"#, found.join(","))
}

/// The answer to a search, with so many hits.
pub fn hits(kind: Kind, hits: usize) -> String {
    let found: Vec<_> = (0..hits)
        .map(|number| {
            let source = stored(kind, number);
            format!(
                r#"{{"_index":"orders-shared","_id":"acme:d{number}","_score":1.0,"_routing":"acme","_source":{source}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"took":7,"timed_out":false,"_shards":{{"total":1,"successful":1,"skipped":0,"failed":0}},"hits":{{"total":{{"value":{hits},"relation":"eq"}},"max_score":1.0,"hits":[{}]}}}}"#,
        found.join(",")
    )
}

/// A search as a dashboard sends it.
pub const SEARCH: &str = r#"{"size":10,"query":{"bool":{"must":[{"match":{"message":"payment"}}],"filter":[{"term":{"level":"info"}},{"range":{"@timestamp":{"gte":"now-15m"}}}]}},"sort":[{"@timestamp":"desc"}]}"#;

/// An `_msearch` of so many searches.
pub fn msearch(searches: usize) -> String {
    format!("{{\"index\":\"orders\"}}\n{SEARCH}\n").repeat(searches)
}

/// The answer to it: no search finds anything.
pub fn msearch_answer(searches: usize) -> String {
    let none = hits(Kind::Line, 0);
    let one = none.strip_suffix('}').unwrap_or_default().to_owned() + r#","status":200}"#;
    format!(
        r#"{{"took":9,"responses":[{}]}}"#,
        vec![one; searches].join(",")
    )
}

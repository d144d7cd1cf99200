use super::{in_pieces, whole};
use crate::rewrite::bulk::Action;
use crate::rewrite::response::tests::shared;
use crate::rewrite::response::{Breach, ReverseError, Stream};

const BULK: &str = r#"{"took":23,"errors":true,"items":[{"create":{"_index":"orders-shared","_id":"acme:9","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":5,"_primary_term":1,"status":201}},{"update":{"_index":"orders-shared","_id":"acme:9","get":{"found":true,"_source":{"_tenant":"acme","a":1}},"status":200}},{"delete":{"_index":"orders-shared","_id":"acme:9","status":409,"error":{"type":"version_conflict_engine_exception","reason":"[acme:9]"}}}]}"#;

#[test]
fn a_bulk_in_passing() {
    let expected = r#"{"took":23,"errors":true,"items":[{"index":{"_index":"orders","_id":"9","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":5,"_primary_term":1,"status":201}},{"update":{"_index":"orders","_id":"9","get":{"found":true,"_source":{"a":1}},"status":200}},{"delete":{"_index":"orders","_id":"9","status":409,"error":{"type":"version_conflict_engine_exception","reason":"version conflict: the document is not the version that the request expects"}}}]}"#;
    let stream =
        || Stream::bulk(shared()).with_actions(vec![Action::Index, Action::Update, Action::Delete]);
    for size in [1, 3, 64, BULK.len()] {
        let (out, done) = in_pieces(stream(), BULK.as_bytes(), size);
        assert_eq!(
            (String::from_utf8(out).unwrap().as_str(), done),
            (expected, Ok(()))
        );
    }
    assert_eq!(
        whole(Stream::bulk(shared()), BULK).unwrap(),
        expected.replacen("index", "create", 1)
    );
}

#[test]
fn as_many_items_as_were_sent() {
    for actions in [vec![Action::Create], vec![Action::Create; 4]] {
        let done = whole(Stream::bulk(shared()).with_actions(actions), BULK);
        assert!(matches!(done, Err(ReverseError::Shape(_))));
    }
    let foreign = BULK.replacen("acme:9", "globex:9", 1);
    assert_eq!(
        whole(Stream::bulk(shared()), &foreign),
        Err(ReverseError::Breach(Breach::Id))
    );
}

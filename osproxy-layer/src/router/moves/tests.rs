//! The steps of a move, on paused time.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::word::{Entry, Reading, Word};
use super::*;
use crate::router::{PlacementError, PlacementTable};
use crate::spi::{
    Admission, ClusterId, Epoch, IndexPattern, MigrationPhase, PartitionId, Placement, SharedIndex,
    WritePermit,
};

fn id(text: &str) -> PartitionId {
    PartitionId::parse(text).expect("parses")
}

fn dedicated(cluster: &str) -> Placement {
    let pattern = IndexPattern::parse("{partition}.{index}").expect("parses");
    Placement::dedicated_index(ClusterId::from(cluster), pattern)
}

fn shared() -> Placement {
    let pattern = IndexPattern::parse("{index}-shared").expect("parses");
    SharedIndex::new(ClusterId::from("eu"), pattern).into()
}

fn table() -> Arc<PlacementTable> {
    let table = PlacementTable::new();
    table.put(id("acme"), shared()).expect("fits");
    Arc::new(table)
}

fn epoch(table: &PlacementTable, of: &str) -> Epoch {
    table.get(&id(of)).expect("placed").epoch()
}

#[track_caller]
fn admitted(table: &PlacementTable, of: &str) -> WritePermit {
    match table.admit_write(&id(of), epoch(table, of)) {
        Admission::Admitted(permit) => permit,
        other => panic!("{other:?}"),
    }
}

fn cluster(table: &PlacementTable, of: &str) -> String {
    let at = table.get(&id(of)).expect("placed");
    at.placement().cluster().as_str().to_owned()
}

/// Whether a future is still pending after it was polled once.
macro_rules! assert_pending {
    ($future:expr) => {
        assert!(
            poll_fn(|cx| Poll::Ready($future.as_mut().poll(cx).is_pending())).await,
            "it was to wait"
        )
    };
}

#[tokio::test(start_paused = true)]
async fn a_cutover_waits_for_what_was_admitted_and_completes_at_a_higher_epoch() {
    let table = table();
    let acme = id("acme");
    let before = table.begin_move(&acme, dedicated("us")).expect("begins");
    assert_eq!(
        before,
        epoch(&table, "acme"),
        "a move begun keeps the epoch"
    );
    let write = admitted(&table, "acme");
    let mut cutover = pin!(table.cutover(&acme));
    assert_pending!(cutover);
    let refused = table.admit_write(&acme, before);
    assert!(matches!(refused, Admission::Moving), "{refused:?}");
    let mut settled = pin!(table.settled(&acme, before));
    assert_pending!(settled);
    let status = table.status(&acme).expect("placed");
    assert_eq!(
        (status.phase(), status.open(), status.writes_waiting()),
        (MigrationPhase::Cutover, 1, 1)
    );
    assert_eq!(status.lease_left().map(|left| left.as_secs()), Some(90));
    assert_eq!(table.statuses().len(), 1);
    assert!(table.default_status().is_none());
    drop(write);
    let after = cutover
        .await
        .expect("drains")
        .complete()
        .expect("completes");
    settled.await;
    assert!(after > before);
    assert_eq!(cluster(&table, "acme"), "us");
    let stale = table.admit_write(&acme, before);
    assert!(matches!(stale, Admission::Superseded), "{stale:?}");
    drop(admitted(&table, "acme"));
}

#[tokio::test(start_paused = true)]
async fn a_cutover_that_is_dropped_reopens_where_it_was_and_keeps_the_count() {
    let table = table();
    let acme = id("acme");
    let before = table.begin_move(&acme, dedicated("us")).expect("begins");
    let old = admitted(&table, "acme");
    {
        let mut cutover = pin!(table.cutover(&acme));
        assert_pending!(cutover);
    }
    assert!(epoch(&table, "acme") > before, "every reopening is higher");
    assert_eq!(cluster(&table, "acme"), "eu");
    // The next cutover waits for the write of the older epoch.
    table.begin_move(&acme, dedicated("us")).expect("begins");
    let mut cutover = pin!(table.cutover(&acme));
    assert_pending!(cutover);
    drop(old);
    cutover
        .await
        .expect("drains")
        .complete()
        .expect("completes");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_doubt_is_waited_for() {
    let table = table();
    let acme = id("acme");
    table.begin_move(&acme, dedicated("us")).expect("begins");
    let write = admitted(&table, "acme");
    write.mark_in_doubt();
    drop(write);
    assert_eq!(table.status(&acme).expect("placed").in_doubt(), 1);
    let begun = Instant::now();
    let cutover = table.cutover(&acme).await.expect("drains");
    assert!(begun.elapsed() >= Duration::from_secs(10));
    cutover.complete().expect("completes");
}

#[tokio::test(start_paused = true)]
async fn a_cutover_that_does_not_drain_says_what_holds_it() {
    let table = table();
    let acme = id("acme");
    table.begin_move(&acme, dedicated("us")).expect("begins");
    let write = admitted(&table, "acme");
    let held = table
        .cutover(&acme)
        .await
        .expect_err("a write is under way");
    assert!(matches!(held, MoveError::Held { open: 1, .. }), "{held}");
    drop((write, admitted(&table, "acme")));
}

#[tokio::test(start_paused = true)]
async fn a_cutover_whose_lease_ran_out_is_aborted_by_the_first_write() {
    let table = table();
    let acme = id("acme");
    let before = table.begin_move(&acme, dedicated("us")).expect("begins");
    let cutover = table.cutover(&acme).await.expect("drains");
    let begun = Instant::now();
    table.settled(&acme, before).await;
    assert_eq!(begun.elapsed().as_secs(), 60);
    drop(admitted(&table, "acme"));
    assert_eq!(cutover.complete(), Err(MoveError::LeaseOver));
    assert_eq!(cluster(&table, "acme"), "eu");
}

/// Nobody writes, so nobody waits for it.
#[tokio::test(start_paused = true)]
async fn a_cutover_whose_lease_ran_out_is_over_for_whoever_asks() {
    let table = table();
    let acme = id("acme");
    for ask in 0..3 {
        let before = table.begin_move(&acme, dedicated("us")).expect("begins");
        let cutover = table.cutover(&acme).await.expect("drains");
        tokio::time::advance(Duration::from_secs(61)).await;
        match ask {
            0 => assert_eq!(
                table.status(&acme).expect("placed").phase(),
                MigrationPhase::Settled
            ),
            1 => assert_eq!(table.statuses()[0].1.phase(), MigrationPhase::Settled),
            _ => assert!(table.begin_move(&acme, dedicated("us")).is_ok()),
        }
        assert!(epoch(&table, "acme") > before, "every reopening is higher");
        assert_eq!(cutover.complete(), Err(MoveError::LeaseOver));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rehearsal_leaves_the_move_begun() {
    let table = table();
    let acme = id("acme");
    table.begin_move(&acme, dedicated("us")).expect("begins");
    table.rehearse(&acme).await.expect("drains");
    let status = table.status(&acme).expect("placed");
    assert_eq!(status.phase(), MigrationPhase::Draining);
    table.abort(&acme).expect("aborts");
    let again = table.cutover(&acme).await.expect_err("nothing was begun");
    assert_eq!(again, MoveError::Phase(MigrationPhase::Settled));
}

/// Its writes were counted with everybody's.
#[tokio::test(start_paused = true)]
async fn a_partition_of_the_default_is_moved_alone() {
    let table = PlacementTable::new();
    table.put_default(shared()).expect("fits");
    let table = Arc::new(table);
    let acme = id("acme");
    let old = admitted(&table, "acme");
    table.begin_move(&acme, dedicated("us")).expect("begins");
    let other = admitted(&table, "globex");
    let mut cutover = pin!(table.cutover(&acme));
    assert_pending!(cutover);
    drop(admitted(&table, "globex"));
    drop(old);
    cutover
        .await
        .expect("drains")
        .complete()
        .expect("completes");
    drop(other);
    assert_eq!(
        (cluster(&table, "acme"), cluster(&table, "globex")),
        ("us".into(), "eu".into())
    );
}

#[test]
fn a_move_is_checked_as_a_placement_is() {
    let table = table();
    table
        .begin_move(&id("acme"), dedicated("us"))
        .expect("begins");
    assert_eq!(table.put(id("acme"), shared()), Err(PlacementError::Moving));
    let pattern = IndexPattern::parse("acme.{index}").expect("parses");
    let meets = Placement::dedicated_index(ClusterId::from("us"), pattern);
    assert!(
        table.put(id("globex"), meets.clone()).is_err(),
        "the target is taken"
    );
    assert_eq!(
        table.begin_move(&id("hooli"), meets),
        Err(MoveError::Unplaced)
    );
}

#[test]
fn a_write_is_admitted_at_its_own_epoch_alone() {
    let word = Word::new(7);
    assert_eq!(word.admit(6), Entry::Superseded);
    assert_eq!(word.admit(8), Entry::Moving);
    assert_eq!(word.admit(7), Entry::Admitted);
    assert!(!word.leave(), "nobody waits");
}

#[test]
fn a_reopening_keeps_the_count_and_has_a_higher_epoch() {
    let word = Word::new(1);
    assert_eq!(word.admit(1), Entry::Admitted);
    word.close();
    assert_eq!(word.admit(1), Entry::Moving);
    word.reopen();
    let now = Reading {
        epoch: 2,
        closed: false,
        open: 1,
    };
    assert_eq!(word.read(), now);
    assert_eq!(word.admit(1), Entry::Superseded);
    word.close();
    assert!(word.leave(), "the older epoch's write was the last");
}

//! `PostgreSQL` gone, frozen, and back: every call is bounded and says so.

use std::time::{Duration, Instant};

use noroshi_domain::Head;
use noroshi_store::testkit::Cluster;
use noroshi_store::{Committed, Store, StoreError};

use crate::builders::{commit_on, head, page, puts, write};

/// Above every bound of the store, below what a person takes for hanging.
const SOON: Duration = Duration::from_secs(5);

fn assert_unavailable_soon(outcome: impl FnOnce() -> Result<(), StoreError>) {
    let begun = Instant::now();
    let failed = outcome().unwrap_err();
    assert!(matches!(failed, StoreError::Unavailable(_)), "{failed}");
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
}

#[test]
fn a_halted_server_is_unavailable_at_once_and_used_again_when_back() {
    let cluster = Cluster::start();
    let url = cluster.create_database();
    let store = Store::open_postgres(&url).unwrap();
    write(&store, 0, puts([page()]));
    cluster.halt();
    assert_unavailable_soon(|| store.ping());
    let commit = commit_on(&Head::genesis(), 1, puts([page()]));
    assert_unavailable_soon(|| store.commit(&commit).map(drop));
    assert_unavailable_soon(|| Store::open_postgres(&url).map(drop));
    cluster.resume();
    assert_eq!(head(&store).seq, 1);
    let next = commit_on(&head(&store), 2, puts([page()]));
    assert_eq!(store.commit(&next).unwrap(), Committed::Done);
}

#[test]
fn a_frozen_server_is_unavailable_in_bounded_time() {
    let cluster = Cluster::start();
    let url = cluster.create_database();
    let store = Store::open_postgres(&url).unwrap();
    store.ping().unwrap();
    cluster.freeze();
    // The pooled connection first, then one that would have to be made.
    assert_unavailable_soon(|| store.ping());
    assert_unavailable_soon(|| store.ping());
    cluster.thaw();
    store.ping().unwrap();
}

#[test]
fn an_address_with_a_fault_is_told_without_its_password() {
    let failed = Store::open_postgres("postgres://me:hunter2@[bad").unwrap_err();
    assert!(!failed.to_string().contains("hunter2"), "{failed}");
}

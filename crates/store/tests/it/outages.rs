//! `PostgreSQL` gone, frozen, unreachable, and back: every call is bounded and says so.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use noroshi_domain::Head;
use noroshi_store::testkit::Cluster;
use noroshi_store::{Committed, Store, StoreError};

use crate::builders::{commit_on, head, page, page_id, puts, write};

/// Within which a write is answered while the database is away.
const SOON: Duration = Duration::from_secs(2);
/// Within which the first write after its return succeeds.
const BACK: Duration = Duration::from_secs(5);
/// How often a gate looks whether it is shut, and a test whether the database is back.
const LOOK_EVERY: Duration = Duration::from_millis(10);

fn assert_unavailable_soon(outcome: impl FnOnce() -> Result<(), StoreError>) {
    let begun = Instant::now();
    let failed = outcome().unwrap_err();
    assert!(matches!(failed, StoreError::Unavailable(_)), "{failed}");
    assert!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
}

/// Tries again, as its sender is told to, until it is written.
fn assert_written_when_back(store: &Store) {
    let begun = Instant::now();
    loop {
        let outcome = store.head(&page_id()).and_then(|head| {
            let head = head.unwrap_or_else(Head::genesis);
            store.commit(&commit_on(&head, head.seq + 1, puts([page()])))
        });
        match outcome {
            Ok(Committed::Done) => return,
            _ if begun.elapsed() < BACK => thread::sleep(LOOK_EVERY),
            other => panic!("not within {BACK:?}: {other:?}"),
        }
    }
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
    assert_written_when_back(&store);
}

#[test]
fn a_frozen_server_is_unavailable_soon_to_all_who_ask_and_used_again_when_back() {
    let cluster = Cluster::start();
    let url = cluster.create_database();
    let store = Store::open_postgres(&url).unwrap();
    write(&store, 0, puts([page()]));
    cluster.freeze();
    // More at once than there are connections: some wait for one, and are told as soon.
    thread::scope(|threads| {
        for _ in 0..12 {
            threads.spawn(|| {
                let commit = commit_on(&Head::genesis(), 1, puts([page()]));
                assert_unavailable_soon(|| store.commit(&commit).map(drop));
            });
        }
    });
    // What is known to be away costs no wait.
    let begun = Instant::now();
    assert_unavailable_soon(|| store.ping());
    assert!(begun.elapsed() < Duration::from_millis(200));
    assert_unavailable_soon(|| Store::open_postgres(&url).map(drop));
    cluster.thaw();
    assert_written_when_back(&store);
}

#[test]
fn a_server_that_no_packet_reaches_is_unavailable_soon_and_used_again_when_back() {
    let cluster = Cluster::start();
    let url = cluster.create_database();
    let gate = Gate::before(cluster.port());
    let url = url.replace(&cluster.port().to_string(), &gate.port.to_string());
    let store = Store::open_postgres(&url).unwrap();
    write(&store, 0, puts([page()]));
    gate.is_shut.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let commit = commit_on(&Head::genesis(), 1, puts([page()]));
        assert_unavailable_soon(|| store.commit(&commit).map(drop));
    }
    gate.is_shut.store(false, Ordering::SeqCst);
    assert_written_when_back(&store);
}

/// A statement may take longer than patience lasts, as long as the server works.
#[test]
fn a_slow_answer_of_a_server_that_works_is_waited_for() {
    let cluster = Cluster::start();
    let url = cluster.create_database();
    let database = url.rsplit('/').next().unwrap();
    let store = Store::open_postgres(&url).unwrap();
    write(&store, 0, puts([page()]));
    cluster.script(
        database,
        "create function slow() returns trigger language plpgsql
             as $$ begin perform pg_sleep(1.2); return new; end $$;
         create trigger slow before update on pages for each row execute function slow()",
    );
    let next = commit_on(&head(&store), 2, puts([page()]));
    assert_eq!(store.commit(&next).unwrap(), Committed::Done);
}

/// Passes bytes on to a port until it is shut; then it swallows them, and takes connections
/// that are never answered.
struct Gate {
    port: u16,
    is_shut: Arc<AtomicBool>,
}

impl Gate {
    fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let is_shut = Arc::new(AtomicBool::new(false));
        let shut = Arc::clone(&is_shut);
        // Ends with the test's process.
        thread::spawn(move || {
            let mut swallowed = Vec::new();
            for inside in listener.incoming().flatten() {
                if shut.load(Ordering::SeqCst) {
                    swallowed.push(inside);
                    continue;
                }
                let Ok(outside) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let pair = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
                for (from, to) in [(inside, outside), (pair.1, pair.0)] {
                    let shut = Arc::clone(&shut);
                    thread::spawn(move || pass(from, to, &shut));
                }
            }
        });
        Self { port: own, is_shut }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_shut: &AtomicBool) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        // What was under way while it was shut is lost, as are packets nobody sends again.
        if is_shut.load(Ordering::SeqCst) {
            while is_shut.load(Ordering::SeqCst) {
                thread::sleep(LOOK_EVERY);
            }
            return;
        }
        if to.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
    // The other side hears that this one has ended.
    drop(to.shutdown(std::net::Shutdown::Both));
}

#[test]
fn an_address_with_a_fault_is_told_without_its_password() {
    let failed = Store::open_postgres("postgres://me:hunter2@[bad").unwrap_err();
    assert!(!failed.to_string().contains("hunter2"), "{failed}");
}

//! The database goes away and comes back; nothing is restarted.

use std::sync::Arc;
use std::time::{Duration, Instant as Monotonic};

use noroshi_domain::{Actor, PageId};
use noroshi_ops::{App, Chance, ManualClock, OpError};
use noroshi_store::Store;
use noroshi_store::testkit::Cluster;

use crate::kit::{BEGIN, at, new_component, new_page};

#[test]
fn while_the_database_is_away_writes_say_so_soon_and_reads_go_on() {
    let cluster = Cluster::start();
    let store = Store::open_postgres(&cluster.create_database()).unwrap();
    let app = App::new(store, Arc::new(ManualClock::at(at(BEGIN))), Chance::System);
    let actor = Actor::command_line();
    let page = PageId::parse(&app.create_page(&actor, &new_page("Acme")).unwrap().id).unwrap();
    app.execute(&page, &actor, new_component("api"), None)
        .unwrap();

    cluster.halt();
    let started = Monotonic::now();
    let refused = app.execute(&page, &actor, new_component("web"), None);
    assert!(
        matches!(refused, Err(OpError::Unavailable(_) | OpError::Busy)),
        "{refused:?}"
    );
    assert!(
        started.elapsed() < Duration::from_millis(2_500),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(app.state(&page).unwrap().head.seq, 2);

    cluster.resume();
    let returned = Monotonic::now();
    let mut answer = app.execute(&page, &actor, new_component("web"), None);
    while answer.is_err() && returned.elapsed() < Duration::from_secs(5) {
        answer = app.execute(&page, &actor, new_component("web"), None);
    }
    assert_eq!(answer.unwrap().seq, 3);
}

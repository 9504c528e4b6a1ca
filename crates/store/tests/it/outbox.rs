//! What is to be told, on both engines.

use noroshi_domain::*;
use noroshi_store::testkit::engines;
use noroshi_store::{Claimed, End, Finished, NewDelivery, Notice, OpenNotice, Progress, Store};

use crate::builders::*;

fn page() -> PageId {
    PageId::parse("page1").expect("an identifier")
}

fn notice(id: &str, seq: i64) -> Notice {
    Notice {
        id: id.to_owned(),
        page: Some(page()),
        thread: "incident1".to_owned(),
        seq,
        body: "{}".to_owned(),
        at: at(seq),
        is_clear: false,
    }
}

fn clear(id: &str, seq: i64) -> Notice {
    Notice {
        is_clear: true,
        ..notice(id, seq)
    }
}

fn to(recipient: &str) -> NewDelivery {
    NewDelivery {
        recipient: recipient.to_owned(),
        channel: "email".to_owned(),
        lane: "email".to_owned(),
        due: at(0),
    }
}

fn open(store: &Store, id: &str) -> OpenNotice {
    let found = store.open_notices(10).expect("the store answers");
    let own = found.into_iter().find(|own| own.notice.id == id);
    own.expect("the notice is open")
}

/// Makes a notice with its deliveries, all at once.
fn tell(store: &Store, notice: &Notice, recipients: &[NewDelivery]) {
    store
        .add_notices(std::slice::from_ref(notice))
        .expect("added");
    let open = open(store, &notice.id);
    let moved = store.deliver(&open, None, recipients, notice.at);
    assert!(moved.expect("the store answers"));
}

fn claim(store: &Store, owner: &str, now: i64) -> Vec<Claimed> {
    let claimed = store.claim(owner, at(now), &[], 200);
    claimed.expect("the store answers")
}

fn names(claimed: &[Claimed]) -> Vec<(&str, &str)> {
    claimed
        .iter()
        .map(|own| (own.notice_id.as_str(), own.recipient.as_str()))
        .collect()
}

fn finish(store: &Store, owner: &str, claimed: &Claimed, end: End) {
    let finished = Finished {
        notice_id: claimed.notice_id.clone(),
        recipient: claimed.recipient.clone(),
        end,
        reason: String::new(),
    };
    store.finish(owner, &[finished]).expect("finished");
}

fn delivered(now: i64) -> End {
    End::Delivered {
        at: at(now),
        reference: "r1".to_owned(),
    }
}

fn states(store: &Store, recipient: &str) -> Vec<String> {
    let log = store.deliveries_of(recipient, 10).expect("the log");
    log.into_iter().map(|own| own.state).collect()
}

#[test]
fn a_follower_moves_only_from_where_it_stands() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        assert_eq!(store.followed(&page()).expect("answers"), None);
        assert!(store.follow(&page(), None, 3, &[]).expect("answers"));
        let twice = store.follow(&page(), None, 5, &[notice("n1", 1)]);
        assert!(!twice.expect("answers"));
        let behind = store.follow(&page(), Some(2), 5, &[notice("n1", 1)]);
        assert!(!behind.expect("answers"));
        assert_eq!(store.notice("n1").expect("answers"), None);
        let moved = store.follow(&page(), Some(3), 5, &[notice("n1", 1)]);
        assert!(moved.expect("answers"));
        assert_eq!(store.followed(&page()).expect("answers"), Some(5));
        assert_eq!(store.notice("n1").expect("answers"), Some(notice("n1", 1)));
    }
}

#[test]
fn deliveries_are_made_in_slices_and_each_slice_once() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        store.add_notices(&[notice("n1", 1)]).expect("added");
        let first = open(&store, "n1");
        let progress = Progress {
            stage: "subscribers".to_owned(),
            after: (7, "a".to_owned()),
        };
        let made = |from: &OpenNotice, name: &str, to_next: Option<&Progress>| {
            let made = store.deliver(from, to_next, &[to(name)], at(1));
            made.expect("the store answers")
        };
        assert!(made(&first, "a", Some(&progress)));
        assert!(!made(&first, "a2", Some(&progress)), "the slice is made");
        let second = open(&store, "n1");
        assert_eq!(second.progress, progress);
        assert!(made(&second, "b", None));
        assert!(store.open_notices(10).expect("answers").is_empty());
        let claimed = claim(&store, "node1", 1);
        assert_eq!(names(&claimed), [("n1", "a"), ("n1", "b")]);
    }
}

#[test]
fn newer_words_take_the_place_of_those_that_wait() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("a"), to("b")]);
        tell(&store, &notice("n2", 2), &[to("a")]);
        let claimed = claim(&store, "node1", 3);
        assert_eq!(names(&claimed), [("n1", "b"), ("n2", "a")]);
        assert_eq!(states(&store, "a"), ["sending", "superseded"]);
    }
}

#[test]
fn a_recipient_gets_one_of_a_thread_at_a_time() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("a")]);
        let first = claim(&store, "node1", 1);
        tell(&store, &notice("n2", 2), &[to("a")]);
        assert!(claim(&store, "node2", 2).is_empty(), "n1 is under way");
        finish(&store, "node1", &first[0], delivered(2));
        let second = claim(&store, "node2", 2);
        assert_eq!(names(&second), [("n2", "a")]);
        assert!(second[0].has_been_told);
        assert_eq!(second[0].reference, "r1");
    }
}

#[test]
fn what_failed_is_not_tried_again_after_newer_words() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("a"), to("b")]);
        let first = claim(&store, "node1", 1);
        let second = claim(&store, "node2", 1);
        assert!(second.is_empty());
        tell(&store, &notice("n2", 2), &[to("a"), to("b")]);
        finish(&store, "node1", &first[0], End::Again { at: at(9) });
        assert_eq!(store.take_over("node1", at(9)).expect("answers"), 1);
        let claimed = claim(&store, "node2", 20);
        assert_eq!(names(&claimed), [("n2", "a"), ("n2", "b")]);
        assert_eq!(states(&store, "a"), ["sending", "superseded"]);
        assert_eq!(states(&store, "b"), ["sending", "uncertain"]);
    }
}

#[test]
fn an_all_clear_goes_only_to_those_who_were_told() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("told"), to("failed")]);
        for own in claim(&store, "node1", 1) {
            let end = match own.recipient.as_str() {
                "told" => delivered(1),
                _ => End::Failed { at: at(1) },
            };
            finish(&store, "node1", &own, end);
        }
        let everyone = [to("told"), to("failed"), to("late")];
        tell(&store, &clear("n2", 2), &everyone);
        assert_eq!(names(&claim(&store, "node1", 2)), [("n2", "told")]);
        assert_eq!(states(&store, "failed"), ["suppressed", "failed"]);
        assert_eq!(states(&store, "late"), ["suppressed"]);
    }
}

#[test]
fn what_a_dead_node_had_under_way_is_sent_again_with_the_same_key() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        let text = NewDelivery {
            channel: "sms".to_owned(),
            ..to("phone")
        };
        tell(&store, &notice("n1", 1), &[to("a"), text.clone()]);
        let first = claim(&store, "dead", 1);
        assert_eq!(first.len(), 2);
        store.beat("dead").expect("beats");
        assert_eq!(store.sending_nodes().expect("answers"), ["dead"]);
        assert_eq!(store.take_over("dead", at(20)).expect("answers"), 2);
        let again = claim(&store, "node1", 20);
        assert_eq!(names(&again), [("n1", "a")], "a text is not sent twice");
        assert_eq!(again[0].attempts, 2);
        finish(&store, "dead", &again[0], End::Failed { at: at(21) });
        assert_eq!(states(&store, "a"), ["sending"], "it is another's now");
        assert_eq!(states(&store, "phone"), ["uncertain"]);
        // Who may have been told is told that it is over.
        tell(&store, &clear("n2", 2), &[text]);
        assert_eq!(names(&claim(&store, "node1", 22)), [("n2", "phone")]);
    }
}

#[test]
fn a_full_lane_holds_up_nobody_else() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        let slow = NewDelivery {
            lane: "webhook/slow".to_owned(),
            ..to("a")
        };
        tell(&store, &notice("n1", 1), &[slow, to("b")]);
        let full = ["webhook/slow".to_owned()];
        let claimed = store.claim("node1", at(1), &full, 200).expect("answers");
        assert_eq!(names(&claimed), [("n1", "b")]);
        assert_eq!(names(&claim(&store, "node1", 1)), [("n1", "a")]);
    }
}

#[test]
fn what_failed_waits_until_it_is_due_and_says_why() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("a")]);
        let own = claim(&store, "node1", 1).remove(0);
        let finished = Finished {
            notice_id: own.notice_id,
            recipient: own.recipient,
            end: End::Again { at: at(30) },
            reason: "no answer within 30 seconds".to_owned(),
        };
        store.finish("node1", &[finished]).expect("finished");
        assert!(claim(&store, "node1", 29).is_empty());
        let ailing = store.ailing(&page(), 10).expect("answers");
        assert_eq!(ailing.len(), 1);
        assert_eq!(ailing[0].reason, "no answer within 30 seconds");
        assert_eq!(claim(&store, "node1", 30)[0].attempts, 2);
    }
}

#[test]
fn two_nodes_never_claim_the_same() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        let many: Vec<NewDelivery> = (0..400).map(|nth| to(&format!("s{nth}"))).collect();
        tell(&store, &notice("n1", 1), &many);
        let claimed: Vec<Vec<String>> = std::thread::scope(|scope| {
            let node = |name: &'static str| {
                let store = &store;
                scope.spawn(move || {
                    let mut own = Vec::new();
                    for _ in 0..8 {
                        let claimed = store.claim(name, at(1), &[], 50).expect("answers");
                        own.extend(claimed.into_iter().map(|one| one.recipient));
                    }
                    own
                })
            };
            let both = [node("node1"), node("node2")];
            both.map(|one| one.join().expect("no panic")).into()
        });
        let mut all: Vec<&String> = claimed.iter().flatten().collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 400, "{}", engine.name());
        assert_eq!(claimed.iter().map(Vec::len).sum::<usize>(), 400);
    }
}

#[test]
fn what_is_old_is_forgotten_and_what_waits_stays() {
    for engine in engines() {
        let (_held, store) = engine.database().open_kept();
        tell(&store, &notice("n1", 1), &[to("a"), to("b")]);
        let claimed = claim(&store, "node1", 1);
        finish(&store, "node1", &claimed[0], delivered(1));
        assert_eq!(store.forget_deliveries(at(1)).expect("answers"), 0);
        assert_eq!(store.forget_deliveries(at(2)).expect("answers"), 1);
        store.end_recipient("b", at(3)).expect("answers");
        store.forget_recipient(&claimed[1].recipient).expect("gone");
        assert!(states(&store, &claimed[1].recipient).is_empty());
        let forgotten = store.forget_notices(Some(&page()), at(2));
        assert_eq!(forgotten.expect("answers"), 1);
    }
}

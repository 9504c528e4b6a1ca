//! API tokens and private records through the door.

use noroshi_domain::{Actor, ActorKind, Locale, PageId};
use noroshi_ops::records::{shared_key, unique_key};
use noroshi_ops::tokens::{NewToken, Token};
use noroshi_ops::{Access, Caller, OpError, Permission, PrivateRecord, Role};
use noroshi_store::testkit::{Engine, engines};
use noroshi_store::{Key, Slice};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::kit::{BEGIN, Kit, at};

fn new(role: Role, pages: &[&PageId]) -> NewToken {
    NewToken {
        name: "Deploy".to_owned(),
        role,
        pages: pages.iter().map(|page| (*page).clone()).collect(),
        expires_at: None,
    }
}

fn person(access: Access) -> Caller {
    let actor = Actor {
        kind: ActorKind::User,
        id: "u1".to_owned(),
    };
    Caller::new(actor, "Ada".to_owned(), Locale::En, access)
}

#[test]
fn a_token_is_who_it_was_made_for_until_it_ends() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let owner = Caller::command_line();
        let end = at("2026-03-04T02:00:00Z");
        let wanted = NewToken {
            expires_at: Some(end),
            ..new(Role::Responder, &[&kit.page])
        };
        let (stored, secret) = kit.app.create_token(&owner, &wanted).unwrap();
        assert!(!format!("{stored:?}").contains(&secret));
        let caller = kit.app.caller_of_token(&secret, at(BEGIN)).unwrap();
        assert_eq!(caller.actor.kind, ActorKind::Token);
        assert_eq!(caller.actor.id, stored.id);
        assert!(caller.may(Some(&kit.page), Permission::PostIncident));
        assert!(!caller.may(Some(&kit.page), Permission::EditPage));
        assert!(!caller.may(None, Permission::View));

        let last = kit.app.caller_of_token(&secret, end.plus_us(-1));
        assert!(last.is_ok());
        let late = kit.app.caller_of_token(&secret, end);
        assert_eq!(late, Err(OpError::Unauthenticated));
        for forged in [
            "",
            "nrs_",
            &secret[..60],
            &secret.to_uppercase(),
            &stored.value.hash,
        ] {
            let found = kit.app.caller_of_token(forged, at(BEGIN));
            assert_eq!(found, Err(OpError::Unauthenticated), "{forged}");
        }
    }
}

#[test]
fn the_last_use_is_written_once_a_minute_and_never_hinders() {
    let kit = Kit::new(Engine::Sqlite);
    let owner = Caller::command_line();
    let (stored, secret) = kit
        .app
        .create_token(&owner, &new(Role::Viewer, &[]))
        .unwrap();
    let version = || {
        let token = kit.app.record::<Token>(&stored.id).unwrap().unwrap();
        (token.version, token.value.last_used_at)
    };
    let first = at(BEGIN);
    for second in [0, 1, 59] {
        let now = first.plus_seconds(second);
        kit.app.caller_of_token(&secret, now).unwrap();
    }
    assert_eq!(version(), (2, Some(first)));
    let later = first.plus_seconds(60);
    kit.app.caller_of_token(&secret, later).unwrap();
    assert_eq!(version(), (3, Some(later)));
}

#[test]
fn nobody_makes_or_sees_or_ends_a_token_that_reaches_further_than_he_does() {
    let kit = Kit::new(Engine::Sqlite);
    let owner = Caller::command_line();
    let other = PageId::parse("other").unwrap();
    let admin = person(Access::on_pages(Role::Admin, [kit.page.clone()]));
    let responder = person(Access::on_pages(Role::Responder, [kit.page.clone()]));
    let refused = |caller: &Caller, wanted: &NewToken| {
        matches!(
            kit.app.create_token(caller, wanted),
            Err(OpError::Forbidden(Permission::ManageTokens))
        )
    };
    assert!(refused(&responder, &new(Role::Viewer, &[&kit.page])));
    assert!(refused(&admin, &new(Role::Owner, &[&kit.page])));
    assert!(refused(&admin, &new(Role::Viewer, &[])));
    assert!(refused(&admin, &new(Role::Viewer, &[&kit.page, &other])));

    let (own, _) = kit
        .app
        .create_token(&admin, &new(Role::Admin, &[&kit.page]))
        .unwrap();
    let (all, secret) = kit
        .app
        .create_token(&owner, &new(Role::Viewer, &[]))
        .unwrap();
    let seen: Vec<String> = kit
        .app
        .list_tokens(&admin)
        .unwrap()
        .into_iter()
        .map(|token| token.id)
        .collect();
    assert_eq!(seen, std::slice::from_ref(&own.id));
    let hidden = kit.app.revoke_token(&admin, &all.id);
    assert!(matches!(hidden, Err(OpError::NotFound { .. })));
    assert!(kit.app.caller_of_token(&secret, at(BEGIN)).is_ok());
    kit.app.revoke_token(&owner, &all.id).unwrap();
    kit.app.revoke_token(&owner, &all.id).unwrap();
    let gone = kit.app.caller_of_token(&secret, at(BEGIN));
    assert_eq!(gone, Err(OpError::Unauthenticated));
    let told: Vec<String> = kit
        .app
        .store()
        .audit(None, None, 9)
        .unwrap()
        .into_iter()
        .map(|row| row.action)
        .collect();
    assert_eq!(told, ["token_revoked", "token_created", "token_created"]);
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    title: String,
    place: i64,
}

impl PrivateRecord for Note {
    const KIND: &'static str = "note";

    fn keys(&self) -> Vec<Key> {
        vec![
            unique_key("title", &self.title),
            shared_key("first", &self.title[..1]),
        ]
    }

    fn sort(&self) -> Option<i64> {
        Some(self.place)
    }
}

#[test]
fn a_private_record_is_read_back_as_it_was_written_and_told_of() {
    for engine in engines() {
        let kit = Kit::new(engine);
        let caller = person(Access::on_pages(Role::Editor, [kit.page.clone()]));
        let note = |title: &str, place| {
            let title = title.to_owned();
            kit.app.new_record(Some(&kit.page), Note { title, place })
        };
        let (second, first) = (note("two", 2), note("three", 1));
        let put = |note, action| {
            kit.app
                .put_record(&caller, note, action, json!({ "why": "test" }))
        };
        let second = put(&second, "note_made").unwrap();
        put(&first, "note_made").unwrap();
        let listed = kit
            .app
            .records::<Note>(Some(&kit.page), &Slice::first(9))
            .unwrap();
        assert_eq!(
            listed,
            [kit.app.record(&first.id).unwrap().unwrap(), second.clone()]
        );
        assert_eq!(
            kit.app.records_by_key::<Note>("first", "t").unwrap().len(),
            2
        );

        let same = note("two", 3);
        let same = put(&same, "note_made").unwrap_err();
        let OpError::Refused(noroshi_domain::Refusal::Taken { kind, id }) = same else {
            panic!("{same:?}");
        };
        assert_eq!((kind, id.as_str()), ("note", "two"));
        put(&second, "note_changed").unwrap();
        assert_eq!(put(&second, "note_changed").unwrap_err(), OpError::Stale);
        let gone = kit.app.record::<Note>(&second.id).unwrap().unwrap();
        kit.app
            .delete_record(&caller, &gone, "note_deleted", json!({}))
            .unwrap();
        let again = kit
            .app
            .delete_record(&caller, &gone, "note_deleted", json!({}));
        assert_eq!(again, Err(OpError::Stale));

        let audit = kit.app.store().audit(Some(&kit.page), None, 9).unwrap();
        let told: Vec<_> = audit
            .iter()
            .map(|row| (row.action.as_str(), row.actor_id.as_str()))
            .collect();
        let expected = ["note_deleted", "note_changed", "note_made", "note_made"];
        assert_eq!(told, expected.map(|action| (action, "u1")));
        assert_eq!(audit[3].subject_id, second.id);
    }
}

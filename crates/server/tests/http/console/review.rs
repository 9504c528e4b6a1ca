//! Review before publishing: one writes, another looks, changes, and posts it or sends it back.

use noroshi_domain::Locale;
use noroshi_ops::Role;

use super::kit::Place;

const NEW: &str = "/incidents/new";

/// A form for a new incident that asks the team to look first.
fn asking(command: &str) -> Vec<(&str, &str)> {
    vec![
        ("command", command),
        ("name.ja", "公開APIでエラーが増えています"),
        ("lifecycle", "investigating"),
        ("c.api", "partial_outage"),
        ("body.ja", "原因を調べています。"),
        ("promise", "none"),
        ("action", "ask"),
    ]
}

/// Where Now leads whoever may look at the first draft that waits.
fn waiting(place: &Place, role: Role) -> Option<String> {
    let text = place.get(role, "").text();
    let (_, rest) = text.split_once("?review=")?;
    Some(rest.split('"').next().unwrap().to_owned())
}

#[test]
fn what_one_writes_another_changes_and_posts() {
    let place = Place::new();
    let asked = place.post(Role::Responder, NEW, &asking("k1"));
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert!(place.state().incidents.is_empty(), "nothing is posted yet");
    let id = waiting(&place, Role::Admin).expect("it stands on Now");
    let now = place.get(Role::Admin, "").text();
    assert!(now.contains("公開APIでエラーが増えています") && now.contains("A responder"));
    assert!(
        !now.contains("対応が必要なものはありません"),
        "it waits for somebody"
    );
    assert_eq!(
        waiting(&place, Role::Viewer),
        None,
        "who may not post is not asked"
    );

    let path = format!("{NEW}?review={id}");
    let opened = place.get(Role::Admin, &path).text();
    assert!(opened.contains("原因を調べています。") && opened.contains("value=\"send_back\""));
    let own = place.get(Role::Responder, NEW).text();
    assert!(own.contains("value=\"take_back\"") && !own.contains("send_back"));

    // What the reviewer types is kept in the same draft, and nowhere else.
    let mut form = asking("k1");
    form.retain(|(name, _)| !["body.ja", "action"].contains(name));
    form.extend([("body.ja", "原因を特定しました。"), ("review", id.as_str())]);
    let saved = place.post(Role::Admin, "/incidents/new/draft", &form);
    assert_eq!(saved.status, 200);
    assert!(
        place
            .get(Role::Responder, NEW)
            .text()
            .contains("原因を特定しました。")
    );
    assert!(
        !place
            .get(Role::Admin, NEW)
            .text()
            .contains("原因を特定しました。")
    );

    form.push(("action", "post"));
    let posted = place.post(Role::Admin, NEW, &form);
    assert_eq!(posted.status, 303, "{}", posted.text());
    let state = place.state();
    let incident = state.incidents.values().next().unwrap();
    let body = &state.updates_of(&incident.id)[0].body;
    assert_eq!(body.get(Locale::Ja), Some("原因を特定しました。"));
    assert_eq!(waiting(&place, Role::Admin), None);
    let left = place.get(Role::Responder, NEW).text();
    assert!(!left.contains("原因を"), "the draft went with it");
    let audit = place.app().store().audit(None, None, 20).unwrap();
    let said: Vec<_> = audit.iter().map(|row| row.action.as_str()).collect();
    assert!(said.contains(&"review_asked") && said.contains(&"review_posted"));
    let row = audit.iter().find(|row| row.action == "review_posted");
    assert!(format!("{row:?}").contains("A responder"), "who wrote it");
}

#[test]
fn what_is_sent_back_says_why_and_waits_no_more() {
    let place = Place::new();
    place.post(Role::Responder, NEW, &asking("k1"));
    let id = waiting(&place, Role::Admin).unwrap();
    let mut form = asking("k1");
    form.retain(|(name, _)| *name != "action");
    form.extend([
        ("review", id.as_str()),
        ("remark", "影響範囲も書いてください"),
        ("action", "send_back"),
    ]);
    let back = place.post(Role::Admin, NEW, &form);
    assert_eq!(back.status, 303, "{}", back.text());
    assert_eq!(waiting(&place, Role::Admin), None);
    let own = place.get(Role::Responder, NEW).text();
    assert!(own.contains("影響範囲も書いてください"), "{own}");
    assert!(own.contains("原因を調べています。"));
    // Asked again, the remark is gone; taken back, nobody is asked.
    place.post(Role::Responder, NEW, &asking("k1"));
    assert!(waiting(&place, Role::Admin).is_some());
    let own = place.get(Role::Responder, NEW).text();
    assert!(!own.contains("影響範囲も書いてください"));
    let taken = place.post(Role::Responder, NEW, &[("action", "take_back")]);
    assert_eq!(taken.status, 303);
    assert_eq!(waiting(&place, Role::Admin), None);
    let own = place.get(Role::Responder, NEW).text();
    assert!(own.contains("原因を調べています。"), "the draft stays");
    // What the reviewer has open is his own from now on, with every word.
    form.pop();
    form.push(("action", "post"));
    let gone = place.post(Role::Admin, NEW, &form);
    assert_eq!(gone.status, 422);
    assert!(gone.text().contains("取り下げられました"));
    assert!(gone.text().contains("原因を調べています。"));
    assert!(place.state().incidents.is_empty());
}

#[test]
fn what_could_not_be_posted_is_not_asked_about() {
    let place = Place::new();
    let mut form = asking("k1");
    form.retain(|(name, _)| *name != "promise");
    form.push(("promise", "at"));
    let answer = place.post(Role::Responder, NEW, &form);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("次の更新をいつにするか"));
    assert_eq!(waiting(&place, Role::Admin), None);
}

#[test]
fn a_draft_is_opened_for_review_only_while_somebody_asks() {
    let place = Place::new();
    place.post(Role::Responder, NEW, &asking("k1"));
    let id = waiting(&place, Role::Admin).unwrap();
    let path = format!("{NEW}?review={id}");
    assert_eq!(place.get(Role::Admin, &path).status, 200);
    assert_eq!(place.get(Role::Viewer, &path).status, 403);
    place.post(Role::Responder, NEW, &[("action", "take_back")]);
    assert_eq!(place.get(Role::Admin, &path).status, 404);
}

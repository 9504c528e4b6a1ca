//! The incident's screen: each of its forms does what it says, and says why where it does not.

use noroshi_domain::{
    Command, IncidentFields, IncidentId, IncidentKind, Instant, Lifecycle, Locale, NewIncident,
    NewPromise, NewUpdate, Status, Texts,
};
use noroshi_ops::Role;

use super::kit::{Place, id};

/// A page with one incident, open since the start.
fn opened() -> (Place, IncidentId, String) {
    let place = Place::new();
    let answer = place.execute(Command::OpenIncident(Box::new(NewIncident {
        id: None,
        kind: IncidentKind::Incident,
        fields: IncidentFields {
            name: Some(Texts::of(Locale::Ja, "APIの障害")),
            ..IncidentFields::default()
        },
        update: NewUpdate {
            body: Texts::of(Locale::Ja, "調べています。").with(Locale::En, "Looking."),
            statuses: [(id("api"), Status::MajorOutage)].into(),
            promises: vec![NewPromise::WithinS(3_600), NewPromise::Postmortem(None)],
            ..NewUpdate::default()
        },
        backfilled_at: None,
    })));
    let incident = IncidentId::parse(&answer.id).unwrap();
    let path = format!("/incidents/{incident}");
    (place, incident, path)
}

fn resolve(place: &Place, incident: &IncidentId) {
    place
        .clock
        .set(Instant::parse("2026-11-18T06:00:00Z").unwrap());
    place.execute(Command::PostUpdate {
        incident_id: incident.clone(),
        update: Box::new(NewUpdate {
            lifecycle: Some(Lifecycle::Resolved),
            ..NewUpdate::default()
        }),
        fields: Box::default(),
    });
}

#[test]
fn it_shows_what_was_told_promised_said_and_measured() {
    let (place, _, path) = opened();
    place.measure("api", Status::PartialOutage, "2026-11-18T05:00:00Z");
    place
        .clock
        .set(Instant::parse("2026-11-18T05:10:00Z").unwrap());
    let text = place.get(Role::Viewer, &path).text();
    for words in [
        "調べています。",
        "Looking.",
        "重大な障害",
        "14:00 JST",
        "次の更新",
        "測定：一部障害",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert!(
        !text.contains("<form method=\"post\" action=\"/console/pages"),
        "a viewer has no forms"
    );
    assert_eq!(place.get(Role::Viewer, "/incidents/none").status, 404);
}

#[test]
fn an_updates_words_are_changed_by_whoever_saw_them() {
    let (place, incident, path) = opened();
    let state = place.state();
    let update = state.updates_of(&incident)[0].id.clone();
    let seq = state.head.seq.to_string();
    let edit = format!("{path}/updates/{update}");
    let sent = [
        ("seq", seq.as_str()),
        ("body.ja", "原因を調べています。"),
        ("body.en", "Looking."),
        ("display_at", "2026-11-18T14:00"),
    ];
    assert_eq!(place.post(Role::Responder, &edit, &sent).status, 303);
    let late = [
        ("seq", seq.as_str()),
        ("body.ja", "別の文章"),
        ("body.en", "Looking."),
    ];
    let answer = place.post(Role::Admin, &edit, &late);
    let text = answer.text();
    assert_eq!(answer.status, 422);
    assert!(
        text.contains("原因を調べています。") && text.contains("別の文章"),
        "{text}"
    );
    let future = [
        ("display_at", "2026-11-18T23:00"),
        ("body.ja", "別"),
        ("seq", "999"),
    ];
    let answer = place.post(Role::Admin, &edit, &future);
    assert!(
        answer.text().contains("未来の時刻です"),
        "{}",
        answer.text()
    );
    let erased = place.post(Role::Responder, &format!("{edit}/erase"), &[]);
    assert_eq!(erased.status, 303);
    assert!(
        place
            .get(Role::Viewer, &path)
            .text()
            .contains("この更新の本文は削除されました")
    );
    assert!(
        !place
            .get(Role::Viewer, &path)
            .text()
            .contains("原因を調べています。")
    );
}

#[test]
fn a_promise_is_lifted_with_a_reason_only() {
    let (place, incident, path) = opened();
    let promise = place.state().promises_of(&incident)[0].id.clone();
    let lift = format!("{path}/promises/{promise}/lift");
    let answer = place.post(Role::Responder, &lift, &[("reason", " ")]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("理由を入力してください。"));
    assert_eq!(
        place
            .post(Role::Responder, &lift, &[("reason", "状況は変わりません")])
            .status,
        303
    );
    assert!(
        place
            .get(Role::Viewer, &path)
            .text()
            .contains("取り下げ：状況は変わりません")
    );
}

#[test]
fn the_past_is_corrected_and_readers_see_it_so() {
    let (place, incident, path) = opened();
    resolve(&place, &incident);
    let fields = [
        ("impact_from", "2026-11-18T13:30"),
        ("impact_from_about", "on"),
        ("impact_to", "2026-11-18T14:45"),
    ];
    assert_eq!(
        place
            .post(Role::Responder, &format!("{path}/window"), &fields)
            .status,
        303
    );
    let at = |text: &str| Instant::parse(text).unwrap();
    let state = place.state();
    assert!(state.incidents[&incident].impact_from.unwrap().about);
    assert_eq!(
        state.public_at(&id("api"), at("2026-11-18T04:40:00Z")),
        Status::MajorOutage
    );
    assert_eq!(
        state.public_at(&id("api"), at("2026-11-18T05:50:00Z")),
        Status::Operational
    );
    let amend = [
        ("component", "api"),
        ("status", "degraded_performance"),
        ("from", "2026-11-18T13:35"),
        ("to", "2026-11-18T13:45"),
    ];
    assert_eq!(
        place
            .post(Role::Responder, &format!("{path}/amend"), &amend)
            .status,
        303
    );
    let state = place.state();
    assert_eq!(
        state.public_at(&id("api"), at("2026-11-18T04:40:00Z")),
        Status::DegradedPerformance
    );
    let wrong = [
        ("component", "api"),
        ("status", "operational"),
        ("from", "2026-11-18T13:35"),
        ("to", "2026-11-18T13:30"),
    ];
    let answer = place.post(Role::Responder, &format!("{path}/amend"), &wrong);
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .text()
            .contains("終了は開始より後の時刻にしてください"),
        "{}",
        answer.text()
    );
    assert!(
        answer.text().contains("value=\"2026-11-18T13:35\""),
        "what was typed is kept"
    );
}

#[test]
fn a_status_is_held_with_reason_and_end() {
    let (place, _, path) = opened();
    let hold = format!("{path}/holds");
    assert!(
        !place.get(Role::Responder, &path).text().contains(&hold),
        "nothing measures it"
    );
    place.measure("api", Status::PartialOutage, "2026-11-18T05:00:00Z");
    assert!(place.get(Role::Responder, &path).text().contains(&hold));
    let fields = [
        ("component", "api"),
        ("status", "operational"),
        ("to", "2026-11-18T16:00"),
        ("reason", "監視側の問題"),
    ];
    assert_eq!(place.post(Role::Responder, &hold, &fields).status, 303);
    assert!(
        place
            .state()
            .hold_at(&id("api"), place.app().now())
            .is_some()
    );
    let long = [
        ("component", "api"),
        ("status", "operational"),
        ("to", "2027-11-18T16:00"),
        ("reason", "x"),
    ];
    assert_eq!(place.post(Role::Responder, &hold, &long).status, 422);
}

#[test]
fn a_postmortem_begins_with_the_clock_facts_is_kept_published_and_hidden() {
    let (place, incident, path) = opened();
    assert!(
        !place
            .get(Role::Responder, &path)
            .text()
            .contains("id=\"postmortem\"")
    );
    resolve(&place, &incident);
    let text = place.get(Role::Responder, &path).text();
    assert!(
        text.contains("■ 経緯\n・2026年11月18日 14:00 JST　影響の開始"),
        "{text}"
    );
    let write = format!("{path}/postmortem");
    let body = "原因は設定の誤りでした。";
    place.post(
        Role::Responder,
        &write,
        &[("body.ja", body), ("action", "keep")],
    );
    assert!(place.get(Role::Responder, &path).text().contains(body));
    assert!(
        !place.get(Role::Viewer, &path).text().contains(body),
        "a draft is its author's"
    );
    assert!(place.state().incidents[&incident].postmortem.is_none());
    let answer = place.post(
        Role::Responder,
        &write,
        &[("body.ja", body), ("action", "publish")],
    );
    assert_eq!(answer.status, 303);
    assert_eq!(
        place.state().incidents[&incident].lifecycle,
        Lifecycle::Postmortem
    );
    assert!(
        place
            .state()
            .promises_of(&incident)
            .iter()
            .all(|promise| !promise.is_open())
    );
    place.post(Role::Responder, &write, &[("action", "revert")]);
    assert_eq!(
        place.state().incidents[&incident].lifecycle,
        Lifecycle::Resolved
    );
    let empty = place.post(Role::Responder, &write, &[("action", "publish")]);
    assert_eq!(empty.status, 422);
}

#[test]
fn notes_are_the_teams_and_a_deletion_can_be_undone() {
    let (place, incident, path) = opened();
    let note = [("note", "DB の担当に連絡済み")];
    assert_eq!(
        place
            .post(Role::Responder, &format!("{path}/notes"), &note)
            .status,
        303
    );
    let text = place.get(Role::Viewer, &path).text();
    assert!(text.contains("DB の担当に連絡済み") && text.contains("A responder"));
    assert_eq!(
        place
            .post(Role::Responder, &format!("{path}/notes"), &[("note", "")])
            .status,
        422
    );

    let delete = format!("{path}/delete");
    assert_eq!(place.post(Role::Responder, &delete, &[]).status, 422);
    assert_eq!(
        place
            .post(Role::Responder, &delete, &[("reason", "誤報")])
            .status,
        303
    );
    assert!(place.state().incidents[&incident].deleted_at.is_some());
    assert!(
        place
            .get(Role::Responder, &path)
            .text()
            .contains("削除を取り消す")
    );
    assert_eq!(
        place.get(Role::Responder, &format!("{path}/update")).status,
        404
    );
    assert_eq!(
        place
            .post(Role::Responder, &format!("{path}/restore"), &[])
            .status,
        303
    );
    assert!(place.state().incidents[&incident].deleted_at.is_none());
}

#[test]
fn who_may_only_look_changes_nothing() {
    let (place, incident, path) = opened();
    let state = place.state();
    let update = &state.updates_of(&incident)[0].id;
    for act in [
        format!("updates/{update}"),
        format!("updates/{update}/erase"),
        "window".to_owned(),
        "amend".to_owned(),
        "holds".to_owned(),
        "take-over".to_owned(),
        "delete".to_owned(),
        "restore".to_owned(),
        "notes".to_owned(),
        "postmortem".to_owned(),
    ] {
        let answer = place.post(Role::Viewer, &format!("{path}/{act}"), &[("reason", "x")]);
        assert_eq!(answer.status, 403, "{act}");
    }
    assert_eq!(place.state().head.seq, state.head.seq);
}

#[test]
fn incidents_are_related_and_one_report_stands_at_all_of_them() {
    let (place, first, _) = opened();
    let second = place.execute(Command::OpenIncident(Box::new(NewIncident {
        id: None,
        kind: IncidentKind::Incident,
        fields: IncidentFields {
            name: Some(Texts::of(Locale::En, "Second")),
            ..IncidentFields::default()
        },
        update: NewUpdate::default(),
        backfilled_at: None,
    })));
    let second = IncidentId::parse(&second.id).unwrap();
    let path = format!("/incidents/{first}/related");
    let screen = place.get(Role::Responder, &format!("/incidents/{first}"));
    assert!(screen.text().contains(&format!("name=\"r.{second}\"")));
    let refused = place.post(Role::Responder, &path, &[("other", "no such code!")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("no such code!"));
    let gone = place.post(Role::Responder, &path, &[("other", "zzzzzzzzzzzz")]);
    assert_eq!(gone.status, 422, "{}", gone.text());

    let tick = format!("r.{second}");
    let said = place.post(Role::Responder, &path, &[(&tick, "on")]);
    assert_eq!(said.status, 303, "{}", said.text());
    let state = place.state();
    assert_eq!(
        state.incidents[&first].related,
        std::slice::from_ref(&second)
    );
    assert_eq!(
        state.incidents[&second].related,
        std::slice::from_ref(&first)
    );
    // Who may only look sees it, and has no form.
    let seen = place
        .get(Role::Viewer, &format!("/incidents/{first}"))
        .text();
    assert!(
        seen.contains(&format!("/incidents/{second}\">Second")),
        "{seen}"
    );
    assert!(!seen.contains(&tick));

    for id in [&first, &second] {
        resolve(&place, id);
    }
    let screen = place
        .get(Role::Responder, &format!("/incidents/{first}"))
        .text();
    let also = format!("also.{second}");
    assert!(screen.contains(&format!("name=\"{also}\"")), "{screen}");
    let form = [
        ("body.en", "One cause."),
        (also.as_str(), "on"),
        ("action", "publish"),
    ];
    let path = format!("/incidents/{first}/postmortem");
    let published = place.post(Role::Responder, &path, &form);
    assert_eq!(published.status, 303, "{}", published.text());
    let state = place.state();
    for id in [&first, &second] {
        let report = state.incidents[id].postmortem.as_ref().unwrap();
        assert_eq!(report.body.get(Locale::En), Some("One cause."));
    }
}

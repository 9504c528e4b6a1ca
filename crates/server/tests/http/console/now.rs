//! Now: what wants somebody stands on it, and its buttons do what they say.

use noroshi_domain::{Command, Instant, Status};
use noroshi_ops::Role;

use super::kit::{Place, id};

#[test]
fn a_quiet_page_says_that_nothing_waits() {
    let place = Place::new();
    let answer = place.get(Role::Viewer, "");
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(text.contains("対応が必要なものはありません"), "{text}");
    assert!(text.contains("<html lang=\"ja\">") && text.contains("公開API"));
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[test]
fn a_contradiction_stands_on_it_with_its_hold_and_the_hold_can_be_ended() {
    let place = Place::new();
    place.measure("chat", Status::MajorOutage, "2026-11-18T04:59:00Z");
    let until = Instant::parse("2026-11-18T09:00:00Z").unwrap();
    let hold = place.execute(Command::PlaceHold {
        component_id: id("chat"),
        status: Status::Operational,
        reason: "計画した切り替え".to_owned(),
        from: None,
        to: until,
    });
    place
        .clock
        .set(Instant::parse("2026-11-18T05:10:00Z").unwrap());
    let text = place.get(Role::Viewer, "").text();
    assert!(
        text.contains("チャット：公開は「正常」、測定は「重大な障害」"),
        "{text}"
    );
    assert!(text.contains("計画した切り替え"));
    let end = format!("/holds/{}/end", hold.id);
    assert!(!text.contains(&end), "a viewer has no button");
    assert!(place.get(Role::Responder, "").text().contains(&end));

    assert_eq!(place.post(Role::Viewer, &end, &[]).status, 403);
    let answer = place.post(Role::Responder, &end, &[]);
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), place.path("?told=hold-ended"));
    assert!(
        place
            .get(Role::Viewer, "?told=hold-ended")
            .text()
            .contains("固定を解きました。")
    );
    let public = place.state().public_at(&id("chat"), place.app().now());
    assert_eq!(public, Status::MajorOutage, "the measurement counts again");
}

#[test]
fn a_status_without_an_incident_is_named_and_can_be_ended() {
    let place = Place::new();
    place.say("api", Status::PartialOutage);
    let text = place.get(Role::Responder, "").text();
    assert!(
        text.contains("障害報告なしで状態だけを表示しています"),
        "{text}"
    );
    let answer = place.post(
        Role::Responder,
        "/components/api/status",
        &[("status", "operational")],
    );
    assert_eq!(answer.status, 303);
    let now = place.app().now();
    assert_eq!(
        place.state().public_at(&id("api"), now),
        Status::Operational
    );
    let missing = place.post(
        Role::Responder,
        "/components/none/status",
        &[("status", "operational")],
    );
    assert_eq!(missing.status, 422);
    assert!(
        missing.text().contains("none"),
        "the refusal says what is missing"
    );
}

#[test]
fn who_may_not_see_a_page_sees_no_more_than_that_there_is_nothing() {
    let place = Place::new();
    let stranger = place.server.get(&place.path(""));
    let signs_in = format!("/console/sign-in?next={}", place.path(""));
    assert_eq!(
        (stranger.status, stranger.header("location")),
        (303, signs_in.as_str())
    );
    let other = place.server.get("/console/pages/none");
    assert_eq!(other.status, 303);
}

#[test]
fn the_only_page_is_opened_at_once_and_a_language_is_kept() {
    let place = Place::new();
    let home = place.get_at(Role::Viewer, "/console");
    assert_eq!(home.status, 303);
    assert_eq!(home.header("location"), place.path(""));
    let back = place.path("");
    let fields = [("locale", "en"), ("back", back.as_str())];
    let chosen = place.post_at(Role::Viewer, "/console/language", &fields);
    assert_eq!(chosen.header("location"), back);
    assert!(
        chosen
            .header("set-cookie")
            .starts_with("noroshi_language=en; Path=/console")
    );
    let elsewhere = [("locale", "en"), ("back", "//evil.example")];
    let answer = place.post_at(Role::Viewer, "/console/language", &elsewhere);
    assert_eq!(answer.header("location"), "/console");
}

#[test]
fn a_screen_loads_one_sheet_that_holds_the_tokens_of_the_public_pages() {
    let place = Place::new();
    let text = place.get(Role::Viewer, "").text();
    let mut parts = text.split('"');
    let style = parts
        .find(|part| part.starts_with("/console/assets/console-"))
        .unwrap();
    let sheet = place.server.get(style);
    assert_eq!(sheet.status, 200);
    assert!(sheet.header("cache-control").contains("immutable"));
    assert!(sheet.text().contains("--ok-solid"));
    assert_eq!(place.server.get("/console/assets/none.css").status, 404);
}

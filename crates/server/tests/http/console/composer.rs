//! The composer: what is posted stands on the page, what is refused loses no word, drafts are kept,
//! and two operators keep each other's words.

use noroshi_domain::{Instant, Lifecycle, Locale, PromiseKind, State, Status};
use noroshi_ops::Role;

use super::kit::{Place, id};

const NEW: &str = "/incidents/new";

/// A whole form for a new incident.
fn whole(command: &str) -> Vec<(&str, &str)> {
    vec![
        ("command", command),
        ("name.ja", "公開APIでエラーが増えています"),
        ("name.en", "More errors in the public API"),
        ("lifecycle", "identified"),
        ("c.api", "partial_outage"),
        ("c.chat", ""),
        ("body.ja", "■ 現在の状況\n原因を調べています。"),
        ("who.ja", "APIをご利用のお客さま"),
        ("impact_from", "2026-11-18T13:40"),
        ("impact_from_about", "on"),
        ("promise", "1800"),
        ("sentence", "on"),
        ("action", "post"),
    ]
}

fn only_incident(state: &State) -> &noroshi_domain::Incident {
    assert_eq!(state.incidents.len(), 1);
    state.incidents.values().next().unwrap()
}

#[test]
fn what_is_posted_stands_as_it_was_composed() {
    let place = Place::new();
    let answer = place.post(Role::Responder, NEW, &whole("k1"));
    assert_eq!(answer.status, 303, "{}", answer.text());
    let state = place.state();
    let incident = only_incident(&state);
    let path = place.path(&format!("/incidents/{}?told=incident-posted", incident.id));
    assert_eq!(answer.header("location"), path);
    assert_eq!(incident.lifecycle, Lifecycle::Identified);
    assert_eq!(
        incident.name.get(Locale::En),
        Some("More errors in the public API")
    );
    let from = incident.impact_from.unwrap();
    assert_eq!(from.at, Instant::parse("2026-11-18T04:40:00Z").unwrap());
    assert!(from.about);
    assert_eq!(incident.components, [id("api")]);
    let before = Instant::parse("2026-11-18T04:41:00Z").unwrap();
    assert_eq!(state.public_at(&id("api"), before), Status::PartialOutage);
    let body = &state.updates_of(&incident.id)[0].body;
    let japanese = body.get(Locale::Ja).unwrap();
    assert!(japanese.starts_with("■ 現在の状況"), "{japanese}");
    assert!(
        japanese.contains("14:30 JST"),
        "the sentence of the promise: {japanese}"
    );
    let promise = state.promises_of(&incident.id)[0];
    assert_eq!(promise.kind, PromiseKind::NextUpdateBy);
    assert_eq!(
        promise.due_at,
        Instant::parse("2026-11-18T05:30:00Z").unwrap()
    );
    let text = place
        .get(Role::Viewer, &format!("/incidents/{}", incident.id))
        .text();
    assert!(text.contains("原因を調べています。") && text.contains("APIをご利用のお客さま"));
}

#[test]
fn a_form_that_is_sent_twice_is_carried_out_once() {
    let place = Place::new();
    place.post(Role::Responder, NEW, &whole("k1"));
    let again = place.post(Role::Responder, NEW, &whole("k1"));
    assert_eq!(again.status, 303);
    only_incident(&place.state());
}

#[test]
fn what_is_refused_comes_back_with_every_word() {
    let place = Place::new();
    for (name, value, problem) in [
        ("name.ja", "", "タイトルを入力してください。"),
        ("impact_from", "2026-11-19T13:40", "未来の時刻です"),
        ("impact_from", "きのう", "「きのう」は時刻として読めません"),
        ("promise", "at", "次の更新をいつにするか"),
    ] {
        let mut form = whole("k1");
        if name == "name.ja" {
            form.retain(|(own, _)| *own != "name.en");
        }
        form.retain(|(own, _)| *own != name);
        form.push((name, value));
        let answer = place.post(Role::Responder, NEW, &form);
        let text = answer.text();
        assert_eq!(answer.status, 422, "{name}={value}");
        assert!(text.contains(problem), "{name}={value}: {text}");
        assert!(
            text.contains("■ 現在の状況\n原因を調べています。"),
            "the body is kept"
        );
        assert!(text.contains("APIをご利用のお客さま"));
        assert!(place.state().incidents.is_empty());
    }
}

#[test]
fn what_is_over_already_is_told_as_resolved_with_its_window() {
    let place = Place::new();
    let mut form = whole("k1");
    form.retain(|(name, _)| *name != "promise");
    form.extend([
        ("over", "on"),
        ("impact_to", "2026-11-18T13:55"),
        ("promise", "none"),
    ]);
    let answer = place.post(Role::Responder, NEW, &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let state = place.state();
    let incident = only_incident(&state);
    assert_eq!(incident.lifecycle, Lifecycle::Resolved);
    let to = incident.impact_to.unwrap().at;
    assert_eq!(to, Instant::parse("2026-11-18T04:55:00Z").unwrap());
    let now = place.app().now();
    assert_eq!(state.public_at(&id("api"), now), Status::Operational);
    let during = Instant::parse("2026-11-18T04:50:00Z").unwrap();
    assert_eq!(state.public_at(&id("api"), during), Status::PartialOutage);
}

#[test]
fn what_is_resolved_promises_no_next_update() {
    let place = Place::new();
    place.post(Role::Responder, NEW, &whole("k1"));
    let incident = only_incident(&place.state()).id.clone();
    let path = format!("/incidents/{incident}/update");
    // The form begins with the last cadence, and nobody takes it away.
    let opened = place.get(Role::Responder, &path).text();
    assert!(opened.contains("value=\"1800\" checked"), "{opened}");
    place
        .clock
        .set(Instant::parse("2026-11-18T05:10:00Z").unwrap());
    let form = [
        ("command", "k2"),
        ("lifecycle", "resolved"),
        ("body.ja", "復旧しました。"),
        ("promise", "1800"),
        ("sentence", "on"),
        ("postmortem", "on"),
        ("action", "post"),
    ];
    let answer = place.post(Role::Responder, &path, &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let state = place.state();
    let open: Vec<_> = state
        .promises_of(&incident)
        .into_iter()
        .filter(|promise| promise.is_open())
        .map(|promise| promise.kind)
        .collect();
    assert_eq!(open, [PromiseKind::Postmortem]);
    let body = state.updates_of(&incident)[0].body.clone();
    assert!(
        !body.get(Locale::Ja).unwrap().contains("次の更新"),
        "{body:?}"
    );
}

#[test]
fn a_preview_shows_what_readers_would_get_and_keeps_nothing_but_the_draft() {
    let place = Place::new();
    let mut form = whole("k1");
    form.push(("action", "preview"));
    let answer = place.post(Role::Responder, NEW, &form);
    let text = answer.text();
    assert_eq!(answer.status, 200);
    assert!(
        text.contains("unresolved-incident") && text.contains("次の更新は 14:30 JST"),
        "{text}"
    );
    assert!(place.state().incidents.is_empty());
    let opened = place.get(Role::Responder, NEW).text();
    assert!(opened.contains("の下書きです"), "{opened}");
    assert!(opened.contains("■ 現在の状況\n原因を調べています。"));
    let other = place.get(Role::Admin, NEW).text();
    assert!(
        !other.contains("原因を調べています"),
        "a draft is its author's alone"
    );
}

#[test]
fn a_draft_is_kept_while_it_is_typed_and_goes_when_it_is_posted_or_thrown_away() {
    let place = Place::new();
    let saved = place.post(Role::Responder, "/incidents/new/draft", &whole("k1"));
    assert_eq!(saved.status, 200);
    assert!(saved.text().contains("下書きを保存しました"));
    assert!(!saved.text().contains("<html"), "only what changes is sent");
    assert!(
        place
            .get(Role::Responder, NEW)
            .text()
            .contains("原因を調べています")
    );
    let thrown = place.post(Role::Responder, NEW, &[("action", "discard")]);
    assert_eq!(thrown.status, 303);
    assert!(
        !place
            .get(Role::Responder, NEW)
            .text()
            .contains("原因を調べています")
    );
    place.post(Role::Responder, "/incidents/new/draft", &whole("k1"));
    place.post(Role::Responder, NEW, &whole("k1"));
    assert!(
        !place
            .get(Role::Responder, NEW)
            .text()
            .contains("原因を調べています")
    );
}

#[test]
fn what_depends_on_something_bad_is_proposed() {
    let place = Place::new();
    let mut form = whole("k1");
    form.push(("action", "preview"));
    let text = place.post(Role::Responder, NEW, &form).text();
    assert!(
        text.contains("class=\"sys proposed\" data-system=\"hub\""),
        "{text}"
    );
    form.insert(0, ("c.hub", "degraded_performance"));
    let text = place.post(Role::Responder, NEW, &form).text();
    assert!(!text.contains("sys proposed"));
}

/// Posts an incident and gives the path of its composer.
fn posted(place: &Place) -> String {
    place.post(Role::Responder, NEW, &whole("k1"));
    let state = place.state();
    format!("/incidents/{}/update", only_incident(&state).id)
}

/// The hidden fields of the composer as it is opened.
fn hidden(place: &Place, role: Role, path: &str) -> Vec<(String, String)> {
    let text = place.get(role, path).text();
    let parts = text.split("<input type=\"hidden\" name=\"").skip(1);
    parts
        .filter_map(|part| {
            let (name, rest) = part.split_once("\" value=\"")?;
            let (value, _) = rest.split_once('"')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .filter(|(name, _)| name != "back")
        .collect()
}

/// What is sent: the hidden fields, what stands, and what was changed.
fn sent<'a>(
    hidden: &'a [(String, String)],
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let stands = hidden.iter().filter_map(|(name, value)| {
        let field = name
            .strip_prefix("was.")
            .filter(|field| *field != "update")?;
        Some((field, value.as_str()))
    });
    let own = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain(stands).chain(changed.iter().copied()).collect()
}

#[test]
fn an_update_changes_what_its_author_changed_and_nothing_else() {
    let place = Place::new();
    let path = posted(&place);
    let one = hidden(&place, Role::Responder, &path);
    let two = hidden(&place, Role::Admin, &path);
    let first = sent(
        &one,
        &[
            ("lifecycle", "identified"),
            ("c.api", "degraded_performance"),
            ("body.ja", "回復しつつあります。"),
            ("action", "post"),
        ],
    );
    assert_eq!(place.post(Role::Responder, &path, &first).status, 303);
    // The second opened the form before that, and changes another thing.
    let second = sent(
        &two,
        &[
            ("lifecycle", "monitoring"),
            ("what.ja", "時間をおいてお試しください。"),
            ("body.ja", "経過を見ています。"),
            ("action", "post"),
        ],
    );
    let answer = place.post(Role::Admin, &path, &second);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let state = place.state();
    let incident = only_incident(&state);
    let now = place.app().now();
    assert_eq!(
        state.public_at(&id("api"), now),
        Status::DegradedPerformance
    );
    assert_eq!(state.updates_of(&incident.id).len(), 3);
    assert_eq!(
        incident.who_is_affected.get(Locale::Ja),
        Some("APIをご利用のお客さま")
    );
    assert_eq!(
        incident.what_to_do.get(Locale::Ja),
        Some("時間をおいてお試しください。")
    );
}

#[test]
fn two_who_change_the_same_text_see_both_and_lose_neither() {
    let place = Place::new();
    let path = posted(&place);
    let one = hidden(&place, Role::Responder, &path);
    let two = hidden(&place, Role::Admin, &path);
    place
        .clock
        .set(Instant::parse("2026-11-18T05:10:00Z").unwrap());
    let first = sent(
        &one,
        &[
            ("name.ja", "一人目の題"),
            ("body.ja", "一"),
            ("action", "post"),
        ],
    );
    assert_eq!(place.post(Role::Responder, &path, &first).status, 303);
    let second = sent(
        &two,
        &[
            ("name.ja", "二人目の題"),
            ("body.ja", "二"),
            ("action", "post"),
        ],
    );
    let answer = place.post(Role::Admin, &path, &second);
    let text = answer.text();
    assert_eq!(answer.status, 422);
    assert!(text.contains("<p class=\"typed\">一人目の題</p>"), "{text}");
    assert!(text.contains("<p class=\"typed\">二人目の題</p>"));
    assert!(
        text.contains("入力中に投稿された更新"),
        "the first's update stands above the form"
    );
    assert!(
        text.contains("value=\"二人目の題\""),
        "the second's own words stand in the form"
    );
    // Having seen both, the second decides.
    let seen: Vec<(String, String)> = {
        let parts = text.split("<input type=\"hidden\" name=\"").skip(1);
        parts
            .filter_map(|part| {
                let (name, rest) = part.split_once("\" value=\"")?;
                Some((name.to_owned(), rest.split_once('"')?.0.to_owned()))
            })
            .filter(|(name, _)| name != "back")
            .collect()
    };
    let again = sent(
        &seen,
        &[
            ("name.ja", "二人で決めた題"),
            ("body.ja", "二"),
            ("action", "post"),
        ],
    );
    assert_eq!(place.post(Role::Admin, &path, &again).status, 303);
    let state = place.state();
    assert_eq!(
        only_incident(&state).name.get(Locale::Ja),
        Some("二人で決めた題")
    );
}

#[test]
fn who_may_only_look_can_not_post() {
    let place = Place::new();
    for role in [Role::Viewer, Role::Editor, Role::Maintainer] {
        assert_eq!(place.get(role, NEW).status, 403, "{role:?}");
        assert_eq!(place.post(role, NEW, &whole("k1")).status, 403, "{role:?}");
        assert!(
            !place.get(role, "").text().contains("/incidents/new"),
            "{role:?}"
        );
    }
    assert!(place.state().incidents.is_empty());
    let missing = place.get(Role::Responder, "/incidents/none/update");
    assert_eq!(missing.status, 404);
}

#[test]
fn nothing_that_is_typed_is_markup() {
    let place = Place::new();
    let mut form = whole("k1");
    form.retain(|(name, _)| !name.starts_with("name.") && !name.starts_with("body."));
    let attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    form.extend([
        ("name.ja", attack),
        ("body.ja", attack),
        ("what.ja", attack),
    ]);
    let answer = place.post(Role::Responder, NEW, &form);
    assert_eq!(answer.status, 303);
    let state = place.state();
    let path = format!("/incidents/{}", only_incident(&state).id);
    for text in [
        place.get(Role::Responder, &path).text(),
        place.get(Role::Responder, &format!("{path}/update")).text(),
        place.get(Role::Responder, "").text(),
        place.get(Role::Responder, "/incidents").text(),
    ] {
        assert!(
            !text.contains("<script>alert") && !text.contains("<img src=x"),
            "{text}"
        );
    }
}

//! The screens of what a page is made of: systems, planned work, announcements, settings. What a
//! form does is read back from the record; what a role may not, it can not.

use noroshi_domain::{
    Command, ComponentId, IncidentKind, Instant, Lifecycle, Locale, PagePatch, Policy,
};
use noroshi_ops::Role;

use super::kit::{Place, id};
use crate::kit::Answer;

/// The value of a hidden field of a screen.
fn hidden<'a>(screen: &'a str, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let from = screen.find(&field).unwrap() + field.len();
    screen[from..].split('"').next().unwrap()
}

fn leads_to(answer: &Answer, place: &Place, rest: &str) {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location");
    assert!(location.starts_with(&place.path(rest)), "{location}");
}

#[test]
fn a_system_is_added_changed_retired_and_brought_back() {
    let place = Place::new();
    let new = [
        ("name.ja", "配信基盤"),
        ("name.en", "Delivery"),
        ("description.ja", "メールの送信"),
        ("showcase", "on"),
        ("depends.api", "on"),
        ("start_date", "2026-11-01"),
    ];
    let answer = place.post(Role::Editor, "/components/new", &new);
    leads_to(&answer, &place, "/components?told=component-made");
    let state = place.state();
    let mut found = state.components.values();
    let made = found.find(|own| own.name.get(Locale::En) == Some("Delivery"));
    let made = made.unwrap();
    assert_eq!(made.depends_on, [id("api")]);
    assert!(made.showcase && !made.third_party);
    assert_eq!(made.start_date.unwrap().to_string(), "2026-11-01");

    let path = format!("/components/{}", made.id);
    let screen = place.get(Role::Editor, &path).text();
    assert!(screen.contains("value=\"配信基盤\"") && screen.contains("メールの送信</textarea>"));
    let seq = hidden(&screen, "seq").to_owned();
    let changed = [
        ("seq", seq.as_str()),
        ("name.ja", "配信"),
        ("name.en", "Delivery"),
        ("third_party", "on"),
        ("policy", "declared"),
    ];
    let answer = place.post(Role::Editor, &path, &changed);
    leads_to(&answer, &place, "/components?told=component-changed");
    let state = place.state();
    let stands = &state.components[&made.id];
    assert!(stands.third_party && !stands.showcase && stands.depends_on.is_empty());
    assert_eq!(stands.start_date, None);
    assert_eq!(state.policy_at(&made.id, state.head.at), Policy::Declared);

    // Somebody else who opened the screen before is told of both texts' clash, and keeps his.
    let late = [
        ("seq", seq.as_str()),
        ("name.ja", "遅い名前"),
        ("name.en", "Late"),
    ];
    let answer = place.post(Role::Owner, &path, &late);
    assert_eq!(answer.status, 422);
    assert!(
        answer.text().contains("value=\"遅い名前\"") && answer.text().contains("role=\"alert\"")
    );

    leads_to(
        &place.post(Role::Editor, &format!("{path}/retire"), &[]),
        &place,
        "/components",
    );
    assert_eq!(place.get(Role::Editor, &path).status, 404);
    let list = place.get(Role::Editor, "/components").text();
    assert!(list.contains("廃止済み") && list.contains(&format!("{path}/restore")));
    leads_to(
        &place.post(Role::Editor, &format!("{path}/restore"), &[]),
        &place,
        "/components",
    );
    assert_eq!(place.get(Role::Editor, &path).status, 200);
}

#[test]
fn a_form_that_is_refused_keeps_every_word() {
    let place = Place::new();
    let nameless = [("description.ja", "説明だけ"), ("start_date", "someday")];
    let answer = place.post(Role::Editor, "/components/new", &nameless);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("説明だけ</textarea>"));
    assert!(
        answer.text().contains("「someday」は日付として"),
        "{}",
        answer.text()
    );
    let answer = place.post(Role::Editor, "/components/new", &nameless[..1]);
    assert_eq!(answer.status, 422);
    assert_eq!(place.state().components.len(), 3, "nothing was added");
}

#[test]
fn systems_and_groups_move_one_step_at_a_time() {
    let place = Place::new();
    let order = |place: &Place| -> Vec<String> {
        let state = place.state();
        let live = state.live_components().into_iter();
        live.map(|own| own.id.to_string()).collect()
    };
    assert_eq!(order(&place), ["api", "chat", "hub"]);
    let answer = place.post(Role::Editor, "/components/hub/move", &[("way", "up")]);
    leads_to(&answer, &place, "/components");
    assert_eq!(order(&place), ["api", "hub", "chat"]);

    let group = [
        ("name.ja", "窓口"),
        ("name.en", "Desk"),
        ("member.api", "on"),
        ("member.chat", "on"),
    ];
    leads_to(
        &place.post(Role::Editor, "/groups/new", &group),
        &place,
        "/components",
    );
    let made = place.state().groups.keys().next().unwrap().clone();
    place.post(Role::Editor, "/components/chat/move", &[("way", "up")]);
    let members: Vec<ComponentId> = place
        .state()
        .members_of(&made)
        .into_iter()
        .map(|own| own.id.clone())
        .collect();
    assert_eq!(members, [id("chat"), id("api")]);
    let before = order(&place);
    place.post(
        Role::Editor,
        &format!("/groups/{made}/move"),
        &[("way", "down")],
    );
    assert_ne!(order(&place), before);
    place.post(
        Role::Editor,
        &format!("/groups/{made}/move"),
        &[("way", "up")],
    );
    assert_eq!(order(&place), before);

    let path = format!("/groups/{made}");
    let renamed = [
        ("name.ja", "相談窓口"),
        ("name.en", "Help desk"),
        ("member.api", "on"),
    ];
    leads_to(
        &place.post(Role::Editor, &path, &renamed),
        &place,
        "/components",
    );
    let state = place.state();
    assert_eq!(state.groups[&made].name.get(Locale::En), Some("Help desk"));
    assert_eq!(state.members_of(&made).len(), 1);
    leads_to(
        &place.post(Role::Editor, &format!("{path}/remove"), &[]),
        &place,
        "/components",
    );
    assert!(place.state().groups.is_empty());
    assert_eq!(place.state().live_components().len(), 3);
}

#[test]
fn work_is_planned_changed_told_of_and_called_off() {
    let place = Place::new();
    let new = [
        ("name.ja", "定期点検"),
        ("name.en", "Inspection"),
        ("body.ja", "点検のため停止します。"),
        ("from", "2026-11-20T02:00"),
        ("to", "2026-11-20T04:00"),
        ("component.api", "on"),
        ("auto_start", "on"),
    ];
    let answer = place.post(Role::Maintainer, "/maintenance/new", &new);
    leads_to(&answer, &place, "/maintenance?told=work-planned");
    let state = place.state();
    let work = state.incidents.values().next().unwrap();
    let plan = work.plan.as_ref().unwrap();
    assert_eq!(work.kind, IncidentKind::Maintenance);
    assert_eq!(plan.scheduled_for.to_string(), "2026-11-19T17:00:00Z");
    assert!(plan.auto_start && !plan.auto_complete);
    assert_eq!(work.components, [id("api")]);

    let path = format!("/maintenance/{}", work.id);
    let screen = place.get(Role::Maintainer, &path).text();
    assert!(screen.contains("value=\"2026-11-20T02:00\""));
    let seq = hidden(&screen, "seq").to_owned();
    let moved = [
        ("seq", seq.as_str()),
        ("name.ja", "定期点検"),
        ("name.en", "Inspection"),
        ("from", "2026-11-21T02:00"),
        ("to", "2026-11-21T03:00"),
        ("component.chat", "on"),
    ];
    leads_to(
        &place.post(Role::Maintainer, &path, &moved),
        &place,
        "/maintenance?told=work-changed",
    );
    let state = place.state();
    let work = &state.incidents[&work.id];
    assert_eq!(work.components, [id("chat")]);
    assert_eq!(work.started_at.to_string(), "2026-11-20T17:00:00Z");

    place
        .clock
        .set(Instant::parse("2026-11-18T06:00:00Z").unwrap());
    let update = [("lifecycle", "in_progress"), ("body.ja", "始めました。")];
    let answer = place.post(Role::Maintainer, &format!("{path}/update"), &update);
    leads_to(&answer, &place, "/maintenance");
    let state = place.state();
    assert_eq!(state.incidents[&work.id].lifecycle, Lifecycle::InProgress);
    assert_eq!(
        state.updates_of(&work.id)[0].body.get(Locale::Ja),
        Some("始めました。")
    );

    let backwards = [
        ("name.ja", "点検"),
        ("from", "2026-11-21T03:00"),
        ("to", "2026-11-21T02:00"),
    ];
    let answer = place.post(Role::Maintainer, "/maintenance/new", &backwards);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("value=\"2026-11-21T03:00\""));
    leads_to(
        &place.post(Role::Maintainer, &format!("{path}/delete"), &[]),
        &place,
        "/maintenance",
    );
    assert_eq!(place.get(Role::Maintainer, &path).status, 404);
}

#[test]
fn work_repeats_by_a_rule_until_it_is_ended() {
    let place = Place::new();
    let new = [
        ("name.ja", "毎週の点検"),
        ("name.en", "Weekly inspection"),
        ("from", "2026-11-22T02:00"),
        ("to", "2026-11-22T03:30"),
        ("repeat", "weekly"),
    ];
    leads_to(
        &place.post(Role::Maintainer, "/maintenance/new", &new),
        &place,
        "/maintenance",
    );
    let state = place.state();
    let rule = state.recurrences.values().next().unwrap();
    assert_eq!(
        (rule.rule.as_str(), rule.duration_s),
        ("FREQ=WEEKLY", 5_400)
    );
    let wrong = [&new[..4], &[("repeat", "rule"), ("rule", "FREQ=SOMETIMES")]].concat();
    let answer = place.post(Role::Maintainer, "/maintenance/new", &wrong);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("FREQ=SOMETIMES"));
    let list = place.get(Role::Maintainer, "/maintenance").text();
    assert!(list.contains("毎週の点検") && list.contains("FREQ=WEEKLY"));
    let end = format!("/recurrences/{}/end", rule.id);
    leads_to(
        &place.post(Role::Maintainer, &end, &[]),
        &place,
        "/maintenance",
    );
    assert!(place.state().recurrences[&rule.id].ended_at.is_some());
}

#[test]
fn something_is_announced_reworded_and_ended() {
    let place = Place::new();
    let new = [
        ("title.ja", "年末年始の営業"),
        ("title.en", "Holidays"),
        ("body.ja", "休みます。"),
    ];
    let answer = place.post(Role::Responder, "/announcements/new", &new);
    leads_to(&answer, &place, "/announcements?told=announcement-made");
    let state = place.state();
    let made = state.announcements.values().next().unwrap();
    let path = format!("/announcements/{}", made.id);
    let screen = place.get(Role::Responder, &path).text();
    let changed = [
        ("seq", hidden(&screen, "seq")),
        ("title.ja", "年末年始のお知らせ"),
        ("title.en", "Holidays"),
        ("from", "2026-11-18T14:00"),
        ("to", "2026-12-31T00:00"),
    ];
    leads_to(
        &place.post(Role::Responder, &path, &changed),
        &place,
        "/announcements",
    );
    let state = place.state();
    let stands = &state.announcements[&made.id];
    assert_eq!(stands.title.get(Locale::Ja), Some("年末年始のお知らせ"));
    assert_eq!(stands.to.unwrap().to_string(), "2026-12-30T15:00:00Z");
    leads_to(
        &place.post(Role::Responder, &format!("{path}/end"), &[]),
        &place,
        "/announcements",
    );
    place
        .clock
        .set(Instant::parse("2026-11-18T06:00:00Z").unwrap());
    let list = place.get(Role::Viewer, "/announcements").text();
    assert!(
        list.contains("終了したお知らせ")
            && !list.contains("<form method=\"post\" action=\"/console/pages")
    );
}

#[test]
fn settings_change_what_they_show_and_leave_the_rest() {
    let place = Place::new();
    let screen = place.get(Role::Admin, "/settings").text();
    let sent = [
        ("seq", hidden(&screen, "seq")),
        ("name.ja", "カザモリ"),
        ("name.en", "Kazamori Inc."),
        ("locale.ja", "on"),
        ("locale.en", "on"),
        ("default_locale", "en"),
        ("zone", "Asia/Tokyo"),
        ("hosts", "status.example.com\nstatus.example.org\n"),
        ("support_url", "https://example.com/help"),
        ("own_accent", "on"),
        ("accent", "#0a7d5a"),
        ("two_columns", "on"),
        ("automatic", "on"),
        ("cadence", "30"),
    ];
    let answer = place.post(Role::Admin, "/settings", &sent);
    leads_to(&answer, &place, "/settings?told=settings-saved");
    let state = place.state();
    let page = &state.page;
    assert_eq!(page.name.get(Locale::En), Some("Kazamori Inc."));
    assert_eq!(page.default_locale, Locale::En);
    assert_eq!(page.hosts, ["status.example.com", "status.example.org"]);
    assert_eq!(page.settings.accent.as_deref(), Some("#0a7d5a"));
    assert_eq!(page.settings.cadence_s, Some(1_800));
    assert!(page.settings.automatic.is_some() && page.settings.two_columns);
    let wrong = [&sent[..6], &[("zone", "Asia/Nowhere")]].concat();
    let answer = place.post(Role::Admin, "/settings", &wrong);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("「Asia/Nowhere」"));
    assert_eq!(place.state().head.seq, state.head.seq);
    leads_to(
        &place.post(Role::Admin, "/settings/delete", &[]),
        &place,
        "/settings",
    );
    assert!(place.state().page.deleted_at.is_some());
    leads_to(
        &place.post(Role::Admin, "/settings/restore", &[]),
        &place,
        "/settings",
    );
    assert!(place.state().page.deleted_at.is_none());
}

#[test]
fn a_screen_is_for_those_whose_it_is() {
    let place = Place::new();
    // Who opens it: owner, admin, responder, maintainer, editor, viewer.
    let cases = [
        ("/components", [200, 200, 200, 200, 200, 200]),
        ("/components/new", [200, 200, 403, 403, 200, 403]),
        ("/groups/new", [200, 200, 403, 403, 200, 403]),
        ("/maintenance/new", [200, 200, 200, 200, 403, 403]),
        ("/announcements/new", [200, 200, 200, 403, 403, 403]),
        ("/settings", [200, 200, 403, 403, 403, 403]),
    ];
    for (path, expected) in cases {
        let statuses = Role::ALL.map(|role| place.get(role, path).status);
        assert_eq!(statuses, expected, "{path}");
        let rail = place.get(Role::Viewer, "/components").text();
        assert!(
            !rail.contains("/settings\""),
            "a viewer is not shown what he may not open"
        );
    }
}

#[test]
fn a_page_is_made_by_whoever_may_and_speaks_the_languages_it_is_named_in() {
    let place = Place::new();
    let new = [("name.ja", "新しいページ"), ("zone", "Asia/Tokyo")];
    assert_eq!(
        place
            .post_at(Role::Responder, "/console/new-page", &new)
            .status,
        403
    );
    let answer = place.post_at(Role::Owner, "/console/new-page", &new);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let place_of_it = answer.header("location").to_owned();
    assert_eq!(place.get_at(Role::Owner, &place_of_it).status, 200);
    let pages = place.app().pages().unwrap();
    let made = pages.iter().find(|page| **page != place.page).unwrap();
    let state = place.app().state(made).unwrap();
    assert_eq!(state.page.locales, [Locale::Ja]);
    assert_eq!(state.page.zone.name(), "Asia/Tokyo");
    let nameless = [("zone", "Asia/Tokyo")];
    assert_eq!(
        place
            .post_at(Role::Owner, "/console/new-page", &nameless)
            .status,
        422
    );
    let nowhere = [("name.ja", "題"), ("zone", "Asia/Nowhere")];
    let answer = place.post_at(Role::Owner, "/console/new-page", &nowhere);
    assert!(
        answer.status == 422 && answer.text().contains("value=\"題\""),
        "{}",
        answer.text()
    );
}

/// Sends files as a browser does.
fn send_files(place: &Place, path: &str, parts: &[(&str, &str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let head = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    place.post_body(
        Role::Owner,
        path,
        ("multipart/form-data; boundary=edge", &body),
    )
}

#[test]
fn pictures_are_sent_as_files_shown_to_readers_and_taken_away() {
    const PATH: &str = "/settings/pictures";
    let place = Place::new();
    let png = b"\x89PNG\r\n\x1a\n and so on";
    let answer = send_files(
        &place,
        PATH,
        &[("logo", "logo.png", png), ("cover", "", b"")],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    let logo = place.state().page.settings.logo_url.clone().unwrap();
    assert!(logo.starts_with("data:image/png;base64,"), "{logo}");
    assert_eq!(place.state().page.settings.cover_url, None);
    assert!(
        place
            .get(Role::Owner, PATH)
            .text()
            .contains(&format!("src=\"{logo}\""))
    );

    let bad = send_files(&place, PATH, &[("cover", "notes.txt", b"hello")]);
    assert_eq!(bad.status, 422);
    assert!(
        bad.text()
            .contains("「notes.txt」は PNG・JPEG・WebP・SVG の画像ではありません。")
    );
    let large = vec![0x89_u8; 65 * 1024];
    let large = send_files(&place, PATH, &[("cover", "large.png", &large)]);
    assert_eq!(large.status, 422);
    assert!(large.text().contains("64 kB まで"));
    // A script could stand in it, and it would be served as a file of its own.
    let svg = send_files(&place, PATH, &[("cover", "cover.svg", b"<svg></svg>")]);
    assert_eq!(svg.status, 422);
    assert_eq!(place.state().page.settings.logo_url, Some(logo));

    // What stands elsewhere is named, and never fetched.
    let mut settings = place.state().page.settings.clone();
    settings.favicon_url = Some("https://elsewhere.example/tab.png".to_owned());
    place.execute(Command::UpdatePage(Box::new(PagePatch {
        settings: Some(Box::new(settings)),
        ..PagePatch::default()
    })));
    let text = place.get(Role::Owner, PATH).text();
    assert!(
        text.contains(">https://elsewhere.example/tab.png<"),
        "{text}"
    );
    assert!(!text.contains("src=\"https://"), "{text}");

    let gone = send_files(&place, PATH, &[("drop.logo", "", b"on")]);
    assert_eq!(gone.status, 303);
    assert_eq!(place.state().page.settings.logo_url, None);
    let cut = place.post_body(
        Role::Owner,
        PATH,
        (
            "multipart/form-data; boundary=edge",
            b"--edge\r\ncontent-disp",
        ),
    );
    assert_eq!(cut.status, 422);
}

#[test]
fn colours_are_a_line_each() {
    let place = Place::new();
    let mut form = vec![
        ("name.ja", "カザモリ"),
        ("locale.ja", "on"),
        ("locale.en", "on"),
        ("default_locale", "ja"),
        ("zone", "Asia/Tokyo"),
    ];
    form.push(("colours", "css_greens #0a7d5a\ncss_reds=#990011\n"));
    let answer = place.post(Role::Owner, "/settings", &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let colours = place.state().page.settings.colours.clone();
    assert_eq!(colours["css_greens"], "#0a7d5a");
    assert_eq!(colours["css_reds"], "#990011");
    let text = place.get(Role::Owner, "/settings").text();
    assert!(
        text.contains("css_greens #0a7d5a\ncss_reds #990011"),
        "{text}"
    );
    form.pop();
    form.push(("colours", "green"));
    let refused = place.post(Role::Owner, "/settings", &form);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("「green」は色として読めません"));
    assert_eq!(place.state().page.settings.colours, colours);
}

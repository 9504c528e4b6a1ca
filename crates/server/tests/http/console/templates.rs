//! Templates: made and changed at the console, and what they fill in where a text is begun.

use noroshi_domain::{Lifecycle, Locale, Status};
use noroshi_ops::templates::Template;
use noroshi_ops::{Role, Stored};

use super::kit::{Place, id};

const NEW: &str = "/templates/new";

fn database() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "Database down"),
        ("group", "Storage"),
        ("title.ja", "データベース障害"),
        ("title.en", "Database outage"),
        ("lifecycle", "identified"),
        ("body.ja", "■ 現在の状況\nデータベースが応答していません。"),
        ("c.api", "major_outage"),
        ("c.chat", "attached"),
        ("promise", "20"),
    ]
}

fn made(place: &Place) -> Stored<Template> {
    let answer = place.post(Role::Editor, NEW, &database());
    assert_eq!(answer.status, 303, "{}", answer.text());
    only(place)
}

fn only(place: &Place) -> Stored<Template> {
    let mut all = place.app().templates(&place.page).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn what_is_typed_becomes_a_template_that_the_list_shows() {
    let place = Place::new();
    let template = made(&place);
    let value = &template.value;
    assert_eq!(value.title.get(Locale::En), Some("Database outage"));
    assert_eq!(value.lifecycle, Some(Lifecycle::Identified));
    assert_eq!(value.components, [id("api"), id("chat")]);
    assert_eq!(value.statuses[&id("api")], Status::MajorOutage);
    assert_eq!(value.statuses.len(), 1);
    assert_eq!(value.promise_s, Some(1_200));
    assert!(!value.notify, "the box was not ticked");
    let list = place.get(Role::Viewer, "/templates").text();
    for words in [
        "Database down",
        "Storage",
        "データベース障害",
        "公開API",
        "20分",
    ] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(!list.contains("/templates/new"), "a viewer makes none");
}

#[test]
fn a_new_template_begins_with_sections_and_its_name_is_its_own() {
    let place = Place::new();
    assert!(place.get(Role::Editor, NEW).text().contains("■ 影響範囲"));
    made(&place);
    let again = place.post(Role::Editor, NEW, &database());
    assert_eq!(again.status, 422);
    assert!(again.text().contains("すでに使われています"));
    assert!(again.text().contains("データベースが応答していません。"));
    only(&place);
}

#[test]
fn of_two_who_change_a_template_the_slower_is_told_and_loses_no_word() {
    let place = Place::new();
    let template = made(&place);
    let path = format!("/templates/{}", template.id);
    let mut fields = database();
    fields.push(("seq", "1"));
    fields[0].1 = "Database gone";
    assert_eq!(place.post(Role::Editor, &path, &fields).status, 303);
    fields[0].1 = "Database slow";
    let late = place.post(Role::Editor, &path, &fields);
    assert_eq!(late.status, 422);
    assert!(late.text().contains("Database slow"));
    assert_eq!(only(&place).value.name, "Database gone");
    let deleted = place.post(Role::Editor, &format!("{path}/delete"), &[]);
    assert_eq!(deleted.status, 303);
    assert_eq!(place.app().templates(&place.page).unwrap(), []);
}

#[test]
fn the_composer_is_filled_in_from_the_template_that_the_address_names() {
    let place = Place::new();
    let template = made(&place);
    let path = format!("/incidents/new?template={}", template.id);
    let text = place.get(Role::Responder, &path).text();
    assert!(text.contains(r#"value="データベース障害""#), "{text}");
    assert!(text.contains("データベースが応答していません。"));
    assert!(text.contains(r#"name="c.api" value="major_outage" checked"#));
    assert!(text.contains(r#"name="c.chat" value="degraded_performance" checked"#));
    assert!(text.contains(r#"name="lifecycle" value="identified" checked"#));
    assert!(text.contains(r#"name="promise" value="1200" checked"#));
    assert!(text.contains(r#"name="quiet" checked"#));
    assert!(text.contains("「Database down」の内容を反映しました。"));
}

#[test]
fn what_was_typed_stays_and_is_named_until_the_template_is_wanted_instead() {
    let place = Place::new();
    let template = made(&place);
    let mut typed = vec![
        ("template", template.id.as_str()),
        ("name.ja", "自分のタイトル"),
        ("c.api", "partial_outage"),
        ("action", "template"),
    ];
    let text = place.post(Role::Responder, "/incidents/new", &typed).text();
    assert!(text.contains(r#"value="自分のタイトル""#), "{text}");
    assert!(text.contains(r#"name="c.api" value="partial_outage" checked"#));
    assert!(
        text.contains("データベースが応答していません。"),
        "what was empty is filled"
    );
    assert!(
        text.contains("入力済みの項目はそのままです：タイトル（日本語）"),
        "{text}"
    );
    typed.pop();
    typed.push(("action", "template-replace"));
    let text = place.post(Role::Responder, "/incidents/new", &typed).text();
    assert!(text.contains(r#"value="データベース障害""#));
    assert!(text.contains(r#"name="c.api" value="major_outage" checked"#));
}

#[test]
fn what_the_template_says_is_posted() {
    let place = Place::new();
    made(&place);
    let fields = [
        ("name.ja", "データベース障害"),
        ("lifecycle", "identified"),
        ("promise", "1200"),
        ("quiet", "on"),
        ("action", "post"),
    ];
    let answer = place.post(Role::Responder, "/incidents/new", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let state = place.state();
    let incident = state.incidents.values().next().unwrap();
    assert!(!state.updates_of(&incident.id)[0].notify);
    let promise = state.promises_of(&incident.id)[0];
    assert_eq!(promise.due_at.since_us(promise.made_at), 1_200_000_000);
}

#[test]
fn planned_work_begins_from_templates_of_its_own() {
    let place = Place::new();
    made(&place);
    let fields = [
        ("name", "Upgrade"),
        ("title.ja", "定期メンテナンス"),
        ("body.ja", "作業を行います。"),
        ("lifecycle", "scheduled"),
        ("c.hub", "attached"),
    ];
    assert_eq!(place.post(Role::Editor, NEW, &fields).status, 303);
    let all = place.app().templates(&place.page).unwrap();
    let upgrade = all.iter().find(|own| own.value.name == "Upgrade").unwrap();
    let text = place
        .get(
            Role::Maintainer,
            &format!("/maintenance/new?template={}", upgrade.id),
        )
        .text();
    assert!(text.contains(r#"value="定期メンテナンス""#), "{text}");
    assert!(text.contains("作業を行います。"));
    assert!(text.contains(r#"name="component.hub" value="on" checked"#));
    assert!(text.contains(r#"name="auto_start" value="on" checked"#));
    assert!(!text.contains("Database down"), "that is for incidents");
    let composer = place.get(Role::Responder, "/incidents/new").text();
    assert!(composer.contains("Database down") && !composer.contains("Upgrade"));
}

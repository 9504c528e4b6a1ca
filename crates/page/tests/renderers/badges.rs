//! Badges as a browser and a screen reader find them.

use noroshi_domain::{ComponentId, Fact, Locale, Status};
use noroshi_page::View;
use noroshi_page::badge::{Badges, PERIODS, Shown};

use crate::sketch::{LARKSPUR_NOW, at, component, larkspur, page, put, span, state};

const GREEN: &str = "#17694a";
const GREY: &str = "#545e64";

fn text(badge: Option<Vec<u8>>) -> String {
    String::from_utf8(badge.unwrap()).unwrap()
}

fn id(code: &str) -> ComponentId {
    ComponentId::parse(code).unwrap()
}

#[test]
fn a_badge_says_in_words_what_it_shows() {
    let (mut state, _) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let view = View::project(&state, at(LARKSPUR_NOW));
    let badges = Badges::of(&view);
    let whole = text(badges.page(Shown::Status, Locale::En));
    assert!(
        whole.contains("role=\"img\" aria-label=\"status: Minor Service Outage\""),
        "{whole}"
    );
    assert!(whole.contains("<title>status: Minor Service Outage</title>"));
    let own = text(badges.component(&id("t1zq9m7xw4kf"), Shown::Status, Locale::Ja));
    assert!(
        own.contains("<title>Mobile tickets: 一部障害</title>"),
        "{own}"
    );
    assert!(!own.contains(GREEN));
    for bytes in [&whole, &own] {
        assert!(bytes.len() < 1_600, "{} bytes", bytes.len());
        assert!(!bytes.contains("http://") || bytes.matches("http").count() == 1);
    }
}

#[test]
fn what_is_not_measured_is_never_green() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), LARKSPUR_NOW);
    put(
        &mut state,
        [Fact::Component(Box::new(component("c1", "One", 1)))],
    );
    put(
        &mut state,
        [Fact::Span(span(
            "c1",
            Status::Unknown,
            "2026-03-04T09:00:00Z",
            None,
        ))],
    );
    let view = View::project(&state, at(LARKSPUR_NOW));
    let badges = Badges::of(&view);
    for shown in Shown::all() {
        for badge in [
            badges.page(shown, Locale::En),
            badges.component(&id("c1"), shown, Locale::En),
        ] {
            let badge = text(badge);
            assert!(!badge.contains(GREEN), "{badge}");
        }
    }
    assert!(text(badges.page(Shown::Status, Locale::En)).contains(GREY));
    // Well again, it is.
    put(
        &mut state,
        [Fact::Span(span(
            "c1",
            Status::Unknown,
            "2026-03-04T09:00:00Z",
            Some("2026-03-04T09:10:00Z"),
        ))],
    );
    let view = View::project(&state, at(LARKSPUR_NOW));
    assert!(text(Badges::of(&view).page(Shown::Status, Locale::En)).contains(GREEN));
}

#[test]
fn uptime_counts_today_up_to_now_over_the_days_asked_for() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), LARKSPUR_NOW);
    put(
        &mut state,
        [Fact::Component(Box::new(component("c1", "One", 1)))],
    );
    // Half of the half day that today has lasted.
    put(
        &mut state,
        [Fact::Span(span(
            "c1",
            Status::MajorOutage,
            "2026-03-04T06:00:00Z",
            Some("2026-03-04T12:00:00Z"),
        ))],
    );
    let view = View::project(&state, at("2026-03-04T12:00:00Z"));
    let badges = Badges::of(&view);
    // 6 hours of 6.5, 29.5 and 89.5 days.
    for (days, figure) in PERIODS.into_iter().zip(["96.15 %", "99.15 %", "99.72 %"]) {
        let badge = text(badges.component(&id("c1"), Shown::Uptime(days), Locale::En));
        assert!(
            badge.contains(&format!("<title>One uptime {days} days: {figure}</title>")),
            "{badge}"
        );
        assert!(text(badges.page(Shown::Uptime(days), Locale::En)).contains(figure));
    }
}

#[test]
fn a_component_whose_uptime_is_not_shown_has_no_badge_of_it() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), LARKSPUR_NOW);
    let mut hidden = component("c1", "One", 1);
    hidden.showcase = false;
    put(&mut state, [Fact::Component(Box::new(hidden))]);
    let view = View::project(&state, at(LARKSPUR_NOW));
    let badges = Badges::of(&view);
    assert!(
        badges
            .component(&id("c1"), Shown::Status, Locale::En)
            .is_some()
    );
    assert!(
        badges
            .component(&id("c1"), Shown::Uptime(30), Locale::En)
            .is_none()
    );
    assert!(badges.page(Shown::Uptime(30), Locale::En).is_none());
}

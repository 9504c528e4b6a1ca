//! The share card before it is drawn.

use noroshi_domain::{Fact, Locale, Status};
use noroshi_page::View;
use noroshi_page::card::{Letters, card};

use crate::sketch::{LARKSPUR_NOW, at, component, en, larkspur, page, put, span, state};

#[test]
fn a_card_says_the_name_and_the_status_in_the_reader_s_language() {
    let (mut state, _) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let view = View::project(&state, at(LARKSPUR_NOW));
    let svg = card(&view, Locale::Ja, (Letters::Japanese, "Noto Sans CJK JP"));
    assert!(svg.contains(">ラークスパー交通</text>"), "{svg}");
    assert!(svg.contains("障害が発生しています</text>"), "{svg}");
}

#[test]
fn what_the_fonts_can_not_write_is_left_out() {
    let (mut state, _) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let svg = card(&view, Locale::Ja, (Letters::Latin, "Arial"));
    assert!(svg.is_ascii(), "{svg}");
    assert!(svg.contains(">Larkspur Transit</text>") && svg.contains(">Minor Service Outage<"));
    let svg = card(&view, Locale::Ja, (Letters::None, ""));
    assert!(!svg.contains("<text"));
    state.page.name = en("").with(Locale::Ja, "交通");
    let view = View::project(&state, at(LARKSPUR_NOW));
    let svg = card(&view, Locale::Ja, (Letters::Latin, "Arial"));
    assert_eq!(svg.matches("<text").count(), 1, "{svg}");
}

#[test]
fn a_card_is_not_green_where_something_is_not_measured() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), LARKSPUR_NOW);
    let silent = span("c1", Status::Unknown, "2026-03-04T09:00:00Z", None);
    put(
        &mut state,
        [Fact::Component(Box::new(component("c1", "One", 1)))],
    );
    put(&mut state, [Fact::Span(silent)]);
    let view = View::project(&state, at(LARKSPUR_NOW));
    let svg = card(&view, Locale::En, (Letters::Latin, "Arial"));
    assert!(!svg.contains("#17694a"), "{svg}");
    assert!(svg.contains("Some Systems Are Not Being Measured"));
}

#[test]
fn pages_name_their_card_where_it_is_drawn() {
    let (state, _) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let html = String::from_utf8(noroshi_page::front(&view, Locale::En)).unwrap();
    let image = "<meta property=\"og:image\" content=\"https://status.larkspur.example/card.png\">";
    assert_eq!(html.contains(image), cfg!(feature = "card"));
    assert_eq!(html.contains("summary_large_image"), cfg!(feature = "card"));
}

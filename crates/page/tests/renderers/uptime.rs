//! Uptime for programs.

use noroshi_domain::{ComponentId, Fact, Lifecycle, Locale, Span, State, Status};
use noroshi_page::{Past, View, front, uptime_json};
use serde_json::Value;

use crate::sketch::{
    LARKSPUR_NOW, at, claim, component, incident, larkspur, page, put, put_record, span, state,
};

fn twin(state: &State, now: &str, code: &str, page_number: i64) -> Option<Value> {
    let view = View::project(state, at(now));
    let spans: Vec<Span> = state.spans.values().cloned().collect();
    let records: Vec<_> = state
        .incidents
        .values()
        .map(|incident| noroshi_domain::IncidentRecord {
            incident: incident.clone(),
            updates: Vec::new(),
            promises: Vec::new(),
            claims: state
                .claims
                .values()
                .filter(|claim| claim.holder.incident_id() == Some(&incident.id))
                .cloned()
                .collect(),
        })
        .collect();
    let past = Past {
        spans: &spans,
        records: &records,
    };
    let component = ComponentId::parse(code).unwrap();
    let bytes = uptime_json(&view, &component, past, page_number)?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// One component with an incident over midnight in Tokyo, an hour on each side.
fn over_midnight() -> State {
    let mut state = state(page("Asia/Tokyo", &[Locale::En]), "2026-03-10T00:00:00Z");
    let mut told = incident("i1", "Night trouble", "2026-03-04T14:00:00Z");
    told.components = vec![ComponentId::parse("a1").unwrap()];
    told.lifecycle = Lifecycle::Resolved;
    told.resolved_at = Some(at("2026-03-04T16:00:00Z"));
    let mut one = component("a1", "One", 1);
    one.start_date = Some("2026-03-02".parse().unwrap());
    put(&mut state, [Fact::Component(Box::new(one))]);
    put_record(
        &mut state,
        &noroshi_domain::IncidentRecord {
            incident: told,
            updates: Vec::new(),
            promises: Vec::new(),
            claims: vec![claim(
                "i1",
                "a1",
                Status::PartialOutage,
                "2026-03-04T14:00:00Z",
                Some("2026-03-04T16:00:00Z"),
            )],
        },
    );
    put(
        &mut state,
        [Fact::Span(span(
            "a1",
            Status::PartialOutage,
            "2026-03-04T14:00:00Z",
            Some("2026-03-04T16:00:00Z"),
        ))],
    );
    state
}

#[test]
fn the_twin_has_three_months_of_days_in_the_zone_of_the_page() {
    let json = twin(&over_midnight(), "2026-03-10T00:00:00Z", "a1", 1).unwrap();
    let months = json["months"].as_array().unwrap();
    assert_eq!(months.len(), 3);
    assert_eq!(
        (months[0]["name"].as_str(), months[0]["year"].as_i64()),
        (Some("March"), Some(2026))
    );
    let days = months[0]["days"].as_array().unwrap();
    assert_eq!(days.len(), 31);
    for place in [3, 4] {
        assert_eq!(days[place]["p"], 3600);
        assert_eq!(days[place]["m"], 0);
        assert_eq!(days[place]["events"][0]["code"], "i1");
    }
    assert_eq!(days[3]["date"], "2026-03-04T00:00:00.000+09:00");
    assert!(days[5]["events"].as_array().unwrap().is_empty());
    // The tenth is today, the eleventh is to come.
    assert!(days[9]["date"].is_string() && days[10].get("date").is_none());
    assert_eq!(months[1]["uptime_percentage"], Value::Null);
}

#[test]
fn the_month_counts_from_the_start_date_and_today_whole() {
    let json = twin(&over_midnight(), "2026-03-10T00:00:00Z", "a1", 1).unwrap();
    let fraction = json["months"][0]["uptime_percentage"].as_f64().unwrap();
    let wanted = 1.0 - (7200.0 * 0.3) / (86_400.0 * 9.0);
    assert!(
        (fraction - wanted).abs() < 1e-12,
        "{fraction} is not {wanted}"
    );
}

#[test]
fn pages_follow_each_other_and_what_is_not_showcased_has_none() {
    let mut state = over_midnight();
    let second = twin(&state, "2026-03-10T00:00:00Z", "a1", 2).unwrap();
    assert_eq!(second["months"][0]["name"], "December");
    assert_eq!(twin(&state, "2026-03-10T00:00:00Z", "a1", 0), None);
    state
        .components
        .values_mut()
        .for_each(|own| own.showcase = false);
    assert_eq!(twin(&state, "2026-03-10T00:00:00Z", "a1", 1), None);
}

/// The text between braces that begins at the first one after a mark, counting braces as scrapers do.
fn braced<'t>(text: &'t str, mark: &str, open: char, close: char) -> &'t str {
    let start = text.find(mark).unwrap();
    let start = start + text[start..].find(open).unwrap();
    let mut depth = 0;
    for (place, letter) in text[start..].char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return &text[start..=start + place];
            }
        }
    }
    panic!("{mark} never closes")
}

#[test]
fn scrapers_find_days_and_figures_in_the_front_page() {
    let (state, _) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let html = String::from_utf8(front(&view, Locale::En)).unwrap();
    let data: Value =
        serde_json::from_str(braced(&html, "window.uptimeData = ", '{', '}')).unwrap();
    let own = &data["t1zq9m7xw4kf"];
    assert_eq!(own["component"]["startDate"], "2025-01-06");
    let days = own["days"].as_array().unwrap();
    assert_eq!(days.len(), 90);
    assert_eq!(days[89]["date"], "2026-03-04");
    assert_eq!(days[89]["outages"]["p"], 1711);
    assert!(days[89]["outages"].get("m").is_none());
    assert_eq!(days[89]["related_events"][0]["code"], "hq8d2z6wv1xn");
    assert_eq!(data["ghv2c6n0kt5z"]["component"]["isGroup"], true);
    assert_eq!(data["ghv2c6n0kt5z"]["days"][89]["outages"]["p"], 855);
    let values: Value = serde_json::from_str(braced(&html, "uptimeValues = ", '[', ']')).unwrap();
    let ticket = values
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["component"] == "t1zq9m7xw4kf")
        .unwrap();
    assert_eq!(ticket["ninety"], 99.99);
    assert_eq!(ticket["thirty"], 99.98);
}

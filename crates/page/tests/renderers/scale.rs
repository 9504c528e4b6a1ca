//! A large page does not cost more than it shows.

use noroshi_domain::{Fact, IncidentRecord, Lifecycle, Locale, State, Status};
use noroshi_page::{Filter, Listing, View, front, history};

use crate::sketch::{at, claim, component, incident, page, put, put_record, span, state, update};

const SYSTEMS: usize = 1000;
const INCIDENTS: usize = 10_000;

/// The state, and the records of its last year.
fn large() -> (State, Vec<IncidentRecord>) {
    let mut state = state(
        page("Asia/Tokyo", &[Locale::En, Locale::Ja]),
        "2026-03-10T00:00:00Z",
    );
    for number in 0..SYSTEMS {
        let code = format!("c{number}");
        let own = component(&code, &format!("System {number}"), number as i64);
        put(&mut state, [Fact::Component(Box::new(own))]);
        put(
            &mut state,
            [Fact::Span(span(
                &code,
                Status::PartialOutage,
                "2026-03-01T00:00:00Z",
                Some("2026-03-01T01:00:00Z"),
            ))],
        );
    }
    let mut records = Vec::new();
    for number in 0..INCIDENTS {
        let (code, system) = (format!("i{number}"), format!("c{}", number % SYSTEMS));
        // Ten years of them; the latest stand in the live state.
        let day = 1 + number % 28;
        let (year, month) = (2016 + number / 1000, 1 + number % 12);
        let when = format!("{year}-{month:02}-{day:02}T03:00:00Z");
        let mut told = incident(&code, &format!("Incident {number}"), &when);
        told.lifecycle = Lifecycle::Resolved;
        told.resolved_at = Some(told.created_at.plus_seconds(3600));
        told.components = vec![system.as_str()]
            .into_iter()
            .map(|code| noroshi_domain::ComponentId::parse(code).unwrap())
            .collect();
        let record = IncidentRecord {
            incident: told,
            updates: vec![update(
                &code,
                &format!("u{number}"),
                Lifecycle::Resolved,
                "**Over**.",
                &when,
            )],
            promises: Vec::new(),
            claims: vec![claim(
                &code,
                &system,
                Status::PartialOutage,
                &when,
                Some("2026-03-01T01:00:00Z"),
            )],
        };
        put_record(&mut state, &record);
        if year == 2025 {
            records.push(record);
        }
    }
    (state, records)
}

#[test]
fn a_thousand_components_and_ten_thousand_incidents_are_rendered() {
    let (state, records) = large();
    let started = std::time::Instant::now();
    let view = View::project(&state, at("2025-12-28T09:00:00Z"));
    let page = front(&view, Locale::En);
    let front_took = started.elapsed();
    let filter = Filter::default();
    let listing = Listing {
        records: &records,
        oldest_at: None,
        filter: &filter,
    };
    let months = history(&view, 1, listing, Locale::En).unwrap();
    println!(
        "front {front_took:?}, both {:?}, {} and {} bytes",
        started.elapsed(),
        page.len(),
        months.len()
    );
    assert!(String::from_utf8_lossy(&page).contains("System 999"));
    assert!(String::from_utf8_lossy(&months).contains("/incidents/i9"));
    // Debug builds are slow; what this guards against is quadratic.
    assert!(
        started.elapsed().as_secs() < 8,
        "took {:?}",
        started.elapsed()
    );
}

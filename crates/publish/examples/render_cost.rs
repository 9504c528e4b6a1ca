//! What a large page costs to load and to draw, with three months and with ten years of history.
//!
//! `cargo run --release -p noroshi-publish --example render_cost` writes one JSON line a size.
//! Both sizes run in the same process, so that their ratio says whether cost grows with the years.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Instant as Stopwatch;

use noroshi_domain::{
    Audience, Change, Claim, Component, Entry, Fact, Head, Holder, Impact, Incident, IncidentId,
    IncidentKind, Instant, Lane, Lifecycle, Locale, NewPage, PageId, PageSettings, Payload,
    STATE_DAYS, Seed, Span, Status, Texts, Update, Zone, decide_new_page,
};
use noroshi_publish::render::{self, HistoryQuery};
use noroshi_store::{Commit, Committed, NewEntry, Store};

const COMPONENTS: usize = 1_000;
const INCIDENTS_A_YEAR: i64 = 1_000;
const CLAIMS_A_YEAR: i64 = 12;
const FACTS_AN_ENTRY: usize = 5_000;
const ROUNDS: usize = 7;
const DAY_S: i64 = 86_400;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = Instant::parse("2026-11-18T03:00:00Z").ok_or("a fixed instant")?;
    let mut output = std::io::stdout().lock();
    for days in [90, 3_650] {
        let folder = tempfile::tempdir()?;
        let store = Store::open_sqlite(folder.path())?;
        let page = fill(&store, days, now)?;
        let figures = measure(&store, &page, now)?;
        let line = serde_json::json!({
            "days": days,
            "components": COMPONENTS,
            "incidents": INCIDENTS_A_YEAR * days / 365,
            "milliseconds": figures,
        });
        writeln!(output, "{line}")?;
    }
    Ok(())
}

/// The median of some rounds, in milliseconds, to a hundredth.
fn median(
    mut run: impl FnMut() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<f64, Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Stopwatch::now();
        run()?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[ROUNDS / 2] * 100.0).round() / 100.0)
}

fn measure(
    store: &Store,
    page: &PageId,
    now: Instant,
) -> Result<BTreeMap<&'static str, f64>, Box<dyn std::error::Error>> {
    let window_from = now.plus_seconds(-(STATE_DAYS + 1) * DAY_S);
    let state = store
        .load_state(page, window_from)?
        .ok_or("the page that was filled")?;
    let view = noroshi_page::View::project(&state, now);
    let query = HistoryQuery {
        page_number: 1,
        ..HistoryQuery::default()
    };
    let load = || {
        store.load_state(page, window_from)?;
        Ok(())
    };
    let project = || {
        noroshi_page::View::project(&state, now);
        Ok(())
    };
    let front = || {
        noroshi_page::front(&view, Locale::En);
        Ok(())
    };
    let history = || {
        render::history(&state, store, &query, (Locale::En, now))?;
        Ok(())
    };
    Ok(BTreeMap::from([
        ("load_state", median(load)?),
        ("project", median(project)?),
        ("front", median(front)?),
        ("history", median(history)?),
    ]))
}

/// Writes a page with so many days of history straight to the store.
fn fill(store: &Store, days: i64, now: Instant) -> Result<PageId, Box<dyn std::error::Error>> {
    let new = NewPage {
        id: None,
        name: Texts::of(Locale::En, "Large"),
        hosts: Vec::new(),
        path: None,
        url: None,
        zone: Zone::parse("Asia/Tokyo")?,
        default_locale: Locale::En,
        locales: vec![Locale::En],
        settings: PageSettings::default(),
    };
    let begun = now.plus_seconds(-days * DAY_S);
    let (decision, page) = decide_new_page(&new, &mut Seed::of_text("large"), begun)?;
    let mut facts: Vec<Fact> = decision
        .changes
        .into_iter()
        .filter_map(|change| match change {
            Change::Put(fact) => Some(fact),
            Change::Drop(_) => None,
        })
        .collect();
    let mut seed = Seed::of_text("facts");
    let components: Vec<_> = (0..COMPONENTS)
        .map(|number| component(number, &mut seed, begun))
        .collect();
    for (number, component) in components.iter().enumerate() {
        let claims = CLAIMS_A_YEAR * days / 365;
        let step = days * DAY_S / (claims + 1);
        for nth in 1..=claims {
            let from = begun.plus_seconds(nth * step + number as i64 * 60);
            facts.extend(outage(component, from, &mut seed));
        }
    }
    let incidents = INCIDENTS_A_YEAR * days / 365;
    for nth in 0..incidents {
        let at = begun.plus_seconds(nth * days * DAY_S / (incidents + 1));
        let component = &components[nth as usize % COMPONENTS];
        facts.extend(incident(component, at, &mut seed));
    }
    facts.extend(components.into_iter().map(Box::new).map(Fact::Component));
    write(store, &page.id, &facts, now)?;
    Ok(page.id)
}

fn component(number: usize, seed: &mut Seed, at: Instant) -> Component {
    Component {
        id: seed.draw().into(),
        name: Texts::of(Locale::En, format!("System {number}")),
        description: Texts::default(),
        group_id: None,
        position: number as i64 + 1,
        showcase: true,
        start_date: None,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        grace_s: None,
        created_at: at,
        updated_at: at,
        retired_at: None,
        edited_seq: None,
    }
}

fn outage(component: &Component, from: Instant, seed: &mut Seed) -> [Fact; 2] {
    let to = Some(from.plus_seconds(1_800));
    let component_id = component.id.clone();
    let status = Status::PartialOutage;
    [
        Fact::Claim(Claim {
            id: seed.draw().into(),
            component_id: component_id.clone(),
            holder: Holder::Standing,
            status,
            from,
            to,
        }),
        Fact::Span(Span {
            component_id,
            lane: Lane::Public,
            status,
            from,
            to,
        }),
    ]
}

fn incident(component: &Component, at: Instant, seed: &mut Seed) -> Vec<Fact> {
    let id: IncidentId = seed.draw().into();
    let over = at.plus_seconds(3_600);
    let words = "Requests to this system take longer than usual. We are looking into it.";
    let update = |lifecycle, at, seed: &mut Seed| {
        Fact::Update(Box::new(Update {
            id: seed.draw().into(),
            incident_id: id.clone(),
            lifecycle,
            body: Texts::of(Locale::En, words),
            created_at: at,
            updated_at: at,
            display_at: at,
            affected: Vec::new(),
            notify: false,
            edited_at: None,
            erased_at: None,
            hidden_at: None,
            custom_tweet: None,
            edited_seq: None,
        }))
    };
    let mut facts = vec![
        update(Lifecycle::Investigating, at, seed),
        update(Lifecycle::Resolved, over, seed),
    ];
    facts.push(Fact::Incident(Box::new(Incident {
        name: Texts::of(Locale::En, "Slow requests"),
        lifecycle: Lifecycle::Resolved,
        impact: Impact::Minor,
        updated_at: over,
        resolved_at: Some(over),
        components: vec![component.id.clone()],
        backfilled: true,
        first_published_at: Some(at),
        ..Incident::new(id, IncidentKind::Incident, at)
    })));
    facts
}

fn write(
    store: &Store,
    page: &PageId,
    facts: &[Fact],
    now: Instant,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut head = Head::genesis();
    for chunk in facts.chunks(FACTS_AN_ENTRY) {
        let payload = Payload {
            actor: noroshi_domain::Actor::import(),
            action: "record_imported".to_owned(),
            subject: String::new(),
            changes: chunk.iter().cloned().map(Change::Put).collect(),
            reason: None,
            remains: Vec::new(),
            audience: Audience::Team,
        };
        let entry = Entry::following(&head, page, now, [1; 32], &payload);
        let next = entry.head();
        let committed = store.commit(&Commit {
            page_id: page.clone(),
            expected: head,
            entries: vec![NewEntry {
                entry,
                changes: payload.changes,
                erases: Vec::new(),
                answer: None,
            }],
            now,
            head_signature: None,
        })?;
        if committed != Committed::Done {
            return Err("nobody else writes here".into());
        }
        head = next;
    }
    Ok(())
}

//! The pages as readers see them, in both languages.

use noroshi_domain::{
    Announcement, AnnouncementId, ComponentId, Fact, Hold, HoldId, IncidentId, Lane, Lifecycle,
    Locale, Promise, PromiseId, PromiseKind, Span, State, Status, Texts, UpdateId,
};
use noroshi_page::badge::{Badges, Shown};
use noroshi_page::{
    Filter, Listing, Past, Search, View, front, history, history_month, history_search, incident,
    next_change_at, uptime_component, uptime_index,
};
use scraper::{Html, Selector};

use crate::sketch::{LARKSPUR_NOW, at, claim, component, en, larkspur, page, put, span, state};

fn texts(html: &[u8], selector: &str) -> Vec<String> {
    let page = Html::parse_document(std::str::from_utf8(html).unwrap());
    page.select(&Selector::parse(selector).unwrap())
        .map(|element| {
            let text: String = element.text().collect();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn attributes(html: &[u8], selector: &str, name: &str) -> Vec<String> {
    let page = Html::parse_document(std::str::from_utf8(html).unwrap());
    page.select(&Selector::parse(selector).unwrap())
        .filter_map(|element| element.attr(name).map(str::to_owned))
        .collect()
}

fn front_at(state: &State, now: &str, locale: Locale) -> Vec<u8> {
    front(&View::project(state, at(now)), locale)
}

pub(crate) fn promise(due_at: &str) -> Promise {
    Promise {
        id: PromiseId::parse("p1").unwrap(),
        incident_id: IncidentId::parse("hq8d2z6wv1xn").unwrap(),
        kind: PromiseKind::NextUpdateBy,
        words: Texts::default(),
        made_at: at("2026-03-04T09:12:40.330Z"),
        made_by: UpdateId::parse("x6b1yns8gk3p").unwrap(),
        due_at: at(due_at),
        met_at: None,
        lifted_at: None,
        lifted_reason: None,
        reminder_count: 0,
        reminded_at: None,
        overdue_at: None,
    }
}

#[test]
fn an_open_incident_takes_the_place_of_the_banner() {
    let (state, _) = larkspur();
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    assert!(texts(&html, ".page-status").is_empty());
    assert_eq!(
        attributes(&html, "body", "class"),
        ["status index status-minor"]
    );
    let titles = texts(&html, ".unresolved-incidents .actual-title");
    assert_eq!(
        titles,
        [
            "Some mobile tickets fail to load",
            "Partner API certificate change"
        ]
    );
    let labels = texts(&html, ".unresolved-incident.impact-major .update strong");
    assert_eq!(labels, ["Identified", "Investigating"]);
    let planned = texts(&html, ".scheduled-maintenances-container h3");
    assert_eq!(planned, ["Card payments database upgrade"]);
    assert!(
        texts(&html, ".scheduled-maintenance small.pull-right")[0]
            .contains("Mar 8, 01:00-03:00 UTC")
    );
}

#[test]
fn a_calm_page_says_the_sentences_that_readers_know() {
    let (mut state, _) = larkspur();
    state.incidents.clear();
    state.spans.retain(|_, span| span.to.is_some());
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    assert_eq!(
        texts(&html, ".page-status .status"),
        ["All Systems Operational"]
    );
    assert_eq!(
        texts(&html, ".last-updated-stamp"),
        ["As of Mar 4, 09:41 UTC"]
    );
    let days = texts(&html, ".status-day");
    assert_eq!(days.len(), 15);
    assert!(
        days[0].starts_with("Mar 4, 2026") && days[0].ends_with("No incidents reported today.")
    );
    assert!(days[14].starts_with("Feb 18, 2026") && days[14].ends_with("No incidents reported."));
    let ja = front_at(&state, LARKSPUR_NOW, Locale::Ja);
    assert_eq!(
        texts(&ja, ".page-status .status"),
        ["すべて正常に稼働しています"]
    );
    assert_eq!(texts(&ja, ".last-updated-stamp"), ["3月4日 9:41 UTC 現在"]);
}

#[test]
fn past_incidents_stand_under_the_day_they_were_first_told_with_the_report_first() {
    let (state, _) = larkspur();
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    let days = texts(&html, ".status-day");
    let day = days
        .iter()
        .find(|day| day.starts_with("Feb 27, 2026"))
        .unwrap();
    assert!(day.contains("Slow trip search"));
    let labels = texts(&html, ".status-day .update strong");
    assert_eq!(
        labels,
        ["Postmortem", "Resolved", "Monitoring", "Investigating"]
    );
    assert_eq!(
        texts(&html, ".status-day .update.postmortem a"),
        ["Read details"]
    );
    // Today has an open incident: nobody is told that there was none.
    assert!(!days[0].contains("No incidents"));
    assert!(days[0].ends_with("See the top of this page for what is going on now."));
}

#[test]
fn a_repeated_status_is_labelled_update() {
    let (mut state, _) = larkspur();
    let key = (
        IncidentId::parse("hq8d2z6wv1xn").unwrap(),
        UpdateId::parse("m4w7ch9zrl0t").unwrap(),
    );
    state.updates.get_mut(&key).unwrap().lifecycle = Lifecycle::Investigating;
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    let labels = texts(&html, ".unresolved-incident.impact-major .update strong");
    assert_eq!(labels, ["Update", "Investigating"]);
    assert_eq!(
        texts(
            &html,
            ".unresolved-incident.impact-major .update.update.font-regular"
        )
        .len(),
        2
    );
}

#[test]
fn a_promise_is_shown_with_its_time_and_then_as_overdue() {
    let (mut state, _) = larkspur();
    put(
        &mut state,
        [Fact::Promise(Box::new(promise("2026-03-04T10:15:00Z")))],
    );
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    let incident = ".unresolved-incident.impact-major";
    let label = format!("{incident} .promise .lab");
    let figure = format!("{incident} .promise .big");
    assert_eq!(texts(&html, &label), ["Next update by"]);
    assert_eq!(texts(&html, &figure), ["10:15 UTC"]);
    let ja = front_at(&state, LARKSPUR_NOW, Locale::Ja);
    assert_eq!(texts(&ja, &figure), ["10:15 UTC までに"]);
    let late = front_at(&state, "2026-03-04T10:16:00Z", Locale::En);
    assert_eq!(
        texts(&late, ".promise.overdue .lab"),
        ["An update was due at"]
    );
    // The page must be rendered anew when the time has passed.
    assert_eq!(
        next_change_at(&state, at("2026-03-04T10:15:30Z")),
        at("2026-03-04T10:16:00Z")
    );
}

#[test]
fn an_overdue_update_is_labelled_in_japanese_too() {
    let (mut state, _) = larkspur();
    put(
        &mut state,
        [Fact::Promise(Box::new(promise("2026-03-04T10:15:00Z")))],
    );
    let late = front_at(&state, "2026-03-04T10:16:00Z", Locale::Ja);
    assert_eq!(
        texts(&late, ".promise.overdue .lab"),
        ["更新の予定時刻を過ぎています"]
    );
    assert_eq!(
        texts(&late, ".promise.overdue .big"),
        ["10:15 UTC までの予定でした"]
    );
}

#[test]
fn an_open_incident_says_its_worst_status_and_leads_to_its_own_page() {
    let (state, _) = larkspur();
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    let eye = texts(&html, ".unresolved-incident.impact-major .eye .st");
    assert_eq!(eye, ["Partial Outage"]);
    let planned = texts(&html, ".unresolved-incident.impact-maintenance .eye");
    assert_eq!(planned.len(), 1);
    assert!(planned[0].starts_with("Maintenance"), "{planned:?}");
    assert_eq!(
        texts(&html, ".unresolved-incident .follow a"),
        ["Updates of this incident", "Updates of this maintenance"]
    );
    let follow = attributes(&html, ".unresolved-incident .follow a", "href");
    assert_eq!(
        follow,
        attributes(&html, ".unresolved-incident .actual-title", "href")
    );
}

#[test]
fn headline_and_about_text_are_shown_as_their_operator_wrote_them() {
    let (mut state, _) = larkspur();
    let silent = front_at(&state, LARKSPUR_NOW, Locale::En);
    assert!(texts(&silent, ".headline, .page-about").is_empty());
    state.page.settings.headline = en("No releases **this week**");
    state.page.settings.about = en("We run <trains>.");
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    assert_eq!(texts(&html, ".headline"), ["No releases this week"]);
    assert_eq!(texts(&html, ".headline strong"), ["this week"]);
    assert_eq!(texts(&html, ".page-about"), ["We run <trains>."]);
    let ja = front_at(&state, LARKSPUR_NOW, Locale::Ja);
    assert_eq!(attributes(&ja, ".headline", "lang"), ["en"]);
    assert_eq!(attributes(&ja, ".page-about", "lang"), ["en"]);
}

#[test]
fn contradictions_holds_and_silence_are_said() {
    let mut state = state(
        page("Etc/UTC", &[Locale::En, Locale::Ja]),
        "2026-03-04T08:00:00Z",
    );
    for (place, code) in (1..).zip(["a1", "a2", "a3"]) {
        put(
            &mut state,
            [Fact::Component(Box::new(component(
                code,
                &format!("System {code}"),
                place,
            )))],
        );
    }
    let measured = Span {
        lane: Lane::Measured,
        ..span("a1", Status::MajorOutage, "2026-03-04T09:00:00Z", None)
    };
    let hold = Hold {
        id: HoldId::parse("h1").unwrap(),
        component_id: ComponentId::parse("a2").unwrap(),
        status: Status::Operational,
        reason: "not told to readers".to_owned(),
        author: "u1".to_owned(),
        from: at("2026-03-04T08:00:00Z"),
        to: at("2026-03-04T11:00:00Z"),
    };
    put(
        &mut state,
        [
            Fact::Span(measured),
            Fact::Hold(hold),
            Fact::Span(span("a3", Status::Unknown, "2026-03-04T09:04:00Z", None)),
        ],
    );
    let early = texts(
        &front_at(&state, "2026-03-04T09:14:59Z", Locale::En),
        ".note",
    );
    assert!(!early.iter().any(|note| note.contains("probes")));
    let html = front_at(&state, "2026-03-04T09:15:00Z", Locale::En);
    assert_eq!(
        texts(&html, ".note"),
        [
            "System a1 is listed as Operational, but our probes see problems since 09:00 UTC. \
             We are checking.",
            "System a3 has not been measured since 09:04 UTC.",
        ]
    );
    assert_eq!(
        texts(&html, ".held"),
        ["Held by an operator until 11:00 UTC"]
    );
    let status = texts(&html, ".page-status .status");
    assert_eq!(status, ["Some Systems Are Not Being Measured"]);
    // What the checks doubt is neither green nor counted as well, and never hides.
    assert_eq!(
        texts(&html, ".component-status"),
        [
            "Being Checked",
            "Operational",
            "Not measured since 09:04 UTC"
        ]
    );
    assert_eq!(
        attributes(&html, ".horizon", "aria-label"),
        ["1 of 3 systems operational"]
    );
    let words = String::from_utf8(html).unwrap();
    assert!(!words.contains("not told to readers"));
    assert!(words.contains("data-component-status=\"operational\""));
}

#[test]
fn a_page_that_says_all_is_well_against_its_probes_is_not_green() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), "2026-03-04T08:00:00Z");
    for (place, code) in (1..).zip(["a1", "a2"]) {
        let mut component = component(code, &format!("System {code}"), place);
        component.only_show_if_degraded = true;
        put(&mut state, [Fact::Component(Box::new(component))]);
    }
    let measured = Span {
        lane: Lane::Measured,
        ..span("a1", Status::MajorOutage, "2026-03-04T09:00:00Z", None)
    };
    put(&mut state, [Fact::Span(measured)]);
    let html = front_at(&state, "2026-03-04T09:15:00Z", Locale::En);
    assert_eq!(
        texts(&html, ".page-status .status"),
        ["Some Systems Are Being Checked"]
    );
    assert_eq!(attributes(&html, ".lead", "class"), ["lead unk"]);
    assert_eq!(texts(&html, ".component-status"), ["Being Checked"]);
    assert_eq!(
        texts(&html, ".status-day .none")[0],
        "No incident has been opened yet. See the systems above for how they are now."
    );
    let view = View::project(&state, at("2026-03-04T09:15:00Z"));
    let badge = Badges::of(&view).page(Shown::Status, Locale::En).unwrap();
    assert!(String::from_utf8(badge).unwrap().contains("Being Checked"));
}

#[test]
fn trouble_that_has_only_just_begun_stands_on_today_and_says_since_when() {
    let mut state = state(page("Etc/UTC", &[Locale::En]), "2026-03-01T08:00:00Z");
    let shown = component("a1", "Chat", 1);
    put(
        &mut state,
        [
            Fact::Component(Box::new(shown)),
            Fact::Span(span(
                "a1",
                Status::DegradedPerformance,
                "2026-03-04T09:00:00Z",
                Some("2026-03-04T09:30:00Z"),
            )),
            Fact::Span(span(
                "a1",
                Status::MajorOutage,
                "2026-03-04T09:30:00Z",
                None,
            )),
        ],
    );
    let html = front_at(&state, "2026-03-04T09:30:00Z", Locale::En);
    assert_eq!(texts(&html, ".held"), ["Since 09:00 UTC"]);
    let bars = attributes(&html, "rect.uptime-day", "class");
    assert!(bars.last().unwrap().ends_with(" maj"), "{:?}", bars.last());
    let told = texts(&html, ".days .tooltip-box").pop().unwrap();
    assert!(told.contains("Major Outage"), "{told}");
    assert!(told.contains("Degraded performance 30 mins"), "{told}");
}

#[test]
fn what_is_worst_stands_first_on_a_card() {
    let (mut state, _) = larkspur();
    let open = IncidentId::parse("hq8d2z6wv1xn").unwrap();
    let well = ComponentId::parse("b3xw8r1lmqpd").unwrap();
    let incident = state.incidents.get_mut(&open).unwrap();
    incident.components.insert(0, well);
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    let card = ".unresolved-incident.impact-major .affected li";
    assert_eq!(
        texts(&html, card),
        ["Mobile ticketsPartial Outage", "Trip plannerOperational"]
    );
}

#[test]
fn a_maintenance_that_did_not_begin_or_overruns_says_so() {
    let (mut state, _) = larkspur();
    let planned = IncidentId::parse("y5mw0kxg8vqd").unwrap();
    let later = "2026-03-08T01:05:00Z";
    let html = front_at(&state, later, Locale::En);
    let said = "This maintenance was to begin at 01:00 UTC and has not begun yet.";
    assert!(texts(&html, ".scheduled-maintenance .warn").contains(&said.to_owned()));
    state.incidents.get_mut(&planned).unwrap().lifecycle = Lifecycle::InProgress;
    let html = front_at(&state, "2026-03-08T02:05:00Z", Locale::En);
    let card = ".unresolved-incident .promise .two";
    assert!(texts(&html, card).contains(&"Planned to end at 03:00 UTC".to_owned()));
    let html = front_at(&state, "2026-03-08T03:05:00Z", Locale::En);
    let said = "This maintenance was to end at 03:00 UTC and is still in progress.";
    assert!(texts(&html, ".unresolved-incident .warn").contains(&said.to_owned()));
    let large = texts(&html, card);
    assert!(
        !large.iter().any(|said| said.contains("Planned")),
        "{large:?}"
    );
}

#[test]
fn a_text_in_one_language_only_carries_it_and_says_so() {
    let (mut state, _) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    let html = front_at(&state, LARKSPUR_NOW, Locale::Ja);
    let langs = attributes(
        &html,
        ".unresolved-incident.impact-major .update .body",
        "lang",
    );
    assert_eq!(langs, ["en", "en"]);
    assert!(
        texts(&html, ".unresolved-incident .update small")
            .iter()
            .all(|text| text.contains("この記事は英語のみです"))
    );
    assert_eq!(attributes(&html, "html", "lang"), ["ja"]);
    let links = attributes(&html, ".actual-title", "href");
    assert_eq!(links[0], "/ja/incidents/hq8d2z6wv1xn");
    let (plain, _) = larkspur();
    let html = front_at(&plain, LARKSPUR_NOW, Locale::En);
    assert_eq!(
        attributes(&html, ".actual-title", "href")[0],
        "/incidents/hq8d2z6wv1xn"
    );
}

#[test]
fn bars_have_ninety_days_and_a_figure_up_to_now() {
    let (state, _) = larkspur();
    let html = front_at(&state, LARKSPUR_NOW, Locale::En);
    assert_eq!(texts(&html, "rect.component-t1zq9m7xw4kf").len(), 90);
    let fills = attributes(&html, "rect.component-t1zq9m7xw4kf.day-89", "fill");
    assert_ne!(fills, ["#2fcc66"]);
    let legend = texts(&html, ".legend-item-t1zq9m7xw4kf");
    assert!(legend[0].contains("% uptime"), "{legend:?}");
    let own = "[data-component-id=t1zq9m7xw4kf] .days";
    assert_eq!(
        attributes(&html, &format!("{own} button"), "aria-label"),
        ["Mar 4: Partial outage 28 mins; Related: Some mobile tickets fail to load"]
    );
    let told = texts(&html, &format!("{own} > :last-child > .tooltip-box"));
    assert_eq!(
        told,
        ["Mar 4, 2026Partial outage 28 minsRelatedSome mobile tickets fail to load"]
    );
    let calm = texts(&html, &format!("{own} > :first-child > .tooltip-box"));
    assert_eq!(calm, ["Dec 5, 2025No downtime recorded on this day."]);
    // Hidden while operational, shown while it is not.
    let mut calm = state.clone();
    calm.spans.clear();
    let html = front_at(&calm, LARKSPUR_NOW, Locale::En);
    assert!(!texts(&html, ".component-inner-container .name").contains(&"Partner API".to_owned()));
}

#[test]
fn an_incident_page_says_when_each_system_was_how() {
    let (state, mut records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let record = &mut records[0];
    let incident_id = record.incident.id.to_string();
    let code = state.components.keys().next().unwrap().to_string();
    let said = |status, from: &str, to| claim(&incident_id, &code, status, from, to);
    let (first, second, last) = (
        "2026-11-12T01:00:00Z",
        "2026-11-12T01:30:00Z",
        "2026-11-12T02:40:00Z",
    );
    record.claims = vec![
        said(Status::MajorOutage, first, Some(second)),
        said(Status::DegradedPerformance, second, Some(last)),
    ];
    let html = incident(&view, record, Locale::En).unwrap();
    assert_eq!(
        texts(&html, ".times thead th"),
        ["System", "Status", "Impact window", "Duration"]
    );
    assert_eq!(
        texts(&html, ".times tbody td:last-child"),
        ["30 mins", "1 hr 10 mins"]
    );
    assert_eq!(
        attributes(&html, ".times path", "d"),
        ["M0 0h300v6h-300z", "M300 0h700v6h-700z"]
    );
    // What lasts has no duration and no bar: pages hold no running age.
    record.claims[1].to = None;
    let html = incident(&view, record, Locale::Ja).unwrap();
    assert_eq!(texts(&html, ".times tbody td:last-child"), ["30分", ""]);
    assert!(texts(&html, ".times tbody td:nth-child(3)")[1].contains("から継続中"));
    assert_eq!(attributes(&html, ".times path", "d"), Vec::<String>::new());
    record.claims.clear();
    let html = incident(&view, record, Locale::En).unwrap();
    assert_eq!(texts(&html, ".times"), Vec::<String>::new());
}

#[test]
fn an_incident_page_tells_the_whole_record() {
    let (mut state, mut records) = larkspur();
    let mut kept = promise("2026-03-04T09:45:00Z");
    kept.met_at = Some(at("2026-03-04T09:41:12.190Z"));
    records[0].promises = vec![kept];
    records[0].incident.what_to_do = en("Show the paper ticket.");
    state.page.locales = vec![Locale::En, Locale::Ja];
    let view = View::project(&state, at(LARKSPUR_NOW));
    let html = incident(&view, &records[0], Locale::En).unwrap();
    assert_eq!(texts(&html, "h1"), ["Some mobile tickets fail to load"]);
    assert_eq!(
        texts(&html, ".subheader"),
        ["Incident Report for Larkspur Transit"]
    );
    assert_eq!(
        texts(&html, "h2.update-title"),
        ["Identified", "Investigating"]
    );
    assert_eq!(
        texts(&html, ".components-affected"),
        ["This incident affects: Ticketing (Mobile tickets)."]
    );
    let stamps = texts(&html, ".update-timestamp");
    assert!(
        stamps[0].starts_with("Posted Mar 04, 2026 - 09:41 UTC"),
        "{stamps:?}"
    );
    let page = String::from_utf8(html).unwrap();
    assert!(page.contains("Show the paper ticket."));
    assert!(page.contains("promised by Mar 4, 09:45 UTC, given Mar 4, 09:41 UTC, 3 min early"));
    let report = incident(&view, &records[1], Locale::Ja).unwrap();
    assert_eq!(
        texts(&report, "#postmortem .doc h3, #postmortem .doc h4").len(),
        1
    );
    assert_eq!(texts(&report, "h1"), ["Slow trip search"]);
}

#[test]
fn the_history_lists_months_and_filters_them() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let listing = |filter| Listing {
        records: &records,
        oldest_at: Some(at("2025-11-01T00:00:00Z")),
        filter,
    };
    let all = Filter::default();
    let html = history(&view, 1, listing(&all), Locale::En).unwrap();
    assert_eq!(
        texts(&html, ".month-title"),
        ["March 2026", "February 2026", "January 2026"]
    );
    // The planned one has not begun; the other three have.
    assert_eq!(texts(&html, ".month .incident-title").len(), 3);
    assert_eq!(
        attributes(&html, ".pager a[rel=next]", "href"),
        ["/history?page=2"]
    );
    let props = attributes(&html, "[data-react-class=HistoryIndex]", "data-react-props");
    let props: serde_json::Value = serde_json::from_str(&props[0]).unwrap();
    assert_eq!(props["months"][1]["name"], "February");
    assert_eq!(props["months"][1]["starts_on"], 0);
    assert_eq!(props["months"][1]["days"], 28);
    assert_eq!(props["months"][1]["incidents"][0]["code"], "c9fv3lk5pt7w");
    assert_eq!(
        props["months"][1]["incidents"][0]["timestamp"],
        "Feb <var data-var='date'>27</var>, <var data-var='time'>14:02</var>-16:20 UTC"
    );
    let last = history(&view, 2, listing(&all), Locale::En).unwrap();
    assert!(attributes(&last, ".pager a[rel=next]", "href").is_empty());
    let planner = Filter {
        component: Some(ComponentId::parse("b3xw8r1lmqpd").unwrap()),
        impact: None,
        month: None,
    };
    let html = history(&view, 1, listing(&planner), Locale::En).unwrap();
    assert_eq!(texts(&html, ".month .incident-title"), ["Slow trip search"]);
    assert_eq!(
        attributes(&html, ".pager a[rel=next]", "href"),
        ["/history?component=b3xw8r1lmqpd&page=2"]
    );
    let month = history_month(&view, "2026-02", listing(&all), Locale::Ja).unwrap();
    assert_eq!(texts(&month, ".month-title"), ["2026年2月"]);
    let found = history_search(
        &view,
        Search {
            words: "<b>search",
            page_number: 1,
        },
        listing(&all),
        Locale::En,
    )
    .unwrap();
    assert!(texts(&found, "#results")[0].contains("“<b>search”"));
}

#[test]
fn calendars_show_the_days_with_events_and_those_to_come() {
    let (state, records) = larkspur();
    let view = View::project(&state, at(LARKSPUR_NOW));
    let index = uptime_index(&view, Locale::En);
    assert_eq!(texts(&index, ".component-container .name").len(), 4);
    let ticket = ComponentId::parse("t1zq9m7xw4kf").unwrap();
    let spans: Vec<Span> = state
        .spans
        .values()
        .filter(|span| span.component_id == ticket)
        .cloned()
        .collect();
    let past = Past {
        spans: &spans,
        records: &records,
    };
    let html = uptime_component(&view, &ticket, past, 1, Locale::En).unwrap();
    assert_eq!(
        texts(&html, ".mon h2"),
        ["March 2026", "February 2026", "January 2026"]
    );
    assert_eq!(texts(&html, ".mon td.fut").len(), 27);
    assert_eq!(
        attributes(&html, ".mon td a", "href"),
        ["/incidents/hq8d2z6wv1xn"]
    );
    assert_eq!(texts(&html, ".rec tbody tr").len(), 1);
    let figures = texts(&html, ".mon .pc");
    assert_eq!(figures[1..], ["100.0 %", "100.0 %"]);
    let ja = uptime_component(&view, &ticket, past, 1, Locale::Ja).unwrap();
    assert_eq!(texts(&ja, ".mon h2")[0], "2026年3月");
}

#[test]
fn announcements_stand_from_their_beginning_to_their_end() {
    let (mut state, _) = larkspur();
    put(
        &mut state,
        [Fact::Announcement(Announcement {
            id: AnnouncementId::parse("n1").unwrap(),
            title: en("Timetable change"),
            body: en("From **Sunday** on."),
            from: at("2026-03-04T10:00:00Z"),
            to: Some(at("2026-03-04T12:00:00Z")),
            notify: false,
            created_at: at(LARKSPUR_NOW),
            updated_at: at(LARKSPUR_NOW),
            erased_at: None,
            edited_seq: None,
        })],
    );
    let shown = |now: &str| texts(&front_at(&state, now, Locale::En), ".announced h3");
    assert!(shown("2026-03-04T09:59:59Z").is_empty());
    assert_eq!(shown("2026-03-04T10:00:00Z"), ["Timetable change"]);
    assert!(shown("2026-03-04T12:00:00Z").is_empty());
}

#[test]
fn a_page_under_a_path_keeps_every_link_under_it() {
    let (mut state, _) = larkspur();
    state.page.path = Some("/acme".to_owned());
    state.page.locales = vec![Locale::En, Locale::Ja];
    let html = front_at(&state, LARKSPUR_NOW, Locale::Ja);
    for href in attributes(&html, "a", "href") {
        assert!(
            href.starts_with("/acme/") || href.starts_with('#'),
            "{href}"
        );
    }
    assert_eq!(
        attributes(&html, "link[rel=canonical]", "href"),
        ["https://status.larkspur.example/acme/ja/"]
    );
}

#[test]
fn midnight_in_the_zone_of_the_page_changes_it() {
    let state = state(page("Asia/Tokyo", &[Locale::En]), "2026-03-04T08:00:00Z");
    assert_eq!(
        next_change_at(&state, at("2026-03-04T09:00:00Z")),
        at("2026-03-04T15:00:00Z")
    );
}

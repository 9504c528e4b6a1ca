//! temp
use noroshi_domain::*;
use noroshi_page::*;
use crate::sketch::*;
#[test]
fn dump() {
    let (mut state, mut records) = larkspur();
    state.page.locales = vec![Locale::En, Locale::Ja];
    state.page.zone = Zone::parse("Asia/Tokyo").unwrap();
    records[0].incident.what_to_do = en("Show the **paper** ticket.");
    let pr = Promise { id: PromiseId::parse("p1").unwrap(), incident_id: IncidentId::parse("hq8d2z6wv1xn").unwrap(), kind: PromiseKind::NextUpdateBy, words: Texts::default(), made_at: at("2026-03-04T09:12:40.330Z"), made_by: UpdateId::parse("x6b1yns8gk3p").unwrap(), due_at: at("2026-03-04T10:15:00Z"), met_at: None, lifted_at: None, lifted_reason: None, reminder_count: 0, reminded_at: None, overdue_at: None };
    records[0].promises = vec![pr];
    for r in &records { put_record(&mut state, r); }
    let view = View::project(&state, at(LARKSPUR_NOW));
    let filter = Filter::default();
    let listing = Listing { records: &records, oldest_at: Some(at("2020-01-01T00:00:00Z")), filter: &filter };
    let spans: Vec<Span> = state.spans.values().filter(|s| s.component_id.as_str()=="t1zq9m7xw4kf").cloned().collect();
    let past = Past { spans: &spans, records: &records };
    let c = ComponentId::parse("t1zq9m7xw4kf").unwrap();
    for l in Locale::ALL {
        let w = |n: &str, b: Vec<u8>| std::fs::write(format!("/tmp/dump/{n}.{}.html", l.as_str()), b).unwrap();
        w("front", front(&view, l));
        w("incident", incident(&view, &records[0], l).unwrap());
        w("report", incident(&view, &records[1], l).unwrap());
        w("history", history(&view, 1, listing, l).unwrap());
        w("uptime", uptime_index(&view, l));
        w("calendar", uptime_component(&view, &c, past, 1, l).unwrap());
        w("api", api_help(&view, l));
        w("error", error(&view, Fault::NotFound, Some("r1"), l));
        w("host", unknown_host("x.example", l, at(LARKSPUR_NOW)));
    }
}

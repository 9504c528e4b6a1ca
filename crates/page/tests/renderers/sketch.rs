//! Pages for tests: the fictional one of the reference, and small ones made by hand.

use noroshi_domain::{
    Affected, Change, Claim, ClaimId, Component, ComponentId, Fact, Group, GroupId, Head, Holder,
    Impact, Incident, IncidentId, IncidentKind, IncidentRecord, Instant, Lane, Lifecycle, Locale,
    Page, PageId, PageSettings, PlanFlags, Span, State, Status, Texts, Update, UpdateId, Zone,
};
use serde_json::Value;

/// The instant of the reference's examples.
pub(crate) const LARKSPUR_NOW: &str = "2026-03-04T09:41:12.207Z";

/// Reads RFC 3339.
pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A text in English.
pub(crate) fn en(text: &str) -> Texts {
    if text.is_empty() {
        Texts::default()
    } else {
        Texts::of(Locale::En, text)
    }
}

/// A page without components.
pub(crate) fn page(zone: &str, locales: &[Locale]) -> Page {
    Page {
        id: PageId::parse("k7n4vq2tzx9c").unwrap(),
        name: en("Larkspur Transit").with(Locale::Ja, "ラークスパー交通"),
        hosts: vec!["status.larkspur.example".to_owned()],
        path: None,
        url: None,
        zone: Zone::parse(zone).unwrap(),
        default_locale: locales[0],
        locales: locales.to_vec(),
        created_at: at("2025-01-06T08:00:00Z"),
        settings: PageSettings::default(),
        deleted_at: None,
        edited_seq: None,
    }
}

/// A page's state at an instant.
pub(crate) fn state(page: Page, head_at: &str) -> State {
    let head = Head {
        epoch: 0,
        seq: 40,
        hash: "ab".repeat(32),
        at: at(head_at),
    };
    State::new(page, head)
}

/// A component outside groups that is showcased.
pub(crate) fn component(code: &str, name: &str, position: i64) -> Component {
    Component {
        id: ComponentId::parse(code).unwrap(),
        name: en(name),
        description: Texts::default(),
        group_id: None,
        position,
        showcase: true,
        start_date: None,
        only_show_if_degraded: false,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        grace_s: None,
        created_at: at("2025-01-06T08:00:00Z"),
        updated_at: at("2025-01-06T08:00:00Z"),
        retired_at: None,
        edited_seq: None,
    }
}

/// A public span.
pub(crate) fn span(code: &str, status: Status, from: &str, to: Option<&str>) -> Span {
    Span {
        component_id: ComponentId::parse(code).unwrap(),
        lane: Lane::Public,
        status,
        from: at(from),
        to: to.map(at),
    }
}

/// An incident in its first moment.
pub(crate) fn incident(code: &str, name: &str, created_at: &str) -> Incident {
    Incident {
        name: en(name),
        shortcode: format!("s{code}"),
        ..Incident::new(
            IncidentId::parse(code).unwrap(),
            IncidentKind::Incident,
            at(created_at),
        )
    }
}

/// An update.
pub(crate) fn update(
    incident: &str,
    code: &str,
    lifecycle: Lifecycle,
    body: &str,
    when: &str,
) -> Update {
    Update {
        id: UpdateId::parse(code).unwrap(),
        incident_id: IncidentId::parse(incident).unwrap(),
        lifecycle,
        body: en(body),
        created_at: at(when),
        updated_at: at(when),
        display_at: at(when),
        affected: Vec::new(),
        notify: true,
        edited_at: None,
        erased_at: None,
        hidden_at: None,
        custom_tweet: None,
        edited_seq: None,
    }
}

/// A claim of an incident.
pub(crate) fn claim(
    incident: &str,
    code: &str,
    status: Status,
    from: &str,
    to: Option<&str>,
) -> Claim {
    Claim {
        id: ClaimId::parse(&format!("{incident}{code}")).unwrap(),
        component_id: ComponentId::parse(code).unwrap(),
        holder: Holder::Incident(IncidentId::parse(incident).unwrap()),
        status,
        from: at(from),
        to: to.map(at),
    }
}

/// Puts facts.
pub(crate) fn put(state: &mut State, facts: impl IntoIterator<Item = Fact>) {
    for fact in facts {
        state.apply(&Change::Put(fact));
    }
}

/// Puts an incident with its parts.
pub(crate) fn put_record(state: &mut State, record: &IncidentRecord) {
    put(state, [Fact::Incident(Box::new(record.incident.clone()))]);
    let updates = record.updates.iter().cloned().map(Box::new);
    put(state, updates.map(Fact::Update));
    put(state, record.claims.iter().cloned().map(Fact::Claim));
    let promises = record.promises.iter().cloned().map(Box::new);
    put(state, promises.map(Fact::Promise));
}

/// A document of the reference.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/larkspur/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn time(value: &Value, key: &str) -> Option<Instant> {
    value[key].as_str().map(at)
}

/// The fictional page of reference 1.5, as facts, with all its incidents and maintenances.
pub(crate) fn larkspur() -> (State, Vec<IncidentRecord>) {
    let mut state = state(page("Etc/UTC", &[Locale::En]), LARKSPUR_NOW);
    for own in fixture("components")["components"].as_array().unwrap() {
        put(&mut state, [component_of(own)]);
    }
    let incidents = fixture("incidents");
    let maintenances = fixture("scheduled-maintenances");
    let records: Vec<IncidentRecord> = incidents["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .chain(maintenances["scheduled_maintenances"].as_array().unwrap())
        .map(record_of)
        .collect();
    for record in &records {
        put_record(&mut state, record);
    }
    let ticket = span(
        "t1zq9m7xw4kf",
        Status::PartialOutage,
        "2026-03-04T09:12:40.331Z",
        None,
    );
    let partner = span(
        "z0sj4cb7wn2g",
        Status::UnderMaintenance,
        "2026-03-04T09:00:00.420Z",
        None,
    );
    let planner = span(
        "b3xw8r1lmqpd",
        Status::DegradedPerformance,
        "2026-02-27T14:02:11.050Z",
        Some("2026-02-27T15:10:44.700Z"),
    );
    put(&mut state, [ticket, partner, planner].map(Fact::Span));
    (state, records)
}

fn component_of(value: &Value) -> Fact {
    let code = text(value, "id");
    let position = value["position"].as_i64().unwrap();
    if value["group"] == true {
        return Fact::Group(Group {
            id: GroupId::parse(&code).unwrap(),
            name: en(&text(value, "name")),
            description: en(&text(value, "description")),
            position,
            created_at: time(value, "created_at").unwrap(),
            updated_at: time(value, "created_at").unwrap(),
            edited_seq: None,
        });
    }
    let group = value["group_id"].as_str();
    Fact::Component(Box::new(Component {
        description: en(&text(value, "description")),
        group_id: group.map(|code| GroupId::parse(code).unwrap()),
        showcase: value["showcase"] == true,
        start_date: value["start_date"]
            .as_str()
            .map(|date| date.parse().unwrap()),
        only_show_if_degraded: value["only_show_if_degraded"] == true,
        created_at: time(value, "created_at").unwrap(),
        updated_at: time(value, "updated_at").unwrap(),
        ..component(&code, &text(value, "name"), position)
    }))
}

fn record_of(value: &Value) -> IncidentRecord {
    let code = text(value, "id");
    let base = incident(&code, &text(value, "name"), &text(value, "created_at"));
    let plan = time(value, "scheduled_for")
        .map(|from| PlanFlags::default().plan(from, time(value, "scheduled_until").unwrap()));
    let link = text(value, "shortlink");
    let updates: Vec<Update> = value["incident_updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| update_of(&code, own))
        .collect();
    let attached = value["components"].as_array().unwrap().iter();
    let lifecycle = Lifecycle::parse(&text(value, "status")).unwrap();
    let incident = Incident {
        kind: lifecycle.kind(),
        lifecycle,
        impact: Impact::parse(&text(value, "impact")).unwrap(),
        updated_at: time(value, "updated_at").unwrap(),
        started_at: time(value, "started_at").unwrap(),
        monitoring_at: time(value, "monitoring_at"),
        resolved_at: time(value, "resolved_at"),
        components: attached
            .map(|own| ComponentId::parse(&text(own, "id")).unwrap())
            .collect(),
        shortcode: link.rsplit('/').next().unwrap().to_owned(),
        listed_at: plan
            .as_ref()
            .map_or(base.created_at, |plan| plan.scheduled_for),
        plan,
        ..base
    };
    IncidentRecord {
        incident,
        updates,
        promises: Vec::new(),
        claims: Vec::new(),
    }
}

fn update_of(incident: &str, value: &Value) -> Update {
    let lifecycle = Lifecycle::parse(&text(value, "status")).unwrap();
    let affected = value["affected_components"]
        .as_array()
        .into_iter()
        .flatten();
    let status = |value: &Value, key: &str| Status::parse(&text(value, key)).unwrap();
    Update {
        display_at: time(value, "display_at").unwrap(),
        notify: value["deliver_notifications"] == true,
        affected: affected
            .map(|own| Affected {
                code: ComponentId::parse(&text(own, "code")).unwrap(),
                name: text(own, "name"),
                old_status: status(own, "old_status"),
                new_status: status(own, "new_status"),
            })
            .collect(),
        ..update(
            incident,
            &text(value, "id"),
            lifecycle,
            &text(value, "body"),
            &text(value, "created_at"),
        )
    }
}

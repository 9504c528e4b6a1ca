//! A record as facts of a page: groups, components, incidents and updates. Pure.
//!
//! Times, names in snapshots and impact are kept as given. Codes are kept where they are free on
//! the page, else derived from source and code, so that importing again finds them.

use std::collections::{BTreeMap, BTreeSet};

use noroshi_domain::{
    Affected, Component, ComponentId, Drawn, Fact, FactKey, FactKind, Group, GroupId, Incident,
    IncidentId, IncidentKind, Instant, Lifecycle, Locale, Plan, Postmortem, Seed, Source, Texts,
    Update, UpdateId, canonical, hash_hex,
};

use super::plan::{Existing, GONE, SOURCE};
use super::record::Record;
use super::wire;

/// An incident with its updates.
#[derive(Debug, Clone)]
pub(super) struct Imported {
    /// The incident, its source's digest in it.
    pub(super) incident: Incident,
    /// Its updates.
    pub(super) updates: Vec<Update>,
}

/// A record as facts.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Groups.
    pub(super) groups: BTreeMap<GroupId, Group>,
    /// Components, those no longer listed retired.
    pub(super) components: BTreeMap<ComponentId, Component>,
    /// What the source lists each as, by identifier.
    pub(super) listed: BTreeMap<ComponentId, (noroshi_domain::Status, Instant)>,
    /// Incidents and maintenances.
    pub(super) incidents: BTreeMap<IncidentId, Imported>,
}

/// The facts of a record, on the page that they will stand on.
pub(super) fn facts(record: &Record, existing: &Existing) -> Facts {
    let locale = existing.locale();
    let mut facts = Facts::default();
    components(record, locale, &mut facts);
    let mut updates_taken = BTreeMap::new();
    for (code, incident) in &record.incidents {
        let id = incident_id(code, existing);
        let built = imported(incident, &id, locale, |update| {
            update_id(&mut updates_taken, &id, update, existing)
        });
        facts.incidents.insert(id, built);
    }
    facts
}

/// SHA-256 of an incident and its updates as they stand, whatever their order: what an import
/// made equals its source's digest until someone changes it here.
pub(super) fn digest(incident: &Incident, updates: &[Update]) -> String {
    let mut bare = incident.clone();
    bare.source = None;
    bare.edited_seq = None;
    if bare.deleted_reason.as_deref() == Some(GONE) {
        bare.deleted_at = None;
        bare.deleted_reason = None;
    }
    let mut updates = updates.to_vec();
    updates.sort_by(|one, two| one.id.cmp(&two.id));
    for update in &mut updates {
        update.edited_seq = None;
    }
    hash_hex(canonical(&(bare, updates)).as_bytes())
}

fn parsed_or_derived<T: From<Drawn>>(
    parse: fn(&str) -> Result<T, noroshi_domain::BadId>,
    kind: &str,
    code: &str,
) -> T {
    parse(code).unwrap_or_else(|_| derived(kind, code))
}

fn derived<T: From<Drawn>>(kind: &str, code: &str) -> T {
    Seed::of_text(&format!("{SOURCE} {kind} {code}"))
        .draw()
        .into()
}

fn component_id(code: &str) -> ComponentId {
    parsed_or_derived(ComponentId::parse, "component", code)
}

fn incident_id(code: &str, existing: &Existing) -> IncidentId {
    let second: IncidentId = derived("incident", code);
    let Ok(first) = IncidentId::parse(code) else {
        return second;
    };
    if existing.incident(&second).is_some() {
        return second;
    }
    match existing.incident(&first) {
        Some(incident) if incident.source.is_none() => second,
        _ => first,
    }
}

fn update_id(
    taken: &mut BTreeMap<UpdateId, IncidentId>,
    incident: &IncidentId,
    code: &str,
    existing: &Existing,
) -> UpdateId {
    let first = parsed_or_derived(UpdateId::parse, "update", code);
    let key = FactKey {
        kind: FactKind::Update,
        id: first.to_string(),
    };
    let elsewhere = match existing.get(&key) {
        Some(Fact::Update(update)) => update.incident_id != *incident,
        _ => taken.get(&first).is_some_and(|owner| owner != incident),
    };
    let id = if elsewhere {
        derived("update", &format!("{incident} {code}"))
    } else {
        first
    };
    taken.insert(id.clone(), incident.clone());
    id
}

fn components(record: &Record, locale: Locale, facts: &mut Facts) {
    let rows = record.listed.as_ref().unwrap_or(&record.attached);
    for (code, row) in rows {
        if row.group {
            let id = parsed_or_derived(GroupId::parse, "group", code);
            facts.groups.insert(id.clone(), group(row, id, locale));
            continue;
        }
        let id = component_id(code);
        facts
            .listed
            .insert(id.clone(), (row.status, row.updated_at));
        let mut component = component(row, id.clone(), locale);
        // A group that is not listed would hold it out of sight.
        let known = |group: &String| rows.get(group).is_some_and(|row| row.group);
        component.group_id = row
            .group_id
            .as_ref()
            .filter(|group| known(group))
            .map(|group| parsed_or_derived(GroupId::parse, "group", group));
        facts.components.insert(id, component);
    }
    let members: BTreeSet<GroupId> = facts
        .components
        .values()
        .filter_map(|component| component.group_id.clone())
        .collect();
    facts.groups.retain(|id, _| members.contains(id));
    unlisted(record, locale, facts);
}

fn group(row: &wire::Component, id: GroupId, locale: Locale) -> Group {
    Group {
        id,
        name: Texts::of(locale, &row.name),
        description: optional_text(locale, row.description.as_deref()),
        position: row.position.unwrap_or(1),
        created_at: row.created_at,
        updated_at: row.updated_at,
        edited_seq: None,
    }
}

fn component(row: &wire::Component, id: ComponentId, locale: Locale) -> Component {
    Component {
        id,
        name: Texts::of(locale, &row.name),
        description: optional_text(locale, row.description.as_deref()),
        group_id: None,
        position: row.position.unwrap_or(1),
        showcase: row.showcase,
        start_date: row.start_date,
        only_show_if_degraded: row.only_show_if_degraded,
        depends_on: Vec::new(),
        third_party: false,
        restricted: false,
        grace_s: None,
        created_at: row.created_at,
        updated_at: row.updated_at,
        retired_at: None,
        edited_seq: None,
    }
}

/// Components that updates name and the list does not: retired, where there is a list.
fn unlisted(record: &Record, locale: Locale, facts: &mut Facts) {
    let mut seen: BTreeMap<&str, (Instant, Instant, &str)> = BTreeMap::new();
    for incident in record.incidents.values() {
        for update in &incident.incident_updates {
            for affected in update.affected_components.iter().flatten() {
                let now = (update.created_at, affected.name.as_str());
                let row = seen.entry(&affected.code).or_insert((now.0, now.0, now.1));
                row.0 = row.0.min(now.0);
                (row.1, row.2) = (row.1, row.2).max(now);
            }
        }
    }
    let last_position = facts.components.values().map(|known| known.position).max();
    for (code, (first, last, name)) in seen {
        let id = component_id(code);
        if facts.components.contains_key(&id) {
            continue;
        }
        let position = last_position.unwrap_or(0).saturating_add(1);
        let row = record.attached.get(code);
        let mut component = Component {
            id: id.clone(),
            name: Texts::of(locale, name),
            description: optional_text(locale, row.and_then(|row| row.description.as_deref())),
            group_id: None,
            position,
            showcase: row.is_none_or(|row| row.showcase),
            start_date: row.and_then(|row| row.start_date),
            only_show_if_degraded: false,
            depends_on: Vec::new(),
            third_party: false,
            restricted: false,
            grace_s: None,
            created_at: first,
            updated_at: last,
            retired_at: None,
            edited_seq: None,
        };
        component.retired_at = record.listed.is_some().then_some(last);
        facts.components.insert(id, component);
    }
}

fn imported(
    wire: &wire::Incident,
    id: &IncidentId,
    locale: Locale,
    mut update_id: impl FnMut(&str) -> UpdateId,
) -> Imported {
    let mut by_code: BTreeMap<&str, &wire::Update> = BTreeMap::new();
    for update in &wire.incident_updates {
        let kept = by_code.entry(&update.id).or_insert(update);
        let rank = |update: &wire::Update| (update.updated_at, format!("{update:?}"));
        if rank(update) > rank(kept) {
            *kept = update;
        }
    }
    let updates: Vec<Update> = by_code
        .into_iter()
        .map(|(code, wire)| update(wire, update_id(code), id, locale))
        .collect();
    let mut incident = incident(wire, id, locale, &updates);
    incident.source = Some(Source {
        from: SOURCE.to_owned(),
        digest: digest(&incident, &updates),
        seq: None,
    });
    Imported { incident, updates }
}

fn incident(
    wire: &wire::Incident,
    id: &IncidentId,
    locale: Locale,
    updates: &[Update],
) -> Incident {
    let plan = wire.is_maintenance().then(|| planned(wire));
    let kind = match plan {
        Some(_) => IncidentKind::Maintenance,
        None => IncidentKind::Incident,
    };
    let first_shown_at = updates.iter().map(|update| update.display_at).min();
    let listed_at = plan
        .as_ref()
        .map(|plan| plan.scheduled_for)
        .or(first_shown_at)
        .unwrap_or(wire.created_at);
    let attached = wire.components.iter().filter(|component| !component.group);
    let components: BTreeSet<ComponentId> = attached
        .map(|component| component_id(&component.id))
        .collect();
    let watching = |update: &&Update| {
        matches!(
            update.lifecycle,
            Lifecycle::Monitoring | Lifecycle::Verifying
        )
    };
    let shortlink = wire.shortlink.clone().filter(|link| !link.is_empty());
    Incident {
        name: Texts::of(locale, &wire.name),
        lifecycle: wire.status,
        impact: wire.impact,
        updated_at: wire.updated_at,
        started_at: wire.started_at.unwrap_or(wire.created_at),
        monitoring_at: wire.monitoring_at,
        resolved_at: wire.resolved_at,
        listed_at,
        components: components.into_iter().collect(),
        shortcode: shortcode(shortlink.as_deref(), id),
        shortlink,
        reminder_intervals: wire.reminder_intervals.clone(),
        backfilled: wire.backfilled.unwrap_or(false),
        plan,
        postmortem: postmortem(updates),
        first_published_at: updates.iter().map(|update| update.created_at).min(),
        mitigated_at: updates
            .iter()
            .filter(watching)
            .map(|update| update.display_at)
            .max(),
        ..Incident::new(id.clone(), kind, wire.created_at)
    }
}

/// What a short link ends with; ours where it has none that can be served.
fn shortcode(shortlink: Option<&str>, id: &IncidentId) -> String {
    shortlink
        .and_then(|link| link.trim_end_matches('/').rsplit('/').next())
        .filter(|code| IncidentId::parse(code).is_ok())
        .unwrap_or(id.as_str())
        .to_owned()
}

/// The public JSON says nothing of automatic steps, so none is taken.
fn planned(wire: &wire::Incident) -> Plan {
    let scheduled_for = wire
        .scheduled_for
        .or(wire.started_at)
        .unwrap_or(wire.created_at);
    Plan {
        scheduled_for,
        scheduled_until: wire
            .scheduled_until
            .or(wire.resolved_at)
            .unwrap_or(scheduled_for),
        auto_start: false,
        auto_complete: false,
        auto_maintenance: false,
        auto_free: false,
        notify_start: false,
        notify_end: false,
        remind_min: Vec::new(),
        reminded_min: Vec::new(),
        reminded_at: None,
        recurrence_id: None,
        occurrence_at: None,
        detached: false,
    }
}

fn postmortem(updates: &[Update]) -> Option<Postmortem> {
    updates
        .iter()
        .filter(|update| update.lifecycle == Lifecycle::Postmortem)
        .max_by_key(|update| (update.display_at, &update.id))
        .map(|update| Postmortem {
            body: update.body.clone(),
            published_at: update.display_at,
            update_id: update.id.clone(),
        })
}

fn update(wire: &wire::Update, id: UpdateId, incident: &IncidentId, locale: Locale) -> Update {
    let affected = wire.affected_components.iter().flatten();
    Update {
        id,
        incident_id: incident.clone(),
        lifecycle: wire.status,
        body: Texts::of(locale, wire.body.as_deref().unwrap_or_default()),
        created_at: wire.created_at,
        updated_at: wire.updated_at,
        display_at: wire.display_at.unwrap_or(wire.created_at),
        affected: affected
            .map(|affected| Affected {
                code: component_id(&affected.code),
                name: affected.name.clone(),
                old_status: affected.old_status,
                new_status: affected.new_status,
            })
            .collect(),
        notify: wire.deliver_notifications,
        edited_at: None,
        erased_at: None,
        hidden_at: None,
        custom_tweet: wire.custom_tweet.clone(),
        edited_seq: None,
    }
}

fn optional_text(locale: Locale, text: Option<&str>) -> Texts {
    text.filter(|text| !text.is_empty())
        .map_or_else(Texts::default, |text| Texts::of(locale, text))
}

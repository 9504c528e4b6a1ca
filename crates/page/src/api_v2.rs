//! The eight documents of the public API v2 and the twin of an incident page (reference 1).
//!
//! Keys, order, types and nulls are those that existing clients know; no field of ours stands
//! here. What this shape has no word for stands elsewhere.

mod shapes;

use noroshi_domain::{IncidentKind, IncidentRecord, Lifecycle};
use serde::Serialize;

use crate::view::{Row, Told, View};
use crate::words;

pub(crate) use shapes::{ComponentShape, IncidentShape, Nullable, UpdateShape};
use shapes::{PageShape, StatusShape};

/// How many incidents the lists hold.
pub const LIST_MAX: usize = 50;

/// The media type of every document here.
pub const CONTENT_TYPE: &str = "application/json; charset=utf-8";

#[derive(Serialize)]
struct Summary<'v> {
    page: PageShape<'v>,
    components: Vec<ComponentShape<'v>>,
    incidents: Vec<IncidentShape<'v>>,
    scheduled_maintenances: Vec<IncidentShape<'v>>,
    status: StatusShape,
}

#[derive(Serialize)]
struct StatusDocument<'v> {
    page: PageShape<'v>,
    status: StatusShape,
}

#[derive(Serialize)]
struct ComponentsDocument<'v> {
    page: PageShape<'v>,
    components: Vec<ComponentShape<'v>>,
}

#[derive(Serialize)]
struct IncidentsDocument<'v> {
    page: PageShape<'v>,
    incidents: Vec<IncidentShape<'v>>,
}

#[derive(Serialize)]
struct MaintenancesDocument<'v> {
    page: PageShape<'v>,
    scheduled_maintenances: Vec<IncidentShape<'v>>,
}

/// `summary.json`: everything at once, of incidents only the open ones.
pub fn summary(view: &View<'_>) -> Vec<u8> {
    let open = open_incidents(view);
    let mut maintenances = maintenances(view, |lifecycle| !lifecycle.is_over());
    soonest_first(&mut maintenances);
    bytes(&Summary {
        page: PageShape::of(view),
        components: components_of(view),
        incidents: shapes_of(view, &open),
        scheduled_maintenances: shapes_of(view, &maintenances),
        status: status_of(view),
    })
}

/// `status.json`: the whole page in a word and a sentence.
pub fn status(view: &View<'_>) -> Vec<u8> {
    bytes(&StatusDocument {
        page: PageShape::of(view),
        status: status_of(view),
    })
}

/// `components.json`: each group followed by its children.
pub fn components(view: &View<'_>) -> Vec<u8> {
    bytes(&ComponentsDocument {
        page: PageShape::of(view),
        components: components_of(view),
    })
}

/// `incidents.json`: the newest of these records, in any state.
pub fn incidents(view: &View<'_>, records: &[IncidentRecord]) -> Vec<u8> {
    let newest = newest_of(view, records, IncidentKind::Incident);
    incidents_document(view, &newest)
}

/// `incidents/unresolved.json`.
pub fn unresolved(view: &View<'_>) -> Vec<u8> {
    incidents_document(view, &open_incidents(view))
}

/// `scheduled-maintenances.json`: the newest of these records, in any state.
pub fn scheduled_maintenances(view: &View<'_>, records: &[IncidentRecord]) -> Vec<u8> {
    let newest = newest_of(view, records, IncidentKind::Maintenance);
    maintenances_document(view, &newest)
}

/// `scheduled-maintenances/upcoming.json`: what has not begun, the soonest first.
pub fn upcoming(view: &View<'_>) -> Vec<u8> {
    let mut found = maintenances(view, |lifecycle| lifecycle == Lifecycle::Scheduled);
    soonest_first(&mut found);
    maintenances_document(view, &found)
}

/// `scheduled-maintenances/active.json`: what is under way.
pub fn active(view: &View<'_>) -> Vec<u8> {
    let mut found = maintenances(view, |lifecycle| {
        matches!(lifecycle, Lifecycle::InProgress | Lifecycle::Verifying)
    });
    soonest_first(&mut found);
    maintenances_document(view, &found)
}

/// `/incidents/CODE.json`: one bare incident or maintenance; `None` where readers may not see it.
pub fn incident(view: &View<'_>, record: &IncidentRecord) -> Option<Vec<u8>> {
    let told = view.told_of(record)?;
    Some(bytes(&IncidentShape::of(view, &told)))
}

fn incidents_document(view: &View<'_>, told: &[Told<'_>]) -> Vec<u8> {
    bytes(&IncidentsDocument {
        page: PageShape::of(view),
        incidents: shapes_of(view, told),
    })
}

fn maintenances_document(view: &View<'_>, told: &[Told<'_>]) -> Vec<u8> {
    bytes(&MaintenancesDocument {
        page: PageShape::of(view),
        scheduled_maintenances: shapes_of(view, told),
    })
}

fn shapes_of<'v>(view: &'v View<'_>, told: &'v [Told<'_>]) -> Vec<IncidentShape<'v>> {
    told.iter()
        .map(|told| IncidentShape::of(view, told))
        .collect()
}

fn components_of<'v>(view: &'v View<'_>) -> Vec<ComponentShape<'v>> {
    let mut shapes = Vec::with_capacity(view.systems().len() + view.groups().len());
    for row in view.rows() {
        match *row {
            Row::System(index) => {
                shapes.push(ComponentShape::of_system(view, &view.systems()[index]));
            }
            Row::Group(index) => {
                let group = &view.groups()[index];
                shapes.push(ComponentShape::of_group(view, group));
                let members = group.members.iter().map(|member| &view.systems()[*member]);
                shapes.extend(members.map(|member| ComponentShape::of_system(view, member)));
            }
        }
    }
    shapes
}

fn status_of(view: &View<'_>) -> StatusShape {
    let overall = view.compatible_overall();
    let locale = view.page().default_locale;
    StatusShape {
        indicator: overall.indicator.as_str(),
        description: words::sentence(overall.sentence, locale),
    }
}

fn open_incidents<'a>(view: &View<'a>) -> Vec<Told<'a>> {
    let mut open = told_where(view, |kind, lifecycle| {
        kind == IncidentKind::Incident && !lifecycle.is_over()
    });
    newest_first(&mut open);
    open
}

fn maintenances<'a>(view: &View<'a>, wanted: impl Fn(Lifecycle) -> bool) -> Vec<Told<'a>> {
    told_where(view, |kind, lifecycle| {
        kind == IncidentKind::Maintenance && wanted(lifecycle)
    })
}

fn told_where<'a>(
    view: &View<'a>,
    wanted: impl Fn(IncidentKind, Lifecycle) -> bool,
) -> Vec<Told<'a>> {
    view.incidents()
        .iter()
        .filter(|incident| wanted(incident.kind, incident.lifecycle))
        .filter_map(|incident| view.told(&incident.id))
        .collect()
}

fn newest_of<'b>(
    view: &View<'b>,
    records: &'b [IncidentRecord],
    kind: IncidentKind,
) -> Vec<Told<'b>> {
    let mut newest: Vec<Told<'_>> = records
        .iter()
        .filter(|record| record.incident.kind == kind)
        .filter_map(|record| view.told_of(record))
        .collect();
    newest_first(&mut newest);
    newest.truncate(LIST_MAX);
    newest
}

fn newest_first(told: &mut [Told<'_>]) {
    told.sort_by(|one, two| {
        let (one, two) = (one.incident, two.incident);
        (two.created_at, &two.id).cmp(&(one.created_at, &one.id))
    });
}

fn soonest_first(told: &mut [Told<'_>]) {
    told.sort_by_key(|told| (told.incident.started_at, told.incident.id.clone()));
}

pub(crate) fn bytes<T: Serialize>(document: &T) -> Vec<u8> {
    serde_json::to_vec(document).expect("documents have string keys and write to memory")
}

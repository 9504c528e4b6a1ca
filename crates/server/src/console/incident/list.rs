//! The incidents of a page, the newest first: open ones and those that are over.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::{IncidentKind, IncidentRecord, Locale};
use noroshi_ops::Permission;
use noroshi_text::{dates, labels, msg};

use crate::console::now::tone;
use crate::console::shell::Shell;
use crate::console::visit::{Desk, Visit, shown};

/// How many stand on the screen.
const LISTED_INCIDENTS: u32 = 50;

/// The screen.
#[derive(Template)]
#[template(path = "console/incidents.html")]
struct Screen {
    shell: Shell,
    l: Locale,
    report: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    title: String,
    tone: &'static str,
    stands: String,
    listed: String,
    impact: String,
}

/// `GET …/incidents`.
pub(crate) async fn get_incidents(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let own = desk.page.clone();
    let records = desk
        .visit
        .call(move |app| {
            let kind = Some(IncidentKind::Incident);
            Ok(app.store().newest_incidents(&own, kind, LISTED_INCIDENTS)?)
        })
        .await?;
    let mut records = records;
    records.sort_by_key(|record| !record.incident.is_open());
    let screen = Screen {
        shell: desk.shell(&msg::console_incidents(desk.locale())),
        l: desk.locale(),
        report: desk
            .may(Permission::PostIncident)
            .then(|| desk.address("/incidents/new")),
        rows: records.iter().map(|record| row(&desk, record)).collect(),
    };
    Ok(shown(&screen))
}

fn row(desk: &Desk, record: &IncidentRecord) -> Row {
    let (l, incident) = (desk.locale(), &record.incident);
    let zone = &desk.state.page.zone;
    let worst = incident
        .components
        .iter()
        .map(|id| desk.state.public_at(id, desk.now))
        .max();
    Row {
        href: desk.address(&format!("/incidents/{}", incident.id)),
        title: desk.pick(&incident.name).to_owned(),
        tone: if incident.is_open() {
            worst.map_or("", tone)
        } else {
            "ok"
        },
        stands: labels::lifecycle(incident.lifecycle, l),
        listed: dates::moment_with_year(incident.listed_at.timestamp(), zone.time_zone(), l),
        impact: labels::impact(incident.shown_impact(), l),
    }
}

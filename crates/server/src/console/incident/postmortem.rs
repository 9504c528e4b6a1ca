//! The postmortem's editor: what is written of it so far, begun with the facts that clocks know.

use noroshi_domain::{IncidentId, IncidentRecord, Locale, PageId};
use noroshi_ops::{App, Caller, OpError, Permission};
use noroshi_text::{dates, labels, msg};

use crate::console::draft;
use crate::console::form::Form;
use crate::console::visit::Desk;

/// The editor.
pub(super) struct Report {
    /// It can be published: the incident is over.
    pub(super) can_publish: bool,
    /// When it was published.
    pub(super) published: Option<String>,
    /// A report was said never to come.
    pub(super) ignored: bool,
    /// Tag, language, text.
    pub(super) fields: Vec<(&'static str, String, String)>,
    /// When its draft was saved.
    pub(super) saved: Option<String>,
    /// Related incidents at which it can stand too: code and title.
    pub(super) joint: Vec<(String, String)>,
}

/// What an incident's report is kept under until it is published.
pub(super) fn subject(incident: &IncidentId) -> String {
    format!("postmortem {incident}")
}

/// What the caller has written of it.
pub(super) fn draft(
    app: &App,
    caller: &Caller,
    (page, incident): (&PageId, &IncidentId),
) -> Result<Option<Form>, OpError> {
    let found = draft::find(app, caller, (page, &subject(incident)))?;
    Ok(found.map(|stored| {
        let mut form = Form::of(stored.value.fields);
        form.set("saved", stored.value.saved_at.micros().to_string());
        form
    }))
}

/// The editor of an incident's report; none where there can be none, or not by this caller.
pub(super) fn of(desk: &Desk, record: &IncidentRecord, draft: Option<&Form>) -> Option<Report> {
    let incident = &record.incident;
    let wanted = super::is_incident(incident) && desk.may(Permission::PostIncident);
    let began = incident.lifecycle.is_over() || incident.postmortem.is_some() || draft.is_some();
    if !wanted || !began || incident.deleted_at.is_some() {
        return None;
    }
    let report = incident.postmortem.as_ref();
    let saved = draft
        .as_ref()
        .and_then(|form| form.get("saved").parse().ok());
    let text = |locale: Locale| {
        if let Some(form) = draft {
            return form.raw(&format!("body.{}", locale.as_str())).to_owned();
        }
        match report {
            Some(report) => report.body.get(locale).unwrap_or_default().to_owned(),
            None => begun(desk, record, locale),
        }
    };
    let locales = desk.locales();
    Some(Report {
        can_publish: incident.lifecycle.is_over(),
        published: report.map(|report| desk.time(report.published_at)),
        ignored: incident.postmortem_ignored,
        fields: locales
            .iter()
            .map(|locale| (locale.as_str(), labels::language(*locale), text(*locale)))
            .collect(),
        saved: saved.map(|at| desk.time(noroshi_domain::Instant::from_micros(at))),
        joint: super::related::joint(desk, incident),
    })
}

/// A report with its usual headings, and the clock facts under the one of what happened when.
fn begun(desk: &Desk, record: &IncidentRecord, locale: Locale) -> String {
    let incident = &record.incident;
    let zone = desk.state.page.zone.time_zone();
    let facts = [
        (
            msg::console_fact_began(locale),
            incident.impact_from.map(|time| time.at),
        ),
        (
            msg::console_fact_measured(locale),
            incident.first_measured_at,
        ),
        (
            msg::console_fact_published(locale),
            incident.first_published_at,
        ),
        (msg::console_fact_mitigated(locale), incident.mitigated_at),
        (
            msg::console_fact_ended(locale),
            incident.impact_to.map(|time| time.at),
        ),
        (msg::console_fact_resolved(locale), incident.resolved_at),
    ];
    let mut known: Vec<_> = facts
        .into_iter()
        .filter_map(|(label, at)| Some((at?, label)))
        .collect();
    known.sort_by_key(|(at, _)| *at);
    let bullet = match locale {
        Locale::En => "- ",
        Locale::Ja => "・",
    };
    let lines: Vec<String> = known
        .into_iter()
        .map(|(at, label)| {
            let at = dates::moment_with_year(at.timestamp(), zone, locale);
            format!("{bullet}{}", msg::console_fact_line(locale, &at, &label))
        })
        .collect();
    let heading = |text: String| match locale {
        Locale::En => format!("### {text}"),
        Locale::Ja => format!("■ {text}"),
    };
    [
        heading(msg::console_report_summary(locale)),
        String::new(),
        heading(msg::console_report_course(locale)),
        lines.join("\n"),
        String::new(),
        heading(msg::console_report_cause(locale)),
        String::new(),
        heading(msg::console_report_prevention(locale)),
        String::new(),
    ]
    .join("\n")
}

//! The page of one incident or one maintenance.

use noroshi_domain::{
    Impact, IncidentKind, IncidentRecord, Instant, Lifecycle, Locale, PromiseKind, SECOND_US,
    Status,
};
use noroshi_text::{dates, labels, msg};

use crate::frame::Frame;
use crate::html::{
    self, Affected, AffectedSystems, Fact, Incident, IncidentUpdate, Link, Links, Mark, Notice,
    Postmortem, Promises, Times, TimesRow,
};
use crate::telling;
use crate::view::{Told, ToldUpdate, View};
use crate::words;

/// `/incidents/CODE`; `None` where readers may not see it.
pub fn incident(view: &View<'_>, record: &IncidentRecord, locale: Locale) -> Option<Vec<u8>> {
    let told = view.told_of(record)?;
    let frame = Frame::new(view, locale);
    let fact = told.incident;
    let title = words::pick(view, &fact.name, locale);
    let impact = fact.shown_impact();
    let affected = affected(&frame, &told);
    let context = Incident {
        shell: frame.page(title.text, &format!("/incidents/{}", fact.id)),
        back: frame.back(),
        title: title.text.to_owned(),
        lang: title.lang,
        impact: words::impact_level(impact),
        subheading: subheading(&frame, &told),
        follow: follow(&frame, &told),
        marks: marks(&frame, &told),
        notices: notices(&frame, &told, title.note),
        promise: telling::open_promise(&frame, &told),
        facts: facts(&frame, &told),
        guidance_label: msg::guidance(locale),
        fields: telling::fields(&frame, &told),
        affected,
        updates_label: msg::update_history(locale),
        updates_hint: msg::newest_first(locale),
        updates: told
            .updates
            .iter()
            .map(|update| update_row(&frame, &told, update))
            .collect(),
        promises: promises(&frame, &told),
        postmortem: postmortem(&frame, &told),
        related: related(&frame, &told),
    };
    Some(html::render(&context).into_bytes())
}

/// Where somebody asks to be told of this one alone, while there is more to tell.
fn follow(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Link> {
    let path = format!("/subscribe?incident={}", told.incident.id);
    let label = match told.incident.kind {
        IncidentKind::Incident => msg::subscribe_title_incident(frame.locale),
        IncidentKind::Maintenance => msg::subscribe_title_maintenance(frame.locale),
    };
    let is_open = told.incident.is_open();
    is_open.then(|| frame.link(&path, &label))
}

fn subheading(frame: &Frame<'_, '_>, told: &Told<'_>) -> String {
    let (locale, name) = (frame.locale, frame.name());
    match (told.incident.kind, told.incident.lifecycle) {
        (IncidentKind::Incident, _) => msg::incident_report_for(locale, name),
        (_, Lifecycle::Scheduled) => msg::scheduled_for_page(locale, name),
        _ => msg::maintenance_report_for(locale, name),
    }
}

/// What stands above the title: while it is open how bad it is now and where it stands, as on the
/// front page; afterwards that it is over, and how bad it was.
fn marks(frame: &Frame<'_, '_>, told: &Told<'_>) -> Vec<Mark> {
    let locale = frame.locale;
    let incident = told.incident;
    let lifecycle = labels::lifecycle(incident.lifecycle, locale);
    let impact = incident.shown_impact();
    let marks = if incident.lifecycle.is_over() {
        let said = words::impact(impact, locale);
        let told = if said.is_empty() {
            said
        } else {
            msg::impact_of(locale, &said)
        };
        let level = words::impact_level(impact).status();
        [
            (Some(html::Status::Operational), lifecycle),
            (Some(level), told),
        ]
    } else {
        let (worst, worst_words) = telling::worst(frame, told);
        [(Some(worst), worst_words), (None, lifecycle)]
    };
    marks
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(status, words)| Mark { status, words })
        .collect()
}

fn notices(frame: &Frame<'_, '_>, told: &Told<'_>, language: Option<String>) -> Vec<Notice> {
    let late = telling::lateness(frame, told).map(|text| (html::Status::Degraded, text));
    let language = language.map(|text| (html::Status::Unknown, text));
    let own = late
        .into_iter()
        .chain(language)
        .map(|(status, text)| Notice {
            status,
            text,
            link: None,
        });
    telling::stale(frame).into_iter().chain(own).collect()
}

fn facts(frame: &Frame<'_, '_>, told: &Told<'_>) -> Vec<Fact> {
    let locale = frame.locale;
    let fact = |label: String, value: String, note: Option<String>| Fact {
        label,
        value,
        href: None,
        note,
    };
    let mut facts = Vec::new();
    let incident = told.incident;
    if incident.plan.is_some() {
        let window = telling::window(frame, told);
        facts.push(fact(msg::maintenance_window(locale), window, None));
        if incident.is_open() {
            let link = frame.add_to_calendar(incident);
            facts.push(Fact {
                label: msg::calendar(locale),
                value: link.label,
                href: Some(link.href),
                note: None,
            });
        }
    } else if incident.impact_from.is_some() || incident.shown_impact() != Impact::None {
        facts.push(impact_window(frame, told));
    }
    // Beside an open promise the count stands with it.
    let count = telling::kept_count(frame, told);
    if let Some(kept) = count.filter(|_| telling::open_promise(frame, told).is_none()) {
        facts.push(fact(msg::promises(locale), kept, None));
    }
    let published = postmortem_update(told).map(|update| update.fact.display_at);
    if let Some(at) = published {
        facts.push(Fact {
            label: msg::postmortem(locale),
            value: msg::read_details(locale),
            href: Some("#postmortem".to_owned()),
            note: Some(words::time(frame.view, at, locale)),
        });
    }
    facts
}

/// When it was felt: each edge exact, or *about*.
fn impact_window(frame: &Frame<'_, '_>, told: &Told<'_>) -> Fact {
    let (view, locale) = (frame.view, frame.locale);
    let incident = told.incident;
    let exact = |time: Option<noroshi_domain::ImpactTime>| time.is_none_or(|time| !time.about);
    let from = told.felt_from();
    let edge = |time: String, is_exact: bool| {
        if is_exact {
            time
        } else {
            msg::about_time(locale, &time)
        }
    };
    let zone = &view.page().zone;
    let end = |to| {
        if zone.date_of(to) == zone.date_of(from) {
            dates::clock_with_zone(to.timestamp(), zone.time_zone(), locale)
        } else {
            words::time(view, to, locale)
        }
    };
    let value = match told.felt_to() {
        None if exact(incident.impact_from) => {
            msg::impact_from(locale, &words::time(view, from, locale))
        }
        None => msg::impact_from_about(locale, &words::time(view, from, locale)),
        Some(to) if exact(incident.impact_from) && exact(incident.impact_to) => {
            words::window(view, from, to, locale)
        }
        Some(to) => msg::window_of(
            locale,
            &edge(words::time(view, from, locale), exact(incident.impact_from)),
            &edge(end(to), exact(incident.impact_to)),
        ),
    };
    let lasted = told
        .felt_to()
        .map(|to| dates::duration(to.since_us(from) / SECOND_US, locale));
    Fact {
        label: msg::impact_window(locale),
        value,
        href: None,
        note: lasted,
    }
}

/// Everything it touched, with what it is now or the worst it was said to be.
fn affected(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<AffectedSystems> {
    if told.touched.is_empty() {
        return None;
    }
    let (view, locale) = (frame.view, frame.locale);
    let incident = told.incident;
    let over = incident.lifecycle.is_over();
    let items = told
        .touched
        .iter()
        .map(|touched| {
            let now = view.system(touched.id).map(|system| system.status);
            let status = if over || !touched.attached {
                worst_said(told, touched.id)
            } else {
                now.unwrap_or_else(|| worst_said(told, touched.id))
            };
            Affected {
                name: view.name_of(touched, locale).to_owned(),
                status: words::look(status),
                words: labels::status(status, locale),
                note: telling::note(frame, told, touched.id),
            }
        })
        .collect();
    let names = sentence_names(frame, told);
    let sentence = match (incident.kind, over) {
        (IncidentKind::Incident, false) => msg::incident_affects(locale, &names),
        (IncidentKind::Incident, true) => msg::incident_affected(locale, &names),
        (IncidentKind::Maintenance, false) => msg::maintenance_affects(locale, &names),
        (IncidentKind::Maintenance, true) => msg::maintenance_affected(locale, &names),
    };
    let heading = match (incident.kind, over) {
        (IncidentKind::Incident, false) => msg::affected_components(locale),
        (IncidentKind::Incident, true) => msg::affected_components_past(locale),
        (IncidentKind::Maintenance, _) => msg::maintained_components(locale),
    };
    Some(AffectedSystems {
        heading,
        sentence,
        items,
        times: times(frame, told),
    })
}

/// What was said of each system, when and for how long.
fn times(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Times> {
    let (view, locale) = (frame.view, frame.locale);
    let first = told.claims.iter().map(|claim| claim.from).min()?;
    let ends: Option<Vec<Instant>> = told.claims.iter().map(|claim| claim.to).collect();
    let whole = ends
        .and_then(|ends| ends.into_iter().max())
        .map(|last| last.since_us(first))
        .filter(|whole| *whole > 0 && told.claims.len() > 1);
    let thousandths = |us: i64, whole: i64| {
        let share = i128::from(us) * 1000 / i128::from(whole);
        i64::try_from(share).unwrap_or(1000)
    };
    let mut rows = Vec::new();
    for touched in &told.touched {
        let own = told.claims.iter();
        rows.extend(
            own.filter(|claim| claim.component_id == *touched.id)
                .map(|claim| {
                    let lasted = claim.to.map(|to| to.since_us(claim.from));
                    TimesRow {
                        name: view.name_of(touched, locale).to_owned(),
                        status: words::look(claim.status),
                        words: labels::status(claim.status, locale),
                        window: match claim.to {
                            Some(to) => words::window(view, claim.from, to, locale),
                            None => {
                                msg::impact_from(locale, &words::time(view, claim.from, locale))
                            }
                        },
                        duration: lasted.map_or_else(String::new, |lasted| {
                            dates::duration(lasted / SECOND_US, locale)
                        }),
                        span: whole.zip(lasted).map(|(whole, lasted)| {
                            let from = thousandths(claim.from.since_us(first), whole);
                            // What was short is still seen.
                            (from.min(996), thousandths(lasted, whole).max(4))
                        }),
                    }
                }),
        );
    }
    (!rows.is_empty()).then(|| Times {
        caption: msg::times_caption(locale),
        columns: [
            msg::component(locale),
            msg::status_column(locale),
            msg::impact_window(locale),
            msg::duration_column(locale),
        ],
        rows,
    })
}

fn worst_said(told: &Told<'_>, component: &noroshi_domain::ComponentId) -> Status {
    let snapshots = told
        .updates
        .iter()
        .flat_map(|update| &update.affected)
        .filter(|affected| affected.code == *component)
        .map(|affected| affected.new_status);
    let claims = told
        .claims
        .iter()
        .filter(|claim| claim.component_id == *component)
        .map(|claim| claim.status);
    snapshots.chain(claims).max().unwrap_or_default()
}

/// `A, B (C, D)`: members stand behind their group's name.
fn sentence_names(frame: &Frame<'_, '_>, told: &Told<'_>) -> String {
    let (view, locale) = (frame.view, frame.locale);
    let mut entries: Vec<(Option<usize>, Vec<&str>)> = Vec::new();
    for touched in &told.touched {
        let name = view.name_of(touched, locale);
        let group = view.group_of(touched.id);
        let known = entries
            .iter_mut()
            .find(|(own, _)| group.is_some() && *own == group);
        match known {
            Some((_, names)) => names.push(name),
            None => entries.push((group, vec![name])),
        }
    }
    let parts: Vec<String> = entries
        .into_iter()
        .map(|(group, names)| {
            let names = labels::names(names, locale);
            match group.map(|index| &view.groups()[index]) {
                None => names,
                Some(group) => {
                    let title = view.pick(&group.fact.name, locale).0;
                    match locale {
                        Locale::En => format!("{title} ({names})"),
                        Locale::Ja => format!("{title}（{names}）"),
                    }
                }
            }
        })
        .collect();
    labels::names(parts.iter().map(String::as_str), locale)
}

fn update_row(frame: &Frame<'_, '_>, told: &Told<'_>, update: &ToldUpdate<'_>) -> IncidentUpdate {
    let (view, locale) = (frame.view, frame.locale);
    let fact = update.fact;
    let is_report = fact.lifecycle == Lifecycle::Postmortem;
    let body = words::body(view, told, update, locale);
    let met = told.promises.iter().find(|promise| {
        promise.kind == PromiseKind::NextUpdateBy && promise.met_at == Some(fact.created_at)
    });
    IncidentUpdate {
        id: format!("update-{}", fact.id),
        label: labels::update(fact.lifecycle, update.before, locale),
        // The report stands whole in its own section.
        body: if is_report {
            html::Safe::default()
        } else {
            words::safe(&body.text)
        },
        link: is_report.then(|| Link::new("#postmortem", &msg::read_details(locale))),
        at: words::moment_with_year(view, fact.display_at, locale, |time| {
            msg::posted(locale, time)
        }),
        unix_ms: fact.display_at.micros().div_euclid(1000).to_string(),
        edited: fact
            .edited_at
            .map(|at| msg::edited(locale, &words::time(view, at, locale))),
        promise: met.map(|promise| telling::record(frame, promise)),
        lang: body.lang.filter(|_| !is_report),
        language_note: body.note.filter(|_| !is_report),
    }
}

/// Promises that no update shows as met by it.
fn promises(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Promises> {
    let met_by_update = |at| {
        told.updates
            .iter()
            .any(|update| Some(update.fact.created_at) == at)
    };
    let items: Vec<_> = told
        .promises
        .iter()
        .filter(|promise| {
            promise.kind != PromiseKind::NextUpdateBy || !met_by_update(promise.met_at)
        })
        .filter(|promise| promise.kind != PromiseKind::Postmortem || promise.met_at.is_none())
        // The open one of the next update stands large at the top.
        .filter(|promise| promise.kind == PromiseKind::Postmortem || !promise.is_open())
        .map(|promise| telling::record(frame, promise))
        .collect();
    (!items.is_empty()).then(|| Promises {
        heading: msg::promises(frame.locale),
        items,
    })
}

fn postmortem_update<'t, 'v>(told: &'t Told<'v>) -> Option<&'t ToldUpdate<'v>> {
    told.updates
        .iter()
        .find(|update| update.fact.lifecycle == Lifecycle::Postmortem)
}

fn postmortem(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Postmortem> {
    let (view, locale) = (frame.view, frame.locale);
    let update = postmortem_update(told)?;
    let body = words::body(view, told, update, locale);
    Some(Postmortem {
        heading: msg::postmortem(locale),
        published: words::moment(view, update.fact.display_at, locale, |time| {
            msg::postmortem_published(locale, time)
        }),
        body: words::safe(&body.text),
        lang: body.lang,
        language_note: body.note,
    })
}

/// Incidents of one cause that readers may see.
fn related(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<Links> {
    let view = frame.view;
    let items: Vec<Link> = told
        .incident
        .related
        .iter()
        .filter_map(|id| view.visible_incident(id))
        .map(|related| {
            let title = view.pick(&related.name, frame.locale).0;
            Link::new(&frame.addresses.incident(&related.id), title)
        })
        .collect();
    (!items.is_empty()).then(|| Links {
        heading: msg::related_incidents(frame.locale),
        items,
    })
}

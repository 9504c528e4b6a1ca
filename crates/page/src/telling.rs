//! What incidents tell: updates, promises, guidance, what they touch. Shared by the front page and
//! the page of an incident.

use noroshi_domain::{IncidentKind, Instant, Lifecycle, Locale, Page, Promise, PromiseKind, Texts};
use noroshi_text::{dates, labels, msg};

use crate::frame::Frame;
use crate::html::{self, Affected, Field, Link, Notice, PromiseRecord, Status};
use crate::view::{Told, ToldUpdate, View};
use crate::words::{self, PROMISE_GRACE_S};

/// The updates of an incident as the front page shows them, newest first.
pub(crate) fn updates(frame: &Frame<'_, '_>, told: &Told<'_>) -> Vec<html::Update> {
    told.updates
        .iter()
        .map(|update| front_update(frame, told, update))
        .collect()
}

fn front_update(frame: &Frame<'_, '_>, told: &Told<'_>, update: &ToldUpdate<'_>) -> html::Update {
    let locale = frame.locale;
    let fact = update.fact;
    let body = words::body(frame.view, told, update, locale);
    let repeated = update.before == Some(fact.lifecycle);
    let details = (fact.lifecycle == Lifecycle::Postmortem).then(|| {
        let href = format!("{}#postmortem", frame.addresses.incident(&told.incident.id));
        Link::new(&href, &msg::read_details(locale))
    });
    html::Update {
        label: labels::update(fact.lifecycle, update.before, locale),
        class: if repeated {
            "update"
        } else {
            fact.lifecycle.as_str()
        }
        .to_owned(),
        label_alone: begins_apart(&body.text),
        body: words::safe(&body.text),
        link: details,
        at: words::moment(frame.view, fact.display_at, locale, str::to_owned),
        lang: body.lang,
        language_note: body.note,
    }
}

/// Whether a text begins with something that wants its own line.
fn begins_apart(text: &str) -> bool {
    let text = text.trim_start();
    ["■", "●", "◆", "・", "- ", "* ", "#", "1.", "|", ">"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

/// What an incident touches, with its status now where it is attached and open, the worst first.
pub(crate) fn affected_now(frame: &Frame<'_, '_>, told: &Told<'_>) -> Vec<Affected> {
    let view = frame.view;
    let mut affected: Vec<(noroshi_domain::Status, Affected)> = told
        .touched
        .iter()
        .filter(|touched| touched.attached)
        .filter_map(|touched| {
            let system = view.system(touched.id)?;
            let affected = Affected {
                name: view.name_of(touched, frame.locale).to_owned(),
                status: words::look(system.status),
                words: labels::status(system.status, frame.locale),
                note: note(frame, told, touched.id),
            };
            Some((system.status, affected))
        })
        .collect();
    // The worst first, what is well again last; among equals the page's order.
    affected.sort_by_key(|(status, _)| std::cmp::Reverse(*status));
    affected.into_iter().map(|(_, affected)| affected).collect()
}

/// How bad it is now: the worst status of what it touches. A maintenance says that it is one, and
/// where everything is well again the impact is what is left to say.
pub(crate) fn worst(frame: &Frame<'_, '_>, told: &Told<'_>) -> (Status, String) {
    let (incident, locale) = (told.incident, frame.locale);
    let now = told
        .touched
        .iter()
        .filter(|touched| touched.attached && incident.kind == IncidentKind::Incident)
        .filter_map(|touched| frame.view.system(touched.id))
        .map(|system| system.status)
        .max()
        .filter(|status| {
            !matches!(
                status,
                noroshi_domain::Status::Operational | noroshi_domain::Status::Unknown
            )
        });
    let impact = incident.shown_impact();
    match now {
        Some(status) => (words::look(status), labels::status(status, locale)),
        None => (
            words::impact_level(impact).status(),
            words::impact_told(impact, locale),
        ),
    }
}

/// What is said of one component's scope.
pub(crate) fn note(
    frame: &Frame<'_, '_>,
    told: &Told<'_>,
    component: &noroshi_domain::ComponentId,
) -> Option<String> {
    let texts = told.incident.affected_notes.get(component)?;
    let text = frame.view.pick(texts, frame.locale).0;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Names of everything an incident touches, joined.
pub(crate) fn names(frame: &Frame<'_, '_>, told: &Told<'_>) -> String {
    let names = told
        .touched
        .iter()
        .map(|touched| frame.view.name_of(touched, frame.locale));
    labels::names(names, frame.locale)
}

/// One of the four things that customers need to know of an incident.
pub(crate) struct Guidance {
    /// What it is, in words.
    pub label: String,
    /// What it says, as Markdown.
    pub text: String,
    /// Whether it asks the reader to do something.
    pub is_action: bool,
    /// The text's language, where it is not the page's.
    pub lang: Option<String>,
}

/// Who is affected, how to check, what to do now, until when: what is given of it.
pub(crate) fn guidance(view: &View<'_>, told: &Told<'_>, locale: Locale) -> Vec<Guidance> {
    let incident = told.incident;
    let field = |label: String, texts: &Texts, is_action: bool| {
        let picked = words::pick(view, texts, locale);
        (!picked.text.is_empty()).then(|| Guidance {
            label,
            text: picked.text.to_owned(),
            is_action,
            lang: picked.lang,
        })
    };
    let until = incident.effects_until.map(|at| Guidance {
        label: msg::effects_until(locale),
        text: words::time(view, at, locale),
        is_action: false,
        lang: None,
    });
    let who = msg::who_is_affected(locale);
    let how = msg::how_to_check(locale);
    let what = msg::what_to_do_now(locale);
    [
        field(who, &incident.who_is_affected, false),
        field(how, &incident.how_to_check, false),
        field(what, &incident.what_to_do, true),
        until,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The [guidance] as a page shows it.
pub(crate) fn fields(frame: &Frame<'_, '_>, told: &Told<'_>) -> Vec<Field> {
    guidance(frame.view, told, frame.locale)
        .into_iter()
        .map(|own| Field {
            label: own.label,
            text: words::safe(&own.text),
            action: own.is_action,
            lang: own.lang,
        })
        .collect()
}

/// A maintenance that has not begun in time, or goes on beyond its plan.
pub(crate) fn lateness(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<String> {
    let incident = told.incident;
    let plan = incident.plan.as_ref()?;
    let (view, locale) = (frame.view, frame.locale);
    let time = |at| words::clock_or_time(view, at, locale);
    match incident.lifecycle {
        // It begins in the minute it is planned for; before that minute is over it is not late.
        Lifecycle::Scheduled if plan.scheduled_for.plus_seconds(PROMISE_GRACE_S) <= view.now() => {
            Some(msg::maintenance_not_started(
                locale,
                &time(plan.scheduled_for),
            ))
        }
        Lifecycle::InProgress | Lifecycle::Verifying
            if plan.scheduled_until.plus_seconds(PROMISE_GRACE_S) <= view.now() =>
        {
            Some(msg::maintenance_overrunning(
                locale,
                &time(plan.scheduled_until),
            ))
        }
        _ => None,
    }
}

/// The words of a notice that is no part of the record, with the mark that says so, in each
/// language of its page.
pub fn notice_body(page: &Page, text: &str, until: Instant) -> Texts {
    let zone = page.zone.time_zone();
    let marked = |locale: &Locale| {
        let until = dates::moment(until.timestamp(), zone, *locale);
        let mark = msg::outside_the_record(*locale, &until);
        (*locale, format!("{text}\n\n{mark}"))
    };
    page.locales.iter().map(marked).collect()
}

/// That the page can not be updated, and how far it was confirmed.
pub(crate) fn stale(frame: &Frame<'_, '_>) -> Option<Notice> {
    let (view, locale) = (frame.view, frame.locale);
    let time = words::clock_or_time(view, view.confirmed_at()?, locale);
    Some(Notice {
        status: Status::Unknown,
        text: msg::not_updated_since(locale, &time),
        link: None,
    })
}

/// The open promise of the next update, large.
pub(crate) fn open_promise(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<html::Promise> {
    let promise = told.promises.iter().rev().find(|promise| {
        promise.is_open()
            && matches!(
                promise.kind,
                PromiseKind::NextUpdateBy | PromiseKind::NextUpdateWhen
            )
    })?;
    let locale = frame.locale;
    let record = kept_of(told).map(|(kept, total)| msg::promises_kept_so_far(locale, kept, total));
    if promise.kind == PromiseKind::NextUpdateWhen {
        let words = frame.view.pick(&promise.words, locale).0;
        let (before, after) =
            words::around(&msg::next_update_when(locale, words::MARK), words::MARK);
        return Some(html::Promise {
            label: label_of(&before, &after),
            figure: String::new(),
            unit: String::new(),
            after: String::new(),
            datetime: String::new(),
            condition: Some(words.to_owned()),
            overdue: false,
            record,
        });
    }
    let overdue = promise.is_overdue(frame.view.now());
    let sentence = if overdue {
        msg::update_was_due_large(locale, words::MARK)
    } else {
        msg::next_update_by(locale, words::MARK)
    };
    let (before, after) = words::around(&sentence, words::MARK);
    Some(html::Promise {
        overdue,
        record,
        ..large(frame, promise.due_at, &before, &after)
    })
}

/// When a maintenance in progress ends by its plan, large; none once it [is late](lateness).
pub(crate) fn planned_end(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<html::Promise> {
    let plan = told.incident.plan.as_ref()?;
    let until = plan.scheduled_until;
    let sentence = msg::maintenance_ends_by(frame.locale, words::MARK);
    let (before, after) = words::around(&sentence, words::MARK);
    let is_late = until.plus_seconds(PROMISE_GRACE_S) <= frame.view.now();
    (!is_late).then(|| large(frame, until, &before, &after))
}

/// A time as large as anything on the page, with the words around it.
fn large(frame: &Frame<'_, '_>, at: Instant, before: &str, after: &str) -> html::Promise {
    let (view, locale) = (frame.view, frame.locale);
    let time = words::clock_or_time(view, at, locale);
    let unit = dates::zone_name(at.timestamp(), view.page().zone.time_zone());
    let figure = time.strip_suffix(&unit).unwrap_or(&time).trim_end();
    html::Promise {
        label: label_of(before, ""),
        figure: figure.to_owned(),
        unit,
        after: after.trim_start().to_owned(),
        datetime: words::datetime(view, at),
        condition: None,
        overdue: false,
        record: None,
    }
}

/// A sentence's words around its argument, as the argument's label.
fn label_of(before: &str, after: &str) -> String {
    let label = if before.trim().is_empty() {
        after
    } else {
        before
    };
    label.trim().trim_end_matches(['：', ':']).to_owned()
}

/// How earlier promises of the next update were kept, in a line; `None` where there was none.
pub(crate) fn kept_count(frame: &Frame<'_, '_>, told: &Told<'_>) -> Option<String> {
    kept_of(told).map(|(kept, total)| msg::promises_kept_count(frame.locale, kept, total))
}

/// How many earlier promises of the next update were kept, of how many.
fn kept_of(told: &Told<'_>) -> Option<(i64, i64)> {
    let met: Vec<&&Promise> = told
        .promises
        .iter()
        .filter(|promise| {
            promise.kind == PromiseKind::NextUpdateBy
                && !promise.is_open()
                && promise.lifted_at.is_none()
        })
        .collect();
    let kept = met.iter().filter(|promise| !promise.was_met_late()).count();
    (!met.is_empty()).then_some((kept as i64, met.len() as i64))
}

/// How one promise went, in a line.
pub(crate) fn record(frame: &Frame<'_, '_>, promise: &Promise) -> PromiseRecord {
    let locale = frame.locale;
    let view = frame.view;
    let time = |at| words::time(view, at, locale);
    let words_of = || view.pick(&promise.words, locale).0.to_owned();
    if let Some(reason) = promise.lifted_at.map(|_| promise.lifted_reason.clone()) {
        let reason = reason.unwrap_or_default();
        let words = if promise.kind == PromiseKind::NextUpdateWhen {
            msg::promise_when_lifted(locale, &words_of(), &reason)
        } else {
            msg::promise_lifted(locale, &time(promise.due_at), &reason)
        };
        return PromiseRecord {
            status: Status::Unknown,
            words,
        };
    }
    let Some(met) = promise.met_at else {
        return open_record(frame, promise);
    };
    let (promised, given) = (time(promise.due_at), time(met));
    let apart_s = met.since_us(promise.due_at) / noroshi_domain::SECOND_US;
    let apart = dates::duration_plain(apart_s.abs(), locale);
    let (status, words) = if promise.kind == PromiseKind::NextUpdateWhen {
        let sentence = msg::next_update_when(locale, &words_of());
        (Status::Operational, format!("{sentence} ({given})"))
    } else if promise.was_met_late() {
        (
            Status::Degraded,
            msg::promise_kept_late(locale, &promised, &given, &apart),
        )
    } else if apart_s <= -60 {
        (
            Status::Operational,
            msg::promise_kept_early(locale, &promised, &given, &apart),
        )
    } else {
        (
            Status::Operational,
            msg::promise_kept(locale, &promised, &given),
        )
    };
    PromiseRecord { status, words }
}

fn open_record(frame: &Frame<'_, '_>, promise: &Promise) -> PromiseRecord {
    PromiseRecord {
        status: if promise.is_overdue(frame.view.now()) {
            Status::Degraded
        } else {
            Status::Maintenance
        },
        words: open_words(frame.view, promise, frame.locale),
    }
}

/// What an open promise says, or that it was not kept in time.
pub(crate) fn open_words(view: &View<'_>, promise: &Promise, locale: Locale) -> String {
    let overdue = promise.is_overdue(view.now());
    let time = words::time(view, promise.due_at, locale);
    match promise.kind {
        PromiseKind::Postmortem => {
            // The end of a day is the first instant of the next.
            let day = view.page().zone.date_of(promise.due_at.plus_us(-1));
            let date = dates::date(day, locale);
            if overdue {
                msg::postmortem_overdue(locale, &date)
            } else {
                msg::postmortem_owed(locale, &date)
            }
        }
        PromiseKind::NextUpdateWhen => {
            msg::next_update_when(locale, view.pick(&promise.words, locale).0)
        }
        PromiseKind::NextUpdateBy if overdue => msg::update_was_due(locale, &time),
        PromiseKind::NextUpdateBy => msg::next_update_by(locale, &time),
    }
}

/// The time of an incident in one line: a plan, its impact, or when it was told and resolved.
pub(crate) fn window(frame: &Frame<'_, '_>, told: &Told<'_>) -> String {
    window_of(frame.view, told, frame.locale)
}

/// The same without a frame.
pub(crate) fn window_of(view: &View<'_>, told: &Told<'_>, locale: Locale) -> String {
    let incident = told.incident;
    if let (IncidentKind::Maintenance, Some(plan)) = (incident.kind, &incident.plan) {
        return words::window(view, plan.scheduled_for, plan.scheduled_until, locale);
    }
    let from = told.felt_from();
    match told.felt_to().filter(|to| *to > from) {
        Some(to) => words::window(view, from, to, locale),
        None => words::time(view, from, locale),
    }
}

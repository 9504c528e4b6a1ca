//! What messages say: the words of mails, chats and texts, in one language. How a service arranges
//! them is the service's matter.

pub use noroshi_domain::subscriber::Level;
use noroshi_domain::{
    Announcement, IncidentKind, Instant, Lifecycle, Locale, PromiseKind, Status, Texts, UpdateId,
};
use noroshi_text::{labels, markdown, msg, standard};

use crate::address::{Addresses, page_url};
use crate::telling::{self, Guidance};
use crate::view::{Told, ToldUpdate, View};
use crate::words;

/// The longest short form, in characters.
const SHORT_CHARS_MAX: usize = 300;

/// What is said to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How bad it is.
    pub level: Level,
    /// When it happened.
    pub at: Instant,
    /// The same in words.
    pub at_words: String,
    /// Name of the page.
    pub page_name: String,
    /// Address of the page.
    pub page_url: String,
    /// One line.
    pub subject: String,
    /// The title.
    pub title: String,
    /// Where it stands; empty where there is no such thing.
    pub state: String,
    /// What is said, what asks for action first.
    pub sections: Vec<Section>,
    /// What is touched with its status, the worst first.
    pub parts: Vec<(String, Status, String)>,
    /// The label over that.
    pub parts_label: String,
    /// Where to go on, and the words that lead there.
    pub link: Option<(String, String)>,
    /// Why the reader gets it.
    pub footer: String,
    /// All of it in at most 300 characters.
    pub short: String,
    /// Whether some of it is not in the reader's language.
    pub is_partly_foreign: bool,
}

/// A labelled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The label; none: the text stands alone.
    pub label: Option<String>,
    /// Plain text.
    pub text: String,
    /// The same as safe HTML.
    pub html: String,
    /// Whether it asks for action.
    pub is_action: bool,
}

impl Section {
    fn of(label: Option<String>, markdown: &str, is_action: bool) -> Self {
        Self {
            label,
            text: markdown::plain(markdown),
            html: markdown::html(markdown).to_string(),
            is_action,
        }
    }
}

/// An update of an incident or a maintenance; `None` where readers do not see it.
pub fn update(view: &View<'_>, told: &Told<'_>, wanted: &UpdateId, locale: Locale) -> Option<Said> {
    let update = told.updates.iter().find(|own| own.fact.id == *wanted)?;
    let incident = told.incident;
    let addresses = Addresses::stable(view.page(), locale);
    let state = labels::update(update.fact.lifecycle, update.before, locale);
    let (name, name_locale) = view.pick(&incident.name, locale);
    let mut is_partly_foreign = name_locale != locale;
    let sections = sections(view, told, update, (locale, &mut is_partly_foreign));
    let url = addresses.whole(&format!("/incidents/{}", incident.id));
    let parts_label = match (incident.kind, update.fact.lifecycle) {
        (IncidentKind::Maintenance, _) => msg::maintained_components(locale),
        (_, Lifecycle::Resolved | Lifecycle::Postmortem) => msg::affected_components_past(locale),
        _ => msg::affected_components(locale),
    };
    let said = Said {
        level: level(incident.kind, update),
        parts: parts(view, update, locale),
        parts_label,
        sections,
        is_partly_foreign,
        ..bare(view, (name, &state), &url, update.fact.display_at, locale)
    };
    Some(said)
}

/// An announcement.
pub fn announcement(view: &View<'_>, own: &Announcement, locale: Locale) -> Said {
    let addresses = Addresses::stable(view.page(), locale);
    let url = addresses.whole(&format!("/announcements#announcement-{}", own.id));
    let (title, title_locale) = view.pick(&own.title, locale);
    let (body, body_locale) = view.pick(&own.body, locale);
    let state = msg::notify_announcement(locale);
    Said {
        sections: vec![Section::of(None, body, false)],
        is_partly_foreign: title_locale != locale || body_locale != locale,
        ..bare(view, (title, &state), &url, own.from, locale)
    }
}

/// A status that a component has now, for channels that carry no documents.
pub fn component(
    view: &View<'_>,
    name: &Texts,
    status: Status,
    at: Instant,
    locale: Locale,
) -> Said {
    let name = view.pick(name, locale).0;
    let words = labels::status(status, locale);
    let title = msg::notify_component(locale, name, &words);
    let url = page_url(view.page());
    Said {
        level: level_of(status),
        parts: vec![(name.to_owned(), status, words)],
        ..bare(view, (&title, ""), &url, at, locale)
    }
}

/// Asks whether an address is its reader's.
pub fn confirmation(view: &View<'_>, link: &str, at: Instant, locale: Locale) -> Said {
    let page = view.pick(&view.page().name, locale).0;
    let title = msg::notify_confirm_title(locale);
    Said {
        sections: vec![Section::of(
            None,
            &msg::notify_confirm_text(locale, page),
            false,
        )],
        link: Some((msg::notify_confirm(locale), link.to_owned())),
        footer: msg::notify_confirm_why(locale, page),
        ..bare(view, (&title, ""), link, at, locale)
    }
}

/// Says to somebody who subscribed that he had done so already.
pub fn subscribed_already(view: &View<'_>, at: Instant, locale: Locale) -> Said {
    let page = view.pick(&view.page().name, locale).0;
    let title = msg::notify_again_title(locale);
    let text = msg::notify_again_text(locale, page);
    Said {
        sections: vec![Section::of(None, &text, false)],
        ..bare(view, (&title, ""), &page_url(view.page()), at, locale)
    }
}

/// Tries a channel.
pub fn test(view: &View<'_>, at: Instant, locale: Locale) -> Said {
    let title = msg::notify_test_title(locale);
    Said {
        sections: vec![Section::of(None, &msg::notify_test_text(locale), false)],
        ..bare(view, (&title, ""), &page_url(view.page()), at, locale)
    }
}

/// Tells the contact of a webhook that it is not called any more.
pub fn endpoint_failed(view: &View<'_>, at: Instant, locale: Locale) -> Said {
    let page = view.pick(&view.page().name, locale).0;
    let title = msg::notify_endpoint_failed_title(locale);
    let text = msg::notify_endpoint_failed_text(locale, page);
    let url = format!("{}/subscribe", page_url(view.page()));
    Said {
        sections: vec![Section::of(None, &text, true)],
        ..bare(view, (&title, ""), &url, at, locale)
    }
}

/// What stands open, for operators: headings with their lines.
pub fn digest(
    view: &View<'_>,
    lists: &[(String, Vec<String>)],
    (url, level): (&str, Level),
    at: Instant,
    locale: Locale,
) -> Said {
    let title = msg::notice_digest(locale);
    let sections = lists.iter().map(|(heading, lines)| {
        let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
        Section::of(Some(heading.clone()), &lines.join("\n"), false)
    });
    Said {
        sections: sections.collect(),
        ..notice(view, (&title, ""), (url, level), at, locale)
    }
}

/// Something that asks for operators: a title, a text, and where in the console it is dealt with.
pub fn notice(
    view: &View<'_>,
    (title, text): (&str, &str),
    (url, level): (&str, Level),
    at: Instant,
    locale: Locale,
) -> Said {
    let page = view.pick(&view.page().name, locale).0;
    Said {
        level,
        sections: vec![Section::of(None, text, true)],
        link: Some((msg::notify_open_console(locale), url.to_owned())),
        footer: msg::notify_operators_why(locale, page),
        ..bare(view, (title, ""), url, at, locale)
    }
}

fn bare(
    view: &View<'_>,
    (title, state): (&str, &str),
    url: &str,
    at: Instant,
    locale: Locale,
) -> Said {
    let page = view.page();
    let name = view.pick(&page.name, locale).0;
    let (subject, short) = if state.is_empty() {
        (
            msg::notify_subject_bare(locale, name, title),
            short(title, url, |title| {
                msg::notify_short_bare(locale, name, title, url)
            }),
        )
    } else {
        (
            msg::notify_subject(locale, name, state, title),
            short(title, url, |title| {
                msg::notify_short(locale, name, state, title, url)
            }),
        )
    };
    Said {
        level: Level::Info,
        at,
        at_words: words::time(view, at, locale),
        page_name: name.to_owned(),
        page_url: page_url(page),
        subject,
        title: title.to_owned(),
        state: state.to_owned(),
        sections: Vec::new(),
        parts: Vec::new(),
        parts_label: msg::affected_components(locale),
        link: Some((msg::notify_read(locale), url.to_owned())),
        footer: msg::notify_why(locale, name),
        short,
        is_partly_foreign: false,
    }
}

/// Cuts the title until all of it, the address whole, is short enough.
fn short(title: &str, url: &str, say: impl Fn(&str) -> String) -> String {
    let whole = say(title);
    let over = whole.chars().count().saturating_sub(SHORT_CHARS_MAX);
    if over == 0 || url.chars().count() >= SHORT_CHARS_MAX {
        return whole;
    }
    let kept = title.chars().count().saturating_sub(over + 1);
    let cut: String = title.chars().take(kept).collect();
    say(&format!("{cut}…"))
}

fn sections(
    view: &View<'_>,
    told: &Told<'_>,
    update: &ToldUpdate<'_>,
    (locale, is_partly_foreign): (Locale, &mut bool),
) -> Vec<Section> {
    let incident = told.incident;
    let (actions, others): (Vec<_>, Vec<_>) = telling::guidance(view, told, locale)
        .into_iter()
        .partition(|own| own.is_action);
    *is_partly_foreign |= actions.iter().any(|own| own.lang.is_some());
    let guided = |own: Guidance| Section::of(Some(own.label), &own.text, own.is_action);
    let mut sections: Vec<Section> = actions.into_iter().map(guided).collect();
    let body = words::body(view, told, update, locale);
    *is_partly_foreign |= body.lang.is_some();
    if let Some(plan) = &incident.plan {
        let window = words::window(view, plan.scheduled_for, plan.scheduled_until, locale);
        sections.push(Section::of(
            Some(msg::notify_planned(locale)),
            &window,
            false,
        ));
    }
    if !body.text.is_empty() {
        sections.push(Section::of(None, &body.text, false));
    }
    sections.extend(others.into_iter().map(guided));
    if incident.kind == IncidentKind::Incident && incident.impact_from.is_some() {
        let window = telling::window_of(view, told, locale);
        sections.push(Section::of(
            Some(msg::impact_window(locale)),
            &window,
            false,
        ));
    }
    sections.extend(promise(view, told, update, locale));
    sections
}

/// What the update promised, as long as it is open.
fn promise(
    view: &View<'_>,
    told: &Told<'_>,
    update: &ToldUpdate<'_>,
    locale: Locale,
) -> Option<Section> {
    let made = told.promises.iter().rev().find(|promise| {
        promise.is_open()
            && promise.made_by == update.fact.id
            && promise.kind != PromiseKind::Postmortem
    })?;
    let words = match made.kind {
        PromiseKind::NextUpdateWhen => view.pick(&made.words, locale).0.to_owned(),
        _ => words::clock_or_time(view, made.due_at, locale),
    };
    let sentence = match made.kind {
        PromiseKind::NextUpdateWhen => standard::promise_when(&words, locale),
        _ => standard::promise_by(&words, locale),
    };
    // The one who composed it may have said so himself.
    let body = words::body(view, told, update, locale).text;
    (!body.contains(&sentence)).then(|| Section::of(None, &sentence, false))
}

fn parts(
    view: &View<'_>,
    update: &ToldUpdate<'_>,
    locale: Locale,
) -> Vec<(String, Status, String)> {
    let mut parts: Vec<(String, Status, String)> = update
        .affected
        .iter()
        .map(|affected| {
            let name = match view.system(&affected.code) {
                Some(system) => view.pick(&system.fact.name, locale).0,
                None => &affected.name,
            };
            let status = affected.new_status;
            (name.to_owned(), status, labels::status(status, locale))
        })
        .collect();
    parts.sort_by_key(|(_, status, _)| std::cmp::Reverse(*status));
    parts
}

fn level(kind: IncidentKind, update: &ToldUpdate<'_>) -> Level {
    match (kind, update.fact.lifecycle) {
        (_, Lifecycle::Resolved | Lifecycle::Completed) => Level::Good,
        (_, Lifecycle::Postmortem) => Level::Info,
        (IncidentKind::Maintenance, _) => Level::Maintenance,
        (IncidentKind::Incident, _) => {
            let worst = update.affected.iter().map(|own| own.new_status).max();
            at_least(worst.map_or(Level::Minor, level_of), Level::Minor)
        }
    }
}

const fn level_of(status: Status) -> Level {
    match status {
        Status::Operational => Level::Good,
        Status::Unknown => Level::Info,
        Status::UnderMaintenance => Level::Maintenance,
        Status::DegradedPerformance => Level::Minor,
        Status::PartialOutage => Level::Major,
        Status::MajorOutage => Level::Critical,
    }
}

/// Trouble is never told as less than this.
const fn at_least(level: Level, least: Level) -> Level {
    match level {
        Level::Good | Level::Info | Level::Maintenance => least,
        other => other,
    }
}

//! The composer as it stands on the screen: every field with what was typed into it.

use askama::Template;
use noroshi_domain::{
    Component, ComponentId, Incident, IncidentKind, Instant, Lifecycle, Locale, Status,
};
use noroshi_page::html::Safe;
use noroshi_text::{labels, msg, standard};

use super::fields::{TEXTS, standing_text};
use super::opening::{CADENCES_S, claimed};
use super::preview::Preview;
use super::review::{self, Asked};
use crate::console::form::Form;
use crate::console::now::tone;
use crate::console::picker::Picker;
use crate::console::shell::Shell;
use crate::console::visit::{Desk, safe};

/// So many systems stand open; more are behind a fold, save those that are chosen or bad.
const OPEN_ROWS: usize = 24;

/// The composer.
#[derive(Template)]
#[template(path = "console/composer.html")]
pub(super) struct Composer {
    pub(super) shell: Shell,
    pub(super) l: Locale,
    /// The incident it is about: title and address; none: a new one.
    pub(super) about: Option<(String, String)>,
    /// Where it is sent, and where it is saved while it is typed.
    pub(super) action: String,
    /// Fields that nobody sees.
    pub(super) hidden: Vec<(String, String)>,
    /// Why it was not carried out.
    pub(super) problem: Option<String>,
    /// What others changed meanwhile in the same place.
    pub(super) conflicts: Vec<Conflict>,
    /// What was posted meanwhile: when, where it stands, text.
    pub(super) news: Vec<(String, String, Safe)>,
    /// When its draft was saved that it was opened with.
    pub(super) restored: Option<String>,
    /// What was asked of the team about it.
    pub(super) review: Option<review::Shown>,
    pub(super) picker: Picker,
    pub(super) zone: String,
    pub(super) names: Vec<Field>,
    pub(super) lifecycles: Vec<Choice>,
    pub(super) rows: Vec<Row>,
    pub(super) folded: Vec<Row>,
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) over: bool,
    /// An incident can be over when it is told; planned work ends in its own way.
    pub(super) can_be_over: bool,
    pub(super) tabs: Vec<Tab>,
    pub(super) promises: Vec<Choice>,
    pub(super) promise_at: String,
    pub(super) sentence: bool,
    pub(super) postmortem: bool,
    /// Subscribers are not told.
    pub(super) quiet: bool,
    pub(super) preview: Preview,
}

impl Composer {
    /// Somebody else looks at it, or is asked to already.
    fn is_reviewed(&self) -> bool {
        let review = self.review.as_ref();
        review.is_some_and(|review| review.can_send_back || review.can_take_back)
    }
}

/// One thing that two operators changed.
pub(super) struct Conflict {
    pub(super) label: String,
    pub(super) theirs: String,
    pub(super) yours: String,
}

/// A text field in one language.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) tag: &'static str,
    pub(super) value: String,
}

/// One of several.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) checked: bool,
    /// Class of its colour; empty: none.
    pub(super) tone: &'static str,
}

/// A system with the statuses that can be said of it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
    /// What is known of it: measured, held, depends on.
    pub(super) hint: String,
    /// What it depends on is said to be bad: codes for the script.
    pub(super) depends: String,
    /// It is proposed, because what it depends on is said to be bad.
    pub(super) proposed: bool,
    /// Something of it is chosen.
    pub(super) chosen: bool,
}

/// A time that may be roughly known.
pub(super) struct Time {
    pub(super) value: String,
    pub(super) about: bool,
}

/// What is said in one language.
pub(super) struct Tab {
    pub(super) tag: &'static str,
    pub(super) label: String,
    pub(super) checked: bool,
    pub(super) filled: bool,
    pub(super) body: String,
    /// The standard text, said when nothing is typed.
    pub(super) standard: String,
    pub(super) guidance: Vec<Field>,
    pub(super) when: String,
}

/// What is told above the form.
#[derive(Default)]
pub(super) struct Told {
    pub(super) problem: Option<String>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) restored: Option<Instant>,
    pub(super) picker: Picker,
    pub(super) review: Option<Asked>,
}

/// The composer with a form in it.
pub(super) fn screen(
    desk: &Desk,
    form: &Form,
    standing: Option<&Incident>,
    (told, preview): (Told, Preview),
) -> Composer {
    let l = desk.locale();
    let kind = standing.map_or(IncidentKind::Incident, |own| own.kind);
    let (title, action, about) = match standing {
        None => (msg::console_report(l), "/incidents/new".to_owned(), None),
        Some(own) => {
            let path = format!("/incidents/{}", own.id);
            let name = desk.pick(&own.name).to_owned();
            let about = Some((name, desk.address(&path)));
            (
                msg::console_write_update(l),
                format!("{path}/update"),
                about,
            )
        }
    };
    let (rows, folded) = rows(desk, form, standing);
    let time = |name: &str| Time {
        value: form.get(name).to_owned(),
        about: form.has(&format!("{name}_about")),
    };
    Composer {
        shell: desk.shell(&title),
        l,
        about,
        action: desk.address(&action),
        hidden: hidden(form),
        problem: told.problem,
        conflicts: told.conflicts,
        news: news(desk, form, standing),
        restored: told.restored.map(|at| desk.time(at)),
        review: told.review.map(|asked| review::told(desk, &asked)),
        picker: told.picker,
        zone: noroshi_text::dates::zone_name(
            desk.now.timestamp(),
            desk.state.page.zone.time_zone(),
        ),
        names: fields(desk, form, "name"),
        lifecycles: lifecycles(form, kind, l),
        rows,
        folded,
        from: time("impact_from"),
        to: time("impact_to"),
        over: form.has("over"),
        can_be_over: kind == IncidentKind::Incident,
        tabs: tabs(desk, form),
        promises: promises(form, l),
        promise_at: form.get("promise_at").to_owned(),
        sentence: form.has("sentence"),
        postmortem: form.has("postmortem"),
        quiet: form.has("quiet"),
        preview,
    }
}

/// Fields that travel with the form: its command's id, the revision, what stood.
fn hidden(form: &Form) -> Vec<(String, String)> {
    let own = ["command", "seq", "review"];
    let travels = |name: &str| own.contains(&name) || name.starts_with("was.");
    let fields = form.fields().iter();
    fields.filter(|(name, _)| travels(name)).cloned().collect()
}

/// A text field in each language of the page.
fn fields(desk: &Desk, form: &Form, name: &str) -> Vec<Field> {
    let locales = desk.locales().into_iter();
    locales.map(|locale| field(form, name, locale)).collect()
}

fn field(form: &Form, name: &str, locale: Locale) -> Field {
    let name = format!("{name}.{}", locale.as_str());
    Field {
        value: form.raw(&name).to_owned(),
        name,
        label: labels::language(locale),
        tag: locale.as_str(),
    }
}

fn lifecycles(form: &Form, kind: IncidentKind, l: Locale) -> Vec<Choice> {
    Lifecycle::ALL
        .into_iter()
        .filter(|own| own.kind() == kind && *own != Lifecycle::Postmortem)
        .map(|own| Choice {
            value: own.as_str().to_owned(),
            label: labels::lifecycle(own, l),
            checked: form.get("lifecycle") == own.as_str(),
            tone: "",
        })
        .collect()
}

fn rows(desk: &Desk, form: &Form, standing: Option<&Incident>) -> (Vec<Row>, Vec<Row>) {
    let systems = desk.state.live_components();
    let is_long = systems.len() > OPEN_ROWS;
    let rows = systems
        .into_iter()
        .map(|own| row(desk, form, own, standing));
    let mut open = Vec::new();
    let mut folded = Vec::new();
    for (row, is_bad) in rows {
        if !is_long || row.chosen || row.proposed || is_bad {
            open.push(row);
        } else {
            folded.push(row);
        }
    }
    (open, folded)
}

/// A system's row, and whether it is bad by what is measured or shown.
fn row(desk: &Desk, form: &Form, own: &Component, standing: Option<&Incident>) -> (Row, bool) {
    let (state, now, l) = (&desk.state, desk.now, desk.locale());
    let typed = form.get(&format!("c.{}", own.id));
    let said = |id: &ComponentId| {
        let value = form.get(&format!("c.{id}"));
        Status::parse(value).is_some_and(Status::is_bad)
    };
    let name_of = |id: &ComponentId| {
        let component = state.components.get(id);
        component.map_or_else(String::new, |own| desk.pick(&own.name).to_owned())
    };
    let proposed = typed.is_empty() && own.depends_on.iter().any(said);
    let mut hints = Vec::new();
    if let Some(measured) = state
        .measured_at(&own.id, now)
        .filter(|status| status.is_bad())
    {
        hints.push(msg::console_hint_measured(l, &labels::status(measured, l)));
    }
    let public = state.public_at(&own.id, now);
    let held = standing.map(|incident| claimed(desk, incident, &own.id));
    if public.is_bad() && held.is_none_or(|held| held < public) {
        hints.push(msg::console_hint_shown(l, &labels::status(public, l)));
    }
    if !own.depends_on.is_empty() {
        let names: Vec<String> = own.depends_on.iter().map(name_of).collect();
        let names = labels::names(names.iter().map(String::as_str), l);
        hints.push(msg::console_hint_depends(l, &names));
    }
    let is_bad = public.is_bad() || state.measured_at(&own.id, now).is_some_and(Status::is_bad);
    let depends: Vec<&str> = own.depends_on.iter().map(ComponentId::as_str).collect();
    let row = Row {
        id: own.id.to_string(),
        name: desk.pick(&own.name).to_owned(),
        choices: statuses(typed, l),
        hint: hints.join(match l {
            Locale::En => ". ",
            Locale::Ja => "。",
        }),
        depends: depends.join(" "),
        proposed,
        chosen: !typed.is_empty(),
    };
    (row, is_bad)
}

/// What can be said of a system in an incident; planned work only where it is said already.
fn statuses(typed: &str, l: Locale) -> Vec<Choice> {
    let none = Choice {
        value: String::new(),
        label: msg::console_not_affected(l),
        checked: typed.is_empty(),
        tone: "",
    };
    let said = Status::ALL.into_iter().filter(|status| match status {
        Status::Unknown => false,
        Status::UnderMaintenance => typed == status.as_str(),
        _ => true,
    });
    let said = said.map(|status| Choice {
        value: status.as_str().to_owned(),
        label: word(status, l),
        checked: typed == status.as_str(),
        tone: tone(status),
    });
    std::iter::once(none).chain(said).collect()
}

/// A status in the words of a narrow row.
fn word(status: Status, l: Locale) -> String {
    match status {
        Status::DegradedPerformance => msg::console_say_degraded(l),
        Status::PartialOutage => msg::console_say_partial(l),
        Status::MajorOutage => msg::console_say_major(l),
        other => labels::legend(other, l),
    }
}

fn tabs(desk: &Desk, form: &Form) -> Vec<Tab> {
    let l = desk.locale();
    let lifecycle = Lifecycle::parse(form.get("lifecycle")).unwrap_or(Lifecycle::Investigating);
    let locales = desk.locales();
    let wanted = Locale::parse(form.get("tab")).filter(|tab| locales.contains(tab));
    let wanted = wanted.unwrap_or(desk.state.page.default_locale);
    let tab = |locale: &Locale| {
        let labelled = |name, label| Field {
            label,
            ..field(form, name, *locale)
        };
        let body = form.raw(&format!("body.{}", locale.as_str()));
        Tab {
            tag: locale.as_str(),
            label: labels::language(*locale),
            checked: *locale == wanted,
            filled: !body.trim().is_empty(),
            body: body.to_owned(),
            standard: standard::update_text(lifecycle, *locale),
            guidance: vec![
                labelled("who", msg::who_is_affected(l)),
                labelled("how", msg::how_to_check(l)),
                labelled("what", msg::what_to_do_now(l)),
            ],
            when: form
                .raw(&format!("promise_when.{}", locale.as_str()))
                .to_owned(),
        }
    };
    locales.iter().map(tab).collect()
}

fn promises(form: &Form, l: Locale) -> Vec<Choice> {
    let typed = form.get("promise");
    let choice = |value: String, label: String| Choice {
        checked: typed == value || (typed.is_empty() && value == "none"),
        value,
        label,
        tone: "",
    };
    let mut cadences = CADENCES_S.to_vec();
    // A template may promise at another pace.
    if let Ok(seconds) = typed.parse::<i64>()
        && seconds > 0
        && !cadences.contains(&seconds)
    {
        cadences.push(seconds);
        cadences.sort_unstable();
    }
    let mut choices: Vec<Choice> = cadences
        .into_iter()
        .map(|seconds| {
            let duration = noroshi_text::dates::duration_plain(seconds, l);
            choice(
                seconds.to_string(),
                msg::console_promise_within(l, &duration),
            )
        })
        .collect();
    choices.push(choice("at".to_owned(), msg::console_promise_at(l)));
    choices.push(choice("when".to_owned(), msg::console_promise_when(l)));
    choices.push(choice("none".to_owned(), msg::console_promise_none(l)));
    choices
}

/// Updates that were posted since the form was opened, the newest first.
fn news(desk: &Desk, form: &Form, standing: Option<&Incident>) -> Vec<(String, String, Safe)> {
    let seen = form.get("was.update");
    let Some(incident) = standing.filter(|_| !seen.is_empty()) else {
        return Vec::new();
    };
    let updates = desk.state.updates_of(&incident.id).into_iter();
    updates
        .take_while(|update| update.id.as_str() != seen)
        .map(|update| {
            let stands = labels::lifecycle(update.lifecycle, desk.locale());
            let text = safe(desk.pick(&update.body));
            (desk.time(update.display_at), stands, text)
        })
        .collect()
}

/// Texts that others changed since the form was opened, and its author as well.
pub(super) fn conflicts(desk: &Desk, form: &Form, incident: &Incident) -> Vec<Conflict> {
    let l = desk.locale();
    let mut found = Vec::new();
    for name in TEXTS {
        let label = match name {
            "who" => msg::who_is_affected(l),
            "how" => msg::how_to_check(l),
            "what" => msg::what_to_do_now(l),
            _ => msg::console_title(l),
        };
        for locale in &desk.state.page.locales {
            let field = format!("{name}.{}", locale.as_str());
            let was = form.get(&format!("was.{field}"));
            let yours = form.get(&field);
            let theirs = standing_text(incident, name)
                .get(*locale)
                .unwrap_or_default()
                .trim();
            if yours != was && theirs != was && theirs != yours {
                found.push(Conflict {
                    label: msg::console_field_in(l, &label, &labels::language(*locale)),
                    theirs: theirs.to_owned(),
                    yours: yours.to_owned(),
                });
            }
        }
    }
    found
}

//! Choosing a template in a form, and filling the form in from it.
//!
//! A template fills in what is empty. Words that somebody typed stay, and the form says which, so
//! that nothing is lost without a word; a second button takes the template's words instead.

use noroshi_domain::{ComponentId, IncidentKind, Lifecycle, Locale, Status, Texts};
use noroshi_ops::Stored;
use noroshi_ops::templates::Template;
use noroshi_text::{labels, msg};

use crate::console::form::Form;
use crate::console::visit::Desk;

/// What a form offers to begin from.
#[derive(Default)]
pub(crate) struct Picker {
    pub(crate) groups: Vec<Group>,
    /// What came of a choice.
    pub(crate) filled: Option<String>,
    /// Words were kept that the template has as well.
    pub(crate) kept: bool,
}

/// Templates that the team finds under one heading; an empty one is none.
pub(crate) struct Group {
    pub(crate) heading: String,
    /// Code, name, whether it was chosen.
    pub(crate) rows: Vec<(String, String, bool)>,
}

/// A form that a template can fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A new incident in the composer.
    Incident,
    /// An update in the composer.
    Update(IncidentKind),
    /// Planned work that is new.
    Plan,
    /// An update of planned work.
    Stage,
}

impl Target {
    fn kind(self) -> IncidentKind {
        match self {
            Self::Incident => IncidentKind::Incident,
            Self::Update(kind) => kind,
            Self::Plan | Self::Stage => IncidentKind::Maintenance,
        }
    }

    /// Whether a template can begin it: one without a lifecycle status can begin anything.
    fn takes(self, template: &Template) -> bool {
        let lifecycle = template.lifecycle.map(Lifecycle::kind);
        lifecycle.is_none_or(|kind| kind == self.kind())
    }
}

/// What is done with a choice: the action of the button, else of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Keep,
    Replace,
}

/// What a form offers, with nothing chosen or done.
pub(crate) fn offered(all: &[Stored<Template>], target: Target, chosen: &str) -> Picker {
    let mut picker = Picker::default();
    for own in all.iter().filter(|own| target.takes(&own.value)) {
        let heading = own.value.group_id.clone().unwrap_or_default();
        let row = (own.id.clone(), own.value.name.clone(), own.id == chosen);
        let last = picker.groups.last_mut();
        match last.filter(|group| group.heading == heading) {
            Some(group) => group.rows.push(row),
            None => picker.groups.push(Group {
                heading,
                rows: vec![row],
            }),
        }
    }
    picker
}

/// Whether a button of the picker was pressed.
pub(crate) fn is_asked(form: &Form) -> bool {
    matches!(form.get("action"), "template" | "template-replace")
}

/// Fills a form in from the template that it names.
pub(crate) fn fill(
    desk: &Desk,
    (all, target): (&[Stored<Template>], Target),
    form: &mut Form,
) -> Picker {
    let chosen = form.get("template").to_owned();
    let mut picker = offered(all, target, &chosen);
    let found = all.iter().find(|own| own.id == chosen);
    let Some(found) = found.filter(|own| target.takes(&own.value)) else {
        return picker;
    };
    let how = if form.get("action") == "template-replace" {
        How::Replace
    } else {
        How::Keep
    };
    let l = desk.locale();
    let template = &found.value;
    let mut kept = Vec::new();
    if matches!(target, Target::Incident | Target::Plan) {
        let label = msg::console_title(l);
        kept.extend(words(desk, form, ("name", &label, &template.title), how));
    }
    let label = msg::console_message(l);
    kept.extend(words(desk, form, ("body", &label, &template.body), how));
    if let Some(lifecycle) = template.lifecycle.filter(|_| target != Target::Plan) {
        form.set("lifecycle", lifecycle.as_str());
    }
    if systems(desk, form, (template, target), how) {
        kept.push(msg::console_affected(l));
    }
    if matches!(target, Target::Incident | Target::Update(_)) {
        if let Some(after) = template.promise_s {
            form.set("promise", after.to_string());
        }
        form.forget_one("quiet");
        if !template.notify {
            form.set("quiet", "on");
        }
    }
    picker.filled = Some(if kept.is_empty() {
        msg::console_template_filled(l, &template.name)
    } else {
        let names = labels::names(kept.iter().map(String::as_str), l);
        msg::console_template_filled_but(l, &template.name, &names)
    });
    picker.kept = !kept.is_empty();
    picker
}

/// Puts a text of the template where nothing else is typed; says in which fields something is.
fn words(
    desk: &Desk,
    form: &mut Form,
    (name, label, texts): (&str, &str, &Texts),
    how: How,
) -> Vec<String> {
    let l = desk.locale();
    let mut kept = Vec::new();
    for locale in &desk.state.page.locales {
        let Some(text) = texts.get(*locale) else {
            continue;
        };
        let field = format!("{name}.{}", Locale::as_str(*locale));
        let typed = form.get(&field);
        if typed.is_empty() || how == How::Replace {
            form.set(&field, text);
        } else if typed != text.trim() {
            kept.push(msg::console_field_in(l, label, &labels::language(*locale)));
        }
    }
    kept
}

/// Chooses the template's systems; whether other choices than its own were kept.
fn systems(
    desk: &Desk,
    form: &mut Form,
    (template, target): (&Template, Target),
    how: How,
) -> bool {
    let mut has_kept = false;
    let live = |id: &&ComponentId| {
        let found = desk.state.components.get(*id);
        found.is_some_and(|component| component.retired_at.is_none())
    };
    for id in template.components.iter().filter(live) {
        match target {
            Target::Stage => {}
            Target::Plan => form.set(&format!("component.{id}"), "on"),
            Target::Incident | Target::Update(_) => {
                let field = format!("c.{id}");
                let said = template.statuses.get(id).copied();
                let stands = form.get(&field).to_owned();
                let wanted = said.unwrap_or_else(|| standing(desk, id));
                let has_own = !stands.is_empty() && (said.is_none() || is_chosen(form, &field));
                if !has_own || how == How::Replace && said.is_some() {
                    form.set(&field, wanted.as_str());
                } else if said.is_some() && stands != wanted.as_str() {
                    has_kept = true;
                }
            }
        }
    }
    has_kept
}

/// Whether a status was chosen by hand: it differs from what the incident says already.
fn is_chosen(form: &Form, field: &str) -> bool {
    form.get(field) != form.get(&format!("was.{field}"))
}

/// What is said of a system that a template only attaches: what stands, if it can be said and is
/// bad, else the mildest.
fn standing(desk: &Desk, id: &ComponentId) -> Status {
    let public = desk.state.public_at(id, desk.now);
    if public.is_bad() && public.can_be_said() {
        public
    } else {
        Status::DegradedPerformance
    }
}

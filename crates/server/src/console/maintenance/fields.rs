//! The fields of planned work: shown, and read as they were sent.

use noroshi_domain::{ComponentId, Incident, IncidentFields, Instant, PlanFlags, Texts};
use noroshi_text::msg;

use crate::console::announcements::time;
use crate::console::form::Form;
use crate::console::sheet::{Field, Typed};
use crate::console::times;
use crate::console::visit::Desk;

/// What was sent of planned work.
pub(super) struct Planned {
    pub(super) name: Texts,
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) components: Vec<ComponentId>,
    pub(super) flags: PlanFlags,
}

impl Planned {
    /// Reads it; what is missing or no time is said in a sentence.
    pub(super) fn read(desk: &Desk, form: &Form) -> Result<Self, String> {
        let required = |name| match time(desk, form, name) {
            Ok(Some(at)) => Ok(at),
            Ok(None) => Err(msg::console_window_needed(desk.locale())),
            Err(problem) => Err(problem),
        };
        let components = form
            .under("component")
            .filter_map(|(id, _)| ComponentId::parse(id).ok())
            .collect();
        Ok(Self {
            name: form.texts("name", &desk.state.page.locales),
            from: required("from")?,
            to: required("to")?,
            components,
            flags: PlanFlags {
                auto_start: form.has("auto_start"),
                auto_complete: form.has("auto_complete"),
                auto_maintenance: form.has("auto_maintenance"),
                auto_free: form.has("auto_maintenance"),
                ..PlanFlags::default()
            },
        })
    }

    /// The rule that repeats it; none: it happens once.
    pub(super) fn rule(form: &Form) -> Option<String> {
        match form.get("repeat") {
            "weekly" => Some("FREQ=WEEKLY".to_owned()),
            "fortnightly" => Some("FREQ=WEEKLY;INTERVAL=2".to_owned()),
            "monthly" => Some("FREQ=MONTHLY".to_owned()),
            "rule" => Some(form.get("rule").to_owned()),
            _ => None,
        }
    }

    /// As fields of an incident.
    pub(super) fn fields(self) -> IncidentFields {
        IncidentFields {
            name: Some(self.name),
            scheduled_for: Some(self.from),
            scheduled_until: Some(self.to),
            flags: Some(self.flags),
            ..IncidentFields::default()
        }
    }
}

/// The form of new work as it is opened, where something is filled in at once.
pub(super) fn begun() -> Form {
    let mut form = Form::default();
    for name in ["auto_start", "auto_complete", "auto_maintenance"] {
        form.set(name, "on");
    }
    form
}

/// The fields of work that is not planned yet.
pub(super) fn new_fields(desk: &Desk, form: Option<&Form>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let ways = [
        ("", msg::console_repeat_never(l)),
        ("weekly", msg::console_repeat_weekly(l)),
        ("fortnightly", msg::console_repeat_fortnightly(l)),
        ("monthly", msg::console_repeat_monthly(l)),
        ("rule", msg::console_repeat_rule(l)),
    ];
    let ways = ways.map(|(value, words)| (value.to_owned(), words)).into();
    let mut fields = planned(desk, &typed, None);
    fields.insert(
        1,
        typed
            .areas("body", msg::console_message(l), &Texts::default())
            .hint(msg::console_message_hint(l)),
    );
    fields.push(typed.choice("repeat", msg::console_repeat(l), ("", ways)));
    fields.push(
        typed
            .line(("rule", "text"), msg::console_rule(l), "")
            .hint(msg::console_rule_hint(l)),
    );
    fields
}

/// The fields of planned work that stands.
pub(super) fn edit_fields(desk: &Desk, form: Option<&Form>, incident: &Incident) -> Vec<Field> {
    planned(desk, &Typed::new(desk, form), Some(incident))
}

fn planned(desk: &Desk, typed: &Typed<'_>, incident: Option<&Incident>) -> Vec<Field> {
    let l = desk.locale();
    let none = Texts::default();
    let plan = incident.and_then(|incident| incident.plan.as_ref());
    let zone = &desk.state.page.zone;
    let at = |at: Option<Instant>| at.map_or_else(String::new, |at| times::typed(at, zone));
    let systems = desk.state.live_components().into_iter().map(|component| {
        let stands = incident.is_some_and(|own| own.components.contains(&component.id));
        let name = desk.pick(&component.name).to_owned();
        (format!("component.{}", component.id), name, stands)
    });
    let is = |pick: fn(&noroshi_domain::Plan) -> bool| plan.is_none_or(pick);
    vec![
        typed.lines(
            "name",
            msg::console_title(l),
            incident.map_or(&none, |own| &own.name),
        ),
        typed
            .line(
                ("from", "datetime-local"),
                msg::console_from(l),
                &at(plan.map(|plan| plan.scheduled_for)),
            )
            .hint(zone.name().to_owned()),
        typed
            .line(
                ("to", "datetime-local"),
                msg::console_to(l),
                &at(plan.map(|plan| plan.scheduled_until)),
            )
            .hint(zone.name().to_owned()),
        typed.ticks(msg::console_affected(l), systems),
        typed.ticks(
            msg::console_by_itself(l),
            [
                (
                    "auto_start".to_owned(),
                    msg::console_auto_start(l),
                    is(|plan| plan.auto_start),
                ),
                (
                    "auto_complete".to_owned(),
                    msg::console_auto_complete(l),
                    is(|plan| plan.auto_complete),
                ),
                (
                    "auto_maintenance".to_owned(),
                    msg::console_auto_maintenance(l),
                    is(|plan| plan.auto_maintenance),
                ),
            ],
        ),
    ]
}

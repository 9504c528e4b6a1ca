//! What readers would get, made by the renderer of the public page from a copy of the page on which
//! the command was carried out.

use noroshi_domain::{Command, IncidentId, Locale, Texts};
use noroshi_ops::{App, OpError};
use noroshi_page::{View, incident_card};
use noroshi_text::{labels, msg};

use super::fields::Composition;
use crate::console::refusal;
use crate::console::visit::Desk;

/// The preview beside the form.
#[derive(Default)]
pub(super) struct Preview {
    /// Why there is none yet.
    pub(super) reason: Option<String>,
    /// One for each language of the page.
    pub(super) cards: Vec<Card>,
}

/// What readers of one language get.
pub(super) struct Card {
    pub(super) tag: &'static str,
    pub(super) label: String,
    pub(super) html: String,
}

/// Makes the preview of what a form asks for.
pub(super) async fn of(desk: &Desk, composition: Composition<'_>) -> Preview {
    let command = match composition.command() {
        Ok(command) => named(desk, command),
        Err(reason) => return told(reason),
    };
    let own = desk.clone();
    let made = desk
        .visit
        .inner
        .call(move |app| cards(app, &own, &command))
        .await;
    match made {
        Ok(Ok(cards)) => Preview {
            reason: None,
            cards,
        },
        Ok(Err(error)) => told(refusal::word(desk, &error)),
        Err(_) => told(msg::console_refused_busy(desk.locale())),
    }
}

fn told(reason: String) -> Preview {
    Preview {
        reason: Some(reason),
        cards: Vec::new(),
    }
}

/// Until a title is typed, a word stands in its place: the rest can be looked at already.
fn named(desk: &Desk, command: Command) -> Command {
    let Command::OpenIncident(mut new) = command else {
        return command;
    };
    if new.fields.name.as_ref().is_none_or(Texts::is_empty) {
        let locales = desk.state.page.locales.iter();
        let names = locales.map(|locale| (*locale, msg::console_untitled(*locale)));
        new.fields.name = Some(names.collect());
    }
    Command::OpenIncident(new)
}

fn cards(app: &App, desk: &Desk, command: &Command) -> Result<Vec<Card>, OpError> {
    let actor = &desk.visit.caller.actor;
    let (foreseen, answer) = app.foresee(&desk.page, actor, command)?;
    // What the command would change holds from the instant at which it was tried out.
    let view = View::project(&foreseen, app.now());
    let Ok(id) = IncidentId::parse(&answer.id) else {
        return Ok(Vec::new());
    };
    let locales = &desk.state.page.locales;
    let card = |locale: &Locale| {
        Some(Card {
            tag: locale.as_str(),
            label: labels::language(*locale),
            html: incident_card(&view, &id, *locale)?,
        })
    };
    Ok(locales.iter().filter_map(card).collect())
}

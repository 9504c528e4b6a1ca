//! What readers would get, made by the renderer of the public page from a copy of the page on which
//! the command was carried out.

use noroshi_domain::{Command, IncidentId, Locale, Texts};
use noroshi_ops::{App, OpError};
use noroshi_page::{View, incident_card, message};
use noroshi_text::{labels, msg};

use super::counts;
use super::fields::Composition;
use crate::console::refusal;
use crate::console::visit::Desk;

/// The preview beside the form.
#[derive(Default)]
pub(super) struct Preview {
    /// Why there is none yet.
    pub(super) reason: Option<String>,
    /// Who is told when it is posted, in a sentence.
    pub(super) told: Option<String>,
    /// One for each language of the page.
    pub(super) cards: Vec<Card>,
}

/// What readers of one language get.
pub(super) struct Card {
    pub(super) tag: &'static str,
    pub(super) label: String,
    pub(super) html: String,
    /// The same as a mail or a message in a room: subject, and texts with their labels.
    pub(super) subject: String,
    pub(super) texts: Vec<(String, String)>,
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
        Ok(Ok((cards, told))) => Preview {
            reason: None,
            told,
            cards,
        },
        Ok(Err(error)) => told(refusal::word(desk, &error)),
        Err(_) => told(msg::console_refused_busy(desk.locale())),
    }
}

fn told(reason: String) -> Preview {
    Preview {
        reason: Some(reason),
        told: None,
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

/// The cards, and who is told.
type Made = (Vec<Card>, Option<String>);

fn cards(app: &App, desk: &Desk, command: &Command) -> Result<Made, OpError> {
    let actor = &desk.visit.caller.actor;
    let (foreseen, answer) = app.foresee(&desk.page, actor, command)?;
    // What the command would change holds from the instant at which it was tried out.
    let view = View::project(&foreseen, app.now());
    let told = IncidentId::parse(&answer.id).ok();
    let told = told.and_then(|id| view.told(&id).map(|told| (id, told)));
    let Some((id, told)) = told else {
        return Ok((Vec::new(), None));
    };
    let update = told.updates.iter().max_by_key(|own| own.fact.created_at);
    let locales = &desk.state.page.locales;
    let card = |locale: &Locale| {
        let said = update.and_then(|own| message::update(&view, &told, &own.fact.id, *locale));
        let texts = said.iter().flat_map(|said| &said.sections);
        let texts = texts.map(|own| (own.label.clone().unwrap_or_default(), own.text.clone()));
        Some(Card {
            tag: locale.as_str(),
            label: labels::language(*locale),
            html: incident_card(&view, &id, *locale)?,
            texts: texts.collect(),
            subject: said.map(|said| said.subject).unwrap_or_default(),
        })
    };
    let cards = locales.iter().filter_map(card).collect();
    let is_told = update.is_some_and(|own| own.fact.notify);
    let words = if is_told {
        counts::words(desk, &counts::of(app, desk, (&foreseen, &told), update)?)
    } else {
        msg::preview_told_nobody(desk.locale())
    };
    Ok((cards, Some(words)))
}

//! `/subscribe` and `/subscriptions/…`: made on request, complete without scripts.

use noroshi_domain::subscriber::{Channel, EventKind, Scope, Subscriber, SubscriberState};
use noroshi_domain::{ComponentId, GroupId, IncidentId, IncidentKind, Locale};
use noroshi_text::{labels, msg};

use crate::frame::Frame;
use crate::html::{self, AskForm, Choice, Input, ScopeFields, SubscribePage, Tick};
use crate::view::{Row, View};

/// What somebody has typed in.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The mail address.
    pub email: String,
    /// The webhook's address.
    pub endpoint: String,
    /// The webhook's contact.
    pub contact: String,
    /// What is told.
    pub scope: Scope,
    /// In which language; none: the reader's.
    pub locale: Option<Locale>,
}

/// Why something could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It is no mail address.
    Email,
    /// It is no address that can be called.
    Endpoint,
    /// The page does not offer this way.
    Way,
    /// It names what the page does not show.
    Parts,
    /// The address is called already.
    Taken,
    /// The page takes nobody more.
    Full,
    /// Too many asked from there.
    Busy,
    /// It could not be saved now.
    Failed,
}

impl Problem {
    /// It in words.
    pub fn words(self, locale: Locale) -> String {
        match self {
            Self::Email => msg::subscribe_bad_email(locale),
            Self::Endpoint => msg::subscribe_bad_endpoint(locale),
            Self::Way => msg::subscribe_bad_way(locale),
            Self::Parts => msg::subscribe_bad_parts(locale),
            Self::Taken => msg::subscribe_taken(locale),
            Self::Full => msg::subscribe_full(locale),
            Self::Busy => msg::subscribe_busy(locale),
            Self::Failed => msg::subscribe_failed(locale),
        }
    }
}

/// `/subscribe`: the ways that are open, with what was typed; `None` where it asks for an incident
/// that readers do not see.
pub fn ask(
    view: &View<'_>,
    ways: &[Channel],
    typed: &Typed,
    problem: Option<Problem>,
    locale: Locale,
) -> Option<Vec<u8>> {
    let frame = Frame::new(view, locale);
    let incident = match &typed.scope.incident {
        Some(id) => Some(view.visible_incident(id)?),
        None => None,
    };
    let (heading, lead) = match incident {
        Some(incident) => {
            let name = view.pick(&incident.name, locale).0;
            let heading = match incident.kind {
                IncidentKind::Incident => msg::subscribe_title_incident(locale),
                IncidentKind::Maintenance => msg::subscribe_title_maintenance(locale),
            };
            (heading, msg::subscribe_lead_incident(locale, name))
        }
        None => (msg::subscribe_title(locale), msg::subscribe_lead(locale)),
    };
    let mut forms = Vec::new();
    if ways.contains(&Channel::Email) {
        forms.push(by_mail(&frame, typed));
    }
    if ways.contains(&Channel::Webhook) && incident.is_none() {
        forms.push(by_webhook(&frame, typed));
    }
    let page = SubscribePage {
        lead: vec![lead],
        problem: problem.map(|problem| problem.words(locale)),
        forms,
        links: frame.feeds(),
        ..bare(&frame, heading)
    };
    Some(html::render(&page).into_bytes())
}

fn by_mail(frame: &Frame<'_, '_>, typed: &Typed) -> AskForm {
    let locale = frame.locale;
    AskForm {
        id: "by-mail".to_owned(),
        heading: msg::subscribe_by_mail(locale),
        action: frame.addresses.path("/subscribe"),
        hidden: hidden(Channel::Email, typed.scope.incident.as_ref()),
        inputs: vec![Input {
            name: "email".to_owned(),
            kind: "email".to_owned(),
            label: msg::subscribe_email(locale),
            value: typed.email.clone(),
            autocomplete: "email".to_owned(),
            required: true,
        }],
        scope: Some(scope(frame, &typed.scope, typed.locale)),
        submit: msg::subscribe_submit(locale),
        ..AskForm::default()
    }
}

fn by_webhook(frame: &Frame<'_, '_>, typed: &Typed) -> AskForm {
    let locale = frame.locale;
    let input = |name: &str, kind: &str, label: String, value: &str| Input {
        name: name.to_owned(),
        kind: kind.to_owned(),
        label,
        value: value.to_owned(),
        autocomplete: if kind == "email" { "email" } else { "off" }.to_owned(),
        required: kind == "url",
    };
    AskForm {
        id: "by-webhook".to_owned(),
        heading: msg::subscribe_by_webhook(locale),
        action: frame.addresses.path("/subscribe"),
        hidden: hidden(Channel::Webhook, None),
        hint: Some(msg::subscribe_webhook_hint(locale)),
        inputs: vec![
            input(
                "endpoint",
                "url",
                msg::subscribe_endpoint(locale),
                &typed.endpoint,
            ),
            input(
                "contact",
                "email",
                msg::subscribe_contact(locale),
                &typed.contact,
            ),
        ],
        scope: Some(scope(frame, &typed.scope, typed.locale)),
        submit: msg::subscribe_submit(locale),
        ..AskForm::default()
    }
}

fn hidden(channel: Channel, incident: Option<&IncidentId>) -> Vec<(String, String)> {
    let mut hidden = vec![("channel".to_owned(), channel.as_str().to_owned())];
    hidden.extend(incident.map(|id| ("incident".to_owned(), id.to_string())));
    hidden
}

fn scope(frame: &Frame<'_, '_>, own: &Scope, chosen: Option<Locale>) -> ScopeFields {
    let (view, locale) = (frame.view, frame.locale);
    let kind = |kind: EventKind| Tick {
        name: "kind".to_owned(),
        value: kind.as_str().to_owned(),
        label: match kind {
            EventKind::Incidents => msg::subscribe_kind_incidents(locale),
            EventKind::Maintenance => msg::subscribe_kind_maintenance(locale),
            EventKind::Postmortems => msg::subscribe_kind_postmortems(locale),
            EventKind::Announcements => msg::subscribe_kind_announcements(locale),
        },
        checked: own.events.is_empty() || own.events.contains(&kind),
        is_member: false,
    };
    let chosen = chosen.unwrap_or(locale);
    let locales = view.page().locales.iter().map(|locale| Choice {
        value: locale.as_str().to_owned(),
        label: labels::language(*locale),
        selected: *locale == chosen,
    });
    ScopeFields {
        locale_label: msg::subscribe_locale(locale),
        locales: locales.collect(),
        is_incident: own.incident.is_some(),
        is_open: !own.is_whole_page() || !own.events.is_empty(),
        more: msg::subscribe_more(locale),
        label: msg::subscribe_scope(locale),
        hint: msg::subscribe_scope_hint(locale),
        parts: parts(frame, own),
        kinds_label: msg::subscribe_kinds(locale),
        kinds: EventKind::ALL.map(kind).into(),
        ends_only: own.ends_only,
        ends_only_label: msg::subscribe_ends_only(locale),
    }
}

/// Groups and components in page order.
fn parts(frame: &Frame<'_, '_>, own: &Scope) -> Vec<Tick> {
    let (view, locale) = (frame.view, frame.locale);
    let chosen = own.components.as_deref().unwrap_or_default();
    let component = |index: usize, is_member: bool| {
        let fact = view.systems()[index].fact;
        let id: &ComponentId = &fact.id;
        Tick {
            name: "component".to_owned(),
            value: id.to_string(),
            label: view.pick(&fact.name, locale).0.to_owned(),
            checked: chosen.contains(id),
            is_member,
        }
    };
    let mut parts = Vec::new();
    for row in view.rows() {
        match *row {
            Row::System(index) => parts.push(component(index, false)),
            Row::Group(index) => {
                let group = &view.groups()[index];
                let id: &GroupId = &group.fact.id;
                parts.push(Tick {
                    name: "group".to_owned(),
                    value: id.to_string(),
                    label: view.pick(&group.fact.name, locale).0.to_owned(),
                    checked: own.groups.contains(id),
                    is_member: false,
                });
                parts.extend(group.members.iter().map(|member| component(*member, true)));
            }
        }
    }
    parts
}

/// Says that a mail is on its way that asks to confirm.
pub fn sent(view: &View<'_>, address: &str, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let page = SubscribePage {
        lead: vec![msg::subscribe_sent(locale, address)],
        ..bare(&frame, msg::subscribe_sent_title(locale))
    };
    html::render(&page).into_bytes()
}

/// Asks to confirm: a press of a button, for programs that look into mails follow links too.
pub fn confirm(view: &View<'_>, address: &str, token: &str, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let path = format!("/subscriptions/{token}/confirm");
    let lead = msg::subscribe_confirm_lead(locale, address, frame.name());
    let form = AskForm {
        id: "confirm".to_owned(),
        heading: msg::subscribe_confirm(locale),
        action: frame.addresses.path(&path),
        submit: msg::subscribe_confirm(locale),
        ..AskForm::default()
    };
    let page = SubscribePage {
        lead: vec![lead],
        forms: vec![form],
        ..bare(&frame, msg::subscribe_confirm_title(locale))
    };
    html::render(&page).into_bytes()
}

/// What a subscription's page says besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It was just confirmed or made.
    New,
    /// It was just changed.
    Saved,
}

/// `/subscriptions/TOKEN`: what is told, to change it or to leave.
pub fn manage(
    view: &View<'_>,
    (own, token): (&Subscriber, &str),
    secret: Option<&str>,
    (news, problem): (Option<News>, Option<Problem>),
    locale: Locale,
) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let (address, page) = (own.shown_address(), frame.name());
    let lead = match own.state {
        SubscriberState::Active | SubscriberState::Quarantined => {
            msg::subscribe_manage_lead(locale, address, page)
        }
        SubscriberState::Unconfirmed => msg::subscribe_manage_unconfirmed(locale, address),
        SubscriberState::Unsubscribed => msg::subscribe_manage_left(locale, address, page),
    };
    let is_told = own.state != SubscriberState::Unsubscribed;
    let path = frame.addresses.path(&format!("/subscriptions/{token}"));
    let change = AskForm {
        id: "change".to_owned(),
        heading: msg::subscribe_scope(locale),
        action: path.clone(),
        scope: Some(scope(&frame, &own.scope, own.locale)),
        submit: msg::subscribe_save(locale),
        ..AskForm::default()
    };
    let leave = leaving(&frame, format!("{path}/leave"), Vec::new());
    let page = SubscribePage {
        lead: vec![lead],
        problem: problem.map(|problem| problem.words(locale)),
        done: news.map(|news| match news {
            News::New => msg::subscribe_new(locale),
            News::Saved => msg::subscribe_saved(locale),
        }),
        forms: if is_told {
            vec![change, leave]
        } else {
            Vec::new()
        },
        secret: secret.filter(|_| is_told).map(|secret| {
            let label = msg::subscribe_secret(locale);
            (label, secret.to_owned(), msg::subscribe_secret_hint(locale))
        }),
        links: if is_told {
            Vec::new()
        } else {
            vec![anew(&frame)]
        },
        ..bare(&frame, msg::subscribe_manage_title(locale))
    };
    html::render(&page).into_bytes()
}

fn leaving(frame: &Frame<'_, '_>, action: String, hidden: Vec<(String, String)>) -> AskForm {
    AskForm {
        id: "leave".to_owned(),
        heading: msg::subscribe_leave(frame.locale),
        action,
        hidden,
        submit: msg::subscribe_leave(frame.locale),
        is_quiet: true,
        ..AskForm::default()
    }
}

/// Whom a page for leaving is for.
#[derive(Debug, Clone, Copy)]
pub enum Leaving<'a> {
    /// Whoever holds a token.
    Token(&'a str),
    /// Whoever knows the code that webhooks carry.
    Code(&'a str),
}

/// Asks whether somebody wants to leave.
pub fn leave(view: &View<'_>, address: &str, by: Leaving<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let path = |rest: &str| frame.addresses.path(&format!("/subscriptions/{rest}"));
    let form = match by {
        Leaving::Token(token) => leaving(&frame, path(&format!("{token}/leave")), Vec::new()),
        Leaving::Code(code) => {
            let code = ("code".to_owned(), code.to_owned());
            leaving(&frame, path("leave"), vec![code])
        }
    };
    let page = SubscribePage {
        lead: vec![msg::subscribe_leave_lead(locale, address, frame.name())],
        forms: vec![form],
        ..bare(&frame, msg::subscribe_leave_title(locale))
    };
    html::render(&page).into_bytes()
}

/// Says that somebody is told no more.
pub fn left(view: &View<'_>, address: &str, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let page = SubscribePage {
        lead: vec![msg::subscribe_left(locale, address, frame.name())],
        links: vec![anew(&frame)],
        ..bare(&frame, msg::subscribe_left_title(locale))
    };
    html::render(&page).into_bytes()
}

/// Says that a link leads nowhere.
pub fn unknown(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let page = SubscribePage {
        lead: vec![msg::subscribe_unknown(locale)],
        links: vec![anew(&frame)],
        ..bare(&frame, msg::subscribe_unknown_title(locale))
    };
    html::render(&page).into_bytes()
}

fn anew(frame: &Frame<'_, '_>) -> html::Link {
    frame.link("/subscribe", &msg::subscribe_anew(frame.locale))
}

fn bare(frame: &Frame<'_, '_>, heading: String) -> SubscribePage {
    SubscribePage {
        shell: frame.nowhere(&heading),
        back: frame.back(),
        heading,
        lead: Vec::new(),
        problem: None,
        done: None,
        forms: Vec::new(),
        secret: None,
        links_heading: msg::subscribe_feeds(frame.locale),
        links: Vec::new(),
    }
}

//! The mail server of the installation, as its owner sets it.

use axum::extract::Path;
use axum::response::Response;
use noroshi_domain::Refusal;
use noroshi_ops::OpError;
use noroshi_ops::mail::{MailServer, NewMailServer, Security};
use noroshi_text::msg;

use super::{PATH, not_taken, refusable, refused};
use crate::console::flash::Told;
use crate::console::form::Form;
use crate::console::listing::Row;
use crate::console::sheet::{Button, Field, Sheet, Typed};
use crate::console::visit::{Desk, Visit};

const MAIL: &str = "/channels/mail";

/// The mail server in the list of channels.
pub(super) fn row(desk: &Desk, stands: Option<&MailServer>) -> Row {
    let l = desk.locale();
    let (title, hints) = match stands {
        Some(own) => (
            format!("{}:{}", own.host, own.port),
            vec![msg::channels_mail_from(l, &own.from)],
        ),
        None => (
            msg::channels_mail_none(l),
            vec![msg::channels_mail_none_more(l)],
        ),
    };
    Row {
        href: if desk.may_set_mail() {
            desk.address(MAIL)
        } else {
            String::new()
        },
        title,
        is_member: false,
        status: None,
        hints,
        buttons: Vec::new(),
    }
}

/// `GET …/channels/mail`.
pub(in crate::console) async fn get_mail(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.mail_server().await?;
    Ok(sheet(&desk, None, stands.as_ref()).shown())
}

/// `POST …/channels/mail`.
pub(in crate::console) async fn post_mail(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let stands = desk.mail_server().await?;
    let form = Form::read(&body);
    let again = || sheet(&desk, Some(&form), stands.as_ref());
    let new = match read(&desk, &form) {
        Ok(new) => new,
        Err(problem) => return Ok(again().refused(problem)),
    };
    let caller = desk.visit.caller.clone();
    let done = desk
        .visit
        .call(move |app| refusable(app.set_mail_server(&caller, &new)))
        .await?;
    Ok(match done {
        Ok(()) => desk.done(MAIL, Told::MailSet),
        Err(error) => again().refused(word(&desk, &error)),
    })
}

/// `POST …/channels/mail/try`.
pub(in crate::console) async fn try_mail(
    visit: Visit,
    Path(page): Path<String>,
    body: String,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let l = desk.locale();
    let stands = desk.mail_server().await?;
    let again = || sheet(&desk, None, stands.as_ref());
    let form = Form::read(&body);
    let to = form.get("to").to_owned();
    if to.is_empty() {
        return Ok(again().refused(msg::channels_mail_no_address(l)));
    }
    let Some(trials) = desk.visit.inner.trials.get() else {
        return Ok(again().refused(msg::channels_no_trial(l)));
    };
    let locale = desk.locale();
    match trials.try_mail(to, desk.state.clone(), locale).await {
        Ok(()) => Ok(desk.done(MAIL, Told::ChannelTried)),
        Err(reason) => Ok(again().refused(not_taken(&desk, &reason))),
    }
}

/// `POST …/channels/mail/drop`.
pub(in crate::console) async fn drop_mail(
    visit: Visit,
    Path(page): Path<String>,
) -> Result<Response, Response> {
    let desk = visit.open(&page).await?;
    let caller = desk.visit.caller.clone();
    desk.visit
        .call(move |app| app.drop_mail_server(&caller))
        .await?;
    Ok(desk.done(PATH, Told::MailDropped))
}

fn read(desk: &Desk, form: &Form) -> Result<NewMailServer, String> {
    let text = |name: &str| {
        let text = form.get(name);
        (!text.is_empty()).then(|| text.to_owned())
    };
    let port = match form.get("port") {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| msg::channels_mail_bad_port(desk.locale()))?,
        ),
    };
    Ok(NewMailServer {
        host: form.get("host").to_owned(),
        port,
        security: match form.get("security") {
            "tls" => Security::Tls,
            "none" => Security::None,
            _ => Security::StartTls,
        },
        user: text("user"),
        password: text("password"),
        from: form.get("from").to_owned(),
        reply_to: text("reply_to"),
        dkim_domain: text("dkim_domain"),
        dkim_selector: text("dkim_selector"),
        dkim_key: text("dkim_key"),
        root_certificate: text("root_certificate"),
    })
}

fn word(desk: &Desk, error: &OpError) -> String {
    let l = desk.locale();
    let OpError::Refused(Refusal::BadSetting { field, .. }) = error else {
        return refused(desk, error);
    };
    match *field {
        "host" => msg::channels_mail_bad_host(l),
        "email" => msg::channels_mail_bad_from(l),
        "password" => msg::channels_mail_bad_password(l),
        "security" => msg::channels_mail_bad_security(l),
        "root_certificate" => msg::channels_mail_bad_certificate(l),
        "dkim_domain" | "dkim_selector" | "dkim_key" => msg::channels_mail_bad_dkim(l),
        _ => refused(desk, error),
    }
}

fn sheet(desk: &Desk, form: Option<&Form>, stands: Option<&MailServer>) -> Sheet {
    let l = desk.locale();
    let mut sheet = desk
        .sheet(&msg::channels_mail(l), (MAIL, PATH))
        .part(String::new(), server(desk, form, stands))
        .part(msg::channels_mail_dkim(l), signing(desk, form, stands));
    if stands.is_some() {
        sheet.buttons.push(Button {
            sure: msg::channels_mail_drop_sure(l),
            ..Button::plain(
                desk.address(&format!("{MAIL}/drop")),
                msg::channels_mail_drop(l),
            )
        });
        sheet.buttons.push(Button {
            asks: Some(("to", "email", msg::channels_mail_try_to(l))),
            ..Button::plain(desk.address(&format!("{MAIL}/try")), msg::channels_try(l))
        });
    }
    sheet
}

fn server(desk: &Desk, form: Option<&Form>, stands: Option<&MailServer>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let of =
        |get: fn(&MailServer) -> Option<&String>| stands.and_then(get).map_or("", String::as_str);
    let port = stands.map(|own| own.port.to_string()).unwrap_or_default();
    let security = match stands.map(|own| own.security) {
        Some(Security::Tls) => "tls",
        Some(Security::None) => "none",
        _ => "starttls",
    };
    let securities = vec![
        ("starttls".to_owned(), "STARTTLS".to_owned()),
        ("tls".to_owned(), "TLS".to_owned()),
        ("none".to_owned(), msg::channels_mail_plain(l)),
    ];
    let has_password = stands.is_some_and(MailServer::has_password);
    let kept = if has_password {
        msg::channels_kept(l)
    } else {
        String::new()
    };
    vec![
        typed.line(
            ("host", "text"),
            msg::channels_mail_host(l),
            of(|own| Some(&own.host)),
        ),
        typed
            .line(("port", "number"), msg::channels_mail_port(l), &port)
            .hint(msg::channels_mail_port_hint(l)),
        typed.choice(
            "security",
            msg::channels_mail_security(l),
            (security, securities),
        ),
        typed.line(
            ("user", "text"),
            msg::channels_mail_user(l),
            of(|own| own.user.as_ref()),
        ),
        typed
            .line(("password", "password"), msg::channels_mail_password(l), "")
            .hint(kept),
        typed.line(
            ("from", "email"),
            msg::channels_mail_from_field(l),
            of(|own| Some(&own.from)),
        ),
        typed.line(
            ("reply_to", "email"),
            msg::channels_mail_reply_to(l),
            of(|own| own.reply_to.as_ref()),
        ),
        typed
            .area(
                "root_certificate",
                msg::channels_mail_certificate(l),
                of(|own| own.root_certificate.as_ref()),
            )
            .hint(msg::channels_mail_certificate_hint(l)),
    ]
}

fn signing(desk: &Desk, form: Option<&Form>, stands: Option<&MailServer>) -> Vec<Field> {
    let l = desk.locale();
    let typed = Typed::new(desk, form);
    let dkim = stands.and_then(|own| own.dkim.as_ref());
    let kept = if dkim.is_some() {
        msg::channels_kept(l)
    } else {
        String::new()
    };
    vec![
        typed.line(
            ("dkim_domain", "text"),
            msg::channels_mail_dkim_domain(l),
            dkim.map_or("", |own| own.domain.as_str()),
        ),
        typed.line(
            ("dkim_selector", "text"),
            msg::channels_mail_dkim_selector(l),
            dkim.map_or("", |own| own.selector.as_str()),
        ),
        typed
            .area("dkim_key", msg::channels_mail_dkim_key(l), "")
            .hint(kept),
    ]
}

impl Desk {
    async fn mail_server(&self) -> Result<Option<MailServer>, Response> {
        let found = self.visit.call(noroshi_ops::App::mail_server).await?;
        Ok(found.map(|own| own.value))
    }
}

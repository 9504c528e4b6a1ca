//! A new page, made in the browser: what it is called, in which languages, in which time zone.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Redirect, Response};
use noroshi_domain::{Locale, NewPage, PageSettings, Zone};
use noroshi_ops::OpError;
use noroshi_text::{labels, msg, refusal};

use crate::console::form::Form;
use crate::console::picker::Picker;
use crate::console::sheet::{Field, Kind, Part, Sheet};
use crate::console::shell;
use crate::console::visit::Visit;

/// `GET /console/new-page`.
pub(super) async fn get_new_page(visit: Visit) -> Response {
    sheet(&visit, &Form::default()).shown()
}

/// `POST /console/new-page`: leads to the page's systems.
pub(super) async fn post_new_page(visit: Visit, body: String) -> Result<Response, Response> {
    let form = Form::read(&body);
    let l = visit.locale;
    let name = form.texts("name", &Locale::ALL);
    // A page speaks the languages that it is named in.
    let locales: Vec<Locale> = name.iter().map(|(locale, _)| locale).collect();
    let default_locale = if locales.contains(&l) {
        l
    } else {
        locales.first().copied().unwrap_or(l)
    };
    let Ok(zone) = Zone::parse(form.get("zone")) else {
        let problem = msg::console_bad_zone(l, form.get("zone"));
        return Ok(sheet(&visit, &form).refused(problem));
    };
    let new = NewPage {
        id: None,
        name,
        hosts: Vec::new(),
        path: None,
        url: None,
        zone,
        default_locale,
        locales,
        settings: PageSettings::default(),
    };
    let actor = visit.caller.actor.clone();
    let made = visit
        .call(move |app| match app.create_page(&actor, &new) {
            Err(OpError::Refused(refused)) => Ok(Err(refused)),
            made => made.map(Ok),
        })
        .await?;
    Ok(match made {
        Ok(answer) => {
            let place = format!("/console/pages/{}/components", answer.id);
            Redirect::to(&place).into_response()
        }
        Err(refused) => sheet(&visit, &form).refused(refusal::word(&refused, l)),
    })
}

fn sheet(visit: &Visit, form: &Form) -> Sheet {
    let l = visit.locale;
    let mut locales = Locale::ALL;
    locales.sort_by_key(|locale| *locale != l);
    let names = locales.map(|locale| {
        let tag = locale.as_str();
        let typed = form.raw(&format!("name.{tag}")).to_owned();
        (tag, labels::language(locale), typed)
    });
    let zone = match (form.get("zone"), l) {
        ("", Locale::Ja) => "Asia/Tokyo",
        ("", Locale::En) => "Etc/UTC",
        (typed, _) => typed,
    };
    let fields = vec![
        Field::new("name", msg::console_name(l), Kind::Lines(names.into()))
            .hint(msg::console_new_page_hint(l)),
        Field::new(
            "zone",
            msg::console_zone(l),
            Kind::Line("text", zone.to_owned()),
        )
        .hint(msg::console_zone_hint(l)),
    ];
    Sheet {
        shell: shell::of_visit(visit, &msg::console_new_page(l)),
        l,
        problem: None,
        action: super::NEW_PAGE.to_owned(),
        seq: 0,
        command: String::new(),
        picker: Picker::default(),
        parts: vec![Part {
            heading: String::new(),
            fields,
        }],
        submit: msg::console_new_page_make(l),
        back: String::new(),
        links: Vec::new(),
        buttons: Vec::new(),
        locked: BTreeMap::new(),
    }
}

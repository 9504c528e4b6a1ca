//! Pages.

use noroshi_domain::{Command, Page, PagePatch, PageSettings, Texts, Zone};
use noroshi_ops::{OpError, Permission};
use noroshi_page::View;
use noroshi_page::api_v1::{self, CHANNELS, COLOURS, KEPT, Kept};
use serde_json::Value;

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;

/// Longest text that is only kept, in characters.
const KEPT_CHARS_MAX: usize = 10_000;

/// The pages that the key reaches.
pub(super) fn list(ask: &Ask) -> Result<Reply, Fault> {
    let mut shapes = Vec::new();
    for page in ask.app.pages()? {
        if !ask.caller.may(Some(&page), Permission::View) {
            continue;
        }
        match ask.app.state(&page) {
            Ok(state) if state.page.deleted_at.is_none() => {
                shapes.push(api_v1::page(&View::of_team(&state, ask.now)));
            }
            // It went meanwhile, or is hidden.
            Ok(_) | Err(OpError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Reply::Ok(shapes.into()))
}

/// One page.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    let state = ask.state()?;
    Ok(Reply::Ok(api_v1::page(&ask.view(&state))))
}

/// Changes what is sent of a page.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    ask.state()?;
    let fields = ask.wrapped("page")?;
    ask.execute_together(|state| {
        let patch = patch_of(&state.page, &fields)?;
        Ok(vec![Command::UpdatePage(Box::new(patch))])
    })?;
    get(ask)
}

fn patch_of(page: &Page, fields: &Fields<'_>) -> Result<PagePatch, Fault> {
    let mut patch = PagePatch::default();
    if let Some(name) = fields.text("name")? {
        let mut texts = page.name.clone();
        texts.set(page.default_locale, name);
        patch.name = Some(texts);
    }
    if let Some(domain) = fields.text("domain")? {
        patch.hosts = Some(hosts(page, domain.trim()));
    }
    if let Some(zone) = fields.said("time_zone")? {
        let zone = Zone::parse(zone.trim());
        let unknown = || fields.invalid("time_zone", "must be an IANA name like Asia/Tokyo");
        patch.zone = Some(zone.map_err(|_| unknown())?);
    }
    let settings = settings_of(page, fields)?;
    if settings != page.settings {
        patch.settings = Some(Box::new(settings));
    }
    Ok(patch)
}

/// The first host name is the one that this API knows.
fn hosts(page: &Page, domain: &str) -> Vec<String> {
    let others = page.hosts.iter().skip(1).filter(|host| *host != domain);
    let first = (!domain.is_empty()).then(|| domain.to_ascii_lowercase());
    first.into_iter().chain(others.cloned()).collect()
}

fn settings_of(page: &Page, fields: &Fields<'_>) -> Result<PageSettings, Fault> {
    let mut settings = page.settings.clone();
    if let Some(url) = fields.text("url")? {
        settings.company_url = Some(url).filter(|url| !url.is_empty());
    }
    if let Some(hidden) = fields.flag("hidden_from_search")? {
        settings.hidden_from_search = hidden;
    }
    if let Some(private) = fields.flag("viewers_must_be_team_members")? {
        settings.private = private;
    }
    for (field, _) in COLOURS {
        if let Some(colour) = fields.said(field)? {
            let colour = format!("#{}", colour.trim().trim_start_matches('#'));
            settings.colours.insert(field.to_owned(), colour);
        }
    }
    for (field, channel) in CHANNELS {
        if let Some(allowed) = fields.flag(field)? {
            settings.subscribe_off.retain(|off| off != channel);
            if !allowed {
                settings.subscribe_off.push(channel.to_owned());
            }
        }
    }
    let mut kept = api_v1::kept(page);
    for (field, kind) in KEPT {
        let value: Option<Value> = match kind {
            Kept::Flag(_) => fields.flag(field)?.map(Value::from),
            Kept::Text => fields.short(field, KEPT_CHARS_MAX)?.map(Value::from),
        };
        if let Some(value) = value {
            kept.insert(field.to_owned(), value);
        }
    }
    if !kept.is_empty() {
        settings.compatible = Some(Value::Object(kept).to_string());
    }
    Ok(settings)
}

/// A text of this API: it stands in the page's default locale, others stay as they are.
pub(super) fn in_default(page: &Page, stood: &Texts, text: String) -> Texts {
    let mut texts = stood.clone();
    texts.set(page.default_locale, text);
    texts
}

/// The same where an empty text takes it away in every locale.
pub(super) fn or_none(page: &Page, stood: &Texts, text: String) -> Texts {
    if text.is_empty() {
        Texts::default()
    } else {
        in_default(page, stood, text)
    }
}

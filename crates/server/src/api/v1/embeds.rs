//! How the embedded status looks.

use noroshi_ops::Stored;
use noroshi_ops::embeds::EmbedConfig;
use serde_json::{Value, json};

use super::ask::{Ask, Fault, Reply};
use super::fields::Fields;
use super::records;

/// Where on a window it may stand.
const POSITIONS: [&str; 4] = ["top-left", "top-right", "bottom-left", "bottom-right"];

/// As it stands; ours where nobody has set it.
pub(super) fn get(ask: &Ask) -> Result<Reply, Fault> {
    stored(ask).map(|stored| Reply::Ok(shape(ask, &stored)))
}

fn stored(ask: &Ask) -> Result<Stored<EmbedConfig>, Fault> {
    let page = ask.state()?.page.id.clone();
    let found = ask.app.record::<EmbedConfig>(page.as_str())?;
    Ok(found.unwrap_or_else(|| Stored {
        id: page.to_string(),
        page: Some(page),
        version: 0,
        created_at: ask.now,
        value: EmbedConfig::default(),
    }))
}

/// Changes what is sent.
pub(super) fn update(ask: &Ask) -> Result<Reply, Fault> {
    let mut stored = stored(ask)?;
    let fields = ask.wrapped("status_embed_config")?;
    let value = &mut stored.value;
    if let Some(position) = fields.word("position", |text| {
        POSITIONS.into_iter().find(|known| *known == text)
    })? {
        position.clone_into(&mut value.position);
    }
    for (field, colour) in [
        ("incident_background_color", &mut value.incident_background),
        ("incident_text_color", &mut value.incident_text),
        (
            "maintenance_background_color",
            &mut value.maintenance_background,
        ),
        ("maintenance_text_color", &mut value.maintenance_text),
    ] {
        if let Some(sent) = colour_of(&fields, field)? {
            *colour = sent;
        }
    }
    let stored = records::put(ask, &stored, "embed_config_changed")?;
    Ok(Reply::Ok(shape(ask, &stored)))
}

fn colour_of(fields: &Fields<'_>, field: &str) -> Result<Option<String>, Fault> {
    let Some(text) = fields.said(field)? else {
        return Ok(None);
    };
    let colour = text.trim().trim_start_matches('#').to_ascii_lowercase();
    if colour.len() == 6 && colour.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(Some(colour))
    } else {
        Err(fields.invalid(field, "must be a colour like 1d4f91"))
    }
}

fn shape(ask: &Ask, stored: &Stored<EmbedConfig>) -> Value {
    let value = &stored.value;
    json!({
        "page_id": ask.name("page_id"),
        "position": value.position,
        "incident_background_color": value.incident_background,
        "incident_text_color": value.incident_text,
        "maintenance_background_color": value.maintenance_background,
        "maintenance_text_color": value.maintenance_text,
    })
}

//! `noroshi export`: the file that makes a page what it is, for `noroshi apply`.

use anyhow::Result;
use noroshi_domain::{Component, Group, Instant, Locale, State, Texts};
use serde_json::{Map, Value, json};

use crate::arguments::Common;
use crate::commands::apply::templates::components_of;
use crate::commands::template::Kept;
use crate::door::{Door, Intent};
use crate::output;

/// Prints the named page, or all pages, as that file.
pub(crate) fn run(common: &Common, with_team: bool) -> Result<()> {
    let door = Door::open(common, Intent::Read)?;
    let mut states = Vec::new();
    if let Some(code) = common.page.as_deref() {
        states.push(door.page(Some(code))?.state);
    } else {
        for id in door.pages()? {
            states.push(door.state(&id)?);
        }
        states.retain(|state| state.page.deleted_at.is_none());
    }
    let team = if with_team { door.users()? } else { Vec::new() };
    let now = door.now();
    let mut pages = Vec::new();
    for state in &states {
        let templates = door.templates(&state.page.id)?;
        let mut page = page(state, now);
        let default = state.page.default_locale;
        let templates = templates.iter().map(|own| template(own, default));
        page["template"] = templates.collect();
        let people = team.iter().filter_map(|user| {
            let role = user.pages.get(&state.page.id)?;
            Some(json!({ "email": user.email, "role": role }))
        });
        page["person"] = people.collect();
        pages.push(page);
    }
    if common.json {
        return output::json(&json!({ "page": pages }));
    }
    let mut text = String::from(
        "# Pages with their settings, groups, components and templates, for `noroshi apply`.\n\
         # Rows stand on the page in this order. What is taken out of this file is left alone;\n\
         # with --prune, components that are no longer named retire and templates go.\n",
    );
    for page in pages {
        write_page(&page, &mut text);
    }
    output::line(text.trim_end())
}

/// A page as a tree of what can be applied; `rows` holds groups and single components in order.
fn page(state: &State, now: Instant) -> Value {
    let page = &state.page;
    let default = page.default_locale;
    let rows: Vec<Value> = rows(state)
        .into_iter()
        .map(|row| match row {
            Row::Single(own) => json!({ "component": component(own, state, now) }),
            Row::Group(own) => json!({ "group": group(own, state, now) }),
        })
        .collect();
    let settings = serde_json::to_value(&page.settings);
    json!({
        "code": page.id,
        "name": texts(&page.name, default),
        "zone": page.zone.name(),
        "default_locale": default,
        "locales": page.locales,
        "hosts": page.hosts,
        "path": page.path,
        "url": page.url,
        "settings": settings.expect("settings have keys that are texts"),
        "rows": rows,
    })
}

enum Row<'s> {
    Single(&'s Component),
    Group(&'s Group),
}

fn rows(state: &State) -> Vec<Row<'_>> {
    let single = state.live_components().into_iter();
    let single = single.filter(|own| own.group_id.is_none());
    let single = single.map(|own| (own.position, own.id.as_str(), Row::Single(own)));
    let groups = state.groups.values();
    let groups = groups.map(|own| (own.position, own.id.as_str(), Row::Group(own)));
    let mut rows: Vec<_> = single.chain(groups).collect();
    rows.sort_by_key(|(position, id, _)| (*position, *id));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn group(own: &Group, state: &State, now: Instant) -> Value {
    let default = state.page.default_locale;
    let members = state.members_of(&own.id).into_iter();
    json!({
        "code": own.id,
        "name": texts(&own.name, default),
        "description": texts(&own.description, default),
        "component": members.map(|own| component(own, state, now)).collect::<Vec<_>>(),
    })
}

fn component(own: &Component, state: &State, now: Instant) -> Value {
    let default = state.page.default_locale;
    json!({
        "code": own.id,
        "name": texts(&own.name, default),
        "description": texts(&own.description, default),
        "showcase": own.showcase,
        "start_date": own.start_date.map_or_else(String::new, |day| day.to_string()),
        "only_show_if_degraded": own.only_show_if_degraded,
        "depends_on": own.depends_on,
        "third_party": own.third_party,
        "restricted": own.restricted,
        "policy": state.policy_at(&own.id, now),
        "grace_s": own.grace_s,
    })
}

fn template(own: &Kept, default: Locale) -> Value {
    json!({
        "name": own.name,
        "group": own.group,
        "title": texts(&own.title, default),
        "body": texts(&own.body, default),
        "lifecycle": own.lifecycle,
        "components": components_of(own),
        "promise_s": own.promise_s,
        "notify": own.notify,
    })
}

/// One text where it stands in the default language only, else one for each language.
fn texts(texts: &Texts, default: Locale) -> Value {
    let mut each = texts.iter();
    match (each.next(), each.next()) {
        (None, _) => Value::Null,
        (Some((locale, text)), None) if locale == default => json!(text),
        _ => json!(texts),
    }
}

fn write_page(page: &Value, text: &mut String) {
    text.push_str("\n[[page]]\n");
    write_keys(page, text);
    if page["settings"]
        .as_object()
        .is_some_and(|settings| !settings.is_empty())
    {
        text.push_str("\n[page.settings]\n");
        write_keys(&page["settings"], text);
    }
    for row in page["rows"].as_array().into_iter().flatten() {
        if let Some(component) = row.get("component") {
            text.push_str("\n[[page.component]]\n");
            write_keys(component, text);
        }
        if let Some(group) = row.get("group") {
            text.push_str("\n[[page.group]]\n");
            write_keys(group, text);
            for member in group["component"].as_array().into_iter().flatten() {
                text.push_str("\n[[page.group.component]]\n");
                write_keys(member, text);
            }
        }
    }
    for template in page["template"].as_array().into_iter().flatten() {
        text.push_str("\n[[page.template]]\n");
        write_keys(template, text);
    }
    for person in page["person"].as_array().into_iter().flatten() {
        text.push_str("\n[[page.person]]\n");
        write_keys(person, text);
    }
}

/// Keys that stand first, in this order; the others follow by the alphabet.
const FIRST: [&str; 3] = ["code", "name", "description"];
/// What has tables of its own.
const TABLES: [&str; 5] = ["settings", "rows", "component", "template", "person"];

fn write_keys(table: &Value, text: &mut String) {
    let empty = Map::new();
    let table = table.as_object().unwrap_or(&empty);
    let first = FIRST.iter().filter_map(|key| table.get_key_value(*key));
    let others = table.iter().filter(|(key, _)| {
        let key = key.as_str();
        !FIRST.contains(&key) && !TABLES.contains(&key)
    });
    for (key, value) in first.chain(others) {
        if let Some(value) = toml_of(value) {
            text.extend([key, " = ", &value.to_string(), "\n"]);
        }
    }
}

/// A value as TOML; `None`: it has none to write.
fn toml_of(value: &Value) -> Option<toml::Value> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(toml::Value::Boolean(*flag)),
        Value::Number(number) => number.as_i64().map(toml::Value::Integer),
        Value::String(text) => Some(toml::Value::String(text.clone())),
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            let values = values.iter().filter_map(toml_of);
            Some(toml::Value::Array(values.collect()))
        }
        Value::Object(rows) => {
            let rows = rows
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), toml_of(value)?)));
            Some(toml::Value::Table(rows.collect()))
        }
    }
}

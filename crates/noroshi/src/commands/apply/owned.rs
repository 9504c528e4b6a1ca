//! Which fields a file sets, and where in it: what `apply` writes down, so that nothing else changes
//! them.

use std::collections::BTreeMap;

use noroshi_ops::owned::{person_row, template_row};

use crate::commands::apply::file::{PageWish, Source, Spots};
use crate::commands::apply::plan::Found;

/// Rows with their fields, each with its line.
pub(crate) type Rows = BTreeMap<String, BTreeMap<String, u32>>;

/// Keys that name a row, or hold other rows.
const NO_FIELDS: [&str; 6] = [
    "code",
    "settings",
    "component",
    "group",
    "template",
    "person",
];

/// What a file says of a page.
pub(crate) fn rows(wish: &PageWish, found: &Found<'_>, source: &Source) -> Rows {
    let fields = |spots: &Spots| -> BTreeMap<String, u32> {
        let keys = spots.keys.iter();
        keys.filter(|(key, _)| !NO_FIELDS.contains(&key.as_str()))
            .map(|(key, at)| (key.clone(), source.line(*at)))
            .collect()
    };
    let mut rows = Rows::new();
    let mut page = fields(&wish.spots);
    let settings = wish.settings.iter();
    page.extend(settings.map(|own| (own.key.clone(), source.line(own.spots.at))));
    rows.insert("page".to_owned(), page);
    for (id, own, _) in &found.components {
        let mut own_fields = fields(&own.spots);
        // Where it stands is said by where it stands in the file.
        for place in ["position", "group_id"] {
            own_fields.insert(place.to_owned(), source.line(own.spots.at));
        }
        rows.insert(format!("component {id}"), own_fields);
    }
    for (id, own) in &found.groups {
        let mut own_fields = fields(&own.spots);
        own_fields.insert("position".to_owned(), source.line(own.spots.at));
        rows.insert(format!("group {id}"), own_fields);
    }
    for own in &wish.templates {
        let keys = own.spots.keys.iter();
        let lines = keys.map(|(key, at)| (key.clone(), source.line(*at)));
        rows.insert(template_row(&own.name), lines.collect());
    }
    for own in &wish.people {
        let keys = own.spots.keys.iter();
        let lines = keys.map(|(key, at)| (key.clone(), source.line(*at)));
        rows.insert(person_row(&own.email), lines.collect());
    }
    rows
}

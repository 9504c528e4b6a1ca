//! JSON Schemas of the values whose written form is their own: identifiers, instants, zones, days.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::id::{
    AnnouncementId, ClaimId, CommandId, ComponentId, GroupId, HoldId, ID_CHARS_MAX, IncidentId,
    PageId, PromiseId, RecurrenceId, SeriesId, UpdateId,
};
use crate::locale::Texts;
use crate::time::{Instant, Zone};

macro_rules! schemas {
    ($($name:ident => $schema:expr;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

fn id(of: &str) -> Schema {
    json_schema!({
        "description": format!("Identifier of {of}"),
        "type": "string",
        "pattern": "^[a-z0-9]+$",
        "minLength": 1,
        "maxLength": ID_CHARS_MAX,
    })
}

schemas! {
    PageId => id("a page");
    GroupId => id("a group");
    ComponentId => id("a component");
    IncidentId => id("an incident or a maintenance");
    UpdateId => id("an update");
    ClaimId => id("a claim");
    HoldId => id("a hold");
    PromiseId => id("a promise");
    RecurrenceId => id("a recurrence");
    AnnouncementId => id("an announcement");
    SeriesId => id("a series");
    CommandId => id("a command");
    Instant => json_schema!({
        "description": "An instant, RFC 3339",
        "type": "string",
        "format": "date-time",
    });
    Zone => json_schema!({
        "description": "An IANA time zone",
        "type": "string",
        "examples": ["Asia/Tokyo"],
    });
    Texts => json_schema!({
        "description": "A text in one or more of the page's locales",
        "type": "object",
        "properties": { "en": { "type": "string" }, "ja": { "type": "string" } },
        "additionalProperties": false,
        "examples": [{ "en": "Checkout is slow", "ja": "決済が遅延しています" }],
    });
}

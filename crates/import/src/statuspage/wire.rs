//! The public JSON as it comes over the wire (reference 1.3 and 1.4), read into typed values.
//!
//! Field names are theirs. Times become instants here, statuses and lifecycles enums; unknown
//! fields are ignored, because newer pages have more of them.

use jiff::civil::Date;
use noroshi_domain::{Impact, Instant, Lifecycle, Status};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The page object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Page {
    #[serde(deserialize_with = "words")]
    pub(super) id: String,
    #[serde(deserialize_with = "words")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) time_zone: Option<String>,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) updated_at: Option<Instant>,
}

/// A component or a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Component {
    pub(super) id: String,
    #[serde(deserialize_with = "words")]
    pub(super) name: String,
    #[serde(deserialize_with = "status")]
    pub(super) status: Status,
    #[serde(deserialize_with = "instant")]
    pub(super) created_at: Instant,
    #[serde(deserialize_with = "instant")]
    pub(super) updated_at: Instant,
    #[serde(default)]
    pub(super) position: Option<i64>,
    #[serde(default, deserialize_with = "optional_words")]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) showcase: bool,
    #[serde(default, deserialize_with = "optional_date")]
    pub(super) start_date: Option<Date>,
    #[serde(default)]
    pub(super) group_id: Option<String>,
    #[serde(default)]
    pub(super) group: bool,
    #[serde(default)]
    pub(super) only_show_if_degraded: bool,
}

/// An incident or a maintenance.
#[expect(clippy::struct_field_names, reason = "fields are named as on the wire")]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Incident {
    pub(super) id: String,
    #[serde(deserialize_with = "words")]
    pub(super) name: String,
    #[serde(deserialize_with = "lifecycle")]
    pub(super) status: Lifecycle,
    #[serde(deserialize_with = "instant")]
    pub(super) created_at: Instant,
    #[serde(deserialize_with = "instant")]
    pub(super) updated_at: Instant,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) monitoring_at: Option<Instant>,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) resolved_at: Option<Instant>,
    #[serde(deserialize_with = "impact")]
    pub(super) impact: Impact,
    #[serde(default)]
    pub(super) shortlink: Option<String>,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) started_at: Option<Instant>,
    #[serde(default)]
    pub(super) incident_updates: Vec<Update>,
    #[serde(default)]
    pub(super) components: Vec<Component>,
    #[serde(default)]
    pub(super) reminder_intervals: Option<String>,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) scheduled_for: Option<Instant>,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) scheduled_until: Option<Instant>,
    #[serde(default)]
    pub(super) backfilled: Option<bool>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Update {
    pub(super) id: String,
    #[serde(deserialize_with = "lifecycle")]
    pub(super) status: Lifecycle,
    #[serde(default, deserialize_with = "optional_words")]
    pub(super) body: Option<String>,
    #[serde(deserialize_with = "instant")]
    pub(super) created_at: Instant,
    #[serde(deserialize_with = "instant")]
    pub(super) updated_at: Instant,
    #[serde(default, deserialize_with = "optional_instant")]
    pub(super) display_at: Option<Instant>,
    #[serde(default)]
    pub(super) affected_components: Option<Vec<Affected>>,
    #[serde(default)]
    pub(super) deliver_notifications: bool,
    #[serde(default, deserialize_with = "optional_words")]
    pub(super) custom_tweet: Option<String>,
}

/// A component as an update found and left it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Affected {
    pub(super) code: String,
    #[serde(default, deserialize_with = "words")]
    pub(super) name: String,
    #[serde(deserialize_with = "status")]
    pub(super) old_status: Status,
    #[serde(deserialize_with = "status")]
    pub(super) new_status: Status,
}

/// Any of the documents under `/api/v2/`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) page: Option<Page>,
    #[serde(default)]
    pub(super) components: Option<Vec<Component>>,
    #[serde(default)]
    pub(super) incidents: Option<Vec<Incident>>,
    #[serde(default)]
    pub(super) scheduled_maintenances: Option<Vec<Incident>>,
}

impl Incident {
    /// Whether it is planned work.
    pub(super) fn is_maintenance(&self) -> bool {
        self.scheduled_for.is_some()
            || self.status.kind() == noroshi_domain::IncidentKind::Maintenance
    }
}

// PostgreSQL's text can not hold U+0000, so no text of ours does.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(String::deserialize(deserializer)?.replace('\0', "\u{fffd}"))
}

fn optional_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.replace('\0', "\u{fffd}")))
}

fn optional_instant<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Instant>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    if text.is_empty() {
        return Ok(None);
    }
    parse_instant(&text).map(Some).map_err(D::Error::custom)
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    parse_instant(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn parse_instant(text: &str) -> Result<Instant, String> {
    // A status page before 1970 or after 2200 is a slip of the pen, and would make days for ever.
    let lowest = Instant::from_micros(0);
    let highest = Instant::from_micros(7_258_118_400_000_000);
    Instant::parse(text)
        .filter(|instant| (lowest..highest).contains(instant))
        .ok_or_else(|| format!("{text:?} is no time like 2026-03-04T09:41:12.207Z of 1970 to 2200"))
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    // Older objects have a whole timestamp where newer ones have the date.
    let day = text.split('T').next().unwrap_or(&text);
    day.parse()
        .map(Some)
        .map_err(|_| D::Error::custom(format!("{text:?} is no date like 2026-03-04")))
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if name.is_empty() {
        return Ok(Status::Operational);
    }
    Status::parse(&name)
        .filter(|status| status.can_be_said())
        .ok_or_else(|| D::Error::custom(format!("{name:?} is no component status")))
}

fn lifecycle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lifecycle, D::Error> {
    let name = String::deserialize(deserializer)?;
    Lifecycle::parse(&name)
        .ok_or_else(|| D::Error::custom(format!("{name:?} is no incident status")))
}

fn impact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Impact, D::Error> {
    let name = String::deserialize(deserializer)?;
    Impact::parse(&name).ok_or_else(|| D::Error::custom(format!("{name:?} is no impact")))
}

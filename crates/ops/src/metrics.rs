//! Metrics of a page and where their points come from.
//!
//! Points stand on a grid of 30 seconds, the last of a slot wins; those of an hour are one record.

use std::collections::BTreeMap;

use noroshi_domain::Instant;
use noroshi_store::Key;
use serde::{Deserialize, Serialize};

use crate::records::{PrivateRecord, shared_key};

/// The grid, in seconds.
pub const SLOT_S: i64 = 30;
/// How far back points are taken, in days.
pub const POINT_DAYS: i64 = 28;

/// Where points come from. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsProvider {
    /// `Self`: sent to us. Others are kept and not asked.
    pub kind: String,
    /// Their address. No secret of theirs is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_uri: Option<String>,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The kind whose points are sent to us.
pub const OWN_KIND: &str = "Self";

impl MetricsProvider {
    /// Whether points are sent to us.
    pub fn is_own(&self) -> bool {
        self.kind == OWN_KIND
    }
}

impl PrivateRecord for MetricsProvider {
    const KIND: &'static str = "metrics_provider";

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
}

/// A metric and how it is to be shown. Belongs to a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Where its points come from.
    pub provider: String,
    /// Its title.
    pub name: String,
    /// What its provider calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What the team calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_name: Option<String>,
    /// What is told beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooltip: Option<String>,
    /// Shown on the page.
    pub display: bool,
    /// The axis begins at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y_min: Option<f64>,
    /// The axis ends at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y_max: Option<f64>,
    /// No axis.
    pub y_hidden: bool,
    /// The unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Decimal places.
    pub decimals: i64,
    /// How points of a slot become one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<String>,
    /// When the latest point was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_at: Option<Instant>,
    /// When it last changed.
    pub updated_at: Instant,
}

impl PrivateRecord for Metric {
    const KIND: &'static str = "metric";

    fn keys(&self) -> Vec<Key> {
        vec![shared_key("provider", &self.provider)]
    }
}

/// The points of one metric in one hour; the record has the metric's identifier and the hour's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Of which metric.
    pub metric: String,
    /// Values by the beginning of their slot, in seconds.
    pub values: BTreeMap<i64, f64>,
}

impl PrivateRecord for Points {
    const KIND: &'static str = "metric_points";

    fn keys(&self) -> Vec<Key> {
        vec![shared_key("metric", &self.metric)]
    }
}

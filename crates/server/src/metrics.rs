//! What the server counts, as `OpenMetrics` text.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use noroshi_domain::{Instant, PageId, SECOND_US};
use noroshi_publish::Snapshot;

use crate::routes::Class;

/// Status codes by their first digit.
const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Counters of one process.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: [[AtomicU64; STATUS_CLASSES.len()]; Class::ALL.len()],
    connections: AtomicI64,
    connections_accepted: AtomicU64,
    connections_refused: AtomicU64,
    streams: AtomicI64,
    followers: Mutex<BTreeMap<String, Arc<AtomicI64>>>,
}

/// A loop that says when it last did its work.
#[derive(Debug, Clone)]
pub struct Follower(Arc<AtomicI64>);

impl Follower {
    /// Its step is done.
    pub fn mark(&self, now: Instant) {
        self.0.store(now.micros(), Ordering::Relaxed);
    }
}

/// A connection that is open; closing is being dropped.
pub(crate) struct OpenConnection(Arc<Metrics>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A page that is told of changes; ending is being dropped.
pub(crate) struct OpenStream(Arc<Metrics>);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A loop of this name (`publish`, `clock`), whose age is shown from now on.
    pub fn follower(&self, name: &str, now: Instant) -> Follower {
        let mut followers = self
            .followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mark = followers
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(AtomicI64::new(now.micros())));
        Follower(Arc::clone(mark))
    }

    /// How many connections are open.
    pub fn connection_count(&self) -> i64 {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn connection_opened(self: &Arc<Self>) -> OpenConnection {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.connections_accepted.fetch_add(1, Ordering::Relaxed);
        OpenConnection(Arc::clone(self))
    }

    pub(crate) fn stream_opened(self: &Arc<Self>) -> OpenStream {
        self.streams.fetch_add(1, Ordering::Relaxed);
        OpenStream(Arc::clone(self))
    }

    pub(crate) fn connection_refused(&self) {
        self.connections_refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, class: Class, status: http::StatusCode) {
        let digit = usize::from(status.as_u16() / 100).clamp(1, STATUS_CLASSES.len());
        self.requests[class as usize][digit - 1].fetch_add(1, Ordering::Relaxed);
    }

    /// All of it as `OpenMetrics` text. `heads` are the record's own, where it answers.
    pub(crate) fn text(
        &self,
        snapshot: &Snapshot,
        heads: Option<&BTreeMap<PageId, i64>>,
        now: Instant,
    ) -> String {
        let mut text = String::new();
        self.write_requests(&mut text);
        self.write_connections(&mut text);
        write_pages(&mut text, snapshot, heads);
        self.write_followers(&mut text, now);
        family(
            &mut text,
            "noroshi_store_up",
            "gauge",
            "whether the record answers",
        );
        line(
            &mut text,
            "noroshi_store_up",
            "",
            i64::from(heads.is_some()),
        );
        text.push_str("# EOF\n");
        text
    }

    fn write_requests(&self, text: &mut String) {
        family(text, "noroshi_requests", "counter", "requests answered");
        for class in Class::ALL {
            for (digit, status) in STATUS_CLASSES.iter().enumerate() {
                let count = self.requests[class as usize][digit].load(Ordering::Relaxed);
                let labels = format!("{{class=\"{}\",status=\"{status}\"}}", class.as_str());
                line(text, "noroshi_requests_total", &labels, count);
            }
        }
    }

    fn write_connections(&self, text: &mut String) {
        family(text, "noroshi_connections", "gauge", "connections open");
        line(text, "noroshi_connections", "", self.connection_count());
        family(
            text,
            "noroshi_connections_accepted",
            "counter",
            "connections accepted",
        );
        let accepted = self.connections_accepted.load(Ordering::Relaxed);
        line(text, "noroshi_connections_accepted_total", "", accepted);
        family(
            text,
            "noroshi_connections_refused",
            "counter",
            "connections closed at the limit",
        );
        let refused = self.connections_refused.load(Ordering::Relaxed);
        line(text, "noroshi_connections_refused_total", "", refused);
        family(
            text,
            "noroshi_event_streams",
            "gauge",
            "open pages that are told of changes",
        );
        let streams = self.streams.load(Ordering::Relaxed);
        line(text, "noroshi_event_streams", "", streams);
    }

    fn write_followers(&self, text: &mut String, now: Instant) {
        let followers = self
            .followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        family(
            text,
            "noroshi_follower_age_seconds",
            "gauge",
            "time since a follower last did its work",
        );
        for (name, mark) in followers.iter() {
            let at = Instant::from_micros(mark.load(Ordering::Relaxed));
            let age = now.since_us(at) as f64 / SECOND_US as f64;
            let labels = format!("{{follower=\"{name}\"}}");
            line(text, "noroshi_follower_age_seconds", &labels, age);
        }
    }
}

fn write_pages(text: &mut String, snapshot: &Snapshot, heads: Option<&BTreeMap<PageId, i64>>) {
    family(
        text,
        "noroshi_published_seq",
        "gauge",
        "journal entry that readers see",
    );
    for (page, set) in &snapshot.pages {
        let labels = format!("{{page=\"{page}\"}}");
        line(text, "noroshi_published_seq", &labels, set.site.seq);
    }
    family(
        text,
        "noroshi_published_lag_entries",
        "gauge",
        "journal entries that readers do not see yet",
    );
    for (page, set) in &snapshot.pages {
        if let Some(seq) = heads.and_then(|heads| heads.get(page)) {
            let labels = format!("{{page=\"{page}\"}}");
            line(
                text,
                "noroshi_published_lag_entries",
                &labels,
                seq - set.site.seq,
            );
        }
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(text, "# TYPE {name} {kind}\n# HELP {name} {help}")
        .expect("writing to memory does not fail");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    writeln!(text, "{name}{labels} {value}").expect("writing to memory does not fail");
}

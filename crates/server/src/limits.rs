//! Every bound of the HTTP server, by name, and what happens at it.

use std::time::Duration;

/// The bounds of a server; [`Limits::default`] is what installations run with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open connections; one more is closed at once.
    pub connections: usize,
    /// From a connection's start, or a request's first byte, to the end of its header; the TLS
    /// handshake has as long again. At the bound the connection is closed.
    pub header_time: Duration,
    /// From header to answer; at the bound 503.
    pub request_time: Duration,
    /// Without a byte either way; at the bound the connection is closed.
    pub idle_time: Duration,
    /// A connection's whole life; at the bound it ends after the answer under way.
    pub connection_time: Duration,
    /// What ends after [`Limits::connection_time`] or a shutdown may still take.
    pub shutdown_time: Duration,
    /// Request line and header lines, in bytes; more is 431.
    pub header_bytes: usize,
    /// Header lines; more is 431.
    pub header_count: usize,
    /// Path and query, in bytes; more is 414.
    pub uri_bytes: usize,
    /// A request's body, in bytes; a longer one is 413, unread.
    pub body_bytes: u64,
    /// Requests at once on one HTTP/2 connection; more wait.
    pub streams: u32,
    /// Open pages that are told of changes; one more is 503 with `Retry-After`, and asks by itself.
    pub event_streams: usize,
    /// Between two events of one stream; what happens meanwhile is told by the next.
    pub event_pace: Duration,
    /// Without an event; at the bound a comment is sent, shorter than [`Limits::idle_time`].
    pub event_rest: Duration,
    /// A body sent to the console or an API, in bytes; a longer one is 413.
    pub desk_body_bytes: u64,
    /// Requests to the console and the APIs at once; one more is 503 with `Retry-After`.
    pub desk_requests: usize,
    /// Operations of theirs at once; more wait, at most the request's time.
    pub desk_calls: usize,
    /// Passwords hashed at once, each with the memory of `PASSWORD_MEMORY_KIB`; more wait.
    pub password_checks: usize,
    /// Those that wait; one more is told to come again.
    pub password_waiting: usize,
    /// Requests of one key to the compatible API in [`API_WINDOW_S`]; one more is 420 with
    /// `Retry-After`. 0: as many as come.
    pub api_requests: usize,
    /// Files read from the published folder at once; more wait, at most the request's time.
    pub file_reads: usize,
    /// Searches and filtered lists at once; one more is 503 with `Retry-After`.
    pub queries: usize,
    /// A search's or a filtered list's time; at the bound 503 with `Retry-After`.
    pub query_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 30_000,
            header_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
            idle_time: Duration::from_mins(1),
            connection_time: Duration::from_hours(1),
            shutdown_time: Duration::from_secs(10),
            header_bytes: 32 * 1024,
            header_count: 100,
            uri_bytes: 8 * 1024,
            body_bytes: 64 * 1024,
            streams: 100,
            event_streams: 20_000,
            event_pace: Duration::from_secs(2),
            event_rest: Duration::from_secs(20),
            desk_body_bytes: 1024 * 1024,
            desk_requests: 256,
            desk_calls: 16,
            password_checks: 2,
            password_waiting: 32,
            api_requests: 60,
            file_reads: 16,
            queries: 4,
            query_time: Duration::from_secs(3),
        }
    }
}

/// Pages whose files the team's screen reads, to say which roles they give; what a file gives is
/// refused all the same on the pages beyond.
pub const TEAM_FILES_MAX: usize = 50;

/// Latest incidents that the console offers to relate one to; older ones are named by their code.
pub const RELATED_OFFERED_MAX: usize = 12;

/// How long what was counted for the composer stands, in seconds.
pub const COUNTED_S: i64 = 15;
/// How many such counts are kept; the oldest goes.
pub const COUNTED_MAX: usize = 32;
/// Lanes that do not get through on the screen of channels, those that wait longest.
pub const AILING_SHOWN_MAX: usize = 50;
/// Subscribers on one screen of the console; the others stand on the next.
pub const SUBSCRIBERS_SHOWN: usize = 50;
/// Deliveries of one subscriber on the console, the newest.
pub const DELIVERIES_SHOWN: u32 = 50;
/// Lines of a list that can not be read and are named; of the others how many there are.
pub const LINE_FAULTS_SHOWN: usize = 20;
/// Drafts that wait for a review and stand on Now, those that wait longest; the others come when
/// these are done.
pub const REVIEWS_SHOWN_MAX: usize = 50;

/// Fields of one form of the console; what comes after is not read. A page of the most components
/// has three for each.
pub const FORM_FIELDS_MAX: usize = 40_000;
/// An internal note, in characters; a longer one is refused, and stays in its form.
pub const NOTE_CHARS_MAX: usize = 10_000;
/// Open files that are not connections: the record, published files, logs.
pub const FILES_KEPT: usize = 512;
/// Readers who may wait for their connection to be taken, on each core; the system has its own
/// bound below which this is cut.
pub const BACKLOG: i32 = 4_096;
/// Longest search in characters; what comes after is not looked for.
pub const SEARCH_CHARS: usize = 200;
/// Seconds a browser or a proxy may show a published page without asking again.
pub const FRESH_S: u32 = 5;
/// Seconds they may show what stands under a name that changes with its bytes.
pub const IMMUTABLE_S: u32 = 31_536_000;
/// Seconds they may go on showing it when we can not be reached.
pub const STALE_S: u32 = 86_400;
/// Seconds a browser may remember that other sites may read our documents.
pub const PREFLIGHT_S: u32 = 86_400;
/// Seconds after which a refused search may be tried again.
pub const RETRY_S: u32 = 2;
/// Between two looks at all connections of a core for what has taken too long, at most: by so much
/// a time-out may come late. Times shorter than eight of these are looked at more often.
pub const LOOK_TIME: Duration = Duration::from_secs(1);
/// Request line and header lines that are answered on the short way, in bytes; longer ones are left
/// to hyper, whose limits are [`Limits`].
pub const SHORT_HEAD_BYTES: usize = 8 * 1024;
/// Header lines there; the same.
pub const SHORT_HEADERS: usize = 64;
/// Bytes read from a connection at once, into room that all connections of a core share.
pub const READ_BYTES: usize = 16 * 1024;
/// Heads of answers that a core keeps ready; at the bound all are written anew.
pub const HEADS_KEPT: usize = 1_024;
/// Rows of the audit on one screen.
pub const AUDIT_ROWS: u32 = 50;
/// How long the sign-on provider has for an answer.
pub const PROVIDER_TIME: Duration = Duration::from_secs(5);
/// Longest answer of the sign-on provider, in bytes; a longer one is not read.
pub const PROVIDER_BYTES: usize = 256 * 1024;
/// For how long the provider is used as it said, in seconds; then it is asked again.
pub const PROVIDER_KNOWN_S: i64 = 3_600;
/// The provider's keys are asked for again when it signs with another one, at most once in so many
/// seconds.
pub const PROVIDER_KEYS_S: i64 = 60;
/// Empty rows for groups at the screen of signing in; who needs more saves these first.
pub const GROUP_ROWS: usize = 3;
/// The time over which requests of one key to the compatible API are counted, in seconds.
pub const API_WINDOW_S: i64 = 60;
/// Keys whose requests are counted before those are forgotten that rested as long.
pub const API_KEYS: usize = 10_000;

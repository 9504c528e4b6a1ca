//! Every bound of publishing, by name.

/// Bytes of published files kept in memory besides the live set; the least recently read go first.
pub const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// Largest single file kept in that memory; larger ones are read anew each time.
pub const CACHED_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Bodies smaller than this are not compressed: the headers would outweigh the gain.
pub const COMPRESSED_BYTES_MIN: usize = 256;
/// gzip level of everything published.
pub const GZIP_LEVEL: u32 = 6;
/// brotli quality of what readers wait for.
pub const BROTLI_QUALITY: i32 = 5;
/// brotli quality of what has been quiet for [`QUIET_S`].
pub const BROTLI_QUALITY_QUIET: i32 = 11;
/// For how long a page must not have changed before its files are made smaller still, in seconds.
pub const QUIET_S: i64 = 600;
/// Files that are compressed in one step: a change waits for no more than these.
pub const CODED_AT_ONCE: usize = 8;
/// Threads that a page's files are made and compressed on.
pub const THREADS: usize = 2;
/// Largest brotli window, as a power of two; browsers take up to 24.
pub const BROTLI_WINDOW: i32 = 20;
/// Smallest brotli window, as a power of two (RFC 7932, section 9.1).
pub const BROTLI_WINDOW_MIN: i32 = 10;
/// Incidents and months made anew in one step, so that a step of an archive stays short.
pub const ARCHIVE_ITEMS_PER_STEP: usize = 20;
/// Incidents whose identifiers are read at once while the archive is walked.
pub const ARCHIVE_ROWS: u32 = 200;
/// Journal entries read to learn what was touched; further behind, the whole archive is walked.
pub const JOURNAL_ENTRIES: u32 = 1_000;
/// After how long without an answer of the record pages say that they can not be updated, in
/// seconds.
pub const STALE_S: i64 = 60;
/// Notices outside the record that one page keeps; posting one more is refused.
pub const NOTICES: usize = 20;
/// Characters of a notice's first line that become its title.
pub const NOTICE_TITLE_CHARS: usize = 120;
/// Characters of a notice.
pub const NOTICE_CHARS: usize = 5_000;
/// Seconds between two beats.
pub const BEAT_S: i64 = 60;
/// Incidents in the months of one page of the history; older ones are left out of it.
pub const MONTH_INCIDENTS: u32 = 1_000;
/// How far before some months what reaches into them is looked for, in days.
pub const REACH_DAYS: i64 = 92;
/// Incidents that a search finds at most, twenty a page; older ones are left out.
pub const SEARCH_RESULTS: u32 = 300;
/// Incidents in each list of the compatible API (reference 3).
pub const API_INCIDENTS: u32 = 50;
/// Journal entries in `/journal.json`.
pub const JOURNAL_PAGE_ENTRIES: u32 = 100;
/// Components whose calendars and badges are made beforehand; those of others are made on request.
pub const ELSEWHERE_COMPONENTS: usize = 50;
/// Share cards that are remembered, so that one that says the same is not drawn again.
pub const CARDS_REMEMBERED: usize = 64;
/// Longest path that can name a published file, in bytes.
pub const PATH_BYTES: usize = 256;
/// Days of past incidents in the live set, today included, as the front page shows them.
pub const RECENT_DAYS: i64 = 15;

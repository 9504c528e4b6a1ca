//! What is bounded here, and what happens at the bound.

/// How many subscribers are looked at in one slice of the making of deliveries.
pub const SLICE_SUBSCRIBERS: u32 = 1_000;
/// How many slices one step makes; the rest waits for the next.
pub const SLICES_A_STEP: usize = 8;
/// How many journal entries are followed in one read.
pub const ENTRIES_A_READ: u32 = 200;
/// How many deliveries are claimed at once.
pub const CLAIM_MAX: u32 = 200;
/// How many deliveries may be under way at once; more wait in the queue.
pub const IN_FLIGHT_MAX: usize = 4_000;
/// How many mails are under way at once.
pub const EMAIL_LANE_MAX: usize = 16;
/// How many text messages are.
pub const SMS_LANE_MAX: usize = 8;
/// How many requests to one host of webhooks are.
pub const WEBHOOK_LANE_MAX: usize = 64;
/// How many messages to one room are: they come in order.
pub const ROOM_LANE_MAX: usize = 1;
/// How many deliveries of a lane that works may wait in memory; others are not claimed.
pub const LANE_WAITING_MAX: usize = 200;
/// How many results are written together.
pub const ENDED_MAX: usize = 200;
/// How long one attempt may take, in seconds; then it counts as failed.
pub const ATTEMPT_S_MAX: u64 = 45;
/// How long a lane rests after its service could not be reached, in seconds, at first.
pub const LANE_REST_S: i64 = 5;
/// How long at most.
pub const LANE_REST_S_MAX: i64 = 60;
/// How long what failed is tried again, in seconds: one hour.
pub const TRY_S_MAX: i64 = 3_600;
/// How long an all-clear is tried again, in seconds: one day.
pub const TRY_CLEAR_S_MAX: i64 = 86_400;
/// The first wait before another try, in seconds; it doubles each time.
pub const BACK_OFF_S: i64 = 5;
/// The longest.
pub const BACK_OFF_S_MAX: i64 = 300;
/// An entry older than this, in seconds, is told to nobody any more, all-clears excepted.
pub const STALE_S: i64 = 86_400;
/// An update whose words are older than this when its entry is written is an edit, in seconds.
pub const NEW_S: i64 = 120;
/// After so many messages in a row that could not be delivered a subscriber is quarantined.
pub const FAILURES_MAX: u32 = 5;
/// How long a quarantined subscriber is kept, in seconds: thirty days.
pub const QUARANTINE_S: i64 = 30 * 86_400;
/// How often it is looked for what no entry says, in milliseconds.
pub const WATCH_EVERY_MS: u64 = 10_000;
/// How long messages wait before operators are told that they do not get through, in seconds.
pub const STUCK_S: i64 = 600;
/// How many lanes that do not get through are looked at; the others wait for these.
pub const AILING_MAX: usize = 100;
/// How many lines each list of that message has; the console has them all.
pub const DIGEST_LINES_MAX: usize = 50;
/// How late the message of what stands open may be, in minutes; later it is left out for the day.
pub const DIGEST_LATE_MIN: u16 = 10;
/// How long the log of deliveries is kept, in seconds: 180 days.
pub const LOG_S: i64 = 180 * 86_400;
/// How often a node says that it lives, in milliseconds.
pub const BEAT_MS: u64 = 2_000;
/// A node that has not managed to say so for this long sends nothing more, in milliseconds.
pub const BEAT_LOST_MS: u64 = 8_000;
/// A node that was watched still for this long is gone, in milliseconds.
pub const NODE_GONE_MS: u64 = 12_000;
/// How many worded messages are kept for the next recipient.
pub const WORDED_MAX: usize = 64;
/// How many confirmations that are owed are taken up at once.
pub const OWED_MAX: u32 = 200;
/// How long a reason may be that is kept, in characters.
pub const REASON_CHARS_MAX: usize = 300;

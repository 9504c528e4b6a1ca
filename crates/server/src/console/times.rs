//! Times in the page's zone, as operators read them.

use noroshi_domain::{Instant, Locale, SECOND_US, Zone};
use noroshi_text::{dates, standard};

/// `15:15 JST` today, else with its day.
pub(crate) fn shown(at: Instant, now: Instant, zone: &Zone, locale: Locale) -> String {
    standard::time_of(at, now, zone, locale)
}

/// How long ago, or how long until: `1 hr 12 min`.
pub(crate) fn apart(one: Instant, two: Instant, locale: Locale) -> String {
    dates::duration_plain(one.since_us(two).abs() / SECOND_US, locale)
}

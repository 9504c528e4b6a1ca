//! How often one source may ask to be told: so that nobody floods others' mailboxes from here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use noroshi_domain::{Instant, SECOND_US};

/// How often in a minute.
pub(crate) const ASKS_A_MINUTE: usize = 10;
/// How many sources are remembered; the oldest is forgotten for a new one.
const SOURCES_MAX: usize = 10_000;

/// When each source asked in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<IpAddr, Vec<Instant>>>);

impl Rates {
    /// Counts a question; whether it is one too many.
    pub(crate) fn allows(&self, source: IpAddr, now: Instant) -> bool {
        let source = network_of(source);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| now.since_us(*at) < 60 * SECOND_US;
        if all.len() >= SOURCES_MAX && !all.contains_key(&source) {
            all.retain(|_, asked| asked.iter().any(is_recent));
            if all.len() >= SOURCES_MAX {
                return false;
            }
        }
        let asked = all.entry(source).or_default();
        asked.retain(is_recent);
        if asked.len() >= ASKS_A_MINUTE {
            return false;
        }
        asked.push(now);
        true
    }
}

/// Of IPv6 a household has a network of its own.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(own) => {
            let [a, b, c, d, ..] = own.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * SECOND_US)
    }

    #[test]
    fn the_eleventh_in_a_minute_waits_and_others_do_not() {
        let rates = Rates::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().expect("an address"));
        for second in 0..10 {
            assert!(rates.allows(one, at(second)));
        }
        assert!(!rates.allows(one, at(30)));
        assert!(rates.allows(other, at(30)));
        assert!(rates.allows(one, at(60)));
        assert!(!rates.allows(one, at(60)));
    }

    #[test]
    fn a_network_of_ipv6_is_one_source() {
        let rates = Rates::default();
        for last in 0..10_u16 {
            let address = IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, last]);
            assert!(rates.allows(address, at(0)));
        }
        let address = IpAddr::from([0x2001, 0xdb8, 1, 2, 9, 9, 9, 9]);
        assert!(!rates.allows(address, at(0)));
    }
}

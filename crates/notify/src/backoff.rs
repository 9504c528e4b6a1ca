//! When what failed is tried again. Pure: chance is an argument.

use std::time::Duration;

use noroshi_domain::{Instant, SECOND_US};

use crate::limits::{BACK_OFF_S, BACK_OFF_S_MAX, TRY_CLEAR_S_MAX, TRY_S_MAX};

/// How many parts of ten thousand a wait may be longer or shorter.
const JITTER_PARTS: u64 = 2_000;

/// When the next try is due after so many; `None`: it is given up.
///
/// An all-clear is tried for a day, everything else for an hour (DELIVERY "Queue"). The service's
/// own wish is kept where it asks for longer.
pub fn next_try(
    (made_at, now): (Instant, Instant),
    attempts: i64,
    is_clear: bool,
    asked: Option<Duration>,
    chance: u64,
) -> Option<Instant> {
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(16);
    let wait_s = (BACK_OFF_S << doublings).min(BACK_OFF_S_MAX);
    let parts = (10_000 - JITTER_PARTS + chance % (2 * JITTER_PARTS + 1)) as i64;
    let spread_us = wait_s * SECOND_US / 10_000 * parts;
    let asked_us = asked.map_or(0, |asked| asked.as_micros() as i64);
    let due = now.plus_us(spread_us.max(asked_us));
    let most_s = if is_clear { TRY_CLEAR_S_MAX } else { TRY_S_MAX };
    (due <= made_at.plus_seconds(most_s)).then_some(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * SECOND_US)
    }

    /// The middle of the jitter.
    const EVEN: u64 = JITTER_PARTS;

    #[test]
    fn waits_double_up_to_a_bound() {
        let wait = |attempts| {
            let due = next_try((at(0), at(0)), attempts, true, None, EVEN);
            due.expect("within a day").micros() / SECOND_US
        };
        assert_eq!([1, 2, 3, 6, 7, 60].map(wait), [5, 10, 20, 160, 300, 300]);
    }

    #[test]
    fn chance_moves_a_wait_by_a_fifth_at_most() {
        let due = |chance| next_try((at(0), at(0)), 1, false, None, chance);
        assert_eq!(due(0), Some(at(4)));
        assert_eq!(due(2 * JITTER_PARTS), Some(at(6)));
    }

    #[test]
    fn an_hour_is_enough_for_all_but_an_all_clear() {
        let late = (at(0), at(3_400));
        assert_eq!(next_try(late, 20, false, None, EVEN), None);
        assert_eq!(next_try(late, 20, true, None, EVEN), Some(at(3_700)));
        assert_eq!(next_try((at(0), at(86_200)), 20, true, None, EVEN), None);
    }

    #[test]
    fn a_service_that_asks_for_longer_is_left_alone_for_longer() {
        let asked = Some(Duration::from_secs(90));
        let due = next_try((at(0), at(0)), 1, false, asked, EVEN);
        assert_eq!(due, Some(at(90)));
    }
}

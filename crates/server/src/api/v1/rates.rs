//! How many requests one key may send: counted over the last minute, so that bursts pass.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use noroshi_domain::{Instant, SECOND_US};

use crate::limits::{API_KEYS, API_WINDOW_S};

/// The requests of the last minute, by key.
#[derive(Debug)]
pub(super) struct Rates {
    /// So many in a minute; 0: as many as come.
    most: usize,
    taken: Mutex<HashMap<String, VecDeque<Instant>>>,
}

impl Rates {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            taken: Mutex::default(),
        }
    }

    /// Takes one request of a key.
    ///
    /// # Errors
    /// In so many whole seconds the next one is taken.
    pub(super) fn take(&self, key: &str, now: Instant) -> Result<(), i64> {
        if self.most == 0 {
            return Ok(());
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= API_KEYS {
            taken.retain(|_, times| times.back().is_some_and(|at| is_counted(*at, now)));
        }
        let times = taken.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|at| !is_counted(*at, now)) {
            times.pop_front();
        }
        if let Some(oldest) = times.front().filter(|_| times.len() >= self.most) {
            let left_us = API_WINDOW_S * SECOND_US - now.since_us(*oldest);
            return Err((left_us + SECOND_US - 1) / SECOND_US);
        }
        times.push_back(now);
        Ok(())
    }
}

/// Whether a request still counts. One of a time to come was taken before the clock was set back.
fn is_counted(at: Instant, now: Instant) -> bool {
    let age_us = now.since_us(at);
    (0..API_WINDOW_S * SECOND_US).contains(&age_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_send_so_many_in_any_minute_and_no_other_pays_for_it() {
        let rates = Rates::new(3);
        let at = |seconds| Instant::default().plus_seconds(seconds);
        for second in [0, 10, 20] {
            assert_eq!(rates.take("a", at(second)), Ok(()));
        }
        assert_eq!(rates.take("a", at(30)), Err(30));
        assert_eq!(rates.take("b", at(30)), Ok(()));
        assert_eq!(rates.take("a", at(59)), Err(1));
        assert_eq!(rates.take("a", at(60)), Ok(()), "the first has left");
        assert_eq!(rates.take("a", at(61)), Err(9));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let rates = Rates::new(1);
        let late = Instant::default().plus_seconds(5_000);
        assert_eq!(rates.take("a", late), Ok(()));
        assert_eq!(rates.take("a", Instant::default()), Ok(()));
    }

    #[test]
    fn none_is_no_limit() {
        let rates = Rates::new(0);
        for _ in 0..1_000 {
            assert_eq!(rates.take("a", Instant::default()), Ok(()));
        }
    }
}

//! Work on several things at once, on a few threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::limits::THREADS;

/// Does the same to each item, on at most [`THREADS`] threads; answers in the items' order.
pub(crate) fn on_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let take = || {
        while let Some((place, item)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            items.get(place).map(|item| (place, item))
        } {
            let result = work(item);
            done.lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push((place, result));
        }
    };
    thread::scope(|scope| {
        for _ in 1..THREADS {
            // Where no thread can be had, this one does it all.
            drop(thread::Builder::new().spawn_scoped(scope, take));
        }
        take();
    });
    let mut done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_what_was_asked() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(on_each(&items, |item| item * 2)[..3], [0, 2, 4]);
        assert_eq!(on_each(&items, |item| *item), items);
        assert_eq!(on_each(&items[..1], |item| *item), [0]);
        assert!(on_each(&items[..0], |item| *item).is_empty());
    }
}

//! Work on several things at once, on a few threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::error::PublishError;
use crate::limits::THREADS;

/// Says that work under way is to end at its next item.
#[derive(Debug, Default)]
pub(crate) struct Halt(AtomicBool);

impl Halt {
    /// From now on nothing more is begun.
    pub(crate) fn halt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn check(&self) -> Result<(), PublishError> {
        if self.0.load(Ordering::Relaxed) {
            return Err(PublishError::Halted);
        }
        Ok(())
    }
}

/// Does the same to each item, on at most [`THREADS`] threads; answers in the items' order.
///
/// # Errors
/// [`PublishError::Halted`] where it was halted before the last item was begun.
pub(crate) fn on_each<T: Sync, R: Send>(
    items: &[T],
    halt: &Halt,
    work: impl Fn(&T) -> R + Sync,
) -> Result<Vec<R>, PublishError> {
    let work = |item: &T| halt.check().map(|()| work(item));
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R, PublishError>)>> =
        Mutex::new(Vec::with_capacity(items.len()));
    let take = || {
        while let Some((place, item)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            items.get(place).map(|item| (place, item))
        } {
            let result = work(item);
            if result.is_err() {
                // Those that are left would end the same way.
                next.store(items.len(), Ordering::Relaxed);
            }
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
        let same = |items: &[usize]| on_each(items, &Halt::default(), |item| *item).unwrap();
        assert_eq!(same(&items), items);
        assert_eq!(same(&items[..1]), [0]);
        assert!(same(&items[..0]).is_empty());
    }

    #[test]
    fn what_is_halted_ends_with_the_items_under_way() {
        let items: Vec<usize> = (0..1_000).collect();
        let (halt, begun) = (Halt::default(), AtomicUsize::new(0));
        let halted = on_each(&items, &halt, |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            halt.halt();
        });
        assert!(matches!(halted, Err(PublishError::Halted)));
        assert!(begun.into_inner() <= THREADS);
    }
}

//! Taking words out of the record: what remains of a change once a text is erased.

use crate::facts::{Change, Fact};
use crate::id::UpdateId;
use crate::locale::Texts;

/// The changes without the update's words; `None` when they never held them.
pub fn strip(changes: &[Change], update: &UpdateId) -> Option<Vec<Change>> {
    let mut found = false;
    let remaining = changes
        .iter()
        .cloned()
        .map(|mut change| {
            if let Change::Put(fact) = &mut change {
                found |= strip_fact(fact, update);
            }
            change
        })
        .collect();
    found.then_some(remaining)
}

fn strip_fact(fact: &mut Fact, update: &UpdateId) -> bool {
    match fact {
        Fact::Update(own) if own.id == *update && !own.body.is_empty() => {
            own.body = Texts::default();
            true
        }
        Fact::Incident(incident) => match &mut incident.postmortem {
            Some(report) if report.update_id == *update && !report.body.is_empty() => {
                report.body = Texts::default();
                true
            }
            _ => false,
        },
        _ => false,
    }
}

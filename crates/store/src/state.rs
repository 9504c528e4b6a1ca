//! The live state of a page: all that memory keeps, read in one snapshot.

use noroshi_domain::{Fact, FactKind, Instant, PageId, State};

use crate::catalogue::{FACTS_ENDING_AFTER, FACTS_OF_INCIDENTS_ENDING_AFTER, FACTS_OF_KIND};
use crate::error::StoreError;
use crate::facts::read;
use crate::journal;
use crate::store::Store;

/// Few, and kept whole.
const WHOLE: [FactKind; 6] = [
    FactKind::Group,
    FactKind::Component,
    FactKind::Policy,
    FactKind::Recurrence,
    FactKind::Announcement,
    FactKind::Series,
];

/// Many, and kept from the window's start on.
const WINDOWED: [FactKind; 5] = [
    FactKind::Claim,
    FactKind::Hold,
    FactKind::Span,
    FactKind::Incident,
    FactKind::Promise,
];

impl Store {
    /// The live state: what stands whole, what ends at or after `window_from`, and all updates and
    /// promises of the incidents among that. `None` where there is no such page.
    pub fn load_state(
        &self,
        page: &PageId,
        window_from: Instant,
    ) -> Result<Option<State>, StoreError> {
        let mut tx = self.db.read()?;
        let found = journal::page(&mut tx, page)?;
        let Some(head) = found
            .filter(|page| page.gone_at.is_none())
            .map(|page| page.head)
        else {
            return Ok(None);
        };
        let of_kind = |kind: FactKind| [page.as_str().into(), kind.as_str().into()];
        let pages = read(&mut tx, &FACTS_OF_KIND, &of_kind(FactKind::Page))?;
        let Some(Fact::Page(own)) = pages.into_iter().next() else {
            let reason = "the page has a head and no page fact";
            return Err(StoreError::corrupt("facts", page.as_str(), reason));
        };
        let mut state = State::new(*own, head);
        for kind in WHOLE {
            for fact in read(&mut tx, &FACTS_OF_KIND, &of_kind(kind))? {
                state.put(fact);
            }
        }
        let since = |kind: FactKind| {
            [
                page.as_str().into(),
                kind.as_str().into(),
                window_from.micros().into(),
            ]
        };
        for kind in WINDOWED {
            for fact in read(&mut tx, &FACTS_ENDING_AFTER, &since(kind))? {
                state.put(fact);
            }
        }
        for kind in [FactKind::Update, FactKind::Promise] {
            for fact in read(&mut tx, &FACTS_OF_INCIDENTS_ENDING_AFTER, &since(kind))? {
                state.put(fact);
            }
        }
        Ok(Some(state))
    }
}

//! The journal of a page, its head and the signature of its head.

use noroshi_domain::{Audience, Entry, Head, Instant, PageId};

use crate::catalogue::{
    ADD_ENTRY, ENTRIES_AFTER, ERASE_ENTRY, HEAD, HEADS, SET_SIGNED_HEAD, SIGNED_HEAD,
    WITHHOLD_ENTRIES,
};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::store::Store;

/// A page and where its journal ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHead {
    /// Which page.
    pub page_id: PageId,
    /// Where its journal ends.
    pub head: Head,
    /// Since when nothing is left of it but its chain.
    pub gone_at: Option<Instant>,
}

impl Store {
    /// Every page that has more than its chain, hidden ones too, with its head, in the order in
    /// which they were made.
    pub fn pages(&self) -> Result<Vec<PageHead>, StoreError> {
        let mut pages = self.all_pages()?;
        pages.retain(|page| page.gone_at.is_none());
        Ok(pages)
    }

    /// The same with those that are gone for good.
    pub fn all_pages(&self) -> Result<Vec<PageHead>, StoreError> {
        let rows = self.db.read()?.query(&HEADS, &[])?;
        rows.into_iter().map(page_head).collect()
    }

    /// Where a page's journal ends; `None` where there is no such page.
    pub fn head(&self, page: &PageId) -> Result<Option<Head>, StoreError> {
        head(&mut self.db.read()?, page)
    }

    /// Entries after a number, oldest first.
    pub fn journal(
        &self,
        page: &PageId,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let values = [page.as_str().into(), after_seq.into(), limit.into()];
        let rows = self.db.read()?.query(&ENTRIES_AFTER, &values)?;
        rows.into_iter().map(entry).collect()
    }

    /// The signed head that was committed last, as JSON.
    pub fn signed_head(&self, page: &PageId) -> Result<Option<String>, StoreError> {
        self.db
            .read()?
            .query_one(&SIGNED_HEAD, &[page.as_str().into()])?
            .map(|mut row| row.text(0))
            .transpose()
    }
}

pub(crate) fn head(tx: &mut Tx<'_>, page: &PageId) -> Result<Option<Head>, StoreError> {
    Ok(self::page(tx, page)?.map(|found| found.head))
}

pub(crate) fn page(tx: &mut Tx<'_>, page: &PageId) -> Result<Option<PageHead>, StoreError> {
    let row = tx.query_one(&HEAD, &[page.as_str().into()])?;
    row.map(page_head).transpose()
}

pub(crate) fn add(tx: &mut Tx<'_>, page: &PageId, entry: &Entry) -> Result<(), StoreError> {
    let values = [
        page.as_str().into(),
        entry.header.seq.into(),
        entry.header.at.micros().into(),
        entry.header_json.as_str().into(),
        entry.audience.as_str().into(),
        entry.salt.as_deref().into(),
        entry.payload_json.as_deref().into(),
    ];
    tx.run(&ADD_ENTRY, &values).map(drop)
}

/// Takes salt and payload of an entry away.
pub(crate) fn erase(tx: &mut Tx<'_>, page: &PageId, seq: i64) -> Result<(), StoreError> {
    let erased = tx.run(&ERASE_ENTRY, &[page.as_str().into(), seq.into()])?;
    if erased == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict(format!("no entry {seq} to erase")))
    }
}

/// Turns the entries that mention an identifier to `team` (DOMAIN "Journal").
pub(crate) fn withhold(tx: &mut Tx<'_>, page: &PageId, id: &str) -> Result<(), StoreError> {
    // Identifiers are letters and digits, so the pattern has no wild cards of its own.
    let pattern = format!("%\"{id}\"%");
    let values = [page.as_str().into(), pattern.as_str().into()];
    tx.run(&WITHHOLD_ENTRIES, &values).map(drop)
}

pub(crate) fn sign(
    tx: &mut Tx<'_>,
    page: &PageId,
    seq: i64,
    signed: &str,
) -> Result<(), StoreError> {
    let values = [page.as_str().into(), seq.into(), signed.into()];
    tx.run(&SET_SIGNED_HEAD, &values).map(drop)
}

fn page_head(mut row: Row) -> Result<PageHead, StoreError> {
    let id = row.text(0)?;
    let page_id = PageId::parse(&id).map_err(|cause| StoreError::corrupt("pages", &id, &cause))?;
    let gone_at = row.optional_int(5)?.map(Instant::from_micros);
    let head = Head {
        seq: row.int(1)?,
        epoch: row.int(2)?,
        hash: row.text(3)?,
        at: Instant::from_micros(row.int(4)?),
    };
    Ok(PageHead {
        page_id,
        head,
        gone_at,
    })
}

pub(crate) fn entry(mut row: Row) -> Result<Entry, StoreError> {
    let header_json = row.text(0)?;
    let header = serde_json::from_str(&header_json)
        .map_err(|cause| StoreError::corrupt("journal", &header_json, &cause))?;
    let audience = match row.text(1)?.as_str() {
        "public" => Audience::Public,
        // Whatever is not public is for the team.
        _ => Audience::Team,
    };
    Ok(Entry {
        header,
        header_json,
        audience,
        salt: row.optional_text(2)?,
        payload_json: row.optional_text(3)?,
    })
}

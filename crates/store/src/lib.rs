//! What is kept of a page: its facts, its journal, its answers and its search index.
//!
//! Here is all the SQL there is (`catalogue.rs`), and `db.rs` alone knows which engine runs it.
//! Nothing here decides: the rules live in `domain`, and what they decide is written whole or not
//! at all (`commit.rs`). Every call blocks; asynchronous callers use a blocking thread.

mod answers;
#[macro_use]
mod catalogue;
mod check;
mod commit;
mod db;
mod error;
mod facts;
mod incidents;
mod journal;
mod migrate;
mod outbox;
mod records;
mod search;
mod settings;
mod state;
mod store;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use check::JournalRow;
pub use commit::{Commit, Committed, NewEntry};
pub use error::StoreError;
pub use facts::FactRow;
pub use journal::PageHead;
pub use outbox::{
    Ailing, Claimed, Delivery, End, Finished, NewDelivery, Notice, OpenNotice, Progress,
};
pub use records::{AuditRow, Key, Record, RecordWrite, Slice, Written};
pub use search::words as search_words;
pub use store::Store;

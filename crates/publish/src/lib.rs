//! The published set of each page: the complete public surface as bytes, made when facts change.
//!
//! [`Published`] is what readers are answered from: an immutable map behind an atomic pointer, and
//! behind it the folder. [`Publisher`] makes it, one bounded [`Publisher::step`] at a time. What
//! the bytes say is made in the `page` crate; [`render`] is the only place that calls it.

mod archive;
mod asset;
mod cache;
#[cfg(feature = "card")]
mod card;
mod copy;
mod error;
mod folder;
pub mod limits;
mod notice;
pub mod path;
mod published;
mod publisher;
pub mod render;
mod threads;

pub use asset::{Asset, Coding};
pub use error::PublishError;
pub use folder::Folder;
pub use noroshi_page::badge::Shown;
pub use notice::Notice;
pub use path::{ContentType, PagePath};
pub use published::{Edition, Entry, Made, PageSet, Published, Site, Snapshot};
pub use publisher::{Publisher, Reach, Sign, Step};

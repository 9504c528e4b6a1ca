//! Why publishing can fail.

use std::io;
use std::path::{Path, PathBuf};

/// Why a page could not be published, or a published file not be read.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder did not let us.
    #[error("published folder: {path}")]
    Folder {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The head of the journal could not be signed.
    #[error("head not signed: {0}")]
    Unsigned(String),
    /// The record did not answer.
    #[error("record")]
    Store(#[from] noroshi_store::StoreError),
    /// The server ends: what was not made yet is made by the next.
    #[error("ended before all was published")]
    Halted,
}

impl PublishError {
    /// Names the file that a system error is about.
    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Folder { path, source }
    }
}

//! Statuspage: a page's public JSON, from its address or from a folder of saved files.
//!
//! [`read_source`] gives a [`Record`]; [`plan`] compares it with what the page holds and gives the
//! entries to write. The order of the source never matters: a record is kept by code.

mod facts;
mod folder;
mod history;
mod plan;
mod record;
mod web;
mod wire;

pub use history::Inferred;
pub use plan::{ComponentDiff, Diff, Existing, GONE, IncidentDiff, Plan, SOURCE, Summary, plan};
pub use record::{Complete, Record, RecordPage};

/// How far reading has come, for whoever waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What was just read: a file's name or a path.
    pub what: String,
    /// How many things of this kind are done.
    pub done_count: usize,
    /// How many there are, where that is known.
    pub whole_count: Option<usize>,
}

/// Why a source can not be read. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file or folder can not be opened or read.
    #[error("{path}: cannot be read: {reason}; {remedy}")]
    Unreadable {
        /// Which file or folder.
        path: String,
        /// What the system said.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A link leads back to itself.
    #[error("{path}: cyclic file: its links lead back to it; replace it by the file itself")]
    Cyclic {
        /// Which file.
        path: String,
    },
    /// Something is larger than an import takes.
    #[error("{path}: {what} is larger than {most}; split it into several files")]
    TooLarge {
        /// Which file or address.
        path: String,
        /// What of it.
        what: &'static str,
        /// The most that is taken.
        most: String,
    },
    /// A text is no JSON, or not of the shape it should be.
    #[error(
        "{path}, line {line}, column {column}: {reason}; mend that line or save the file again"
    )]
    Malformed {
        /// Which file or address.
        path: String,
        /// Which line, from 1.
        line: usize,
        /// Which column, from 1; 0 where a line just ends.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// Nothing in the source is a page's record.
    #[error(
        "{path}: holds no page, components or incidents; \
         give a status page's address or a folder with its saved JSON"
    )]
    Empty {
        /// Which folder or address.
        path: String,
    },
    /// The source is no address and no folder.
    #[error("{0:?} is neither an address (https://…) nor a folder; give one of them")]
    NoSource(String),
    /// The page did not answer as it should.
    #[error("{url}: {reason}; check the address, or try again later")]
    Unreachable {
        /// Which address.
        url: String,
        /// What happened.
        reason: String,
    },
}

/// Reads a page's record from its base address (`https://…`) or from a folder of saved JSON.
///
/// `progress` is called from the calling thread.
pub fn read_source(
    source: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<Record, ImportError> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return web::read(source, progress);
    }
    let path = std::path::Path::new(source);
    if path.is_dir() {
        return folder::read(path, progress);
    }
    Err(ImportError::NoSource(source.to_owned()))
}

//! The folder of published files: `DATA/published/<page>/…`, each file put whole or not at all.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use noroshi_domain::PageId;

use crate::asset::same_but_for_time;
use crate::error::PublishError;

/// A folder with one folder of files for each page.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// The page whose files lie at the top: a copy for any web server.
    only: Option<PageId>,
}

impl Folder {
    /// Takes a folder, making it where it is not there yet.
    pub fn open(root: &Path) -> Result<Self, PublishError> {
        fs::create_dir_all(root).map_err(PublishError::folder(root))?;
        Ok(Self {
            root: root.to_owned(),
            only: None,
        })
    }

    /// Takes a folder that holds one page alone, its files at the top.
    pub(crate) fn open_copy(root: &Path, page: &PageId) -> Result<Self, PublishError> {
        let folder = Self::open(root)?;
        Ok(Self {
            only: Some(page.clone()),
            ..folder
        })
    }

    /// Whether it is a copy for any web server.
    pub(crate) const fn is_copy(&self) -> bool {
        self.only.is_some()
    }

    /// The pages that have a folder here.
    pub fn pages(&self) -> Result<Vec<PageId>, PublishError> {
        if let Some(page) = &self.only {
            return Ok(vec![page.clone()]);
        }
        Ok(names(&self.root)?
            .iter()
            .filter_map(|name| PageId::parse(name).ok())
            .collect())
    }

    /// A file of a page; `None` where there is none.
    pub fn read(&self, page: &PageId, file: &str) -> Result<Option<Vec<u8>>, PublishError> {
        let path = self.place(page, file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absence(error.kind()) => Ok(None),
            Err(error) => Err(PublishError::folder(&path)(error)),
        }
    }

    /// Puts a file unless the same is there already; answers whether it did.
    pub(crate) fn put(&self, page: &PageId, file: &str, body: &[u8]) -> Result<bool, PublishError> {
        if let Some(there) = self.read(page, file)?
            && same_but_for_time(&there, body)
        {
            return Ok(false);
        }
        self.write(page, file, body)?;
        Ok(true)
    }

    /// Puts a file whatever is there.
    pub(crate) fn write(&self, page: &PageId, file: &str, body: &[u8]) -> Result<(), PublishError> {
        let path = self.place(page, file);
        let parent = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(PublishError::folder(parent))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Hidden, so that no reader's path names it; the same name each time, so that what a crash
        // leaves is overwritten and not collected.
        let fresh = parent.join(format!(".{name}.new"));
        fs::write(&fresh, body).map_err(PublishError::folder(&fresh))?;
        fs::rename(&fresh, &path).map_err(PublishError::folder(&path))
    }

    /// Takes a file away; one that is not there is no error.
    pub(crate) fn remove(&self, page: &PageId, file: &str) -> Result<(), PublishError> {
        let path = self.place(page, file);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if is_absence(error.kind()) => return Ok(()),
            Err(error) => return Err(PublishError::folder(&path)(error)),
        }
        // The folder of an index goes with it; one that holds more stays.
        if let Some(parent) = path.parent()
            && parent != self.place(page, "")
        {
            drop(fs::remove_dir(parent));
        }
        Ok(())
    }

    /// Takes a page's whole folder away.
    pub(crate) fn remove_page(&self, page: &PageId) -> Result<(), PublishError> {
        if self.is_copy() {
            // What lies beside a page's files may be somebody else's.
            return Ok(());
        }
        let path = self.root.join(page.as_str());
        match fs::remove_dir_all(&path) {
            Err(error) if !is_absence(error.kind()) => Err(PublishError::folder(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Names in a folder of a page, in no order.
    pub(crate) fn list(&self, page: &PageId, folder: &str) -> Result<Vec<String>, PublishError> {
        names(&self.place(page, folder))
    }

    fn place(&self, page: &PageId, file: &str) -> PathBuf {
        match &self.only {
            Some(_) => self.root.join(file),
            None => self.root.join(page.as_str()).join(file),
        }
    }
}

fn names(folder: &Path) -> Result<Vec<String>, PublishError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absence(error.kind()) => return Ok(Vec::new()),
        Err(error) => return Err(PublishError::folder(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(PublishError::folder(folder))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    Ok(names)
}

/// `/history.atom/x` asks for a file beneath a file: that is absence too.
const fn is_absence(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PageId {
        PageId::parse("k7n4").unwrap()
    }

    #[test]
    fn a_file_is_put_once_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::open(directory.path()).unwrap();
        assert!(folder.put(&page(), "a/index.html", b"one").unwrap());
        assert!(!folder.put(&page(), "a/index.html", b"one").unwrap());
        assert!(folder.put(&page(), "a/index.html", b"two").unwrap());
        assert_eq!(
            folder.read(&page(), "a/index.html").unwrap().unwrap(),
            b"two"
        );
        assert_eq!(folder.pages().unwrap(), vec![page()]);
        assert_eq!(folder.list(&page(), "a").unwrap(), vec!["index.html"]);
    }

    #[test]
    fn what_is_not_there_is_absent_and_not_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::open(directory.path()).unwrap();
        folder.put(&page(), "history.atom", b"x").unwrap();
        for file in ["none", "history.atom/index.html", "none/none"] {
            assert_eq!(folder.read(&page(), file).unwrap(), None);
            folder.remove(&page(), file).unwrap();
        }
    }

    #[test]
    fn an_emptied_folder_goes_with_its_last_file() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::open(directory.path()).unwrap();
        folder.put(&page(), "incidents/a/index.html", b"x").unwrap();
        folder.remove(&page(), "incidents/a/index.html").unwrap();
        assert!(folder.list(&page(), "incidents").unwrap().is_empty());
    }
}

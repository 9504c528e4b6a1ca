//! Reads a folder of saved JSON: every `*.json` and `*.jsonl` that lies in it.
//!
//! Folders inside it are not entered, links to folders are not followed, and every size is
//! bounded, because a folder may come from anyone.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::record::Record;
use super::{ImportError, Progress};

/// The largest file taken, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The longest line of a `.jsonl` file taken, in bytes.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most files taken.
const FILE_COUNT_MAX: usize = 100_000;

/// Reads every file of a folder into one record.
pub(super) fn read(
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Record, ImportError> {
    let files = files_of(folder)?;
    let mut record = Record::default();
    for (index, file) in files.iter().enumerate() {
        let path = file.display().to_string();
        let text = text_of(file, &path)?;
        let recognised = if file
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            take_lines(&mut record, &path, &text)?
        } else {
            record.take(&path, &text, 1)?
        };
        if !recognised {
            let warning = format!("{path}: holds nothing of a status page and was left out");
            record.warnings.push(warning);
        }
        progress(Progress {
            what: path,
            done_count: index + 1,
            whole_count: Some(files.len()),
        });
    }
    if record.is_empty() {
        return Err(ImportError::Empty {
            path: folder.display().to_string(),
        });
    }
    Ok(record)
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let unreadable = |path: &Path, error: &io::Error| {
        let path = path.display().to_string();
        // ELOOP has no kind of its own in the stable library on every system.
        if error.raw_os_error() == Some(40) {
            return ImportError::Cyclic { path };
        }
        ImportError::Unreadable {
            path,
            reason: error.to_string(),
            remedy: "check that it exists and may be read",
        }
    };
    let mut files = Vec::new();
    for entry in folder
        .read_dir()
        .map_err(|error| unreadable(folder, &error))?
    {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let named = path
            .extension()
            .is_some_and(|extension| extension == "json" || extension == "jsonl");
        if !named {
            continue;
        }
        // Follows links, so that a loop of them shows here; whatever is no plain file is left.
        let metadata = path.metadata().map_err(|error| unreadable(&path, &error))?;
        if metadata.is_file() {
            files.push(path);
        }
        if files.len() > FILE_COUNT_MAX {
            return Err(ImportError::TooLarge {
                path: folder.display().to_string(),
                what: "the number of files",
                most: FILE_COUNT_MAX.to_string(),
            });
        }
    }
    files.sort();
    Ok(files)
}

fn text_of(file: &Path, path: &str) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| ImportError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
            remedy: "check that it may be read",
        })?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ImportError::TooLarge {
            path: path.to_owned(),
            what: "the file",
            most: "256 MiB".to_owned(),
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line_start = good
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        ImportError::Malformed {
            path: path.to_owned(),
            line: good.split(|byte| *byte == b'\n').count(),
            column: good.len() - line_start + 1,
            reason: "a byte is not UTF-8".to_owned(),
        }
    })?;
    // A byte order mark is no JSON, but editors write it.
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

fn take_lines(record: &mut Record, path: &str, text: &str) -> Result<bool, ImportError> {
    let mut recognised = false;
    for (index, line) in text.lines().enumerate() {
        if line.len() > LINE_BYTES_MAX {
            return Err(ImportError::TooLarge {
                path: format!("{path}, line {}", index + 1),
                what: "the line",
                most: "16 MiB".to_owned(),
            });
        }
        if !line.trim().is_empty() {
            recognised |= record.take(path, line, index + 1)?;
        }
    }
    Ok(recognised)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_folder(files: &[(&str, &[u8])]) -> Result<Record, ImportError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        read(folder.path(), &mut |_| ())
    }

    #[test]
    fn a_folder_without_a_record_is_refused() {
        let error = read_folder(&[("notes.txt", b"hello"), ("other.json", b"{\"a\":1}")]);
        assert!(matches!(error, Err(ImportError::Empty { .. })), "{error:?}");
    }

    #[test]
    fn what_is_no_record_is_left_out_with_a_warning() {
        let record = read_folder(&[
            ("other.json", b"{\"a\":1}"),
            (
                "page.json",
                b"\xef\xbb\xbf{\"page\":{\"id\":\"p\",\"name\":\"P\"}}",
            ),
        ]);
        let record = record.unwrap();
        assert_eq!(record.warnings().len(), 1);
        assert_eq!(record.page().unwrap().name, "P");
    }

    #[test]
    fn a_byte_that_is_no_text_is_named_by_its_place() {
        let error = read_folder(&[("a.jsonl", b"\n{\"id\": \"\xff\"}")]).unwrap_err();
        let ImportError::Malformed { line, column, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((line, column), (2, 9));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_back_to_themselves_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (
            folder.path().join("one.json"),
            folder.path().join("two.json"),
        );
        std::os::unix::fs::symlink(&one, &two).unwrap();
        std::os::unix::fs::symlink(&two, &one).unwrap();
        // A link to the folder itself is no file and is not followed.
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop.json")).unwrap();
        let error = read(folder.path(), &mut |_| ()).unwrap_err();
        assert!(matches!(error, ImportError::Cyclic { .. }), "{error}");
    }
}

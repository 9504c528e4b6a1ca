//! Checks that every language says everything, and writes one typed function a message.

#[path = "src/catalogue.rs"]
#[expect(
    unreachable_pub,
    reason = "the module is shared with the crate's tests"
)]
mod catalogue;

use std::path::{Path, PathBuf};
use std::{env, fmt::Write as _, fs, io, process};

use catalogue::Source;

const LANGUAGES: [&str; 2] = ["en", "ja"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"))
        .join("../../locales");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut sources = Vec::new();
    let mut embedded = String::new();
    for language in LANGUAGES {
        let _ = writeln!(embedded, "const {}: &[&str] = &[", language.to_uppercase());
        for path in message_files(&root.join(language))? {
            let path = fs::canonicalize(path)?;
            let file = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let _ = writeln!(
                embedded,
                "    include_str!({:?}),",
                path.display().to_string()
            );
            sources.push(Source {
                language: language.to_owned(),
                name: format!("locales/{language}/{file}"),
                text: fs::read_to_string(&path)?,
            });
        }
        embedded.push_str("];\n");
    }
    match catalogue::read(&sources) {
        Ok(messages) => {
            let functions = catalogue::functions(&messages);
            fs::write(out.join("messages.rs"), format!("{embedded}\n{functions}"))
        }
        Err(complaints) => {
            eprintln!("the languages do not agree:");
            for complaint in complaints {
                eprintln!("  {complaint}");
            }
            process::exit(1)
        }
    }
}

/// The `.ftl` files of a folder by name; cargo is told to watch the folder and each of them.
fn message_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ftl") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

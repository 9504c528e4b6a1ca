//! The corpus: bodies as Japanese operators write them, and what readers get, reviewed as a diff.
//!
//! `UPDATE_GOLDEN=1` writes the wanted files anew; look at the diff before keeping it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use noroshi_text::markdown;

fn bodies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is in the repository")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_body_looks_as_typed() {
    let updates = env::var_os("UPDATE_GOLDEN").is_some();
    let paths = bodies();
    assert!(paths.len() >= 60, "only {} bodies are left", paths.len());
    let mut changed = Vec::new();
    for path in paths {
        let body = fs::read_to_string(&path).unwrap();
        let shown = format!("{}\n", markdown::html(&body));
        let golden = path.with_extension("html");
        if updates {
            fs::write(&golden, shown).unwrap();
            continue;
        }
        let wanted = fs::read_to_string(&golden).unwrap_or_default();
        if shown != wanted {
            changed.push(format!(
                "{}\n--- wanted\n{wanted}--- shown\n{shown}",
                path.display()
            ));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn every_html_has_its_body() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            path.with_extension("md").exists(),
            "{} has no body",
            path.display()
        );
    }
}

#[test]
fn plain_text_keeps_every_word_of_a_body() {
    for path in bodies() {
        let body = fs::read_to_string(&path).unwrap();
        let plain = markdown::plain(&body);
        for word in body.split(|character: char| !('\u{3041}'..='\u{9fff}').contains(&character)) {
            assert!(
                plain.contains(word),
                "{} lost {word:?}: {plain}",
                path.display()
            );
        }
    }
}

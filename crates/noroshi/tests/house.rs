//! The rules of the house that manifests can show: which crate may use which (the table in
//! `ARCHITECTURE.md` is read, not repeated), what keeps the pure crates pure, and which
//! providers never come in. Nothing here runs the product.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that must not wait, listen, store or ask for the time.
const PURE: [&str; 3] = ["domain", "text", "page"];
/// What would make a pure crate impure.
const IMPURE: [&str; 8] = [
    "tokio",
    "hyper",
    "axum",
    "reqwest",
    "rusqlite",
    "postgres",
    "rand",
    "aws-lc-rs",
];
/// Only `store` knows an engine.
const ENGINES: [&str; 3] = ["rusqlite", "postgres", "tokio-postgres"];
/// One TLS and crypto provider, one keeper of time.
const BANNED: [&str; 5] = ["openssl", "openssl-sys", "native-tls", "ring", "chrono"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate lies two folders below the root")
        .to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The crates' folder names, with the text of their manifests.
fn manifests() -> BTreeMap<String, String> {
    let crates = root().join("crates");
    let entries = fs::read_dir(&crates).expect("crates/ exists");
    entries
        .map(|entry| entry.expect("crates/ can be listed"))
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let manifest = read(&entry.path().join("Cargo.toml"));
            (name, manifest)
        })
        .collect()
}

/// The folder name of one of our packages: `noroshi-page` lies in `page`.
fn folder_of(package: &str) -> Option<&str> {
    match package {
        "noroshi" => Some(package),
        _ => package.strip_prefix("noroshi-"),
    }
}

/// Every package a manifest depends on, for whatever purpose.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let mut parts = section.rsplitn(2, "dependencies");
            let after = parts.next().unwrap_or_default();
            inside = parts.next().is_some() && after.is_empty();
            // `[dependencies.name]` names one in its heading.
            if section.contains("dependencies.") {
                found.extend(after.strip_prefix('.').map(str::to_owned));
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if !name.is_empty() {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

/// The table "crate | may use of ours" of `ARCHITECTURE.md`.
fn allowed(all: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&root().join("ARCHITECTURE.md"));
    let mut lines = text.lines();
    assert!(
        lines.any(|line| line.starts_with("| crate | may use of ours")),
        "ARCHITECTURE.md has lost its table of arrows"
    );
    let mut table = BTreeMap::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, uses] = cells[..] else {
            panic!("a row of the table of arrows has not two cells: {line}");
        };
        let uses = match uses {
            "—" => BTreeSet::new(),
            "all" => all.clone(),
            some => some.split(',').map(|one| one.trim().to_owned()).collect(),
        };
        table.insert(name.to_owned(), uses);
    }
    table
}

#[test]
fn every_arrow_between_crates_stands_in_the_table() {
    let manifests = manifests();
    let all: BTreeSet<String> = manifests.keys().cloned().collect();
    let table = allowed(&all);
    assert_eq!(
        table.keys().cloned().collect::<BTreeSet<_>>(),
        all,
        "the table names other crates than there are"
    );
    for (name, manifest) in &manifests {
        for package in dependencies(manifest) {
            let Some(target) = folder_of(&package) else {
                continue;
            };
            assert!(
                target == name || table[name].contains(target),
                "{name} uses {target}: ARCHITECTURE.md does not allow it"
            );
        }
    }
}

#[test]
fn the_reader_of_manifests_sees_every_way_to_depend() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\none = \"1\"\ntwo.workspace = true\n\
                    three = { version = \"1\" }\n# four = \"1\"\n[dependencies.five]\n\
                    version = \"1\"\n[dev-dependencies]\nsix = \"1\"\n\
                    [target.'cfg(unix)'.dependencies]\nseven = \"1\"\n[lints]\nworkspace = true\n";
    let expected = ["five", "one", "seven", "six", "three", "two"];
    assert_eq!(
        dependencies(manifest).into_iter().collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn the_pure_crates_use_nothing_that_waits_or_stores() {
    let manifests = manifests();
    for name in PURE {
        let used = dependencies(&manifests[name]);
        for impure in IMPURE {
            assert!(!used.contains(impure), "{name} is pure but uses {impure}");
        }
    }
}

#[test]
fn only_the_store_knows_an_engine() {
    for (name, manifest) in manifests().iter().filter(|(name, _)| *name != "store") {
        let used = dependencies(manifest);
        for engine in ENGINES {
            assert!(
                !used.contains(engine),
                "{name} uses {engine}: only store may"
            );
        }
    }
}

#[test]
fn every_crate_takes_the_shared_lints_and_they_forbid_unsafe_code() {
    let workspace = read(&root().join("Cargo.toml"));
    assert!(
        workspace.contains("unsafe_code = \"forbid\""),
        "the shared lints no longer forbid unsafe code"
    );
    for (name, manifest) in manifests() {
        let mut lines = manifest.lines().map(str::trim);
        let shared =
            lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true");
        assert!(shared, "{name} does not take the shared lints");
    }
}

#[test]
fn no_second_provider_of_tls_or_time_is_built() {
    // The lock file also names what is never built, so the tree of this host is asked; what only tests use is free.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let asked = Command::new(cargo)
        .args([
            "tree",
            "--workspace",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .expect("cargo can be run by a test that cargo runs");
    let stderr = String::from_utf8_lossy(&asked.stderr);
    assert!(asked.status.success(), "cargo tree: {stderr}");
    let tree = String::from_utf8_lossy(&asked.stdout);
    let built: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        built.contains("rustls"),
        "the tree is not that of this workspace"
    );
    for banned in BANNED {
        assert!(
            !built.contains(banned),
            "{banned} is built: find who brought it with `cargo tree -i {banned}`"
        );
    }
}

/// Where the bounds of the product are named.
const LIMITS: [(&str, &str); 3] = [
    ("The door", "crates/ops/src/limits.rs"),
    ("Publishing", "crates/publish/src/limits.rs"),
    ("The server", "crates/server/src/limits.rs"),
];

/// The bounds of one file as rows: name, value, what happens at the bound.
fn limits_of(source: &str) -> Vec<[String; 3]> {
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut told = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            if !told.is_empty() {
                told.push(' ');
            }
            told.push_str(words.trim());
            continue;
        }
        let constant = line.strip_prefix("pub const ");
        let named = constant.and_then(|rest| rest.split_once(": "));
        let field = line
            .strip_prefix("pub ")
            .and_then(|rest| rest.split_once(": "));
        if let Some((name, rest)) = named {
            let value = rest.split_once(" = ").map_or("", |(_, value)| value);
            let value = value.trim_end_matches(';').to_owned();
            rows.push([name.to_owned(), value, told.clone()]);
        } else if let (Some((name, _)), None) = (field, constant) {
            rows.push([name.to_owned(), String::new(), told.clone()]);
        } else if let Some((name, value)) = line.split_once(": ") {
            // A field's value, in `Default`.
            let row = rows
                .iter_mut()
                .find(|row| row[0] == name && row[1].is_empty());
            if let Some(row) = row {
                value.trim_end_matches(',').clone_into(&mut row[1]);
            }
        }
        told.clear();
    }
    rows
}

/// A value as people read it.
fn shown(value: &str) -> String {
    for (call, unit) in [("secs", "s"), ("mins", "min"), ("hours", "h")] {
        let number = value.strip_prefix(&format!("Duration::from_{call}("));
        if let Some(number) = number.and_then(|rest| rest.strip_suffix(')')) {
            return format!("{number} {unit}");
        }
    }
    value.replace('_', ",")
}

#[test]
fn the_page_of_limits_says_what_the_code_says() {
    let mut page = "# Limits\n\nWhatever queues, waits or grows has a bound, and a stated \
                    behaviour at it.\nThis page is made from the code: `NOROSHI_WRITE=1 cargo \
                    test -p noroshi --test house` writes it anew.\n"
        .to_owned();
    for (title, path) in LIMITS {
        let rows = limits_of(&read(&root().join(path)));
        assert!(rows.len() > 5, "{path} names hardly any bound");
        let heading = format!("\n## {title}\n\n| bound | value | means |\n| --- | --- | --- |\n");
        page.push_str(&heading);
        for [name, value, told] in rows {
            assert!(
                !value.is_empty(),
                "{path}: {name} has no value that can be shown"
            );
            let told = told.replace("[`", "`").replace("`]", "`");
            let row = format!("| `{name}` | {} | {told} |\n", shown(&value));
            page.push_str(&row);
        }
    }
    let file = root().join("docs/limits.md");
    if std::env::var_os("NOROSHI_WRITE").is_some() {
        fs::write(&file, &page).expect("docs/ can be written");
    }
    assert_eq!(
        read(&file),
        page,
        "docs/limits.md is not what the code says"
    );
}

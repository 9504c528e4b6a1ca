//! The scripts of the pages: written as ES modules in `assets/`, served as one.
//!
//! A page is whole without them. One stands in the head and sets the chosen theme before the first
//! paint; the security policy names it by its hash. The other comes from an address that names its
//! bytes, so that it is fetched once and kept.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use noroshi_domain::{Locale, hash_hex};
use noroshi_text::msg;

/// The modules in the order of their use: what one imports stands before it.
const MODULES: [&str; 7] = [
    include_str!("../../../../assets/days.js"),
    include_str!("../../../../assets/morph.js"),
    include_str!("../../../../assets/beat.js"),
    include_str!("../../../../assets/live.js"),
    include_str!("../../../../assets/times.js"),
    include_str!("../../../../assets/theme_switch.js"),
    include_str!("../../../../assets/page.js"),
];

/// How much of the hash stands in the script's address: 64 bits.
const NAME_DIGITS: usize = 16;

static THEME: LazyLock<String> =
    LazyLock::new(|| squeezed(include_str!("../../../../assets/theme.js")));
static PAGE: LazyLock<String> = LazyLock::new(|| words() + &MODULES.map(squeezed).concat());
static PAGE_PATH: LazyLock<String> = LazyLock::new(|| {
    let hash = hash_hex(PAGE.as_bytes());
    format!("/assets/page-{}.js", &hash[..NAME_DIGITS])
});

/// The script in the head of every page, as it stands there.
pub fn theme() -> &'static str {
    &THEME
}

/// The module that every page loads after it was painted.
pub fn page() -> &'static str {
    &PAGE
}

/// Where that module stands within a page: the name changes with its bytes.
pub fn page_path() -> &'static str {
    &PAGE_PATH
}

/// Without comments, indents and the seams between the modules: each name is used once in all.
fn squeezed(module: &str) -> String {
    let mut text = String::with_capacity(module.len());
    for line in module.lines().map(str::trim) {
        if line.is_empty() || line.starts_with("//") || line.starts_with("import ") {
            continue;
        }
        text.push_str(without_remark(line.strip_prefix("export ").unwrap_or(line)));
        text.push('\n');
    }
    text
}

/// The line without what is remarked at its end.
fn without_remark(line: &str) -> &str {
    line.split_once("; // ")
        .map_or(line, |(code, _)| &line[..=code.len()])
}

/// What a page tells its script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Path of the module.
    pub src: String,
    /// Name of the zone of the page's times.
    pub zone: String,
    /// Its abbreviation at the time of rendering.
    pub zone_short: String,
    /// What a page needs that shows changes by itself.
    pub live: Option<Live>,
}

/// What a page needs that shows changes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// It is the front page.
    pub is_front: bool,
    /// Path of the stream.
    pub events: String,
    /// Path of the beat.
    pub beat: String,
}

/// What the script says, by language. A time that it knows goes where `{time}` stands, and what is
/// new where `{what}` does.
fn words() -> String {
    let of = |locale| {
        serde_json::json!({
            "own_time": msg::own_time(locale, "{time}"),
            "updated": msg::page_updated(locale, "{what}"),
            "stale": msg::stale_copy(locale, "{time}"),
            "system": msg::theme_system(locale),
            "light": msg::theme_light(locale),
            "dark": msg::theme_dark(locale),
        })
    };
    let words: BTreeMap<&str, serde_json::Value> = Locale::ALL
        .into_iter()
        .map(|locale| (locale.as_str(), of(locale)))
        .collect();
    let words = serde_json::to_string(&words).expect("words are texts under names");
    format!("const WORDS = {words};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joined_module_has_no_seams_and_no_remarks() {
        for line in page().lines().chain(theme().lines()) {
            let seam = ["import ", "export ", "//", "/*", "*"];
            assert!(!seam.iter().any(|start| line.starts_with(start)), "{line}");
            assert!(!line.contains(" // "), "{line}");
        }
        assert!(
            !page().contains('`') || !page().contains("`\n"),
            "a text over several lines"
        );
        assert!(!theme().contains("</") && !page().contains("</"));
    }

    #[test]
    fn the_address_names_the_bytes() {
        let path = page_path();
        let hash = path
            .strip_prefix("/assets/page-")
            .and_then(|rest| rest.strip_suffix(".js"))
            .unwrap();
        assert!(hash_hex(page().as_bytes()).starts_with(hash), "{path}");
    }

    #[test]
    fn every_module_is_joined_after_what_it_imports() {
        let text = page();
        for (index, module) in MODULES.iter().enumerate() {
            for line in module.lines().filter(|line| line.starts_with("import ")) {
                let name = line.split(['{', '}']).nth(1).unwrap().trim();
                let defined = MODULES[..index]
                    .iter()
                    .any(|before| before.contains(&format!("export function {name}(")));
                assert!(defined, "{name} is not defined before it is used");
                assert!(text.contains(&format!("function {name}(")));
            }
        }
    }

    #[test]
    fn no_name_stands_twice_at_the_top() {
        let mut seen = std::collections::BTreeSet::new();
        let lines = MODULES.iter().flat_map(|module| module.lines());
        for line in lines.map(|line| line.strip_prefix("export ").unwrap_or(line)) {
            let Some(rest) = ["const ", "let ", "function ", "async function "]
                .iter()
                .find_map(|word| line.strip_prefix(word))
            else {
                continue;
            };
            let name = rest.split([' ', '(', ';']).next().unwrap();
            assert!(seen.insert(name), "{name} stands twice");
        }
    }
}

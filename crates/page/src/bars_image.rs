//! The days of a component as an image of its own, for pages that show very many.
//!
//! The page around it says in words what happened; the image only draws it, in both themes.

use std::fmt::Write as _;

use noroshi_domain::{PageSettings, Status};

use crate::brand;
use crate::days::Days;
use crate::html;
use crate::words;

/// Where a component's image stands within its page.
pub(crate) fn path(code: &str) -> String {
    format!("/components/{code}/bars.svg")
}

/// Shapes, lowest first: each is drawn as one outline over all its days. Colours as in
/// `assets/page.css`.
const SHAPES: [(html::Status, &str, &str); 7] = [
    (html::Status::Operational, "0 20h3v14h-3z", "--ok"),
    (
        html::Status::Maintenance,
        "0 20h3v5.5h-3zm0 8.5h3v5.5h-3z",
        "--mnt",
    ),
    (html::Status::Degraded, "0 14h3v20h-3z", "--deg"),
    (html::Status::Partial, "0 7h3v27h-3z", "--par"),
    (html::Status::Major, "0 0h3v34h-3z", "--maj"),
    (
        html::Status::Unknown,
        "0 20h3v3h-3zm0 5.5h3v3h-3zm0 5.5h3v3h-3z",
        "--unk",
    ),
    (html::Status::NoData, "0 32h3v2h-3z", "--line2"),
];

/// The colours of the shapes in both themes.
const COLOURS: &str = ":root{--ok:#2b8a66;--mnt:#3a6cc8;--deg:#b68100;--par:#c8500f;--maj:#b4122f;\
    --unk:#7d878d;--line2:#838c90}@media (prefers-color-scheme:dark){:root{--ok:#3fae84;\
    --mnt:#6b98ea;--deg:#e0ac2b;--par:#ee7d36;--maj:#e8445f;--unk:#7f8a90;--line2:#6c777c}}";

/// The image.
pub(crate) fn svg(days: &Days<'_>, settings: &PageSettings) -> Vec<u8> {
    let mut drawn = String::new();
    let looks: Vec<html::Status> = days
        .list
        .iter()
        .zip(&days.worst)
        .map(|(day, worst)| look(day.counted, *worst))
        .collect();
    for (status, shape, colour) in SHAPES {
        let mut outline = String::new();
        for (place, _) in looks.iter().enumerate().filter(|(_, own)| **own == status) {
            // The shape's own left edge is 0: it begins at the day's.
            let _ = write!(outline, "M{}{}", place * 5, &shape[1..]);
        }
        if !outline.is_empty() {
            let _ = write!(drawn, "<path fill=\"var({colour})\" d=\"{outline}\"/>");
        }
    }
    let own = brand::theme_style(settings).unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 448 34\" \
         preserveAspectRatio=\"none\"><style>{COLOURS}{own}</style>{drawn}</svg>\n"
    )
    .into_bytes()
}

/// What a day is drawn as.
pub(crate) fn look(counted: bool, worst: Status) -> html::Status {
    if counted {
        words::look(worst)
    } else {
        html::Status::NoData
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_those_of_the_page() {
        let of = |text: &str| -> Vec<String> {
            let named = text.split(['{', '}', ';']);
            named.map(str::to_owned).collect()
        };
        let sheet = of(html::STYLE);
        let own: Vec<_> = of(COLOURS)
            .into_iter()
            .filter(|one| one.starts_with("--"))
            .collect();
        assert_eq!(own.len(), 2 * SHAPES.len());
        for colour in own {
            assert!(sheet.contains(&colour), "{colour}");
        }
    }
}

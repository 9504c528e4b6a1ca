//! Draws share cards with the fonts of the machine; only in builds with the feature `card`.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use noroshi_domain::Locale;
use noroshi_page::View;
use noroshi_page::card::{Letters, SIZE, card};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Family, Language, Query};
use resvg::usvg::{Options, Tree};

use crate::limits::CARDS_REMEMBERED;

/// Families that write Japanese, those that look best first.
const JAPANESE: [&str; 10] = [
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Hiragino Sans",
    "BIZ UDPGothic",
    "Yu Gothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
];
/// Families that write Latin letters.
const LATIN: [&str; 8] = [
    "Inter",
    "Noto Sans",
    "Roboto",
    "DejaVu Sans",
    "Liberation Sans",
    "Helvetica",
    "Arial",
    "FreeSans",
];

/// The machine's fonts are read once: that takes longer than to draw.
static STUDIO: LazyLock<Studio> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    Studio::with(fonts)
});

/// Fonts, and the cards drawn last: a card is drawn anew only where it says something else.
struct Studio {
    options: Options<'static>,
    letters: Letters,
    family: String,
    drawn: Mutex<VecDeque<(String, Vec<u8>)>>,
}

impl Studio {
    fn with(fonts: Database) -> Self {
        let (letters, family) = letters_of(&fonts);
        Self {
            options: Options {
                fontdb: Arc::new(fonts),
                ..Options::default()
            },
            letters,
            family,
            drawn: Mutex::new(VecDeque::new()),
        }
    }

    fn png(&self, view: &View<'_>, locale: Locale) -> Option<Vec<u8>> {
        let svg = card(view, locale, (self.letters, &self.family));
        // A thread that fell down while it held this left whole entries behind.
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, png)) = drawn.iter().find(|(known, _)| *known == svg) {
            return Some(png.clone());
        }
        let png = self.pixels(&svg)?;
        drawn.push_back((svg, png.clone()));
        if drawn.len() > CARDS_REMEMBERED {
            drawn.pop_front();
        }
        Some(png)
    }

    fn pixels(&self, svg: &str) -> Option<Vec<u8>> {
        let tree = Tree::from_str(svg, &self.options).ok()?;
        let mut pixels = Pixmap::new(SIZE.0, SIZE.1)?;
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        pixels.encode_png().ok()
    }
}

/// The card of a page in a language, as PNG.
pub(crate) fn png(view: &View<'_>, locale: Locale) -> Option<Vec<u8>> {
    STUDIO.png(view, locale)
}

/// What the fonts can write, and the family to write it in.
fn letters_of(fonts: &Database) -> (Letters, String) {
    let has = |family: &&&str| {
        let query = Query {
            families: &[Family::Name(family)],
            ..Query::default()
        };
        fonts.query(&query).is_some()
    };
    if let Some(family) = JAPANESE.iter().find(has) {
        return (Letters::Japanese, (*family).to_owned());
    }
    // A font that names itself in Japanese writes it.
    let own = fonts
        .faces()
        .flat_map(|face| &face.families)
        .find(|(_, language)| *language == Language::Japanese_Japan);
    if let Some((family, _)) = own {
        return (Letters::Japanese, family.clone());
    }
    if let Some(family) = LATIN.iter().find(has) {
        return (Letters::Latin, (*family).to_owned());
    }
    // Whatever else there is may hold signs only.
    (Letters::None, String::new())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use noroshi_domain::{Head, Instant, Page, PageId, PageSettings, State, Texts, Zone};

    use super::*;

    fn state() -> State {
        let at = Instant::parse("2026-03-04T10:00:00Z").unwrap();
        let page = Page {
            edited_seq: None,
            id: PageId::parse("k7n4").unwrap(),
            name: Texts::of(Locale::En, "Larkspur").with(Locale::Ja, "ラークスパー交通"),
            hosts: Vec::new(),
            path: None,
            url: None,
            zone: Zone::utc(),
            default_locale: Locale::En,
            locales: vec![Locale::En, Locale::Ja],
            created_at: at,
            settings: PageSettings {
                colours: BTreeMap::new(),
                ..PageSettings::default()
            },
            deleted_at: None,
        };
        let head = Head {
            epoch: 0,
            seq: 1,
            hash: String::new(),
            at,
        };
        State::new(page, head)
    }

    fn inked(png: &[u8]) -> usize {
        let pixels = Pixmap::decode_png(png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), SIZE);
        let is_green = |pixel: &&resvg::tiny_skia::PremultipliedColorU8| {
            pixel.green() > pixel.red().saturating_add(40)
        };
        pixels.pixels().iter().filter(is_green).count()
    }

    #[test]
    fn a_card_has_the_size_that_networks_want_and_its_words_where_there_is_a_font() {
        let state = state();
        let view = View::project(&state, state.head.at);
        let bare = Studio::with(Database::new());
        assert_eq!(bare.letters, Letters::None);
        let without = inked(&bare.png(&view, Locale::Ja).unwrap());
        // The band at the top is green, and nothing else is written.
        assert_eq!(without, 1200 * 18);
        if STUDIO.letters != Letters::None {
            let with = inked(&png(&view, Locale::Ja).unwrap());
            assert!(with > without + 2_000, "{with}");
        }
    }

    #[test]
    fn a_card_that_says_the_same_is_not_drawn_again() {
        let state = state();
        let view = View::project(&state, state.head.at);
        let studio = Studio::with(Database::new());
        let first = studio.png(&view, Locale::En);
        studio.png(&view, Locale::Ja);
        assert_eq!(studio.png(&view, Locale::En), first);
        let known = studio.drawn.lock().unwrap().len();
        assert_eq!(known, 1, "without letters both languages look alike");
    }
}

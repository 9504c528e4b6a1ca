//! What a team's branding adds to the looks: one style sheet of its colours, its cover image and
//! its own rules.
//!
//! The page has a light and a dark theme. A colour is taken as it is where it can be read, else the
//! nearest on its way to black or to white that can (WCAG 2.2): whatever is set, nothing becomes
//! unreadable. What a status is, its shape and its words say too.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use noroshi_domain::PageSettings;

type Rgb = [u8; 3];

/// Least contrast of text, and of shapes that mean something, as WCAG 2.2 asks.
const TEXT_MIN: f64 = 4.5;
const SHAPE_MIN: f64 = 3.0;
/// Most contrast of a line in a theme it was not chosen for: lines only part.
const LINE_MAX: f64 = 1.6;
/// Steps from a colour to black or white.
const STEPS: u32 = 100;
/// How much of a status stands in its wash, in steps; less where it would hide words.
const WASH_STEPS: u32 = 10;

/// What stands in the two themes without branding, as in `assets/page.css`.
const LIGHT: Theme = Theme {
    end: 0,
    ink_min: TEXT_MIN,
    grounds: [[0xf8, 0xf9, 0xf8], [0xff; 3], [0xef, 0xf1, 0xf0]],
    raised: [(255, 60), (0, 4)],
    inks: [[0x14, 0x18, 0x1a], [0x43, 0x4b, 0x50], [0x5f, 0x69, 0x6f]],
    statuses: [
        [0x17, 0x69, 0x4a],
        [0x27, 0x54, 0xa8],
        [0x7d, 0x57, 0x00],
        [0xa3, 0x42, 0x0a],
        [0xa3, 0x0f, 0x2a],
        [0x54, 0x5e, 0x64],
    ],
    washes: [
        [0xe9, 0xf4, 0xee],
        [0xeb, 0xf1, 0xfb],
        [0xfb, 0xf3, 0xdc],
        [0xfd, 0xef, 0xe6],
        [0xfc, 0xeb, 0xed],
        [0xee, 0xf0, 0xf1],
    ],
};
const DARK: Theme = Theme {
    end: 255,
    // Chosen for the other theme, it would end as a grey between the page's words and its ground.
    ink_min: 10.0,
    grounds: [[0x0e, 0x12, 0x13], [0x15, 0x1a, 0x1c], [0x1c, 0x22, 0x25]],
    raised: [(255, 3), (255, 6)],
    inks: [[0xed, 0xf0, 0xf0], [0xb9, 0xc1, 0xc4], [0x92, 0x9c, 0xa1]],
    statuses: [
        [0x6f, 0xcf, 0xa8],
        [0x9d, 0xbd, 0xf6],
        [0xec, 0xc4, 0x62],
        [0xf8, 0xa2, 0x6c],
        [0xff, 0x8d, 0x9c],
        [0xa9, 0xb3, 0xb8],
    ],
    washes: [
        [0x10, 0x23, 0x1c],
        [0x14, 0x1f, 0x33],
        [0x26, 0x20, 0x10],
        [0x2b, 0x1a, 0x10],
        [0x2e, 0x13, 0x18],
        [0x1c, 0x21, 0x23],
    ],
};
/// The statuses' variables and the names of their colours, in the order of a theme.
const STATUSES: [(&str, &str); 6] = [
    ("ok", "css_greens"),
    ("mnt", "css_blues"),
    ("deg", "css_yellows"),
    ("par", "css_oranges"),
    ("maj", "css_reds"),
    ("unk", "css_no_data"),
];

/// The colours that other colours are weighed against.
#[derive(Clone, Copy)]
struct Theme {
    /// Where a colour goes to be read: 0 black, 255 white.
    end: u8,
    /// Least contrast of the page's own words.
    ink_min: f64,
    /// Page, surface, sunken.
    grounds: [Rgb; 3],
    /// How surface and sunken come from a page's own ground: towards what, how many steps.
    raised: [(u8, u32); 2],
    /// Words, from strong to faint.
    inks: [Rgb; 3],
    /// Words of a status.
    statuses: [Rgb; 6],
    /// Grounds of a status.
    washes: [Rgb; 6],
}

/// The cover image of a front page, as a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its path within the page; the name changes with the bytes.
    pub path: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// The cover that is kept with the page; one that stands elsewhere is not shown, because a page
/// asks nobody else for anything.
pub fn cover(settings: &PageSettings) -> Option<Cover> {
    let data = settings.cover_url.as_ref()?.strip_prefix("data:image/")?;
    let (kind, coded) = data.split_once(";base64,")?;
    let bytes = BASE64_STANDARD.decode(coded).ok()?;
    let hash = &noroshi_domain::hash_hex(&bytes)[..16];
    Some(Cover {
        path: format!("/assets/cover-{hash}.{kind}"),
        bytes,
    })
}

/// The style sheet of a page's settings; `None` where they add nothing.
///
/// The Content-Security-Policy names the SHA-256 of exactly these bytes. No `<` is left in it, so
/// no rule can close the element.
pub fn style(settings: &PageSettings) -> Option<String> {
    let mut style = theme_style(settings).unwrap_or_default();
    if settings.accent.as_deref().and_then(parse).is_some() {
        style.push_str(
            ".masthead-container{border-top:4px solid var(--accent)}\
             .show-updates-dropdown{background:var(--accent)}",
        );
    }
    if colour(&settings.colours, "css_link_color").is_some() {
        style.push_str(":is(main,footer) a:not(header a){color:var(--link)}");
    }
    if cover(settings).is_some() {
        style.push_str(
            ".cover{display:block;width:100%;height:clamp(5rem,16vw,13rem);object-fit:cover;\
             background:var(--sunken)}@media print{.cover{display:none}}",
        );
    }
    if let Some(own) = &settings.css {
        style.push_str(&own.replace('<', "\\3c "));
    }
    (!style.is_empty()).then_some(style)
}

/// The part of it that says what the themes' variables become.
pub(crate) fn theme_style(settings: &PageSettings) -> Option<String> {
    let light = variables(settings, LIGHT);
    let dark = variables(settings, DARK);
    (!light.is_empty()).then(|| {
        format!(
            ":root{{{light}}}\
             @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\
             @media screen{{:root[data-theme=dark]{{{dark}}}}}"
        )
    })
}

/// What a theme's variables become.
fn variables(settings: &PageSettings, mut theme: Theme) -> String {
    let named = |name| colour(&settings.colours, name);
    let mut css = String::new();
    if let Some(ground) = named("css_body_background_color") {
        theme.lie_on(ground);
        let grounds = ["--bg", "--surface", "--sunken"].into_iter();
        set(&mut css, &grounds.zip(theme.grounds).collect::<Vec<_>>());
    }
    for (place, (status, name)) in STATUSES.into_iter().enumerate() {
        if let Some(own) = named(name) {
            let wash = theme.wash_of(own);
            theme.washes[place] = wash;
            theme.statuses[place] = readable(own, &theme.of_status(place), TEXT_MIN, theme.end);
            let shape = readable(own, &theme.of_status(place), SHAPE_MIN, theme.end);
            let solid = readable(own, &[[255; 3]], TEXT_MIN, 0);
            for (part, colour) in [
                ("", shape),
                ("-ink", theme.statuses[place]),
                ("-wash", wash),
                ("-solid", solid),
            ] {
                let _ = write!(css, "--{status}{part}:{};", hex(colour));
            }
        }
    }
    let words = |own, least| readable(own, &theme.everywhere(), least, theme.end);
    let text = |own| words(own, TEXT_MIN);
    if let Some(own) = named("css_font_color") {
        set(&mut css, &[("--ink", words(own, theme.ink_min))]);
    }
    if let Some(own) = named("css_light_font_color") {
        set(&mut css, &[("--ink2", text(own)), ("--ink3", text(own))]);
    }
    if let Some(own) = named("css_link_color") {
        set(&mut css, &[("--link", text(own))]);
    }
    if let Some(own) = named("css_border_color") {
        set(&mut css, &[("--line", theme.line(own))]);
    }
    if let Some(own) = settings.accent.as_deref().and_then(parse) {
        let accent = readable(own, &theme.grounds[..1], TEXT_MIN, theme.end);
        set(&mut css, &[("--accent", accent)]);
    }
    css
}

impl Theme {
    /// Lies on another ground: as it is, or the nearest on its way to the theme's own side on
    /// which every word of the theme can be read.
    fn lie_on(&mut self, ground: Rgb) {
        let back = 255 - self.end;
        let words: Vec<Rgb> = self.inks.into_iter().chain(self.statuses).collect();
        let raised = |page: Rgb| {
            let [surface, sunken] = self.raised;
            [
                page,
                mixed(page, [surface.0; 3], surface.1),
                mixed(page, [sunken.0; 3], sunken.1),
            ]
        };
        self.grounds = (0..=STEPS)
            .map(|step| raised(mixed(ground, [back; 3], step)))
            .find(|grounds| {
                words
                    .iter()
                    .all(|word| is_readable(*word, grounds, TEXT_MIN))
            })
            .unwrap_or(self.grounds);
    }

    /// The ground of a status of this colour, on which the page's words can be read.
    fn wash_of(&self, own: Rgb) -> Rgb {
        (0..=WASH_STEPS)
            .rev()
            .map(|step| mixed(self.grounds[0], own, step))
            .find(|wash| {
                self.inks
                    .iter()
                    .all(|ink| is_readable(*ink, &[*wash], TEXT_MIN))
            })
            .unwrap_or(self.grounds[0])
    }

    /// Where words of a status stand.
    fn of_status(&self, place: usize) -> Vec<Rgb> {
        let own = [self.washes[place]];
        self.grounds.into_iter().chain(own).collect()
    }

    /// Where any word may stand.
    fn everywhere(&self) -> Vec<Rgb> {
        self.grounds.into_iter().chain(self.washes).collect()
    }

    /// A line: as it is in the light theme, which it was chosen in, faint in the dark one.
    fn line(&self, own: Rgb) -> Rgb {
        if self.end == 0 {
            return own;
        }
        (0..=STEPS)
            .map(|step| mixed(own, self.grounds[0], step))
            .find(|line| contrast(*line, self.grounds[0]) <= LINE_MAX)
            .unwrap_or(self.grounds[0])
    }
}

fn set(css: &mut String, colours: &[(&str, Rgb)]) {
    for (name, colour) in colours {
        let _ = write!(css, "{name}:{};", hex(*colour));
    }
}

fn colour(colours: &BTreeMap<String, String>, name: &str) -> Option<Rgb> {
    colours.get(name).map(String::as_str).and_then(parse)
}

fn parse(colour: &str) -> Option<Rgb> {
    let digits = colour
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The colour, or the nearest on its way to black or white that stands out from all grounds.
fn readable(colour: Rgb, grounds: &[Rgb], least: f64, end: u8) -> Rgb {
    (0..=STEPS)
        .map(|step| mixed(colour, [end; 3], step))
        .find(|candidate| is_readable(*candidate, grounds, least))
        .unwrap_or([end; 3])
}

fn is_readable(colour: Rgb, grounds: &[Rgb], least: f64) -> bool {
    grounds
        .iter()
        .all(|ground| contrast(colour, *ground) >= least)
}

/// Some steps of the way from one colour to another.
fn mixed(from: Rgb, to: Rgb, step: u32) -> Rgb {
    std::array::from_fn(|part| {
        let sum = u32::from(from[part]) * (STEPS - step) + u32::from(to[part]) * step;
        u8::try_from(sum / STEPS).unwrap_or(to[part])
    })
}

/// Contrast of two colours (WCAG 2.2, contrast ratio).
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: Rgb) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(sheet: &str, name: &str) -> Option<Rgb> {
        let (_, rest) = sheet.split_once(&format!("{name}:"))?;
        parse(rest.split(';').next()?)
    }

    fn given(colours: &[(&str, Rgb)]) -> PageSettings {
        PageSettings {
            colours: colours
                .iter()
                .map(|(name, colour)| ((*name).to_owned(), hex(*colour)))
                .collect(),
            ..PageSettings::default()
        }
    }

    proptest! {
        #[test]
        fn whatever_twelve_colours_are_set_all_words_can_be_read_in_both_themes(
            colours in proptest::array::uniform12(any::<Rgb>()),
            set in any::<u16>(),
        ) {
            let names = noroshi_domain::COLOUR_NAMES;
            let chosen: Vec<_> = names
                .into_iter()
                .zip(colours)
                .enumerate()
                .filter(|(place, _)| set & (1 << place) != 0)
                .map(|(_, named)| named)
                .collect();
            let settings = given(&chosen);
            for theme in [LIGHT, DARK] {
                let sheet = variables(&settings, theme);
                let or = |name: &str, otherwise| of(&sheet, name).unwrap_or(otherwise);
                let names = ["--bg", "--surface", "--sunken"];
                let grounds: [Rgb; 3] =
                    std::array::from_fn(|place| or(names[place], theme.grounds[place]));
                let mut everywhere = grounds.to_vec();
                for (place, (status, _)) in STATUSES.into_iter().enumerate() {
                    let wash = or(&format!("--{status}-wash"), theme.washes[place]);
                    everywhere.push(wash);
                    let ink = or(&format!("--{status}-ink"), theme.statuses[place]);
                    let own = [&grounds[..], &[wash]].concat();
                    prop_assert!(is_readable(ink, &own, TEXT_MIN), "{status}: {sheet}");
                    if let Some(solid) = of(&sheet, &format!("--{status}-solid")) {
                        prop_assert!(is_readable([255; 3], &[solid], TEXT_MIN));
                    }
                    if let Some(shape) = of(&sheet, &format!("--{status}")) {
                        prop_assert!(is_readable(shape, &own, SHAPE_MIN), "{status}: {sheet}");
                    }
                }
                for (place, name) in ["--ink", "--ink2", "--ink3"].into_iter().enumerate() {
                    let ink = or(name, theme.inks[place]);
                    prop_assert!(is_readable(ink, &everywhere, TEXT_MIN), "{name}: {sheet}");
                }
                if let Some(link) = of(&sheet, "--link") {
                    prop_assert!(is_readable(link, &everywhere, TEXT_MIN), "{sheet}");
                }
            }
        }

        #[test]
        fn any_accent_is_readable_in_both_themes(colour in any::<Rgb>()) {
            for theme in [LIGHT, DARK] {
                let settings = PageSettings { accent: Some(hex(colour)), ..given(&[]) };
                let accent = of(&variables(&settings, theme), "--accent").unwrap();
                prop_assert!(is_readable(accent, &theme.grounds[..1], TEXT_MIN));
            }
        }
    }

    #[test]
    fn a_colour_that_is_readable_stays_as_it_is() {
        let navy = [0x1d, 0x4f, 0x91];
        let sheet = variables(
            &given(&[("css_font_color", navy), ("css_reds", navy)]),
            LIGHT,
        );
        assert_eq!(of(&sheet, "--ink"), Some(navy));
        assert_eq!(of(&sheet, "--maj-ink"), Some(navy));
        let cream = [0xff, 0xf8, 0xec];
        let ground = given(&[("css_body_background_color", cream)]);
        assert_eq!(of(&variables(&ground, LIGHT), "--bg"), Some(cream));
        assert_ne!(of(&variables(&ground, DARK), "--bg"), Some(cream));
        let yellow = variables(&given(&[("css_font_color", [255, 255, 0])]), LIGHT);
        assert_ne!(of(&yellow, "--ink"), Some([255, 255, 0]));
    }

    #[test]
    fn rules_of_a_team_can_not_close_the_element() {
        let settings = PageSettings {
            css: Some(".name{color:red}</style><script>alert(1)</script>".to_owned()),
            ..PageSettings::default()
        };
        let style = style(&settings).unwrap_or_default();
        assert!(style.starts_with(".name{color:red}\\3c /style>") && !style.contains('<'));
        assert_eq!(super::style(&PageSettings::default()), None);
    }
}

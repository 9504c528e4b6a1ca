//! Badges: small pictures of a status or an uptime, to be put into other people's pages.
//!
//! A badge brings its own ground, so it reads on light and dark pages alike; it tells a status by
//! colour, sign and words, and nothing that is not measured is ever drawn as well. The uptime badge
//! has one colour at all times: a figure of the past is no status.

use std::collections::HashMap;
use std::fmt::Write;

use noroshi_domain::uptime::Today;
use noroshi_domain::{ComponentId, Locale};
use noroshi_text::msg;

use crate::days::{Board, Days};
use crate::feeds::escape;
use crate::html::Status;
use crate::view::View;
use crate::words;

/// The media type.
pub const BADGE_TYPE: &str = "image/svg+xml";
/// Numbers of days an uptime badge can show.
pub const PERIODS: [u32; 3] = [7, 30, 90];

/// Longest name on a badge, in characters.
const NAME_CHARS_MAX: usize = 40;
/// Ground of the left half.
const LABEL_GROUND: &str = "#2b3336";
/// Ground of an uptime figure.
const FIGURE_GROUND: &str = "#1d4f91";

/// What a badge shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The status now.
    Status,
    /// The uptime of so many days, today up to now.
    Uptime(u32),
}

impl Shown {
    /// Everything a badge can show.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Status).chain(PERIODS.map(Self::Uptime))
    }
}

/// The badges of a view, with its days counted once.
#[derive(Debug)]
pub struct Badges<'v, 'a> {
    view: &'v View<'a>,
    board: Board<'v>,
    page: Option<Days<'v>>,
}

impl<'v, 'a> Badges<'v, 'a> {
    /// Badges of the page and of its components.
    pub fn of(view: &'v View<'a>) -> Self {
        let board = Board::of(view, &HashMap::new(), (usize::MAX, usize::MAX));
        let all: Vec<&Days<'_>> = view
            .systems()
            .iter()
            .filter_map(|system| board.system(&system.fact.id))
            .collect();
        let page = (!all.is_empty()).then(|| Days::of_group(&all));
        Self { view, board, page }
    }

    /// The badge of the whole page; `None` for an uptime where none is shown.
    pub fn page(&self, shown: Shown, locale: Locale) -> Option<Vec<u8>> {
        let view = self.view;
        match shown {
            Shown::Status => {
                let (look, value) = words::overall(view, locale);
                Some(status_badge(&msg::badge_label(locale), &value, look))
            }
            Shown::Uptime(count) => {
                let days = self.page.as_ref()?;
                let label = msg::badge_uptime_label(locale, i64::from(count));
                Some(figure_badge(view, (&label, count), days, locale))
            }
        }
    }

    /// The badge of a component; `None` where readers may not see it, or not its uptime.
    pub fn component(
        &self,
        component: &ComponentId,
        shown: Shown,
        locale: Locale,
    ) -> Option<Vec<u8>> {
        let system = self.view.system(component)?;
        let name = short(self.view.pick(&system.fact.name, locale).0);
        match shown {
            Shown::Status => {
                let value = words::status_of(self.view, system, locale);
                let look = words::look_of(self.view, system);
                Some(status_badge(&name, &value, look))
            }
            Shown::Uptime(count) => {
                let days = self.board.system(component)?;
                let label = msg::badge_uptime_label_of(locale, &name, i64::from(count));
                Some(figure_badge(self.view, (&label, count), days, locale))
            }
        }
    }
}

fn figure_badge(
    view: &View<'_>,
    (label, count): (&str, u32),
    days: &Days<'_>,
    locale: Locale,
) -> Vec<u8> {
    let figure = days.percent(view, count as usize, Today::UpToNow);
    let value = figure.map(|percent| format!("{percent} %"));
    let ground = value
        .as_ref()
        .map_or(ground(Status::Unknown), |_| FIGURE_GROUND);
    let value = value.unwrap_or_else(|| msg::uptime_unknown(locale));
    drawn(label, &value, ground, None)
}

fn short(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The ground of a status: dark enough for white words.
const fn ground(status: Status) -> &'static str {
    match status {
        Status::Operational => "#17694a",
        Status::Maintenance => "#2754a8",
        Status::Degraded => "#7d5700",
        Status::Partial => "#a3420a",
        Status::Major => "#a30f2a",
        Status::Unknown | Status::NoData => "#545e64",
    }
}

/// The sign of a status in a square of ten: whoever sees no colours sees a shape.
const fn sign(status: Status) -> &'static str {
    match status {
        Status::Operational => "M1 5.5 4 8.5 9 2.5",
        Status::Maintenance => "M1 9 6 4M9 3A2.6 2.6 0 1 1 7 1",
        Status::Degraded => "M1 5H9",
        Status::Partial => "M5 1 9.5 9H.5ZM5 4V6",
        Status::Major => "M1.5 1.5 8.5 8.5M8.5 1.5 1.5 8.5",
        Status::Unknown | Status::NoData => "M2.5 3A2.5 2.2 0 1 1 5 5.5V6.5M5 9V9.1",
    }
}

fn status_badge(label: &str, value: &str, status: Status) -> Vec<u8> {
    drawn(label, value, ground(status), Some(sign(status)))
}

fn drawn(label: &str, value: &str, ground: &str, sign: Option<&str>) -> Vec<u8> {
    let (label_width, value_width) = (width(label), width(value));
    let sign_width = if sign.is_some() { 15 } else { 0 };
    let left = label_width + 14;
    let right = value_width + sign_width + 14;
    let whole = left + right;
    let spoken = escape(&format!("{label}: {value}"));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" \
         viewBox=\"0 0 {whole} 20\" role=\"img\" aria-label=\"{spoken}\">\
         <title>{spoken}</title>\
         <clipPath id=\"r\"><rect width=\"{whole}\" height=\"20\" rx=\"3\"/></clipPath>\
         <g clip-path=\"url(#r)\"><path fill=\"{LABEL_GROUND}\" d=\"M0 0H{left}V20H0z\"/>\
         <path fill=\"{ground}\" d=\"M{left} 0H{whole}V20H{left}z\"/></g>\
         <rect x=\".5\" y=\".5\" width=\"{inner}\" height=\"19\" rx=\"2.5\" fill=\"none\" \
         stroke=\"#fff\" stroke-opacity=\".28\"/>",
        inner = whole - 1,
    );
    if let Some(sign) = sign {
        write!(
            svg,
            "<path transform=\"translate({x} 5)\" d=\"{sign}\" fill=\"none\" stroke=\"#fff\" \
             stroke-width=\"1.7\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
            x = left + 7,
        )
        .expect("writing to memory does not fail");
    }
    let text = |x: u32, length: u32, words: &str| {
        // The length is told, so that a reader with other letters sees nothing run over.
        format!(
            "<text x=\"{x}\" y=\"14\" textLength=\"{length}\">{}</text>",
            escape(words)
        )
    };
    writeln!(
        svg,
        "<g aria-hidden=\"true\" fill=\"#fff\" font-size=\"11\" \
         font-family=\"Verdana,'DejaVu Sans','Hiragino Sans','Noto Sans CJK JP',Meiryo,sans-serif\">\
         {}{}</g></svg>",
        text(7, label_width, label),
        text(left + 7 + sign_width, value_width, value),
    )
    .expect("writing to memory does not fail");
    svg.into_bytes()
}

/// How wide a text is at eleven pixels in the letters that badges are drawn with, about.
fn width(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(tenths).sum();
    tenths.div_ceil(10).max(1)
}

const fn tenths(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' => 38,
        'f' | 't' | 'r' | 'I' | 'J' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' => 45,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 108,
        'A'..='Z' | '&' | '+' | '=' => 78,
        ' '..='~' => 67,
        // Full-width letters and what is not Latin.
        '\u{1100}'.. => 110,
        _ => 70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_japanese_letter_is_as_wide_as_it_is_high() {
        assert_eq!(width("稼働状況"), 44);
        assert!(width("ill") < width("mmm"));
    }

    #[test]
    fn every_ground_carries_white_words() {
        let light = |part: &str| {
            let value = f64::from(u8::from_str_radix(part, 16).unwrap()) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let grounds = [
            Status::Operational,
            Status::Maintenance,
            Status::Degraded,
            Status::Partial,
            Status::Major,
            Status::Unknown,
        ]
        .map(ground);
        for ground in grounds.into_iter().chain([LABEL_GROUND, FIGURE_GROUND]) {
            let luminance = 0.2126 * light(&ground[1..3])
                + 0.7152 * light(&ground[3..5])
                + 0.0722 * light(&ground[5..7]);
            let contrast = 1.05 / (luminance + 0.05);
            assert!(contrast >= 4.5, "{ground}: {contrast:.2}");
        }
    }

    #[test]
    fn names_can_not_close_the_picture() {
        let badge = drawn("</text><script>", "\"&", "#000000", None);
        let text = String::from_utf8(badge).unwrap();
        assert!(!text.contains("<script>") && text.contains("&lt;script&gt;"));
    }
}

//! The share card: the picture that stands beside a link to the page in chats and networks.
//!
//! It is drawn as SVG here and turned into pixels by whoever knows the machine's fonts. What those
//! can not write is left out: no box stands for a letter.

use std::fmt::Write;

use noroshi_domain::Locale;

use crate::columns;
use crate::feeds::escape;
use crate::frame::Frame;
use crate::html::Status;
use crate::view::View;
use crate::words;

/// Width and height in pixels, as networks want them.
pub const SIZE: (u32, u32) = (1200, 630);
/// The media type.
pub const CARD_TYPE: &str = "image/png";

/// The longest line of a name or a sentence at full size, in widths of a Latin letter.
const LINE_LETTERS: usize = 30;
/// What stands between two columns of the horizon, and its room, in pixels.
const HORIZON: (usize, usize) = (12, 1040);

/// Which letters the fonts at hand can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// There is no font at all.
    None,
    /// Latin letters.
    Latin,
    /// Japanese as well.
    Japanese,
}

impl Letters {
    fn can_write(self, text: &str) -> bool {
        match self {
            Self::None => false,
            Self::Latin => text.chars().all(|letter| letter < '\u{250}'),
            Self::Japanese => true,
        }
    }
}

/// The card of a page in a language, as SVG whose texts are in `family`.
pub fn card(view: &View<'_>, locale: Locale, (letters, family): (Letters, &str)) -> String {
    let frame = Frame::new(view, locale);
    let (status, _) = words::overall(view, locale);
    let (width, height) = SIZE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><path fill=\"#f8f9f8\" d=\"M0 0H{width}V{height}H0z\"/>\
         <path fill=\"{colour}\" d=\"M0 0H{width}V18H0z\"/>",
        colour = solid(status),
    );
    put_horizon(&mut svg, &frame);
    let sentence = [locale, Locale::En]
        .map(|locale| words::overall(view, locale).1)
        .into_iter()
        .find(|sentence| letters.can_write(sentence));
    let name = [frame.name(), view.plain(&view.page().name)]
        .into_iter()
        .chain(view.page().name.iter().map(|(_, name)| name))
        .find(|name| letters.can_write(name));
    let family = escape(family);
    let texts = [
        name.map(|name| (name.to_owned(), 150, 60, "#14181a")),
        sentence.map(|sentence| (sentence, 300, 76, solid(status))),
    ];
    for (text, y, size, colour) in texts.into_iter().flatten() {
        let size = fitting(&text, size);
        write!(
            svg,
            "<text x=\"80\" y=\"{y}\" font-family=\"{family}\" font-weight=\"700\" \
             font-size=\"{size}\" fill=\"{colour}\">{}</text>",
            escape(&text)
        )
        .expect("writing to memory does not fail");
    }
    svg.push_str("</svg>");
    svg
}

/// A size at which a text fits its line.
fn fitting(text: &str, size: usize) -> usize {
    let letters: usize = text
        .chars()
        .map(|letter| if letter < '\u{1100}' { 1 } else { 2 })
        .sum();
    (size * LINE_LETTERS / letters.max(LINE_LETTERS)).max(20)
}

/// The systems now, one column each, as at the head of the page.
fn put_horizon(svg: &mut String, frame: &Frame<'_, '_>) {
    let columns = columns::horizon(frame).columns;
    let (gap, room) = HORIZON;
    let Some(width) = (room / columns.len().max(1)).checked_sub(gap) else {
        return;
    };
    let width = width.clamp(2, 64);
    for (index, status) in columns.iter().enumerate() {
        let x = 80 + index * (width + gap);
        // As on the page: what is well is high, what is not is low.
        let height = match status {
            Status::Operational => 150,
            Status::Maintenance => 110,
            Status::Degraded => 90,
            Status::Partial => 60,
            Status::Major => 34,
            Status::Unknown | Status::NoData => 20,
        };
        write!(
            svg,
            "<path fill=\"{colour}\" d=\"M{x} {top}h{width}v{height}h-{width}z\"/>",
            colour = solid(*status),
            top = 550 - height,
        )
        .expect("writing to memory does not fail");
    }
}

/// The colour of a status on light ground.
const fn solid(status: Status) -> &'static str {
    match status {
        Status::Operational => "#17694a",
        Status::Maintenance => "#2754a8",
        Status::Degraded => "#7d5700",
        Status::Partial => "#a3420a",
        Status::Major => "#a30f2a",
        Status::Unknown | Status::NoData => "#545e64",
    }
}

//! What other sites embed: a script that puts a small frame on them, and the frame.
//!
//! The frame is the same for everyone: its own script keeps what a site has chosen. So one ready
//! body serves all sites however many readers they have, and a copy in a folder serves it too.

use noroshi_domain::{Lifecycle, Locale, SECOND_US};
use noroshi_text::{labels, msg};

use crate::frame::Frame;
use crate::html::{self, Embed, EmbedIncident, EmbedSystem, Link};
use crate::view::{Told, View};
use crate::words;

/// The script that sites include: `/embed/script.js`.
pub const SCRIPT: &str = include_str!("../../../assets/embed.js");
/// The frame's own script: `/embed/frame.js`.
pub const FRAME_SCRIPT: &str = include_str!("../../../assets/frame.js");
/// The media type of both.
pub const SCRIPT_TYPE: &str = "text/javascript; charset=utf-8";
/// How many systems the frame lists.
const SYSTEMS_MAX: usize = 200;

/// `/embed/frame` in a language.
pub fn frame(view: &View<'_>, locale: Locale) -> Vec<u8> {
    let frame = Frame::new(view, locale);
    let (status, sentence) = words::overall(view, locale);
    let mut open: Vec<Told<'_>> = view
        .incidents()
        .iter()
        .filter(|incident| incident.is_open() && incident.lifecycle != Lifecycle::Scheduled)
        .filter_map(|incident| view.told(&incident.id))
        .collect();
    open.sort_by_key(|told| std::cmp::Reverse(told_at(told)));
    let context = Embed {
        lang: locale.as_str().to_owned(),
        title: msg::page_title(locale, frame.name()),
        issued: (view.now().micros() / SECOND_US).to_string(),
        script: frame.addresses.plain_path("/embed/frame.js"),
        status,
        sentence,
        calm: status == html::Status::Operational && open.is_empty(),
        open: open.iter().map(|told| incident(&frame, told)).collect(),
        systems: view
            .systems()
            .iter()
            .filter(|system| {
                let is_well = words::look_of(view, system) == html::Status::Operational;
                !system.fact.only_show_if_degraded || !is_well
            })
            .take(SYSTEMS_MAX)
            .map(|system| EmbedSystem {
                code: system.fact.id.to_string(),
                name: view.pick(&system.fact.name, locale).0.to_owned(),
                status: words::look_of(view, system),
                rank: system.status as u8,
                words: words::status_of(view, system, locale),
            })
            .collect(),
        home: Link::new(&frame.addresses.home(), &msg::embed_home(locale)),
        as_of: words::moment(view, view.now(), locale, |time| msg::as_of(locale, time)),
        close: msg::embed_close(locale),
    };
    html::render(&context).into_bytes()
}

fn told_at(told: &Told<'_>) -> noroshi_domain::Instant {
    told.updates
        .first()
        .map_or(told.incident.created_at, |update| update.fact.display_at)
}

fn incident(frame: &Frame<'_, '_>, told: &Told<'_>) -> EmbedIncident {
    let (view, locale) = (frame.view, frame.locale);
    let title = words::pick(view, &told.incident.name, locale);
    let codes: Vec<&str> = told
        .touched
        .iter()
        .map(|touched| touched.id.as_str())
        .collect();
    EmbedIncident {
        code: told.incident.id.to_string(),
        components: codes.join(" "),
        status: words::impact_level(told.incident.shown_impact()).status(),
        href: frame.addresses.incident(&told.incident.id),
        title: title.text.to_owned(),
        lang: title.lang,
        lifecycle: labels::lifecycle(told.incident.lifecycle, locale),
        at: words::moment(view, told_at(told), locale, str::to_owned),
    }
}
